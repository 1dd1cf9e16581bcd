"""What a run says about one requirement.

Conformance has more outcomes than passed and failed, and a report that blurs
them misleads.  A server is not at fault because the suite has a bug or the
network dropped, and it has not conformed because a check could not run.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from conformance.requirements import Level, Requirement


class Verdict(StrEnum):
    """The eight things a run can say, in the order a reader wants them."""

    VIOLATES = "violates"
    BROKEN = "broken"
    BLOCKED = "blocked"
    DEVIATES = "deviates"
    DECLINES = "declines"
    CONFORMS = "conforms"
    NOT_APPLICABLE = "not applicable"
    UNTESTED = "untested"


class Deviation(AssertionError):
    """The answer is not the one expected, but one that the text does not clearly forbid.

    Raised by expectations where a rule of fair grading says "warn": the
    requirement is then *deviates*, even when its level is MUST.
    """


class Unmet(AssertionError):
    """A precondition failed; ``requirement`` names the sentence that is to blame."""

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(message)
        self.requirement = requirement


class Withheld(Exception):
    """The user asked the suite not to do what the check needs, such as to write."""


_UNMET = {
    Level.MUST: Verdict.VIOLATES,
    Level.SHOULD: Verdict.DEVIATES,
    Level.MAY: Verdict.DECLINES,
}


def judge(requirement: Requirement, phase: str, error: BaseException | None) -> Verdict:
    """The verdict on a check that ended with ``error`` in pytest's ``phase``.

    Only an assertion that fails in the check's own body speaks of the server.
    """
    match error:
        case None:
            return Verdict.CONFORMS
        case Withheld():
            return Verdict.UNTESTED
        case pytest.skip.Exception():
            return Verdict.NOT_APPLICABLE
        case Unmet():
            return Verdict.BLOCKED
        case AssertionError() if phase != "call":
            return Verdict.BLOCKED
        case Deviation():
            return Verdict.DECLINES if requirement.level is Level.MAY else Verdict.DEVIATES
        case AssertionError():
            return _UNMET[requirement.level]
        case _:
            return Verdict.BROKEN


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a requirement whose check ran for several rows.

    A red row decides; after that a row that ran counts more than one that did
    not apply.
    """
    order = list(Verdict)
    return min(verdicts, key=order.index)


def fails_the_run(verdict: Verdict, *, fail_on: str) -> bool:
    """Whether a verdict makes the exit status 1 under ``--fail-on must|should``."""
    if verdict is Verdict.DEVIATES:
        return fail_on == "should"
    return verdict in {Verdict.VIOLATES, Verdict.BLOCKED, Verdict.BROKEN}
