"""Expectations speak to someone who was not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance import expect
from conformance.verdict import Deviation, Unmet
from tests.conformance.samples import response


def _json(value: Any, **more: Any) -> Any:
    return response(json.dumps(value).encode(), **more)


USER = _json({"userName": "ada", "emails": [{"value": "x"}], "active": True, "title": None})
REFUSED = _json(
    {"detail": "nope", "scimType": "invalidValue", "status": "400"}, status=400, method="POST"
)
LIST = _json({"totalResults": 2, "Resources": [{"id": "1"}, {"id": "2"}]}, path="/Users")


@pytest.mark.parametrize(
    "holds",
    [
        lambda: expect.status(USER, 200, 201),
        lambda: expect.success(USER),
        lambda: expect.no_server_error(response(status=501)),
        lambda: expect.scim_error(REFUSED, scim_type="invalidValue"),
        lambda: expect.finds(LIST, "2", "1"),
        lambda: expect.finds(LIST, "1", among=["1"]),
        lambda: expect.attribute(USER, "emails.value", "x"),
        lambda: expect.present(USER, "userName"),
        lambda: expect.absent(USER, "title"),
        lambda: expect.absent(USER, "nickName"),
        lambda: expect.json_type(1, "integer", "x"),
        lambda: expect.contains(["a"], "a", "x"),
        lambda: expect.lacks(None, "a", "x"),
        lambda: expect.one_of(None, (1, None), "x"),
        lambda: expect.media_type(USER, "application/scim+json"),
    ],
    ids=map(str, range(15)),
)
def test_what_holds_says_nothing(holds: Callable[[], object]) -> None:
    holds()


@pytest.mark.parametrize(
    ("fails", "message"),
    [
        (
            lambda: expect.status(REFUSED, 409),
            'POST /Users/1: expected 409 Conflict, got 400 Bad Request ("nope")',
        ),
        (lambda: expect.success(REFUSED), "expected success, got 400 Bad Request"),
        (lambda: expect.no_server_error(response(status=500)), "got 500 Internal Server Error"),
        (lambda: expect.header(USER, "ETag"), "GET /Users/1: expected a ETag header, got none"),
        (
            lambda: expect.scim_error(REFUSED, scim_type="uniqueness"),
            'expected scimType "uniqueness" in the error body, got "invalidValue"',
        ),
        (lambda: expect.finds_nothing(LIST), "expected 0 resources, got 2 resources"),
        (lambda: expect.finds(LIST, "3"), 'missing ["3"]; not asked for ["1", "2"]'),
        (lambda: expect.attribute(USER, "userName", "eve"), 'to be "eve", got "ada"'),
        (lambda: expect.attribute(USER, "nickName", "x"), "but it is not there"),
        (lambda: expect.present(USER, "title"), "expected title to have a value"),
        (lambda: expect.absent(USER, "active"), "expected active to have no value, got true"),
        (lambda: expect.equal(1, True, "x"), "x: expected true, got 1"),
        (lambda: expect.json_type(True, "integer", "x"), "x: expected an integer, got true"),
        (lambda: expect.json_type("1", "boolean", "x"), 'x: expected a boolean, got "1"'),
        (lambda: expect.contains([1], True, "x"), "x: expected true to be in it"),
        (lambda: expect.lacks({"a": 1}, "a", "x"), 'expected "a" not to be in it'),
        (lambda: expect.from_base64("??"), "expected base64"),
        (lambda: response(b"<html>").json(), "expected a JSON body, got"),
        (lambda: response(b"[]").body, "expected a JSON object, got []"),
        (lambda: _json({"Resources": {}}).resources, "expected Resources to be an array"),
    ],
    ids=map(str, range(20)),
)
def test_what_fails_says_what_was_expected_and_what_came(
    fails: Callable[[], object], message: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        fails()
    assert message in str(failed.value)


def test_what_is_tolerated_is_a_deviation() -> None:
    with pytest.raises(Deviation):
        expect.status(REFUSED, 409, tolerated=(400,))
    with pytest.raises(Deviation):
        expect.media_type(USER, "text/plain", tolerated=("application/scim+json",))
    with pytest.raises(Deviation):
        expect.tolerable(False, "odd")
    with pytest.raises(Deviation):
        expect.matches(REFUSED, "1")


def test_filter_that_is_not_declined_finds_what_it_should() -> None:
    expect.matches(LIST, "1", "2")
    with pytest.raises(AssertionError, match="expected 1 resource, got 2 resources"):
        expect.matches(LIST, "1")


def test_what_a_check_stands_on_blocks_it() -> None:
    with pytest.raises(Unmet) as blocked:
        expect.given(USER, "meta.created", "rfc7643-3.1-server-assigns-id-meta")
    assert blocked.value.requirement == "rfc7643-3.1-server-assigns-id-meta"


def test_keyword_of_an_error_that_is_no_json_blocks() -> None:
    with pytest.raises(Unmet) as blocked:
        expect.scim_error(response(b"<html>", status=400), scim_type="invalidSyntax")
    assert blocked.value.requirement == "rfc7644-3.12-errors-json-body"


def test_time_since_a_moment_is_in_seconds() -> None:
    answer = _json({"meta": {"created": "2026-01-01T00:01:00Z"}})
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert expect.seconds_since(answer, "meta.created", moment) == 60
    assert expect.seconds_since(answer, "meta.created", None) == 0


def test_messages_have_no_characters_that_paint_a_terminal() -> None:
    hostile = _json({"detail": "\x1b[31mred\u202e"}, status=400)
    with pytest.raises(AssertionError) as failed:
        expect.status(hostile, 200)
    assert "\x1b" not in str(failed.value)
    assert "\u202e" not in str(failed.value)
