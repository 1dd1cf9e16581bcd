"""What happened in the org, told to the apps: plain facts, without any thought of SCIM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A person's profile is another now; ``before`` is what it was."""

    user: str
    before: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A person has set a password; only now does Okta know it."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Activated:
    """A person became active, for the first time or again."""

    user: str


@dataclass(frozen=True, slots=True)
class Deactivated:
    """A person was deactivated."""

    user: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deactivated person was deleted."""

    user: str


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    """A person joined a group, or left it."""

    group: str
    user: str
    joined: bool


@dataclass(frozen=True, slots=True)
class GroupCreated:
    """There is a new group."""

    group: str


@dataclass(frozen=True, slots=True)
class GroupRenamed:
    """A group has another name, or another description."""

    group: str
    before: str


@dataclass(frozen=True, slots=True)
class GroupDeleted:
    """A group is gone; ``members`` were in it."""

    group: str
    name: str
    members: tuple[str, ...]


Change = (
    ProfileChanged
    | PasswordChanged
    | Activated
    | Deactivated
    | Deleted
    | MembershipChanged
    | GroupCreated
    | GroupRenamed
    | GroupDeleted
)
Listener = Callable[[Change], None]
