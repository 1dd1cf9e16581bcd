"""What the starters of foreign servers share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "foreign-server-token"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A running server."""

    name: str
    version: str
    url: str
    #: What the judge is told besides, such as a target file.
    options: tuple[str, ...] = ()


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
