"""What the judge covers is counted from the checks and the defects themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import coverage
from conformance.cli import main
from conformance.requirements import PROFILES, catalogue

README = Path(__file__).parents[2] / "README.md"


def test_nothing_that_can_be_judged_is_without_a_check_or_a_reason() -> None:
    assert coverage.unchecked() == []


def test_an_exclusion_names_a_requirement_without_a_check_and_says_why() -> None:
    known = catalogue(PROFILES)
    for identifier, reason in coverage.excluded().items():
        assert known[identifier].binds_the_target, identifier
        assert identifier not in coverage.checked(), identifier
        assert reason.endswith("."), identifier


def test_what_has_a_check_is_in_the_catalogue() -> None:
    assert sorted(coverage.checked() - catalogue(PROFILES).keys()) == []


def test_sums_are_those_of_the_levels() -> None:
    for document in ("rfc7643", "rfc7644", "rfc9865", "okta"):
        found = [one for one in coverage.lines() if one.document == document]
        *levels, whole = found
        for name in ("entries", "testable", "excluded", "checked", "proven"):
            assert sum(getattr(one, name) for one in levels) == getattr(whole, name)


def test_readme_has_the_table_of_the_command() -> None:
    assert coverage.markdown(coverage.lines()) in README.read_text("utf-8")


def test_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["coverage"])

    assert capsys.readouterr().out.startswith("Document  Level")
    assert status == (1 if coverage.unchecked() else 0)


def test_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["coverage", "--json"])

    assert '"document": "rfc7643"' in capsys.readouterr().out
