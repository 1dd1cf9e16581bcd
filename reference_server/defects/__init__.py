"""Wrong on purpose: one named defect at a time around the correct server.

A judge is worth something only if it finds what is wrong and nothing else.
Each defect is an async function that stands between client and server::

    @defect("answers-duplicates-with-400", breaks="rfc7644-3.3-duplicate-create")
    async def answers_duplicates_with_400(request: Request, forward: Forward) -> Response:
        \"\"\"A create that collides with an existing resource is answered 400.\"\"\"
        response = await forward(request)
        if request.method == "POST" and response.status == 409:
            return Response.error(400, "uniqueness")
        return response

    @defect("forgets-the-location", breaks="rfc7644-3.3-location-header")
    async def forgets_the_location(request: Request, forward: Forward) -> Response:
        \"\"\"A created resource comes without a Location header.\"\"\"
        response = await forward(request)
        if response.status == 201:
            response.headers.pop("location", None)
        return response

``forward`` may be called any number of times, also with requests of the
defect's own (``request.get("/Users/1")``, ``request.like("PUT", path, json=...)``)
which carry the caller's credentials.  What a defect must remember between
requests goes into ``request.state``, a dict of the running server.

A module in this package is found by itself; a name is used once.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.defects.wire import (
    Behavior,
    Forward,
    Request,
    Response,
    exchange,
    read_request,
    write_response,
)

__all__ = ["Defect", "Forward", "Request", "Response", "all_defects", "defect", "wrap"]

# One byte more than the server takes is enough to be refused by it.
BODY_LIMIT = 2_097_152


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing a server does wrong, and the one requirement that this breaks."""

    name: str
    requirement: str
    description: str
    behavior: Behavior


_registered: list[Defect] = []


def defect(name: str, *, breaks: str) -> Callable[[Behavior], Behavior]:
    """Register a defect under a name in kebab case; the docstring says what it does."""

    def register(behavior: Behavior) -> Behavior:
        lines = (behavior.__doc__ or "").strip().splitlines()
        if not lines:
            raise ValueError(f"defect {name!r} has no docstring that says what it does wrong")
        _registered.append(Defect(name, breaks, lines[0], behavior))
        return behavior

    return register


def all_defects() -> dict[str, Defect]:
    """Every defect of every module in this package, by name."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    found: dict[str, Defect] = {}
    for one in _registered:
        if one.name in found:
            raise ValueError(f"defect {one.name!r} is there twice")
        found[one.name] = one
    return dict(sorted(found.items()))


def wrap(app: ASGIApp, chosen: Defect) -> ASGIApp:
    """The application with this defect in front of it."""
    state: dict[str, Any] = {}

    async def defective(scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive, BODY_LIMIT)
        request.state = state

        async def forward(inner: Request) -> Response:
            return await exchange(app, scope, inner)

        response = await chosen.behavior(request, forward)
        await write_response(response, request, send)

    return defective
