"""RFC 7644, section 3.12: what the status codes and keywords of tables 8 and 9 stand for."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet


@pytest.fixture
def unknown_version(scim: ScimClient, users: str) -> Response:
    """The answer to a version that nobody has; skips where it is served, or 404.

    The one is the sentence on rejection, the other is as good for a path that nobody
    serves (AMB-57).
    """
    response = scim.get(f"{scim.target.url.removesuffix('/v2')}/v9{users}")
    if response.ok or response.status == 404:
        pytest.skip(f"the target answers {response.status} to a version that it does not have")
    if response.status != 400:
        raise Unmet(
            "rfc7644-3.13-requested-version-rejection", f"{response.line}: {response.status}"
        )
    return response


@requirement("rfc7644-3.12-scimtype-invalidvers")
def test_unknown_version_says_invalid_version(unknown_version: Response) -> None:
    """A missing keyword is a deviation: scimType is optional in itself."""
    expect.scim_error(unknown_version, scim_type="invalidVers", tolerated=(None,))
