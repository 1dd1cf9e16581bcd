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
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import httpx

from conformance.client import Response, ScimClient, reads
from conformance.evidence import Exchange
from conformance.settling import FIRST_PAUSE, LONGEST_PAUSE
from conformance.target import Target
from emulator import SettableClock
from emulator.transport import OktaTransport

TOO_MANY = 429

_LINES_OF_A_READ = {"host", "accept", "accept-charset", "authorization", "user-agent"}


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
        await self._until_made(request)
        is_late = scim.target.settle > 0 and not reads(request.method, url)
        before = await self._look(request, url) if is_late and request.method == "PATCH" else b""
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
        if is_late and response.ok:
            await self._until_written(request, response, before)
        return answer

    async def _until_written(
        self, request: httpx.Request, response: Response, before: bytes
    ) -> None:
        """Wait until reads show what Okta wrote, as long as the target file says they may not.

        Between two events of an org there are minutes, not the milliseconds that they have here.
        """
        place = response.header("Location") if request.method == "POST" else response.url
        gone, shown = request.method == "DELETE", response.content

        def is_seen(now: bytes) -> bool:
            return not now if gone else bool(now) and (now == shown if shown else now != before)

        if place:
            await self._until(is_seen, request, urljoin(response.url, place), time.monotonic())

    async def _until_made(self, request: httpx.Request) -> None:
        """Wait until reads show what the suite made for Okta to find."""
        fresh = self._scim.recorder.fresh
        for url in list(fresh):
            await self._until(bool, request, url, fresh.pop(url))

    async def _until(
        self, holds: Callable[[bytes], bool], request: httpx.Request, url: str, since: float
    ) -> None:
        pause = FIRST_PAUSE
        while time.monotonic() < since + self._scim.target.settle:
            if holds(await self._look(request, url)):
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _look(self, request: httpx.Request, url: str) -> bytes:
        """The resource at ``url`` as Okta would read it; nothing where there is none."""
        self._scim.recorder.next_number()
        await self._pace()
        lines = {name: value for name, value in request.headers.items() if name in _LINES_OF_A_READ}
        answer = await super().handle_async_request(httpx.Request("GET", url, headers=lines))
        content = await answer.aread()
        return content if answer.is_success else b""

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
