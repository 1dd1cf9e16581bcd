"""A server in this process, driven without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.types import ASGIApp

from reference_server.__main__ import resource_types
from reference_server.app import ScimServer, Site
from reference_server.defects.wire import Request, Response, exchange
from reference_server.features import Features, without
from reference_server.local import add_local_resources
from reference_server.profile import POLICIES
from reference_server.store import Store
from reference_server.tenants import open_tenant

TOKEN = "secret-of-the-test"
BASE = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Client:
    """Sends requests to an application with a tenant's token."""

    app: ASGIApp
    store: Store
    base: str = BASE
    token: str | None = TOKEN

    def request(
        self,
        method: str,
        path: str,
        value: Any = None,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Send a request and return its answer."""
        named = {"host": "scim.example"}
        if self.token is not None:
            named["authorization"] = f"Bearer {self.token}"
        if value is not None or body is not None:
            named["content-type"] = "application/scim+json"
        named |= headers or {}
        request = Request(method, path, self.base, list((query or {}).items()), named)
        if value is not None:
            request.json = value
        if body is not None:
            request.body = body
        scope = {"type": "http", "scheme": "http", "server": ("127.0.0.1", 80)}
        return asyncio.run(exchange(self.app, scope, request))

    def get(self, path: str, **query: str) -> Response:
        return self.request("GET", path, query=query)

    def post(self, path: str, value: Any) -> Response:
        return self.request("POST", path, value)

    def put(self, path: str, value: Any) -> Response:
        return self.request("PUT", path, value)

    def patch(self, path: str, *operations: dict[str, Any]) -> Response:
        value = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.request("PATCH", path, value)

    def delete(self, path: str) -> Response:
        return self.request("DELETE", path)

    def user(self, name: str, /, **attributes: Any) -> dict[str, Any]:
        """A user that was just created."""
        answer = self.post("/Users", {"schemas": [USER], "userName": name, **attributes})
        assert answer.status == 201, answer.body
        created: dict[str, Any] = answer.json
        return created

    def group(self, name: str, *member_ids: str) -> dict[str, Any]:
        """A group that was just created."""
        members = [{"value": one} for one in member_ids]
        value = {"schemas": [GROUP], "displayName": name, "members": members}
        answer = self.post("/Groups", value)
        assert answer.status == 201, answer.body
        created: dict[str, Any] = answer.json
        return created


Serve = Callable[..., Client]


def serve(
    *switched_off: str,
    profile: str = "rfc",
    me: str | None = None,
    database: str = ":memory:",
    tenant: str = "",
    patch_status: int = 200,
    cursor_timeout: int = 3600,
) -> Client:
    """A client of a new server with some features off."""
    features = replace(
        without(Features(), switched_off),
        patch_status=patch_status,
        cursor_timeout=cursor_timeout,
    )
    policy = POLICIES[profile]()
    store = Store(database)
    opened, _ = open_tenant(store, tenant, TOKEN)
    if policy.has_local_resources:
        add_local_resources(store, opened.id)
    types = resource_types(features)
    site = Site.of(opened, store, types, features=features, policy=policy, me=me)
    return Client(ScimServer([site]), store, opened.base)


@pytest.fixture(name="serve")
def _serve() -> Serve:
    return serve


@pytest.fixture
def scim() -> Client:
    """A client of a new server that offers everything."""
    return serve()
