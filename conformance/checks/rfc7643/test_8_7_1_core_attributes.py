"""RFC 7643, section 8.7.1: the characteristics of the core attributes, as published.

Only what the prose of section 4 decides is red; where the printed schemas and
the errata differ, both are accepted (AMB-46).  A provider may leave an
attribute out: a check of something not published is not applicable.
"""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.discovery import (
    CORE_GROUP,
    CORE_USER,
    ENTERPRISE_USER,
    SCHEMAS_REQUIREMENT,
    Features,
)
from conformance.verdict import Unmet


class Published:
    """The published definition of one attribute, beside what it should be."""

    def __init__(self, features: Features, urn: str) -> None:
        self._features = features
        self._urn = urn

    def __call__(self, path: str, **characteristics: Any) -> None:
        """The attribute at ``path`` is published with ``characteristics``."""
        found = self._features.attribute(self._urn, path)
        if found is None:
            pytest.skip(f"/Schemas has no {path} in {self._urn}")
        for name, expected in characteristics.items():
            expect.equal(found.get(name), expected, f"{name} of {path} in /Schemas")

    def usually(self, path: str, **characteristics: Any) -> None:
        """What the printed schema has, and no prose: a difference is a deviation."""
        try:
            self(path, **characteristics)
        except AssertionError as difference:
            expect.tolerable(False, str(difference))


def _published(features: Features, urn: str) -> Published:
    if features.schemas is None:
        pytest.skip("GET /Schemas gave no list")
    if features.schema(urn) is None:
        raise Unmet(SCHEMAS_REQUIREMENT, f"GET /Schemas: {urn} is not there")
    return Published(features, urn)


@pytest.fixture
def user_attribute(features: Features) -> Published:
    """Compares a published attribute of User."""
    return _published(features, CORE_USER)


@pytest.fixture
def group_attribute(features: Features) -> Published:
    """Compares a published attribute of Group."""
    return _published(features, CORE_GROUP)


@pytest.fixture
def enterprise_attribute(features: Features) -> Published:
    """Compares a published attribute of the enterprise extension."""
    return _published(features, ENTERPRISE_USER)


@requirement("rfc7643-8.7.1-characteristics-username")
def test_user_name_is_a_required_unique_string(user_attribute: Published) -> None:
    """Section 4.1.1 does not say whether it may change, so what is not readWrite deviates."""
    user_attribute(
        "userName",
        type="string",
        multiValued=False,
        required=True,
        caseExact=False,
        uniqueness="server",
    )
    user_attribute.usually("userName", mutability="readWrite")


@requirement("rfc7643-8.7.1-characteristics-name")
def test_name_is_one_object(user_attribute: Published) -> None:
    user_attribute("name", type="complex", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-displayname-nickname-title-usertype-preferredlanguage")
@pytest.mark.parametrize(
    "name",
    ["displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"],
)
def test_singular_string_is_published_as_one(user_attribute: Published, name: str) -> None:
    user_attribute(name, type="string", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-profileurl")
def test_profile_url_is_a_reference(user_attribute: Published) -> None:
    user_attribute("profileUrl", type="reference", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-active")
def test_active_is_a_boolean(user_attribute: Published) -> None:
    user_attribute("active", type="boolean", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-password")
def test_password_is_a_string(user_attribute: Published) -> None:
    """That it is write-only and never returned is a sentence of its own."""
    user_attribute("password", type="string", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-emails")
def test_emails_are_many_objects(user_attribute: Published) -> None:
    user_attribute("emails", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-phonenumbers")
def test_phone_numbers_are_many_objects(user_attribute: Published) -> None:
    user_attribute("phoneNumbers", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-ims")
def test_ims_are_many_objects(user_attribute: Published) -> None:
    user_attribute("ims", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-photos")
def test_photos_are_many_objects(user_attribute: Published) -> None:
    user_attribute("photos", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-addresses")
def test_addresses_are_many_objects(user_attribute: Published) -> None:
    user_attribute("addresses", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-groups")
def test_groups_of_a_user_are_read_only(user_attribute: Published) -> None:
    user_attribute("groups", type="complex", multiValued=True, mutability="readOnly")


@requirement("rfc7643-8.7.1-characteristics-entitlements-roles")
@pytest.mark.parametrize("name", ["entitlements", "roles"])
def test_entitlements_and_roles_are_many_objects(user_attribute: Published, name: str) -> None:
    user_attribute(name, type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-x509certificates")
def test_certificates_are_many_objects(user_attribute: Published) -> None:
    user_attribute("x509Certificates", type="complex", multiValued=True)


@requirement("rfc7643-8.7.1-characteristics-group-displayname")
def test_display_name_of_a_group_is_a_required_string(group_attribute: Published) -> None:
    """Erratum 5368 (verified) corrects the printed schema, which has it optional."""
    group_attribute("displayName", type="string", multiValued=False, required=True)


@requirement("rfc7643-8.7.1-characteristics-group-members")
def test_members_are_many_objects(group_attribute: Published) -> None:
    group_attribute("members", type="complex", multiValued=True)


@requirement(
    "rfc7643-8.7.1-characteristics-enterprise-employeenumber-costcenter-organization-division"
)
@pytest.mark.parametrize(
    "name", ["employeeNumber", "costCenter", "organization", "division", "department"]
)
def test_enterprise_string_is_published_as_one(enterprise_attribute: Published, name: str) -> None:
    enterprise_attribute(name, type="string", multiValued=False)


@requirement("rfc7643-8.7.1-characteristics-enterprise-manager")
def test_manager_is_published_as_one_object(enterprise_attribute: Published) -> None:
    enterprise_attribute("manager", type="complex", multiValued=False)
    enterprise_attribute("manager.displayName", mutability="readOnly")
