"""The people and groups that have an app: their assignments, and the accounts these led to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AppUserStatus(StrEnum):
    """Where a person's account in the app stands.

    https://github.com/okta/okta-management-openapi-spec, AppUser
    """

    STAGED = "STAGED"
    PENDING = "PENDING"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"
    DEPROVISIONED = "DEPROVISIONED"


class SyncState(StrEnum):
    """Whether the account is what the org says."""

    DISABLED = "DISABLED"
    OUT_OF_SYNC = "OUT_OF_SYNC"
    SYNCING = "SYNCING"
    SYNCHRONIZED = "SYNCHRONIZED"
    ERROR = "ERROR"


#: How a person came to the app: directly, or through a group.
USER, GROUP = "USER", "GROUP"

_GONE = frozenset({AppUserStatus.REVOKED, AppUserStatus.DEPROVISIONED})


@dataclass(slots=True, eq=False)
class AppUser:
    """A person's assignment, and the account it led to."""

    user: str
    scope: str
    status: AppUserStatus = AppUserStatus.STAGED
    sync_state: SyncState = SyncState.OUT_OF_SYNC
    #: The id of the account in the endpoint, which the console calls External ID.
    external_id: str | None = None
    error: str = ""
    #: Attribute values that were typed at the assignment.
    given: dict[str, Any] | None = None
    #: The values before a change that is not sent yet; for apps that PATCH.
    before: dict[str, Any] | None = None
    password: str | None = field(default=None, repr=False)
    #: The name in a create that got no answer: the account may be there or not.
    tried_as: str | None = None

    @property
    def is_assigned(self) -> bool:
        """Whether the person has the app."""
        return self.status not in _GONE


@dataclass(slots=True, eq=False)
class GroupAssignment:
    """A group whose members have the app; the lowest ``priority`` decides attribute values."""

    group: str
    priority: int = 0
    values: dict[str, Any] = field(default_factory=dict)


#: What an admin reads beside a person who was assigned too early.
ASSIGNED_BEFORE = (
    "User was assigned this application before Provisioning was enabled and not provisioned in "
    "the downstream application. Click Provision User."
)
