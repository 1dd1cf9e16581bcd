"""RFC 7644, section 3.5.2.3: Replace Operation, where it is refused or not defined."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import ScimClient
from conformance.payloads import Payloads


@pytest.fixture
def mail(payloads: Payloads) -> str:
    """A mail address nobody has."""
    return f"{payloads.unique('mail')}@example.com"


@pytest.fixture
def somebody(make_user: Maker, mail: str, patchable: None) -> Created:
    """A user with a name and a work mail, on a target that carries out a plain PATCH."""
    return make_user(
        displayName="Before",
        active=True,
        name={"givenName": "Ada", "familyName": "King"},
        emails=[{"value": mail, "type": "work"}],
    )


@requirement("rfc7644-3.5.2.3-replace-no-path-readonly-inside")
def test_replace_without_path_leaves_an_id_in_the_value_alone(
    scim: ScimClient, somebody: Created, payloads: Payloads, read: Read
) -> None:
    """To refuse the operation and to ignore the id are both right (AMB-10)."""
    value = {"id": payloads.unknown_id(somebody.id), "displayName": "Renamed"}

    response = scim.patch(somebody.path, {"op": "replace", "value": value})

    expect.status(response, 200, 204, 400)
    now = read(somebody)
    expect.attribute(now, "id", somebody.id)
    expect.attribute(now, "displayName", "Before" if response.status == 400 else "Renamed")


@requirement("rfc7644-3.5.2.3-replace-complex-wrong-value")
@needs_attribute("name.familyName")
def test_replace_of_a_complex_attribute_by_a_string_is_refused(
    scim: ScimClient, somebody: Created, read: Read
) -> None:
    response = scim.patch(somebody.path, {"op": "replace", "path": "name", "value": "Ada King"})

    expect.status(response, 400)
    expect.attribute(read(somebody), "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-filter-without-match")
@needs_attribute("emails.type")
def test_replace_of_elements_that_no_filter_selects_is_refused(
    scim: ScimClient, somebody: Created, mail: str, read: Read
) -> None:
    """An element made from the filter, and another scimType, are deviations (AMB-04)."""
    response = scim.patch(
        somebody.path,
        {
            "op": "replace",
            "path": 'emails[type eq "other"]',
            "value": {"value": f"x{mail}", "type": "other"},
        },
    )

    now = read(somebody)
    expect.element(now, "emails", value=mail, type="work")
    made = expect.has_element(now, "emails", type="other")
    expect.tolerable(not made, f"{now.line}: an element was made for a filter without a match")
    expect.status(response, 400)
    expect.tolerable(
        response.body.get("scimType") == "noTarget",
        f"{response.line}: expected scimType noTarget, got "
        f"{expect.quoted(response.body.get('scimType'))}",
    )


@requirement("rfc7644-3.5.2.3-replace-filter-sub-attribute-no-match")
@needs_attribute("emails.type")
def test_replace_in_elements_that_no_filter_selects_is_refused(
    scim: ScimClient, somebody: Created, mail: str, read: Read
) -> None:
    """An element made from the filter, and another scimType, are deviations (AMB-04)."""
    response = scim.patch(
        somebody.path,
        {"op": "replace", "path": 'emails[type eq "other"].value', "value": f"x{mail}"},
    )

    now = read(somebody)
    expect.element(now, "emails", value=mail, type="work")
    made = expect.has_element(now, "emails", value=f"x{mail}")
    expect.tolerable(not made, f"{now.line}: an element was made for a filter without a match")
    expect.status(response, 400)
    expect.tolerable(
        response.body.get("scimType") == "noTarget",
        f"{response.line}: expected scimType noTarget, got "
        f"{expect.quoted(response.body.get('scimType'))}",
    )


@requirement("rfc7644-3.5.2.3-replace-multi-valued-sub-attribute-without")
@needs_attribute("emails.type")
def test_replace_of_a_sub_attribute_of_all_elements_is_answered(
    scim: ScimClient, somebody: Created, mail: str, read: Read
) -> None:
    """The text gives the path no meaning: applied or refused, the address stays (AMB-14)."""
    response = scim.patch(somebody.path, {"op": "replace", "path": "emails.type", "value": "home"})

    expect.status(response, 200, 204, 400)
    expect.element(read(somebody), "emails", value=mail)


@requirement("rfc7644-3.5.2.3-replace-without-value")
def test_replace_without_a_value_is_refused(
    scim: ScimClient, somebody: Created, read: Read
) -> None:
    """To clear the attribute is what some targets make of it; the text has no rule."""
    response = scim.patch(somebody.path, {"op": "replace", "path": "displayName"})

    expect.status(response, 400)
    expect.attribute(read(somebody), "displayName", "Before")


@requirement("rfc7644-3.5.2.3-replace-required-null")
def test_replace_of_a_required_attribute_by_null_is_refused(
    scim: ScimClient, somebody: Created, read: Read
) -> None:
    response = scim.patch(somebody.path, {"op": "replace", "path": "userName", "value": None})

    expect.status(response, 400)
    expect.attribute(read(somebody), "userName", somebody.sent["userName"])


@requirement("rfc7644-3.5.2.3-replace-boolean")
@needs_attribute("active")
def test_replace_of_a_boolean_by_a_string_does_not_set_the_opposite(
    scim: ScimClient, somebody: Created, read: Read
) -> None:
    """Read as the boolean it names, the string is a deviation (AMB-32)."""
    response = scim.patch(somebody.path, {"op": "replace", "path": "active", "value": "False"})

    expect.attribute(read(somebody), "active", not response.ok)
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2.3-replace-invalid-filter-attribute")
@needs_attribute("emails.type")
def test_replace_with_a_filter_on_an_unknown_sub_attribute_is_refused(
    scim: ScimClient, somebody: Created, mail: str, read: Read
) -> None:
    """Any scimType will do; an operation that is ignored is a deviation (AMB-16)."""
    response = scim.patch(
        somebody.path,
        {"op": "replace", "path": 'emails[noSuch eq "x"].type', "value": "home"},
    )

    expect.element(read(somebody), "emails", value=mail, type="work")
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.12-scimtype-notarget")
@needs_attribute("emails.type")
def test_replace_that_selects_nothing_says_no_target(scim: ScimClient, somebody: Created) -> None:
    """Another keyword is a deviation, and so is an element that is made (AMB-04)."""
    response = scim.patch(
        somebody.path, {"op": "replace", "path": 'emails[type eq "fax"].value', "value": "x"}
    )

    expect.status(response, 400, tolerated=(200, 204))
    expect.tolerable(
        response.body.get("scimType") == "noTarget",
        f"{response.line}: expected scimType noTarget, got "
        f"{expect.quoted(response.body.get('scimType'))}",
    )
