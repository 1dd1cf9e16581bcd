"""A target whose reads see a write later: patience where it is declared, and only there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.plugin import CHECKS
from tests.system.conftest import Judge, Judged

TOKEN = "token-of-the-late-server"
#: Some that read what they wrote by its address, some by a query, some by way of Okta.
SOME = [
    str(CHECKS / name)
    for name in (
        "rfc7644/test_3_5_2_3_replace.py",
        "rfc7644/test_3_4_2_2_filtering.py",
        "okta/test_link_users.py",
        "okta/test_update_user_attributes.py",
    )
]


@pytest.fixture
def late() -> Iterator[str]:
    """The URL of a server whose reads are late, and that ignores one PATCH."""
    options = ["--defect", "ignores-a-replace-of-a-title", "--token", TOKEN, "--json"]
    command = [sys.executable, "-m", "tests.system.late_server", "0.05", "--port", "0", *options]
    clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean) as process:
        line = process.stdout.readline() if process.stdout else "{}"
        try:
            yield str(json.loads(line)["url"])
        finally:
            process.terminate()


def red(judged: Judged) -> set[str]:
    """The requirements that were violated, or blocked by another."""
    bad = {"violates", "deviates", "blocked", "broken"}
    return {one for one, verdict in judged.verdicts.items() if verdict in bad}


def test_declared_time_is_given_to_each_write_and_a_defect_is_found_all_the_same(
    judge: Judge, late: str, tmp_path: Path
) -> None:
    declared = tmp_path / "late.toml"
    declared.write_text("[limits]\nsettle = 2\n", "utf-8")

    judged = judge(
        *SOME, f"--target={late}", f"--target-file={declared}", "--no-views", SCIM_TOKEN=TOKEN
    )

    assert red(judged) == {"rfc7644-3.5.2.3-replace-single"}, judged.output
    assert "could not be deleted" not in judged.output


def test_without_it_the_target_is_judged_by_what_it_shows_at_once(judge: Judge, late: str) -> None:
    judged = judge(*SOME, f"--target={late}", "--no-views", SCIM_TOKEN=TOKEN)

    assert {"rfc7644-3.5.2.3-replace-boolean", "okta-update-readable"} & red(judged)
