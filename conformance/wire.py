"""One bounded HTTP request at a time: the only way from the judge to a target.

Nothing the target does may hang or flood the suite: each answer has a deadline
and a size, redirects are not followed, and every way of not answering becomes
a ``NoAnswer`` with one sentence.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpcore
import httpx

from conformance.silence import NoAnswer, no_answer
from conformance.target import Target
from conformance.transport import Deadline, Transport, proxy_for

__all__ = ["Answer", "NoAnswer", "Wire"]

_CHUNK = 65_536

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
        self._client: httpx.Client | None = None
        self._unusable: NoAnswer | None = None
        try:
            self._client = self._connected(proxy_for(target.url))
        except (OSError, ValueError, httpx.InvalidURL) as problem:
            self._unusable = NoAnswer(
                "set-up",
                f"the CA bundle, $SSL_CERT_FILE or the proxy set here is of no use: {problem}",
            )

    def _connected(self, proxy: str | None) -> httpx.Client:
        client = httpx.Client(
            transport=Transport(self._deadline, _trust(self._target.verify), proxy),
            timeout=httpx.Timeout(self._target.timeout, connect=self._target.connect_timeout),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept-Encoding": "gzip"},
        )
        # httpx has defaults of its own; what is sent is what the caller says.
        for name in ("accept", "user-agent"):
            del client.headers[name]
        return client

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
        if self._client is None:
            assert self._unusable is not None
            raise self._unusable
        started = time.monotonic()
        self._deadline.start(self._target.timeout + self._target.connect_timeout)
        try:
            lines = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in headers]
            request = self._client.build_request(method, url, headers=lines, content=content)
            response = self._client.send(request, stream=True)
            try:
                body = self._read(response)
            finally:
                response.close()
        except _FAILURES as problem:
            raise no_answer(problem, url, self._target) from None
        raw = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        ]
        return Answer(
            response.status_code,
            response.reason_phrase,
            response.http_version,
            raw,
            body,
            time.monotonic() - started,
        )

    def _read(self, response: httpx.Response) -> bytes:
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
        if self._client is not None:
            self._client.close()


def _decoded(response: httpx.Response) -> Iterator[bytes]:
    """The body in pieces of bounded size, so that no compressed bomb goes off in memory."""
    if response.headers.get("content-encoding", "").strip().lower() not in {"gzip", "x-gzip"}:
        yield from response.iter_raw()
        return
    inflate = None
    for raw in response.iter_raw():
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
