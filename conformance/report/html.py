"""The views: ``report.html`` and ``junit.xml``, made from ``results.jsonl`` and nothing else.

A second pytest, in a process of its own, replays the verdicts into pytest-html
and pytest's JUnit writer.  So a live run, one with ``-n``, and
``scimproof report`` all give the same files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conformance.report.document import JUNIT, PAGE

#: Seconds that the views may take; a page of three thousand exchanges takes a few.
_PATIENCE = 120


class ViewsError(Exception):
    """The views could not be made; the message says what the replay printed last."""


def write_views(results_path: Path, report_dir: Path) -> list[Path]:
    """Make the views of a results file in ``report_dir``; raises ViewsError.

    They are made aside and moved into place.  When they can't be made those of
    an earlier run go away, for they would pass for views of this one.
    """
    views = [report_dir / PAGE, report_dir / JUNIT]
    try:
        with tempfile.TemporaryDirectory(prefix=".views-", dir=report_dir) as aside:
            _replay(results_path.absolute(), Path(aside))
            for view in views:
                (Path(aside) / view.name).replace(view)
    except ViewsError:
        for view in views:
            view.unlink(missing_ok=True)
        raise
    except OSError as problem:
        raise ViewsError(f"the views could not be made: {problem.strerror or problem}") from None
    return views


def _replay(results_path: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "conformance.report.replay", str(results_path)]
    try:
        done = subprocess.run(  # noqa: S603  our own program
            command,
            env=_environment(),
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ViewsError(f"the views were not ready after {_PATIENCE} s") from None
    if done.returncode != 0:
        lines = (done.stderr.strip() or "it printed nothing").splitlines()
        raise ViewsError(f"the views could not be made: {lines[-1]}")


def _environment() -> dict[str, str]:
    """This process's environment, without what governs the user's own pytest and Python."""
    kept = {name: value for name, value in os.environ.items() if not _governs(name)}
    # The folder that this package was imported from: the replay is of the same version.
    here = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [here, kept.get("PYTHONPATH", "")]))
    return kept | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": path,
        "PYTHONUTF8": "1",
    }


def _governs(name: str) -> bool:
    return name.startswith("PYTEST_") or name in {"PYTHONWARNINGS", "PYTHONINSPECT"}
