"""The reference server in this process, and an org that provisions into it without a network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from emulator.clock import SettableClock
from emulator.connection import Connection, Credentials, connection
from emulator.faults import Faults, faults
from emulator.org import OktaOrg
from tests.reference_server.conftest import TOKEN, Client, serve

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"


async def listed(
    url: str, path: str, token: str, transport: httpx.AsyncBaseTransport | None = None
) -> list[dict[str, Any]]:
    """Every resource of an endpoint, page by page."""
    found: list[dict[str, Any]] = []
    async with httpx.AsyncClient(transport=transport) as client:
        while True:
            answer = await client.get(
                url + path,
                params={"startIndex": len(found) + 1, "count": 100},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.status_code == 200, answer.text
            found += answer.json().get("Resources", [])
            if len(found) >= answer.json()["totalResults"]:
                return found


class _Yielding(httpx.ASGITransport):
    """Lets others run before and after, as a network does; else nothing would overlap."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        answer = await super().handle_async_request(request)
        await asyncio.sleep(0)
        return answer


@dataclass
class RightServer:
    """A server that does what it should, and what is in it."""

    scim: Client = field(default_factory=serve)

    @property
    def url(self) -> str:
        """Its base URL; nothing listens there."""
        return f"https://scim.example{self.scim.base}"

    @property
    def connection(self) -> Connection:
        """As an app is connected to it."""
        return connection(self.url, Credentials(secret=TOKEN))

    def transport(self) -> httpx.AsyncBaseTransport:
        """A line to it."""
        return _Yielding(self.scim.app)

    def org(self, app: str = "oin", *, disturbed: str | Faults = "", **options: Any) -> OktaOrg:
        """An org that is connected to it; its clock stands still."""
        chosen = faults(disturbed) if isinstance(disturbed, str) else disturbed
        options = {"clock": SettableClock(), "transport": self.transport, **options}
        return OktaOrg.start(self.url, token=TOKEN, app=app, faults=chosen, **options)

    async def post(self, path: str, body: dict[str, Any]) -> str:
        """Make what is not Okta's; its id."""
        async with httpx.AsyncClient(transport=self.transport()) as client:
            answer = await client.post(
                self.url + path,
                json={"schemas": [f"{_CORE}{path.strip('/')[:-1]}"], **body},
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

    async def users(self) -> list[dict[str, Any]]:
        """Every account."""
        return await listed(self.url, "/Users", TOKEN, self.transport())

    async def groups(self) -> list[dict[str, Any]]:
        """Every group."""
        return await listed(self.url, "/Groups", TOKEN, self.transport())
