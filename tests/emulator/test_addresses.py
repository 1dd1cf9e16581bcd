"""Addresses that are put together are those that httpx would have made."""

from __future__ import annotations

import httpx
import pytest

from emulator.addresses import Addresses


@pytest.mark.parametrize(
    "base",
    [
        "https://scim.example",
        "https://SCIM.example:443/v2",
        "http://127.0.0.1:5000/a/../scim/v2",
        "http://[::1]:5000/v2/",
        "https://scim.example/a b/{tenant}/~x%2Fy",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/Users",
        "/Users?filter=userName%20eq%20%22a%40b%27%22&startIndex=1&count=100",
        "/Users?filter=userName+eq+%22a%22&startIndex=1&count=100",
        "/Groups/a:b@c=d!$&'()*+,;",
        "/Users/%2E%2E",
    ],
)
def test_target_and_text_are_those_of_httpx(base: str, path: str) -> None:
    whole = httpx.URL(base + path)

    made = Addresses(base, takes_targets=True).of(base + path)

    assert (made.target, made.text) == (whole.raw_path, str(whole))
    assert (made.url.scheme, made.url.host, made.url.port) == (whole.scheme, whole.host, whole.port)


@pytest.mark.parametrize("takes_targets", [True, False])
def test_other_address_is_parsed_whole(takes_targets: bool) -> None:
    made = Addresses("https://scim.example/v2", takes_targets=takes_targets)

    assert str(made.of("https://scim.example/v3/Users").url) == "https://scim.example/v3/Users"
    assert made.of("https://scim.example/v3/Users").target == b"/v3/Users"


@pytest.mark.parametrize("takes_targets", [True, False])
@pytest.mark.parametrize("base", ["https://scim.example/v2", "https://[::g]"])
def test_what_is_no_address_is_refused(base: str, takes_targets: bool) -> None:
    made = Addresses(base, takes_targets=takes_targets)
    path = "/Users" if "::g" in base else "/" + "x" * 70_000

    with pytest.raises((ValueError, httpx.InvalidURL)):
        made.of(base + path)
