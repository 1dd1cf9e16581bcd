"""What the matrix of legal variants calls fair; ``nox -s variants`` runs them all."""

from __future__ import annotations

from tests.system.variants_matrix import Listed, groups, outcome


def _listed(name: str, of: str = "AMB-01", *deviates: str) -> Listed:
    return Listed(name, of, frozenset(deviates), ("rfc",))


def test_a_variant_may_deviate_only_where_it_says_so() -> None:
    one = _listed("x", "AMB-01", "rfc-a")
    right = {"rfc-a": "conforms", "rfc-b": "conforms", "rfc-c": "declines"}

    fair = outcome([one], right, {"rfc-a": "deviates", "rfc-b": "conforms", "rfc-c": "declines"})
    unfair = outcome([one], right, {"rfc-a": "violates", "rfc-b": "declines"})

    assert (fair.is_right, fair.weaker) == (True, ("rfc-a",))
    assert unfair.unfair == (("rfc-a", "violates"), ("rfc-b", "declines"))


def test_a_run_without_verdicts_is_not_right() -> None:
    assert not outcome([_listed("x")], {}, {}).is_right


def test_two_readings_of_one_choice_are_never_judged_together() -> None:
    grouped = groups([_listed("a"), _listed("b"), _listed("c", "AMB-02")], together=3)

    assert [[one.name for one in group] for group in grouped] == [["a", "c"], ["b"]]
