"""The reference server as a process, and the emulator's command line in front of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from emulator.reference import reference_server


@dataclass(frozen=True, slots=True)
class Served:
    """A running endpoint, and a client that may look into it."""

    url: str
    token: str
    client: httpx.Client

    def resources(self, endpoint: str) -> list[dict[str, Any]]:
        """Everything that is there now, by name."""
        answer = self.client.get(f"{self.url}/{endpoint}", params={"count": 10_000})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json().get("Resources", [])
        return sorted(found, key=lambda one: str(one["id"]))

    def create(self, endpoint: str, **values: Any) -> dict[str, Any]:
        """Somebody else makes a resource."""
        kind = "User" if endpoint == "Users" else "Group"
        body = {"schemas": [f"urn:ietf:params:scim:schemas:core:2.0:{kind}"], **values}
        answer = self.client.post(f"{self.url}/{endpoint}", json=body)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    @property
    def environment(self) -> dict[str, str]:
        """What the emulator and the examples find in their environment."""
        clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        return clean | {"SCIM_URL": self.url, "SCIM_TOKEN": self.token, "COLUMNS": "200"}


@contextlib.contextmanager
def served(*options: str) -> Iterator[Served]:
    """The reference server with ``options`` of its command line."""
    with (
        reference_server(*options) as (url, token),
        httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client,
    ):
        yield Served(url, token, client)


def emulate(
    *arguments: str, environment: dict[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``okta-emulator`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "emulator", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        timeout=120,
        check=False,
    )
