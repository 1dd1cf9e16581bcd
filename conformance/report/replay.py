"""Replays a results file into pytest-html and JUnit: ``python -m conformance.report.replay FILE``.

Writes ``report.html`` and ``junit.xml`` into the current folder.  It runs no
tests: it tells pytest of the verdicts as if they had just been given.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import pytest

from conformance.report import page
from conformance.report.document import JUNIT, PAGE, DocumentError, finish
from conformance.report.entry import Entry, entries, known_to
from conformance.report.results import Results, ResultsError, read
from conformance.report.text import plain
from conformance.verdict import Verdict

_HERE = Path(__file__).parent

#: What pytest returns when it has done its work, whatever the verdicts are.
_FINE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

_Outcome = Literal["passed", "failed", "skipped"]
_Phase = Literal["setup", "call", "teardown"]

#: pytest's words for outcomes, in the words of verdicts.
_LABELS = {
    "failed": "violates or broken",
    "passed": "conforms",
    "skipped": "declines, not applicable or untested",
    "xfailed": "deviates or waived",
    "error": "blocked",
}


class Replay:
    """A pytest plugin that collects nothing, and reports what a results file says."""

    def __init__(self, results: Results) -> None:
        self.results = results
        known = known_to(results)
        place = {identifier: number for number, identifier in enumerate(known)}
        # In the order of the documents, however the run was ordered or spread over workers.
        self.entries = sorted(
            entries(results, known),
            key=lambda one: place.get(one.requirement.id, len(place)),
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool:
        """There is nothing to collect."""
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Report every verdict."""
        self._tell_junit(session.config)
        for entry in self.entries:
            for report in _reports(entry):
                session.config.hook.pytest_runtest_logreport(report=report)
        return True

    def _tell_junit(self, config: pytest.Config) -> None:
        answers = page.answers(self.results, self.entries)
        facts = {
            "target": plain(self.results.run.target),
            "started": plain(self.results.run.started),
            "version": plain(self.results.run.version),
            "catalogue_sha256": plain(self.results.run.catalogue_sha256),
            "answer": "; ".join(one.words for one in answers),
        }
        for plugin in config.pluginmanager.get_plugins():
            add = getattr(plugin, "add_global_property", None)
            if add is not None:
                for name, value in facts.items():
                    add(name, value)

    def pytest_metadata(self, metadata: dict[str, Any]) -> None:
        """The page says what was judged, not what Python made it."""
        metadata.clear()

    # pytest-html ----------------------------------------------------------------------

    def pytest_html_report_title(self, report: Any) -> None:
        """The title, and the words for pytest's outcomes."""
        report.title = page.title(self.results)
        for outcome, label in _LABELS.items():
            report.outcomes[outcome]["label"] = label

    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """All that must be readable without scripts."""
        prefix.append(page.page(self.results, self.entries))

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Verdict, level and requirement instead of a test's node id."""
        cells[1:] = page.headers()

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """One row per requirement; the first cell is pytest-html's own and stays."""
        cells[1:] = page.cells(report.entry)

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """The sentence and the reason."""
        data[:] = [page.row_body(report.entry)]


def _reports(entry: Entry) -> Iterator[pytest.TestReport]:
    """pytest's phases of one requirement.

    What is blocked fails in its setup, which is what pytest calls an error,
    and has no call; all else is decided in the call.
    """
    for phase in _phases(entry):
        report = _report(entry, phase)
        decisive = "setup" if entry.verdict is Verdict.BLOCKED else "call"
        if phase == decisive:
            _color(report, entry)
        yield report


def _phases(entry: Entry) -> tuple[_Phase, ...]:
    if entry.verdict is Verdict.BLOCKED:
        return ("setup", "teardown")
    return ("setup", "call", "teardown")


def _report(entry: Entry, phase: _Phase) -> pytest.TestReport:
    requirement = entry.requirement
    name = plain(requirement.id, 200)
    source = requirement.document
    report = pytest.TestReport(
        nodeid=f"{source}::{name}",
        location=(source, None, name),
        keywords={},
        outcome="passed",
        longrepr=None,
        when=phase,
        duration=entry.line.seconds if phase == "call" else 0.0,
        user_properties=[
            ("requirement", name),
            ("verdict", str(entry.verdict)),
            ("level", str(requirement.level)),
            ("link", requirement.link if entry.is_known else ""),
        ],
    )
    report.entry = entry  # type: ignore[attr-defined]
    return report


def _color(report: pytest.TestReport, entry: Entry) -> None:
    """Make pytest's outcome say what the verdict says."""
    verdict, line = entry.verdict, entry.line
    reason = plain(f"{verdict}: {line.reason}")
    if line.waived or verdict is Verdict.DEVIATES:
        report.outcome = "skipped"
        waived = f" (waived: {plain(line.waived.reason)})" if line.waived else ""
        report.wasxfail = reason + waived
    elif entry.is_failure:
        report.outcome = "failed"
        told = "".join(f"\n  {one}" for one in entry.told)
        report.longrepr = f"{reason}\n{entry.requirement.statement}{told}"
    elif verdict is not Verdict.CONFORMS:
        report.outcome = "skipped"
        report.longrepr = (plain(line.check or "no check"), 0, f"Skipped: {reason}")


def main(results_path: Path) -> int:
    """Make both views; the exit status is 0 when they are there."""
    try:
        results = read(results_path)
        replay = Replay(results)
        with redirect_stdout(StringIO()) as printed:
            status = _replay(replay)
        if status not in _FINE or not (Path(PAGE).exists() and Path(JUNIT).exists()):
            sys.stderr.write(f"{printed.getvalue()}\npytest ended with status {status}\n")
            return 1
        finish(Path(PAGE))
    except (ResultsError, DocumentError, OSError) as problem:
        sys.stderr.write(f"{plain(problem)}\n")
        return 1
    return 0


def _replay(plugin: Replay) -> int:
    """Run pytest with what it needs, and nothing that happens to be installed or set."""
    arguments = ["-q", "--capture=no", "--no-header", "--no-summary", "--color=no"]
    arguments += ["-c", str(_HERE / "replay.ini"), "--rootdir=.", "--noconftest"]
    arguments += ["-p", "no:cacheprovider"]
    arguments += ["-p", "pytest_metadata.plugin", "-p", "pytest_html.plugin"]
    # Plain names: pytest expands what looks like a variable in a path.
    arguments += [f"--html={PAGE}", "--self-contained-html", f"--junitxml={JUNIT}"]
    return int(pytest.main(arguments, plugins=[plugin]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
