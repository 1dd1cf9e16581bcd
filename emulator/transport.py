"""HTTP/1.1 as Okta's client speaks it: header lines go out in the order and case they are given.

No stock transport does that: they put Host first, or change the case of names.
So the head is written here; h11 reads the answers, and httpx's classes carry
both.  An answer is read to its end before it is handed over, within bounds,
because the server may be anybody's.
"""

from __future__ import annotations

import asyncio
import os
import re
import select
import socket
import ssl
import zlib
from functools import lru_cache
from typing import cast

import h11
import httpx

BODY_LIMIT = 8 * 2**20
HEAD_LIMIT = 64 * 2**10
#: Interim answers and the framing of chunks count here, and nowhere else.
_WIRE_LIMIT = 2 * BODY_LIMIT
#: Seconds.  Many servers close after 5: who goes first does not meet a closed door.
_IDLE_LIMIT = 4.0
#: RFC 9110 section 9.2.2: idempotent, so a client may repeat them by itself.
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})

# RFC 9110 section 5.6.2 and 5.5; httpx lets line ends through to its transport.
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET = re.compile(rb"[\x21-\x7e]+")

_TOO_LARGE = f"the answer is larger than {BODY_LIMIT // 2**20} MiB"
_CLOSED = "the connections have been closed"
_END = h11.EndOfMessage()

Origin = tuple[str, str, int]
Answer = tuple[h11.Response, bytes]


class NoAnswerError(httpx.ReadError):
    """The connection ended before a byte of the answer came."""


class OktaTransport(httpx.AsyncBaseTransport):
    """Sends requests as they are, over at most ``limit`` connections to a server.

    ``read_timeout`` is how long the socket may be silent (Okta: 60 seconds),
    ``total_timeout`` how long an exchange may take, however it drips; both in
    seconds.  Timeouts that a request brings along are ignored.  A request
    beyond the limit waits for its turn.
    """

    def __init__(
        self,
        limit: int = 10,
        *,
        verify: bool | ssl.SSLContext = True,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        total_timeout: float = 600.0,
    ) -> None:
        self._limit = limit
        self._verify = verify
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._total_timeout = total_timeout
        self._closed = False
        # Of the loop of the first request; an org may be made before any loop runs.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(limit)
        self._lines: set[_Line] = set()
        self._idle: dict[Origin, list[_Line]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer; raises httpx.TransportError and DecodingError.

        A request is never delivered twice, with one exception: a kept-alive
        connection that ends without a byte of an answer, and a method that is
        idempotent.
        """
        message = _message(request, await request.aread())
        closes = "close" in request.headers.get("Connection", "").lower()
        announcement = _announcement(request.method, closes)
        origin = _origin(request.url)
        self._begin()
        async with self._slots:
            line = self._take(origin)
            answer: Answer | None = None
            if line is not None:
                try:
                    answer = await self._exchange(line, announcement, message)
                except NoAnswerError:
                    if request.method not in _REPEATABLE:
                        raise
            if answer is None:
                line = await self._open(origin)
                answer = await self._exchange(line, announcement, message)
        return _response(request, *answer)

    async def _exchange(self, line: _Line, announcement: h11.Request, message: bytes) -> Answer:
        answer = await line.exchange(announcement, message)
        if line.is_reusable():
            self._idle.setdefault(line.origin, []).append(line)
        else:
            line.abort()
        return answer

    def _begin(self) -> None:
        """Begin anew in another loop: what belongs to a loop that has ended is of no use."""
        if self._closed:
            raise httpx.ConnectError(_CLOSED)
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._slots = asyncio.Semaphore(self._limit)
            self._lines, self._idle = set(), {}

    def _take(self, origin: Origin) -> _Line | None:
        """A kept-alive connection that is still good."""
        idle = self._idle.get(origin)
        while idle:
            line = idle.pop()
            if line.is_usable():
                return line
            line.abort()
        return None

    async def _open(self, origin: Origin) -> _Line:
        scheme, host, port = origin
        line = _Line(origin, self._lines, self._read_timeout, self._total_timeout)
        tls = self._tls() if scheme == "https" else None
        try:
            async with asyncio.timeout(self._connect_timeout):
                await asyncio.get_running_loop().create_connection(
                    lambda: line, host, port, ssl=tls
                )
        except TimeoutError:
            raise httpx.ConnectTimeout("Connect timed out") from None
        except (OSError, ValueError, OverflowError) as problem:
            raise httpx.ConnectError(_reason(problem)) from None
        if self._closed:
            line.abort()
            raise httpx.ConnectError(_CLOSED)
        return line

    def _tls(self) -> ssl.SSLContext:
        """Made at the first use: to read the trusted certificates takes time."""
        if not isinstance(self._verify, ssl.SSLContext):
            context = ssl.create_default_context()
            if not self._verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._verify = context
        return self._verify

    async def aclose(self) -> None:
        """Close all connections; exchanges under way end with an error."""
        self._closed = True
        self._idle.clear()
        if self._loop is asyncio.get_running_loop():
            for line in tuple(self._lines):
                line.fail(httpx.ReadError(_CLOSED))
                line.abort()
                await line.lost


class _Line(asyncio.Protocol):
    """A connection, for one exchange after another."""

    def __init__(
        self, origin: Origin, lines: set[_Line], read_timeout: float, total_timeout: float
    ) -> None:
        self.origin = origin
        self._lines = lines
        self._read_timeout = read_timeout
        self._total_timeout = total_timeout
        self._loop = asyncio.get_running_loop()
        #: Done when the socket is closed.
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._parser = h11.Connection(h11.CLIENT, HEAD_LIMIT)
        #: Done as long as nothing is asked.
        self._answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer.cancel()
        self._head: h11.Response
        self._received = 0

    async def exchange(self, announcement: h11.Request, message: bytes) -> Answer:
        """Send a message and wait for the whole answer; unless it comes, the connection closes."""
        if self._parser.our_state is h11.DONE:
            self._parser.start_next_cycle()
        self._parser.send(announcement)
        self._parser.send(_END)
        self._body, self._received = bytearray(), 0
        self._answer = self._loop.create_future()
        self._transport.write(message)
        self._unsent = self._transport.get_write_buffer_size()
        self._active = self._loop.time()
        self._deadline = self._active + self._total_timeout
        self._set_timer()
        try:
            return await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            self._timer.cancel()

    def is_reusable(self) -> bool:
        """Whether both sides are through with the exchange and the connection stays."""
        return (
            self._parser.their_state is h11.DONE
            and not self._parser.trailing_data[0]
            and not self._transport.is_closing()
            and not self._transport.get_write_buffer_size()
        )

    def is_usable(self) -> bool:
        """Whether nothing happened since: no word, no end, and not too long ago."""
        return (
            not self._transport.is_closing()
            and self._loop.time() - self._active < _IDLE_LIMIT
            and not _is_readable(self._transport.get_extra_info("socket"))
        )

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._lines.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lines.discard(self)
        self.lost.set_result(None)
        how = "the server closed the connection" if exc is None else "Connection reset"
        if self._received:
            self.fail(httpx.ReadError(f"{how} in the middle of the answer"))
        else:
            self.fail(NoAnswerError(f"{how} without an answer"))

    def eof_received(self) -> None:
        # Without a byte it is for connection_lost, which comes next.
        if self._received and not self._answer.done():
            self._parse(b"")

    def data_received(self, data: bytes) -> None:
        if self._answer.done():
            self.abort()
            return
        self._active = self._loop.time()
        self._received += len(data)
        if self._received > _WIRE_LIMIT:
            self.fail(httpx.RemoteProtocolError(_TOO_LARGE))
        else:
            self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Read on; ``data`` is empty at the end of the connection."""
        try:
            self._parser.receive_data(data)
            while not self._answer.done():
                match self._parser.next_event():
                    case h11.InformationalResponse():
                        pass
                    case h11.Response() as head:
                        self._head = head
                    case h11.Data() as part:
                        self._body += part.data
                        if len(self._body) > BODY_LIMIT:
                            self.fail(httpx.RemoteProtocolError(_TOO_LARGE))
                    case h11.EndOfMessage():
                        self._answer.set_result((self._head, bytes(self._body)))
                    case _:
                        return
        except h11.RemoteProtocolError as problem:
            self.fail(httpx.RemoteProtocolError(_complaint(problem, ended=not data)))

    def fail(self, problem: httpx.TransportError) -> None:
        """End the exchange, if one is under way."""
        if not self._answer.done():
            self._answer.set_exception(problem)

    def _set_timer(self) -> None:
        due = min(self._active + self._read_timeout, self._deadline)
        self._timer = self._loop.call_at(due, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        """Called when the time would be up if nothing had happened meanwhile."""
        now = self._loop.time()
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent:
            self._unsent, self._active = unsent, now
        if now >= self._deadline:
            self.fail(httpx.ReadTimeout("the answer took too long"))
        elif now < self._active + self._read_timeout:
            self._set_timer()
        elif unsent:
            self.fail(httpx.WriteTimeout("Write timed out"))
        else:
            self.fail(httpx.ReadTimeout("Read timed out"))


def _message(request: httpx.Request, body: bytes) -> bytes:
    """The request on the wire; raises httpx.LocalProtocolError for what can't be sent as given."""
    # The extension is httpx's: what stands in the request line instead of the address's path.
    method = request.method.encode()
    target = request.extensions.get("target", request.url.raw_path)
    if not _TOKEN.fullmatch(method) or not _TARGET.fullmatch(target):
        raise httpx.LocalProtocolError("the request line has characters that cannot be sent")
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    lengths = []
    for name, value in request.headers.raw:
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            text = name.decode("latin-1")
            raise httpx.LocalProtocolError(f"header {text!r} has characters that cannot be sent")
        lines.append(b"%s: %s" % (name, value))
        if name.lower() in (b"content-length", b"transfer-encoding"):
            lengths.append(value)
    if lengths != [b"%d" % len(body)] and (lengths or body):
        raise httpx.LocalProtocolError("Content-Length is not the length of the body")
    lines.append(b"\r\n" + body)
    return b"\r\n".join(lines)


@lru_cache(maxsize=16)
def _announcement(method: str, closes: bool) -> h11.Request:
    """What h11 is told of a request, to know where the answer ends and what comes after."""
    connection = [("Connection", "close")] if closes else []
    return h11.Request(method=method, target="/", headers=[("Host", ""), *connection])


def _origin(url: httpx.URL) -> Origin:
    scheme = url.scheme
    if scheme not in ("http", "https"):
        raise httpx.UnsupportedProtocol(f"the address {str(url)!r} is neither http nor https")
    return scheme, url.raw_host.decode("ascii"), url.port or (443 if scheme == "https" else 80)


def _response(request: httpx.Request, head: h11.Response, body: bytes) -> httpx.Response:
    headers = httpx.Headers(head.headers.raw_items())
    coding = headers.get("Content-Encoding", "").strip().lower()
    if coding and body:
        body = _decoded(body, coding)
    answer = httpx.Response(
        head.status_code,
        content=body,
        request=request,
        extensions={"reason_phrase": head.reason, "http_version": b"HTTP/" + head.http_version},
    )
    # Afterwards: given above, httpx would decode the body, which has no bound there.
    answer.headers = headers
    return answer


def _decoded(body: bytes, coding: str) -> bytes:
    """The body without its coding, within bounds; raises httpx.DecodingError."""
    try:
        match coding:
            case "identity":
                return body
            case "gzip" | "x-gzip":
                return _inflated(body, zlib.MAX_WBITS | 16)
            case "deflate":
                try:
                    return _inflated(body, zlib.MAX_WBITS)
                except zlib.error:
                    # RFC 9110 section 8.4.1.2: some send it without the zlib wrapper.
                    return _inflated(body, -zlib.MAX_WBITS)
    except zlib.error:
        raise httpx.DecodingError(f"the body of the answer is not {coding}, as it says") from None
    raise httpx.DecodingError(
        f"the answer has Content-Encoding {coding[:40]!r}; only gzip and deflate are understood"
    )


def _inflated(body: bytes, window: int) -> bytes:
    machine = zlib.decompressobj(window)
    text = machine.decompress(body, BODY_LIMIT + 1)
    if len(text) > BODY_LIMIT:
        raise httpx.RemoteProtocolError(_TOO_LARGE)
    if not machine.eof:
        raise zlib.error
    return text


def _is_readable(one: socket.socket) -> bool:
    """Whether something waits in the socket that the loop has not seen yet."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(one.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([one.fileno()], [], [], 0)[0])


def _complaint(problem: h11.RemoteProtocolError, *, ended: bool) -> str:
    """h11's words without its inner state."""
    if ended:
        return "the server closed the connection in the middle of the answer"
    if problem.error_status_hint == 431:
        return f"the head of the answer is longer than {HEAD_LIMIT // 2**10} KiB"
    return f"the answer is not valid HTTP: {str(problem).partition(':')[0]}"


def _reason(problem: Exception) -> str:
    """Why there is no connection, for an admin."""
    match problem:
        case ssl.SSLCertVerificationError():
            return f"certificate not trusted: {problem.verify_message}"
        case ssl.SSLError():
            told = (problem.reason or "no reason given").lower().replace("_", " ")
            return f"TLS handshake failed: {told}"
        case socket.gaierror():
            return f"Unknown host ({problem.strerror})"
        case ValueError() | OverflowError():
            return "no host can have this name or port"
    # With several addresses, asyncio gives one error with the texts of all.
    number = re.search(r"Errno (\d+)", str(problem))
    return os.strerror(int(number[1])) if number else "Connection reset"
