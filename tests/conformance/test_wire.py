"""The wire ends every request in time and in bounds, whatever the server does."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import tracemalloc
from pathlib import Path

import pytest
import trustme

from conformance.target import Target
from conformance.transport import proxy_for
from conformance.wire import Answer, NoAnswer, Wire
from tests.conformance.unfriendly import (
    Behavior,
    answering,
    dripping,
    flooding,
    hanging,
    hanging_up,
    plain_only,
    resetting,
    serving,
    tls_of,
    tls_self_signed,
)

_OK = b"HTTP/1.1 200 OK\r\n"


def ask(url: str, **changes: object) -> Answer:
    """GET ``url`` with little patience."""
    limits = {"timeout": 0.5, "connect_timeout": 0.5, **changes}
    wire = Wire(Target(url, **limits))  # type: ignore[arg-type]
    try:
        return wire.send("GET", f"{url}/Users", [("Accept", "application/json")], None)
    finally:
        wire.close()


def silence(url: str, **changes: object) -> NoAnswer:
    """The way in which GET ``url`` gets no answer."""
    with pytest.raises(NoAnswer) as caught:
        ask(url, **changes)
    return caught.value


def test_an_answer_comes_as_it_was() -> None:
    with serving(answering("418 Short And Stout", b"\xff{}", "X-Twice: a", "X-Twice: b")) as server:
        answer = ask(server.url)

    assert (answer.status, answer.reason, answer.content) == (418, "Short And Stout", b"\xff{}")
    assert [value for name, value in answer.headers if name == "X-Twice"] == ["a", "b"]
    assert answer.header("x-TWICE") == "a"
    assert answer.header("ETag") is None


def test_only_what_was_said_is_sent() -> None:
    with serving(answering("200 OK")) as server:
        ask(server.url)

    lines = server.asked[0].decode().split("\r\n")
    names = {line.partition(":")[0].lower() for line in lines[1:] if line}
    assert lines[0] == "GET /scim/v2/Users HTTP/1.1"
    assert names == {"host", "accept", "accept-encoding", "connection"}


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with serving(answering("302 Found", b"", "Location: /elsewhere")) as server:
        answer = ask(server.url)

    assert answer.status == 302
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("behavior", "kind"),
    [
        pytest.param(hanging, "timeout", id="hangs"),
        pytest.param(hanging_up, "reset", id="hangs-up"),
        pytest.param(resetting, "reset", id="resets"),
        pytest.param(answering("200 OK\r\nBad Header"), "protocol", id="header-without-colon"),
        pytest.param(dripping(_OK, b"X-A: b\r\n"), "timeout", id="endless-headers"),
        pytest.param(dripping(b"", b"HTTP/1.1 102 Wait\r\n\r\n"), "timeout", id="interim-answers"),
        pytest.param(dripping(_OK + b"\r\n", b" "), "timeout", id="endless-body"),
        pytest.param(
            dripping(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            "timeout",
            id="endless-chunks",
        ),
    ],
)
def test_each_way_of_not_answering_has_a_name(behavior: Behavior, kind: str) -> None:
    with serving(behavior) as server:
        found = silence(server.url)

    assert found.kind == kind, found
    assert "127.0.0.1" in str(found)
    assert "\n" not in str(found)


def test_a_flood_is_not_read_to_its_end() -> None:
    tracemalloc.start()
    try:
        with serving(flooding) as server:
            found = silence(server.url, timeout=30.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.kind == "too large"
    assert "8,388,608 bytes" in str(found)
    assert server.sent < 64 * 1024 * 1024
    assert peak < 32 * 1024 * 1024


def test_a_compressed_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(b" " * 100_000_000, compresslevel=9)
    tracemalloc.start()
    try:
        with serving(answering("200 OK", bomb, "Content-Encoding: gzip")) as server:
            found = silence(server.url, timeout=30.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.kind == "too large"
    assert peak < 32 * 1024 * 1024


def test_a_body_at_the_limit_is_read_whole() -> None:
    with serving(answering("200 OK", b"x" * 1000)) as server:
        assert len(ask(server.url, body_limit=1000).content) == 1000
        assert silence(server.url, body_limit=999).kind == "too large"


def test_gzip_is_decoded_even_when_it_comes_in_several_members() -> None:
    body = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    with serving(answering("200 OK", body, "Content-Encoding: gzip")) as server:
        assert ask(server.url).content == b'{"a":1}'


def test_an_empty_body_may_call_itself_gzip() -> None:
    with serving(answering("204 No Content", b"", "Content-Encoding: gzip")) as server:
        assert ask(server.url).content == b""


@pytest.mark.parametrize(
    "body", [b"not gzip at all", gzip.compress(b"x" * 1000)[:-9]], ids=["text", "cut"]
)
def test_broken_gzip_is_not_http(body: bytes) -> None:
    with serving(answering("200 OK", body, "Content-Encoding: gzip")) as server:
        assert silence(server.url).kind == "protocol"


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    found = silence(f"http://127.0.0.1:{port}")

    assert (found.kind, str(found)) == (
        "refused",
        "127.0.0.1 refuses connections: nothing listens at that port",
    )


def test_a_host_without_address() -> None:
    assert silence("http://nobody.invalid", timeout=20.0).kind == "dns"


def test_a_port_that_accepts_nobody() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # A full backlog drops further connections: nobody ever calls accept.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        found = silence(f"http://127.0.0.1:{full.getsockname()[1]}")
        for one in waiting:
            one.close()

    assert found.kind == "connect timeout"


@pytest.mark.parametrize("header", [("X-Bad", "a\r\nb: c"), ("X Bad", "a")])
def test_a_request_that_is_no_http_is_not_sent(header: tuple[str, str]) -> None:
    with serving(answering("200 OK")) as server:
        wire = Wire(Target(server.url))
        with pytest.raises(NoAnswer) as caught:
            wire.send("GET", server.url, [header], None)
        wire.close()

    assert caught.value.kind == "request"
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://[::1", "http://a\x00b", "//nowhere", "gopher://x/"])
def test_an_address_that_cannot_be_asked(url: str) -> None:
    wire = Wire(Target("http://127.0.0.1:9"))
    with pytest.raises(NoAnswer) as caught:
        wire.send("GET", url, [], None)
    wire.close()

    assert caught.value.kind == "url"
    assert "\x00" not in str(caught.value)


# TLS ----------------------------------------------------------------------------------


def test_a_self_signed_certificate_is_named_so(tmp_path: Path) -> None:
    with serving(answering("200 OK"), tls_self_signed(tmp_path)) as server:
        found = silence(server.url)

    assert found.kind == "tls"
    assert "is self-signed" in str(found)
    assert "ca_bundle" in str(found)
    assert "SSL_CERT_FILE" in str(found)


@pytest.fixture
def ca() -> trustme.CA:
    """A certificate authority that only this test knows."""
    return trustme.CA()


@pytest.fixture
def bundle(ca: trustme.CA, tmp_path: Path) -> str:
    """The file to trust ``ca`` by."""
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return str(path)


def test_an_unknown_ca_is_trusted_by_its_bundle(ca: trustme.CA, bundle: str) -> None:
    with serving(answering("200 OK"), tls_of(ca.issue_cert("127.0.0.1"))) as server:
        found = silence(server.url)
        answer = ask(server.url, verify=bundle)

    assert (found.kind, answer.status) == ("tls", 200)
    assert "a CA that is not trusted here" in str(found)


def test_an_unknown_ca_is_trusted_by_the_environment(
    ca: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    with serving(answering("200 OK"), tls_of(ca.issue_cert("127.0.0.1"))) as server:
        assert ask(server.url).status == 200


def test_a_bundle_of_the_environment_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")

    assert silence("https://127.0.0.1:9").kind == "set-up"


def test_a_certificate_of_another_host(ca: trustme.CA, bundle: str) -> None:
    with serving(answering("200 OK"), tls_of(ca.issue_cert("other.example"))) as server:
        found = silence(server.url, verify=bundle)

    assert found.kind == "tls"
    assert "is for another host" in str(found)


def test_a_certificate_that_has_expired(ca: trustme.CA, bundle: str) -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with serving(answering("200 OK"), tls_of(ca.issue_cert("127.0.0.1", not_after=past))) as server:
        found = silence(server.url, verify=bundle)

    assert found.kind == "tls"
    assert "has expired" in str(found)


def test_https_to_a_server_without_it() -> None:
    with serving(plain_only) as server:
        found = silence(server.url.replace("http:", "https:"))

    assert found.kind == "tls"
    assert "does not speak TLS" in str(found)


# Proxies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:80", "http://localhost", "https://[::1]/x", "https://a.inside.example"],
)
def test_no_proxy_for_this_machine_and_what_is_exempt(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")

    assert proxy_for(url) is None


def test_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "proxy.example:3128")

    assert proxy_for("https://scim.example.com") == "http://proxy.example:3128"
    assert proxy_for("http://scim.example.com") is None


def test_a_proxy_is_asked_instead_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(answering("200 OK", b"by proxy")) as server:
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/scim/v2"))
        answer = ask("http://scim.example.invalid/scim/v2")

    assert answer.content == b"by proxy"
    assert server.asked[0].startswith(b"GET http://scim.example.invalid/scim/v2/Users HTTP/1.1")


def test_a_proxy_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "gopher://proxy.example")

    assert silence("http://scim.example.invalid").kind == "set-up"
