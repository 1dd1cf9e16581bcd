"""A judging session: the controller knows the target and the results, workers run checks.

Without ``-n`` one process is both.  pytest's side of it (options, selection,
the outcome of a phase) is in ``plugin``; here is what happens once per run:
preflight, discovery, canary, results, cleaning up, views.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__, rows
from conformance.canary import Canary
from conformance.cleaning import Cleaner
from conformance.client import TargetStoppedError
from conformance.embedded import EmbeddedServer, EmbeddedServerError
from conformance.invariants import Sighting, invariants
from conformance.plugin import (
    RUN,
    UNREACHABLE,
    RowCounter,
    Selection,
    judging,
    keep_ground,
    target_of,
)
from conformance.preflight import Unreachable, preflight
from conformance.report.results import ResultsWriter
from conformance.requirements import Requirement, digest
from conformance.run import Run, Settings, briefing, debriefing, merge, run_from
from conformance.summary import summarize
from conformance.verdict import Verdict
from conformance.waivers import WaiverError, Waivers, load_waivers
from conformance.wire import NoAnswer

_TOLD = "scimproof"


def register_worker(config: pytest.Config, told: dict[str, Any]) -> None:
    """Make this process a worker of ``-n``: it runs checks on the controller's briefing."""
    run = run_from(json.loads(told[_TOLD]), worker=str(told["workerid"]))
    config.stash[RUN] = run
    selection, counter = Selection(run.settings.profiles), RowCounter()
    for plugin in (selection, counter, *judging(run, selection, counter), Worker(run)):
        config.pluginmanager.register(plugin)


def register_controller(config: pytest.Config, settings: Settings) -> None:
    """Make this process the controller, and the only worker when there is no ``-n``."""
    selection, counter = Selection(settings.profiles), RowCounter()
    try:
        waivers = load_waivers(config.getoption("waivers"), selection.known)
    except WaiverError as problem:
        raise pytest.UsageError(f"--waivers: {problem}") from None
    keep_ground(config)
    controller = Controller(config, settings, selection, counter, waivers)
    controller.find_target()
    for plugin in (selection, counter, controller):
        config.pluginmanager.register(plugin)


class Worker:
    """Tells the controller at the end what this process saw and left."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Close the connections and debrief, when all fixtures are torn down."""
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
        result = yield
        self.run.close()
        output[_TOLD] = json.dumps(debriefing(self.run))
        return result


class Controller:
    """Judges the session: from preflight to the last line of the results."""

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        selection: Selection,
        counter: RowCounter,
        waivers: Waivers,
    ) -> None:
        self.config = config
        self.settings = settings
        self.selection = selection
        self.counter = counter
        self.waivers = waivers
        self.server: EmbeddedServer | None = None
        self.run: Run
        self.session: pytest.Session
        self.canary: Canary | None = None
        self.writer: ResultsWriter | None = None
        self.started = time.monotonic()
        self.pending: dict[str, list[dict[str, Any]]] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.told: list[dict[str, Any]] = []
        self.sightings: dict[str, Sighting] = {}
        self.requests = 0
        self.left: list[str] = []
        self.notes: list[str] = []
        self.stopped = ""
        self.views: list[Path] = []

    # Beginning ------------------------------------------------------------------------

    def find_target(self) -> None:
        """Work out what to judge; starts the reference server when that is asked for."""
        # A target file names its URL itself.
        url, token = str(self.config.getoption("target") or "file"), None
        if url == "reference" and not self.config.getoption("collectonly"):
            try:
                self.server = EmbeddedServer.start(self.config.getoption("reference_option"))
            except EmbeddedServerError as problem:
                raise pytest.UsageError(f"--target reference: {problem}") from None
            self.config.add_cleanup(self.server.stop)
            url, token = self.server.url, self.server.token
        elif url == "reference":
            url = "http://127.0.0.1:8080/scim/v2"
        self.run = Run(target_of(self.config, url, token), self.settings)
        self.config.stash[RUN] = self.run

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Preflight, discovery, canary, and the first line of the results."""
        self.session = session
        if self.config.getoption("collectonly"):
            return
        workers = self.config.getoption("numprocesses", None) or 0
        if not workers:
            for plugin in judging(self.run, self.selection, self.counter):
                self.config.pluginmanager.register(plugin)
        Path(self.settings.report_dir).mkdir(parents=True, exist_ok=True)
        try:
            preflight(self.run.target, self.run.wire)
            self.run.discover()
            self.canary = Canary.hatch(self.run)
        except (Unreachable, TargetStoppedError) as problem:
            # pytest says it on stderr; its reporter would say it a second time.
            self.config.pluginmanager.unregister(name="terminalreporter")
            pytest.exit(rows.printable(str(problem)), returncode=UNREACHABLE)
        self.writer = ResultsWriter(Path(self.settings.report_dir) / "results.jsonl")
        self.writer.begin(self._head(workers))

    def _head(self, workers: int) -> dict[str, Any]:
        return {
            "type": "run",
            "tool": "scimproof",
            "version": __version__,
            "catalogue_sha256": digest(self.settings.profiles),
            "target": self.run.target.url,
            "started": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "profiles": list(self.settings.profiles),
            "features": self.run.features.summary(),
            "options": {
                "fail_on": self.settings.fail_on,
                "read_only": self.settings.read_only,
                "seed": self.settings.seed,
                "max_requests": self.settings.max_requests,
                "workers": workers or 1,
            },
        }

    def pytest_report_header(self) -> str:
        """Which target, which version, which catalogues."""
        return rows.printable(
            f"scimproof {__version__}: judging {self.run.target.url} "
            f"by {', '.join(self.settings.profiles)}"
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Brief a worker of ``-n``."""
        node.workerinput[_TOLD] = json.dumps(briefing(self.run))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what a worker saw; one that crashed tells nothing."""
        told = getattr(node, "workeroutput", {}).get(_TOLD)
        if told is None:
            self.notes.append("a worker ended without telling what it saw")
            return
        debriefed = json.loads(told)
        merge(self.sightings, debriefed["sightings"])
        self.requests += debriefed["requests"]
        self.left += debriefed["left"]

    # Middle ---------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the row that a report carries; write the verdict when all rows are there."""
        row = getattr(report, rows.ATTRIBUTE, None)
        if row is None:
            return
        self._waive(report, row)
        identifier = row["requirement"]
        gathered = self.pending.setdefault(identifier, [])
        gathered.append(row)
        if len(gathered) >= row["rows"]:
            self._settle(identifier)
        if row["stopped"] and not self.stopped:
            self.stopped = row["stopped"]
            self.session.shouldstop = rows.printable(self.stopped)

    def _waive(self, report: pytest.TestReport, row: dict[str, Any]) -> None:
        waiver = self.waivers.of(row["requirement"])
        if waiver is not None and row["verdict"] in {"violates", "deviates", "blocked"}:
            row["waived"] = waiver
            rows.attach(report, row, fail_on=self.settings.fail_on)

    def _settle(self, identifier: str) -> None:
        gathered = self.pending.pop(identifier)
        if identifier in self.verdicts:  # a teardown failed after the verdict was written
            self.notes.append(f"{identifier}: {gathered[0]['reason']}")
            return
        self._write(rows.merged(gathered))

    def _write(self, row: dict[str, Any]) -> None:
        requirement = self.selection.chosen[row["requirement"]]
        self.verdicts[requirement.id] = Verdict(row["verdict"])
        self.told.append({**row, "exchanges": []})
        line = {
            "type": "verdict",
            "requirement": requirement.id,
            "level": str(requirement.level),
            "profile": requirement.profile,
            "section": requirement.section,
            "verdict": row["verdict"],
            "check": row["check"],
            "reason": row["reason"],
            "seconds": row["seconds"],
            "exchanges": row["exchanges"],
        }
        line |= {name: row[name] for name in ("waived", "blocked_by", "rows") if row.get(name)}
        if self.writer is not None:
            self.writer.verdict(line)

    # End ------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """After the checks, judge what every exchange of the run has shown."""
        result = yield
        if not self.config.getoption("collectonly"):
            merge(self.sightings, debriefing(self.run)["sightings"])
            for requirement in self._watched():
                self._report_invariant(requirement)
        return result

    def _watched(self) -> list[Requirement]:
        """The invariants to judge: those of the levels ``-m`` asks for, in a run of all checks."""
        option = self.config.option
        paths = [Path(one.partition("::")[0]).name for one in self.config.args]
        if option.keyword or getattr(option, "lf", False) or any(one != "checks" for one in paths):
            return []
        level = str(option.markexpr).strip()
        if level and level not in {"must", "should", "may"}:
            return []
        found = [self.selection.chosen[one] for one in invariants() if one in self.selection.chosen]
        return [one for one in found if not level or one.level.lower() == level]

    def _report_invariant(self, requirement: Requirement) -> None:
        if requirement.id in self.verdicts:
            return
        sighting = self.sightings.get(requirement.id, Sighting())
        row = sighting.row(requirement)
        report = pytest.TestReport(
            nodeid=row["check"],
            location=(row["check"].partition("::")[0], None, requirement.id),
            keywords={},
            outcome="passed",
            longrepr=None,
            when="call",
        )
        rows.attach(report, row, fail_on=self.settings.fail_on)
        self.config.hook.pytest_runtest_logreport(report=report)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Finish when all fixtures are torn down, which an interrupted run does only now."""
        result = yield
        if self.writer is not None:
            self._finish(self.writer, session, exitstatus)
        return result

    def _finish(self, writer: ResultsWriter, session: pytest.Session, exitstatus: int) -> None:
        """Clean up, look at the canary, write the last line and the views."""
        for identifier in list(self.pending):
            self._settle(identifier)
        self._clean_up()
        self._write_untested()
        status = self._status(exitstatus)
        session.exitstatus = status
        counts = {str(one): 0 for one in Verdict}
        for verdict in self.verdicts.values():
            counts[verdict] += 1
        writer.end(
            {
                "type": "end",
                "counts": counts,
                "requests": self.requests + self.run.recorder.count,
                "seconds": round(time.monotonic() - self.started, 3),
                "exit": status,
                "notes": [rows.printable(one) for one in self.notes],
            }
        )
        if not self.config.getoption("no_views"):
            self._make_views(writer.path)

    def _make_views(self, results: Path) -> None:
        from conformance.report.html import ViewsError, write_views  # noqa: PLC0415  when needed

        try:
            self.views = write_views(results, Path(self.settings.report_dir))
        except ViewsError as problem:
            self.notes.append(f"{problem}; `scimproof report` tries again")

    def _clean_up(self) -> None:
        try:
            if self.canary is not None:
                self.notes += self.canary.inspect()
        except TargetStoppedError as problem:
            self.notes.append(str(problem))
        self._clean_again()
        self.run.close()
        if self.left:
            self.notes.append(
                f"{len(self.left)} resources could not be deleted: {', '.join(self.left[:5])}; "
                "`scimproof clean` tries again"
            )
        self.run.journal.forget_if_empty()
        self.notes += self.waivers.notes(self.verdicts)
        if self.stopped:
            self.notes.append(self.stopped)

    def _clean_again(self) -> None:
        """Delete what the checks could not, and what was made without a clear answer."""
        run = self.run
        try:
            if not (self.stopped or self.settings.read_only):
                Cleaner(run.target, run.wire, run.journal).clean()
        except NoAnswer as silence:
            self.notes.append(f"the target fell silent while it was cleaned: {silence}")
        self.left = [str(one.url or one.value) for one in run.journal.remaining()]

    def _write_untested(self) -> None:
        watched = invariants()
        for requirement in self.selection.chosen.values():
            if requirement.id not in self.verdicts:
                self._write(_untested(requirement, has_check=requirement.id in watched))

    def _status(self, exitstatus: int) -> int:
        if self.stopped:
            return UNREACHABLE
        if exitstatus == pytest.ExitCode.OK and self.canary is not None and self.canary.harmed:
            return pytest.ExitCode.TESTS_FAILED
        return int(exitstatus)

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The answer in one line, the matrix, and where the files are."""
        if self.writer is None:
            return
        files = [self.writer.path, *self.views]
        summarize(terminalreporter, self.told, self.notes, files)


def _untested(requirement: Requirement, *, has_check: bool) -> dict[str, Any]:
    if requirement.actor == "client":
        reason = "binds clients only"
    elif requirement.testable == "no":
        reason = "cannot be tested from outside"
    elif has_check:
        reason = "this run did not judge what every exchange shows"
    else:
        reason = "no check ran"
    return {
        "requirement": requirement.id,
        "level": str(requirement.level),
        "verdict": str(Verdict.UNTESTED),
        "check": None,
        "reason": reason,
        "seconds": 0.0,
        "exchanges": [],
        "link": requirement.link,
        "blocked_by": "",
    }
