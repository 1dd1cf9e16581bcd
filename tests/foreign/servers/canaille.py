"""Starts ``canaille``, an identity server, with the application in ``canaille_app``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.starting import Foreign, free_port, python_with, running

SERVE = Path(__file__).parent / "canaille_app" / "serve.py"


@contextmanager
def canaille(cache: Path) -> Iterator[Foreign]:
    """``canaille`` from PyPI with its SQL backend, on SQLite.

    Its requirements have no upper bound: with later models than these it only fails.
    """
    version = "0.3.6"
    folder = python_with(
        cache / f"canaille-{version}",
        f"canaille[front,oidc,scim,sqlite]=={version}",
        "scim2-models==0.10.0",
        "scim2-client==0.10.0",
    )
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = [str(folder / "python"), str(SERVE), str(port), data]
        with running(command, f"http://127.0.0.1:{port}/scim/v2") as url:
            yield Foreign("canaille", version, url)
