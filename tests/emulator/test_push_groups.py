"""Push Groups: by name and by rule, and what an admin and the org do to the mappings."""

from __future__ import annotations

import pytest

from emulator.application import Application
from emulator.directory import DirectoryError, Group
from emulator.org import OktaOrg
from emulator.push_groups import MappingStatus, PushMapping
from emulator.queue import Job
from tests.emulator.offline import connected, done, person


@pytest.fixture
def org_and_app() -> tuple[OktaOrg, Application]:
    return connected()


@pytest.fixture
def org(org_and_app: tuple[OktaOrg, Application]) -> OktaOrg:
    return org_and_app[0]


@pytest.fixture
def app(org_and_app: tuple[OktaOrg, Application]) -> Application:
    return org_and_app[1]


@pytest.fixture
def crew(org: OktaOrg) -> Group:
    return org.create_group("Crew", "goes out")


@pytest.fixture
def mapping(app: Application, crew: Group) -> PushMapping:
    """The group Crew, pushed."""
    made = app.pushed.push(crew)
    done(app)
    return made


def events(app: Application) -> list[str]:
    return [event for event, _, _ in app.pushed.notices]


# By name ------------------------------------------------------------------------------------


def test_a_group_that_is_pushed_by_name_is_one_job(app: Application, crew: Group) -> None:
    mapping = app.pushed.push("Crew")

    assert (mapping.source, mapping.target_name, mapping.rule) == (crew.id, "Crew", None)
    assert done(app) == [("Crew", Job.PUSH)]
    assert events(app) == ["group_push.mapping.created"]


def test_a_group_is_not_pushed_twice(app: Application, mapping: PushMapping) -> None:
    with pytest.raises(DirectoryError, match="group 'Crew' is pushed already"):
        app.pushed.push("Crew")

    assert app.pushed.of("Crew") is app.pushed.of(mapping.source) is mapping


def test_nothing_is_pushed_without_provisioning(org: OktaOrg, crew: Group) -> None:
    app = org.add_app("aiw").app

    with pytest.raises(DirectoryError, match="enable API integration before pushing groups"):
        app.pushed.push(crew)
    with pytest.raises(DirectoryError, match="enable API integration before pushing groups"):
        app.pushed.add_rule("all", "contains", "e")

    assert not app.pushed.mappings
    assert not app.pushed.rules


def test_a_group_may_be_linked_to_one_of_the_endpoint(app: Application, crew: Group) -> None:
    app.target_groups = {"t1": "Sailors"}

    mapping = app.pushed.push(crew, target_id="t1")

    assert (mapping.target_id, mapping.target_name, mapping.is_linked) == ("t1", "Sailors", True)


def test_a_group_that_is_not_pushed_has_no_mapping(app: Application, crew: Group) -> None:
    assert app.pushed.of(crew) is None
    assert app.pushed.of("nothing of the kind") is None


# Members ------------------------------------------------------------------------------------


def test_only_members_with_an_account_are_pushed(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    ada, bob, cem = (person(org, name) for name in ("Ada", "Bob", "Cem"))
    for one in (ada, bob, cem):
        org.add_member(crew, one)
    app.assign(ada)
    app.assign(bob)
    done(app)
    org.deactivate(bob)

    assert app.pushed.eligible(mapping) == {f"account-{ada.id}": "ada@example.com"}
    assert app.pushed.ignored(mapping) == 2


def test_who_joins_or_leaves_is_pushed_at_once(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    ada, bob = person(org), person(org, "Bob")

    org.add_member(crew, ada)
    org.add_member(crew, bob)
    assert done(app) == [("Crew", Job.MEMBERS)]
    org.remove_member(crew, ada)

    assert done(app) == [("Crew", Job.MEMBERS)]
    assert mapping.status is MappingStatus.ACTIVE


def test_without_immediate_pushes_memberships_wait_for_push_now(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    app.pushed.is_immediate = False

    org.add_member(crew, person(org))
    assert done(app) == []
    app.pushed.push_now(mapping)

    assert done(app) == [("Crew", Job.PUSH)]


def test_an_account_that_appears_is_pushed_to_the_groups_of_its_person(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    ada, other = person(org), org.create_group("Other")
    app.pushed.push(other)
    org.add_member(crew, ada)
    done(app)

    app.pushed.account_appeared(ada.id)

    assert done(app) == [("Crew", Job.MEMBERS)]
    assert mapping.target_id is not None


def test_everyone_may_be_pushed_by_name(org: OktaOrg, app: Application) -> None:
    mapping = app.pushed.push("Everyone")
    app.assign(person(org))
    done(app)

    app.pushed.account_appeared(next(iter(org.users)))

    assert done(app) == [("Everyone", Job.MEMBERS)]
    assert list(app.pushed.eligible(mapping).values()) == ["ada@example.com"]


def test_a_member_whose_username_can_not_be_made_does_not_stop_the_push(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    ada = person(org)
    app.assign(ada)
    org.add_member(crew, ada)
    done(app)

    app.use_user_name_format("user.nickName")

    assert list(app.pushed.eligible(mapping).values()) == ["ada@example.com"]


# Renaming -----------------------------------------------------------------------------------


def test_a_rename_of_the_source_renames_the_group_in_the_endpoint(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    org.update_group(crew, description="stays")
    assert done(app) == []
    org.update_group(crew, name="Sailors")

    assert done(app) == [("Sailors", Job.RENAME)]
    assert mapping.target_name == "Sailors"


def test_without_renaming_a_rename_of_the_source_deactivates_the_mapping(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    app.pushed.renames = False
    org.add_member(crew, person(org))

    org.update_group(crew, name="Sailors")

    assert (mapping.status, mapping.target_name) == (MappingStatus.INACTIVE, "Crew")
    assert done(app) == []
    assert events(app)[-1] == "group_push.mapping.deactivated.source.group.renamed"


# Deactivating, activating, unlinking ----------------------------------------------------------


def test_a_deactivated_mapping_holds_changes_back_until_it_is_activated(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    ada = person(org)
    org.add_member(crew, ada)
    app.pushed.deactivate(mapping)
    org.update_group(crew, name="Sailors")
    org.remove_member(crew, ada)
    assert done(app) == []
    with pytest.raises(DirectoryError, match="the push of 'Crew' is deactivated; activate it"):
        app.pushed.push_now(mapping)

    app.pushed.activate(mapping)

    assert done(app) == [("Sailors", Job.RENAME), ("Sailors", Job.PUSH)]


def test_unlinking_with_delete_deletes_the_group_in_the_endpoint(
    app: Application, crew: Group, mapping: PushMapping
) -> None:
    app.pushed.unlink(mapping, delete=True)

    assert app.pushed.of(crew) is None
    assert done(app) == [("Crew", Job.DELETE)]
    assert list(app.pushed) == []


def test_unlinking_with_leave_sends_nothing(app: Application, mapping: PushMapping) -> None:
    app.pushed.unlink(mapping, delete=False)

    assert done(app) == []
    assert list(app.pushed) == []


def test_a_group_may_be_pushed_again_while_the_old_one_is_being_deleted(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    app.pushed.unlink(mapping, delete=True)

    again = app.pushed.push(crew)
    org.add_member(crew, person(org))

    assert app.pushed.of(crew) is again
    assert (crew.name, Job.DELETE) in done(app)
    assert list(app.pushed) == [again]


def test_a_mapping_without_provisioning_is_unlinked_at_once(
    app: Application, mapping: PushMapping
) -> None:
    app.disable()

    app.pushed.unlink(mapping, delete=True)

    assert list(app.pushed) == []


def test_disabling_provisioning_ends_what_was_leaving(
    app: Application, mapping: PushMapping
) -> None:
    app.pushed.unlink(mapping, delete=True)

    app.disable()

    assert list(app.pushed) == []


def test_deleting_the_source_group_deletes_the_one_in_the_endpoint(
    org: OktaOrg, app: Application, crew: Group, mapping: PushMapping
) -> None:
    org.delete_group(crew)

    assert mapping.is_leaving
    assert done(app) == [("Crew", Job.DELETE)]


def test_several_mappings_are_edited_in_bulk(org: OktaOrg, app: Application) -> None:
    several = [app.pushed.push(org.create_group(f"Deck {number}")) for number in range(3)]
    done(app)

    app.pushed.deactivate(*several)
    assert {one.status for one in several} == {MappingStatus.INACTIVE}
    app.pushed.activate(*several)
    assert [job for _, job in done(app)] == [Job.PUSH] * 3
    app.pushed.unlink(*several[:2], delete=True)
    assert [job for _, job in done(app)] == [Job.DELETE] * 2
    app.pushed.unlink(several[2], delete=False)

    assert list(app.pushed) == []


def test_retry_all_pushes_every_group_in_error(
    org: OktaOrg, app: Application, mapping: PushMapping
) -> None:
    healthy, leaving = (app.pushed.push(org.create_group(name)) for name in ("A", "B"))
    done(app)
    app.pushed.unlink(leaving, delete=True)
    app.queue.clear()
    for one in (mapping, leaving):
        one.status, one.error = MappingStatus.ERROR, "no"

    app.pushed.retry_all()

    assert done(app) == [("B", Job.DELETE), ("Crew", Job.PUSH)]
    assert {one.error for one in (mapping, leaving, healthy)} == {""}
