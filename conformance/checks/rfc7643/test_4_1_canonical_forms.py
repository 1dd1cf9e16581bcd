"""RFC 7643, sections 4.1.1 and 4.1.2: values that a target may put into a canonical form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Outcome
from conformance.checks.rfc7643.test_4_1_users import CERTIFICATE
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER, Features
from conformance.payloads import Payloads

# Another certificate for the same name.
SECOND_CERTIFICATE = (
    "MIIBkDCCATWgAwIBAgIUcJ+O4WUPbXmNemaMnA2GSsg3jyAwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRc2NpbXBy"
    "b29mLmV4YW1wbGUwIBcNMjYxMTI1MjMyNjM1WhgPMjA1NjExMTcyMzI2MzVaMBwxGjAYBgNVBAMMEXNjaW1wcm9v"
    "Zi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZwfDgSmck6PWXKDNp5UnBRhWTNjtqc76PL43iO/v"
    "8gz2f0anS4hf4si3FKWNCBgLY1DIUp76FibhVsCSq7Xj46NTMFEwHQYDVR0OBBYEFDpnU1StwQEabbLsF3nmVQbZ"
    "Aa7pMB8GA1UdIwQYMBaAFDpnU1StwQEabbLsF3nmVQbZAa7pMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID"
    "SQAwRgIhAJAW6JR86gfzgM2uSAfa9ZXy4uZegru0X/ha7Gfg5N2RAiEA3VJGOXJdgvrtVBj3YxVZ6hPRAn2pD0tN"
    "eB52eZD9InQ="
)

Stored = Callable[..., Response]


@pytest.fixture
def stored(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> Stored:
    """A user with some values, as the target keeps it; skips where it refuses them.

    ``user`` proves that a user without them is accepted.
    """

    def kept(**attributes: Any) -> Response:
        response = scim.post(users, payloads.user(**attributes))
        if not response.ok:
            pytest.skip(f"{', '.join(attributes)}: refused with {response.status}")
        return outcome(response)

    return kept


@pytest.fixture
def formatted(stored: Stored) -> str:
    """The full name that the target makes of two parts; skips where it makes none."""
    response = stored(name={"givenName": "Ada", "familyName": "Lovelace"})
    found = expect.value(response.body, "name.formatted")
    if not isinstance(found, str) or not found:
        pytest.skip("the target makes no name.formatted")
    return found


@requirement("rfc7643-4.1.1-name-parts-consistent")
@needs_attribute("name.givenName", "name.familyName")
def test_full_name_that_the_target_makes_has_the_parts_in_it(formatted: str) -> None:
    """In any order, and with any of the two shortened."""
    expect.that(
        "ada" in formatted.lower() or "lovelace" in formatted.lower(),
        f"name.formatted of Ada Lovelace is {expect.quoted(formatted)}",
    )


@requirement("rfc7643-4.1.2-email-canonicalisation")
@needs_attribute("emails.value")
def test_address_with_a_domain_in_capitals_stays_the_same_address(
    stored: Stored, payloads: Payloads
) -> None:
    """In the form that was sent or in the canonical one, which differ in case only."""
    address = f"{payloads.unique('mail')}@EXAMPLE.COM"

    response = stored(emails=[{"value": address, "type": "work"}])

    found = str(expect.present(response, "emails.value"))
    expect.equal(found.lower(), address.lower(), f"{response.line}: emails[].value, in lower case")


@requirement("rfc7643-4.1.2-email-display")
@needs_attribute("emails.display")
def test_email_may_have_a_display(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    address = f"{payloads.unique('mail')}@example.com"
    mail = {"value": address, "type": "work", "display": address}

    response = scim.post(users, payloads.user(emails=[mail]))

    expect.success(response)


@requirement("rfc7643-4.1.2-phone-canonicalisation")
@needs_attribute("phoneNumbers.value")
def test_phone_number_keeps_its_digits(stored: Stored) -> None:
    """RFC 3966 writes this one ``tel:+1-201-555-0123``; the digits are the same."""
    response = stored(phoneNumbers=[{"value": "+1 (201) 555-0123", "type": "work"}])

    found = str(expect.present(response, "phoneNumbers.value"))
    digits = "".join(one for one in found if one.isdigit())
    expect.equal(digits, "12015550123", f"{response.line}: the digits of phoneNumbers[].value")


@requirement("rfc7643-4.1.2-im-canonicalisation")
@needs_attribute("ims.value")
def test_im_address_differs_in_case_and_spaces_only(stored: Stored) -> None:
    response = stored(ims=[{"value": "Ada Lovelace@Example.com", "type": "xmpp"}])

    found = str(expect.present(response, "ims.value"))
    plain = "".join(found.lower().split())
    expect.equal(plain, "adalovelace@example.com", f"{response.line}: ims[].value, plain")


def _canonical(features: Features, path: str) -> list[str]:
    """The values that ``/Schemas`` lists for an attribute; skips where it lists none."""
    listed = (features.attribute(CORE_USER, path) or {}).get("canonicalValues")
    if not isinstance(listed, list) or not listed:
        pytest.skip(f"/Schemas has no canonicalValues for {path}")
    return sorted(str(one).lower() for one in listed)


@pytest.fixture
def im_types(features: Features) -> list[str]:
    """The services that ``/Schemas`` lists for ``ims``."""
    return _canonical(features, "ims.type")


@pytest.fixture
def photo_types(features: Features) -> list[str]:
    """The types that ``/Schemas`` lists for ``photos``."""
    return _canonical(features, "photos.type")


_SERVICES = {"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other"}


@requirement("rfc7643-4.1.2-im-types")
def test_listed_im_services_are_those_of_the_specification(im_types: list[str]) -> None:
    """The printed schema lacks ``other``, so its absence is fine."""
    expect.equal(sorted(set(im_types) - _SERVICES), [], "canonicalValues of ims.type besides")


@requirement("rfc7643-4.1.2-photo-types")
def test_listed_photo_types_are_photo_and_thumbnail(photo_types: list[str]) -> None:
    expect.tolerable(
        photo_types == ["photo", "thumbnail"],
        f"canonicalValues of photos.type are {expect.quoted(photo_types)}",
    )


@pytest.fixture
def certificates(stored: Stored) -> list[bytes]:
    """What a user shows who was given two certificates."""
    sent = [{"value": CERTIFICATE, "type": "work"}, {"value": SECOND_CERTIFICATE, "type": "other"}]
    response = stored(x509Certificates=sent)
    return [
        expect.from_base64(str(one.get("value")))
        for one in expect.elements(response, "x509Certificates")
    ]


@requirement("rfc7643-4.1.2-one-certificate-per-value")
@needs_attribute("x509Certificates.value")
def test_value_holds_one_certificate(certificates: list[bytes]) -> None:
    """One ASN.1 SEQUENCE, from the first byte to the last."""
    lengths = [(len(one), _length_of_first(one)) for one in certificates]

    wrong = [one for one in lengths if one[0] != one[1]]
    expect.equal(wrong, [], "bytes of x509Certificates[].value, and of the certificate at its head")


def _length_of_first(der: bytes) -> int:
    """How long the first element is, by its own head (X.690, section 8.1); 0 for no SEQUENCE."""
    if len(der) < 2 or der[0] != 0x30:
        return 0
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")
