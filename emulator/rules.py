"""Group rules: who meets an expression is in the rule's groups for as long as it is met.

Okta's help says that rules leave pending and inactive people alone, while its
developer pages recommend a test of the status inside rules, which would then
be idle.  The emulator evaluates everybody but the deactivated; see
``Rules.skips_pending``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.changes import Change, GroupDeleted, GroupRenamed, MembershipChanged
from emulator.expressions import Context, Expression, ExpressionError, parse_rule
from emulator.lifecycle import DirectoryError, UserStatus

if TYPE_CHECKING:
    from emulator.directory import Directory
    from emulator.records import Group

#: Why somebody is in a group: because an admin put them there.  Else it is the id of a rule.
BY_HAND = ""

#: Rules that switch one another on and off end here.
_ROUNDS = 20
#: https://support.okta.com/help/s/article/Group-Rule-Restrictions
_NAME, _GROUPS, _EXCLUDED, _RULES = 50, 100, 100, 2_000
_ASKS_GROUPS = re.compile(r"isMemberOf", re.IGNORECASE)
_PENDING = frozenset({UserStatus.STAGED, UserStatus.PROVISIONED})


class RuleStatus(StrEnum):
    """A rule's life cycle; INVALID is one whose group is gone."""

    INACTIVE = "INACTIVE"
    ACTIVE = "ACTIVE"
    INVALID = "INVALID"


@dataclass(slots=True, eq=False)
class Rule:
    """People who meet ``expression`` are put into ``groups``."""

    id: str
    name: str
    expression: Expression
    groups: tuple[str, ...]
    status: RuleStatus = RuleStatus.INACTIVE
    excluded: set[str] = field(default_factory=set)

    @property
    def asks_groups(self) -> bool:
        """Whether a membership may decide about others."""
        return _ASKS_GROUPS.search(self.expression.text) is not None


@dataclass(frozen=True, slots=True)
class _Membership:
    """What an expression may ask about groups."""

    directory: Directory
    user: str

    def names(self) -> Iterator[str]:
        """The names of the user's groups."""
        return (group.name for group in self.directory.groups_of(self.user))

    def ids(self) -> Iterator[str]:
        """The ids of the user's groups."""
        return (group.id for group in self.directory.groups_of(self.user))


def context_of(directory: Directory, user_id: str) -> Context:
    """What an expression sees of a person."""
    user = directory.users[user_id]
    return Context(
        roots={"user": user.profile},
        internal={"id": user.id, "status": str(user.status)},
        membership=_Membership(directory, user_id),
    )


class Rules:
    """The rules of one org."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rules: dict[str, Rule] = {}
        #: Leave staged and pending people alone, as one of Okta's pages says.
        self.skips_pending = False
        #: People a rule could not be evaluated for: rule, person, reason; for the System Log.
        self.failures: list[tuple[str, str, str]] = []
        #: Whom the rules are being evaluated for; what that changes is seen in its next round.
        self._busy: set[str] = set()

    def __iter__(self) -> Iterator[Rule]:
        return iter(list(self._rules.values()))

    def __len__(self) -> int:
        return len(self._rules)

    # What an admin does ---------------------------------------------------------------

    def create(
        self,
        rule_id: str,
        name: str,
        expression: str,
        groups: tuple[str, ...],
        excluded: Iterable[str] = (),
    ) -> Rule:
        """A new rule, not active yet; raises ExpressionError and DirectoryError."""
        if len(self._rules) >= _RULES:
            raise DirectoryError(f"rule {name!r}: an org has at most {_RULES} rules")
        if not 0 < len(groups) <= _GROUPS:
            raise DirectoryError(f"rule {name!r} assigns {len(groups)} groups; name 1 to {_GROUPS}")
        rule = Rule(rule_id, _named(name), parse_rule(expression), groups)
        rule.excluded = set(excluded)
        if len(rule.excluded) > _EXCLUDED:
            raise DirectoryError(f"rule {name!r} excludes more than {_EXCLUDED} people")
        self._rules[rule.id] = rule
        return rule

    def update(self, rule: Rule, *, name: str | None = None, expression: str | None = None) -> None:
        """Change a rule that is not active; the groups it assigns can't be changed."""
        if rule.status is not RuleStatus.INACTIVE:
            raise DirectoryError(f"rule {rule.name!r} is {rule.status}; deactivate it first")
        made = parse_rule(expression) if expression is not None else rule.expression
        rule.name = _named(name) if name is not None else rule.name
        rule.expression = made

    def activate(self, rule: Rule) -> None:
        """Evaluate a rule for everybody, and from now on after every change.

        Raises DirectoryError for a rule whose group is gone.
        """
        self._check_valid(rule, "activate")
        rule.status = RuleStatus.ACTIVE
        for user in self._directory.users:
            self.evaluate(user)

    def deactivate(self, rule: Rule) -> None:
        """Evaluate it no more; who is in its groups by it stays there."""
        self._check_valid(rule, "deactivate")
        rule.status = RuleStatus.INACTIVE

    @staticmethod
    def _check_valid(rule: Rule, act: str) -> None:
        if rule.status is RuleStatus.INVALID:
            raise DirectoryError(
                f"can't {act} rule {rule.name!r} with the status INVALID: a group that it assigns "
                "was deleted; delete the rule"
            )

    def delete(self, rule: Rule, *, remove_users: bool = False) -> None:
        """Forget a rule, and with ``remove_users`` the memberships it made.

        Otherwise its members stay, as if they had been added by hand.
        """
        rule.status = RuleStatus.INACTIVE
        del self._rules[rule.id]
        for group in self._targets(rule):
            made = [user for user, reasons in group.members.items() if rule.id in reasons]
            for user in made:
                person = self._directory.users[user]
                if not remove_users:
                    self._directory.add_reason(group, person, BY_HAND)
                self._directory.remove_reason(group, person, rule.id)

    # What happens in the org ----------------------------------------------------------

    def exclude(self, reasons: Iterable[str], user: str) -> None:
        """Somebody took a person out by hand: the rules that had put them there skip them."""
        for rule_id in reasons:
            if rule_id in self._rules:
                self._rules[rule_id].excluded.add(user)

    def forget(self, user: str) -> None:
        """A person is gone."""
        for rule in self._rules.values():
            rule.excluded.discard(user)

    def evaluate(self, user: str) -> None:
        """Evaluate every active rule for one person.

        A rule may ask for a group that another rule assigns, so this goes on
        until nothing changes.
        """
        if not self._rules or user in self._busy:
            return
        self._busy.add(user)
        try:
            for _ in range(_ROUNDS):
                active = [one for one in self._rules.values() if one.status is RuleStatus.ACTIVE]
                changes = [self._apply(rule, user) for rule in active]
                if True not in changes or not any(rule.asks_groups for rule in active):
                    return
            self._note("", user, "the rules switch one another on and off without end")
        finally:
            self._busy.discard(user)

    def react(self, change: Change) -> None:
        """A rule whose group is gone can't go on; one that asks for groups is asked again."""
        match change:
            case GroupDeleted(group, _, members):
                for rule in self._rules.values():
                    if group in rule.groups:
                        rule.status = RuleStatus.INVALID
                self._ask_again(members)
            case GroupRenamed(group, _):
                self._ask_again(self._directory.members(group))
            case MembershipChanged(_, user, _):
                self._ask_again((user,))
            case _:
                pass

    def _ask_again(self, users: Iterable[str]) -> None:
        active = (one for one in self._rules.values() if one.status is RuleStatus.ACTIVE)
        if any(rule.asks_groups for rule in active):
            for user in tuple(users):
                self.evaluate(user)

    def _targets(self, rule: Rule) -> list[Group]:
        groups = self._directory.groups
        return [groups[one] for one in rule.groups if one in groups]

    def _apply(self, rule: Rule, user_id: str) -> bool:
        """Make a person's memberships by a rule what they should be; whether any changed."""
        user = self._directory.users[user_id]
        if user.status is UserStatus.DEPROVISIONED:
            return False
        if self.skips_pending and user.status in _PENDING:
            return False
        wanted = user_id not in rule.excluded and self._holds(rule, user_id)
        changed = False
        for group in self._targets(rule):
            if wanted == (rule.id in group.reasons(user_id)):
                continue
            change = self._directory.add_reason if wanted else self._directory.remove_reason
            changed = change(group, user, rule.id) or changed
        return changed

    def _holds(self, rule: Rule, user: str) -> bool:
        try:
            return rule.expression.is_true(context_of(self._directory, user))
        except ExpressionError as problem:
            self._note(rule.id, user, str(problem))
            return False

    def _note(self, rule: str, user: str, reason: str) -> None:
        entry = (rule, user, reason)
        if entry not in self.failures[-_ROUNDS:]:
            self.failures.append(entry)
        del self.failures[:-10_000]


def _named(name: str) -> str:
    if not 0 < len(name) <= _NAME:
        raise DirectoryError(f"a rule's name has 1 to {_NAME} characters; {name!r} has {len(name)}")
    return name
