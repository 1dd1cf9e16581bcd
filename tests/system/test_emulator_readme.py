"""What the emulator's README says is true: its commands and its examples run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from emulator.__main__ import app
from tests.system.endpoints import Served, emulate, served

ROOM = Path(__file__).parents[2] / "emulator"
README = (ROOM / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("okta-emulator")
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Served]:
    """A server for all of them: no example meets the people of another."""
    with served() as started:
        yield started


def test_there_are_examples_and_commands() -> None:
    assert len(EXAMPLES) == 4
    assert len(COMMANDS) == 3


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(endpoint: Served, tmp_path: Path, number: int) -> None:
    code = EXAMPLES[number]
    script = tmp_path / ("test_okta.py" if "def test_" in code else "example.py")
    script.write_text(code, "utf-8")
    start = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if "def test_" in code else []

    done = subprocess.run(
        [sys.executable, *start, str(script)],
        capture_output=True,
        text=True,
        env=endpoint.environment,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
    assert len(endpoint.resources("Users")) > 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(endpoint: Served, tmp_path: Path, command: str) -> None:
    arguments = shlex.split(command.replace("https://scim.example.com/scim/v2", endpoint.url))

    done = emulate(*arguments[1:], environment=endpoint.environment, cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_option_is_explained_and_every_explained_option_exists() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    known = {
        option
        for name in ("walkthrough", "push")
        for one in commands[name].params
        for option in one.opts
    }
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))

    assert told - known == set()
    assert known - told == {"--token"}


def test_every_status_is_explained() -> None:
    for status in (0, 1, 2, 3, 4, 10):
        assert f"| {status} |" in README


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [one for one in targets if not (ROOM / one).exists()] == []
