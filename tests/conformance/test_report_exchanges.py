"""Exchanges are laid out for reading, changed in nothing but white space, and never too many."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.evidence import Exchange
from conformance.report.exchanges import Room, evidence, laid_out


def exchange(number: int = 1, body: str = "{}", **changes: object) -> Exchange:
    values: dict[str, object] = {
        "number": number,
        "method": "PATCH",
        "url": "https://example.com/scim/v2/Users/1",
        "request_headers": [["Authorization", "Bearer [redacted]"], ["Accept", "*/*"]],
        "request_body": body,
        "status": 400,
        "reason": "Bad Request",
        "response_headers": [["content-type", "application/scim+json"]],
        "response_body": '{"status":"400"}',
        "seconds": 0.01,
        "error": None,
        "truncated": False,
    }
    return Exchange.from_json(values | changes)


def test_json_is_indented() -> None:
    body = '{"a":[1,{"b":"x,{}[]"}],"c":{},"d":[],"e":-1.0}'

    assert laid_out(body) == json.dumps(json.loads(body), indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'),
        ('{"a":1.00}', '{\n  "a": 1.00\n}'),
        ('{"a":"cut of', '{\n  "a": "cut of'),
        ('{"a" : [', '{\n  "a": ['),
        ("<html>,[]{}", "<html>,[]{}"),
        ("", ""),
    ],
)
def test_what_json_would_not_keep_is_kept(body: str, shown: str) -> None:
    assert laid_out(body).rstrip() == shown


@pytest.mark.parametrize("body", ["[" * 4096, '{"a":' * 800, "]" * 10 + "[", "[,,,}", '["\\'])
def test_hostile_nesting_stays_small(body: str) -> None:
    text = laid_out(body)

    assert len(text) <= 40_000
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", body)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    )
)
def test_layout_changes_white_space_only(document: object) -> None:
    body = json.dumps(document)

    assert json.loads(laid_out(body)) == document


def test_the_last_exchange_is_open_and_can_be_sent_again() -> None:
    shown = evidence([exchange(1), exchange(2)], "https://example.com/scim/v2", Room())

    assert shown.count('<details class="exchange">') == 1
    assert shown.count('<details class="exchange" open>') == 1
    assert "PATCH /Users/1 → 400 Bad Request" in shown
    assert "<b>PATCH https://example.com/scim/v2/Users/1</b>" in shown
    assert "$SCIM_TOKEN" in shown
    assert "curl -i -X PATCH" in shown


def test_a_request_without_answer_says_why() -> None:
    shown = evidence(
        [exchange(status=None, reason="", error="timed out after 30 s")], "https://x", Room()
    )

    assert "→ timed out after 30 s" in shown
    assert "<pre>timed out after 30 s</pre>" in shown


def test_a_body_that_was_cut_is_not_sold_as_whole() -> None:
    shown = evidence([exchange(body="{" + "x" * 4095, truncated=True)], "https://x", Room())

    assert "Bodies are cut at 4,096 characters." in shown
    assert "this sends its beginning only" in shown


def test_no_evidence_is_no_heading() -> None:
    assert evidence([], "https://x", Room()) == ""


def test_when_the_page_is_full_one_line_is_left() -> None:
    room = Room(left=3_000)
    many = [exchange(number, body="x" * 1_000) for number in range(20)]

    shown = evidence(many, "https://example.com/scim/v2", room)

    assert shown.count("<details") < 4
    assert shown.count('<p class="told">PATCH /Users/1 → 400 Bad Request</p>') > 15
    assert room.left >= 0
