"""Text from a target is shown, whatever it is made of, and does nothing."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.report.text import escaped, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Ægir Østergård 山田 🙂", "Ægir Østergård 山田 🙂"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\x00b", "a␀b"),
        ("a\rb", "a␍b"),
        ("\x7f", "␡"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("\x85\x9b", "\\u0085\\u009b"),
        ("line\u2028", "line\\u2028"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("tab\tnew\nline", "tab\tnew\nline"),
    ],
)
def test_control_and_direction_characters_are_made_visible(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"><img src=x onerror='1'>", "&quot;&gt;&lt;img src=x onerror=&#x27;1&#x27;&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        (None, "None"),
        (404, "404"),
    ],
)
def test_markup_stays_text(text: object, shown: str) -> None:
    assert escaped(text) == shown


def test_huge_text_is_cut_and_says_so() -> None:
    assert plain("x" * 1_000_000, 10) == "xxxxxxxxxx … and 999,990 more characters"


@given(st.text(st.characters(), max_size=200))
def test_no_text_brings_markup_or_control_characters(text: str) -> None:
    shown = escaped(text)

    assert not set(shown) & set("<>\"'")
    assert html.unescape(shown) == plain(text)
    for one in set(plain(text)) - {"\n", "\t"}:
        assert unicodedata.category(one)[0] != "C"
