"""One bounded HTTP request at a time: the only way from the judge to a target.

Nothing the target does may hang or flood the suite: each answer has a deadline
and a size, redirects are not followed, and every way of not answering becomes
a ``NoAnswer`` with one sentence.
"""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import httpcore
import httpx

from conformance.silence import NoAnswer, no_answer
from conformance.target import Target
from conformance.transport import Deadline, pool, proxy_for

__all__ = ["Answer", "NoAnswer", "Wire"]

_CHUNK = 65_536

#: An address whose path needs no encoding, in two parts: the origin and the rest.
_PLAIN = re.compile(
    r"(https?://[^/?#]+)(?!\S*/\.\.?(?:[/?]|$))(/(?:[\w./?&=+~-]|%[0-9A-Fa-f]{2})*)", re.ASCII
)

#: Methods whose length is told even where there is no body (RFC 9110, section 8.6).
_HAVE_BODIES = {"POST", "PUT", "PATCH"}

_read_url = lru_cache(maxsize=256)(httpx.URL)

_FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it was."""

    status: int
    reason: str
    http_version: str
    headers: list[tuple[str, str]]
    content: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        """The value of the first header line called ``name``, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Wire:
    """A pool of connections to one target; safe to use from several threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._deadline = Deadline()
        self._pool: httpcore.ConnectionPool | None = None
        self._unusable: NoAnswer | None = None
        # What httpcore calls the waits of a request.
        self._waits = {
            "connect": target.connect_timeout,
            **dict.fromkeys(("read", "write", "pool"), target.timeout),
        }
        try:
            trust = _trust(target.verify) if target.url.startswith("https:") else None
            self._pool = pool(self._deadline, trust, proxy_for(target.url))
        except (OSError, ValueError, httpx.InvalidURL) as problem:
            self._unusable = NoAnswer(
                "set-up",
                f"the CA bundle, $SSL_CERT_FILE or the proxy set here is of no use: {problem}",
            )

    def send(
        self, method: str, url: str, headers: list[tuple[str, str]], content: bytes | None
    ) -> Answer:
        """Send one request and read its whole answer; raises NoAnswer.

        A read that met a connection which the target had closed meanwhile is
        sent once more: keep-alive makes that nobody's fault.
        """
        try:
            return self._send(method, url, headers, content)
        except NoAnswer as silence:
            if silence.kind != "reset" or method not in {"GET", "HEAD"}:
                raise
        return self._send(method, url, headers, content)

    def _send(
        self, method: str, url: str, headers: list[tuple[str, str]], content: bytes | None
    ) -> Answer:
        if self._pool is None:
            assert self._unusable is not None
            raise self._unusable
        started = time.monotonic()
        self._deadline.start(self._target.timeout + self._target.connect_timeout)
        try:
            response = self._pool.handle_request(self._request(method, url, headers, content))
            try:
                body = self._read(response)
            finally:
                response.close()
        except _FAILURES as problem:
            raise no_answer(problem, url, self._target) from None
        return Answer(
            response.status,
            response.extensions.get("reason_phrase", b"").decode("ascii", "replace"),
            response.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace"),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers],
            body,
            time.monotonic() - started,
        )

    def _request(
        self, method: str, url: str, headers: list[tuple[str, str]], content: bytes | None
    ) -> httpcore.Request:
        place, netloc = _place(url)
        needed = [
            ("Host", netloc),
            ("Accept-Encoding", "gzip"),
            ("Connection", "keep-alive"),
        ]
        if content is not None or method in _HAVE_BODIES:
            needed.append(("Content-Length", str(len(content or b""))))
        said = {name.lower() for name, _ in headers}
        lines = [one for one in needed if one[0].lower() not in said] + headers
        return httpcore.Request(
            method,
            place,
            headers=[(name.encode("latin-1"), value.encode("utf-8")) for name, value in lines],
            content=content,
            extensions={"timeout": self._waits},
        )

    def _read(self, response: httpcore.Response) -> bytes:
        """The body after decoding, as far as the limit allows."""
        limit = self._target.body_limit
        body = bytearray()
        for chunk in _decoded(response):
            body += chunk
            if len(body) > limit:
                raise NoAnswer("too large", f"the answer is larger than {limit:,} bytes")
        return bytes(body)

    def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            self._pool.close()


def _place(url: str) -> tuple[httpcore.URL, str]:
    """Where a request goes, and what its Host line says."""
    found = _PLAIN.fullmatch(url)
    # Reading a URL takes a tenth of the time of a request; most have the same beginning.
    place = _read_url(found[1] if found else url)
    target = found[2].encode("ascii") if found else place.raw_path
    origin = httpcore.URL(
        scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=target
    )
    return origin, place.netloc.decode("ascii")


def _decoded(response: httpcore.Response) -> Iterator[bytes]:
    """The body in pieces of bounded size, so that no compressed bomb goes off in memory."""
    codings = [value for name, value in response.headers if name.lower() == b"content-encoding"]
    if b",".join(codings).strip().lower() not in {b"gzip", b"x-gzip"}:
        yield from response.iter_stream()
        return
    inflate = None
    for raw in response.iter_stream():
        pending = raw
        while pending:
            # A body may be several gzip members one after the other (RFC 1952 section 2.2).
            if inflate is None or inflate.eof:
                inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield inflate.decompress(pending, _CHUNK)
            pending = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if inflate is not None and not inflate.eof:
        yield inflate.flush()
        raise zlib.error("the compressed body ends too early")


def _trust(verify: bool | str) -> ssl.SSLContext:
    """What the suite trusts: the CA bundle, or what this machine and certifi know."""
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    context = httpx.create_ssl_context(verify=verify)
    if verify:
        # A company's own CA is often in the store of the machine only.
        context.load_default_certs()
    return context
