"""One bounded HTTP request at a time: the only importer of httpx in the judge.

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

import httpx

from conformance.target import Target

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it was."""

    status: int
    reason: str
    http_version: str
    headers: list[tuple[str, str]]
    content: bytes
    seconds: float


class NoAnswer(Exception):
    """The target gave no usable HTTP answer; ``kind`` says how, the message is one sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Wire:
    """A pool of connections to one target; safe to use from several threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        timeout = httpx.Timeout(target.timeout, connect=target.connect_timeout)
        self._client = httpx.Client(
            verify=_trust(target.verify),
            timeout=timeout,
            follow_redirects=False,
            headers={"Accept-Encoding": "gzip"},
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        )
        # httpx has defaults of its own; what is sent is what the caller says.
        for name in ("accept", "user-agent"):
            del self._client.headers[name]

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
        started = time.monotonic()
        try:
            lines = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in headers]
            request = self._client.build_request(method, url, headers=lines, content=content)
            response = self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, UnicodeError) as problem:
            raise _no_answer(problem, url, self._target) from None
        try:
            body = self._read(response, started)
        except (httpx.HTTPError, zlib.error) as problem:
            raise _no_answer(problem, url, self._target) from None
        finally:
            response.close()
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

    def _read(self, response: httpx.Response, started: float) -> bytes:
        """The body after decoding, as far as size and deadline allow."""
        limit, deadline = self._target.body_limit, started + self._target.timeout
        body = bytearray()
        for chunk in _decoded(response):
            body += chunk
            if len(body) > limit:
                raise NoAnswer("too large", f"the answer is larger than {limit:,} bytes")
            if time.monotonic() > deadline:
                raise NoAnswer(
                    "timeout", f"the answer was not complete after {self._target.timeout:g} s"
                )
        return bytes(body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _decoded(response: httpx.Response) -> Iterator[bytes]:
    """The body in pieces of bounded size, so that no compressed bomb goes off in memory."""
    if response.headers.get("content-encoding", "").strip().lower() not in {"gzip", "x-gzip"}:
        yield from response.iter_raw(_CHUNK)
        return
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for raw in response.iter_raw(_CHUNK):
        pending = raw
        while pending:
            yield inflate.decompress(pending, _CHUNK)
            pending = inflate.unconsumed_tail
    yield inflate.flush()


def _trust(verify: bool | str) -> ssl.SSLContext | bool:
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    return verify


def _no_answer(problem: Exception, url: str, target: Target) -> NoAnswer:
    """The sentence for each way of not answering."""
    host = httpx.URL(url).host if url.isascii() else url
    said = _innermost(problem)
    match problem:
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | UnicodeError():
            return NoAnswer("url", f"{url!r} is no URL that can be asked: {said}")
        case httpx.ConnectTimeout():
            return NoAnswer(
                "connect timeout",
                f"{host} did not accept a connection within {target.connect_timeout:g} s",
            )
        case httpx.TimeoutException():
            return NoAnswer("timeout", f"{host} did not answer within {target.timeout:g} s")
        case httpx.ConnectError():
            return _not_connected(host, said)
        case httpx.RemoteProtocolError() if "disconnected" in said.lower():
            return NoAnswer("reset", f"{host} closed the connection without an answer")
        case httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return NoAnswer("reset", f"{host} broke the connection off: {said}")
        case httpx.RemoteProtocolError() | httpx.DecodingError() | zlib.error():
            return NoAnswer("protocol", f"{host} does not speak HTTP as it should: {said}")
        case httpx.ProxyError():
            return NoAnswer("proxy", f"the proxy on the way to {host} failed: {said}")
        case _:
            return NoAnswer("other", f"{host} could not be asked: {said}")


def _not_connected(host: str, said: str) -> NoAnswer:
    lower = said.lower()
    if "certificate" in lower or "ssl" in lower or "tls" in lower:
        return NoAnswer(
            "tls",
            f"the certificate of {host} is not trusted: {said}; name its CA as ca_bundle in a "
            "target file, or in $SSL_CERT_FILE",
        )
    if "name or service" in lower or "getaddrinfo" in lower or "resolution" in lower:
        return NoAnswer("dns", f"{host} has no address: {said}")
    if "refused" in lower:
        return NoAnswer("refused", f"{host} refuses connections: nothing listens there")
    if "reset" in lower:
        return NoAnswer("reset", f"{host} broke the connection off: {said}")
    return NoAnswer("connect", f"{host} could not be reached: {said}")


def _innermost(problem: BaseException) -> str:
    """The message of the first cause: what the operating system or the TLS library said."""
    found = problem
    while found.__cause__ or found.__context__:
        found = found.__cause__ or found.__context__  # type: ignore[assignment]
    text = str(found) or str(problem) or type(problem).__name__
    return "".join(one if one.isprintable() else " " for one in text)[:300]
