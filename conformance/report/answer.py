"""The answer in one line: yes, no or undecided, and never more than was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.verdict import Verdict

#: The verdicts by which a requirement is settled; the rest leaves it open.
SETTLED = frozenset(
    {
        Verdict.CONFORMS,
        Verdict.VIOLATES,
        Verdict.DEVIATES,
        Verdict.DECLINES,
        Verdict.NOT_APPLICABLE,
    }
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One requirement, as far as the answer needs it."""

    verdict: Verdict
    is_waived: bool
    is_testable: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The line, and its mood: ``good``, ``bad`` or ``open``."""

    words: str
    mood: str


def answer(judged: Iterable[Judged], *, cut_off: bool) -> Answer:
    """The answer to "does it conform?".

    A waiver lets a run pass, but makes no violation undone.  A run of a few
    checks, be it that others were deselected or that none was allowed to
    write, is no proof: yes needs more than half of what can be tested.
    """
    entries = list(judged)
    counts = Counter(one.verdict for one in entries)
    question = "Conforms to SCIM 2.0"
    undecided = counts[Verdict.BLOCKED] + counts[Verdict.BROKEN]
    if counts[Verdict.VIOLATES]:
        tail = f"; {undecided} could not be judged" if undecided else ""
        tail += "; the run was cut off before its end" if cut_off else ""
        return Answer(f"{question}: no, {_violated(entries)}{tail}", "bad")
    if cut_off:
        return Answer(f"{question}: undecided, the run was cut off before its end", "open")
    if undecided:
        what = number(undecided, "requirement")
        return Answer(f"{question}: undecided, {what} could not be judged", "open")
    settled, testable = coverage(entries)
    if settled * 2 < testable or not settled:
        what = f"only {settled} of {testable} testable requirements were judged"
        return Answer(f"{question}: undecided, {what}", "open")
    deviating = counts[Verdict.DEVIATES]
    tail = f", with {number(deviating, 'deviation')}" if deviating else ""
    what = f"{settled} of {testable} testable requirements{tail}"
    return Answer(f"{question}: yes, in all that was judged ({what})", "good")


def coverage(judged: Iterable[Judged]) -> tuple[int, int]:
    """How many of the testable requirements are settled, and how many there are."""
    testable = [one for one in judged if one.is_testable]
    return sum(1 for one in testable if one.verdict in SETTLED), len(testable)


def number(count: int, noun: str) -> str:
    """``1 requirement``, ``2 requirements``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _violated(entries: list[Judged]) -> str:
    violating = [one for one in entries if one.verdict is Verdict.VIOLATES]
    waived = sum(1 for one in violating if one.is_waived)
    words = f"{number(len(violating), 'MUST')} violated"
    if not waived:
        return words
    if waived == len(violating):
        return f"{words} (known and waived)"
    return f"{words} ({waived} of them known and waived)"
