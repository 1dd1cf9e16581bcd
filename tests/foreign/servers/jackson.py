"""Starts the directory sync of SAML Jackson with the application in ``jackson_app``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.npm import node_with
from tests.foreign.servers.starting import Foreign, free_port, running

VERSION = "26.2.0"


@contextmanager
def jackson(cache: Path) -> Iterator[Foreign]:
    """``@boxyhq/saml-jackson`` from npm on Express, in memory."""
    folder = node_with(
        cache / f"jackson-{VERSION}", Path(__file__).parent / "jackson_app", "--ignore-scripts"
    )
    port = free_port()
    command = ["node", str(folder / "server.mjs"), str(port)]
    with running(command, f"http://127.0.0.1:{port}/scim/v2") as url:
        claims = f"--target-file={folder / 'claims.toml'}"
        yield Foreign("@boxyhq/saml-jackson", VERSION, url, (claims,))
