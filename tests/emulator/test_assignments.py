"""The Assignments tab: people, groups, priorities, and the values that assignments decide."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.application import Application, AppUserStatus
from emulator.directory import DirectoryError, User
from emulator.org import OktaOrg
from emulator.queue import Job
from tests.emulator.offline import connected, done, person


@pytest.fixture
def org_and_app() -> tuple[OktaOrg, Application]:
    """The app of the guide, whose userType is an attribute of groups."""
    return connected("kantega")


@pytest.fixture
def org(org_and_app: tuple[OktaOrg, Application]) -> OktaOrg:
    return org_and_app[0]


@pytest.fixture
def app(org_and_app: tuple[OktaOrg, Application]) -> Application:
    return org_and_app[1]


def user_type(app: Application, user: User) -> Any:
    return app.values_of(user.id).get("userType")


# People -----------------------------------------------------------------------------------


def test_assigning_a_person_makes_a_direct_assignment(org: OktaOrg, app: Application) -> None:
    known = app.assign(person(org))

    assert (known.scope, known.status) == ("USER", AppUserStatus.STAGED)
    assert done(app) == [("ada@example.com", Job.PROVISION)]


def test_values_that_are_typed_stand_above_the_profile(org: OktaOrg, app: Application) -> None:
    ada = person(org, userType="Employee")

    app.assign(ada, userType="Guest", displayName="The Countess")

    assert app.values_of(ada.id)["displayName"] == "The Countess"
    assert user_type(app, ada) == "Guest"


def test_a_value_without_a_place_is_refused(org: OktaOrg, app: Application) -> None:
    with pytest.raises(DirectoryError, match="Property 'shoeSize' not found") as refused:
        app.assign(person(org), shoeSize="43")

    assert refused.value.code == "E0000001"
    assert list(app.assigned()) == []


def test_editing_an_assignment_pushes_what_has_changed(org: OktaOrg, app: Application) -> None:
    ada = person(org)
    app.assign(ada)
    done(app)

    app.edit(ada, displayName="The Countess")
    assert done(app) == [("ada@example.com", Job.PROFILE)]
    app.edit(ada, displayName="The Countess")
    assert done(app) == []
    app.edit(ada, displayName=None)

    assert done(app) == [("ada@example.com", Job.PROFILE)]
    assert app.app_user(ada).given is None


def test_assigning_again_keeps_the_account_and_merges_the_values(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)
    known = app.assign(ada, userType="Guest")
    done(app)

    again = app.assign(ada, middleName="M")

    assert again is known
    assert known.given == {"userType": "Guest", "middleName": "M"}
    assert done(app) == [("ada@example.com", Job.PROFILE)]


def test_somebody_who_is_not_assigned_can_be_neither_edited_nor_unassigned(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)

    for act in (app.edit, app.unassign, app.provision, app.convert_to_group):
        with pytest.raises(DirectoryError, match="is not assigned to Kantega SSO"):
            act(ada)
    with pytest.raises(DirectoryError, match="was never assigned"):
        app.app_user(ada)


# Groups -----------------------------------------------------------------------------------


def test_a_group_brings_its_members_now_and_later(org: OktaOrg, app: Application) -> None:
    ada, bob, crew = person(org), person(org, "Bob"), org.create_group("Crew")
    org.add_member(crew, ada)

    app.assign_group(crew)
    org.add_member(crew, bob)

    assert [login for login, _ in done(app)] == ["ada@example.com", "bob@example.com"]
    assert {one.scope for one in app.assigned()} == {"GROUP"}


def test_everyone_brings_everybody_who_is_not_deactivated(org: OktaOrg, app: Application) -> None:
    person(org)
    org.deactivate(person(org, "Bob"))
    org.suspend(person(org, "Cem"))

    app.assign_group("Everyone")
    person(org, "Dan")

    assert [one for one, _ in done(app)] == [
        "ada@example.com",
        "cem@example.com",
        "dan@example.com",
    ]


def test_leaving_the_group_takes_the_account_away(org: OktaOrg, app: Application) -> None:
    ada, crew = person(org), org.create_group("Crew")
    app.assign_group(crew)
    org.add_member(crew, ada)
    done(app)

    org.remove_member(crew, ada)

    assert done(app) == [("ada@example.com", Job.DEPROVISION)]


@pytest.mark.parametrize("how", ["unassigned", "deleted"])
def test_members_without_another_assignment_lose_the_app_with_the_group(
    org: OktaOrg, app: Application, how: str
) -> None:
    crew, office = org.create_group("Crew"), org.create_group("Office")
    ada, bob, cem = (person(org, name) for name in ("Ada", "Bob", "Cem"))
    for one in (ada, bob, cem):
        org.add_member(crew, one)
    org.add_member(office, bob)
    app.assign_group(crew)
    app.assign_group(office)
    app.assign(cem)
    done(app)

    if how == "unassigned":
        app.unassign_group(crew)
    else:
        org.delete_group(crew)

    assert done(app) == [("ada@example.com", Job.DEPROVISION)]
    assert list(app.groups) == [office.id]


def test_a_group_that_is_not_assigned_can_not_be_taken_away(org: OktaOrg, app: Application) -> None:
    crew = org.create_group("Crew")

    with pytest.raises(DirectoryError, match="'Crew' is not assigned to Kantega SSO"):
        app.unassign_group(crew)
    with pytest.raises(DirectoryError, match="'Crew' is not assigned to Kantega SSO"):
        app.update_group_assignment(crew, userType="x")
    with pytest.raises(DirectoryError, match="'Crew' is not assigned to Kantega SSO"):
        app.prioritize(crew, 0)


def test_who_has_the_app_through_a_group_only_is_not_unassigned_alone(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)
    app.assign_group("Everyone")
    done(app)

    with pytest.raises(DirectoryError, match="has Kantega SSO through a group"):
        app.unassign(ada)

    assert done(app) == []


def test_a_direct_assignment_that_ends_leaves_that_of_the_group(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)
    app.assign_group("Everyone")
    known = app.assign(ada, userType="Guest")
    done(app)

    app.unassign(ada)

    assert (known.scope, known.given, known.is_assigned) == ("GROUP", None, True)
    assert done(app) == [("ada@example.com", Job.PROFILE)]


# Converting ---------------------------------------------------------------------------------


def test_converting_to_a_group_lets_the_group_decide(org: OktaOrg, app: Application) -> None:
    ada = person(org)
    app.assign(ada, userType="Guest")
    app.assign_group("Everyone", userType="Anybody")
    done(app)

    known = app.convert_to_group(ada)

    assert known.scope == "GROUP"
    assert user_type(app, ada) == "Anybody"
    assert done(app) == [("ada@example.com", Job.PROFILE)]


def test_converting_to_a_direct_assignment_changes_and_sends_nothing(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)
    app.assign_group("Everyone", userType="Anybody")
    done(app)

    known = app.convert_to_direct(ada)
    assert (known.scope, done(app), user_type(app, ada)) == ("USER", [], "Anybody")
    app.unassign_group("Everyone")

    assert done(app) == []
    assert known.is_assigned


def test_somebody_in_no_assigned_group_can_not_be_converted(org: OktaOrg, app: Application) -> None:
    ada = person(org)
    app.assign(ada)

    with pytest.raises(DirectoryError, match="is in no group that is assigned"):
        app.convert_to_group(ada)
