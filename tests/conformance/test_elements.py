"""Expectations of multi-valued attributes, and what they say when they do not hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance import expect
from conformance.client import Response
from conformance.evidence import Exchange

WORK: dict[str, Any] = {"value": "ada@example.com", "type": "work", "primary": True}
HOME: dict[str, Any] = {"value": "ada@example.org", "type": "home"}


def answer(resource: dict[str, Any]) -> Response:
    """A GET of one user that was answered with ``resource``."""
    content = json.dumps(resource).encode()
    exchange = Exchange(1, "GET", "https://example.com/Users/1", (), None, 200, "OK", (), None, 0.0)
    return Response("GET", "/Users/1", exchange.url, None, 200, "OK", (), content, exchange)


@pytest.mark.parametrize("resource", [{}, {"emails": None}, {"emails": "x"}, {"emails": []}])
def test_no_value_is_no_elements(resource: dict[str, Any]) -> None:
    assert expect.elements(answer(resource), "emails") == []


def test_values_are_compared_in_any_order() -> None:
    expect.values(answer({"emails": [WORK, HOME]}), "emails", HOME["value"], WORK["value"])


@pytest.mark.parametrize("there", [[WORK], [WORK, HOME, HOME], []])
def test_missing_and_repeated_values_are_told(there: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError, match=r"GET /Users/1: expected emails to hold the values"):
        expect.values(answer({"emails": there}), "emails", WORK["value"], HOME["value"])


def test_element_may_have_more_sub_attributes_than_are_asked_for() -> None:
    expect.element(answer({"emails": [HOME, WORK]}), "emails", type="work", primary=True)


def test_element_has_all_parts_itself() -> None:
    with pytest.raises(AssertionError, match=r"expected emails to have an element with"):
        expect.element(answer({"emails": [HOME, WORK]}), "emails", type="home", primary=True)


def test_element_that_must_not_be_is_told() -> None:
    expect.no_element(answer({"emails": [HOME]}), "emails", type="work")
    with pytest.raises(AssertionError, match=r"expected emails to have no element with"):
        expect.no_element(answer({"emails": [HOME, WORK]}), "emails", type="work")
