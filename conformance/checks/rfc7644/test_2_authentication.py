"""RFC 7644, section 2: Authentication and Authorization."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet


@pytest.fixture
def refused(anonymous: ScimClient, users: str) -> Response:
    """The refusal of a request without credentials."""
    response = anonymous.get(users, params={"count": 1})
    if response.ok:
        raise Unmet(
            "rfc7644-2-invalid-credentials", f"{response.line}: answered without credentials"
        )
    return response


@requirement("rfc7644-2-www-authenticate")
def test_refusal_names_the_authentication_schemes(refused: Response) -> None:
    expect.header(refused, "WWW-Authenticate")


@requirement("rfc7644-3.12-http-401")
def test_missing_credentials_are_answered_with_401(refused: Response) -> None:
    """403 would tell a client that it is known and may not."""
    expect.status(refused, 401)


@requirement("rfc7644-2-invalid-credentials")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_wrong_credentials_are_refused(scim: ScimClient, users: str, method: str) -> None:
    stranger = scim.with_credentials([("Authorization", "Bearer scimproof-wrong-token")])
    paths = {"GET": users, "POST": users}

    response = stranger.request(
        method, paths.get(method, f"{users}/scimproof-nobody"), _body(method)
    )

    expect.status(response, 401, tolerated=(403,))


def _body(method: str) -> dict[str, object] | None:
    """A body that no target can accept, for methods that have one."""
    return {"schemas": []} if method in {"POST", "PUT", "PATCH"} else None


@requirement("rfc7644-2.2-anonymous-requests")
def test_anonymous_create_is_possible(anonymous: ScimClient, users: str) -> None:
    """Self-registration; hardly any provider offers it."""
    response = anonymous.post(users, {"schemas": []})

    expect.that(
        response.status not in {401, 403}, f"{response.line}: anonymous creates are refused"
    )
