"""The catalogue against facts about the RFCs: sections that exist, keywords that are there.

``rfc_sections.json`` has each section's title and how often each keyword of RFC 2119 occurs in
its own text, without that of its subsections.  For RFC 9865 the words were counted in its last
draft, whose normative text is the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.discovery import Features
from conformance.requirements import (
    CATALOGUE,
    PROFILES,
    Level,
    Requirement,
    UnknownProfileError,
    catalogue,
    digest,
)

SECTIONS: dict[str, dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("rfc_sections.json").read_text(encoding="utf-8")
)
ENTRIES = list(catalogue().values())

#: RFC 2119, sections 1 to 5: what says the same as each keyword.
SYNONYMS = {
    "MUST": {"MUST", "SHALL", "REQUIRED"},
    "MUST NOT": {"MUST NOT", "SHALL NOT"},
    "SHOULD": {"SHOULD", "RECOMMENDED"},
    "SHOULD NOT": {"SHOULD NOT", "NOT RECOMMENDED"},
    "MAY": {"MAY", "OPTIONAL"},
}
LEVELS = {
    "MUST": Level.MUST,
    "MUST NOT": Level.MUST,
    "SHOULD": Level.SHOULD,
    "SHOULD NOT": Level.SHOULD,
    "MAY": Level.MAY,
    "unspecified": Level.MAY,  # the text is silent, so nothing here can be a violation
}
#: Sentences whose keyword stands in another section than the one they belong to.
KEYWORD_ELSEWHERE = {
    "rfc7644-3.5.2.1-add-readonly": "3.5.2",  # said there once for all three operations
}
#: Told without a keyword, as definitions are, but as advice or as leave: not a MUST.
SAID_IN_LOWER_CASE = {
    "rfc7643-4.2-nested-groups": Level.MAY,
    "rfc7643-5-id-not-required": Level.MAY,
    "rfc7643-9.3-identifiers-bound-tenants": Level.SHOULD,  # "it is suggested"
    "rfc7644-3.1-subset-schema-allowed": Level.MAY,
    "rfc7644-3.4.2.4-server-page-limit": Level.MAY,
    "rfc7644-3.5.2.2-remove-absent-member": Level.SHOULD,  # in the text of an example
    "rfc9865-2-accurate-totalresults": Level.SHOULD,
    "rfc9865-2.2-sorted-cursor-pages": Level.SHOULD,
    "rfc9865-2.4-index-stays-default": Level.SHOULD,
    "rfc9865-5.2-forged-cursors-detected": Level.SHOULD,
    "rfc9865-5.2-obfuscated-cursors": Level.SHOULD,
    "rfc9865-5.3-large-anonymous-queries": Level.MAY,
    "rfc9865-5.3-rate-limits": Level.MAY,
}
TERMS = sorted({term for one in ENTRIES for term in one.condition.split(" && ") if term})
#: What no document tells, so that a target is asked.
PROBED = ("POST /.search supported", "/Me supported", "base-URI query supported")
ID = re.compile(r"rfc(?P<rfc>\d{4})-(?P<section>\d+(?:\.\d+)*)-[a-z0-9]+(?:-[a-z0-9]+)*")
KEYS = (
    *("id", "title", "section", "level", "origin", "feature", "actor", "testable", "statement"),
    *("condition", "errata", "ambiguity", "grade", "how", "note"),
)
ERRATUM = re.compile(r"\d{4} \((?:verified|held|reported|rejected)\)")


def test_every_requirement_is_there() -> None:
    assert Counter(one.rfc for one in ENTRIES) == {7643: 233, 7644: 405, 9865: 40}
    assert len(ENTRIES) == 678


def test_ids_are_words_after_the_rfc_and_the_section() -> None:
    wrong = [
        one.id
        for one in ENTRIES
        if not (found := ID.fullmatch(one.id))
        or (found["rfc"], found["section"]) != (str(one.rfc), one.section)
    ]

    assert wrong == []


def test_entries_stand_in_the_order_of_the_document() -> None:
    places = [(one.rfc, [int(part) for part in one.section.split(".")]) for one in ENTRIES]

    assert places == sorted(places)


def test_sections_exist() -> None:
    assert [one.id for one in ENTRIES if one.section not in SECTIONS[str(one.rfc)]] == []


@pytest.mark.parametrize("origin", list(SYNONYMS))
def test_keyword_is_in_the_section(origin: str) -> None:
    absent = [
        one.id
        for one in ENTRIES
        if one.origin == origin and not SYNONYMS[origin] & _keywords(one).keys()
    ]

    assert absent == []


def test_origins_are_known() -> None:
    assert {one.origin for one in ENTRIES} == {*SYNONYMS, "definition", "unspecified"}


def test_level_follows_from_the_keyword() -> None:
    wrong = [one.id for one in ENTRIES if LEVELS.get(one.origin, one.level) is not one.level]

    assert wrong == []


def test_definition_binds_unless_it_is_said_in_lower_case() -> None:
    weak = {
        one.id: one.level
        for one in ENTRIES
        if one.origin == "definition" and one.level is not Level.MUST
    }

    assert weak == SAID_IN_LOWER_CASE


def test_exceptions_name_sections_that_have_the_keyword() -> None:
    wrong = [
        name
        for name, section in KEYWORD_ELSEWHERE.items()
        if section not in SECTIONS[str(catalogue()[name].rfc)]
        or section == catalogue()[name].section
    ]

    assert wrong == []


def test_link_leads_to_the_section() -> None:
    duplicate = catalogue()["rfc7644-3.3-duplicate-create"]
    cursor = catalogue()["rfc9865-2.1-invalidcursor"]

    assert duplicate.link == "https://www.rfc-editor.org/rfc/rfc7644#section-3.3"
    assert cursor.link == "https://www.rfc-editor.org/rfc/rfc9865#section-2.1"
    assert {one.link.partition("#section-")[2] == one.section for one in ENTRIES} == {True}


def test_link_to_an_appendix_says_so() -> None:
    appendix = replace(catalogue()["rfc7644-3.3-duplicate-create"], section="A")

    assert appendix.link == "https://www.rfc-editor.org/rfc/rfc7644#appendix-A"


@pytest.mark.parametrize("term", TERMS)
def test_condition_is_a_term_that_discovery_knows(term: str) -> None:
    """Discovery raises ValueError for a term that it does not know."""
    features = Features(base_url="https://localhost/scim/v2", probes=dict.fromkeys(PROBED, True))

    answer = features.applies(term)

    assert answer.holds is True or answer.reason


def test_condition_that_discovery_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown condition 'nosuch supported'"):
        Features().applies("nosuch supported")


def test_conditions_on_the_configuration_name_what_it_has() -> None:
    prefix = "ServiceProviderConfig."
    names = {term.removeprefix(prefix) for term in TERMS if term.startswith(prefix)}

    assert names == {
        *(f"{one}.supported" for one in ("patch", "bulk", "filter", "changePassword")),
        *(f"{one}.supported" for one in ("sort", "etag")),
        "patch.supported == false",
        "pagination present",
        "pagination.cursor",
        "pagination.index",
    }


def test_every_ambiguity_is_named_where_it_matters() -> None:
    named = {name for one in ENTRIES for name in one.ambiguity}

    assert named == {f"AMB-{number:02}" for number in range(1, 62)}


def test_grade_is_given_where_the_text_is_ambiguous_and_only_there() -> None:
    assert [one.id for one in ENTRIES if bool(one.ambiguity) != bool(one.grade)] == []


def test_grade_speaks_in_verdicts_that_the_level_allows() -> None:
    impossible = {Level.MUST: "Declines", Level.SHOULD: "Violates", Level.MAY: "Violates"}

    assert [one.id for one in ENTRIES if f"{impossible[one.level]}:" in one.grade] == []


def test_what_binds_only_clients_and_what_cannot_be_tested_is_counted() -> None:
    assert Counter(one.actor for one in ENTRIES) == {"server": 566, "both": 56, "client": 56}
    assert Counter(one.testable for one in ENTRIES) == {"yes": 585, "partly": 56, "no": 37}
    assert sum(one.binds_the_target for one in ENTRIES) == 595


def test_errata_have_a_status() -> None:
    assert [e for one in ENTRIES for e in one.errata if not ERRATUM.fullmatch(e)] == []


def test_texts_are_sentences_of_the_project() -> None:
    """No shorthand of the notes they were made from, and no reference that leads nowhere."""
    foreign = re.compile(r"UNSPECIFIED|AMB-\d|\bFAIL\b|\bWARN\b|\.md\b|#\d{2,}|\bsuite\b")
    texts = [
        (one.id, text)
        for one in ENTRIES
        for text in (one.title, one.statement, one.grade, one.how, one.note)
        if foreign.search(text) or text != text.strip()
    ]

    assert texts == []
    assert [one.id for one in ENTRIES if not one.statement.endswith(".") or not one.title] == []


@pytest.mark.parametrize("name", PROFILES["rfc"])
def test_files_have_only_known_keys_in_one_order(name: str) -> None:
    document = tomllib.loads((CATALOGUE / f"{name}.toml").read_text(encoding="utf-8"))

    assert document.keys() == {"requirement"}
    for entry in document["requirement"]:
        assert list(entry) == [key for key in KEYS if key in entry]


def test_unknown_profile_is_refused_with_the_choice() -> None:
    with pytest.raises(UnknownProfileError, match=r"unknown profile 'nosuch'; choose from .*rfc"):
        catalogue(["nosuch"])


def test_digest_is_that_of_the_files() -> None:
    contents = [(CATALOGUE / f"{name}.toml").read_bytes() for name in PROFILES["rfc"]]

    assert digest() == hashlib.sha256(b"".join(contents)).hexdigest()


def _keywords(requirement: Requirement) -> dict[str, int]:
    section = KEYWORD_ELSEWHERE.get(requirement.id, requirement.section)
    found: dict[str, int] = SECTIONS[str(requirement.rfc)][section]["keywords"]
    return found
