"""RFC 7644, sections 5 and 7.8: Preparation and Comparison of Internationalized Strings.

Hardly any server prepares strings, so that nothing here is more than a deviation.
"""

from __future__ import annotations

import json
import unicodedata

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Seek, created
from conformance.client import ScimClient
from conformance.payloads import Payloads

_COMPOSED = "jos\u00e9"
_DECOMPOSED = unicodedata.normalize("NFD", _COMPOSED)
_FULL_WIDTH = "".join(chr(ord(one) + 0xFEE0) for one in "jose")


@pytest.fixture
def jose(scim: ScimClient, users: str, payloads: Payloads) -> Created:
    """A user whose name has an accent; skips where such names are refused."""
    name = payloads.user_name(_COMPOSED)
    sent = payloads.user(userName=name, displayName=name)
    response = scim.post(users, sent)
    if not response.ok:
        pytest.skip(f"the target takes no userName with an accent: {response.status}")
    return created(response, sent, users)


@requirement("rfc7644-5-precis-username-password")
def test_name_in_another_normalization_is_taken(
    scim: ScimClient, users: str, payloads: Payloads, jose: Created
) -> None:
    """One letter with an accent, or a letter and an accent: it looks and is the same."""
    twin = payloads.user(userName=jose.sent["userName"].replace(_COMPOSED, _DECOMPOSED))

    response = scim.post(users, twin)

    expect.tolerable(
        400 <= response.status < 500, f"{response.line}: a second {_COMPOSED} was created"
    )


@requirement("rfc7644-5-precis-username-password")
def test_name_in_another_width_is_taken(
    scim: ScimClient, users: str, payloads: Payloads, make_user: Maker
) -> None:
    """Letters as wide as Chinese characters are the same letters (RFC 8265 section 3.3)."""
    plain = make_user(userName=payloads.user_name("jose"))
    twin = payloads.user(userName=plain.sent["userName"].replace("jose", _FULL_WIDTH))

    response = scim.post(users, twin)

    expect.tolerable(
        400 <= response.status < 500, f"{response.line}: a second jose, in wide letters, was made"
    )


@requirement("rfc7644-7.8-string-preparation-before-comparison")
def test_filter_finds_a_name_in_another_normalization(jose: Created, seek: Seek) -> None:
    text = jose.sent["displayName"].replace(_COMPOSED, _DECOMPOSED)

    response = seek(f"displayName eq {json.dumps(text)}")

    expect.status(response, 200, 400)
    expect.tolerable(
        expect.ids_if_listed(response) == [jose.id],
        f"{response.line}: {_COMPOSED} was not found in its decomposed form",
    )
