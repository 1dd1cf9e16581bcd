"""Before a run: a SCIM endpoint that lets us in, or one sentence that says why not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from conformance.preflight import Unreachable, preflight
from conformance.target import Target
from conformance.wire import Wire
from tests.conformance.unfriendly import (
    Behavior,
    Server,
    answering,
    dripping,
    flooding,
    hanging,
    hanging_up,
    resetting,
    routing,
    scim,
    serving,
    tls_self_signed,
)

_LIST = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}'
_ERROR = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}'
_TOKEN = (("Authorization", "Bearer s3cret-token"),)


def run(url: str, headers: tuple[tuple[str, str], ...] = _TOKEN) -> None:
    """The preflight with little patience."""
    target = Target(
        url,
        headers,
        secrets=("s3cret-token",),
        timeout=0.5,
        connect_timeout=0.5,
        retry_after_limit=0.2,
    )
    wire = Wire(target)
    try:
        preflight(target, wire)
    finally:
        wire.close()


def refused(behavior: Behavior, headers: tuple[tuple[str, str], ...] = _TOKEN) -> str:
    with serving(behavior) as server, pytest.raises(Unreachable) as caught:
        run(server.url, headers)
    sentence = str(caught.value)
    assert sentence.startswith(server.url)
    assert sentence.isprintable()
    assert "s3cret" not in sentence
    return sentence


# What passes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param({"/Users": scim("200 OK", _LIST)}, id="users-only"),
        pytest.param({"/Users": scim("200 OK", b'{"Resources":[]}')}, id="list-without-schemas"),
        pytest.param({"/Users": scim("200 OK", b"\xef\xbb\xbf" + _LIST)}, id="byte-order-mark"),
        pytest.param({"/ServiceProviderConfig": scim("200 OK", _LIST)}, id="configuration-only"),
        pytest.param(
            {"/Users": scim("200 OK", _LIST), "/ServiceProviderConfig": scim("401 No", b"")},
            id="configuration-refused",
        ),
        pytest.param(
            {"/Users": scim("500 No", b""), "/ServiceProviderConfig": scim("200 OK", _LIST)},
            id="users-broken",
        ),
    ],
)
def test_one_scim_answer_is_enough(routes: dict[str, bytes]) -> None:
    with serving(routing(routes)) as server:
        run(server.url)

    assert all(b"Authorization: Bearer s3cret-token" in request for request in server.asked)


def test_a_429_that_passes_is_waited_for() -> None:
    answers = [
        b"HTTP/1.1 429 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
        scim("200 OK", _LIST),
    ]

    def busy_at_first(server: Server, connection: socket.socket) -> None:
        while server.ask(connection):
            connection.sendall(answers.pop(0))

    with serving(busy_at_first) as server:
        run(server.url)

    assert answers == []


# What does not ------------------------------------------------------------------------


def test_a_wrong_token() -> None:
    routes = {"/Users": scim("401 No", b""), "/ServiceProviderConfig": scim("200 OK", _LIST)}

    assert "refuses the credentials (401 Unauthorized)" in refused(routing(routes))


def test_no_token() -> None:
    sentence = refused(answering("401 Unauthorized"), headers=())

    assert "wants credentials (401), and none were given" in sentence
    assert "$SCIM_TOKEN" in sentence


def test_a_token_that_may_too_little() -> None:
    assert "does not let them read users (403 Forbidden)" in refused(answering("403 Forbidden"))
    assert "wants credentials (403)" in refused(answering("403 Forbidden"), headers=())


def test_a_wrong_base_url() -> None:
    sentence = refused(answering("404 Not Found", _ERROR))

    assert "has neither /Users nor /ServiceProviderConfig (404 Not Found)" in sentence
    assert "is the base URL right?" in sentence


def test_the_usual_base_url_is_suggested_where_there_is_no_path() -> None:
    with serving(answering("404 Not Found")) as server:
        root = server.url.removesuffix("/scim/v2")
        with pytest.raises(Unreachable, match=f"such as {root}/scim/v2"):
            run(root)


@pytest.mark.parametrize("status", ["200 OK", "404 Gone Fishing"])
def test_a_web_site(status: str) -> None:
    page = b"<!DOCTYPE html>\n<title>Shop\x1b[31m \xe2\x80\xae</title>"
    routes = {
        "/Users": _html(status, page),
        "/ServiceProviderConfig": _html("200 OK", page),
    }

    sentence = refused(routing(routes))

    assert "is a web site, not SCIM" in sentence
    assert f"{status} with 'text/html; charset=utf-8': '<!DOCTYPE html> <title>Shop" in sentence


def _html(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_redirect_is_named_and_not_followed() -> None:
    location = "Location: https://login.example.com/?was=s3cret-token"
    sentence = refused(answering("302 Found", b"", location))

    assert "redirects to 'https://login.example.com/?was=[redacted]' (302)" in sentence


def test_a_redirect_to_nowhere() -> None:
    assert "redirects to 'nowhere'" in refused(answering("301 Moved"))


@pytest.mark.parametrize(
    ("retry_after", "told"), [("3600", "wants 3600 s of pause"), ("0", "wants 0 s of pause")]
)
def test_429_for_longer_than_is_allowed(retry_after: str, told: str) -> None:
    sentence = refused(answering("429 Slow Down", b"", f"Retry-After: {retry_after}"))

    assert told in sentence
    assert "raise retry_after under [limits]" in sentence


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("500 Oops", b"boom s3cret-token", "fails: /Users answers 500 Oops with 'no media type'"),
        ("503 Down", b"", "fails: /Users answers 503 Down with an empty body"),
        ("200 OK", b"hello", "does not look like SCIM: /Users answers 200 OK"),
        ("200 OK", b"", "with an empty body"),
        ("200 OK", b'{"users":[]}', "does not look like SCIM"),
        ("200 OK", b"[1]", "does not look like SCIM"),
        ("200 OK", b"[" * 100_000, "does not look like SCIM"),
        ("200 OK", b"9" * 100_000, "does not look like SCIM"),
        ("200 OK", b"\xff\xfe{\x00}\x00", "does not look like SCIM"),
        ("204 No Content", b"", "does not look like SCIM: /Users answers 204"),
    ],
)
def test_what_is_no_scim(status: str, body: bytes, told: str) -> None:
    assert told in refused(answering(status, body))


def test_a_secret_that_comes_back_is_not_cut_in_half_but_taken_out() -> None:
    for before in range(60, 82):
        refused(answering("500 Oops", b"x" * before + b"s3cret-token"))


@pytest.mark.parametrize(
    ("behavior", "told"),
    [
        pytest.param(hanging, "did not answer within 0.5 s", id="hangs"),
        pytest.param(hanging_up, "closed the connection without an answer", id="hangs-up"),
        pytest.param(resetting, "broke the connection off", id="resets"),
        pytest.param(flooding, "the answer is larger than", id="floods"),
        pytest.param(
            dripping(b"HTTP/1.1 200 OK\r\n\r\n", b" "), "did not answer within", id="drips"
        ),
        pytest.param(answering("2OO OK"), "does not speak HTTP as it should", id="no-http"),
    ],
)
def test_no_answer_is_told(behavior: Behavior, told: str) -> None:
    sentence = refused(behavior)

    assert "can't be judged: " in sentence
    assert told in sentence


def test_a_self_signed_certificate(tmp_path: Path) -> None:
    with (
        serving(answering("200 OK"), tls_self_signed(tmp_path)) as server,
        pytest.raises(Unreachable, match="is self-signed; if it is right, name it as ca_bundle"),
    ):
        run(server.url)
