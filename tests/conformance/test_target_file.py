"""A target file says everything about a target, and what it says wrongly is told in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance.target import Target, TargetError, target_from
from tests.conformance.unfriendly import answering, hanging_up, serving

_URL = 'url = "https://scim.example.com/scim/v2"\n'
_EXAMPLE = Path(__file__).parents[2] / "fixtures" / "targets" / "example.toml"


def made(folder: Path, text: str, environ: dict[str, str] | None = None, **said: Any) -> Target:
    """The target of a file with ``text``."""
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    told: dict[str, Any] = {"url": "file", "token": None, "auth": None, "headers": ()}
    return target_from(**{**told, **said}, target_file=str(path), environ=environ or {})


def refused(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(TargetError) as caught:
        made(folder, text, environ)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_the_example_is_right() -> None:
    target = target_from(
        url="file",
        token=None,
        auth=None,
        headers=(),
        target_file=str(_EXAMPLE),
        environ={"SCIM_TOKEN": "abcdef"},
    )

    assert target.url == "https://scim.example.com/scim/v2"
    assert target.headers == (("Authorization", "Bearer abcdef"),)
    assert target.user_defaults == {"title": "Engineer"}
    assert target.claims == {
        "patch": True,
        "bulk": False,
        "/Me supported": False,
        "group_linking": True,
        "group_rename": True,
    }
    assert (target.timeout, target.retry_after_limit, target.rate_limit) == (30.0, 60.0, 20.0)


def test_a_file_of_a_url_is_enough(tmp_path: Path) -> None:
    assert made(tmp_path, _URL) == Target("https://scim.example.com/scim/v2")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert made(tmp_path, "\ufeff" + _URL).url == "https://scim.example.com/scim/v2"


def test_the_command_line_comes_before_the_file(tmp_path: Path) -> None:
    text = _URL + '[auth]\ntype = "bearer"\ntoken = "from-file"\n'

    target = made(tmp_path, text, url="https://other.example", token="given")

    assert target.url == "https://other.example"
    assert target.headers == (("Authorization", "Bearer given"),)


def test_the_file_comes_before_the_environment(tmp_path: Path) -> None:
    text = _URL + '[auth]\ntype = "header"\nname = "X-Api-Key"\nvalue_env = "KEY"\n'

    target = made(tmp_path, text, {"SCIM_TOKEN": "from-environment", "KEY": "k-123"})

    assert target.headers == (("X-Api-Key", "k-123"),)
    assert "k-123" in target.secrets


def test_none_sends_no_credentials_whatever_the_environment_has(tmp_path: Path) -> None:
    text = _URL + '[auth]\ntype = "none"\n'

    assert made(tmp_path, text, {"SCIM_TOKEN": "from-environment"}).headers == ()


def test_basic_and_a_second_credential(tmp_path: Path) -> None:
    text = _URL + (
        '[auth]\ntype = "basic"\nuser = "ada"\npassword_env = "P"\n'
        '[second_credential]\ntype = "bearer"\ntoken_env = "S"\n'
    )

    target = made(tmp_path, text, {"P": "pass-word", "S": "second"})

    assert target.headers == (("Authorization", "Basic YWRhOnBhc3Mtd29yZA=="),)
    assert target.second_credential == (("Authorization", "Bearer second"),)
    assert {"pass-word", "second"} <= set(target.secrets)


def test_a_group_that_is_not_of_scim_is_named_for_kantega(tmp_path: Path) -> None:
    text = _URL + '[kantega]\nlocal_group = "jira-users"\n'

    assert made(tmp_path, text).local_group == "jira-users"
    assert made(tmp_path, _URL).local_group == ""


def test_the_file_of_kantega_names_no_url_and_leaves_it_to_the_command_line(tmp_path: Path) -> None:
    text = _EXAMPLE.with_name("kantega.toml").read_text("utf-8")

    target = made(tmp_path, text, url="https://scim.example.com/x1/v2", token="given")

    assert target.url == "https://scim.example.com/x1/v2"
    assert target.headers == (("Authorization", "Bearer given"),)
    assert target.claims == {"group_linking": False, "group_rename": False}


def test_the_short_names_of_claims(tmp_path: Path) -> None:
    text = _URL + '[claims]\n"/.search" = true\n"/" = false\nenterprise = false\nGroup = false\n'

    assert made(tmp_path, text).claims == {
        "POST /.search supported": True,
        "base-URI query supported": False,
        "User.schemaExtensions contains enterprise:2.0:User": False,
        "Group": False,
    }


def test_a_ca_bundle_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")

    assert made(tmp_path, _URL + 'ca_bundle = "ca.pem"').verify == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("url = ", "is not TOML"),
        ("url = 1", "url must be a string"),
        ('url = ""', "url must be a string"),
        ('urls = "x"', "unknown key 'urls'; did you mean 'url'?"),
        ("", "name the base URL"),
        ('url = "example.com"', "has no scheme"),
        (_URL + "insecure = true", "certificates are always checked"),
        (_URL + "verify = false", "name the target's CA as ca_bundle"),
        (_URL + 'ca_bundle = "nowhere.pem"', "ca_bundle 'nowhere.pem': No such file"),
        (_URL + 'ca_bundle = "target.toml"', "holds no certificate in PEM"),
        (_URL + 'auth = "bearer"', "auth must be a table, [auth]"),
        (_URL + "[auth]", "type must be a string"),
        (_URL + '[auth]\ntype = "magic"', "type 'magic' is none of bearer, basic, header"),
        (_URL + '[auth]\ntype = "bearer"', "name token_env, the environment variable"),
        (
            _URL + '[auth]\ntype = "bearer"\ntoken_env = "NOT_SET"',
            "the environment variable 'NOT_SET' is not set",
        ),
        (_URL + '[auth]\ntype = "bearer"\ntoken = "s3 cret"', "[auth]: the token has a space"),
        (_URL + '[auth]\ntype = "bearer"\npassword = "s3cret"', "unknown key 'password'"),
        (_URL + '[auth]\ntype = "basic"\npassword = "s3cret"', "user must be a string"),
        (_URL + '[auth]\ntype = "header"\nname = "a b"\nvalue = "s3cret"', "'Name: value'"),
        (_URL + '[user]\nname_patern = "x"', "did you mean 'name_pattern'?"),
        (_URL + '[user]\nname_pattern = "x@example.com"', "must hold {unique}"),
        (_URL + '[user]\nname_pattern = "{unique}{x}"', "and no other braces"),
        (_URL + '[user]\nname_pattern = "{unique"', "and no other braces"),
        (_URL + '[user]\nname_pattern = "{{unique}}"', "must hold {unique}"),
        (_URL + "[user.defaults]\nhireDate = 2020-01-01", "write a date as a string"),
        (_URL + "[group.defaults]\nx = nan", "a value that JSON does not have"),
        (_URL + "[limits]\ntimeouts = 3", "unknown key 'timeouts'; did you mean 'timeout'?"),
        (_URL + "[limits]\ntimeout = 0", "timeout = 0 must be a number above 0"),
        (_URL + "[limits]\ntimeout = true", "must be a number above 0"),
        (_URL + "[limits]\ntimeout = inf", "must be a number above 0"),
        (_URL + "[limits]\nrequests_per_second = 0", "must be a number above 0"),
        (_URL + "[limits]\nretry_after = nan", "must be a number of 0 or more"),
        (_URL + '[limits]\nsettle = "1"', "must be a number of 0 or more"),
        (_URL + "[kantega]\nlocal = 'x'", "unknown key 'local'"),
        (_URL + "[kantega]\nlocal_group = ''", "local_group must be a string"),
        (_URL + "[claims]\npach = true", "unknown key 'pach'; did you mean 'patch'?"),
        (_URL + '[claims]\npatch = "no"', "patch = 'no' must be true or false"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    message = refused(tmp_path, text)

    assert told in message
    assert "s3" not in message


@pytest.mark.parametrize("path", ["nowhere.toml", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, path: str) -> None:
    with pytest.raises(TargetError, match=r"^--target-file '.*': [A-Z][a-z ]+$"):
        target_from(
            url="file",
            token=None,
            auth=None,
            headers=(),
            target_file=str(tmp_path / path),
            environ={},
        )


# OAuth 2.0 ----------------------------------------------------------------------------


def oauth(server: str, *more: str) -> str:
    lines = [
        "[auth]",
        'type = "oauth2-client-credentials"',
        f'token_url = "{server}/token/"',
        'client_id = "the client"',
        'client_secret_env = "SECRET"',
        *more,
    ]
    return _URL + "\n".join(lines)


def granted(**members: Any) -> bytes:
    return json.dumps({"access_token": "granted-123", "token_type": "Bearer", **members}).encode()


_SECRET = {"SECRET": "s3cret:ü"}


def test_a_token_is_fetched_with_basic(tmp_path: Path) -> None:
    with serving(answering("200 OK", granted())) as server:
        target = made(tmp_path, oauth(server.url, 'scope = "scim read"'), _SECRET)

    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert target.headers == (("Authorization", "Bearer granted-123"),)
    assert {"granted-123", "s3cret:ü"} <= set(target.secrets)
    assert head.startswith(b"POST /scim/v2/token/ HTTP/1.1")
    # RFC 6749 section 2.3.1: "the%20client:s3cret%3A%C3%BC" in base64.
    assert b"Basic dGhlJTIwY2xpZW50OnMzY3JldCUzQSVDMyVCQw==" in head
    assert body == b"grant_type=client_credentials&scope=scim+read"


def test_a_token_is_fetched_with_the_secret_in_the_form(tmp_path: Path) -> None:
    with serving(answering("200 OK", granted())) as server:
        made(tmp_path, oauth(server.url, 'client_auth = "client_secret_post"'), _SECRET)

    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert b"uthorization" not in head
    assert body.endswith(b"&client_id=the+client&client_secret=s3cret%3A%C3%BC")


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("401 No", b'{"error":"invalid_client"}', "answered 401 and gave no token"),
        ("400 No", b'{"error":"x","error_description":"s3cret:\\u00fc?"}', "x: [redacted]?"),
        ("200 OK", b"<html>", "answered 200 without a token in JSON; is token_url right?"),
        ("200 OK", b"[]", "without a token in JSON"),
        ("200 OK", b"[" * 100_000, "without a token in JSON"),
        ("200 OK", b'{"access_token": 7}', "gave no token"),
        ("200 OK", b'{"access_token": "a b"}', "has a space"),
        ("302 Found", b"", "answered 302 without a token"),
    ],
)
def test_no_token_is_told(tmp_path: Path, status: str, body: bytes, told: str) -> None:
    with serving(answering(status, body)) as server:
        message = refused(tmp_path, oauth(server.url), _SECRET)

    assert told in message
    assert "s3cret" not in message


def test_a_silent_token_endpoint_is_told(tmp_path: Path) -> None:
    with serving(hanging_up) as server:
        message = refused(tmp_path, oauth(server.url), _SECRET)

    assert "[auth]: no token: 127.0.0.1 closed the connection" in message


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('client_auth = "jwt"', "client_auth 'jwt' is none of client_secret_basic"),
        ("client_auth = 1", "client_auth 1 is none of"),
        ('scope = ""', "scope must be a string"),
    ],
)
def test_a_client_that_cannot_be(tmp_path: Path, more: str, told: str) -> None:
    assert told in refused(tmp_path, oauth("http://127.0.0.1:9", more), _SECRET)


def test_a_token_url_that_is_none(tmp_path: Path) -> None:
    assert "must begin with https://" in refused(tmp_path, oauth("login.example.com"), _SECRET)
