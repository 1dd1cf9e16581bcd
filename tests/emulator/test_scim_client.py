"""The client takes whatever an endpoint answers, and says it in Okta's words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from emulator.connection import Authentication, Connection, Credentials, connection
from emulator.scim_client import to_bytes
from tests.emulator.clients import answering, client_of, error_of, target
from tests.emulator.stage import BASE, TOKEN, listed, refused

pytestmark = pytest.mark.anyio


# Requests -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "value", "expected"),
    [
        ({}, "a b+c@x", "userName%20eq%20%22a%20b%2Bc%40x%22"),
        ({"plus_encoding": True}, "a b+c@x", "userName+eq+%22a+b%2Bc%40x%22"),
        ({}, 'a"b\\', "userName%20eq%20%22a%5C%22b%5C%5C%22"),
        ({"quote_escaping": "none"}, 'a"b', "userName%20eq%20%22a%22b%22"),
        ({}, "Zoë", "userName%20eq%20%22Zo%C3%AB%22"),
        ({}, "\ud800", "userName%20eq%20%22%3F%22"),
    ],
)
async def test_filter_is_encoded(options: dict[str, Any], value: str, expected: str) -> None:
    handler, sent = answering(listed())
    await client_of(handler, **options).find_users("userName", value)

    assert target(sent[0]) == f"/v2/Users?filter={expected}&startIndex=1&count=100"


@pytest.mark.parametrize(
    ("options", "key", "expected"),
    [
        ({}, "a1-_.~", "a1-_.~"),
        ({}, "a:b@c=d", "a:b@c=d"),
        ({}, "a/b?c#d%e f", "a%2Fb%3Fc%23d%25e%20f"),
        ({}, "..", "%2E%2E"),
        ({}, "é\ud800", "%C3%A9%3F"),
        ({"id_encoding": "all"}, "a:b@c", "a%3Ab%40c"),
    ],
)
async def test_id_stays_one_segment_of_the_path(
    options: dict[str, Any], key: str, expected: str
) -> None:
    handler, sent = answering(httpx.Response(200, json={}))
    await client_of(handler, **options).get("/Users", key)

    assert target(sent[0]) == f"/v2/Users/{expected}"


@pytest.mark.parametrize(
    ("base", "options", "expected"),
    [
        ("https://scim.example/v2/", {}, "/v2/Users"),
        ("https://scim.example/v2/", {"double_slash": True}, "/v2//Users"),
        ("https://scim.example/v2", {"double_slash": True}, "/v2/Users"),
    ],
)
async def test_path_is_appended_to_the_base(
    base: str, options: dict[str, Any], expected: str
) -> None:
    handler, sent = answering(listed())
    await client_of(handler, made=connection(base), **options).probe_users()

    assert target(sent[0]) == f"{expected}?startIndex=1&count=2"


async def test_delete_may_have_a_content_type() -> None:
    handler, sent = answering(httpx.Response(204), httpx.Response(204))
    await client_of(handler).delete("/Groups", "1")
    await client_of(handler, delete_content_type=True).delete("/Groups", "1")

    assert "Content-Type" not in sent[0].headers
    assert sent[1].headers["Content-Type"] == "application/scim+json; charset=utf-8"
    assert all("Content-Length" not in one.headers for one in sent)


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        (Credentials(secret="abc"), "Bearer abc"),
        (Credentials(Authentication.HEADER, "Token abc"), "Token abc"),
        (Credentials(Authentication.BASIC, "pw", "ada"), "Basic YWRhOnB3"),
    ],
)
async def test_authorization_is_as_the_form_has_it(credentials: Credentials, expected: str) -> None:
    handler, sent = answering(listed())
    await client_of(handler, made=connection(BASE, credentials)).probe_users()

    assert sent[0].headers["Authorization"] == expected


async def test_lone_surrogates_do_not_stop_a_request() -> None:
    assert to_bytes({"a": "\ud800é"}) == '{"a":"?é"}'.encode()


async def test_id_of_a_megabyte_is_an_error_and_no_request() -> None:
    handler, sent = answering()
    problem = await error_of(client_of(handler).get("/Users", "x" * 1_000_000))

    assert problem.text == "the request has characters that cannot be sent"
    assert sent == []


# OAuth --------------------------------------------------------------------------------


def _oauth() -> Connection:
    known = Credentials(
        Authentication.OAUTH2, "cl1ent-secret", "client", "https://auth.example/token", "scim"
    )
    return connection(BASE, known)


async def test_token_is_fetched_once_and_kept_out_of_the_log() -> None:
    handler, sent = answering(
        httpx.Response(200, json={"access_token": "acc3ss"}), listed(), listed()
    )
    client = client_of(handler, made=_oauth())
    await client.probe_users()
    await client.probe_users()

    assert [one.url.host for one in sent] == ["auth.example", "scim.example", "scim.example"]
    assert sent[0].content == b"grant_type=client_credentials&scope=scim"
    assert sent[2].headers["Authorization"] == "Bearer acc3ss"
    assert "acc3ss" not in repr(list(client.log.entries))


async def test_earlier_token_is_kept_out_of_the_log_too() -> None:
    tokens = [httpx.Response(200, json={"access_token": one}) for one in ("f1rst", "s3cond")]
    handler, _ = answering(
        tokens[0], refused(401, "expired"), tokens[1], refused(400, "not f1rst, not s3cond")
    )
    client = client_of(handler, made=_oauth())

    problem = await error_of(client.probe_users())

    assert problem.text == "Bad Request. Errors reported by remote server: not ***, not ***"
    assert "f1rst" not in repr(list(client.log.entries))


async def test_token_that_cannot_be_sent_is_an_error() -> None:
    handler, sent = answering(httpx.Response(200, json={"access_token": "clé"}))

    problem = await error_of(client_of(handler, made=_oauth()).probe_users())

    assert "without an access_token" in problem.text
    assert len(sent) == 1


@pytest.mark.parametrize(("refresh", "expected"), [(True, 4), (False, 2)])
async def test_401_has_the_token_fetched_anew(refresh: bool, expected: int) -> None:
    token = httpx.Response(200, json={"access_token": "old"})
    anew = httpx.Response(200, json={"access_token": "new"})
    handler, sent = answering(token, refused(401, "expired"), anew, listed())
    client = client_of(handler, made=_oauth(), token_refresh=refresh)

    if refresh:
        await client.probe_users()
    else:
        await error_of(client.probe_users())

    assert len(sent) == expected


@pytest.mark.parametrize("text", ["", "[]", "<html>", '{"access_token"', "[" * 5000])
async def test_token_endpoint_without_a_token_is_an_error(text: str) -> None:
    handler, _ = answering(httpx.Response(200, text=text))
    problem = await error_of(client_of(handler, made=_oauth()).probe_users())

    assert problem.text == (
        "Error authenticating: the token endpoint answered 200 without an access_token"
    )


# Answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refused(409, "taken"), "Conflict. Errors reported by remote server: taken"),
        (httpx.Response(500), "Internal Server Error"),
        (httpx.Response(599), "599"),
        (httpx.Response(404, json=[]), "Not Found"),
        (httpx.Response(404, json={"detail": 7}), "Not Found"),
        (
            httpx.Response(404, json={"detail": "x", "status": 404}),
            "Not Found. Errors reported by remote server: x",
        ),
        (
            httpx.Response(502, text="error code: 502"),
            (
                "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token "
                "'error' ... line: 1, column: 6"
            ),
        ),
        (
            httpx.Response(200, text="\n <html>"),
            (
                "OK. Errors reported by remote server: Invalid JSON: Unrecognized token '<' ... "
                "line: 2, column: 3"
            ),
        ),
        (
            httpx.Response(200, text='{"a": NaN}'),
            (
                "OK. Errors reported by remote server: Invalid JSON: Unrecognized token '{' ... "
                "line: 1, column: 2"
            ),
        ),
        (httpx.Response(302, headers={"Location": f"{BASE}/x"}), "Found"),
    ],
)
async def test_error_reads_as_okta_prints_it(answer: httpx.Response, expected: str) -> None:
    handler, _ = answering(answer)

    assert (await error_of(client_of(handler).get("/Users", "1"))).text == expected


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"[" * 100_000,
        b"[" * 80 + b"]" * 80,
        b'{"n":' + b"1" * 5_000 + b"}",
        b"\xff\xfe\x00",
        b"\x00",
    ],
    ids=["deep", "open", "deeper than a resource", "long number", "invalid", "nul"],
)
async def test_what_is_no_resource_is_an_error_and_no_traceback(raw: bytes) -> None:
    handler, _ = answering(httpx.Response(200, content=raw))

    problem = await error_of(client_of(handler).get("/Users", "1"))

    assert problem.text.startswith("OK. Errors reported by remote server: Invalid JSON")


async def test_invalid_utf_8_in_a_value_is_replaced() -> None:
    handler, _ = answering(httpx.Response(200, content=b'{"id":"a\xff"}'))

    assert (await client_of(handler).get("/Users", "1")).body == {"id": "a\ufffd"}


async def test_byte_order_mark_is_passed_over() -> None:
    handler, _ = answering(httpx.Response(200, content=b'\xef\xbb\xbf{"id":"a"}'))

    assert (await client_of(handler).get("/Users", "1")).resource == {"id": "a"}


async def test_flood_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 2**20

    handler, _ = answering(httpx.Response(200, content=endless()))

    problem = await error_of(client_of(handler).get("/Users", "1"))

    assert problem.text == "the answer is larger than 8 MiB"
    assert problem.is_passing


async def test_secret_in_an_answer_reaches_neither_error_nor_log() -> None:
    handler, _ = answering(refused(400, f"bad token {TOKEN}"))
    client = client_of(handler)

    problem = await error_of(client.get("/Users", "1"))

    assert problem.text == "Bad Request. Errors reported by remote server: bad token ***"
    assert TOKEN not in repr(list(client.log.entries))


async def test_long_detail_is_cut() -> None:
    handler, _ = answering(refused(400, "x" * 100_000))

    assert len((await error_of(client_of(handler).get("/Users", "1"))).text) < 600


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        ("0", 0),
        ("1.5", None),
        ("-1", None),
        ("Wed, 25 Nov 2026 10:00:00 GMT", None),
        ("٣", None),
        ("9" * 30, None),
        ("", None),
    ],
)
async def test_retry_after_is_whole_seconds(value: str, expected: int | None) -> None:
    answer = httpx.Response(429, headers=[(b"Retry-After", value.encode())])
    handler, _ = answering(answer)

    problem = await error_of(client_of(handler).get("/Users", "1"))

    assert problem.is_rate_limit
    assert problem.wait == expected


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (httpx.ConnectTimeout("x"), "Connect to scim.example:443 failed: Connect timed out"),
        (httpx.ConnectError("refused"), "Connect to scim.example:443 failed: refused"),
        (httpx.ReadTimeout("x"), "Read timed out"),
        (httpx.ReadError("Connection reset"), "Connection reset"),
        (httpx.RemoteProtocolError(""), "RemoteProtocolError"),
        (httpx.DecodingError("not gzip"), "not gzip"),
    ],
)
async def test_silence_has_words(problem: Exception, expected: str) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise problem

    client = client_of(handler)
    assert (await error_of(client.get("/Users", "1"))).text == expected
    assert client.log.entries[-1].status is None


# Redirects ----------------------------------------------------------------------------


async def test_redirect_is_followed_where_that_is_chosen() -> None:
    moved = httpx.Response(307, headers={"Location": "/v2/People?startIndex=1&count=2"})
    handler, sent = answering(moved, listed())
    await client_of(handler, redirects="follow").probe_users()

    assert target(sent[1]) == "/v2/People?startIndex=1&count=2"
    assert sent[1].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/v2/Users", "http://scim.example/v2", "https://[", "//evil.example/"],
)
async def test_credentials_go_to_no_other_server(location: str) -> None:
    handler, sent = answering(httpx.Response(302, headers={"Location": location}))
    problem = await error_of(client_of(handler, redirects="follow").probe_users())

    assert problem.text == "Found"
    assert len(sent) == 1


async def test_circle_of_redirects_ends() -> None:
    places = [
        httpx.Response(302, headers={"Location": f"/v2/{number % 2}"}) for number in range(10)
    ]
    handler, sent = answering(*places)
    await error_of(client_of(handler, redirects="follow").probe_users())

    assert len(sent) == 6


async def test_write_is_never_sent_on() -> None:
    handler, sent = answering(httpx.Response(307, headers={"Location": "/v2/People"}))
    await error_of(client_of(handler, redirects="follow").create_user({}))

    assert len(sent) == 1
