"""What assignments decide about values: priority, and converting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.application import Application
from emulator.attributes import Scope, mapping
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


# Values of groups, and priority -------------------------------------------------------------


def test_the_group_of_the_highest_priority_decides(org: OktaOrg, app: Application) -> None:
    ada = person(org, userType="Employee")
    for name in ("Crew", "Office"):
        org.create_group(name)
        org.add_member(name, ada)
        app.assign_group(name, userType=name)
    assert user_type(app, ada) == "Crew"

    app.prioritize("Office", 0)

    assert user_type(app, ada) == "Office"
    assert [one.priority for one in app.groups.values()] == [0, 1]


def test_a_group_may_be_assigned_above_another(org: OktaOrg, app: Application) -> None:
    ada = person(org)
    for name in ("Crew", "Office"):
        org.create_group(name)
        org.add_member(name, ada)
        app.assign_group(name, priority=0, userType=name)

    assert user_type(app, ada) == "Office"


def test_a_group_without_values_leaves_the_mapping_to_decide(
    org: OktaOrg, app: Application
) -> None:
    ada, crew = person(org, userType="Employee"), org.create_group("Crew")
    org.add_member(crew, ada)
    app.assign_group("Everyone")
    app.assign_group(crew, userType="Crew")

    # Everyone comes first, and says nothing about userType.
    assert user_type(app, ada) == "Employee"


def test_a_direct_assignment_stands_above_every_group(org: OktaOrg, app: Application) -> None:
    ada = person(org, userType="Employee")
    app.assign_group("Everyone", userType="Anybody")
    assert user_type(app, ada) == "Anybody"

    app.assign(ada)

    assert user_type(app, ada) == "Employee"


def test_a_personal_attribute_is_not_given_by_a_group(org: OktaOrg, app: Application) -> None:
    with pytest.raises(DirectoryError, match="attribute 'displayName' is personal"):
        app.assign_group("Everyone", displayName="x")
    app.alter_mapping("displayName", scope=Scope.GROUP)

    app.assign_group("Everyone", displayName="x")

    assert app.values_of(person(org).id)["displayName"] == "x"


def test_of_a_group_assignment_only_personal_attributes_are_edited_at_the_person(
    org: OktaOrg, app: Application
) -> None:
    ada = person(org)
    app.assign_group("Everyone", userType="Anybody")

    app.edit(ada, displayName="The Countess")
    with pytest.raises(DirectoryError, match="'userType' is decided by the group"):
        app.edit(ada, userType="Guest")

    assert app.values_of(ada.id)["displayName"] == "The Countess"
    assert user_type(app, ada) == "Anybody"


def test_other_values_of_a_group_are_pushed_to_whom_they_concern(
    org: OktaOrg, app: Application
) -> None:
    crew = org.create_group("Crew")
    ada, bob, cem = (person(org, name) for name in ("Ada", "Bob", "Cem"))
    org.add_member(crew, ada)
    org.add_member(crew, cem)
    app.assign_group(crew, userType="Crew")
    app.assign_group("Everyone")
    app.assign(cem)
    done(app)

    app.update_group_assignment(crew, userType="Sailor")

    assert done(app) == [("ada@example.com", Job.PROFILE)]
    assert [user_type(app, one) for one in (ada, bob, cem)] == ["Sailor", None, None]


def test_joining_and_leaving_a_group_of_higher_priority_is_a_change_of_values(
    org: OktaOrg, app: Application
) -> None:
    ada, crew = person(org), org.create_group("Crew")
    app.assign_group(crew, userType="Crew")
    app.assign_group("Everyone", userType="Anybody")
    done(app)

    org.add_member(crew, ada)
    assert done(app) == [("ada@example.com", Job.PROFILE)]
    org.remove_member(crew, ada)
    assert done(app) == [("ada@example.com", Job.PROFILE)]
    org.add_member(crew, ada)
    done(app)
    org.delete_group(crew)

    assert done(app) == [("ada@example.com", Job.PROFILE)]
    assert user_type(app, ada) == "Anybody"


def test_a_mapping_that_asks_for_groups_is_pushed_when_they_change(
    org: OktaOrg, app: Application
) -> None:
    crew = org.create_group("Crew")
    ada = person(org)
    app.add_mapping(
        mapping("title", "title", 'isMemberOfGroupName("Crew") ? "Sailor" : "Landlubber"')
    )
    app.assign(ada)
    done(app)

    org.add_member(crew, ada)
    assert done(app) == [("ada@example.com", Job.PROFILE)]
    org.add_member(org.create_group("Choir"), ada)

    assert done(app) == []
    assert app.values_of(ada.id)["title"] == "Sailor"


# Everything at once -------------------------------------------------------------------------

_GROUPS = ("G0", "G1", "G2")
_WHO = st.integers(0, 2)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "leave", "assign", "unassign", "group on", "group off", "first", "value"]
        ),
        _WHO,
        _WHO,
    ),
    max_size=25,
)


def _step(org: OktaOrg, app: Application, users: list[User], step: tuple[str, int, int]) -> None:
    act, number, other = step
    user, group = users[other], _GROUPS[number]
    is_assigned = org.group(group).id in app.groups
    known = app.users.get(user.id)
    match act:
        case "join":
            org.add_member(group, user)
        case "leave":
            org.remove_member(group, user)
        case "assign":
            app.assign(user)
        case "unassign" if known and known.is_assigned and known.scope == "USER":
            app.unassign(user)
        case "group on":
            app.assign_group(group, userType=f"{group}-{other}")
        case "group off" if is_assigned:
            app.unassign_group(group)
        case "first" if is_assigned:
            app.prioritize(group, 0)
        case "value" if is_assigned:
            app.update_group_assignment(group, userType=f"{group}+{other}")
        case _:
            pass


def _expected(org: OktaOrg, app: Application, user: User) -> Any:
    """What userType should be: the first assigned group of the person decides."""
    for assignment in sorted(app.groups.values(), key=lambda one: one.priority):
        if org.is_member(org.groups[assignment.group], user.id):
            return assignment.values.get("userType")
    return None


@given(_STEPS)
def test_accounts_and_values_follow_the_assignments(steps: list[tuple[str, int, int]]) -> None:
    org, app = connected("kantega")
    for name in _GROUPS:
        org.create_group(name)
    users = [person(org, f"P{number}") for number in range(3)]
    sent: dict[str, Any] = {}
    for step in steps:
        _step(org, app, users, step)
        for login, job in done(app):
            user = org.user(login)
            sent[login] = None if job is Job.DEPROVISION else (user_type(app, user),)

    for user in users:
        known = app.users.get(user.id)
        has_it = known is not None and known.is_assigned
        is_direct = has_it and known is not None and known.scope == "USER"
        in_group = any(org.is_member(org.groups[one], user.id) for one in app.groups)
        assert has_it == (is_direct or in_group)
        if not has_it:
            assert sent.get(user.login) is None
            continue
        wanted = None if is_direct else _expected(org, app, user)
        assert user_type(app, user) == wanted
        assert sent[user.login] == (wanted,)
