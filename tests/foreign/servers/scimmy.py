"""Starts ``scimmy``, a library, with the Express application in ``scimmy.mjs``."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.starting import Foreign, free_port, running

HERE = Path(__file__).parent


@contextmanager
def scimmy(cache: Path) -> Iterator[Foreign]:
    """``scimmy`` and ``scimmy-routers`` from npm on Express, with an in-memory store."""
    folder = cache / "scimmy"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "scimmy.mjs"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"],
        cwd=folder,
        check=True,
    )
    port = free_port()
    command = ["node", str(folder / "scimmy.mjs"), str(port)]
    with running(command, f"http://127.0.0.1:{port}/scim/v2") as url:
        yield Foreign("scimmy-routers", "1.3.2", url)
