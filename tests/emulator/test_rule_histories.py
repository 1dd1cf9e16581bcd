"""Group rules after any history: memberships are what the expressions say."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emulator.changes import Change, MembershipChanged
from emulator.directory import Directory, User, UserStatus
from emulator.rules import Rule, RuleStatus
from tests.emulator.offline import person

# Everything at once ---------------------------------------------------------------------

_DEPARTMENTS = st.sampled_from(["Crew", "Office", None])
_PEOPLE, _RULES = 4, 3
_EXPRESSIONS = [
    'user.department == "Crew"',
    'isMemberOfGroupName("G0")',
    'user.department == "Office" OR isMemberOfGroupName("G1")',
]


def _holds(org: Directory, rule: int, user: User) -> bool:
    """The expressions above, said in Python."""
    names = {one.name for one in org.groups_of(user.id)}
    department = user.profile.get("department")
    return [department == "Crew", "G0" in names, department == "Office" or "G1" in names][rule]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("department"), st.integers(0, _PEOPLE - 1), _DEPARTMENTS),
        st.tuples(st.just("on"), st.integers(0, _RULES - 1), st.none()),
        st.tuples(st.just("off"), st.integers(0, _RULES - 1), st.none()),
        st.tuples(st.just("add"), st.integers(0, _PEOPLE - 1), st.integers(0, _RULES - 1)),
        st.tuples(st.just("remove"), st.integers(0, _PEOPLE - 1), st.integers(0, _RULES - 1)),
        st.tuples(st.just("life"), st.integers(0, _PEOPLE - 1), st.none()),
    ),
    max_size=25,
)


def _play(org: Directory, users: list[User], rules: list[Rule], step: tuple[str, int, Any]) -> None:
    act, number, more = step
    match act:
        case "department":
            if users[number].status is not UserStatus.DEPROVISIONED:
                org.update_user(users[number], department=more)
        case "on":
            org.rules.activate(rules[number])
        case "off":
            org.rules.deactivate(rules[number])
        case "add":
            org.add_member(f"G{more}", users[number])
        case "remove":
            org.remove_member(f"G{more}", users[number])
        case _:
            is_gone = users[number].status is UserStatus.DEPROVISIONED
            (org.activate if is_gone else org.deactivate)(users[number])


@given(_STEPS)
def test_memberships_are_what_the_rules_that_are_on_say(steps: list[tuple[str, int, Any]]) -> None:
    org = Directory()
    groups = [org.create_group(f"G{number}") for number in range(_RULES)]
    rules = [org.create_rule(f"{n}", _EXPRESSIONS[n], groups[n]) for n in range(_RULES)]
    users = [person(org, f"P{number}") for number in range(_PEOPLE)]
    heard: dict[tuple[str, str], bool] = {}

    def listen(change: Change) -> None:
        if isinstance(change, MembershipChanged):
            assert heard.get((change.group, change.user), False) is not change.joined
            heard[change.group, change.user] = change.joined

    org.listeners.append(listen)
    for step in steps:
        _play(org, users, rules, step)

    for number, rule in enumerate(rules):
        for user in users:
            is_made = rule.id in groups[number].reasons(user.id)
            if rule.status is RuleStatus.ACTIVE and user.status is UserStatus.ACTIVE:
                wanted = user.id not in rule.excluded and _holds(org, number, user)
                assert is_made == wanted, (number, user.login)
            is_member = org.is_member(groups[number], user.id)
            assert (groups[number] in org.groups_of(user.id)) == is_member
            assert heard.get((groups[number].id, user.id), False) == is_member
    assert not org.rules.failures
