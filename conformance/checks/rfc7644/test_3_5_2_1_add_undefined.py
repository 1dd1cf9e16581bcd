"""RFC 7644, section 3.5.2.1: Add Operation, where the text has no rule."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Patch, Read
from conformance.discovery import CORE_GROUP
from conformance.payloads import Payloads
from conformance.run import Run


@pytest.fixture
def filled_group(run: Run, request: pytest.FixtureRequest) -> Created:
    """A group with a member, where the target has groups."""
    if run.features.resource_type(CORE_GROUP) is None:
        pytest.skip("the target has no resource type for groups")
    found: Created = request.getfixturevalue("group_with_member")
    return found


@requirement("rfc7644-3.5.2.1-add-existing-value-no-change")
def test_add_of_somebody_who_is_a_member_succeeds_and_changes_nothing(
    filled_group: Created, member: Created, patch: Patch, read: Read
) -> None:
    """Okta adds the members again that it has sent when it made the group."""
    patch(filled_group, {"op": "add", "path": "members", "value": [member.member]})

    expect.values(read(filled_group), "members", member.id)


@requirement("rfc7644-3.5.2.1-add-no-path-qualified-key")
@needs_attribute("name.familyName")
def test_key_with_a_dot_is_not_stored_as_it_is(person: Created, refuse: Patch, read: Read) -> None:
    """Applied, ignored and refused are all right; Entra sends such keys (AMB-09)."""
    response = refuse(person, {"op": "add", "value": {"name.familyName": "King"}})

    expect.status(response, 200, 204, 400)
    now = read(person)
    expect.lacks(now.body, "name.familyName", f"{now.line}: the user")
    expect.one_of(
        expect.value(now.body, "name.familyName"),
        ["King", "Lovelace"],
        f"{now.line}: name.familyName",
    )


@requirement("rfc7644-3.5.2.1-add-value-filter-no-match")
@needs_attribute("addresses.type", "addresses.locality")
def test_add_to_values_that_do_not_exist_makes_one_or_is_refused(
    person: Created, refuse: Patch, read: Read
) -> None:
    """What is made has the sub-attribute that the filter asks for (AMB-05)."""
    response = refuse(
        person,
        {"op": "add", "path": 'addresses[type eq "other"]', "value": {"locality": "Bergen"}},
    )

    expect.status(response, 200, 204, 400)
    expect.equal(
        expect.has_element(read(person), "addresses", type="other", locality="Bergen"),
        response.ok,
        f"{response.line}: whether there is such an address after {response.status}",
    )


@requirement("rfc7644-3.5.2.1-add-filter-sub-attribute-no-match")
@needs_attribute("emails.type")
def test_add_in_values_that_do_not_exist_makes_one_or_is_refused(
    person: Created, refuse: Patch, read: Read, payloads: Payloads
) -> None:
    """Entra expects a new element; noTarget is in the text too (AMB-05)."""
    value = f"{payloads.unique()}@example.net"

    response = refuse(
        person, {"op": "add", "path": 'emails[type eq "other"].value', "value": value}
    )

    expect.status(response, 200, 204, 400)
    expect.equal(
        expect.has_element(read(person), "emails", type="other", value=value),
        response.ok,
        f"{response.line}: whether there is such an email after {response.status}",
    )


@requirement("rfc7644-3.5.2.1-add-multi-valued-sub-attribute-without")
@needs_attribute("emails.type")
def test_add_to_a_sub_attribute_of_all_values_keeps_the_values(
    person: Created, refuse: Patch, read: Read
) -> None:
    """The text gives the path no meaning: applied or refused, the addresses stay (AMB-14)."""
    response = refuse(person, {"op": "add", "path": "emails.type", "value": "home"})

    expect.status(response, 200, 204, 400)
    now = read(person)
    expect.element(now, "emails", value=person.sent["emails"][0]["value"])
    expect.element(now, "emails", value=person.sent["emails"][1]["value"])
