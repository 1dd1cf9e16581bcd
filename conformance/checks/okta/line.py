"""The line between the emulator and the target: what Okta sends obeys the suite's own rules.

Every request is counted, paced and recorded as evidence, and what it makes is
written down before it is made and deleted at the end, as if a check had sent it.
The bytes on the wire stay those of Okta.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from typing import TYPE_CHECKING, Any

from conformance.client import Response, ScimClient
from conformance.evidence import Exchange
from conformance.target import Target
from emulator import SettableClock
from emulator.transport import OktaTransport

if TYPE_CHECKING:
    import httpx

TOO_MANY = 429


class ObservedLine(OktaTransport):
    """Okta's transport to one target, on behalf of one check."""

    def __init__(self, scim: ScimClient, clock: PatientClock) -> None:
        target = scim.target
        super().__init__(
            verify=_trust(target),
            connect_timeout=target.connect_timeout,
            read_timeout=target.timeout,
        )
        self._scim = scim
        self._clock = clock
        #: What Okta has sent so far, oldest first.
        self.exchanges: list[Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request of Okta's; raises Withheld where the run may not."""
        # What stands in the request line counts, where the client has set it apart.
        target = request.extensions.get("target", request.url.raw_path)
        scim, url = self._scim, str(request.url.copy_with(raw_path=target))
        path = url.removeprefix(scim.target.url)
        sent = request.content or None
        making = scim.announce(request.method, path.partition("?")[0], _parsed(sent))
        number = scim.recorder.next_number()
        await self._pace()
        asked = (request.method, url, tuple(_lines(request)), sent)
        began = time.perf_counter()
        try:
            answer = await super().handle_async_request(request)
            content = await answer.aread()
        except Exception as silence:
            scim.recorder.keep(_exchange(number, asked, began, error=str(silence) or "no answer"))
            raise
        self._clock.is_limited = answer.status_code == TOO_MANY
        headers = tuple(answer.headers.multi_items())
        reason = bytes(answer.extensions.get("reason_phrase", b"")).decode("latin-1")
        exchange = _exchange(number, asked, began, answer.status_code, reason, headers, content)
        response = Response(
            request.method,
            path,
            url,
            sent,
            answer.status_code,
            reason,
            headers,
            content,
            scim.recorder.keep(exchange),
        )
        scim.account_for(response, making)
        self.exchanges.append(response)
        return answer

    async def _pace(self) -> None:
        rate = self._scim.target.rate_limit
        if rate:
            await asyncio.sleep(1 / rate)


class PatientClock(SettableClock):
    """A clock that jumps over Okta's waits, but for those that the target asked for by 429."""

    def __init__(self, limit: float) -> None:
        super().__init__(start=time.time())
        self._limit = limit
        self.is_limited = False

    async def sleep(self, seconds: float) -> None:
        """Jump; wait no longer than the target file allows where the target wants a pause."""
        if self.is_limited:
            await asyncio.sleep(min(seconds, self._limit))
        await super().sleep(seconds)


def _trust(target: Target) -> bool | ssl.SSLContext:
    if isinstance(target.verify, bool):
        return target.verify
    return ssl.create_default_context(cafile=target.verify)


def _parsed(content: bytes | None) -> Any:
    return None if content is None else json.loads(content)


def _lines(request: httpx.Request) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    ]


def _exchange(
    number: int,
    asked: tuple[str, str, tuple[tuple[str, str], ...], bytes | None],
    began: float,
    status: int | None = None,
    reason: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    content: bytes = b"",
    *,
    error: str | None = None,
) -> Exchange:
    method, url, lines, sent = asked
    return Exchange(
        number,
        method,
        url,
        lines,
        None if sent is None else sent.decode("utf-8", "replace"),
        status,
        reason,
        headers,
        content.decode("utf-8", "replace") or None,
        time.perf_counter() - began,
        error=error,
    )
