"""Okta, Push Groups: whoever joins or leaves a pushed group joins or leaves it in the target."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta, PushedGroup
from conformance.checks.okta.conftest import Drift
from conformance.checks.okta.kinds import catalogue_app_only
from conformance.verdict import Unmet

pytestmark = pytest.mark.usefixtures("pushing", "members_shown")

MEMBERS = "members of the group"


@pytest.fixture
def vanished_group(okta: Okta) -> PushedGroup:
    """A pushed group that somebody else has deleted in the target."""
    pushed = okta.pushed()
    expect.success(okta.scim.delete(pushed.path))
    return pushed


@pytest.fixture
def half_active_group(okta: Okta, account: Account, other_account: Account) -> PushedGroup:
    """A pushed group of two, of whom ``account`` was deactivated since."""
    pushed = okta.pushed(account, other_account)
    okta.close(account.user)
    okta.settle()
    if okta.complaints:
        raise Unmet("okta-deactivate-accepted", f"Okta would show: {okta.complaint}")
    return pushed


@requirement("okta-push-join")
def test_joiner_is_a_member_beside_the_others(
    okta: Okta, pushed_group: PushedGroup, account: Account, other_account: Account
) -> None:
    okta.join(pushed_group, other_account)

    outcome.done(okta)
    found = outcome.members(okta.read(pushed_group))
    outcome.same(found, [account.id, other_account.id], MEMBERS)


@requirement("okta-push-leave")
def test_leaver_is_taken_out_and_nobody_else(
    okta: Okta, account: Account, other_account: Account
) -> None:
    pushed = okta.pushed(account, other_account)

    okta.leave(pushed, account)

    outcome.done(okta)
    outcome.same(outcome.members(okta.read(pushed)), [other_account.id], MEMBERS)


@requirement("okta-push-leave-and-join")
def test_some_leave_while_another_joins(
    okta: Okta, account: Account, other_account: Account
) -> None:
    joiner, third = okta.account(), okta.account()
    pushed = okta.pushed(account, other_account, third)

    okta.swap(pushed, leavers=[account, other_account], joiners=[joiner])

    outcome.done(okta)
    outcome.same(outcome.members(okta.read(pushed)), [third.id, joiner.id], MEMBERS)


@requirement("okta-push-batches")
@catalogue_app_only
def test_members_arrive_in_several_batches(okta: Okta) -> None:
    everybody = [okta.account() for _ in range(4)]
    okta.behave(group_batch=2)

    mapping = okta.push(okta.group(*everybody))

    found = outcome.members(okta.read(okta.target_of(mapping)))
    outcome.same(found, [one.id for one in everybody], MEMBERS)


@requirement("okta-push-now-overwrites")
def test_push_now_makes_the_members_those_of_the_org(
    okta: Okta, pushed_group: PushedGroup, account: Account, stranger: Created, drift: Drift
) -> None:
    drift(pushed_group, account, stranger)

    okta.push_now(pushed_group)

    outcome.done(okta)
    outcome.same(outcome.members(okta.read(pushed_group)), [account.id], MEMBERS)


@requirement("okta-push-now-empty")
def test_push_now_of_an_empty_group_empties_it(okta: Okta, stranger: Created, drift: Drift) -> None:
    pushed = okta.pushed()
    drift(pushed, stranger)

    okta.push_now(pushed)

    outcome.done(okta)
    outcome.same(outcome.members(okta.read(pushed)), [], MEMBERS)


@requirement("okta-push-activated")
def test_memberships_are_pushed_when_the_push_is_activated(
    okta: Okta, pushed_group: PushedGroup, account: Account, other_account: Account
) -> None:
    okta.join_while_paused(pushed_group, other_account)

    outcome.done(okta)
    found = outcome.members(okta.read(pushed_group))
    outcome.same(found, [account.id, other_account.id], MEMBERS)


@requirement("okta-push-deactivated-member")
def test_deactivated_member_leaves_with_the_next_push(
    okta: Okta, half_active_group: PushedGroup, other_account: Account
) -> None:
    okta.push_now(half_active_group)

    outcome.done(okta)
    outcome.same(outcome.members(okta.read(half_active_group)), [other_account.id], MEMBERS)


@requirement("okta-push-patch-answer")
@catalogue_app_only
def test_change_is_answered_with_nothing_or_with_the_group(
    okta: Okta, pushed_group: PushedGroup, other_account: Account
) -> None:
    """The answer may leave the members out, but not which group it is about."""
    okta.join(pushed_group, other_account)

    outcome.described(okta.sent_with("PATCH"))


@requirement("okta-push-group-gone")
def test_change_of_a_group_that_is_gone_is_answered_with_404(
    okta: Okta, vanished_group: PushedGroup, account: Account
) -> None:
    okta.join(vanished_group, account)

    outcome.gone(okta.sent[-1])
