"""What a PATCH request asks, for the defects of RFC 7644 section 3.5.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects.wire import Forward, Request, Response

Operation = dict[str, Any]


def operations(request: Request) -> list[Operation]:
    """The operations of a PATCH; none for any other request."""
    sent = request.json
    listed = sent.get("Operations") if isinstance(sent, dict) else None
    if request.method != "PATCH" or not isinstance(listed, list):
        return []
    return [one for one in listed if isinstance(one, dict)]


def asked(request: Request, op: str, path: str | None) -> Any:
    """The value, or else the operation, when the PATCH is just ``op`` at ``path``; else None.

    A value that says nothing (null, false, an empty list) gives the operation.
    """
    found = operations(request)
    if len(found) != 1 or found[0].get("op") != op or found[0].get("path") != path:
        return None
    return found[0].get("value") or found[0]


def rewrite(request: Request, change: Callable[[Operation], list[Operation]]) -> None:
    """Put what ``change`` makes of each operation in its place."""
    changed = [new for one in operations(request) for new in change(one)]
    request.json = {**request.json, "Operations": changed}


async def resource(request: Request, forward: Forward) -> dict[str, Any]:
    """The resource that is to be changed, as it is now."""
    found = (await forward(request.get(request.path))).json
    return found if isinstance(found, dict) else {}


async def ignored(request: Request, forward: Forward) -> Response:
    """Success, and nothing was changed."""
    return await forward(request.get(request.path))
