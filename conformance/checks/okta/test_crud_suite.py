"""Okta's CRUD test, played by the emulator: one person from the first assignment to the last.

https://developer.okta.com/standards/SCIM/SCIMFiles/Okta-SCIM-20-CRUD-Test.json
"""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from conformance.verdict import Unmet
from emulator.directory import User

pytestmark = pytest.mark.usefixtures("patching")

FIRST, LAST = "Runscope271", "Kqzxwvut482"


def done(okta: Okta, step: str) -> None:
    """A step of the arrangement is done; blocks the check when it is not."""
    if okta.complaints:
        raise Unmet(f"okta-crud-{step}", f"Okta would show: {okta.complaint}")
    okta.forget()


@pytest.fixture
def runner(okta: Okta) -> User:
    """The person of the CRUD test."""
    return okta.person(FIRST, LAST, title="Engineer", primaryPhone="415.123.4567")


@pytest.fixture
def created(okta: Okta, runner: User) -> Account:
    """The person has an account."""
    return okta.account(runner)


@pytest.fixture
def updated(okta: Okta, created: Account) -> Account:
    """The given name was changed."""
    okta.update(created.user, firstName=f"{FIRST}update")
    done(okta, "updated")
    return created


@pytest.fixture
def deactivated(okta: Okta, updated: Account) -> Account:
    """The person was deactivated in Okta."""
    okta.close(updated.user)
    okta.settle()
    done(okta, "deactivated")
    return updated


@pytest.fixture
def reactivated(okta: Okta, deactivated: Account) -> Account:
    """The person was activated, and assigned again."""
    okta.reopen(deactivated.user)
    okta.assign(deactivated.user)
    done(okta, "reactivated")
    return deactivated


@requirement("okta-crud-created")
@needs_attribute("name.givenName", "name.familyName", "emails.value")
def test_new_account_is_found_with_its_values(okta: Okta, created: Account, users: str) -> None:
    name = created.user.profile["scimUserName"]

    response = okta.scim.find(users, f'userName eq "{name}"')

    expect.finds(response, created.id)
    expect.attribute(response, "Resources.name.givenName", FIRST)
    expect.attribute(response, "Resources.name.familyName", LAST)
    expect.attribute(response, "Resources.emails.value", created.user.profile["email"])


@requirement("okta-crud-updated")
@needs_attribute("name.givenName")
def test_changed_given_name_arrives(okta: Okta, created: Account) -> None:
    okta.update(created.user, firstName=f"{FIRST}update")

    outcome.done(okta)
    expect.attribute(okta.read(created), "name.givenName", f"{FIRST}update")


@requirement("okta-crud-deactivated")
def test_deactivated_person_has_an_inactive_account(okta: Okta, updated: Account) -> None:
    okta.close(updated.user)
    okta.settle()

    response = okta.scim.get(updated.path)
    expect.status(response, 200)
    expect.attribute(response, "active", False)


@requirement("okta-crud-reactivated")
def test_person_who_is_back_has_the_same_account(okta: Okta, deactivated: Account) -> None:
    okta.reopen(deactivated.user)
    okta.assign(deactivated.user)

    outcome.done(okta)
    expect.equal(okta.account_of(deactivated.user), deactivated, "account of the person")
    expect.attribute(okta.read(deactivated), "active", True)


@requirement("okta-crud-unassigned")
def test_unassigned_person_has_an_inactive_account(okta: Okta, reactivated: Account) -> None:
    okta.unassign(reactivated.user)

    response = okta.scim.get(reactivated.path)
    expect.status(response, 200)
    expect.attribute(response, "active", False)
