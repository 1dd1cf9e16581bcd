"""Ready for Okta: what each cell of the table says, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.report.okta import okta_table
from conformance.report.readiness import Readiness, State, Told, headline, readiness
from conformance.report.results import Row
from conformance.requirements import CAPABILITIES, Level, Requirement, catalogue
from conformance.verdict import Verdict

OKTA = replace(
    next(iter(catalogue(["okta"]).values())),
    id="okta-create-new-account",
    capability="Create Users",
    level=Level.MUST,
)


def _told(
    verdict: Verdict = Verdict.CONFORMS,
    requirement: Requirement = OKTA,
    **rows: Verdict,
) -> Told:
    found = tuple(Row(name, one, f"{name} {one}") for name, one in rows.items())
    return Told(requirement, verdict, f"it {verdict}", found)


def _cell(kind: str, *told: Told) -> Readiness:
    return next(
        one for one in readiness(told) if (one.capability, one.kind) == ("Create Users", kind)
    )


def test_table_has_every_capability_for_both_kinds_of_app() -> None:
    cells = readiness([_told()])

    assert [(one.capability, one.kind) for one in cells] == [
        (capability, kind) for capability in CAPABILITIES for kind in ("oin", "aiw")
    ]


def test_a_run_without_rules_of_okta_has_no_table() -> None:
    told = _told(requirement=next(iter(catalogue(["rfc"]).values())))

    assert readiness([told]) == []
    assert okta_table([]) == ""


def test_what_held_is_ready() -> None:
    assert _cell("oin", _told(oin=Verdict.CONFORMS, aiw=Verdict.CONFORMS)).state is State.READY


def test_a_violation_is_not_ready_for_the_kind_of_app_it_was_seen_with() -> None:
    told = _told(Verdict.VIOLATES, oin=Verdict.VIOLATES, aiw=Verdict.CONFORMS)

    assert _cell("oin", told).state is State.NOT_READY
    assert [one.reason for one in _cell("oin", told).causes] == ["oin violates"]
    assert _cell("aiw", told).state is State.READY


def test_a_violation_without_rows_counts_for_both() -> None:
    told = _told(Verdict.VIOLATES)

    assert {_cell(kind, told).state for kind in ("oin", "aiw")} == {State.NOT_READY}


def test_the_worst_of_several_rows_of_a_kind_decides() -> None:
    told = Told(
        OKTA,
        Verdict.VIOLATES,
        "",
        (Row("oin-a", Verdict.CONFORMS, ""), Row("oin-b", Verdict.VIOLATES, "b")),
    )

    assert _cell("oin", told).causes[0].reason == "b"


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.BROKEN, Verdict.UNTESTED])
def test_what_could_not_be_judged_is_undecided(verdict: Verdict) -> None:
    held = _told(oin=Verdict.CONFORMS)

    assert _cell("oin", held, _told(verdict, oin=verdict)).state is State.UNDECIDED


def test_nothing_judged_is_undecided() -> None:
    told = _told(requirement=replace(OKTA, capability="Import"))

    assert _cell("oin", told).state is State.UNDECIDED


def test_what_the_target_does_not_have_is_not_offered() -> None:
    told = _told(Verdict.NOT_APPLICABLE, oin=Verdict.NOT_APPLICABLE, aiw=Verdict.NOT_APPLICABLE)

    assert _cell("aiw", told).state is State.NOT_OFFERED


def test_what_only_one_kind_of_app_can_do_is_not_offered_to_the_other() -> None:
    told = _told(oin=Verdict.NOT_APPLICABLE, aiw=Verdict.CONFORMS)
    held = _told(oin=Verdict.CONFORMS, aiw=Verdict.CONFORMS)

    assert _cell("oin", held, told).state is State.NOT_OFFERED
    assert _cell("aiw", held, told).state is State.READY


def test_a_rule_of_one_kind_of_app_says_nothing_of_the_other() -> None:
    held = _told(oin=Verdict.CONFORMS, aiw=Verdict.CONFORMS)

    assert _cell("aiw", held, _told(Verdict.VIOLATES, oin=Verdict.VIOLATES)).state is State.READY


def test_a_should_decides_nothing() -> None:
    told = _told(Verdict.DEVIATES, replace(OKTA, level=Level.SHOULD), oin=Verdict.DEVIATES)

    assert _cell("oin", _told(oin=Verdict.CONFORMS), told).state is State.READY


@pytest.mark.parametrize(
    ("states", "words", "mood"),
    [
        ([State.READY, State.NOT_READY], "Ready for Okta: no, Create Users", "bad"),
        ([State.READY, State.UNDECIDED], "Ready for Okta: undecided, Create Users", "open"),
        ([State.READY, State.NOT_OFFERED], "Ready for Okta: yes, with Create Users", "good"),
        (
            [State.NOT_OFFERED, State.NOT_OFFERED],
            "Ready for Okta: no, it offers nothing of what Okta does",
            "bad",
        ),
    ],
)
def test_headline(states: list[State], words: str, mood: str) -> None:
    cells = [
        Readiness("Create Users", kind, state)
        for kind, state in zip(("oin", "aiw"), states, strict=True)
    ]

    assert headline(cells) == (words, mood)


def test_the_table_says_why_and_leads_to_the_proof() -> None:
    hostile = _told(Verdict.VIOLATES, oin=Verdict.VIOLATES)
    hostile = replace(hostile, rows=(Row("oin", Verdict.VIOLATES, "<script>alert(1)</script>"),))

    table = okta_table(readiness([hostile]))

    assert "not ready" in table
    assert 'href="#okta-create-new-account"' in table
    assert "<script>" not in table
    assert "&lt;script&gt;" in table
