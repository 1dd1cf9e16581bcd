"""Okta, Push Groups: a group gets another name, is linked, or is given up."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta, PushedGroup
from conformance.checks.okta.kinds import catalogue_app_only

pytestmark = pytest.mark.usefixtures("pushing")


@pytest.fixture
def foreign_group(make_group: Maker, stranger: Created) -> Created:
    """A group that Okta has not made, with a member that Okta does not know."""
    return make_group(members=[stranger.member])


@requirement("okta-push-rename")
def test_renamed_group_has_its_new_name(okta: Okta, pushed_group: PushedGroup) -> None:
    name = okta.rename(pushed_group)

    outcome.done(okta)
    expect.attribute(okta.read(pushed_group), "displayName", name)


@requirement("okta-push-rename-keeps-members")
@pytest.mark.usefixtures("members_shown")
def test_renamed_group_keeps_its_members(
    okta: Okta, pushed_group: PushedGroup, account: Account
) -> None:
    okta.rename(pushed_group)

    found = outcome.members(okta.read(pushed_group))
    outcome.same(found, [account.id], "members of the renamed group")


@requirement("okta-push-same-name")
@catalogue_app_only
def test_name_that_is_the_same_is_accepted(
    okta: Okta, pushed_group: PushedGroup, other_account: Account
) -> None:
    """Okta may send the name with every change of the members."""
    okta.behave(rename_on_membership=True)

    okta.join(pushed_group, other_account)

    outcome.accepted(okta, "PATCH")
    expect.attribute(okta.read(pushed_group), "displayName", pushed_group.group.name)


@requirement("okta-push-link")
@pytest.mark.usefixtures("members_shown")
def test_group_that_exists_is_linked(
    okta: Okta, foreign_group: Created, account: Account, other_account: Account
) -> None:
    group = okta.group(account, other_account, name=foreign_group.sent["displayName"])

    linked = okta.target_of(okta.push(group))

    outcome.done(okta)
    expect.equal(linked.id, foreign_group.id, "id of the group that Okta pushes to")
    found = outcome.members(okta.read(linked))
    outcome.among([account.id, other_account.id], found, "members of the linked group")


@requirement("okta-push-link-keeps-members")
@catalogue_app_only
@pytest.mark.usefixtures("members_shown")
def test_linked_group_keeps_its_old_members(
    okta: Okta, foreign_group: Created, stranger: Created, account: Account
) -> None:
    """They stay until Push Now overwrites the list."""
    group = okta.group(account, name=foreign_group.sent["displayName"])

    linked = okta.target_of(okta.push(group))

    found = outcome.members(okta.read(linked))
    outcome.among([stranger.id], found, "members of the linked group")


@requirement("okta-push-unlink-delete")
def test_unlinked_group_is_deleted(okta: Okta, pushed_group: PushedGroup) -> None:
    okta.unlink(pushed_group, delete=True)

    outcome.done(okta)
    outcome.gone(okta.scim.get(pushed_group.path))


@requirement("okta-push-unlink-keeps-accounts")
def test_members_of_a_deleted_group_keep_their_accounts(
    okta: Okta, pushed_group: PushedGroup, account: Account
) -> None:
    okta.unlink(pushed_group, delete=True)

    response = okta.scim.get(account.path)
    expect.status(response, 200)
    expect.attribute(response, "active", True)
