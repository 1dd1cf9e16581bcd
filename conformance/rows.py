"""A row: what one run of one check says; a requirement's verdict is that of its worst row.

Rows travel from the workers to the controller on pytest's own reports, so
they hold nothing but what JSON can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from conformance.client import TargetStoppedError
from conformance.evidence import Exchange
from conformance.requirements import Requirement
from conformance.verdict import Unmet, Verdict, fails_the_run, judge, worst

#: The attribute of a pytest report that carries a row.
ATTRIBUTE = "scimproof"


def row_of(
    requirement: Requirement,
    phase: str,
    error: BaseException | None,
    *,
    exchanges: Sequence[Exchange],
    seconds: float,
    check: str,
    exchanges_needed: bool = True,
) -> dict[str, Any]:
    """The row of a check that ended with ``error`` in ``phase``.

    A check that asked the target nothing proves nothing, unless the exchanges
    of others are what it looks at (``exchanges_needed`` is then False).
    """
    verdict = Verdict.BROKEN if phase == "teardown" else judge(requirement, phase, error)
    reason = _reason(error)
    stopped = ""
    if isinstance(error, TargetStoppedError):
        verdict, stopped = Verdict.BLOCKED, reason
    elif error is None and exchanges_needed and not exchanges:
        verdict, reason = Verdict.BROKEN, "the check asked the target nothing"
    elif verdict is Verdict.BROKEN:
        reason = f"the check crashed in {phase}: {type(error).__name__}: {reason}"
    return {
        "requirement": requirement.id,
        "level": str(requirement.level),
        "verdict": str(verdict),
        "reason": reason,
        "blocked_by": error.requirement if isinstance(error, Unmet) else "",
        "stopped": stopped,
        "seconds": round(seconds, 4),
        "check": check,
        "link": requirement.link,
        "exchanges": [one.to_json() for one in exchanges],
    }


def _reason(error: BaseException | None) -> str:
    if error is None:
        return ""
    text = str(error.msg) if isinstance(error, pytest.skip.Exception) else str(error)
    # pytest appends its own view of an assert to the message; the first paragraph is ours.
    return text.partition("\nassert ")[0].strip() or type(error).__name__


def attach(report: pytest.TestReport, row: dict[str, Any], *, fail_on: str) -> None:
    """Put ``row`` on pytest's report, and make pytest's outcome say the same."""
    setattr(report, ATTRIBUTE, row)
    verdict = Verdict(row["verdict"])
    report.user_properties = [
        *report.user_properties,
        ("requirement", row["requirement"]),
        ("verdict", row["verdict"]),
        ("level", row["level"]),
    ]
    if verdict is Verdict.CONFORMS:
        return
    if row.get("waived"):
        _xfail(report, row)
    elif fails_the_run(verdict, fail_on=fail_on):
        report.outcome = "failed"
        if verdict is not Verdict.BROKEN or not report.longrepr:
            report.longrepr = told(row)
    elif verdict is Verdict.DEVIATES:
        _xfail(report, row)
    else:
        report.outcome = "skipped"
        report.longrepr = (row["check"], 0, f"Skipped: {row['verdict']}: {row['reason']}")


def _xfail(report: pytest.TestReport, row: dict[str, Any]) -> None:
    report.outcome = "skipped"
    report.wasxfail = f"{row['verdict']}: {row['reason']}"


def told(row: dict[str, Any]) -> str:
    """What a vendor reads of a failure, in the terminal."""
    lines = [f"{row['verdict']}  {row['requirement']}  {row['level']}  {row['link']}"]
    lines += [row["reason"]]
    if row["blocked_by"]:
        lines += [f"blocked by {row['blocked_by']}"]
    for one in row["exchanges"][-6:]:
        lines += [f"  exchange {one['number']}: {Exchange.from_json(one).line}"]
    return printable("\n".join(lines))


def printable(text: str) -> str:
    """``text`` without the control characters by which a target could paint the terminal."""
    return "".join(
        one if one.isprintable() or one == "\n" else f"\\x{ord(one):02x}" for one in text
    )


def merged(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row that speaks for all rows of a requirement: the worst, with its evidence.

    Where every row conforms, the evidence is that of all of them.
    """
    verdict = worst(Verdict(one["verdict"]) for one in found)
    speaking = [one for one in found if one["verdict"] == verdict]
    first = dict(speaking[0])
    first["rows"] = [_named(one) for one in found if _name(one)]
    first["seconds"] = round(sum(one["seconds"] for one in found), 4)
    if verdict is Verdict.CONFORMS:
        first["exchanges"] = [exchange for one in found for exchange in one["exchanges"]]
        return first
    if len(found) > 1:
        row = _name(first)
        count = f" ({len(speaking)} of {len(found)} rows)" if len(speaking) > 1 else ""
        first["reason"] = f"[{row}] {first['reason']}{count}" if row else first["reason"]
    return first


def _name(row: dict[str, Any]) -> str:
    """The name of a row of a parametrized check; empty where there is only one."""
    return str(row["check"] or "").partition("[")[2].rstrip("]")


def _named(row: dict[str, Any]) -> dict[str, str]:
    return {"name": _name(row), "verdict": row["verdict"], "reason": row["reason"]}
