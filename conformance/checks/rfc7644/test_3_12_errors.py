"""RFC 7644, section 3.12: HTTP Status and Error Response Handling."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created
from conformance.client import Response, ScimClient
from conformance.payloads import Payloads
from conformance.verdict import Unmet

_PASSWORD = "Meadow-28-compass-Kw"


def _refused(response: Response, blamed: str) -> Response:
    if response.status != 400:
        raise Unmet(blamed, f"{response.line}: expected 400, got {response.status}")
    return response


@pytest.fixture
def malformed(scim: ScimClient, users: str) -> Response:
    """The refusal of a create that is not JSON."""
    response = scim.post(users, content=b'{"schemas": [')
    return _refused(response, "rfc7644-3.3-malformed-json-create")


@pytest.fixture
def nameless(scim: ScimClient, users: str, payloads: Payloads) -> Response:
    """The refusal of a user without a userName; the password is for an eye on all exchanges."""
    body = payloads.user(userName=None, displayName=payloads.unique(), password=_PASSWORD)
    response = scim.post(users, body)
    return _refused(response, "rfc7644-3.3-missing-required-attribute-create")


@requirement("rfc7644-3.12-scimtype-invalidsyntax")
def test_unparsable_body_says_invalid_syntax(malformed: Response) -> None:
    """A missing keyword is a deviation: scimType is optional in itself."""
    expect.scim_error(malformed, scim_type="invalidSyntax", tolerated=(None, "invalidValue"))


@requirement("rfc7644-3.12-scimtype-invalidvalue")
def test_missing_required_value_says_invalid_value(nameless: Response) -> None:
    expect.scim_error(nameless, scim_type="invalidValue", tolerated=(None, "invalidSyntax"))


@requirement("rfc7644-3.12-http-400")
def test_body_that_is_no_object_is_a_bad_request(
    scim: ScimClient, users: str, user: Created
) -> None:
    """``user`` proves that a good create is accepted."""
    response = scim.post(users, ["not", "an", "object"])

    expect.status(response, 400)


@requirement("rfc7643-9.2-credential-storage-practice")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("scimproof' OR '1'='1", id="sql"),
        pytest.param("scimproof*)(uid=*", id="ldap"),
        pytest.param('scimproof\\", "$ne": "', id="json"),
    ],
)
def test_injected_query_language_finds_nothing(
    scim: ScimClient, users: str, user: Created, filters_offered: None, text: str
) -> None:
    """The strings mean something to SQL, LDAP or a document database, and nothing to SCIM."""
    response = scim.find(users, f"userName eq {expect.json_string(text)}")

    expect.status(response, 200, 400, 403, 501)
    expect.equal(len(_found(response)), 0, f"{response.line}: resources found")


def _found(response: Response) -> list[str]:
    return expect.ids(response) if response.status == 200 else []


@requirement("rfc7644-3.13-requested-version-rejection")
def test_unknown_version_is_rejected(scim: ScimClient, users: str) -> None:
    base = scim.target.url.removesuffix("/v2")

    response = scim.get(f"{base}/v9{users}")

    expect.status(response, 400, 404, tolerated=(200, 401, 403, 405, 501))


@requirement("rfc7644-3.13-default-version")
def test_base_without_a_version_serves_the_latest(scim: ScimClient, users: str) -> None:
    base = scim.target.url.removesuffix("/v2")

    response = scim.get(f"{base}{users}")

    expect.status(response, 200, 404)
