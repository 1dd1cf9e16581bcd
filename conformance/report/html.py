"""The views: ``report.html`` and ``junit.xml``, made from ``results.jsonl`` and nothing else.

A second pytest, in a process of its own, replays the verdicts into pytest-html
and pytest's JUnit writer.  So a live run, one with ``-n``, and
``scimproof report`` all give the same files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

#: Seconds that the views may take; a page of three thousand exchanges takes a few.
_PATIENCE = 120


class ViewsError(Exception):
    """The views could not be made; the message says what the replay printed last."""


def write_views(results_path: Path, report_dir: Path) -> list[Path]:
    """Make the views of a results file in ``report_dir``; raises ViewsError."""
    page, junit = report_dir / "report.html", report_dir / "junit.xml"
    command = [
        sys.executable,
        "-m",
        "conformance.report.replay",
        str(results_path.absolute()),
        str(page.absolute()),
        str(junit.absolute()),
    ]
    # What governs the user's own pytest must not govern this one.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command,
            env=environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ViewsError(f"the views were not ready after {_PATIENCE} s") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
        raise ViewsError(f"the views could not be made: {lines[-1]}")
    return [page, junit]
