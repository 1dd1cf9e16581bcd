"""RFC 7643, section 4.1: "User" Resource Schema."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Outcome, Read
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER, Features
from conformance.payloads import Payloads
from conformance.verdict import Unmet

# A self-signed certificate for "scimproof.example", DER in base64, made for this suite.
CERTIFICATE = (
    "MIIBJTCBzaADAgECAgEBMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMMEXNjaW1wcm9vZi5leGFtcGxlMCAXDTI2MDEw"
    "MTAwMDAwMFoYDzIwNTYwMTAxMDAwMDAwWjAcMRowGAYDVQQDDBFzY2ltcHJvb2YuZXhhbXBsZTBZMBMGByqGSM49"
    "AgEGCCqGSM49AwEHA0IABMs0l8UcYmBai6IKYxhMpWtAtg2rcO/DWh6xoFD1qkzVm0WV3524cvHKq8Q2xgh46yyd"
    "LWjlMr5k6zYL4SXsTzswCgYIKoZIzj0EAwIDRwAwRAIgFfYH24KI2kDgzbtpvR+pNCxhGfazPaHfM4cYbTA7pakC"
    "IE1gT0cK00VDceja4E8PSK4mzQ+WnFVfN2cNK4mLJLm0"
)


#: Says that what a target publishes as readWrite can be written; dropping it breaks this
#: sentence, and not what is said of the value.
STORED = "rfc7643-7-readwrite-semantics"


@requirement("rfc7643-4.1-user-schema-uri")
def test_user_names_the_core_schema(user: Created, read: Read) -> None:
    response = read(user)

    expect.contains(response.body.get("schemas"), CORE_USER, f"{response.line}: schemas")


@requirement("rfc7643-4.1.1-username-required-non-empty")
def test_empty_user_name_is_refused(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """``user`` proves that the same create with a name is accepted."""
    response = scim.post(users, payloads.user(userName=""))

    expect.status(response, 400)


def _not_failed(response: Response) -> None:
    """An internal error makes no second user, and what is to be answered is another sentence."""
    if response.status >= 500:
        raise Unmet("rfc7644-3.3-duplicate-create", f"{response.line}: {response.status}")


@requirement("rfc7643-4.1.1-username-unique")
def test_taken_user_name_is_refused(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """Which status says so is another sentence."""
    response = scim.post(users, payloads.user(userName=user.sent["userName"]))

    _not_failed(response)
    expect.that(
        400 <= response.status < 500,
        f"{response.line}: expected a refusal of the taken name, got {response.status}",
    )


@requirement("rfc7643-4.1.1-username-case-insensitive")
def test_taken_user_name_in_capitals_is_refused(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    response = scim.post(users, payloads.user(userName=user.sent["userName"].upper()))

    _not_failed(response)
    expect.that(
        400 <= response.status < 500,
        f"{response.line}: expected a refusal of a name that differs only in case, "
        f"got {response.status}",
    )


@requirement("rfc7643-4.1.1-displayname")
@needs_attribute("displayName")
def test_display_name_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(displayName="Ada Lovelace")

    expect.attribute(read(made), "displayName", "Ada Lovelace")


@requirement("rfc7643-4.1.1-name-parts")
@needs_attribute("name.givenName", "name.familyName")
def test_parts_of_a_name_are_stored(make_user: Maker, read: Read) -> None:
    made = make_user(name={"givenName": "Ada", "familyName": "Lovelace"})

    response = read(made)
    expect.attribute(response, "name.givenName", "Ada")
    expect.attribute(response, "name.familyName", "Lovelace")


@requirement("rfc7643-4.1.1-profileurl-url")
@needs_attribute("profileUrl")
def test_profile_url_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(profileUrl="https://example.com/people/ada")

    found = expect.given(read(made), "profileUrl", STORED)
    expect.equal(found, "https://example.com/people/ada", "profileUrl")


@requirement("rfc7643-4.1.1-preferredlanguage-format")
@needs_attribute("preferredLanguage")
def test_preferred_language_with_weights_is_stored(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """The form of Accept-Language; a refusal is a deviation."""
    response = scim.post(users, payloads.user(preferredLanguage="fr-CA, fr;q=0.8, en;q=0.5"))

    expect.status(response, 200, 201, tolerated=(400,))


@requirement("rfc7643-4.1.1-locale-language-tag")
@needs_attribute("locale")
def test_locale_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(locale="en-CA")

    found = expect.given(read(made), "locale", STORED)
    expect.equal(found, "en-CA", "locale")


@requirement("rfc7643-4.1.1-locale-underscore")
@needs_attribute("locale")
def test_locale_with_an_underscore_is_accepted(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    response = scim.post(users, payloads.user(locale="en_US"))

    expect.success(response)


@requirement("rfc7643-4.1.1-timezone-iana-name")
@needs_attribute("timezone")
def test_time_zone_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(timezone="America/Los_Angeles")

    found = expect.given(read(made), "timezone", STORED)
    expect.equal(found, "America/Los_Angeles", "timezone")


@requirement("rfc7643-4.1.1-password-writeonly-never")
def test_password_is_published_as_write_only(features: Features) -> None:
    published = features.attribute(CORE_USER, "password") or _not_published("password")

    expect.equal(published.get("mutability"), "writeOnly", "mutability of password in /Schemas")
    expect.equal(published.get("returned"), "never", "returned of password in /Schemas")


def _not_published(name: str) -> dict[str, Any]:
    pytest.skip(f"/Schemas has no {name} in {CORE_USER}")


@requirement("rfc7643-4.1.2-address-sub-attributes-optional")
@needs_attribute("addresses.locality", "addresses.formatted")
def test_address_may_be_a_locality_only(make_user: Maker, read: Read) -> None:
    made = make_user(addresses=[{"locality": "Oslo", "formatted": "Storgata 1\nOslo"}])

    response = read(made)
    expect.attribute(response, "addresses.locality", "Oslo")
    expect.attribute(response, "addresses.formatted", "Storgata 1\nOslo")


@requirement("rfc7643-4.1.2-country-code")
@needs_attribute("addresses.country")
def test_country_code_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(addresses=[{"country": "IS"}])

    found = expect.given(read(made), "addresses.country", STORED)
    expect.equal(found, "IS", "addresses[].country")


@requirement("rfc7643-4.1.2-entitlements-free-form")
@needs_attribute("entitlements.value")
def test_entitlement_may_have_any_value(make_user: Maker, read: Read) -> None:
    made = make_user(entitlements=[{"value": "scimproof-license"}])

    found = expect.given(read(made), "entitlements.value", STORED)
    expect.equal(found, "scimproof-license", "entitlements[].value")


@requirement("rfc7643-4.1.2-roles-free-form")
@needs_attribute("roles.value")
def test_role_may_have_any_value(make_user: Maker, read: Read) -> None:
    made = make_user(roles=[{"value": "Student"}])

    found = expect.given(read(made), "roles.value", STORED)
    expect.equal(found, "Student", "roles[].value")


@requirement("rfc7643-4.1.2-certificates-base64-der")
@needs_attribute("x509Certificates.value")
def test_certificate_is_stored(make_user: Maker, read: Read) -> None:
    made = make_user(x509Certificates=[{"value": CERTIFICATE}])

    found = str(expect.given(read(made), "x509Certificates.value", STORED))
    expect.equal(
        expect.from_base64(found), expect.from_base64(CERTIFICATE), "the bytes of the certificate"
    )


@requirement("rfc7643-2.4-most-one-primary")
@needs_attribute("emails.primary")
def test_at_most_one_email_is_primary(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """A create with two is refused, or stored with one at most (AMB-17)."""
    mail = payloads.unique()
    both = [
        {"value": f"{mail}@example.com", "type": "work", "primary": True},
        {"value": f"{mail}@example.org", "type": "home", "primary": True},
    ]

    response = scim.post(users, payloads.user(emails=both))

    expect.status(response, 200, 201, 400)
    primaries = [
        one for one in expect.elements(outcome(response), "emails") if one.get("primary") is True
    ]
    expect.that(len(primaries) <= 1, f"{response.line}: {len(primaries)} emails are primary")


@requirement("rfc7643-2.4-primary-defaults-false")
@needs_attribute("emails.primary")
def test_email_without_primary_is_not_primary(
    make_user: Maker, payloads: Payloads, read: Read
) -> None:
    """A provider is free to alter what is posted (RFC 7644, section 3.3), and some elect one."""
    mail = payloads.unique()

    made = make_user(
        emails=[
            {"value": f"{mail}@example.com", "type": "work"},
            {"value": f"{mail}@example.org", "type": "home"},
        ]
    )

    response = read(made)
    primaries = [one for one in expect.elements(response, "emails") if one.get("primary") is True]
    expect.tolerable(not primaries, f"{response.line}: an email that was not primary became so")


@requirement("rfc7643-2.4-same-value-under-different-types")
@needs_attribute("emails.type")
def test_one_address_may_have_two_types(make_user: Maker, payloads: Payloads, read: Read) -> None:
    address = f"{payloads.unique()}@example.com"

    made = make_user(
        emails=[{"value": address, "type": "work"}, {"value": address, "type": "home"}]
    )

    kinds = [one.get("type") for one in expect.elements(read(made), "emails")]
    expect.equal(sorted(str(one) for one in kinds), ["home", "work"], "the types of the address")


@requirement("rfc7643-2.4-no-duplicate-type-value-pairs")
@needs_attribute("emails.type")
def test_same_address_and_type_is_kept_once(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    one = {"value": f"{payloads.unique()}@example.com", "type": "work"}

    response = scim.post(users, payloads.user(emails=[one, one]))

    found = expect.elements(outcome(response), "emails")
    expect.that(len(found) <= 1, f"{response.line}: the pair is there {len(found)} times")


@requirement("rfc7643-2.3.1-canonical-values-enforced")
@needs_attribute("emails.type")
def test_type_that_is_not_canonical_is_refused(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    mail = {"value": f"{payloads.unique()}@example.com", "type": "scimproof-custom"}

    response = scim.post(users, payloads.user(emails=[mail]))

    expect.that(not response.ok, f"{response.line}: a type that is not canonical was accepted")


@requirement("rfc7643-7-case-preserved-case-exact-values")
@pytest.mark.usefixtures("external_id_kept")
def test_case_of_an_external_id_is_kept(make_user: Maker, payloads: Payloads, read: Read) -> None:
    made = make_user(externalId=f"{payloads.unique()}-AbCdEf")

    expect.attribute(read(made), "externalId", made.sent["externalId"])
