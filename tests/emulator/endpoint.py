"""A small SCIM endpoint in this process, as a transport: no network, and wrong on request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

BASE = "https://scim.example/scim/v2"
TOKEN = "token-of-the-test-7d1f"

Answer = Callable[[httpx.Request], httpx.Response | None]


class Endpoint(httpx.AsyncBaseTransport):
    """Keeps users and groups; ``before`` may answer a request in its place."""

    def __init__(self, before: Answer = lambda _: None, *, patch_status: int = 200) -> None:
        self.before = before
        self.requests: list[httpx.Request] = []
        self.resources: dict[str, dict[str, dict[str, Any]]] = {"Users": {}, "Groups": {}}
        self._patch_status = patch_status
        self._made = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.requests.append(request)
        answer = self.before(request) or self._answer(request)
        answer.request = request
        return answer

    async def aclose(self) -> None:
        """Nothing is open; what was kept stays."""

    def add(self, kind: str, **values: Any) -> dict[str, Any]:
        """Keep a resource."""
        self._made += 1
        made = {**values, "id": f"{kind[0].lower()}{self._made}"}
        self.resources[kind][made["id"]] = made
        return made

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "wrong token")
        parts = urlsplit(str(request.url))
        found = re.search(r"/(Users|Groups)(?:/([^/]+))?$", parts.path)
        if not found:
            return _error(404, "no such endpoint")
        kind, identifier = found.groups()
        if identifier is None:
            return self._collection(kind, request, parse_qs(parts.query))
        return self._resource(kind, identifier, request)

    def _collection(
        self, kind: str, request: httpx.Request, query: dict[str, list[str]]
    ) -> httpx.Response:
        name = "userName" if kind == "Users" else "displayName"
        if request.method == "POST":
            values = json.loads(request.content)
            if any(one[name] == values[name] for one in self.resources[kind].values()):
                return _error(409, f"{name} {values[name]!r} is taken")
            values.pop("password", None)
            return httpx.Response(201, json=self.add(kind, **values))
        listed = list(self.resources[kind].values())
        if "filter" in query:
            wanted = json.loads(query["filter"][0].partition(" eq ")[2])
            listed = [one for one in listed if one[name] == wanted]
        return httpx.Response(
            200, json={"totalResults": len(listed), "startIndex": 1, "Resources": listed}
        )

    def _resource(self, kind: str, identifier: str, request: httpx.Request) -> httpx.Response:
        kept = self.resources[kind].get(identifier)
        if kept is None:
            return _error(404, f"no {identifier}")
        match request.method:
            case "PUT":
                kept = self.resources[kind][identifier] = json.loads(request.content)
            case "DELETE":
                del self.resources[kind][identifier]
                return httpx.Response(204)
            case "PATCH":
                for operation in json.loads(request.content)["Operations"]:
                    _apply(kept, operation)
                if self._patch_status == 204:
                    return httpx.Response(204)
        return httpx.Response(200, json=kept)


class Gossip(Endpoint):
    """Tells every secret it hears: in headers, in answers, in errors."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with everything that was to be kept secret."""
        given = request.headers["Authorization"]
        secret = given.partition(" ")[2]
        self.heard |= {secret}
        request.headers["Authorization"] = f"Bearer {TOKEN}"
        if request.method == "POST":
            password = json.loads(request.content).get("password", "")
            self.heard |= {password} if password else set()
        answer = await super().handle_async_request(request)
        answer.headers["X-Echo"] = f"you sent {given}"
        answer.headers["Set-Cookie"] = f"token={secret}"
        if request.method == "POST" and "Users" in str(request.url):
            detail = f"password {password} of {given} is too weak for <{secret}>"
            return httpx.Response(
                400, json={"detail": detail}, headers=answer.headers, request=request
            )
        body: Any = json.loads(answer.content) if answer.content else {}
        return httpx.Response(
            answer.status_code,
            json={**body, "echo": given, "password": secret},
            headers={"X-Echo": given},
            request=request,
        )


def _apply(kept: dict[str, Any], operation: dict[str, Any]) -> None:
    match operation:
        case {"op": "replace", "value": dict(values)}:
            kept.update(values)
        case {"op": "replace", "path": "members", "value": value}:
            kept["members"] = value
        case {"op": "add", "path": "members", "value": value}:
            known = {one["value"]: one for one in [*kept.get("members", []), *value]}
            kept["members"] = list(known.values())
        case {"op": "remove", "path": path}:
            gone = path.split('"')[1]
            kept["members"] = [one for one in kept["members"] if one["value"] != gone]


def _error(status: int, detail: str) -> httpx.Response:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    return httpx.Response(
        status, json={"schemas": schemas, "status": str(status), "detail": detail}
    )
