"""A line to a right server, with somebody on it who may answer first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from emulator.clock import SettableClock
from emulator.org import OktaOrg
from tests.emulator.right_server import RightServer

Before = Callable[[httpx.Request], httpx.Response | None]

LOOKUP, CREATE = "GET Users?filter", "POST Users"
FOUND, MADE, MEMBERS = "GET Groups?filter", "POST Groups", "PATCH Groups/{id}"


class Line(httpx.AsyncBaseTransport):
    """Keeps what was sent, in short, and how much of it at once."""

    def __init__(self) -> None:
        self.server = RightServer()
        self.before: Before = lambda _: None
        #: Awaited before each request, to hold it up.
        self.gate: Callable[[httpx.Request], Any] | None = None
        self.sent: list[str] = []
        self.running = 0
        self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.sent.append(line_of(request))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if self.gate is not None:
                await self.gate(request)
            answer = self.before(request)
            if answer is not None:
                answer.request = request
                return answer
            return await self.server.transport().handle_async_request(request)
        finally:
            self.running -= 1

    async def aclose(self) -> None:
        """Nothing is open."""

    def org(self, app: str = "oin", **options: Any) -> OktaOrg:
        """An org that provisions over this line."""
        return self.server.org(app, transport=lambda: self, **options)

    def take(self) -> list[str]:
        """What was sent since the last look."""
        taken, self.sent = self.sent, []
        return taken


def line_of(request: httpx.Request) -> str:
    """``PATCH Users/{id}``."""
    path = request.url.path.removeprefix("/scim/v2")
    endpoint = path.split("/")[1]
    kind = "/{id}" if path.count("/") > 1 else "?filter" if request.url.query else ""
    return f"{request.method} {endpoint}{kind}"


def answers(status: int, times: int, *, on: str = "", **headers: str) -> Before:
    """The first ``times`` requests (of a kind) are answered with ``status``."""
    left = times

    def before(request: httpx.Request) -> httpx.Response | None:
        nonlocal left
        if left == 0 or on not in line_of(request):
            return None
        left -= 1
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(status, headers=named, json={"detail": f"error {status}"})

    return before


def slept(okta: OktaOrg) -> list[float]:
    """Every wait that was jumped over."""
    assert isinstance(okta.clock, SettableClock)
    return okta.clock.slept
