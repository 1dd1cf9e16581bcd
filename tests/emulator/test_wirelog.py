"""The wire log, its secrets, and the curl lines that are made of it."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from emulator.wirelog import (
    HIDDEN,
    CurlFile,
    Entry,
    Redaction,
    WireLog,
    curl,
    without_passwords,
)

ENTRY = Entry(
    1,
    "create user",
    1_767_225_600.0,
    0.25,
    "POST",
    "https://scim.example/v2/Users?a=b%20c&d",
    (
        ("Accept", "application/scim+json"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
        ("Authorization", "Bearer ***"),
        ("Content-Length", "42"),
        ("Host", "scim.example"),
    ),
    '{"userName":"o\'hara"}',
    201,
    "Created",
    (("Content-Type", "application/scim+json"), ("Location", "https://scim.example/v2/Users/1")),
    '{"id":"1"}',
)


def test_a_line_tells_request_and_answer() -> None:
    assert ENTRY.line == "POST /v2/Users?a=b%20c&d  201 Created"


def test_a_line_tells_that_no_answer_came_and_which_fault_struck() -> None:
    silent = replace(ENTRY, status=None, error="Read timed out", fault="timeout")

    assert silent.line == "POST /v2/Users?a=b%20c&d  Read timed out  (timeout)"


def test_entries_are_numbered_by_the_log() -> None:
    log = WireLog()

    for _ in range(3):
        log.add(ENTRY)

    assert [one.number for one in log.entries] == [1, 2, 3]
    assert [one.number for one in log.since(1)] == [2, 3]


def test_a_log_keeps_the_last_entries_and_counts_all() -> None:
    log, seen = WireLog(keep=2), []
    log.observers.append(lambda one: seen.append(one.number))

    for _ in range(5):
        log.add(ENTRY)

    assert [one.number for one in log.entries] == [4, 5]
    assert seen == [1, 2, 3, 4, 5]
    assert log.count == 5
    assert log.lines() == [ENTRY.line] * 2


@pytest.mark.parametrize(
    "given",
    [
        'a "quoted" secret',
        "pass/word+1",
        "<b>&amp;</b>",
        "geh\u00e4im\u4e2d",
        "back\\slash",
    ],
)
def test_a_secret_is_hidden_in_every_form_an_endpoint_may_give_it_back(given: str) -> None:
    redaction = Redaction([given])
    forms = (
        given,
        json.dumps({"detail": given}),
        json.dumps({"detail": given}, ensure_ascii=False),
    )

    for text in forms:
        assert HIDDEN in redaction.text(text)
        assert given not in redaction.text(text)
        assert json.dumps(given)[1:-1] not in redaction.text(text)


def test_a_longer_secret_is_hidden_before_a_shorter_one_that_is_part_of_it() -> None:
    assert Redaction(["abc", "abcdef"]).text("abcdef abc") == f"{HIDDEN} {HIDDEN}"


def test_no_secret_hides_nothing() -> None:
    assert Redaction([""]).text("as it was") == "as it was"


def test_passwords_of_bodies_are_hidden() -> None:
    text = '{"password":"a\\"b","Password" : "c","passwordHint":"d"}'

    assert Redaction([]).text(text) == '{"password":"***","Password" : "***","passwordHint":"d"}'


def test_name_of_a_password_has_no_case() -> None:
    assert Redaction([]).text('{"PASSWORD":"a"}') == '{"PASSWORD":"***"}'


def test_credentials_in_headers_keep_their_scheme() -> None:
    lines = [
        ("Authorization", "Bearer abc"),
        ("authorization", "Basic abc"),
        ("AUTHORIZATION", "abc def"),
        ("Set-Cookie", "session=abc"),
        ("X-Echo", "it was abc"),
    ]

    assert [value for _, value in Redaction(["abc"]).headers(lines)] == [
        "Bearer ***",
        "Basic ***",
        "***",
        "***",
        "it was ***",
    ]


def test_an_answer_does_not_quote_the_password_it_was_sent() -> None:
    sent = json.dumps({"userName": "a", "password": 'q7"RtLmZ'}, separators=(",", ":")).encode()

    told = without_passwords(json.dumps({"detail": 'q7"RtLmZ is too weak'}), sent)

    assert told == '{"detail": "*** is too weak"}'


@pytest.mark.parametrize("password", ["aB3&xyZ9", "&^$#&^$#", 'q7"RtLmZ', "é&é&é&é&", "a\\n<b>+ c"])
def test_an_answer_does_not_quote_a_password_in_any_form(password: str) -> None:
    sent = json.dumps({"password": password}, separators=(",", ":")).encode()
    forms = (password, json.dumps(password)[1:-1], quote(password), escape(password))

    assert [without_passwords(f"no {one}", sent) for one in forms] == ["no ***"] * 4


def test_an_answer_stays_json_whatever_word_the_password_was() -> None:
    assert without_passwords('{"id":"1"}', b'{"password":"id"}') == '{"id":"1"}'
    assert without_passwords('{"id":"1"}', None) == '{"id":"1"}'


def test_a_curl_line_has_the_request_and_a_variable_for_the_credential() -> None:
    words = shlex.split(curl(ENTRY))

    assert words[:4] == ["curl", "-sS", "-X", "POST"]
    assert "Authorization: Bearer $SCIM_TOKEN" in words
    assert '{"userName":"o\'hara"}' in words
    assert words[-1] == "https://scim.example/v2/Users?a=b%20c&d"
    assert not any(one.startswith(("Host:", "Content-Length:")) for one in words)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Basic ***", '-u "$SCIM_USER:$SCIM_TOKEN"'),
        ("***", '-H "Authorization: $SCIM_TOKEN"'),
    ],
)
def test_a_curl_line_knows_other_credentials(value: str, told: str) -> None:
    assert told in curl(replace(ENTRY, request_headers=(("Authorization", value),)))


def test_a_curl_file_is_a_script_with_a_comment_before_each_request(tmp_path: Path) -> None:
    file = CurlFile(tmp_path / "requests.sh")
    file.write(ENTRY)
    file.write(replace(ENTRY, number=2, request_body="\ud800"))
    file.close()

    lines = (tmp_path / "requests.sh").read_text("utf-8").splitlines()

    assert lines[0] == "# 1: create user"
    assert lines[1] == curl(ENTRY)
    assert len(lines) == 4
