"""Kantega SSO, Supported features: users are created, updated and deactivated, groups pushed."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta

#: The eight attributes of the guide, as SCIM has them, and how Okta calls them.
ATTRIBUTES = {
    "userName": "userName",
    "name.givenName": "givenName",
    "name.familyName": "familyName",
    "name.middleName": "middleName",
    "emails.value": "email",
    "emails.type": "emailType",
    "displayName": "displayName",
    "userType": "userType",
}


@requirement("kantega-create-users")
def test_assigned_person_becomes_a_user(kantega: Okta) -> None:
    person = kantega.person(userType="Employee")

    kantega.assign(person)

    outcome.done(kantega)
    expect.that(kantega.account_of(person) is not None, "Okta was told no id of the new user")


@requirement("kantega-update-attributes")
@needs_attribute("name.familyName")
def test_changed_attribute_arrives(kantega: Okta, employee: Account) -> None:
    kantega.update(employee.user, lastName="Byron")

    outcome.done(kantega)
    expect.attribute(kantega.read(employee), "name.familyName", "Byron")


@requirement("kantega-deactivate-users")
def test_deactivated_person_is_deactivated(kantega: Okta, employee: Account) -> None:
    kantega.org.deactivate(employee.user)
    kantega.settle()

    outcome.done(kantega)
    expect.attribute(kantega.read(employee), "active", False)


@requirement("kantega-push-groups")
@pytest.mark.usefixtures("groups_offered", "plain_push")
def test_group_and_its_users_are_pushed(
    kantega: Okta, employee: Account, other_employee: Account
) -> None:
    mapping = kantega.push(kantega.group(employee, other_employee))

    outcome.done(kantega)
    found = outcome.members(kantega.read(kantega.target_of(mapping)))
    outcome.same(found, [employee.id, other_employee.id], "members of the pushed group")


@requirement("kantega-attributes")
@pytest.mark.parametrize("path", list(ATTRIBUTES), ids=list(ATTRIBUTES.values()))
def test_attribute_is_stored(kantega: Okta, employee: Account, path: str) -> None:
    sent = {
        "userName": employee.user.profile["scimUserName"],
        "name.givenName": "Ada",
        "name.familyName": "Lovelace",
        "name.middleName": "King",
        "emails.value": employee.user.profile["email"],
        "emails.type": "work",
        "displayName": "Countess Ada",
        "userType": "Employee",
    }

    expect.attribute(kantega.read(employee), path, sent[path])
