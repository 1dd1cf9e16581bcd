"""RFC 7644, section 7: Security Considerations."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Outcome, Seek
from conformance.client import Response, ScimClient
from conformance.payloads import Payloads

_SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def is_on_this_machine(url: str) -> bool:
    """Whether what is sent to ``url`` stays on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@pytest.fixture
def elsewhere(scim: ScimClient) -> str:
    """The URL of a target that is not on this machine; skips where it is."""
    if is_on_this_machine(scim.target.url):
        pytest.skip("the target is on this machine, where nothing travels")
    return scim.target.url


@requirement("rfc7644-7.2-tls-required")
def test_target_is_reached_by_https(scim: ScimClient, elsewhere: str, users: str) -> None:
    response = scim.get(users, params={"count": 1})

    expect.that(
        elsewhere.startswith("https:") or not response.ok,
        f"{response.line}: answered over http, where anybody on the way reads along",
    )


@pytest.fixture
def sensitive(seek: Seek) -> str:
    """A filter on what is private to a person; skips where the target takes it in a URL."""
    text = 'phoneNumbers.value eq "tel:+47-555-01999"'
    if seek(text).status != 403:
        pytest.skip("the target takes a telephone number in a URL")
    return text


@requirement("rfc7644-7.5.2-sensitive-filter-get")
@needs_attribute("phoneNumbers")
def test_filter_that_no_url_may_hold_can_be_posted(
    scim: ScimClient, users: str, sensitive: str
) -> None:
    """403 tells the client to use POST instead."""
    response = scim.post(f"{users}/.search", {"schemas": [_SEARCH], "filter": sensitive})

    expect.status(response, 200)


@requirement("rfc7644-7.7-storage-credentials")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("O'Hara'; DROP TABLE users; --", id="sql"),
        pytest.param("${jndi:ldap://127.0.0.1:1/a}", id="lookup"),
        pytest.param("{{7*7}} #{7*7}", id="template"),
        pytest.param("*)(uid=*))(|(uid=*", id="ldap"),
    ],
)
def test_text_that_means_something_to_a_program_is_a_text(
    scim: ScimClient,
    users: str,
    payloads: Payloads,
    display_name_kept: None,
    outcome: Outcome,
    text: str,
) -> None:
    """Stored as it is, or refused."""
    response = scim.post(users, payloads.user(displayName=text))

    made = _stored(outcome(response), text)
    expect.equal(made, text, f"{response.line}: displayName")


def _stored(response: Response, text: str) -> object:
    """The displayName that a create made, or the text itself where the create was refused."""
    return response.body.get("displayName") if response.ok else text
