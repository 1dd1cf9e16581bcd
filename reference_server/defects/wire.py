"""Buffered messages, so that a defect can be written as one short function.

A defect sees the request before the correct server does and its answer before
the client does, and may change, repeat, invent or withhold either.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCIM_JSON = "application/scim+json"

# One byte more than the server takes is enough to be refused by it.
BODY_LIMIT = 2_097_152


class Body:
    """The JSON in ``body``, shared by requests and responses."""

    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, None if it is not; change it and assign it back."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value, separators=(",", ":")).encode()

    @property
    def object(self) -> dict[str, Any]:
        """The body when it is a JSON object, and an empty one when it is not."""
        value = self.json
        return value if isinstance(value, dict) else {}


@dataclass
class Request(Body):
    """A request as the client sent it; ``path`` starts below the tenant's base."""

    method: str
    path: str
    base: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    state: dict[str, Any] = field(default_factory=dict)

    def param(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def without_param(self, *names: str) -> Request:
        """The same request less these query parameters."""
        return self.like(query=[(key, value) for key, value in self.query if key not in names])

    def with_param(self, name: str, value: str) -> Request:
        """The same request with this query parameter instead of its namesakes."""
        return self.like(query=[*self.without_param(name).query, (name, value)])

    def like(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        query: list[tuple[str, str]] | None = None,
        json: Any = None,
    ) -> Request:
        """Another request of the same client: its credentials and state, other parts as given.

        A change of the method drops the body and the preconditions.
        """
        twin = Request(
            method or self.method,
            self.path if path is None else path,
            self.base,
            list(self.query) if query is None else query,
            dict(self.headers),
            self.body,
            self.state,
        )
        if method not in {None, self.method}:
            twin.body = b""
            for name in ("content-type", "if-match", "if-none-match"):
                twin.headers.pop(name, None)
        if query is None and path is not None:
            twin.query = []
        if json is not None:
            twin.json = json
            twin.headers["content-type"] = SCIM_JSON
        return twin

    def get(self, path: str, query: list[tuple[str, str]] | None = None) -> Request:
        """A GET of another path with this client's credentials."""
        return self.like("GET", path, query=query or [])


@dataclass
class Response(Body):
    """An answer; header names are in lower case and may be removed or replaced."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, status: int, value: Any = None, **headers: str) -> Response:
        """A SCIM answer with this JSON, or with no body."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        if value is None:
            return cls(status, named)
        answer = cls(status, {"content-type": SCIM_JSON, **named})
        answer.json = value
        return answer

    @classmethod
    def error(cls, status: int, scim_type: str | None = None, detail: str = "refused") -> Response:
        """A SCIM error."""
        value = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": str(status),
            "detail": detail,
        }
        return cls.of(status, {**value, "scimType": scim_type} if scim_type else value)

    @property
    def is_success(self) -> bool:
        """The status is 2xx."""
        return 200 <= self.status < 300

    def copy(self) -> Response:
        """An answer that can be changed while this one is kept."""
        return deepcopy(self)


Forward = Callable[[Request], Awaitable[Response]]
Behavior = Callable[[Request, Forward], Awaitable[Response]]


def around(app: ASGIApp, *behaviors: Behavior) -> ASGIApp:
    """The application with these behaviors in front of it, the first one nearest to the client."""
    states: list[dict[str, Any]] = [{} for _ in behaviors]

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive, BODY_LIMIT)

        async def pass_on(inner: Request, depth: int) -> Response:
            if depth == len(behaviors):
                return await exchange(app, scope, inner)

            async def forward(following: Request) -> Response:
                return await pass_on(following, depth + 1)

            # A request of its own, which it may change, and a memory of its own.
            own = inner.like()
            own.state = states[depth]
            return await behaviors[depth](own, forward)

        response = await pass_on(request, 0)
        await write_response(response, request, send)

    return wrapped


def is_resource(request: Request, endpoint: str) -> bool:
    """The request is for one resource of this endpoint: ``/Users/123`` for ``/Users``."""
    head, _, identifier = request.path[1:].partition("/")
    return f"/{head}" == endpoint and identifier not in {"", ".search"} and "/" not in identifier


def is_create(request: Request, endpoint: str | None = None) -> bool:
    """The request creates a resource (of this endpoint)."""
    if request.method != "POST" or request.path.count("/") != 1 or request.path == "/.search":
        return False
    return request.path != "/Bulk" and endpoint in {None, request.path}


def is_list(request: Request, endpoint: str | None = None) -> bool:
    """The request queries a type's endpoint (this one), by GET or by POST to .search."""
    if request.method == "GET":
        where = request.path
    elif request.method == "POST" and request.path.endswith("/.search"):
        where = request.path.removesuffix("/.search")
    else:
        return False
    discovery = {"/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Me", "/Bulk"}
    if where.count("/") > 1 or where in discovery:
        return False
    return endpoint is None or where == endpoint


def each_resource(response: Response) -> Iterator[dict[str, Any]]:
    """Each resource in the answer, alone or in a list; changes to it take effect.

    Go through all of them: the answer is written back when the loop ends.
    """
    value = response.json
    if not isinstance(value, dict):
        return
    listed = value.get("Resources")
    resources = listed if isinstance(listed, list) else [value]
    changed = False
    for resource in resources:
        if isinstance(resource, dict) and ("id" in resource or "meta" in resource):
            yield resource
            changed = True
    if changed:
        response.json = value


async def exchange(app: ASGIApp, scope: Scope, request: Request) -> Response:
    """Give a buffered request to an ASGI application and collect its answer."""
    path = request.base + request.path
    inner = {
        **scope,
        "method": request.method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": urlencode(request.query).encode(),
        "headers": _raw_headers(request),
    }
    answer = Response(500)
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message["headers"]
                # Kept only where it speaks of a body that is not sent.
                if request.method == "HEAD" or name.lower() != b"content-length"
            }
        else:
            parts.append(message.get("body", b""))

    await app(inner, receive, send)
    answer.body = b"".join(parts)
    return answer


def _raw_headers(request: Request) -> list[tuple[bytes, bytes]]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    # The answer must stay readable for the defect, and the length is the body's own.
    for name in ("accept-encoding", "content-length", "transfer-encoding"):
        headers.pop(name, None)
    if request.body:
        headers["content-length"] = str(len(request.body))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def read_request(scope: Scope, receive: Receive, limit: int) -> Request:
    """The whole request; a body above ``limit`` is cut one byte after it."""
    body = bytearray()
    more = True
    while more and len(body) <= limit:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    path: str = scope["path"]
    base = _base_of(path)
    return Request(
        method=scope["method"],
        path=path[len(base) :],
        base=base,
        query=parse_qsl(
            scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
        ),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=bytes(body[: limit + 1]),
    )


def _base_of(path: str) -> str:
    """The tenant's base: everything up to and including the version segment."""
    segments = path.split("/")
    for place, segment in enumerate(segments[:5]):
        if segment == "v2":
            return "/".join(segments[: place + 1])
    return ""


async def write_response(response: Response, request: Request, send: Send) -> None:
    """Send the answer with the content-length that its body has."""
    is_empty = request.method == "HEAD" or response.status in {204, 304}
    named = dict(response.headers)
    if response.status not in {204, 304}:
        length = named.get("content-length") if request.method == "HEAD" else None
        named["content-length"] = length or str(len(response.body))
    headers = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in named.items()
    ]
    start: Message = {
        "type": "http.response.start",
        "status": response.status,
        "headers": headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": b"" if is_empty else response.body})
