"""RFC 7644, sections 3.4.2.5 and 3.9: Attributes, Additional Operation Response Parameters."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Crew
from conformance.client import Response, ScimClient
from conformance.discovery import ENTERPRISE_USER
from conformance.verdict import Unmet


@pytest.fixture
def shown(scim: ScimClient, crew: Crew) -> Response:
    """``ada`` with only her userName and givenName asked for."""
    response = scim.get(crew.ada.path, params={"attributes": "userName,name.givenName"})
    if response.status != 200:
        raise Unmet(
            "rfc7644-3.4.2.5-attributes-excludedattributes-supported",
            f"{response.line}: {response.status}",
        )
    return response


@requirement("rfc7644-3.4.2.5-attributes-excludedattributes-supported")
@pytest.mark.parametrize("name", ["attributes", "excludedAttributes"])
def test_projection_parameters_are_accepted(scim: ScimClient, crew: Crew, name: str) -> None:
    response = scim.get(crew.ada.path, params={name: "displayName"})

    expect.status(response, 200)


@requirement("rfc7644-3.9-attributes")
def test_what_is_not_asked_for_is_left_out(shown: Response) -> None:
    expect.present(shown, "userName")
    expect.absent(shown, "displayName")


@requirement("rfc7644-3.9-comma-separated-list")
@needs_attribute("name.givenName")
def test_several_names_are_separated_by_commas(shown: Response) -> None:
    expect.present(shown, "name.givenName")


@requirement("rfc7643-3.1-id-always-returned")
def test_id_is_there_whatever_is_asked_for(shown: Response) -> None:
    expect.present(shown, "id")


@requirement("rfc7644-3.9-excludedattributes")
def test_excluded_attribute_is_left_out(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.ada.path, params={"excludedAttributes": "displayName"})

    expect.present(response, "userName")
    expect.absent(response, "displayName")


@requirement("rfc7644-3.4.2.5-excludedattributes-cannot-remove-always")
def test_id_cannot_be_excluded(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.ada.path, params={"excludedAttributes": "id"})

    expect.present(response, "id")


@requirement("rfc7644-3.9-default-response-set")
def test_default_attributes_are_there_unasked(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.ada.path)

    expect.present(response, "displayName")
    expect.present(response, "emails")


@requirement("rfc7643-7-returned-never")
@needs_attribute("password")
def test_password_is_not_there_when_asked_for(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.ada.path, params={"attributes": "password"})

    expect.absent(response, "password")


@requirement("rfc7644-3.9-projection-extension-attributes")
def test_extension_attribute_is_asked_for_by_its_urn(
    scim: ScimClient, enterprise_user: Created
) -> None:
    name = f"{ENTERPRISE_USER}:department"

    response = scim.get(enterprise_user.path, params={"attributes": name})

    found = response.body.get(ENTERPRISE_USER) or {}
    expect.equal(found.get("department"), "Research", f"{response.line}: department")


@requirement("rfc7644-3.4.2.5-unknown-projection-names")
def test_unknown_name_does_not_bring_everything(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.ada.path, params={"attributes": "favoriteBicycle"})

    expect.status(response, 200, 400)
    expect.absent(response, "displayName")
