"""``results.jsonl``: what a run said, one JSON object a line.  Everything else is a view of it.

The first line says what was judged, then comes a line per requirement, then
the end.  A file without its last line is a run that was cut off, and readers
say so.  ``fixtures/schemas/results.schema.json`` describes the lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from conformance.evidence import Exchange
from conformance.requirements import Level
from conformance.verdict import Verdict

_Parsed = TypeVar("_Parsed")


class ResultsError(Exception):
    """A results file that can't be read; the message says where and why."""


class ResultsWriter:
    """Writes the lines as they come, each flushed, so that a cut-off run keeps what it had."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # A target can put half a surrogate pair into any string.  UTF-8 has no bytes for
        # it, and a backslash escape is just how JSON writes it.
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def begin(self, head: dict[str, Any]) -> None:
        """The first line: target, version, catalogue, options."""
        self._write(head)

    def verdict(self, line: dict[str, Any]) -> None:
        """The line of one requirement."""
        self._write(line)

    def end(self, foot: dict[str, Any]) -> None:
        """The last line: counts and exit status."""
        self._write(foot)
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()


@dataclass(frozen=True, slots=True)
class RunLine:
    """The first line: what was judged, when, and by which catalogue."""

    version: str
    catalogue_sha256: str
    target: str
    started: str
    profiles: tuple[str, ...]
    features: dict[str, Any]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a failure is known and accepted for now."""

    reason: str
    link: str
    expires: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one case of a check says, where it runs for several."""

    name: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What the run says about one requirement, and on what evidence."""

    requirement: str
    level: Level
    profile: str
    section: str
    verdict: Verdict
    check: str | None
    reason: str
    seconds: float
    exchanges: tuple[Exchange, ...] = ()
    waived: Waiver | None = None
    blocked_by: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class EndLine:
    """The last line: the run came to its end, and this is its sum."""

    requests: int
    seconds: float
    exit: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A run as its file has it; ``end`` is None when the run was cut off."""

    path: Path
    run: RunLine
    end: EndLine | None = None

    @property
    def is_cut_off(self) -> bool:
        """Whether the last line is missing."""
        return self.end is None

    def verdicts(self) -> Iterator[VerdictLine]:
        """The verdict lines, read one by one: the evidence of a long run is large."""
        for number, line in _lines(self.path):
            if line.get("type") == "verdict":
                yield _parsed(self.path, number, line, _verdict)


def read(path: Path) -> Results:
    """Open a results file; raises ResultsError."""
    run: RunLine | None = None
    end: EndLine | None = None
    for number, line in _lines(path):
        if run is None:
            if line.get("type") != "run" or line.get("tool") != "scimproof":
                raise ResultsError(f"{path} does not begin like the results of scimproof")
            run = _parsed(path, number, line, _run)
        elif line.get("type") == "end":
            end = _parsed(path, number, line, _end)
    if run is None:
        raise ResultsError(f"{path} is empty: the run ended before it began")
    return Results(path, run, end)


# Lines --------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = _line(path, number, raw)
                if line is not None:
                    yield number, line
    except OSError as problem:
        raise ResultsError(f"{path}: {problem.strerror or problem}") from None


def _line(path: Path, number: int, raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        if not raw.endswith(b"\n") and number > 1:
            return None  # the process ended in the middle of its last line
        what = "UTF-8" if isinstance(problem, UnicodeDecodeError) else "JSON"
        raise ResultsError(f"{path}: line {number} is not {what}") from None
    if not isinstance(line, dict):
        raise ResultsError(f"{path}: line {number} is not a JSON object")
    return line


def _parsed(
    path: Path, number: int, line: dict[str, Any], parse: Callable[[dict[str, Any]], _Parsed]
) -> _Parsed:
    try:
        return parse(line)
    except KeyError as missing:
        raise ResultsError(f"{path}: line {number} has no {missing.args[0]!r}") from None
    except (AttributeError, TypeError, ValueError) as problem:
        raise ResultsError(f"{path}: line {number} can't be understood: {problem}") from None


def _run(line: dict[str, Any]) -> RunLine:
    return RunLine(
        version=str(line["version"]),
        catalogue_sha256=str(line["catalogue_sha256"]),
        target=str(line["target"]),
        started=str(line["started"]),
        profiles=tuple(str(one) for one in line["profiles"]),
        features=dict(line["features"]),
        options=dict(line["options"]),
    )


def _verdict(line: dict[str, Any]) -> VerdictLine:
    waived = line.get("waived")
    return VerdictLine(
        requirement=str(line["requirement"]),
        level=Level(line["level"]),
        profile=str(line["profile"]),
        section=str(line["section"]),
        verdict=Verdict(line["verdict"]),
        check=None if line["check"] is None else str(line["check"]),
        reason=str(line["reason"]),
        seconds=float(line["seconds"]),
        exchanges=tuple(Exchange.from_json(one) for one in line["exchanges"]),
        waived=None
        if not waived
        else Waiver(str(waived["reason"]), str(waived["link"]), str(waived["expires"])),
        blocked_by=str(line.get("blocked_by") or ""),
        rows=rows_of(line),
    )


def rows_of(line: dict[str, Any]) -> tuple[Row, ...]:
    """The rows of a verdict line; none where the check ran for one case only."""
    return tuple(
        Row(str(one["name"]), Verdict(one["verdict"]), str(one["reason"]))
        for one in line.get("rows", ())
    )


def _end(line: dict[str, Any]) -> EndLine:
    return EndLine(
        requests=int(line["requests"]),
        seconds=float(line["seconds"]),
        exit=int(line["exit"]),
        notes=tuple(str(one) for one in line.get("notes", ())),
    )
