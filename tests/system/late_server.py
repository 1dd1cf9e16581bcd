"""The reference server, seen from a replica: reads see a write a little later.

    python -m tests.system.late_server SECONDS [OPTION …]

A resource that was made is not there yet, one that was changed is as it was, and one
that was deleted is still there, each for SECONDS; OPTIONs are those of the server.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

from reference_server.__main__ import main as serve
from reference_server.variants import Forward, Request, Response, variant

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Replica:
    """What is still seen of resources that were written, and until when, by their path."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._old: dict[str, tuple[float, Response]] = {}

    def late(self, path: str) -> Response | None:
        """What is still seen at ``path``; None where nothing is late."""
        until, old = self._old.get(path, (0.0, None))
        return old if time.monotonic() < until else None

    def keep(self, path: str, old: Response) -> None:
        """``path`` is written now, and what was there is seen for a while."""
        self._old[path] = (time.monotonic() + self._seconds, self.late(path) or old)


def hide(replica: Replica, answer: Response) -> Response:
    """The answer to a query, without what is not there yet."""
    found = answer.object
    resources = found.get("Resources")
    if not isinstance(resources, list) or not answer.is_success:
        return answer
    seen = [one for one in resources if not _is_new(replica, one)]
    hidden = len(resources) - len(seen)
    if hidden:
        numbers = {name: found[name] - hidden for name in ("totalResults", "itemsPerPage")}
        answer.json = {**found, **numbers, "Resources": seen}
    return answer


def _is_new(replica: Replica, resource: dict[str, Any]) -> bool:
    kind = {"User": "/Users", "Group": "/Groups"}.get(
        str(resource.get("meta", {}).get("resourceType")), ""
    )
    late = replica.late(f"{kind}/{resource.get('id')}")
    return late is not None and late.status == 404


def written(request: Request) -> Iterator[str]:
    """The paths of the resources that a request may change."""
    if request.path == "/Bulk":
        operations = request.object.get("Operations")
        for one in operations if isinstance(operations, list) else ():
            yield str(one.get("path")) if isinstance(one, dict) else ""
    else:
        yield request.path


def made(request: Request, answer: Response) -> Iterator[str]:
    """The paths of the resources that an answer says were made."""
    if request.path == "/Bulk":
        for one in answer.object.get("Operations", []):
            if one.get("method") == "POST" and "location" in one:
                yield one["location"].partition("/v2")[2]
    elif request.method == "POST" and answer.status == 201:
        yield answer.headers.get("location", "").partition("/v2")[2]


def lag(seconds: float) -> None:
    """Make the behavior known to the reference server under the name ``late``."""
    replica = Replica(seconds)

    @variant("late", of="eventual consistency")
    async def late(request: Request, forward: Forward) -> Response:
        """Reads see a write a little later."""
        if request.method not in _WRITES or request.path.endswith("/.search"):
            conditional = "if-none-match" in request.headers
            old = None if conditional else replica.late(request.path)
            if old is not None and (not request.query or old.status == 404):
                return Response(old.status, dict(old.headers), old.body)
            return hide(replica, await forward(request))
        before = {path: await forward(request.get(path)) for path in written(request)}
        answer = await forward(request)
        if answer.is_success:
            for path, old in before.items():
                if old.is_success and "/" in path.strip("/"):
                    replica.keep(path, old)
            for path in made(request, answer):
                replica.keep(path, await forward(request.get("/Users/nobody")))
        return answer


if __name__ == "__main__":
    lag(float(sys.argv[1]))
    sys.exit(serve(["--variant", "late", *sys.argv[2:]]))
