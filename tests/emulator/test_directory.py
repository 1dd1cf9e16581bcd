"""The org: people, their life cycle, groups and memberships."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.changes import (
    Change,
    GroupCreated,
    GroupDeleted,
    GroupRenamed,
    MembershipChanged,
    ProfileChanged,
)
from emulator.directory import Directory, DirectoryError, GroupKind, User, UserStatus

S = UserStatus


@pytest.fixture
def org() -> Directory:
    return Directory()


@pytest.fixture
def changes(org: Directory) -> list[Change]:
    """What the listeners are told from now on."""
    told: list[Change] = []
    org.listeners.append(told.append)
    return told


def user_in(org: Directory, status: UserStatus) -> User:
    return org.create_user("Ada", "Lovelace", status=status)


# People -------------------------------------------------------------------------------


def test_a_login_and_an_address_are_made_of_the_name(org: Directory) -> None:
    user = org.create_user("Ada Maria", "Lovelace")

    assert user.login == user.profile["email"] == "adamaria.lovelace@example.com"
    assert user.name == "Ada Maria Lovelace"
    assert user.id.startswith("00u")
    assert len(user.id) == 20


def test_a_login_that_is_taken_is_refused_in_any_case(org: Directory) -> None:
    org.create_user("Ada", "Lovelace", login="ada@example.com")

    with pytest.raises(DirectoryError, match=r"'ADA@example\.com' exists in this org") as refused:
        org.create_user("Ada", "Byron", login="ADA@example.com")

    assert refused.value.code == "E0000001"
    assert len(org.users) == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"login": "ada"}, "'ada': a username must be in the form of an email address"),
        ({"titel": "Countess"}, "'titel' is not defined in the profile; 'title' is"),
        ({"qzx": "1"}, "'qzx' is not defined in the profile; add it"),
        ({"employeeNumber": 17}, "employeeNumber 17 is no string"),
        ({"login": "a@b", "email": " "}, "email: the field cannot be left blank"),
    ],
)
def test_a_profile_that_can_not_be_is_refused(
    org: Directory, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(DirectoryError, match=told):
        org.create_user("Ada", "Lovelace", **values)

    assert not org.users


def test_nobody_is_without_a_name(org: Directory) -> None:
    with pytest.raises(DirectoryError, match="lastName: the field cannot be left blank"):
        org.create_user("Ada", "", login="ada@example.com")


def test_a_custom_attribute_has_the_type_it_was_given(org: Directory) -> None:
    org.add_attribute("berth")
    org.add_attribute("keys", "integer")
    org.add_attribute("isAfloat", "boolean")
    org.add_attribute("ports", "string array")

    user = org.create_user("A", "B", berth="A1", keys=2, isAfloat=True, ports=["Oslo"])

    assert user.profile["ports"] == ["Oslo"]
    for wrong in ({"keys": True}, {"keys": "2"}, {"isAfloat": 1}, {"ports": [1]}, {"berth": 1}):
        with pytest.raises(DirectoryError):
            org.update_user(user, **wrong)
    assert (user.profile["keys"], user.profile["isAfloat"]) == (2, True)


@pytest.mark.parametrize(
    ("name", "kind"), [("title", "string"), ("a-b", "string"), ("", "string"), ("x", "colour")]
)
def test_an_attribute_that_can_not_be_added_is_refused(
    org: Directory, name: str, kind: str
) -> None:
    with pytest.raises(DirectoryError, match="attribute"):
        org.add_attribute(name, kind)


def test_a_user_is_found_by_id_and_by_login(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace", login="Ada@Example.com")

    assert org.user(user.id) is org.user("ada@example.COM") is org.user(user) is user
    with pytest.raises(DirectoryError, match="no user with the id or login 'bob'"):
        org.user("bob")


def test_a_user_of_another_org_is_not_found(org: Directory) -> None:
    stranger = Directory().create_user("Ada", "Lovelace")

    with pytest.raises(DirectoryError, match="is not in this org"):
        org.suspend(stranger)


def test_a_change_of_the_profile_is_told_with_what_was_before(
    org: Directory, changes: list[Change]
) -> None:
    user = org.create_user("Ada", "Lovelace", title="Countess")
    before = dict(user.profile)
    changes.clear()

    org.update_user(user, title=None, city="London")

    assert "title" not in user.profile
    assert changes == [ProfileChanged(user.id, before)]


def test_a_change_that_changes_nothing_is_not_told(org: Directory, changes: list[Change]) -> None:
    user = org.create_user("Ada", "Lovelace", title="Countess")
    changes.clear()

    org.update_user(user, title="Countess", city=None)

    assert changes == []


def test_a_refused_change_leaves_the_profile_as_it_was(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace")
    org.create_user("Bob", "Byron", login="bob@example.com")
    before = dict(user.profile)

    for wrong in ({"login": "bob@example.com"}, {"login": "x"}, {"lastName": None}, {"nope": "1"}):
        with pytest.raises(DirectoryError):
            org.update_user(user, city="London", **wrong)

    assert user.profile == before
    assert org.user(user.login) is user


def test_a_login_that_was_given_up_is_free(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace", login="ada@example.com")
    org.update_user(user, login="countess@example.com")

    other = org.create_user("Ada", "Byron", login="ada@example.com")

    assert org.user("countess@example.com") is user
    assert org.user("ada@example.com") is other


# Groups -------------------------------------------------------------------------------


def test_groups_are_created_renamed_and_deleted(org: Directory, changes: list[Change]) -> None:
    group = org.create_group("Crew", "who goes out")
    user = org.create_user("Ada", "Lovelace")
    org.add_member(group, user)
    org.update_group(group, name="Old Crew", description="who went out")
    org.delete_group("Old Crew")

    assert changes == [
        GroupCreated(group.id),
        MembershipChanged(org.everyone.id, user.id, True),
        MembershipChanged(group.id, user.id, True),
        GroupRenamed(group.id, "Crew"),
        GroupDeleted(group.id, "Old Crew", (user.id,)),
    ]
    assert list(org.groups_of(user.id)) == [org.everyone]


def test_an_edit_that_changes_nothing_of_a_group_is_not_told(
    org: Directory, changes: list[Change]
) -> None:
    group = org.create_group("Crew", "x")
    changes.clear()

    org.update_group(group, name="Crew", description="x")

    assert changes == []


@pytest.mark.parametrize("name", ["Crew", "Everyone", "", "  "])
def test_a_name_that_is_taken_or_empty_is_refused(org: Directory, name: str) -> None:
    org.create_group("Crew")
    other = org.create_group("Office")

    with pytest.raises(DirectoryError):
        org.create_group(name)
    with pytest.raises(DirectoryError):
        org.update_group(other, name=name)

    assert other.name == "Office"


def test_a_group_that_is_gone_is_not_found(org: Directory) -> None:
    group = org.create_group("Crew")
    org.delete_group(group)

    for key in (group, "Crew", group.id):
        with pytest.raises(DirectoryError, match="org"):
            org.group(key)


def test_joining_twice_and_leaving_twice_is_told_once(
    org: Directory, changes: list[Change]
) -> None:
    group, user = org.create_group("Crew"), org.create_user("Ada", "Lovelace")
    changes.clear()

    for _ in range(2):
        org.add_member(group, user)
    for _ in range(2):
        org.remove_member(group, user)

    assert changes == [
        MembershipChanged(group.id, user.id, True),
        MembershipChanged(group.id, user.id, False),
    ]


def test_members_are_in_the_order_they_joined(org: Directory) -> None:
    group = org.create_group("Crew")
    users = [org.create_user(name, "X") for name in ("C", "A", "B")]
    for user in users:
        org.add_member(group, user)

    assert list(org.members(group)) == [one.id for one in users]


def test_everybody_who_is_not_deleted_is_in_everyone(org: Directory) -> None:
    users = [org.create_user(status, "X", status=status) for status in S]

    assert list(org.members("Everyone")) == [one.id for one in users]
    assert all(org.is_member(org.everyone, one.id) for one in users)
    assert all(next(iter(org.groups_of(one.id))) is org.everyone for one in users)


def test_everyone_can_not_be_edited(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace")
    everyone = org.everyone

    for act in (
        lambda: org.add_member(everyone, user),
        lambda: org.remove_member(everyone, user),
        lambda: org.update_group(everyone, name="All"),
        lambda: org.delete_group(everyone),
        lambda: org.create_rule("r", 'user.title == "x"', everyone),
    ):
        with pytest.raises(DirectoryError, match="BUILT_IN and can't be edited") as refused:
            act()
        assert refused.value.code == "E0000060"
    assert everyone.kind is GroupKind.BUILT_IN


def test_a_group_of_an_app_can_not_be_edited(org: Directory) -> None:
    group = org.create_group("From the app", kind=GroupKind.APP_GROUP)

    with pytest.raises(DirectoryError, match="APP_GROUP and can't be edited") as refused:
        org.update_group(group, name="Mine")

    assert refused.value.code == "E0000006"


def test_groups_of_a_person_follow_joins_and_leaves(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace")
    crew, office = org.create_group("Crew"), org.create_group("Office")

    org.add_member(crew, user)
    org.add_member(office, user)
    org.remove_member(crew, user)

    assert list(org.groups_of(user.id)) == [org.everyone, office]
    assert list(org.groups_of("nobody")) == []
