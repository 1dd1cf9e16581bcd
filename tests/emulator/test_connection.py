"""A connection is what an admin types, and nothing that Okta would refuse."""

from __future__ import annotations

import pytest

from emulator.connection import (
    Authentication,
    Connection,
    ConnectionSettingsError,
    Credentials,
    connection,
    warnings,
)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://jira.example/plugins/servlet/ksso/scim/ra8njxzor7o2/v2", "jira.example"),
        (" https://scim.example:8443/v2/ ", "scim.example:8443"),
        ("http://127.0.0.1:5000/v2", "127.0.0.1:5000"),
        ("http://[::1]:5000/v2", "[::1]:5000"),
        ("http://localhost/v2", "localhost"),
    ],
)
def test_base_url_gives_the_host(text: str, host: str) -> None:
    assert connection(text).host == host


def test_base_url_may_be_an_expression_over_settings() -> None:
    text = "'https://' + app.subdomain + '.example.com/scim2/'"

    made = connection(text, settings={"subdomain": "acme"})

    assert made.base_url == "https://acme.example.com/scim2/"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://scim.example/v2", "Okta connects over https only"),
        ("ftp://scim.example", "is no address of a web server"),
        ("scim.example/v2", "is no address of a web server"),
        ("", "is no address of a web server"),
        ("https://", "is no address of a web server"),
        ("https://a:b@scim.example", "has credentials in it"),
        ("https://scim.example/v2?x=1", "has a query"),
        ("https://scim.example/v2#x", "has a query"),
        ("https://scim.example:99999", "base URL"),
        ("https://[::1", "base URL"),
        ("'https://' + ", "base URL"),
    ],
)
def test_wrong_base_url_is_named(text: str, message: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=message):
        connection(text)


@pytest.mark.parametrize(
    ("kind", "secret", "message"),
    [
        (Authentication.BEARER, "hunter22é", "character 9 of the token is not ASCII"),
        (Authentication.HEADER, "hunter22\n", "character 9 of the token is a control character"),
    ],
)
def test_token_that_cannot_be_sent_is_refused_and_not_told(
    kind: Authentication, secret: str, message: str
) -> None:
    with pytest.raises(ConnectionSettingsError, match=message) as caught:
        connection("https://scim.example", Credentials(kind, secret))
    with pytest.raises(ConnectionSettingsError, match=message):
        Connection("https://scim.example", Credentials(kind, secret))

    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize("kind", [Authentication.BASIC, Authentication.OAUTH2])
def test_secret_that_goes_out_encoded_may_have_any_character(kind: Authentication) -> None:
    assert Connection("https://scim.example", Credentials(kind, "hunter22é", "ada"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("X-Key", "café"), "character 4 of the header X-Key is not ASCII"),
        (("X-Key", "a\r\nHost: evil"), "character 2 of the header X-Key is a control character"),
        (("X Key", "a"), "header 'X Key' is no name of a header"),
        (("", "a"), "header '' is no name of a header"),
    ],
)
def test_header_line_that_cannot_be_sent_is_named(line: tuple[str, str], message: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=message):
        connection("https://scim.example", headers=(line,))


@pytest.mark.parametrize("text", ["https://bücher.example/v2", "https://scim.example/é"])
def test_base_url_beyond_ascii_is_refused(text: str) -> None:
    with pytest.raises(ConnectionSettingsError, match="is not all ASCII"):
        Connection(text)


def test_credentials_in_a_url_are_not_repeated() -> None:
    with pytest.raises(ConnectionSettingsError) as caught:
        connection("https://ada:hunter2@scim.example")

    assert "hunter2" not in str(caught.value)


def test_guides_advise_against_underscores_and_length() -> None:
    assert warnings(connection("https://scim.example/v2")) == []
    assert len(warnings(connection("https://scim.example/my_app/" + "x" * 1024))) == 2


def test_secrets_are_in_no_repr() -> None:
    for kind in Authentication:
        made = Connection("https://scim.example", Credentials(kind, "hunter22", "ada"))
        assert "hunter22" not in repr(made)
        assert "hunter22" in made.secrets


def test_what_is_put_on_the_wire_is_a_secret_too() -> None:
    basic = Credentials(Authentication.BASIC, "hunter22", "ada")

    assert "YWRhOmh1bnRlcjIy" in basic.secrets
