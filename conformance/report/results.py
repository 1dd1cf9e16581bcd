"""``results.jsonl``: what a run said, one JSON object a line.  Everything else is a view of it.

The first line says what was judged, then comes a line per requirement, then
the end.  A file without its last line is a run that was cut off, and readers
say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ResultsError(Exception):
    """A results file that can't be read; the message says where and why."""


class ResultsWriter:
    """Writes the lines as they come, each flushed, so that a cut-off run keeps what it had."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8", newline="\n")

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
class Results:
    """A run as its file has it; ``end`` is None when the run was cut off."""

    path: Path
    run: dict[str, Any]
    end: dict[str, Any] | None = field(default=None)

    @property
    def is_cut_off(self) -> bool:
        """Whether the last line is missing."""
        return self.end is None

    def verdicts(self) -> Iterator[dict[str, Any]]:
        """The verdict lines, read one by one: the evidence of a long run is large."""
        for line in _lines(self.path):
            if line.get("type") == "verdict":
                yield line


def read(path: Path) -> Results:
    """Open a results file; raises ResultsError."""
    first: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    for line in _lines(path):
        if first is None:
            first = line
        elif line.get("type") == "end":
            last = line
    if first is None:
        raise ResultsError(f"{path} is empty: the run ended before it began")
    if first.get("type") != "run" or first.get("tool") != "scimproof":
        raise ResultsError(f"{path} does not begin like the results of scimproof")
    return Results(path, first, last)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                yield _line(path, number, text)
    except OSError as problem:
        raise ResultsError(f"{path}: {problem.strerror or problem}") from None
    except UnicodeDecodeError:
        raise ResultsError(f"{path} is not UTF-8") from None


def _line(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        if not text.endswith("\n"):
            return {"type": "cut off"}  # the process ended in the middle of its last line
        raise ResultsError(f"{path}: line {number} is not JSON") from None
    if not isinstance(line, dict):
        raise ResultsError(f"{path}: line {number} is not a JSON object")
    return line
