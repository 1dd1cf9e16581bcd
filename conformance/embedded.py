"""``--target reference``: the reference server as a process of its own on a free port.

It is started as a program, not imported: judge and measure share no code.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


class EmbeddedServerError(Exception):
    """The reference server did not start; the message says what it printed."""


@dataclass
class EmbeddedServer:
    """A running reference server, its base URL and the token it wants."""

    process: subprocess.Popen[str]
    url: str
    token: str

    @classmethod
    def start(cls, options: Sequence[str] = ()) -> EmbeddedServer:
        """Start the server with further ``options`` of its command line."""
        token = secrets.token_urlsafe(24)
        own = ["--port", "0", "--json", "--until-eof"]
        command = [sys.executable, "-m", "reference_server", *own, *options]
        process = subprocess.Popen(  # noqa: S603  our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(token),
        )
        line = process.stdout.readline() if process.stdout else ""
        try:
            return cls(process, str(json.loads(line)["url"]), token)
        except (ValueError, KeyError):
            process.kill()
            _, said = process.communicate()
            last = (said.strip().splitlines() or ["it printed nothing"])[-1]
            raise EmbeddedServerError(f"the server did not start: {last}") from None

    def stop(self) -> None:
        """End the server; what it kept in memory is gone."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def _environment(token: str) -> dict[str, str]:
    return {**os.environ, "SCIM_TOKEN": token}
