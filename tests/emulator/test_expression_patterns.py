"""Regular expressions in expressions: whole values, and no pattern that takes for ever."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.expression_patterns import PatternError, pattern


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+b",
        "(a*)*",
        "(a|a)*b",
        "((a)+)+",
        "(a?){20}",
        "(?:a{1,5}){9}",
        "(a|b){2}",
        "((a|b))+",
        "a{1001}",
        "(){9999999999}",
        "(?=a)a",
        "(?!a)b",
        "(?<=a)b",
        "(?P<x>a)",
        "(?x)a",
        "a(?i)b",
        "[[a]",
        "[a-z--b]",
        "[a&&b]",
        "(" * 21 + ")" * 21,
        "a" * 501,
        "(",
        ")",
        "[a",
        "[a--",
        "[]--",
        "[^]",
        "a**",
        "*",
        r"\p{L}",
        "\\",
        r"(a)\2",
    ],
)
def test_pattern_that_is_wrong_or_may_take_long_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        pattern(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a?" * 24 + "a" * 24, "a" * 24),
        (".*" * 6 + "b", "a" * 90),
        ("(a|a)" * 24 + "b", "a" * 24),
        ("(a|b|)" * 15, "a" * 15),
        (".*a.*b.*c", "x" * 500),
    ],
)
def test_pattern_with_too_many_ways_for_a_value_is_refused(text: str, value: str) -> None:
    with pytest.raises(PatternError, match="in too many ways"):
        pattern(text).matches(value)


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        (".*admin.*", "the admins", True),
        ("admin", "the admins", False),
        ("(?i)ADMIN|owner", "Owner", True),
        ("(admin|owner)s?-[0-9]{2,}", "owners-12", True),
        (r"[\w.+-]+@(?:acme|example)\.com", "a.b+c@acme.com", True),
        (r"\d{4}-\d{2}-\d{2}", "2026-12-24", True),
        ("(ab)*", "ababab", True),
        (".*?a.*+", "bab", True),
        (r"[\[\]\-\-]*", "[-]", True),
        (r"\w+", "\u00e9", False),
        ("", "", True),
        ("", "a", False),
        ("a{0}b", "b", True),
        ("|".join(f"group{n}" for n in range(60)), "group59", True),
    ],
)
def test_pattern_matches_the_whole_of_a_value(text: str, value: str, matches: bool) -> None:
    assert pattern(text).matches(value) is matches


@settings(deadline=None)
@given(st.text("ab(|)*+?{}12,[]^-\\.i:$&", max_size=25), st.text("ab-1", max_size=12))
def test_pattern_that_is_taken_matches_as_python_does(text: str, value: str) -> None:
    try:
        found = pattern(text).matches(value)
    except PatternError:
        return
    assert found is (re.fullmatch(text, value, re.ASCII) is not None)
