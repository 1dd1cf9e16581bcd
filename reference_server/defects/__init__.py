"""Wrong on purpose: a named defect around the correct server.

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

A defect of a feature that is not offered, or must be asked for, names the command
line options that it needs: ``options=("--without=patch",)``.

A module in this package is found by itself; a name is used once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from reference_server.defects import registry
from reference_server.defects.wire import Behavior, Forward, Request, Response, around

__all__ = ["Defect", "Forward", "Request", "Response", "all_defects", "defect", "wrap"]


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing a server does wrong, and the one requirement that this breaks."""

    name: str
    requirement: str
    description: str
    behavior: Behavior
    #: Options of the server without which it cannot be seen.
    options: tuple[str, ...] = ()


_registered: list[Defect] = []


def defect(
    name: str, *, breaks: str, options: tuple[str, ...] = ()
) -> Callable[[Behavior], Behavior]:
    """Register a defect under a name in kebab case; the docstring says what it does."""

    def register(behavior: Behavior) -> Behavior:
        description = registry.said(behavior, f"defect {name!r}")
        _registered.append(Defect(name, breaks, description, behavior, options))
        return behavior

    return register


def all_defects() -> dict[str, Defect]:
    """Every defect of every module in this package, by name."""
    registry.load(__name__, __path__)
    return registry.by_name(_registered, "defect")


def wrap(app: ASGIApp, chosen: Sequence[Defect]) -> ASGIApp:
    """The application with these defects in front of it, each with a memory of its own."""
    return around(app, *(one.behavior for one in chosen))
