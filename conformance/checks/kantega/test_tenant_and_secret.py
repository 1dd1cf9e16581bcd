"""Kantega SSO: a tenant has a URL and a secret of its own."""

from __future__ import annotations

from conformance import expect
from conformance.checks import requirement
from conformance.checks.kantega.conftest import PROBE
from conformance.client import ScimClient
from conformance.run import Run


@requirement("kantega-wrong-secret")
def test_wrong_secret_is_refused(nearly_right: ScimClient, users: str) -> None:
    response = nearly_right.get(users, params=PROBE)

    expect.status(response, 401, tolerated={403})


@requirement("kantega-tenant-url")
def test_secret_opens_no_other_tenant(scim: ScimClient, other_tenant: str, users: str) -> None:
    response = scim.get(f"{other_tenant}{users}", params=PROBE)

    expect.status(response, 401, 403, 404)


@requirement("kantega-https")
def test_endpoint_is_reached_by_https(
    run: Run, open_to_others: None, scim: ScimClient, users: str
) -> None:
    """The run has checked the certificate before it began."""
    response = scim.get(users, params=PROBE)

    expect.success(response)
    expect.that(run.target.url.startswith("https://"), f"{run.target.url}: expected https")
