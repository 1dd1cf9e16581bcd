"""The judge itself: what an error in which phase says of a requirement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.client import TargetStoppedError
from conformance.requirements import Level, Requirement, catalogue
from conformance.rows import merged, printable, row_of
from conformance.verdict import Deviation, Unmet, Verdict, Withheld, fails_the_run, judge, worst
from tests.conformance.samples import EXCHANGE

MUST = catalogue()["rfc7644-3.3-duplicate-create"]
SHOULD = replace(MUST, level=Level.SHOULD)
MAY = replace(MUST, level=Level.MAY)


@pytest.mark.parametrize(
    ("requirement", "phase", "error", "verdict"),
    [
        (MUST, "call", None, Verdict.CONFORMS),
        (MUST, "call", AssertionError("no"), Verdict.VIOLATES),
        (SHOULD, "call", AssertionError("no"), Verdict.DEVIATES),
        (MAY, "call", AssertionError("no"), Verdict.DECLINES),
        (MUST, "call", Deviation("odd"), Verdict.DEVIATES),
        (MAY, "call", Deviation("odd"), Verdict.DECLINES),
        (MUST, "setup", AssertionError("no"), Verdict.BLOCKED),
        (MUST, "setup", Unmet("x", "no"), Verdict.BLOCKED),
        (MUST, "call", Unmet("x", "no"), Verdict.BLOCKED),
        (MUST, "call", KeyError("x"), Verdict.BROKEN),
        (MUST, "setup", KeyError("x"), Verdict.BROKEN),
        (MUST, "setup", pytest.skip.Exception("not offered"), Verdict.NOT_APPLICABLE),
        (MUST, "call", Withheld("read-only"), Verdict.UNTESTED),
    ],
)
def test_verdict(
    requirement: Requirement, phase: str, error: BaseException | None, verdict: Verdict
) -> None:
    assert judge(requirement, phase, error) is verdict


@pytest.mark.parametrize(
    ("verdicts", "decides"),
    [
        ([Verdict.CONFORMS, Verdict.VIOLATES, Verdict.BLOCKED], Verdict.VIOLATES),
        ([Verdict.CONFORMS, Verdict.NOT_APPLICABLE], Verdict.CONFORMS),
        ([Verdict.NOT_APPLICABLE, Verdict.UNTESTED], Verdict.NOT_APPLICABLE),
        ([Verdict.DEVIATES, Verdict.BLOCKED], Verdict.BLOCKED),
    ],
)
def test_the_worst_row_decides(verdicts: list[Verdict], decides: Verdict) -> None:
    assert worst(verdicts) is decides


def test_what_fails_a_run() -> None:
    failing = {one for one in Verdict if fails_the_run(one, fail_on="must")}
    assert failing == {Verdict.VIOLATES, Verdict.BLOCKED, Verdict.BROKEN}
    assert fails_the_run(Verdict.DEVIATES, fail_on="should")


def _row(error: BaseException | None, phase: str = "call", asked: bool = True) -> dict[str, object]:
    return row_of(
        MUST, phase, error, exchanges=[EXCHANGE] if asked else [], seconds=0.1, check="x::y[row]"
    )


def test_a_check_that_asked_nothing_is_broken() -> None:
    row = _row(None, asked=False)
    assert (row["verdict"], row["reason"]) == ("broken", "the check asked the target nothing")


def test_a_crash_names_the_phase_and_the_error() -> None:
    row = _row(KeyError("name"))
    assert row["verdict"] == "broken"
    assert "crashed in call: KeyError" in str(row["reason"])


def test_a_block_names_the_requirement_to_blame() -> None:
    assert _row(Unmet("rfc7644-3.3-201-created", "no user"))["blocked_by"] == (
        "rfc7644-3.3-201-created"
    )


def test_a_target_that_stopped_blocks_and_ends_the_run() -> None:
    row = _row(TargetStoppedError("silent"))
    assert (row["verdict"], row["stopped"]) == ("blocked", "silent")


def test_rows_of_one_requirement_become_one() -> None:
    found = merged([_row(None), _row(AssertionError("got 200")), _row(AssertionError("got 500"))])
    assert found["verdict"] == "violates"
    assert found["reason"] == "[row] got 200 (2 of 3 rows)"


def test_what_could_paint_a_terminal_is_made_visible() -> None:
    assert printable("a\x1b[31m\u202eb\nc") == "a\\x1b[31m\\x202eb\nc"
