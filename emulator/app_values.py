"""What an app gets of a person: mapping rows, the username format, and what assignments decide.

Nothing is kept: the values of before a change are computed from what was
different then, so that an idle person costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.app_users import GROUP, AppUser, GroupAssignment
from emulator.attributes import AttributeMapping, MappingError, Scope, evaluated
from emulator.directory import Directory, DirectoryError
from emulator.expressions import Context, Expression, ExpressionError, parse
from emulator.mapping_table import Rows, added, pushed
from emulator.rules import context_of

#: Application username format, on the Sign On tab.
USER_NAME_FORMATS = {
    "okta-username": "user.login",
    "email": "user.email",
    "okta-username-prefix": 'String.substringBefore(user.login, "@")',
    "email-prefix": 'String.substringBefore(user.email, "@")',
}
_ORG = {"name": "emulated"}
_ASKS_GROUPS = re.compile(r"isMemberOf", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Before:
    """What was different of a person before a change: the profile, or one membership."""

    profile: Mapping[str, Any] | None = None
    #: The group that the person has just joined, or left.
    group: str | None = None


NOW = Before()

#: What is sent of a person: username and values; or why that can't be said.
Sent = tuple[str, dict[str, Any]] | str


@dataclass(frozen=True, slots=True)
class _EarlierMembership:
    """The groups of a person before one of them was joined or left."""

    directory: Directory
    user: str
    flipped: str

    def _groups(self) -> Iterator[tuple[str, str]]:
        groups = self.directory.groups
        found = {one.id: one.name for one in self.directory.groups_of(self.user)}
        if found.pop(self.flipped, None) is None and self.flipped in groups:
            found[self.flipped] = groups[self.flipped].name
        yield from found.items()

    def names(self) -> Iterator[str]:
        """Their names."""
        return (name for _, name in self._groups())

    def ids(self) -> Iterator[str]:
        """Their ids."""
        return (key for key, _ in self._groups())


class AppValues:
    """Computes the values of one app."""

    def __init__(
        self,
        directory: Directory,
        rows: Rows,
        user_name_format: str,
        settings: Mapping[str, str],
        users: Mapping[str, AppUser],
    ) -> None:
        self._directory = directory
        self._users = users
        self._pushed: tuple[Rows, Rows, bool] = ((), (), False)
        self.rows = rows
        self.settings = dict(settings)
        #: Assigned groups in the order of their priority.
        self.groups: dict[str, GroupAssignment] = {}
        self.format_name = ""
        self.user_name: Expression
        self.use_format(user_name_format)

    # Settings -------------------------------------------------------------------------

    def use_format(self, name: str) -> None:
        """Name usernames by a format, or by an expression; raises MappingError."""
        try:
            self.user_name = parse(USER_NAME_FORMATS.get(name, name))
        except ExpressionError as problem:
            known = ", ".join(USER_NAME_FORMATS)
            raise MappingError(
                f"username format {name!r} is none of {known}, and no expression: {problem}"
            ) from None
        self.format_name = name

    def add_row(self, row: AttributeMapping) -> None:
        """Map one attribute more; raises MappingError."""
        self.rows = added(self.rows, row)

    def checked(self, values: Mapping[str, Any], *, of_group: bool) -> dict[str, Any]:
        """Values typed into an assignment; raises DirectoryError for one that has no place."""
        scopes = {row.variable: row.scope for row in self.rows}
        if not of_group:
            scopes["userName"] = Scope.PERSONAL
        for name in values:
            if name not in scopes:
                raise DirectoryError(f"assignment: Property {name!r} not found", "E0000001")
            if of_group and scopes[name] is not Scope.GROUP:
                raise DirectoryError(
                    f"attribute {name!r} is personal: type it at the assignments of people, or "
                    "make its scope that of groups"
                )
        return dict(values)

    # Values ---------------------------------------------------------------------------

    def values(self, user_id: str, before: Before = NOW) -> dict[str, Any]:
        """The app's attributes of a person; raises MappingError."""
        given = self.given(user_id, before)
        return evaluated(self.rows, self._context(user_id, before, given), given)

    def name(self, user_id: str, before: Before = NOW) -> str:
        """The username in the endpoint; raises MappingError when the format gives none."""
        given = self.given(user_id, before)
        if given.get("userName"):
            return str(given["userName"])
        try:
            value = self.user_name.evaluate(self._context(user_id, before, given))
        except ExpressionError as problem:
            raise MappingError(f"username format: {problem}") from None
        if value is None or str(value) == "":
            login = self._directory.users[user_id].login
            raise MappingError(f"the username format {self.format_name!r} gives {login} no name")
        return str(value)

    def sent(self, user_id: str, before: Before = NOW, *, with_name: bool = True) -> Sent:
        """What a profile push is about; the reason when a mapping can't be evaluated."""
        rows, _ = self._pushed_rows()
        try:
            given = self.given(user_id, before)
            values = evaluated(rows, self._context(user_id, before, given), given)
            return (self.name(user_id, before) if with_name else "", values)
        except MappingError as problem:
            return str(problem)

    @property
    def asks_groups(self) -> bool:
        """Whether a membership may decide about a value, without any assignment."""
        return self._pushed_rows()[1]

    def _pushed_rows(self) -> tuple[Rows, bool]:
        of_rows, rows, asks = self._pushed
        if of_rows is not self.rows:
            rows = pushed(self.rows)
            asks = any(_ASKS_GROUPS.search(one.source.text) for one in rows)
            self._pushed = (self.rows, rows, asks)
        return rows, asks or _ASKS_GROUPS.search(self.user_name.text) is not None

    def _context(self, user_id: str, before: Before, given: Mapping[str, Any]) -> Context:
        context = context_of(self._directory, user_id)
        membership = context.membership
        if before.group is not None:
            membership = _EarlierMembership(self._directory, user_id, before.group)
        roots = {
            "user": context.roots["user"] if before.profile is None else before.profile,
            "appuser": given,
            "app": self.settings,
            "org": _ORG,
        }
        return Context(roots, context.internal, membership)

    def given(self, user_id: str, before: Before = NOW) -> dict[str, Any]:
        """What assignments decide: the first group's values, and above them the person's own."""
        known = self._users.get(user_id)
        if known is None:
            return {}
        values: dict[str, Any] = {}
        if known.scope == GROUP:
            for assignment in self.groups.values():
                if self.is_in(assignment.group, user_id, before):
                    values = assignment.values
                    break
        return {**values, **known.given} if known.given else values

    def is_in(self, group_id: str, user_id: str, before: Before = NOW) -> bool:
        """Whether a person is in a group, or was."""
        group = self._directory.groups.get(group_id)
        is_member = group is not None and self._directory.is_member(group, user_id)
        return is_member != (before.group == group_id)
