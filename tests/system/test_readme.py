"""What the README says is true: its commands run, its tables are those of the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from conformance.verdict import Verdict
from tests.system.conftest import Judge

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text("utf-8")
COMMANDS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


# Those of the emulator are run by test_emulator_walkthrough.py and test_emulator_readme.py.
def test_the_commands_are_the_ones_tested_here() -> None:
    assert COMMANDS == [
        "pip install uv && uv run pytest --target reference",
        "uv run pytest",
        "export SCIM_TOKEN=...",
        "uv run pytest --target https://scim.example.com/scim/v2",
        "uv run python -m reference_server --port 8080",
        "uv run okta-emulator walkthrough --target reference",
        "uv run okta-emulator walkthrough --target https://scim.example.com/scim/v2",
        "uv run okta-emulator push --target https://scim.example.com/scim/v2 --users 500",
    ]


def test_the_first_command_judges_the_reference_server(judge: Judge) -> None:
    judged = judge("--target", "reference")

    assert judged.status == 0, judged.output
    assert (judged.folder / "report.html").exists()


def test_the_second_command_collects_our_own_tests() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests/conformance/" in done.stdout
    assert "conformance/checks" not in done.stdout


def test_the_command_for_ones_own_server_needs_a_server(judge: Judge) -> None:
    judged = judge("--target", "https://scim.example.invalid/scim/v2", SCIM_TOKEN="x" * 12)

    assert judged.status == 10, judged.output
    assert "scim.example.invalid" in judged.output
    assert "Traceback" not in judged.output


def test_every_option_in_the_readme_exists() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    )
    options = set(re.findall(r"`(--[a-z-]+)", README)) - {"--port", "--defect", "--list-defects"}

    assert {one for one in options if one not in done.stdout} == set()


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_verdict_is_explained(verdict: Verdict) -> None:
    assert f"| {verdict} |" in README


def test_links_in_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [one for one in targets if not (CHECKOUT / one).exists()] == []


def test_both_lists_of_pins_are_equal() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    lines = (CHECKOUT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]

    assert pinned == project["tool"]["uv"]["constraint-dependencies"]


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=]", one)[0] for one in wanted}
    pinned = {one.partition("==")[0] for one in project["tool"]["uv"]["constraint-dependencies"]}

    assert names <= pinned
