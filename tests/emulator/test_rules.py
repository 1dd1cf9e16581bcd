"""Group rules: memberships are what the expressions say, for as long as the rules are on."""

from __future__ import annotations

import pytest

from emulator.changes import Change, MembershipChanged
from emulator.directory import BY_HAND, Directory, DirectoryError, Group, UserStatus
from emulator.expressions import ExpressionError
from emulator.rules import Rule, RuleStatus
from tests.emulator.offline import person

CREW = 'user.department == "Crew"'


@pytest.fixture
def org() -> Directory:
    return Directory()


@pytest.fixture
def group(org: Directory) -> Group:
    return org.create_group("Crew")


def rule_on(org: Directory, expression: str, *groups: Group, name: str = "rule") -> Rule:
    rule = org.create_rule(name, expression, *groups)
    org.rules.activate(rule)
    return rule


def logins(org: Directory, group: Group | str) -> set[str]:
    return {org.users[one].profile["firstName"] for one in org.members(group)}


# Life cycle ---------------------------------------------------------------------------


def test_a_new_rule_does_nothing_until_it_is_activated(org: Directory, group: Group) -> None:
    person(org, "Ada", department="Crew")
    rule = org.create_rule("rule", CREW, group)
    assert (rule.status, logins(org, group)) == (RuleStatus.INACTIVE, set())

    org.rules.activate(rule)

    assert (rule.status, logins(org, group)) == (RuleStatus.ACTIVE, {"Ada"})


def test_an_active_rule_follows_every_change(org: Directory, group: Group) -> None:
    rule_on(org, CREW, group)
    ada, bob = person(org, "Ada", department="Crew"), person(org, "Bob")

    org.update_user(ada, department="Office")
    org.update_user(bob, department="Crew")

    assert logins(org, group) == {"Bob"}


def test_a_rule_that_is_switched_off_keeps_whom_it_had_put_in(org: Directory, group: Group) -> None:
    rule = rule_on(org, CREW, group)
    ada = person(org, "Ada", department="Crew")

    org.rules.deactivate(rule)
    org.update_user(ada, department="Office")
    person(org, "Bob", department="Crew")

    assert logins(org, group) == {"Ada"}
    org.rules.activate(rule)
    assert logins(org, group) == {"Bob"}


@pytest.mark.parametrize(("remove_users", "left"), [(True, {"Cem"}), (False, {"Ada", "Cem"})])
def test_deleting_a_rule_removes_its_members_or_leaves_them(
    org: Directory, group: Group, remove_users: bool, left: set[str]
) -> None:
    rule = rule_on(org, CREW, group)
    person(org, "Ada", department="Crew")
    cem = person(org, "Cem", department="Crew")
    org.add_member(group, cem)

    org.rules.delete(rule, remove_users=remove_users)

    assert logins(org, group) == left
    assert all(group.reasons(one) == (BY_HAND,) for one in org.members(group))
    assert rule not in org.rules


def test_members_that_two_rules_made_stay_when_one_is_deleted(org: Directory, group: Group) -> None:
    first = rule_on(org, CREW, group)
    rule_on(org, 'user.title == "Cook"', group)
    person(org, "Ada", department="Crew", title="Cook")

    org.rules.delete(first, remove_users=True)

    assert logins(org, group) == {"Ada"}


def test_a_rule_may_be_changed_only_while_it_is_off(org: Directory, group: Group) -> None:
    rule = rule_on(org, CREW, group)
    ada = person(org, "Ada", title="Cook")
    with pytest.raises(DirectoryError, match="rule 'rule' is ACTIVE; deactivate it first"):
        org.rules.update(rule, expression='user.title == "Cook"')
    org.rules.deactivate(rule)
    with pytest.raises(ExpressionError):
        org.rules.update(rule, name="other", expression="user.title ==")
    assert rule.name == "rule"

    org.rules.update(rule, name="cooks", expression='user.title == "Cook"')
    org.rules.activate(rule)

    assert (rule.name, list(org.members(group))) == ("cooks", [ada.id])


def test_a_rule_whose_group_is_gone_is_invalid(org: Directory, group: Group) -> None:
    other = org.create_group("Other")
    rule = rule_on(org, CREW, group, other)
    person(org, "Ada", department="Crew")

    org.delete_group(group)
    person(org, "Bob", department="Crew")

    assert rule.status is RuleStatus.INVALID
    assert logins(org, other) == {"Ada"}
    for act in (org.rules.activate, org.rules.deactivate):
        with pytest.raises(DirectoryError, match="with the status INVALID"):
            act(rule)
    org.rules.delete(rule, remove_users=True)
    assert logins(org, other) == set()


@pytest.mark.parametrize(
    ("name", "groups", "told"),
    [
        ("", 1, "1 to 50 characters; '' has 0"),
        ("x" * 51, 1, "has 51"),
        ("rule", 0, "assigns 0 groups; name 1 to 100"),
        ("rule", 101, "assigns 101 groups"),
    ],
)
def test_the_limits_of_a_rule_are_those_of_okta(
    org: Directory, name: str, groups: int, told: str
) -> None:
    targets = [org.create_group(f"G{number}") for number in range(groups)]

    with pytest.raises(DirectoryError, match=told):
        org.create_rule(name, CREW, *targets)

    assert len(org.rules) == 0


def test_a_wrong_expression_makes_no_rule(org: Directory, group: Group) -> None:
    with pytest.raises(ExpressionError):
        org.create_rule("rule", 'user.department = "Crew"', group)

    assert len(org.rules) == 0


# Members that somebody touches by hand --------------------------------------------------


def test_taking_somebody_out_by_hand_excludes_them_from_the_rule(
    org: Directory, group: Group
) -> None:
    rule = rule_on(org, CREW, group)
    ada = person(org, "Ada", department="Crew")

    org.remove_member(group, ada)
    org.update_user(ada, title="Cook")

    assert rule.excluded == {ada.id}
    assert logins(org, group) == set()


def test_an_exclusion_holds_for_every_group_of_the_rule(org: Directory, group: Group) -> None:
    other = org.create_group("Other")
    rule_on(org, CREW, group, other)
    ada = person(org, "Ada", department="Crew")

    org.remove_member(group, ada)

    assert logins(org, other) == set()


def test_somebody_excluded_may_be_added_by_hand(org: Directory, group: Group) -> None:
    rule = rule_on(org, CREW, group)
    ada = person(org, "Ada", department="Crew")
    org.remove_member(group, ada)

    org.add_member(group, ada)
    org.update_user(ada, department="Office")

    assert group.reasons(ada.id) == (BY_HAND,)
    assert rule.excluded == {ada.id}


def test_somebody_added_by_hand_stays_when_the_rule_no_longer_holds(
    org: Directory, group: Group
) -> None:
    rule_on(org, CREW, group)
    ada = person(org, "Ada", department="Crew")
    org.add_member(group, ada)

    org.update_user(ada, department="Office")

    assert logins(org, group) == {"Ada"}


def test_taking_out_somebody_added_by_hand_excludes_nobody(org: Directory, group: Group) -> None:
    rule = rule_on(org, CREW, group)
    ada = person(org, "Ada")
    org.add_member(group, ada)

    org.remove_member(group, ada)

    assert rule.excluded == set()


def test_a_rule_may_exclude_people_from_the_start(org: Directory, group: Group) -> None:
    ada = person(org, "Ada", department="Crew")
    rule = org.create_rule("rule", CREW, group, exclude=[ada])

    org.rules.activate(rule)

    assert logins(org, group) == set()
    org.deactivate(ada)
    org.delete_user(ada)
    assert rule.excluded == set()


def test_a_change_by_a_rule_is_told_once(org: Directory, group: Group) -> None:
    changes: list[Change] = []
    rule_on(org, CREW, group)
    ada = person(org, "Ada")
    org.listeners.append(
        lambda one: changes.append(one) if isinstance(one, MembershipChanged) else None
    )

    org.update_user(ada, department="Crew")
    org.update_user(ada, title="Cook")
    org.update_user(ada, department="Office")

    assert changes == [
        MembershipChanged(group.id, ada.id, True),
        MembershipChanged(group.id, ada.id, False),
    ]


# Whom rules look at ---------------------------------------------------------------------


def test_deactivated_people_keep_what_a_rule_gave_them(org: Directory, group: Group) -> None:
    ada = person(org, "Ada", department="Crew")
    rule = rule_on(org, CREW, group)

    org.deactivate(ada)
    org.rules.deactivate(rule)
    org.rules.update(rule, expression='user.department == "Office"')
    org.rules.activate(rule)
    assert logins(org, group) == {"Ada"}
    org.activate(ada)

    assert logins(org, group) == set()


@pytest.mark.parametrize("status", [UserStatus.STAGED, UserStatus.PROVISIONED])
def test_pending_people_are_left_alone_only_on_request(
    org: Directory, group: Group, status: UserStatus
) -> None:
    rule_on(org, CREW, group)
    person(org, "Ada", department="Crew", status=status)
    org.rules.skips_pending = True
    person(org, "Bob", department="Crew", status=status)

    assert logins(org, group) == {"Ada"}


def test_a_rule_may_ask_for_the_status(org: Directory, group: Group) -> None:
    rule_on(org, 'user.getInternalProperty("status") == "ACTIVE"', group)
    ada = person(org, "Ada")
    assert logins(org, group) == {"Ada"}

    org.suspend(ada)
    assert logins(org, group) == set()
    org.unsuspend(ada)

    assert logins(org, group) == {"Ada"}


def test_a_person_who_can_not_be_evaluated_is_noted_and_left_out(
    org: Directory, group: Group
) -> None:
    rule = rule_on(org, "user.title matches user.city", group)

    ada = person(org, "Ada", title="Cook", city="(")
    bob = person(org, "Bob", title="Cook", city="C.*")

    assert list(org.members(group)) == [bob.id]
    assert (rule.id, ada.id) in [one[:2] for one in org.rules.failures]
    assert "no regular expression" in org.rules.failures[-1][2]


# Rules that ask for groups --------------------------------------------------------------


def test_rules_build_on_one_another_in_any_order(org: Directory) -> None:
    first, second, third = (org.create_group(name) for name in "ABC")
    rule_on(org, 'isMemberOfGroupName("B")', third, name="3")
    rule_on(org, 'isMemberOfGroupName("A")', second, name="2")
    ada = person(org, "Ada")

    org.add_member(first, ada)
    assert [one.name for one in org.groups_of(ada.id)] == ["Everyone", "A", "B", "C"]
    org.remove_member(first, ada)

    assert [one.name for one in org.groups_of(ada.id)] == ["Everyone"]


def test_a_rename_and_a_deletion_of_a_group_are_noticed(org: Directory) -> None:
    crew, renamed, pens = (org.create_group(name) for name in ("Crew", "Boats", "Pens"))
    rule_on(org, 'isMemberOfGroupName("Crew")', pens)
    ada = person(org, "Ada")
    org.add_member(crew, ada)
    assert logins(org, pens) == {"Ada"}

    org.update_group(crew, name="Old Crew")
    assert logins(org, pens) == set()
    org.update_group(crew, name="Crew")
    assert logins(org, pens) == {"Ada"}
    org.delete_group(crew)

    assert logins(org, pens) == set()
    assert logins(org, renamed) == set()


def test_a_rule_that_contradicts_itself_comes_to_an_end(org: Directory, group: Group) -> None:
    rule_on(org, '!isMemberOfGroupName("Crew")', group)

    person(org, "Ada")

    assert "without end" in org.rules.failures[-1][2]
