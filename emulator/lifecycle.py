"""The life cycle of a person in the org: which act leads from which states to which.

The rules and error codes are those of Okta's Management API; a code that is
not public is left out.
https://developer.okta.com/docs/api/openapi/okta-management/ (User lifecycle)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DirectoryError(ValueError):
    """Something was asked of the org that it can't do; the message names it and the way out.

    ``code`` is the one that Okta's API has for it, as far as it is known.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class UserStatus(StrEnum):
    """A person's life cycle."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"  # noqa: S105  a state
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


#: Who may have accounts in apps.  A suspended person keeps them: nothing is sent.
#: A staged or pending one gets them on activation.
HAVE_ACCOUNTS = frozenset(UserStatus) - {
    UserStatus.STAGED,
    UserStatus.PROVISIONED,
    UserStatus.DEPROVISIONED,
}


class Act(StrEnum):
    """What an admin, or the person, does to the life cycle."""

    ACTIVATE = "activate"
    REACTIVATE = "reactivate"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    DEACTIVATE = "deactivate"
    LOCK_OUT = "lock out"
    UNLOCK = "unlock"
    RESET_PASSWORD = "reset the password of"  # noqa: S105  an act
    EXPIRE_PASSWORD = "expire the password of"  # noqa: S105  an act
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Transition:
    """From where an act may start, where it ends, and what Okta says otherwise."""

    #: State → the state after the act.
    states: dict[UserStatus, UserStatus]
    way_out: str
    code: str | None = None


def _to(after: UserStatus, states: Iterable[UserStatus]) -> dict[UserStatus, UserStatus]:
    return dict.fromkeys(states, after)


_S = UserStatus

TRANSITIONS: dict[Act, Transition] = {
    # With a password the person is ACTIVE at once; without one, see Directory.activate.
    Act.ACTIVATE: Transition(
        _to(_S.ACTIVE, (_S.STAGED, _S.DEPROVISIONED)),
        "only a staged or deactivated user is activated; a pending one is reactivated",
        "E0000016",
    ),
    # The invitation goes out again.
    Act.REACTIVATE: Transition(
        _to(_S.PROVISIONED, (_S.PROVISIONED, _S.RECOVERY)),
        "only a user who is pending, or in recovery, is reactivated",
        "E0000001",
    ),
    Act.SUSPEND: Transition(
        _to(_S.SUSPENDED, (_S.ACTIVE,)), "only an active user is suspended", "E0000001"
    ),
    Act.UNSUSPEND: Transition(
        _to(_S.ACTIVE, (_S.SUSPENDED,)), "only a suspended user is unsuspended", "E0000001"
    ),
    Act.DEACTIVATE: Transition(
        _to(_S.DEPROVISIONED, set(_S) - {_S.DEPROVISIONED}), "the user is deactivated already"
    ),
    Act.LOCK_OUT: Transition(_to(_S.LOCKED_OUT, (_S.ACTIVE,)), "only an active user is locked out"),
    Act.UNLOCK: Transition(
        _to(_S.ACTIVE, (_S.LOCKED_OUT,)), "only a user who is locked out is unlocked", "E0000032"
    ),
    # A pending person has no password that could be reset: the invitation goes out again.
    Act.RESET_PASSWORD: Transition(
        {
            **_to(_S.RECOVERY, (_S.ACTIVE, _S.RECOVERY, _S.PASSWORD_EXPIRED, _S.LOCKED_OUT)),
            _S.PROVISIONED: _S.PROVISIONED,
        },
        "activate or unsuspend the user first",
        "E0000001",
    ),
    Act.EXPIRE_PASSWORD: Transition(
        _to(_S.PASSWORD_EXPIRED, (_S.ACTIVE,)),
        "only the password of an active user expires",
        "E0000001",
    ),
    Act.DELETE: Transition(
        _to(_S.DEPROVISIONED, (_S.DEPROVISIONED,)), "deactivate the user first", "E0000001"
    ),
}


def after(act: Act, status: UserStatus, who: str) -> UserStatus:
    """The state after an act; raises DirectoryError when it may not start there."""
    transition = TRANSITIONS[act]
    found = transition.states.get(status)
    if found is None:
        raise DirectoryError(
            f"can't {act} {who}, who is {status}: {transition.way_out}", transition.code
        )
    return found
