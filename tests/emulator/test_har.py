"""The HAR file, held against the fields that HAR 1.2 demands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from emulator.har import HarFile, har_entry
from tests.emulator.test_wirelog import ENTRY

_PAIR = {
    "type": "object",
    "required": ["name", "value"],
    "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
}
_PAIRS = {"type": "array", "items": _PAIR}
_BYTES = {"type": "integer", "minimum": -1}
_STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"

#: http://www.softwareishard.com/blog/har-12-spec/: every field that is not optional.
#: Fields of one's own begin with an underscore.
HAR = {
    "type": "object",
    "required": ["log"],
    "properties": {
        "log": {
            "type": "object",
            "required": ["version", "creator", "entries"],
            "properties": {
                "version": {"const": "1.2"},
                "creator": {"type": "object", "required": ["name", "version"]},
                "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
            },
        }
    },
    "$defs": {
        "entry": {
            "type": "object",
            "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
            "propertyNames": {
                "enum": [
                    "startedDateTime", "time", "request", "response", "cache", "timings", "comment",
                ]
            },
            "properties": {
                "startedDateTime": {"type": "string", "pattern": _STAMP},
                "time": {"type": "number", "minimum": 0},
                "request": {"$ref": "#/$defs/request"},
                "response": {"$ref": "#/$defs/response"},
                "cache": {"type": "object"},
                "timings": {
                    "type": "object",
                    "required": ["send", "wait", "receive"],
                    "additionalProperties": {"type": "number", "minimum": 0},
                },
                "comment": {"type": "string"},
            },
        },
        "request": {
            "type": "object",
            "required": [
                "method", "url", "httpVersion", "cookies", "headers", "queryString",
                "headersSize", "bodySize",
            ],
            "properties": {
                "url": {"type": "string", "pattern": "^https?://"},
                "headers": _PAIRS,
                "queryString": _PAIRS,
                "cookies": _PAIRS,
                "headersSize": _BYTES,
                "bodySize": _BYTES,
                "postData": {"type": "object", "required": ["mimeType", "text"]},
            },
        },
        "response": {
            "type": "object",
            "required": [
                "status", "statusText", "httpVersion", "cookies", "headers", "content",
                "redirectURL", "headersSize", "bodySize",
            ],
            "propertyNames": {
                "pattern": "^(_.*|status|statusText|httpVersion|cookies|headers|content|"
                "redirectURL|headersSize|bodySize)$"
            },
            "properties": {
                "status": {"type": "integer", "minimum": 0},
                "statusText": {"type": "string"},
                "headers": _PAIRS,
                "cookies": _PAIRS,
                "content": {
                    "type": "object",
                    "required": ["size", "mimeType"],
                    "properties": {"size": {"type": "integer", "minimum": 0}},
                },
                "redirectURL": {"type": "string"},
                "headersSize": _BYTES,
                "bodySize": _BYTES,
            },
        },
    },
}  # fmt: skip
SILENT = replace(
    ENTRY, number=2, status=None, reason="", response_headers=(), response_body=None,
    error="Read timed out", fault="timeout",
)  # fmt: skip


def check(document: Any) -> list[str]:
    """What is wrong with a HAR document."""
    found = jsonschema_rs.Draft202012Validator(HAR).iter_errors(document)
    problems = [f"{one.instance_path}: {one.message}" for one in found]
    times = [(one["time"], sum(one["timings"].values())) for one in document["log"]["entries"]]
    problems += [f"time {told} is not {total}" for told, total in times if told != total]
    return problems


def test_a_file_is_whole_after_every_entry(tmp_path: Path) -> None:
    path = tmp_path / "log.har"
    file = HarFile(path, "1.2.3")

    for count, one in enumerate([None, ENTRY, SILENT, ENTRY]):
        if one is not None:
            file.write(one)
        document = json.loads(path.read_bytes())
        assert check(document) == []
        assert len(document["log"]["entries"]) == count
    file.close()

    assert document["log"]["creator"] == {"name": "okta-emulator", "version": "1.2.3"}


def test_an_entry_has_what_went_over_the_wire() -> None:
    told = har_entry(ENTRY)

    assert told["startedDateTime"] == "2026-01-01T00:00:00.000Z"
    assert told["time"] == 250.0
    assert told["request"]["queryString"] == [
        {"name": "a", "value": "b c"},
        {"name": "d", "value": ""},
    ]
    assert told["request"]["bodySize"] == 42
    assert told["request"]["postData"]["text"] == ENTRY.request_body
    assert told["response"]["status"] == 201
    assert told["response"]["content"]["text"] == '{"id":"1"}'


def test_an_entry_without_an_answer_says_why() -> None:
    told = har_entry(SILENT)

    assert told["response"]["status"] == 0
    assert told["response"]["_error"] == "Read timed out"
    assert told["comment"] == "create user; fault: timeout"


def test_a_request_without_a_body_has_no_post_data() -> None:
    told = har_entry(replace(ENTRY, method="GET", request_headers=(), request_body=None))

    assert "postData" not in told["request"]
    assert told["request"]["bodySize"] == 0


@pytest.mark.parametrize("text", ["\ud800", "\u2028</script>", "\x00"])
def test_whatever_an_endpoint_answers_the_file_is_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.har"
    file = HarFile(path, "1")
    file.write(replace(ENTRY, response_body=text))
    file.close()

    assert check(json.loads(path.read_bytes())) == []
