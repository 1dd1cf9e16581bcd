"""The run in the terminal: the answer in one line, the matrix, what failed, where the files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.report.answer import Judged
from conformance.report.answer import answer as of_all
from conformance.report.readiness import KINDS, Readiness, Told, headline, readiness
from conformance.report.results import rows_of
from conformance.requirements import PROFILES, Level, catalogue
from conformance.rows import printable
from conformance.verdict import Verdict

#: The verdicts that are listed one by one, worst first.
_LISTED = (Verdict.VIOLATES, Verdict.BROKEN, Verdict.BLOCKED, Verdict.DEVIATES)

#: So many of one kind are listed; the rest is in the report.
_MOST = 40

_COLORS = {
    Verdict.VIOLATES: "red",
    Verdict.BROKEN: "red",
    Verdict.BLOCKED: "red",
    Verdict.DEVIATES: "yellow",
}


def summarize(
    terminal: pytest.TerminalReporter,
    told: Sequence[dict[str, Any]],
    notes: Sequence[str],
    files: Sequence[Path],
) -> None:
    """Write the summary; ``told`` has one row per requirement."""
    terminal.section("SCIM 2.0 conformance")
    for verdict in _LISTED:
        _list(terminal, verdict, [one for one in told if one["verdict"] == verdict])
    for line in matrix(told):
        terminal.write_line(line)
    for note in notes:
        terminal.write_line(f"note: {printable(note)}", yellow=True)
    terminal.write_line("")
    for line in answers(told):
        terminal.write_line(line)
    for path in files:
        terminal.write_line(f"  {path}")


def _list(
    terminal: pytest.TerminalReporter, verdict: Verdict, rows: Sequence[dict[str, Any]]
) -> None:
    for row in rows[:_MOST]:
        waived = " (waived)" if row.get("waived") else ""
        terminal.write(f"{verdict}{waived}  ", **{_COLORS[verdict]: True})
        terminal.write_line(f"{row['requirement']}  {row['level']}  {row['link']}")
        blamed = f" [blocked by {row['blocked_by']}]" if row["blocked_by"] else ""
        terminal.write_line(f"    {printable(row['reason'])}{blamed}")
    if len(rows) > _MOST:
        terminal.write_line(f"    … and {len(rows) - _MOST} more that are {verdict}")
    if rows:
        terminal.write_line("")


def matrix(told: Sequence[dict[str, Any]]) -> list[str]:
    """Level by verdict, as lines of text."""
    counts = Counter((row["level"], row["verdict"]) for row in told)
    shown = list(Verdict)
    head = "        " + "".join(f"{one:>16}" for one in shown)
    return [
        head,
        *(f"{level:<8}" + "".join(f"{counts[level, one]:>16}" for one in shown) for level in Level),
    ]


def answers(told: Sequence[dict[str, Any]]) -> list[str]:
    """The answers in one line each, and what is ready for Okta; the same as in the report."""
    known = catalogue(PROFILES)
    judged = [
        Judged(
            Verdict(row["verdict"]),
            is_waived=bool(row.get("waived")),
            is_testable=known[row["requirement"]].binds_the_target,
        )
        for row in told
        if known[row["requirement"]].rfc
    ]
    lines = [of_all(judged, cut_off=False).words] if judged else []
    cells = readiness(
        Told(known[row["requirement"]], Verdict(row["verdict"]), row["reason"], rows_of(row))
        for row in told
    )
    return [*lines, headline(cells)[0], *_table(cells)] if cells else lines


def _table(cells: Sequence[Readiness]) -> list[str]:
    """One line per capability: its state for each kind of app."""
    by_capability: dict[str, list[str]] = {}
    for one in cells:
        told = f"{KINDS[one.kind].lower()}: {one.state}"
        by_capability.setdefault(one.capability, []).append(f"{told:<28}")
    return [f"  {name:<24}{''.join(told)}".rstrip() for name, told in by_capability.items()]
