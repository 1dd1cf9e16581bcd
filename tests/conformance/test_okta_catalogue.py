"""What the catalogue says of Okta and of Kantega SSO: where it is from, how well it is known."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import conformance
from conformance.discovery import Features
from conformance.report.areas import area
from conformance.requirements import (
    CAPABILITIES,
    CATALOGUE,
    PROFILES,
    Level,
    Requirement,
    catalogue,
)

CHECKS = Path(conformance.__file__).parent / "checks"
ENTRIES = [*catalogue(["okta"]).values(), *catalogue(["kantega"]).values()]
FILES = (*PROFILES["okta"], *PROFILES["kantega"])
KEYS = (
    *("id", "title", "section", "level", "origin", "feature", "actor", "testable", "source"),
    *("confidence", "capability", "statement", "condition", "grade", "how", "note"),
)
ID = re.compile(r"(?:okta|kantega)(?:-[a-z0-9]+)+")
CASES = (Path(__file__).parents[2] / "docs" / "okta-manual-cases.md").read_text("utf-8")
CASE = re.compile(r"^\| (C\d+) \| [^|]+ \| (automated|partly|manual) \| ([^|]+) \|$", re.MULTILINE)
#: The cases of Okta's plan: the columns of its sheet, in its order.
PLANNED = (
    *("C9296", "C9297", "C9298", "C9308", "C9313", "C9314", "C21902", "C9306", "C9339", "C9340"),
    *("C9341", "C9342", "C9343", "C9289", "C9344", "C9345", "C9299", "C9290", "C9293", "C9300"),
    *("C9307", "C9334", "C9335", "C9336", "C9291", "C9309", "C9310", "C9337", "C9292", "C9294"),
    *("C9295", "C9311", "C9301", "C9302", "C9303", "C9304", "C9305", "C9338", "C9312", "C9315"),
    *("C9316", "C9317", "C9318", "C9319", "C9320", "C9321", "C9322", "C9323", "C9324", "C9325"),
    *("C9326", "C9327", "C9328", "C9329", "C9330", "C9331", "C9332", "C9333", "C9359", "C9360"),
    "C9361",
)


def _terms(entry: Requirement) -> list[str]:
    """The terms of its condition."""
    return entry.condition.split(" && ")


def _checked() -> set[str]:
    """The requirements that a check names."""
    modules = [*CHECKS.glob("okta/test_*.py"), *CHECKS.glob("kantega/test_*.py")]
    texts = [path.read_text("utf-8") for path in modules]
    return {found for text in texts for found in re.findall(r'@requirement\(\s*"([^"]+)"', text)}


def test_ids_are_words() -> None:
    assert [one.id for one in ENTRIES if not ID.fullmatch(one.id)] == []


def test_profile_is_the_first_word_of_the_id() -> None:
    assert [one.id for one in ENTRIES if one.profile != one.id.partition("-")[0]] == []


def test_source_is_an_address_or_explained() -> None:
    """The guide of Kantega SSO has none, which its file says."""
    without = [one for one in ENTRIES if not one.source.startswith("https://")]

    assert {one.profile for one in without} == {"kantega"}
    assert {one.source for one in without} == {""}
    assert "source is empty" in (CATALOGUE / "kantega.toml").read_text("utf-8")


def test_confidence_is_known() -> None:
    known = {"documented", "sample", "observed", "inferred"}

    assert [one.id for one in ENTRIES if one.confidence not in known] == []


def test_capability_is_one_of_the_console_or_none() -> None:
    assert {one.capability for one in ENTRIES} == {"", *CAPABILITIES}
    assert {one.capability for one in ENTRIES if one.profile == "kantega"} == {""}


def test_what_is_only_inferred_binds_where_an_rfc_says_it() -> None:
    binding = [one for one in ENTRIES if one.level is Level.MUST and one.confidence == "inferred"]

    assert [one.id for one in binding if not re.search(r"RFC 764\d section \d", one.note)] == []


def test_every_feature_is_an_area_of_the_report() -> None:
    assert [one.id for one in ENTRIES if area(one.feature)[0] == one.feature] == []


def test_texts_are_sentences() -> None:
    wrong = [
        one.id
        for one in ENTRIES
        if not one.title
        or not one.statement.endswith(".")
        or any(text != text.strip() for text in (one.title, one.statement, one.how, one.note))
        or "!" in one.title + one.statement + one.how + one.note
    ]

    assert wrong == []


@pytest.mark.parametrize("term", sorted({t for one in ENTRIES for t in _terms(one)} - {""}))
def test_condition_is_a_term_that_discovery_knows(term: str) -> None:
    answer = Features(base_url="https://localhost/scim/v2").applies(term)

    assert answer.holds is True or answer.reason


@pytest.mark.parametrize("name", FILES)
def test_files_have_only_known_keys_in_one_order(name: str) -> None:
    document = tomllib.loads((CATALOGUE / f"{name}.toml").read_text(encoding="utf-8"))

    assert document.keys() == {"requirement"}
    for entry in document["requirement"]:
        assert list(entry) == [key for key in KEYS if key in entry]


def test_what_can_be_seen_has_a_check_and_what_cannot_says_why() -> None:
    checked = _checked()
    binding = {one.id for one in ENTRIES if one.binds_the_target}

    assert sorted(binding - checked) == []
    assert sorted(checked - binding) == []
    assert [one.id for one in ENTRIES if not one.binds_the_target and not one.note] == []


def test_steps_of_the_spec_test_are_all_there_in_their_order() -> None:
    steps = [one.id.split("-")[2] for one in ENTRIES if one.id.startswith("okta-spec-")]

    assert steps[:12] == [f"{number:02}" for number in range(1, 13)]


def test_suites_of_okta_are_no_capability() -> None:
    """Ready for Okta is about what an administrator switches on."""
    suites = [one for one in ENTRIES if one.feature == "okta-suite"]

    assert {one.capability for one in suites} == {""}


# The manual plan ----------------------------------------------------------------------


def test_every_case_of_the_plan_is_in_the_table_once() -> None:
    assert tuple(case for case, _, _ in CASE.findall(CASES)) == PLANNED
    assert len(PLANNED) == 61


def test_requirements_in_the_table_exist_and_can_be_seen() -> None:
    known = catalogue(["okta"])
    named = {one for _, _, by in CASE.findall(CASES) for one in re.findall(r"`([^`]+)`", by)}

    assert sorted(named - known.keys()) == []
    assert [one for one in sorted(named) if not known[one].binds_the_target] == []


def test_automated_cases_name_a_requirement_and_manual_ones_a_reason() -> None:
    for case, covered, by in CASE.findall(CASES):
        assert ("`okta-" in by) or covered == "manual", case
        assert covered == "automated" or by.rstrip().endswith("."), case


def test_figures_below_the_table_are_those_of_the_table() -> None:
    counted = Counter(covered for _, covered, _ in CASE.findall(CASES))
    told = re.search(r"In figures: (\d+) automated, (\d+) partly, (\d+) manual\.", CASES)

    assert told is not None
    assert [int(one) for one in told.groups()] == [
        counted[one] for one in ("automated", "partly", "manual")
    ]
