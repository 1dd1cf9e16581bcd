"""RFC 7644, section 3.11: "/Me" Authenticated Subject Alias."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient


@pytest.fixture
def me(scim: ScimClient) -> Response:
    """What the alias answers to a read that is not redirected."""
    response = scim.get("/Me")
    if response.status != 200:
        pytest.skip(f"/Me answers {response.status}")
    return response


@pytest.fixture
def no_me(scim: ScimClient) -> Response:
    """What a target answers that has no alias."""
    response = scim.get("/Me")
    if response.status == 200 or 300 <= response.status < 400:
        pytest.skip("the target offers /Me")
    return response


@pytest.fixture
def redirected(scim: ScimClient) -> Response:
    """Where the alias leads, on a target that does not process it itself."""
    response = scim.get("/Me")
    if not 300 <= response.status < 400:
        pytest.skip(f"/Me is not redirected: {response.status}")
    return response


@requirement("rfc7644-3.11-me-unsupported")
def test_missing_alias_is_answered_with_501(no_me: Response) -> None:
    expect.status(no_me, 501)


@requirement("rfc7644-3.11-me-direct")
def test_alias_names_the_permanent_url(me: Response) -> None:
    location = expect.header(me, "Location")

    expect.that(not location.rstrip("/").endswith("/Me"), f"Location is {location[:200]!r}")


@requirement("rfc7644-3.11-me-operations")
def test_alias_reads_the_resource_behind_it(scim: ScimClient, me: Response) -> None:
    response = scim.get(expect.resolved(scim, expect.present(me, "meta.location")))

    expect.attribute(response, "id", me.body.get("id"))


@requirement("rfc7644-3.11-me-redirect")
def test_alias_is_redirected_to_the_resource_for_good(redirected: Response) -> None:
    """308 keeps the method; that a Location comes with it is a sentence on redirects."""
    expect.status(redirected, 308)
    expect.that(
        not str(redirected.header("Location")).rstrip("/").endswith("/Me"),
        f"{redirected.line}: redirected to /Me itself",
    )
