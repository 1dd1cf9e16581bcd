"""Starts the SCIM plugin of Better Auth with the application in ``better_auth_app``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.npm import node_with
from tests.foreign.servers.starting import Foreign, free_port, running

VERSION = "1.7.5"


@contextmanager
def better_auth(cache: Path) -> Iterator[Foreign]:
    """``better-auth`` and ``@better-auth/scim`` from npm on Node's own server, in memory."""
    application = Path(__file__).parent / "better_auth_app"
    folder = node_with(cache / f"better-auth-{VERSION}", application)
    port = free_port()
    command = ["node", str(folder / "server.mjs"), str(port)]
    with running(command, f"http://127.0.0.1:{port}/api/auth/scim/v2") as url:
        yield Foreign("@better-auth/scim", VERSION, url)
