"""What the system tests share: the judge as a process, and what it wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Judged:
    """A finished run: its exit status, what it printed, and its results."""

    status: int
    output: str
    folder: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of ``results.jsonl``."""
        text = (self.folder / "results.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each requirement."""
        return {
            one["requirement"]: one["verdict"] for one in self.lines if one["type"] == "verdict"
        }

    @property
    def counts(self) -> Counter[str]:
        """How often each verdict was given."""
        return Counter(self.verdicts.values())


Judge = Callable[..., Judged]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Runs the judge as a user does: ``judge("--target", "reference", reference=["…"])``."""

    def run(
        *arguments: str,
        reference: tuple[str, ...] = (),
        cwd: Path | None = None,
        **environment: str,
    ) -> Judged:
        folder = tmp_path / f"report-{len(list(tmp_path.iterdir()))}"
        clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        clean = {name: value for name, value in clean.items() if not name.startswith("SCIM_")}
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                f"--report-dir={folder}",
                *(f"--reference-option={one}" for one in reference),
                *arguments,
            ],
            capture_output=True,
            text=True,
            env=clean | environment,
            cwd=cwd,
            timeout=300,
            check=False,
        )
        return Judged(done.returncode, done.stdout + done.stderr, folder)

    return run
