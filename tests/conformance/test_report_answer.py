"""The answer says yes only when nothing speaks against it and enough was judged."""

from __future__ import annotations

import pytest

from conformance.report.answer import Judged, answer, coverage
from conformance.verdict import Verdict


def judged(*groups: tuple[int, str], waived: int = 0) -> list[Judged]:
    verdicts = [Verdict(word) for count, word in groups for _ in range(count)]
    return [
        Judged(one, is_waived=number < waived, is_testable=True)
        for number, one in enumerate(verdicts)
    ]


@pytest.mark.parametrize(
    ("groups", "waived", "cut_off", "words", "mood"),
    [
        (
            [(9, "conforms")],
            0,
            False,
            "yes, in all that was judged (9 of 9 testable requirements)",
            "good",
        ),
        (
            [(6, "conforms"), (1, "declines"), (2, "not applicable"), (3, "untested")],
            0,
            False,
            "yes, in all that was judged (9 of 12 testable requirements)",
            "good",
        ),
        (
            [(8, "conforms"), (1, "deviates")],
            0,
            False,
            "yes, in all that was judged (9 of 9 testable requirements, with 1 deviation)",
            "good",
        ),
        ([(1, "violates"), (9, "conforms")], 0, False, "no, 1 MUST violated", "bad"),
        ([(3, "violates"), (9, "conforms")], 0, False, "no, 3 MUSTs violated", "bad"),
        (
            [(3, "violates")],
            1,
            False,
            "no, 3 MUSTs violated (1 of them known and waived)",
            "bad",
        ),
        ([(2, "violates")], 2, False, "no, 2 MUSTs violated (known and waived)", "bad"),
        (
            [(2, "violates"), (3, "blocked"), (1, "broken")],
            0,
            True,
            "no, 2 MUSTs violated; 4 could not be judged; the run was cut off before its end",
            "bad",
        ),
        ([(9, "conforms")], 0, True, "undecided, the run was cut off before its end", "open"),
        (
            [(9, "conforms"), (1, "blocked")],
            0,
            False,
            "undecided, 1 requirement could not be judged",
            "open",
        ),
        (
            [(9, "conforms"), (2, "broken")],
            0,
            False,
            "undecided, 2 requirements could not be judged",
            "open",
        ),
        (
            [(3, "conforms"), (9, "untested")],
            0,
            False,
            "undecided, only 3 of 12 testable requirements were judged",
            "open",
        ),
        ([], 0, False, "undecided, only 0 of 0 testable requirements were judged", "open"),
    ],
)
def test_the_answer(
    groups: list[tuple[int, str]], waived: int, cut_off: bool, words: str, mood: str
) -> None:
    told = answer(judged(*groups, waived=waived), cut_off=cut_off)

    assert told.words == f"Conforms to SCIM 2.0: {words}"
    assert told.mood == mood


def test_what_cannot_be_tested_does_not_count() -> None:
    entries = [
        *judged((2, "conforms"), (1, "untested"), (1, "blocked")),
        Judged(Verdict.UNTESTED, is_waived=False, is_testable=False),
    ]

    assert coverage(entries) == (2, 4)
