"""What is said of a target becomes one Target, or one clear sentence."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from conformance.target import Target, TargetError, shown, target_from

_URL = "https://scim.example.com/scim/v2"


def made(**changes: Any) -> Target:
    """The target of a command line that says no more than ``changes``."""
    told: dict[str, Any] = {
        "url": _URL,
        "token": None,
        "auth": None,
        "headers": (),
        "target_file": None,
        "environ": {},
    }
    return target_from(**{**told, **changes})


def refused(**changes: Any) -> str:
    with pytest.raises(TargetError) as caught:
        made(**changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# The URL ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (_URL, _URL),
        (_URL + "/", _URL),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/scim//", "http://[::1]:8080/scim"),
        ("https://bücher.example/scim", "https://bücher.example/scim"),
    ],
)
def test_a_base_url_has_no_slash_at_its_end(url: str, kept: str) -> None:
    assert made(url=url).url == kept


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("scim.example.com/v2", "write https://scim.example.com/v2"),
        ("localhost:8080/scim", "write https://localhost:8080/scim"),
        ("10.0.0.1:8080", "write https://10.0.0.1:8080"),
        ("myserver:8080", "write https://myserver:8080"),
        ("ftp://scim.example.com", "the scheme must be https or http"),
        ("file:///etc/passwd", "the scheme must be https or http"),
        ("https://", "names no host"),
        ("https:///scim", "names no host"),
        ("https://a:0/", "names no host"),
        ("https://a:99999/", "is no URL"),
        ("https://[::1/", "is no URL"),
        (_URL + "?count=1", "no query and no fragment"),
        (_URL + "#top", "no query and no fragment"),
        (_URL + " ", "space or control character"),
        ("https://a\x1b[31m.example", "space or control character"),
        ("https://a.example/\r\nX: y", "space or control character"),
    ],
)
def test_a_url_that_is_none_is_refused(url: str, told: str) -> None:
    message = refused(url=url)

    assert told in message
    assert message.isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "https://admin:s3cret@scim.example.com/scim",
        "admin:s3cret@scim.example.com/scim",
        "https://admin:s3c/ret@scim.example.com/scim",
        "https://admin:s3cret@scim.example .com",
        "ftp://admin:s3cret@scim.example.com",
        "https://admin:s3cret@scim.example.com:99999",
        "https://scim.example.com/?token=s3cret",
    ],
)
def test_secrets_in_a_url_are_refused_and_not_repeated(url: str) -> None:
    message = refused(url=url)

    assert "s3c" not in message
    assert "ret@" not in message


def test_a_url_is_shown_without_what_is_nobodys_business() -> None:
    assert shown("https://u:p@a.example/x?y#z") == "https://a.example/x"
    assert shown("u:p@a.example/x") == "a.example/x"
    assert shown("https://a.example/x") == "https://a.example/x"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        (_URL + "/Users/1", True),
        ("HTTPS://SCIM.EXAMPLE.COM:443/other", True),
        ("http://scim.example.com/scim/v2", False),
        ("https://scim.example.com:444/scim/v2", False),
        ("https://scim.example.com.evil.example/scim/v2", False),
        ("https://scim.example.com@evil.example/scim/v2", False),
        ("//scim.example.com/scim/v2", False),
        ("https://scim.example.com:x/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, same: bool) -> None:
    assert made().same_origin(url) is same


# Credentials --------------------------------------------------------------------------


def test_no_credentials_are_none() -> None:
    assert made().headers == ()
    assert made().secrets == ()


def test_a_token_comes_from_the_command_line_before_the_environment() -> None:
    environ = {"SCIM_TOKEN": "from-environment"}

    assert made(environ=environ).headers == (("Authorization", "Bearer from-environment"),)
    assert made(token="given", environ=environ).headers == (("Authorization", "Bearer given"),)


@pytest.mark.parametrize(
    "said",
    [
        {"environ": {"SCIM_PASSWORD": "pässword"}},
        {"token": "pässword"},
        {"environ": {"SCIM_TOKEN": "pässword"}},
    ],
)
def test_basic_takes_its_password_where_it_is(said: dict[str, Any]) -> None:
    packed = base64.b64encode("ada:pässword".encode()).decode()

    assert made(auth="basic:ada", **said).headers == (("Authorization", f"Basic {packed}"),)


def test_a_header_takes_the_place_of_one_of_its_name() -> None:
    target = made(token="abc", headers=["authorization: Own xyz", "X-Api-Key:  k "])

    assert target.headers == (("authorization", "Own xyz"), ("X-Api-Key", "k"))
    assert target.secret_headers == ("authorization", "X-Api-Key")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"auth": "basic"}, "--auth: write it as basic:USER"),
        ({"auth": "basic:"}, "--auth: write it as basic:USER"),
        ({"auth": ""}, "--auth: write it as basic:USER"),
        ({"auth": "digest:ada"}, "--auth: write it as basic:USER"),
        ({"auth": "basic:ada"}, "put the password into $SCIM_PASSWORD"),
        (
            {"auth": "basic:ada:s3cret", "environ": {"SCIM_PASSWORD": "s3cret"}},
            "a user of HTTP Basic has no colon",
        ),
        (
            {"auth": "basic:ada", "token": "s3cret", "environ": {"SCIM_PASSWORD": "s3cret"}},
            "leave one of them out",
        ),
        ({"token": ""}, "--token is empty"),
        ({"token": "s3cret s3cret"}, "has a space"),
        ({"token": "s3cret\n"}, "has a space, a control"),
        ({"token": "s3crét"}, "non-ASCII"),
        ({"token": "Bearer s3cret"}, "without the word Bearer"),
        ({"environ": {"SCIM_TOKEN": "s3cret\t"}}, "has a space, a control"),
        ({"headers": ["s3cret"]}, "'Name: value'"),
        ({"headers": [": s3cret"]}, "'Name: value'"),
        ({"headers": ["Bearer s3cret: x"]}, "'Name: value'"),
        ({"headers": ["X-Key:"]}, "header 'X-Key': the value is empty"),
        ({"headers": ["X-Key: s3cret\r\nHost: evil"]}, "control characters"),
        ({"headers": ["X-\x00Key: s3cret"]}, "'Name: value'"),
    ],
)
def test_credentials_that_cannot_be_are_refused_and_not_repeated(
    said: dict[str, Any], told: str
) -> None:
    message = refused(**said)

    assert told in message
    assert "s3cr" not in message


def test_every_form_of_a_secret_is_known() -> None:
    target = made(auth="basic:ada", environ={"SCIM_PASSWORD": 'pä"ss/word'})

    packed = base64.b64encode('ada:pä"ss/word'.encode()).decode()
    assert {
        'pä"ss/word',
        'ada:pä"ss/word',
        'p\\u00e4\\"ss/word',
        "p%C3%A4%22ss%2Fword",
        packed,
        f"Basic {packed}",
    } <= set(target.secrets)


def test_a_bearer_token_is_secret_with_and_without_its_scheme() -> None:
    secrets = made(token="abcdef").secrets

    assert {"abcdef", "Bearer abcdef", base64.b64encode(b"abcdef").decode()} <= set(secrets)


def test_a_short_value_of_a_plain_header_is_no_secret() -> None:
    """A tenant's name is all over the evidence, and nobody may take it out of there."""
    assert made(headers=["X-Tenant: acme"]).secrets == ()
    assert "k-1" in made(headers=["X-Api-Key: k-1"]).secrets
    assert "a-long-value-of-something" in made(headers=["X-A: a-long-value-of-something"]).secrets


def test_a_file_that_is_asked_for_must_name_the_url() -> None:
    assert "name the base URL" in refused(url="file")
