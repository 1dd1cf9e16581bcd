"""What the judge covers: entries of the catalogue, those with a check, those proven by a defect.

A check that was never seen red proves nothing, so a requirement counts as proven only when the
reference server has a defect that breaks it.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from conformance.invariants import invariants
from conformance.plugin import CHECKS
from conformance.requirements import CATALOGUE, PROFILES, Level, Requirement, catalogue

_PATIENCE = 60


class CoverageError(Exception):
    """The defects could not be listed; the message says what was printed."""


@dataclass(frozen=True, slots=True)
class Line:
    """The entries of one document and level, and how far they are covered."""

    document: str
    level: str
    entries: int
    testable: int
    excluded: int
    checked: int
    proven: int


@cache
def checked() -> frozenset[str]:
    """The requirements that have a check, or that every exchange of a run is held against."""
    modules = sorted(CHECKS.glob("*/test_*.py"))
    named = {one for path in modules for one in _named(ast.parse(path.read_text("utf-8")))}
    return frozenset(named | set(invariants()))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "requirement" and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


@cache
def excluded() -> Mapping[str, str]:
    """Requirements that bind the target and yet have no check, each with its reason."""
    path = CATALOGUE / "exclusions.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return {str(one["requirement"]): str(one["reason"]) for one in document["exclusion"]}


@cache
def proven() -> frozenset[str]:
    """The requirements that a defect of the reference server breaks; raises CoverageError."""
    command = [sys.executable, "-m", "reference_server", "--list-defects", "--json"]
    done = subprocess.run(  # noqa: S603  our own program
        command, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or "it printed nothing").splitlines()[-1]
        raise CoverageError(f"the defects of the reference server could not be listed: {said}")
    return frozenset(json.loads(line)["requirement"] for line in done.stdout.splitlines())


def lines(profiles: Iterable[str] = tuple(PROFILES)) -> list[Line]:
    """A line for each document and level, and the sum of each document."""
    by_document: dict[str, list[Requirement]] = {}
    for one in catalogue(profiles).values():
        by_document.setdefault(one.document, []).append(one)
    found: list[Line] = []
    for document, entries in by_document.items():
        found += [
            *(_line(document, level, [e for e in entries if e.level is level]) for level in Level),
            _line(document, "all", entries),
        ]
    return found


def _line(document: str, level: str, entries: list[Requirement]) -> Line:
    testable = {one.id for one in entries if one.binds_the_target}
    return Line(
        document,
        level,
        len(entries),
        len(testable),
        len(testable & excluded().keys()),
        len(testable & checked()),
        len(testable & proven()),
    )


def unchecked(profiles: Iterable[str] = tuple(PROFILES)) -> list[str]:
    """What could be judged and has neither a check nor a reason."""
    return [
        one.id
        for one in catalogue(profiles).values()
        if one.binds_the_target and one.id not in checked() and one.id not in excluded()
    ]


#: The heads of the table.
COLUMNS = ("Document", "Level", "Entries", "Testable", "Excluded", "With check", "Proven")


def cells(line: Line) -> tuple[str, ...]:
    """A line as texts, in the order of ``COLUMNS``."""
    is_rfc = line.document.startswith("rfc")
    name = f"RFC {line.document[3:]}" if is_rfc else line.document.capitalize()
    numbers = (line.entries, line.testable, line.excluded, line.checked, line.proven)
    return (name, line.level, *(str(one) for one in numbers))


def markdown(found: Iterable[Line]) -> str:
    """The table as the README has it."""
    head = f"| {' | '.join(COLUMNS)} |"
    rule = f"| {' | '.join(['---', '---', *['---:'] * (len(COLUMNS) - 2)])} |"
    return "\n".join([head, rule, *(f"| {' | '.join(cells(one))} |" for one in found)])


def text(found: Iterable[Line]) -> str:
    """The table for a terminal."""
    rows = [COLUMNS, *(cells(one) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            value.ljust(width) if column < 2 else value.rjust(width)
            for column, (value, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
