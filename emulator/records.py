"""A person and a group, as the org keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from emulator.lifecycle import HAVE_ACCOUNTS, UserStatus


@dataclass(slots=True, eq=False)
class User:
    """A person in the org."""

    id: str
    profile: dict[str, Any]
    status: UserStatus = UserStatus.ACTIVE
    #: The groups the person is in, Everyone left out.
    groups: tuple[Group, ...] = ()

    @property
    def login(self) -> str:
        """The name by which the person signs in to Okta."""
        return str(self.profile["login"])

    @property
    def name(self) -> str:
        """First and last name, or the display name where there is one."""
        first, last = self.profile.get("firstName"), self.profile.get("lastName")
        return str(self.profile.get("displayName") or " ".join(filter(None, (first, last))))

    @property
    def may_have_accounts(self) -> bool:
        """Whether apps may provision this person."""
        return self.status in HAVE_ACCOUNTS


class GroupKind(StrEnum):
    """Where a group comes from."""

    OKTA_GROUP = "OKTA_GROUP"
    APP_GROUP = "APP_GROUP"
    BUILT_IN = "BUILT_IN"


@dataclass(slots=True, eq=False)
class Group:
    """A group in the org."""

    id: str
    name: str
    description: str = ""
    kind: GroupKind = GroupKind.OKTA_GROUP
    #: Who is in it, in the order they joined, and why: ``rules.BY_HAND`` or ids of rules.
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def reasons(self, user: str) -> tuple[str, ...]:
        """Why a person is in the group; nothing when they are not."""
        return self.members.get(user, ())
