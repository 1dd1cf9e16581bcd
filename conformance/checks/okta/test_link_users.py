"""Okta, Create Users: an account that was there before Okta is taken over, not doubled."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Maker
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import UPDATE_REQUIREMENT, Account, Okta
from conformance.checks.okta.conftest import StartOkta
from conformance.client import Response
from conformance.verdict import Unmet
from emulator import Behaviours

#: Numbers that are strings have a sentence of their own.
LENIENT = Behaviours(strict_numbers=False)


@pytest.fixture
def okta(start_okta: StartOkta) -> Okta:
    """An org that reads numbers in any form."""
    return start_okta(behaviours=LENIENT)


def adopted(okta: Okta, account: Account) -> Response:
    """The account as it is after Okta took it over; blocks the check when it did not."""
    okta.assign(account.user)
    found = okta.account_of(account.user)
    if found is None or found.id != account.id:
        raise Unmet("okta-link-existing", f"Okta would show: {okta.complaint}")
    if okta.complaints:
        raise Unmet(UPDATE_REQUIREMENT, f"Okta would show: {okta.complaint}")
    return okta.read(account)


@pytest.fixture
def existing(okta: Okta, make_user: Maker) -> Account:
    """An account that was there before, with the name of a person who is not assigned yet."""
    person = okta.person()
    made = make_user(userName=okta.name_of(person), active=True)
    return Account(person, made.id, made.path)


@requirement("okta-link-existing")
def test_account_that_exists_is_found(okta: Okta, existing: Account) -> None:
    okta.assign(existing.user)

    outcome.linked(okta, existing)


@pytest.fixture
def found(any_okta: Okta, make_user: Maker) -> dict[str, Any]:
    """An account as the lookup shows it; blocks the check when it is not there."""
    made = make_user(active=True)
    response = any_okta.look_up(made.sent["userName"])
    if made.id not in expect.ids_if_listed(response):
        raise Unmet("okta-link-existing", f"{response.line}: {made.id} is not found")
    return next(one for one in response.resources if one.get("id") == made.id)


@requirement("okta-link-found-complete")
def test_account_that_is_found_has_user_name_active_and_schemas(found: dict[str, Any]) -> None:
    outcome.among(["active", "schemas", "userName"], list(found), "the user in the lookup")


@requirement("okta-link-updated-in-place")
@needs_attribute("name.givenName", "name.familyName")
def test_account_that_was_found_gets_the_profile(okta: Okta, make_user: Maker) -> None:
    person = okta.person()
    before = {"givenName": "Augusta", "familyName": "Byron"}
    made = make_user(userName=okta.name_of(person), active=True, name=before)

    saved = adopted(okta, Account(person, made.id, made.path))

    expect.attribute(saved, "name.givenName", "Ada")
    expect.attribute(saved, "name.familyName", "Lovelace")


@requirement("okta-link-one-account")
def test_there_is_one_account_however_often_the_app_is_assigned(
    okta: Okta, account: Account
) -> None:
    okta.provision_again(account)

    response = okta.look_up(okta.name_of(account.user))
    expect.finds(response, account.id)


@pytest.fixture
def two_addresses(okta: Okta, make_user: Maker) -> Account:
    """An existing account with two e-mail addresses; skips where only one is kept."""
    person = okta.person()
    address = person.profile["email"]
    made = make_user(
        userName=okta.name_of(person),
        active=True,
        emails=[
            {"value": address, "type": "work", "primary": True},
            {"value": f"home-{address}", "type": "home"},
        ],
    )
    account = Account(person, made.id, made.path)
    if not expect.has_element(okta.read(account), "emails", value=f"home-{address}"):
        pytest.skip("the target keeps one e-mail address only")
    return account


@requirement("okta-update-other-email")
@needs_attribute("emails.value", "emails.type", "emails.primary")
def test_another_email_address_stays(okta: Okta, two_addresses: Account) -> None:
    saved = adopted(okta, two_addresses)

    expect.element(saved, "emails", value=f"home-{two_addresses.user.profile['email']}")
