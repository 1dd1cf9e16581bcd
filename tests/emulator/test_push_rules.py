"""Push Groups by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.application import Application
from emulator.directory import DirectoryError, Group, GroupKind
from emulator.org import OktaOrg
from emulator.push_groups import Match, PushRule
from emulator.queue import Job
from tests.emulator.offline import connected, done


@pytest.fixture
def org_and_app() -> tuple[OktaOrg, Application]:
    return connected()


@pytest.fixture
def org(org_and_app: tuple[OktaOrg, Application]) -> OktaOrg:
    return org_and_app[0]


@pytest.fixture
def app(org_and_app: tuple[OktaOrg, Application]) -> Application:
    return org_and_app[1]


# By rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "value", "attribute", "expected"),
    [
        ("starts with", "crew", "name", {"Crew North", "crew south"}),
        ("ends with", "NORTH", "name", {"Crew North", "Office North"}),
        ("contains", "ice", "name", {"Office North"}),
        ("contains", "boat", "description", {"Crew North"}),
        ("starts with", "", "description", None),
    ],
)
def test_a_rule_pushes_the_groups_that_match(
    org: OktaOrg,
    app: Application,
    match: str,
    value: str,
    attribute: str,
    expected: set[str] | None,
) -> None:
    org.create_group("Crew North", "on boats")
    org.create_group("crew south")
    org.create_group("Office North", "ashore")
    if expected is None:
        with pytest.raises(DirectoryError, match="has nothing to compare with"):
            app.pushed.add_rule("rule", match, value, attribute=attribute)
        return

    rule = app.pushed.add_rule("rule", match, value, attribute=attribute)

    assert {app.pushed.source_name(one) for one in app.pushed} == expected
    assert {one.rule for one in app.pushed} == {rule.id}


@pytest.mark.parametrize(("match", "attribute"), [("is", "name"), ("contains", "kind")])
def test_a_rule_that_can_not_be_is_refused(app: Application, match: str, attribute: str) -> None:
    with pytest.raises(DirectoryError, match="push rule"):
        app.pushed.add_rule("rule", match, "x", attribute=attribute)


def test_a_rule_pushes_new_and_renamed_groups_too(org: OktaOrg, app: Application) -> None:
    app.pushed.add_rule("rule", Match.STARTS_WITH, "Crew")

    org.create_group("Crew North")
    other = org.create_group("Office")
    assert done(app) == [("Crew North", Job.PUSH)]
    org.update_group(other, name="Crew of the office")

    assert done(app) == [("Crew of the office", Job.PUSH)]


def test_a_rule_leaves_built_in_and_imported_groups_alone(org: OktaOrg, app: Application) -> None:
    org.create_group("Imported", kind=GroupKind.APP_GROUP)

    app.pushed.add_rule("rule", "contains", "e")

    assert list(app.pushed) == []


def test_a_rule_that_is_off_makes_no_new_mappings_and_keeps_the_old(
    org: OktaOrg, app: Application
) -> None:
    rule = app.pushed.add_rule("rule", "starts with", "Crew")
    north = org.create_group("Crew North")

    app.pushed.deactivate_rule(rule)
    south = org.create_group("Crew South")
    assert (app.pushed.of(north) is None, app.pushed.of(south) is None) == (False, True)
    app.pushed.activate_rule(rule)

    assert app.pushed.of(south) is not None


@pytest.mark.parametrize(("delete", "jobs"), [(True, [("Crew North", Job.DELETE)]), (False, [])])
def test_deleting_a_rule_deletes_its_groups_or_leaves_them(
    org: OktaOrg, app: Application, delete: bool, jobs: list[tuple[str, Job]]
) -> None:
    rule = app.pushed.add_rule("rule", "starts with", "Crew")
    org.create_group("Crew North")
    by_name = app.pushed.push(org.create_group("Office"))
    done(app)

    app.pushed.delete_rule(rule, delete_groups=delete)

    assert done(app) == jobs
    assert list(app.pushed) == [by_name]
    org.create_group("Crew South")
    assert list(app.pushed) == [by_name]


def test_a_name_that_is_taken_is_a_warning_and_no_mapping(org: OktaOrg, app: Application) -> None:
    app.pushed.push(org.create_group("Crew"))
    app.pushed.add_rule("rule", "starts with", "crew")

    clash = org.create_group("CREW")

    assert app.pushed.of(clash) is None
    assert app.pushed.notices[-1] == (
        "group_push.mapping.created.from.rule.warning.duplicate.name",
        "CREW is pushed already",
        "CREW",
    )


def test_the_name_that_a_group_has_in_the_endpoint_is_taken_too(
    org: OktaOrg, app: Application
) -> None:
    app.target_groups = {"t1": "Sailors"}
    app.pushed.renames = False
    app.pushed.push(org.create_group("Crew"), target_id="t1")
    app.pushed.add_rule("rule", "starts with", "S")

    clash = org.create_group("Sailors")

    assert app.pushed.of(clash) is None


def test_the_name_after_a_rename_is_taken_too(org: OktaOrg, app: Application) -> None:
    crew = org.create_group("Crew")
    app.pushed.push(crew)
    done(app)
    org.update_group(crew, name="Sailors")
    done(app)
    app.pushed.add_rule("rule", "starts with", "S")

    clash = org.create_group("SAILORS")

    assert app.pushed.of(clash) is None


def test_the_name_of_a_group_that_was_unlinked_is_free(org: OktaOrg, app: Application) -> None:
    app.pushed.unlink(app.pushed.push(org.create_group("Crew")), delete=False)
    org.delete_group("Crew")
    app.pushed.add_rule("rule", "starts with", "C")

    again = org.create_group("CREW")

    assert app.pushed.of(again) is not None


def test_a_name_that_was_given_up_in_the_endpoint_is_free(org: OktaOrg, app: Application) -> None:
    crew = org.create_group("Crew")
    app.pushed.push(crew)
    done(app)
    org.update_group(crew, name="Sailors")
    done(app)
    app.pushed.add_rule("rule", "starts with", "Crew")

    again = org.create_group("Crew")

    assert app.pushed.of(again) is not None


@given(st.text(max_size=8), st.text(min_size=1, max_size=3))
def test_a_match_is_that_of_folded_texts(name: str, value: str) -> None:
    text, part = name.casefold(), value.casefold()
    group = Group("g", name)
    expected = {
        Match.STARTS_WITH: text[: len(part)] == part,
        Match.ENDS_WITH: text[len(text) - len(part) :] == part and len(part) <= len(text),
        Match.CONTAINS: text.find(part) >= 0,
    }

    assert {one: PushRule("r", "r", one, value).matches(group) for one in Match} == expected
