"""Okta's transport against servers that count every byte, and against bad ones."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
import pytest
import trustme

from emulator import transport
from emulator.transport import BODY_LIMIT, HEAD_LIMIT, OktaTransport

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
HEAD = [
    ("Accept", "application/scim+json"),
    ("User-Agent", "Okta SCIM Client 1.0.0"),
    ("Authorization", "Bearer secret-of-the-test"),
    ("Host", "scim.example"),
    ("Connection", "Keep-Alive"),
]
SOON = 0.2
METHODS_TO_REPEAT = ["GET", "PUT", "DELETE"]
METHODS_TO_LEAVE = ["POST", "PATCH"]


@dataclass
class Server:
    """A listening server: what it was asked, and over how many connections."""

    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    open_at_most: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Peer:
    """The server's end of a connection."""

    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int

    async def ask(self) -> bytes:
        """The next request, recorded; raises IncompleteReadError when the client has gone."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = sum(int(one[15:]) for one in lines if one.startswith(b"content-length:"))
        request = head + await self.reader.readexactly(length)
        self.server.asked.append(request)
        return request

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with a reset instead of a farewell."""
        one: socket.socket = self.writer.get_extra_info("socket")
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.writer.transport.abort()


Behavior = Callable[[Peer], Awaitable[None]]


@asynccontextmanager
async def serving(
    behavior: Behavior, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """Serve every connection by ``behavior``; it is closed when that returns."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        server.open_now += 1
        server.open_at_most = max(server.open_at_most, server.open_now)
        try:
            # The client may go at any time: that is the point of many of these tests.
            with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                await behavior(Peer(server, reader, writer, server.connections))
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        finally:
            writer.transport.abort()
            server.open_now -= 1
            server.gone.set()

    listener = await asyncio.start_server(serve, host, 0, ssl=tls)
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if tls else "http"
    server.url = f"{scheme}://{shown}:{listener.sockets[0].getsockname()[1]}"
    try:
        async with asyncio.timeout(60):
            yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def answering(*answers: bytes) -> Behavior:
    """Answer the requests of a connection in turn, then close it."""

    async def behavior(peer: Peer) -> None:
        for answer in answers:
            await peer.ask()
            await peer.send(answer)

    return behavior


async def answer_ok(peer: Peer) -> None:
    """Answer every request."""
    while True:
        await peer.ask()
        await peer.send(OK)


async def stay_silent(peer: Peer) -> None:
    """Read what comes and say nothing."""
    while await peer.reader.read(65_536):
        pass


def forever(start: bytes, again: bytes) -> Behavior:
    """Answer without an end."""

    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(start)
        while True:
            await peer.send(again)

    return behavior


async def send(
    line: OktaTransport, url: str, method: str = "GET", body: bytes | None = None
) -> httpx.Response:
    """Send a request and read its answer."""
    if body is None and method in ("POST", "PUT", "PATCH"):
        body = b"{}"
    size = [] if body is None else [("Content-Length", str(len(body)))]
    return await line.handle_async_request(
        httpx.Request(method, url, headers=[*HEAD, *size], content=body)
    )


async def answer_to_get(raw: bytes) -> httpx.Response:
    """How an answer that the server closes after arrives."""
    async with serving(answering(raw)) as server, OktaTransport() as line:
        return await send(line, server.url)


# What goes out -------------------------------------------------------------------------


async def test_header_lines_go_out_in_the_order_and_case_given() -> None:
    lines = [("x-lower", "1"), ("X-UPPER", "2"), *HEAD, ("x-lower", "3")]
    async with serving(answer_ok) as server, OktaTransport() as line:
        await line.handle_async_request(httpx.Request("GET", f"{server.url}/Users", headers=lines))

    (sent,) = server.asked
    assert sent == (
        b"GET /Users HTTP/1.1\r\n"
        b"x-lower: 1\r\n"
        b"X-UPPER: 2\r\n"
        b"Accept: application/scim+json\r\n"
        b"User-Agent: Okta SCIM Client 1.0.0\r\n"
        b"Authorization: Bearer secret-of-the-test\r\n"
        b"Host: scim.example\r\n"
        b"Connection: Keep-Alive\r\n"
        b"x-lower: 3\r\n"
        b"\r\n"
    )


async def test_a_body_follows_the_head_as_it_is() -> None:
    body = '{"name":"Zoë"}'.encode()
    async with serving(answer_ok) as server, OktaTransport() as line:
        await send(line, f"{server.url}/Users", "POST", body)

    head, _, rest = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /Users HTTP/1.1\r\nAccept: ")
    assert head.endswith(b"Connection: Keep-Alive\r\nContent-Length: 15")
    assert rest == body


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/scim/v2//Users",
        "//Users",
        "/Users/a%2Fb%C3%A9%c3%a9",
        "/Users?filter=userName%20eq%20%22a%2Bb%40example.com%22&startIndex=1&count=100",
        "/Users?filter=userName+eq+%22jane.doe%40example.com%22",
        "/Users/a;b:c@d!$&'()*+,=~",
        "/Users?",
    ],
)
async def test_the_request_target_is_sent_as_given(target: str) -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        await send(line, server.url + target)

    assert server.asked[0].partition(b" HTTP/1.1\r\n")[0] == b"GET " + target.encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Gateway", "a\r\nX-Other: b"),
        ("X-Gateway", "a\nX-Other: b"),
        ("X-Gateway", "a\rb"),
        ("X-Gateway", "a\0b"),
        ("X-Gateway\r\nX-Other", "a"),
        ("X Gateway", "a"),
        ("X-Gateway:", "a"),
        ("", "a"),
    ],
    ids=["crlf", "lf", "cr", "nul", "name-crlf", "name-space", "name-colon", "no-name"],
)
async def test_a_header_that_would_break_the_head_is_not_sent(name: str, value: str) -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        request = httpx.Request("GET", server.url, headers=[*HEAD, (name, value)])
        with pytest.raises(httpx.LocalProtocolError, match="characters that cannot be sent"):
            await line.handle_async_request(request)

        assert server.connections == 0


async def test_a_method_that_would_break_the_head_is_not_sent() -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        with pytest.raises(httpx.LocalProtocolError, match="request line"):
            await send(line, server.url, "GET / HTTP/1.1\r\nX-Other:")

        assert server.connections == 0


@pytest.mark.parametrize(
    "lines",
    [
        [("Content-Length", "3")],
        [("Content-Length", "2"), ("Content-Length", "3")],
        [("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked")],
    ],
    ids=["wrong", "two", "both", "chunked"],
)
async def test_a_body_of_another_length_than_announced_is_not_sent(
    lines: list[tuple[str, str]],
) -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        request = httpx.Request("POST", server.url, headers=[*HEAD, *lines], content=b"{}")
        with pytest.raises(httpx.LocalProtocolError, match="Content-Length"):
            await line.handle_async_request(request)

        assert server.connections == 0


async def test_a_body_of_a_length_that_is_not_announced_is_not_sent() -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        request = httpx.Request("POST", server.url, content=b"{}")
        del request.headers["Content-Length"]
        with pytest.raises(httpx.LocalProtocolError, match="Content-Length"):
            await line.handle_async_request(request)

        assert server.connections == 0


async def test_other_schemes_are_refused() -> None:
    async with OktaTransport() as line:
        with pytest.raises(httpx.UnsupportedProtocol, match="neither http nor https"):
            await send(line, "ftp://127.0.0.1/")


# What comes back -----------------------------------------------------------------------

TEXT = b'{"totalResults":0}'
GZIPPED = gzip.compress(TEXT)
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED_RAW = RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush()


def encoded(coding: bytes, body: bytes) -> bytes:
    """An answer with a coded body."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s"
        % (coding, len(body), body)
    )  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + TEXT,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2;why=not\r\n" + TEXT[:2] + b"\r\n10\r\n" + TEXT[2:] + b"\r\n0\r\nX-Sum: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + TEXT,
        b"HTTP/1.0 200 OK\r\n\r\n" + TEXT,
        b"HTTP/1.1 200\r\nContent-Length: 18\r\n\r\n" + TEXT,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + TEXT,
        encoded(b"gzip", GZIPPED),
        encoded(b"X-GZIP", GZIPPED),
        encoded(b"deflate", zlib.compress(TEXT)),
        encoded(b"deflate", DEFLATED_RAW),
        encoded(b"identity", TEXT),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(GZIPPED), GZIPPED),
    ],
    ids=[
        "content-length",
        "chunked",
        "until-close",
        "http-1.0",
        "no-reason",
        "interim",
        "gzip",
        "x-gzip",
        "deflate",
        "deflate-without-zlib",
        "identity",
        "gzip-chunked",
    ],
)
async def test_the_body_is_read_however_it_is_framed_and_coded(raw: bytes) -> None:
    answer = await answer_to_get(raw)

    assert answer.status_code == 200
    assert await answer.aread() == TEXT
    assert answer.json() == {"totalResults": 0}


async def test_an_answer_in_many_pieces_is_put_together() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        for byte in OK:
            await peer.send(bytes([byte]))
            await asyncio.sleep(0)

    async with serving(behavior) as server, OktaTransport() as line:
        answer = await send(line, server.url)

    assert answer.content == b"{}"


@pytest.mark.parametrize(
    "raw",
    [encoded(b"gzip", b""), b"HTTP/1.1 204 No Content\r\n\r\n"],
    ids=["gzip", "no-content"],
)
async def test_an_empty_body_is_empty_whatever_the_coding(raw: bytes) -> None:
    answer = await answer_to_get(raw)

    assert answer.content == b""


async def test_status_reason_and_headers_come_as_the_server_sent_them() -> None:
    raw = (
        b"HTTP/1.1 299 Fine, I guess\r\nX-Twice: 1\r\nETag: W/\"1\"\r\nx-twice: 2\r\n"
        b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
        % (len(GZIPPED), GZIPPED)
    )  # fmt: skip

    answer = await answer_to_get(raw)

    assert answer.status_code == 299
    assert answer.extensions["reason_phrase"] == b"Fine, I guess"
    assert answer.extensions["http_version"] == b"HTTP/1.1"
    assert answer.headers.raw == [
        (b"X-Twice", b"1"),
        (b"ETag", b'W/"1"'),
        (b"x-twice", b"2"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Content-Encoding", b"gzip"),
    ]


async def test_redirects_are_not_followed() -> None:
    answer = await answer_to_get(
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
    )

    assert answer.status_code == 301


async def test_the_transport_serves_an_httpx_client() -> None:
    async with (
        serving(answer_ok) as server,
        httpx.AsyncClient(transport=OktaTransport(), base_url=server.url) as client,
    ):
        answer = await client.post("/Users", json={})

    assert answer.json() == {}
    assert answer.request.url.path == "/Users"


# Answers that are none -----------------------------------------------------------------

MIDDLE = "in the middle of the answer"


BROKEN = {
    "nothing": (b"", "the server closed the connection without an answer"),
    "ssh": (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "not valid HTTP: illegal status line$"),
    "tls": (b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n", "not valid HTTP"),
    "name": (b"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n", "not valid HTTP: illegal header line$"),
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "not valid HTTP"),
    "lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "not valid HTTP",
    ),
    "transfer-coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "not valid HTTP"),
    "chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not valid HTTP"),
    "upgrade": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "not valid HTTP"),
    "cut-status": (b"HTT", MIDDLE),
    "cut-interim": (b"HTTP/1.1 100 Continue\r\n\r\n", MIDDLE),
    "cut-header": (b"HTTP/1.1 200 OK\r\nContent-Le", MIDDLE),
    "cut-body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", MIDDLE),
    "cut-chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", MIDDLE),
    "no-gzip": (encoded(b"gzip", b"{}"), "not gzip, as it says"),
    "cut-gzip": (encoded(b"gzip", GZIPPED[:-9]), "not gzip, as it says"),
    "no-deflate": (encoded(b"deflate", b"{}"), "not deflate, as it says"),
    "brotli": (encoded(b"br", b"{}"), "Content-Encoding 'br'"),
    "gzip-twice": (encoded(b"gzip, gzip", gzip.compress(GZIPPED)), "'gzip, gzip'"),
}


@pytest.mark.parametrize(("raw", "words"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_is_an_error_in_plain_words(raw: bytes, words: str) -> None:
    with pytest.raises((httpx.TransportError, httpx.DecodingError), match=words) as caught:
        await answer_to_get(raw)

    assert "bytearray" not in str(caught.value)


@pytest.mark.parametrize(
    "behavior",
    [
        forever(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b" " * 65_536),
        forever(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65_536),
        forever(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"10000\r\n%s\r\n" % (b" " * 65_536),
        ),
        forever(b"", b"HTTP/1.1 102 Processing\r\nX: %s\r\n\r\n" % (b"x" * 30_000)),
        answering(encoded(b"gzip", gzip.compress(bytes(BODY_LIMIT + 1)))),
        answering(encoded(b"deflate", zlib.compress(bytes(100 * 2**20)))),
    ],
    ids=["length", "until-close", "chunked", "interim", "gzip-bomb", "deflate-bomb"],
)
async def test_an_answer_beyond_the_limit_is_given_up(behavior: Behavior) -> None:
    async with serving(behavior) as server, OktaTransport() as line:
        with pytest.raises(httpx.RemoteProtocolError, match="larger than 8 MiB"):
            await send(line, server.url)
        await server.gone.wait()


async def test_an_answer_at_the_limit_is_read() -> None:
    body = bytes(BODY_LIMIT)
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BODY_LIMIT + body
    packed = encoded(b"gzip", gzip.compress(body, 1))
    async with serving(answering(plain, packed)) as server, OktaTransport() as line:
        assert (await send(line, server.url)).content == body
        assert (await send(line, server.url)).content == body


@pytest.mark.parametrize(
    "behavior",
    [
        forever(b"HTTP/1.1 200 OK\r\n", b"X-Again: %s\r\n" % (b"x" * 1000)),
        forever(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 1000),
        forever(b"", b"x" * 1000),
        forever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 1000),
    ],
    ids=["lines", "line", "status-line", "chunk-extension"],
)
async def test_a_head_without_an_end_is_given_up(behavior: Behavior) -> None:
    async with serving(behavior) as server, OktaTransport() as line:
        with pytest.raises(httpx.RemoteProtocolError, match=r"head .* longer than 64 KiB"):
            await send(line, server.url)
        await server.gone.wait()


async def test_a_head_near_the_limit_is_read() -> None:
    value = "x" * (HEAD_LIMIT - 1000)

    answer = await answer_to_get(f"HTTP/1.1 200 OK\r\nX-Long: {value}\r\n\r\n".encode())

    assert answer.headers["X-Long"] == value


# Kept connections ----------------------------------------------------------------------


async def test_a_connection_is_kept_for_the_next_request() -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        for method in ("GET", "POST", "PATCH", "GET", "DELETE"):
            await send(line, server.url, method)

    assert len(server.asked) == 5
    assert server.connections == 1


async def test_a_connection_is_kept_after_every_framing_that_allows_it() -> None:
    answers = [
        OK,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        encoded(b"gzip", b"not gzip"),
        OK,
    ]
    statuses = []
    async with serving(answering(*answers)) as server, OktaTransport() as line:
        for _ in answers:
            with suppress(httpx.DecodingError):
                statuses.append((await send(line, server.url)).status_code)

    assert statuses == [200, 204, 404, 200, 200]
    assert server.connections == 1


async def test_servers_have_connections_of_their_own() -> None:
    async with serving(answer_ok) as one, serving(answer_ok) as other, OktaTransport() as line:
        for server in (one, other, one, other):
            await send(line, server.url)

    assert (one.connections, other.connections) == (1, 1)
    assert (len(one.asked), len(other.asked)) == (2, 2)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["close", "http-1.0"],
)
async def test_a_connection_that_ends_is_not_used_again(raw: bytes) -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(raw)
        await stay_silent(peer)

    async with serving(behavior) as server, OktaTransport(read_timeout=SOON) as line:
        for _ in range(2):
            assert (await send(line, server.url, "POST")).content == b"{}"

    assert server.connections == 2


async def test_a_request_may_end_its_connection() -> None:
    async with serving(answer_ok) as server, OktaTransport() as line:
        lines = [("Host", "scim.example"), ("Connection", "Close")]
        for _ in range(2):
            request = httpx.Request("GET", server.url, headers=lines)
            await line.handle_async_request(request)

    assert server.connections == 2
    assert server.asked[0].endswith(b"Connection: Close\r\n\r\n")


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "_IDLE_LIMIT", 0.0)
    async with serving(answer_ok) as server, OktaTransport() as line:
        for _ in range(2):
            await send(line, server.url, "POST")

    assert server.connections == 2


async def test_the_limit_of_connections_is_kept() -> None:
    async def behavior(peer: Peer) -> None:
        while True:
            await peer.ask()
            await asyncio.sleep(0.01)
            await peer.send(OK)

    async with serving(behavior) as server, OktaTransport(limit=3) as line:
        answers = await asyncio.gather(*(send(line, server.url, "POST") for _ in range(12)))

    assert [answer.status_code for answer in answers] == [200] * 12
    assert server.connections == 3


async def test_what_is_sent_beyond_an_answer_is_not_the_next_answer() -> None:
    stray = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray"
    async with serving(answering(OK + stray, OK)) as server, OktaTransport() as line:
        answers = [await send(line, server.url, "POST") for _ in range(2)]

    assert [answer.content for answer in answers] == [b"{}", b"{}"]
    assert server.connections == 2


@pytest.mark.parametrize("pause", [0, 0.05], ids=["unseen", "seen"])
async def test_what_is_sent_without_a_request_is_not_the_next_answer(pause: float) -> None:
    sent = asyncio.Event()

    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(OK)
        await asyncio.sleep(0.01)
        await peer.send(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        sent.set()
        await stay_silent(peer)

    async with serving(behavior) as server, OktaTransport() as line:
        await send(line, server.url, "POST")
        await sent.wait()
        await asyncio.sleep(pause)
        answer = await send(line, server.url, "POST")

    assert answer.status_code == 200
    assert server.connections == 2


async def test_an_answer_that_comes_before_the_body_is_sent_ends_the_connection() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        await asyncio.sleep(60)

    async with serving(behavior) as server, OktaTransport() as line:
        answers = [await send(line, server.url, "POST", bytes(2**24)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert server.connections == 2


# Kept connections that end -------------------------------------------------------------


async def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    async with serving(answering(OK)) as server, OktaTransport() as line:
        for _ in range(3):
            assert (await send(line, server.url, "POST")).status_code == 200
            await server.gone.wait()
            server.gone.clear()

    assert len(server.asked) == 3
    assert server.connections == 3


async def test_an_end_that_the_loop_has_not_seen_yet_is_noticed_before_a_request_is_sent() -> None:
    closed = threading.Event()

    def serve(listener: socket.socket) -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(OK)
            closed.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        async with OktaTransport() as line:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            await send(line, url, "POST")
            # Blocks the loop on purpose: it must not learn of the end.
            assert closed.wait(10)

            answer = await send(line, url, "POST")
        thread.join(10)

    assert answer.status_code == 200


def dies_at_the_second_request(*, last: bool) -> Behavior:
    """Answer the first request of a connection and close at the second, on all or the first."""

    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(OK)
        await peer.ask()
        if last and peer.number > 1:
            await peer.send(OK)

    return behavior


@pytest.mark.parametrize("method", METHODS_TO_REPEAT)
async def test_an_idempotent_request_is_repeated_when_a_kept_connection_ends(method: str) -> None:
    behavior = dies_at_the_second_request(last=True)
    async with serving(behavior) as server, OktaTransport() as line:
        await send(line, server.url)

        answer = await send(line, f"{server.url}/again", method)

    assert answer.status_code == 200
    assert [one.split(b" ")[1] for one in server.asked] == [b"/", b"/again", b"/again"]
    assert server.connections == 2


@pytest.mark.parametrize("method", METHODS_TO_LEAVE)
async def test_another_request_is_not_delivered_twice(method: str) -> None:
    behavior = dies_at_the_second_request(last=True)
    async with serving(behavior) as server, OktaTransport() as line:
        await send(line, server.url)

        with pytest.raises(httpx.ReadError, match="closed the connection without an answer"):
            await send(line, f"{server.url}/again", method)

    assert [one.split(b" ")[1] for one in server.asked] == [b"/", b"/again"]
    assert server.connections == 1


async def test_a_request_is_repeated_once_only() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        if peer.number == 1:
            await peer.send(OK)
            await peer.ask()

    async with serving(behavior) as server, OktaTransport() as line:
        await send(line, server.url)

        with pytest.raises(httpx.ReadError, match="without an answer"):
            await send(line, server.url)

    assert len(server.asked) == 3


async def test_a_request_on_a_new_connection_is_not_repeated() -> None:
    async with serving(answering(b"")) as server, OktaTransport() as line:
        with pytest.raises(httpx.ReadError, match="without an answer"):
            await send(line, server.url)

    assert len(server.asked) == 1


async def test_a_request_whose_answer_has_begun_is_not_repeated() -> None:
    async with serving(answering(OK, b"H")) as server, OktaTransport() as line:
        await send(line, server.url)

        with pytest.raises(httpx.RemoteProtocolError, match=MIDDLE):
            await send(line, server.url)

    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"", "Connection reset without an answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n{", "Connection reset in the middle of the answer"),
    ],
    ids=["before", "within"],
)
async def test_a_reset_is_a_read_error(start: bytes, words: str) -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(start)
        await asyncio.sleep(0.05)
        peer.reset()

    async with serving(behavior) as server, OktaTransport() as line:
        with pytest.raises(httpx.ReadError, match=words):
            await send(line, server.url)


# Time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"", OK[:-1]], ids=["before", "within"])
async def test_silence_ends_in_a_read_timeout(start: bytes) -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(start)
        await stay_silent(peer)

    async with serving(behavior) as server, OktaTransport(read_timeout=SOON) as line:
        with pytest.raises(httpx.ReadTimeout, match="Read timed out"):
            await send(line, server.url)
        await server.gone.wait()


async def test_a_slow_answer_that_goes_on_is_waited_for() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        for piece in (OK[:9], OK[9:20], OK[20:30], OK[30:]):
            await asyncio.sleep(SOON)
            await peer.send(piece)

    async with serving(behavior) as server, OktaTransport(read_timeout=3 * SOON) as line:
        answer = await send(line, server.url)

    assert answer.content == b"{}"


async def test_an_answer_that_drips_for_ever_is_given_up() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.ask()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await peer.send(b" ")
            await asyncio.sleep(0.01)

    async with serving(behavior) as server, OktaTransport(total_timeout=SOON) as line:
        with pytest.raises(httpx.ReadTimeout, match="took too long"):
            await send(line, server.url)
        await server.gone.wait()


async def test_a_server_that_does_not_read_ends_in_a_write_timeout() -> None:
    async def behavior(peer: Peer) -> None:
        await asyncio.sleep(60)

    async with serving(behavior) as server, OktaTransport(read_timeout=SOON) as line:
        with pytest.raises(httpx.WriteTimeout, match="Write timed out"):
            await send(line, server.url, "POST", bytes(2**24))


async def test_a_handshake_without_an_end_is_a_connect_timeout() -> None:
    async with serving(stay_silent) as server, OktaTransport(connect_timeout=SOON) as line:
        with pytest.raises(httpx.ConnectTimeout, match="Connect timed out"):
            await send(line, server.url.replace("http", "https"))


async def test_the_slot_of_a_request_that_failed_is_free_again() -> None:
    async def behavior(peer: Peer) -> None:
        if peer.number > 2:
            await answer_ok(peer)
        await stay_silent(peer)

    async with serving(behavior) as server, OktaTransport(limit=1, read_timeout=SOON) as line:
        for _ in range(2):
            with pytest.raises(httpx.ReadTimeout):
                await send(line, server.url)

        assert (await send(line, server.url)).status_code == 200


# No connection -------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_port_without_a_server_refuses_the_connection(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async with OktaTransport() as line:
        with pytest.raises(httpx.ConnectError, match=r"^Connection refused$"):
            await send(line, f"http://{host}:{port}")


@pytest.mark.parametrize(
    "url", [f"http://{'a' * 64}.example", "http://127.0.0.1:65536", "https://.example"]
)
async def test_an_address_that_cannot_be_is_a_connect_error(url: str) -> None:
    async with OktaTransport() as line:
        with pytest.raises(httpx.ConnectError, match="no host can have this name or port"):
            await send(line, url)


async def test_a_name_that_is_not_found_is_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    async with OktaTransport() as line:
        with pytest.raises(
            httpx.ConnectError, match=r"^Unknown host \(Name or service not known\)$"
        ):
            await send(line, "http://scim.example")


async def test_ipv6_addresses_are_reached() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("no IPv6 here")

    async with serving(answer_ok, host="::1") as server, OktaTransport() as line:
        assert (await send(line, server.url)).status_code == 200


# TLS -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """A server's certificate for ``localhost``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's trust in it."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_trusted_certificate_makes_a_connection_that_is_kept(
    tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    async with (
        serving(answer_ok, tls=tls, host="localhost") as server,
        OktaTransport(verify=trusting) as line,
    ):
        for _ in range(3):
            assert (await send(line, server.url, "POST")).content == b"{}"

    assert server.connections == 1
    assert names == ["localhost"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_an_untrusted_certificate_is_a_connect_error(tls: ssl.SSLContext, host: str) -> None:
    async with serving(answer_ok, tls=tls, host=host) as server, OktaTransport() as line:
        with pytest.raises(httpx.ConnectError, match=r"^certificate not trusted: .*certificate"):
            await send(line, server.url)

        assert server.asked == []


async def test_a_certificate_for_another_host_is_a_connect_error(
    tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    async with serving(answer_ok, tls=tls) as server, OktaTransport(verify=trusting) as line:
        with pytest.raises(httpx.ConnectError, match=r"mismatch.*not valid for '127.0.0.1'"):
            await send(line, server.url)


async def test_an_untrusted_certificate_is_accepted_on_demand(tls: ssl.SSLContext) -> None:
    async with serving(answer_ok, tls=tls) as server, OktaTransport(verify=False) as line:
        assert (await send(line, server.url)).status_code == 200


async def test_a_server_without_tls_fails_the_handshake() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.reader.read(10)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with serving(behavior) as server, OktaTransport() as line:
        with pytest.raises(httpx.ConnectError, match=r"^TLS handshake failed: wrong version"):
            await send(line, server.url.replace("http", "https"))


async def test_a_server_that_leaves_during_the_handshake_is_a_connect_error() -> None:
    async def behavior(peer: Peer) -> None:
        await peer.reader.read(10)

    async with serving(behavior) as server, OktaTransport() as line:
        with pytest.raises(httpx.ConnectError, match=r"^Connection reset"):
            await send(line, server.url.replace("http", "https"))


async def test_silence_over_tls_ends_in_a_read_timeout(tls: ssl.SSLContext) -> None:
    async with (
        serving(stay_silent, tls=tls) as server,
        OktaTransport(verify=False, read_timeout=SOON) as line,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await send(line, server.url)
        await server.gone.wait()


async def test_a_body_that_ends_with_a_tls_connection_is_read(tls: ssl.SSLContext) -> None:
    behavior = answering(b"HTTP/1.1 200 OK\r\n\r\n" + TEXT)
    async with serving(behavior, tls=tls) as server, OktaTransport(verify=False) as line:
        assert (await send(line, server.url)).content == TEXT


# Leaving -------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"", OK[:-1]], ids=["before", "within"])
async def test_a_cancelled_request_closes_its_connection_and_frees_its_slot(start: bytes) -> None:
    begun = asyncio.Event()

    async def behavior(peer: Peer) -> None:
        if peer.number > 1:
            await answer_ok(peer)
        await peer.ask()
        await peer.send(start)
        begun.set()
        await stay_silent(peer)

    async with serving(behavior) as server, OktaTransport(limit=1) as line:
        task = asyncio.create_task(send(line, server.url))
        await begun.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.gone.wait()

        assert (await send(line, server.url, "POST")).content == b"{}"

    assert server.connections == 2


async def test_a_request_can_be_cancelled_while_it_waits_for_its_turn() -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def behavior(peer: Peer) -> None:
        while True:
            await peer.ask()
            asked.set()
            await go_on.wait()
            await peer.send(OK)

    async with serving(behavior) as server, OktaTransport(limit=1) as line:
        first = asyncio.create_task(send(line, server.url))
        await asked.wait()
        second = asyncio.create_task(send(line, server.url))
        await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        go_on.set()

        assert (await first).status_code == 200
        assert (await send(line, server.url)).status_code == 200

    assert len(server.asked) == 2


async def test_a_handshake_can_be_cancelled() -> None:
    async with serving(stay_silent) as server, OktaTransport() as line:
        task = asyncio.create_task(send(line, server.url.replace("http", "https")))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.gone.wait()


async def test_closing_ends_idle_connections() -> None:
    async with serving(answer_ok) as server:
        async with OktaTransport() as line:
            await send(line, server.url)
            assert server.open_now == 1

        assert line._lines == set()
        await server.gone.wait()


async def test_closing_ends_an_exchange_under_way_with_an_error() -> None:
    async with serving(stay_silent) as server:
        line = OktaTransport()
        task = asyncio.create_task(send(line, server.url))
        while not server.connections:
            await asyncio.sleep(0.01)

        await line.aclose()

        with pytest.raises(httpx.ReadError, match="the connections have been closed"):
            await task
        await server.gone.wait()
        await line.aclose()


async def test_nothing_is_sent_after_closing() -> None:
    async with serving(answer_ok) as server:
        line = OktaTransport()
        await line.aclose()

        with pytest.raises(httpx.ConnectError, match="have been closed"):
            await send(line, server.url)

        assert server.connections == 0


async def test_a_connection_that_is_made_while_closing_is_closed(tls: ssl.SSLContext) -> None:
    async with serving(answer_ok, tls=tls) as server:
        line = OktaTransport(verify=False)
        task = asyncio.create_task(send(line, server.url))
        await asyncio.sleep(0)
        await line.aclose()

        with pytest.raises(httpx.ConnectError, match="have been closed"):
            await task
        await server.gone.wait()

    assert server.asked == []


def test_a_transport_made_outside_a_loop_works_in_one_loop_after_another() -> None:
    line = OktaTransport(limit=1)

    async def work() -> int:
        closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        async with serving(answering(closing)) as server:
            answers = await asyncio.gather(*(send(line, server.url) for _ in range(3)))
        return sum(answer.status_code for answer in answers)

    assert asyncio.run(work()) == 600
    assert asyncio.run(work()) == 600
    asyncio.run(line.aclose())


@pytest.fixture(autouse=True)
def _complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio tells of what nobody looked after in its log only."""
    yield
    assert [one.getMessage() for one in caplog.records if one.name == "asyncio"] == []
