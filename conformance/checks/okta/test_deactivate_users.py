"""Okta, Deactivate Users: who loses the app keeps an account, and gets it back."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from conformance.verdict import Unmet

pytestmark = pytest.mark.usefixtures("patching")


@pytest.fixture
def inactive(okta: Okta, account: Account) -> Account:
    """An account that Okta has deactivated."""
    return okta.deactivated(account)


@pytest.fixture
def inactive_found(okta: Okta, inactive: Account) -> Account:
    """The same; blocks the check unless the account is there, by name and by id."""
    answer = okta.look_up(okta.name_of(inactive.user))
    if inactive.id not in expect.ids_if_listed(answer):
        raise Unmet("okta-deactivate-found", f"{answer.line}: {inactive.id} is not found")
    response = okta.scim.get(inactive.path)
    if response.status != 200:
        raise Unmet("okta-deactivate-readable", f"{response.line}: {response.status}")
    return inactive


@requirement("okta-deactivate-accepted")
def test_deactivation_is_accepted(okta: Okta, account: Account) -> None:
    okta.unassign(account.user)

    outcome.done(okta)


@requirement("okta-deactivate-inactive")
def test_deactivated_account_is_inactive(okta: Okta, inactive: Account) -> None:
    expect.attribute(okta.read(inactive), "active", False)


@requirement("okta-deactivate-readable")
def test_deactivated_account_is_read_by_its_id(okta: Okta, inactive: Account) -> None:
    response = okta.scim.get(inactive.path)

    expect.status(response, 200)


@requirement("okta-deactivate-found")
def test_deactivated_account_is_found_by_its_user_name(okta: Okta, inactive: Account) -> None:
    response = okta.look_up(okta.name_of(inactive.user))

    expect.finds(response, inactive.id, among=[inactive.id])


@requirement("okta-deactivate-keeps-attributes")
def test_deactivated_account_keeps_its_attributes(okta: Okta, account: Account) -> None:
    before = okta.read(account)

    saved = okta.read(okta.deactivated(account))

    expect.equal(saved.body.get("userName"), before.body.get("userName"), "userName")
    expect.equal(saved.body.get("name"), before.body.get("name"), "name")
    expect.equal(saved.body.get("emails"), before.body.get("emails"), "emails")


@requirement("okta-deactivate-twice")
def test_second_deactivation_is_accepted(okta: Okta, inactive: Account) -> None:
    response = okta.again(okta.line.exchanges[-1])

    expect.success(response)


@requirement("okta-reactivate-active")
def test_person_who_comes_back_gets_the_account_back(okta: Okta, inactive_found: Account) -> None:
    okta.assign(inactive_found.user)

    expect.attribute(okta.read(inactive_found), "active", True)


@requirement("okta-reactivate-at-once")
def test_reactivation_has_its_effect_at_once(okta: Okta, inactive_found: Account) -> None:
    okta.assign(inactive_found.user)

    expect.that(
        not any("delay in reactivating" in one for one in okta.failures),
        f"{inactive_found.path}: Okta would log: {okta.failures}",
    )
