"""Okta's client before a handler that answers in place of a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from emulator.behaviours import Behaviours
from emulator.clock import SettableClock
from emulator.connection import Connection, Credentials, connection
from emulator.scim_client import OktaScimClient, RemoteError
from emulator.wirelog import WireLog
from tests.emulator.stage import BASE, TOKEN

Handler = Callable[[httpx.Request], httpx.Response]


def client_of(
    handler: Handler, *, made: Connection | None = None, **options: Any
) -> OktaScimClient:
    return OktaScimClient(
        made or connection(BASE, Credentials(secret=TOKEN)),
        httpx.MockTransport(handler),
        behaviours=Behaviours(**options),
        log=WireLog(),
        clock=SettableClock(),
    )


def answering(*answers: httpx.Response) -> tuple[Handler, list[httpx.Request]]:
    sent: list[httpx.Request] = []
    waiting = list(answers)

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return waiting.pop(0)

    return handler, sent


async def error_of(work: Awaitable[object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        await work
    return caught.value


def target(request: httpx.Request) -> str:
    return request.url.raw_path.decode()
