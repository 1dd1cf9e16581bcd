"""Installs and starts SCIM servers that others wrote, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TOKEN = "foreign-server-token"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A running server."""

    name: str
    version: str
    url: str


@contextmanager
def scim2_server(cache: Path) -> Iterator[Foreign]:
    """``scim2-server`` from PyPI, in memory."""
    version = "0.8.3"
    folder = python_with(cache / f"scim2-server-{version}", f"scim2-server=={version}")
    port = free_port()
    command = [str(folder / "scim2-server"), "--port", str(port), "--bearer-token", TOKEN]
    with running(command, f"http://127.0.0.1:{port}/v2") as url:
        yield Foreign("scim2-server", version, url)


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


#: Every server that is judged, by name.
SERVERS: dict[str, Callable[[Path], object]] = {"scim2-server": scim2_server, "scimmy": scimmy}


def python_with(folder: Path, *requirements: str) -> Path:
    """A virtual environment with ``requirements``; returns the folder of its programs."""
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (programs / "python").exists():
        venv.create(folder, with_pip=True)
    subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", "--quiet", *requirements], check=True
    )
    return programs


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], url: str) -> Iterator[str]:
    """Start a server and wait until it answers anything at all; stop it afterwards."""
    environment = {**os.environ, "SCIM_TOKEN": TOKEN}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(150):
        if process.poll() is not None:
            sys.exit(f"the server of {url} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{url} did not answer within 30 s")
