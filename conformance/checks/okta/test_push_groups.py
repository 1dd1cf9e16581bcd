"""Okta, Push Groups: a group of the org appears in the target, by name or by rule."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from conformance.checks.okta.kinds import catalogue_app_only, wizard_app_only
from conformance.payloads import Payloads

pytestmark = pytest.mark.usefixtures("pushing")


@requirement("okta-push-lookup")
def test_search_for_a_group_that_is_not_there_finds_nothing(okta: Okta) -> None:
    """Okta is said to take 404 for "not there" too, so that is a deviation only."""
    okta.push(okta.group())

    expect.status(okta.first_sent, 200, tolerated={404})
    expect.finds_nothing(okta.first_sent)


@requirement("okta-push-new-group")
def test_pushed_group_is_created(okta: Okta, account: Account) -> None:
    mapping = okta.push(okta.group(account))

    outcome.accepted(okta, "POST")
    expect.that(mapping.target_id is not None, f"Okta would show: {okta.complaint}")


@requirement("okta-push-first-member")
@catalogue_app_only
@pytest.mark.usefixtures("members_shown")
def test_first_member_gets_into_an_empty_group(okta: Okta, account: Account) -> None:
    mapping = okta.push(okta.group(account))

    outcome.accepted(okta, "PATCH")
    found = outcome.members(okta.read(okta.target_of(mapping)))
    outcome.same(found, [account.id], "members of the pushed group")


@requirement("okta-push-whole-list")
@wizard_app_only
@pytest.mark.usefixtures("members_shown")
def test_whole_list_is_taken_right_after_the_create(okta: Okta, account: Account) -> None:
    mapping = okta.push(okta.group(account))

    outcome.accepted(okta, "PUT")
    found = outcome.members(okta.read(okta.target_of(mapping)))
    outcome.same(found, [account.id], "members of the pushed group")


@requirement("okta-push-with-members")
@pytest.mark.usefixtures("members_shown")
def test_group_is_created_with_members(
    okta: Okta, account: Account, other_account: Account
) -> None:
    okta.behave(post_members="resolved")

    mapping = okta.push(okta.group(account, other_account))

    outcome.accepted(okta, "POST")
    found = outcome.members(okta.read(okta.target_of(mapping)))
    outcome.same(found, [account.id, other_account.id], "members of the pushed group")


@requirement("okta-push-redundant-add")
@catalogue_app_only
@pytest.mark.usefixtures("members_shown")
def test_members_of_the_create_are_added_again(
    okta: Okta, account: Account, other_account: Account
) -> None:
    okta.behave(post_members="resolved")

    mapping = okta.push(okta.group(account, other_account))

    outcome.accepted(okta, "PATCH")
    found = outcome.members(okta.read(okta.target_of(mapping)))
    outcome.same(found, [account.id, other_account.id], "members of the pushed group")


@requirement("okta-push-display-null")
def test_member_may_have_a_display_of_null(
    okta: Okta, account: Account, other_account: Account
) -> None:
    """RFC 7643 section 2.5: null is the same as no value at all."""
    pushed = okta.pushed(account)
    okta.behave(display_in_members="null")

    okta.join(pushed, other_account)

    outcome.done(okta)


@requirement("okta-push-by-rule")
def test_groups_of_a_rule_are_groups_of_their_own(okta: Okta, payloads: Payloads) -> None:
    """The names begin alike, as the names that a rule finds do."""
    name = payloads.unique("crew")
    east = okta.pushed(group=okta.group(name=f"{name} East"))
    okta.group(name=name)

    found = {east.id, *(one.target_id for one in okta.push_by_rule(name))}

    outcome.done(okta)
    expect.equal(len(found), 2, "groups in the target after the push by rule")


@requirement("okta-push-special-name")
def test_group_with_a_special_name_keeps_it(
    okta: Okta, account: Account, payloads: Payloads, groups: str
) -> None:
    name = payloads.unique("R&D + \u00dcbersee")
    pushed = okta.pushed(account, group=okta.group(account, name=name))

    found = okta.scim.find(groups, f'displayName eq "{name}"', startIndex=1, count=100)

    expect.finds(found, pushed.id)
    expect.attribute(okta.read(pushed), "displayName", name)


@requirement("okta-push-found-by-name")
def test_pushed_group_is_found_by_its_name(okta: Okta, groups: str) -> None:
    """Also when it has no members.  Okta looks it up when it does not know the id."""
    pushed = okta.pushed()

    found = okta.scim.find(groups, f'displayName eq "{pushed.group.name}"', startIndex=1, count=100)

    expect.finds(found, pushed.id)
