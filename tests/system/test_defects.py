"""A sample of the defects, found by exactly the requirement they break; nox has them all."""

from __future__ import annotations

from conformance.invariants import invariants
from conformance.requirements import PROFILES, catalogue
from tests.system.defects_matrix import (
    blocking_defects,
    line,
    listed_defects,
    matrix,
    outcomes_of,
    sample,
)


def test_every_defect_breaks_a_requirement_of_the_catalogue() -> None:
    known = catalogue(PROFILES)
    unknown = {name: one for name, one in listed_defects().items() if one not in known}

    assert unknown == {}


def test_a_sample_of_the_defects_is_found_by_its_requirement_only() -> None:
    chosen = sample(listed_defects(), 12)

    outcomes = list(matrix(chosen, workers=2, together=6))

    assert {one.defect for one in outcomes} == set(chosen)
    assert [line(one) for one in outcomes if not one.is_right] == []


def test_defects_of_one_server_are_told_apart_by_their_requirements() -> None:
    right = {"a": "conforms", "b": "conforms", "c": "declines", "d": "conforms"}
    wrong = {"a": "violates", "b": "blocked", "c": "declines", "d": "deviates"}

    first, second = outcomes_of({"breaks-a": "a", "breaks-b": "b"}, right, wrong)

    assert (first.verdict, first.others, first.blocked) == ("violates", ("d",), 1)
    assert (second.verdict, second.is_right) == ("blocked", False)


def test_defects_that_are_judged_alone_are_defects() -> None:
    assert blocking_defects() - listed_defects().keys() == set()


def test_at_least_700_requirements_have_a_defect() -> None:
    assert len(set(listed_defects().values())) >= 700


def test_invariants_are_requirements_of_the_catalogue() -> None:
    assert sorted(set(invariants()) - set(catalogue())) == []
