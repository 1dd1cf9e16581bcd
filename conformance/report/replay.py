"""Replays a results file into pytest-html and JUnit: ``python -m conformance.report.replay``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal

import pytest

from conformance.report import page
from conformance.report.results import Results, ResultsError, read
from conformance.requirements import PROFILES, Requirement, catalogue
from conformance.verdict import Verdict

_CSS = Path(__file__).parent / "report.css"

_OUTCOMES = {
    Verdict.CONFORMS: "passed",
    Verdict.VIOLATES: "failed",
    Verdict.BROKEN: "failed",
    Verdict.BLOCKED: "failed",
}


class Replay:
    """A pytest plugin that runs no tests, and reports the verdicts of a file as if it had."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.known: dict[str, Requirement] = catalogue(PROFILES)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool:
        """There is nothing to collect."""
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Report every verdict."""
        hook = session.config.hook
        for verdict in self.results.verdicts():
            requirement = self.known.get(verdict["requirement"])
            if requirement is None:
                continue
            for report in _reports(verdict, requirement):
                hook.pytest_runtest_logreport(report=report)
        return True

    def pytest_metadata(self, metadata: dict[str, Any]) -> None:
        """The environment table says what was judged, not what Python this was."""
        metadata.clear()

    # pytest-html ----------------------------------------------------------------------

    def pytest_html_report_title(self, report: Any) -> None:
        """The title, and the words for pytest's outcomes."""
        report.title = "SCIM 2.0 conformance"
        labels = {
            "failed": "violates",
            "passed": "conforms",
            "skipped": "not judged",
            "xfailed": "deviates or waived",
            "error": "blocked or broken",
        }
        for outcome, label in labels.items():
            report.outcomes[outcome]["label"] = label

    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """The head, the matrix, the failures and every requirement; readable without scripts."""
        prefix.append(page.summary(self.results, self.known))

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Verdict, level and requirement instead of a test's node id."""
        cells[1:] = [
            '<th class="sortable" data-column-type="verdict">Verdict</th>',
            '<th class="sortable" data-column-type="level">Level</th>',
            '<th class="sortable" data-column-type="requirement">Requirement</th>',
            '<th class="sortable" data-column-type="check">Check</th>',
        ]

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """One row per requirement; the first cell is pytest-html's own and stays."""
        row = getattr(report, "verdict_line", None)
        if row is not None:
            cells[1:] = page.cells(row, self.known[row["requirement"]])

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """The sentence and the evidence."""
        row = getattr(report, "verdict_line", None)
        if row is not None:
            data[:] = [page.row_body(row, self.known[row["requirement"]])]


def _reports(line: dict[str, Any], requirement: Requirement) -> Iterator[pytest.TestReport]:
    """pytest's three phases of one requirement: JUnit needs the whole sequence."""
    verdict = Verdict(line["verdict"])
    nodeid = f"rfc{requirement.rfc}::{requirement.id}"
    location = (f"rfc{requirement.rfc}", None, requirement.id)
    properties = [
        ("requirement", requirement.id),
        ("verdict", str(verdict)),
        ("level", str(requirement.level)),
        ("link", requirement.link),
    ]
    phases: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")
    for phase in phases:
        report = pytest.TestReport(
            nodeid=nodeid,
            location=location,
            keywords={},
            outcome="passed",
            longrepr=None,
            when=phase,
            duration=line["seconds"] if phase == "call" else 0.0,
            user_properties=properties,
        )
        if phase == "call":
            _color(report, verdict, line)
        yield report
        if phase == "setup" and report.outcome != "passed":
            return


def _color(report: pytest.TestReport, verdict: Verdict, line: dict[str, Any]) -> None:
    """Make pytest's outcome say what the verdict says."""
    report.verdict_line = line  # type: ignore[attr-defined]
    reason = page.plain(f"{verdict}: {line['reason']}")
    if line.get("waived") or verdict is Verdict.DEVIATES:
        report.outcome = "skipped"
        report.wasxfail = reason
    elif verdict in _OUTCOMES:
        report.outcome = _OUTCOMES[verdict]  # type: ignore[assignment]
        report.longrepr = None if verdict is Verdict.CONFORMS else reason
    else:
        report.outcome = "skipped"
        report.longrepr = (line["check"] or "no check", 0, f"Skipped: {reason}")


def main(results_path: Path, html: Path, junit: Path) -> int:
    """Make both views; the exit status is 0 when they are there."""
    try:
        results = read(results_path)
    except ResultsError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        status = _replay(results, html, junit)
    made = html.exists() and junit.exists()
    return 0 if made and status in _FINE else 1


_FINE = {
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
}


def _replay(results: Results, html: Path, junit: Path) -> int:
    return pytest.main(
        [
            "-q",
            "--capture=no",
            "--no-header",
            "--no-summary",
            "--color=no",
            "-c",
            str(Path(__file__).parent / "replay.ini"),
            f"--rootdir={html.parent}",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "-p",
            "no:xdist",
            f"--html={html}",
            "--self-contained-html",
            f"--css={_CSS}",
            f"--junitxml={junit}",
            "-o",
            "junit_suite_name=scimproof",
            "-o",
            "junit_family=xunit1",
        ],
        plugins=[Replay(results)],
    )


if __name__ == "__main__":
    sys.exit(main(*(Path(one) for one in sys.argv[1:4])))
