"""The life cycle of a person: every act from every state."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.changes import (
    Activated,
    Change,
    Deactivated,
    Deleted,
    PasswordChanged,
)
from emulator.directory import Directory, DirectoryError, User, UserStatus
from emulator.lifecycle import TRANSITIONS, Act

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


# Life cycle ---------------------------------------------------------------------------

ACTS = {
    Act.ACTIVATE: Directory.activate,
    Act.REACTIVATE: Directory.reactivate,
    Act.SUSPEND: Directory.suspend,
    Act.UNSUSPEND: Directory.unsuspend,
    Act.DEACTIVATE: Directory.deactivate,
    Act.LOCK_OUT: Directory.lock_out,
    Act.UNLOCK: Directory.unlock,
    Act.RESET_PASSWORD: Directory.reset_password,
    Act.EXPIRE_PASSWORD: Directory.expire_password,
    Act.DELETE: Directory.delete_user,
}

#: The whole life cycle, written down once more: state → act → state.
EXPECTED = {
    S.STAGED: {Act.ACTIVATE: S.ACTIVE, Act.DEACTIVATE: S.DEPROVISIONED},
    S.PROVISIONED: {
        Act.REACTIVATE: S.PROVISIONED,
        Act.DEACTIVATE: S.DEPROVISIONED,
        Act.RESET_PASSWORD: S.PROVISIONED,
    },
    S.ACTIVE: {
        Act.SUSPEND: S.SUSPENDED,
        Act.DEACTIVATE: S.DEPROVISIONED,
        Act.LOCK_OUT: S.LOCKED_OUT,
        Act.RESET_PASSWORD: S.RECOVERY,
        Act.EXPIRE_PASSWORD: S.PASSWORD_EXPIRED,
    },
    S.RECOVERY: {
        Act.REACTIVATE: S.PROVISIONED,
        Act.DEACTIVATE: S.DEPROVISIONED,
        Act.RESET_PASSWORD: S.RECOVERY,
    },
    S.PASSWORD_EXPIRED: {Act.DEACTIVATE: S.DEPROVISIONED, Act.RESET_PASSWORD: S.RECOVERY},
    S.LOCKED_OUT: {
        Act.UNLOCK: S.ACTIVE,
        Act.DEACTIVATE: S.DEPROVISIONED,
        Act.RESET_PASSWORD: S.RECOVERY,
    },
    S.SUSPENDED: {Act.UNSUSPEND: S.ACTIVE, Act.DEACTIVATE: S.DEPROVISIONED},
    S.DEPROVISIONED: {Act.ACTIVATE: S.ACTIVE, Act.DELETE: S.DEPROVISIONED},
}
ALLOWED = [(s, act, then) for s, acts in EXPECTED.items() for act, then in acts.items()]
REFUSED = [(s, act) for s in S for act in Act if act not in EXPECTED[s]]


@pytest.mark.parametrize(("status", "act", "then"), ALLOWED)
def test_an_act_leads_to_its_state(
    org: Directory, status: UserStatus, act: Act, then: UserStatus
) -> None:
    user = user_in(org, status)

    ACTS[act](org, user)

    assert user.status is then


@pytest.mark.parametrize(("status", "act"), REFUSED)
def test_an_act_in_another_state_is_refused_with_its_code(
    org: Directory, status: UserStatus, act: Act
) -> None:
    user = user_in(org, status)

    with pytest.raises(DirectoryError, match=f"{user.login}, who is {status}: ") as refused:
        ACTS[act](org, user)

    assert user.status is status
    assert refused.value.code == TRANSITIONS[act].code


@pytest.mark.parametrize(
    ("act", "code"),
    [(Act.ACTIVATE, "E0000016"), (Act.SUSPEND, "E0000001"), (Act.UNLOCK, "E0000032")],
)
def test_refusals_have_the_codes_of_the_api(act: Act, code: str) -> None:
    assert TRANSITIONS[act].code == code


def test_a_user_may_be_created_without_being_activated(org: Directory) -> None:
    user = org.create_user("Ada", "Lovelace", activate=False)

    assert user.status is S.STAGED
    assert not user.may_have_accounts


def test_a_user_without_a_password_is_pending_until_there_is_one(
    org: Directory, changes: list[Change]
) -> None:
    user = org.create_user("Ada", "Lovelace", activate=False)
    changes.clear()

    org.activate(user, pending=True)
    assert (user.status, changes) == (S.PROVISIONED, [])
    org.set_password(user, "Fjord-93-lantern")

    assert user.status is S.ACTIVE
    assert changes == [Activated(user.id), PasswordChanged(user.id, "Fjord-93-lantern")]


@pytest.mark.parametrize("status", [S.RECOVERY, S.PASSWORD_EXPIRED, S.LOCKED_OUT, S.ACTIVE])
def test_a_password_ends_what_waited_for_one(org: Directory, status: UserStatus) -> None:
    user = user_in(org, status)

    org.set_password(user, "x")

    assert user.status is S.ACTIVE


@pytest.mark.parametrize("status", [S.STAGED, S.SUSPENDED])
def test_a_password_alone_activates_nobody(org: Directory, status: UserStatus) -> None:
    user = user_in(org, status)

    org.set_password(user, "x")

    assert user.status is status


def test_a_deactivated_user_has_no_password_and_no_profile_to_change(org: Directory) -> None:
    user = user_in(org, S.DEPROVISIONED)

    with pytest.raises(DirectoryError, match="is deactivated; activate the user first"):
        org.set_password(user, "x")
    with pytest.raises(DirectoryError, match="is deactivated; activate the user first"):
        org.update_user(user, title="x")


def test_deactivation_keeps_memberships_and_is_told(org: Directory, changes: list[Change]) -> None:
    user, group = user_in(org, S.ACTIVE), org.create_group("Crew")
    org.add_member(group, user)
    changes.clear()

    org.deactivate(user)
    assert org.is_member(group, user.id)
    org.activate(user)

    assert changes == [Deactivated(user.id), Activated(user.id)]
    assert org.is_member(group, user.id)


@pytest.mark.parametrize("act", [Directory.suspend, Directory.lock_out, Directory.reset_password])
def test_what_does_not_end_an_account_is_not_told(
    org: Directory, changes: list[Change], act: Any
) -> None:
    user = user_in(org, S.ACTIVE)
    changes.clear()

    act(org, user)

    assert changes == []
    assert user.may_have_accounts


def test_deleting_takes_two_steps_and_leaves_nothing(org: Directory, changes: list[Change]) -> None:
    user, group = user_in(org, S.ACTIVE), org.create_group("Crew")
    org.add_member(group, user)
    org.deactivate(user)
    changes.clear()

    org.delete_user(user)

    assert changes == [Deleted(user.id)]
    assert user.id not in group.members
    assert user.id not in org.members(org.everyone)
    assert org.create_user("Ada", "Lovelace").id != user.id
