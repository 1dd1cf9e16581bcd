"""Starts ``scim2-server``, a server that is a program of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.starting import TOKEN, Foreign, free_port, python_with, running


@contextmanager
def scim2_server(cache: Path) -> Iterator[Foreign]:
    """``scim2-server`` from PyPI, in memory."""
    version = "0.8.3"
    folder = python_with(cache / f"scim2-server-{version}", f"scim2-server=={version}")
    port = free_port()
    command = [str(folder / "scim2-server"), "--port", str(port), "--bearer-token", TOKEN]
    with running(command, f"http://127.0.0.1:{port}/v2") as url:
        yield Foreign("scim2-server", version, url)
