"""Kantega SSO: groups belong to the product, which neither links nor renames them."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created
from conformance.checks.kantega.conftest import LocalGroup
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from emulator.directory import Group

pytestmark = pytest.mark.usefixtures("groups_offered")


@requirement("kantega-keeps-local-members")
def test_members_that_scim_did_not_make_stay(
    kantega: Okta, local_group: LocalGroup, account: Account
) -> None:
    """Whether the push is refused or taken, and also when Push Now sends the whole list."""
    mapping = kantega.push(kantega.group(account, name=local_group.name))
    kantega.app.pushed.activate(mapping)
    kantega.settle()

    found = outcome.members(kantega.scim.get(local_group.path))
    outcome.among(local_group.members, found, f"members of {local_group.name}")


@requirement("kantega-no-second-group")
def test_name_that_exists_makes_no_second_group(
    kantega: Okta, existing: Created, twin: Group, groups: str
) -> None:
    """The push is refused, or goes into the group that is there."""
    kantega.push(twin)

    found = kantega.scim.find(groups, f'displayName eq "{twin.name}"')
    expect.finds(found, existing.id)


@requirement("kantega-fixed-name")
def test_group_keeps_its_name(kantega: Okta, account: Account) -> None:
    """The rename is refused, which Okta shows, or ignored."""
    pushed = kantega.pushed(account)
    name = pushed.group.name

    kantega.rename(pushed)

    response = kantega.read(pushed)
    expect.attribute(response, "displayName", name)
    outcome.same(outcome.members(response), [account.id], "members of the group")


@requirement("kantega-same-name")
@pytest.mark.usefixtures("plain_push")
def test_name_that_is_the_same_is_no_change(kantega: Okta, account: Account) -> None:
    pushed = kantega.pushed()
    kantega.behave(rename_on_membership=True)

    kantega.join(pushed, account)

    outcome.accepted(kantega, "PATCH")
    expect.attribute(kantega.read(pushed), "displayName", pushed.group.name)
