"""RFC 7643, section 4.3: Enterprise User Schema Extension."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import Response
from conformance.discovery import CORE_USER, ENTERPRISE_USER, Features
from conformance.payloads import Payloads


def _inside(response: Response) -> dict[str, Any]:
    """The extension of a user; where it is missing, the check that says so is to blame."""
    found = expect.given(response, ENTERPRISE_USER, "rfc7643-3.3-extension-container-key")
    return found if isinstance(found, dict) else {}


@requirement("rfc7643-4.3-enterprise-singular-attributes")
@needs_attribute("costCenter", "organization", "division", schema=ENTERPRISE_USER)
def test_enterprise_strings_are_stored(make_user: Maker, payloads: Payloads, read: Read) -> None:
    values = {
        "employeeNumber": payloads.unique(),
        "costCenter": "4130",
        "organization": "Universal Studios",
        "division": "Theme Park",
        "department": "Tour Operations",
    }

    made = make_user(payloads.enterprise_user(**values))

    found = _inside(read(made))
    expect.equal({name: found.get(name) for name in values}, values, "the enterprise extension")


@requirement("rfc7643-3.3-extension-container-key")
def test_extension_is_under_its_uri(enterprise_user: Created, read: Read) -> None:
    response = read(enterprise_user)

    expect.that(
        isinstance(response.body.get(ENTERPRISE_USER), dict),
        f"{response.line}: expected an object under {ENTERPRISE_USER}",
    )


@requirement("rfc7643-3-extension-attributes-own-container")
def test_extension_attribute_is_not_at_the_top(enterprise_user: Created, read: Read) -> None:
    response = read(enterprise_user)

    expect.lacks(response.body, "department", f"{response.line}: the top level")


@requirement("rfc7643-3.3-extension-uris-schemas")
def test_extension_in_use_is_listed_in_schemas(enterprise_user: Created, read: Read) -> None:
    response = read(enterprise_user)

    expect.contains(response.body.get("schemas"), ENTERPRISE_USER, f"{response.line}: schemas")


@requirement("rfc7643-3-order-schemas-irrelevant")
def test_order_of_schemas_does_not_matter(
    make_user: Maker, payloads: Payloads, enterprise_shown: None, read: Read
) -> None:
    """``enterprise_shown`` named the core schema first; here it comes last."""
    body = payloads.enterprise_user()

    made = make_user(body | {"schemas": [ENTERPRISE_USER, CORE_USER]})

    expect.equal(
        expect.value(read(made).body.get(ENTERPRISE_USER), "department"),
        body[ENTERPRISE_USER]["department"],
        "department of a user whose schemas begin with the extension",
    )


@requirement("rfc7643-4.3-manager-complex")
@needs_attribute("manager.value", schema=ENTERPRISE_USER)
def test_manager_is_one_object(
    make_user: Maker, payloads: Payloads, user: Created, read: Read
) -> None:
    made = make_user(payloads.enterprise_user(manager={"value": user.id}))

    manager = _inside(read(made)).get("manager")
    expect.equal(expect.value(manager, "value"), user.id, "manager.value")


@requirement("rfc7643-4.3-manager-displayname-readonly")
@needs_attribute("manager.displayName", schema=ENTERPRISE_USER, writable=False)
def test_display_name_of_a_manager_cannot_be_written(
    make_user: Maker, payloads: Payloads, user: Created, read: Read
) -> None:
    manager = {"value": user.id, "displayName": "Somebody Else"}

    made = make_user(payloads.enterprise_user(manager=manager))

    found = _inside(read(made)).get("manager")
    expect.that(
        expect.value(found, "displayName") != "Somebody Else",
        "manager.displayName is what the client sent",
    )


@requirement("rfc7643-6-optional-extension-absent")
def test_user_may_lack_the_extension(user: Created, read: Read) -> None:
    expect.absent(read(user), ENTERPRISE_USER)


@requirement("rfc7643-4.3-enterprise-urn")
def test_extension_is_listed_by_its_exact_uri(features: Features) -> None:
    """By what ``/ResourceTypes`` says of User; schema URIs are compared as they are."""
    kind = features.resource_type(CORE_USER)
    listed = [urn for urn, _ in kind.extensions] if kind else []

    expect.contains(listed, ENTERPRISE_USER, "schemaExtensions of User")


@pytest.fixture
def manager_id(features: Features) -> dict[str, Any]:
    """How ``/Schemas`` defines the id of a manager."""
    found = features.attribute(ENTERPRISE_USER, "manager.value")
    if found is None:
        pytest.skip(f"/Schemas has no manager.value in {ENTERPRISE_USER}")
    return found


@requirement("rfc7643-4.3-manager-value-case-exact")
def test_id_of_a_manager_is_published_as_case_exact(manager_id: dict[str, Any]) -> None:
    """It was printed otherwise, and erratum 8472 (verified) mends it: a deviation."""
    expect.tolerable(manager_id.get("caseExact") is not False, "manager.value is not case-exact")
