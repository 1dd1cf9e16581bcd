"""Results are written line by line, read back as they were, and never half understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from conformance.report.results import ResultsError, ResultsWriter, read
from conformance.requirements import Level
from conformance.verdict import Verdict

SCHEMA = Path(__file__).parents[2] / "fixtures" / "schemas" / "results.schema.json"

RUN: dict[str, Any] = {
    "type": "run",
    "tool": "scimproof",
    "version": "0.1.0",
    "catalogue_sha256": "0" * 64,
    "target": "https://example.com/scim/v2",
    "started": "2026-11-24T12:00:00Z",
    "profiles": ["rfc"],
    "features": {"ServiceProviderConfig.patch.supported": True},
    "options": {
        "fail_on": "must",
        "read_only": False,
        "seed": 0,
        "max_requests": None,
        "workers": 1,
    },
}
EXCHANGE: dict[str, Any] = {
    "number": 1,
    "method": "POST",
    "url": "https://example.com/scim/v2/Users",
    "request_headers": [["Accept", "application/scim+json"]],
    "request_body": '{"userName":"ada"}',
    "status": 201,
    "reason": "Created",
    "response_headers": [],
    "response_body": None,
    "seconds": 0.01,
    "error": None,
    "truncated": False,
}
VERDICT: dict[str, Any] = {
    "type": "verdict",
    "requirement": "rfc7644-3.3-duplicate-create",
    "level": "MUST",
    "profile": "rfc",
    "section": "3.3",
    "verdict": "violates",
    "check": "checks/test_x.py::test_y",
    "reason": "POST /Users: expected 409 Conflict, got 201 Created",
    "seconds": 0.1,
    "exchanges": [EXCHANGE],
    "waived": {"reason": "known", "link": "https://example.com/1", "expires": "2027-01-01"},
}
END: dict[str, Any] = {
    "type": "end",
    "counts": {str(one): 0 for one in Verdict} | {"violates": 1},
    "requests": 12,
    "seconds": 1.5,
    "exit": 1,
    "notes": ["the canary changed"],
}


def written(folder: Path, *lines: dict[str, Any], tail: bytes = b"") -> Path:
    path = folder / "results.jsonl"
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path.write_bytes(text.encode() + tail)
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    writer = ResultsWriter(tmp_path / "results.jsonl")
    writer.begin(RUN)
    writer.verdict(VERDICT)
    writer.end(END)

    results = read(writer.path)
    (line,) = results.verdicts()

    assert results.run.target == "https://example.com/scim/v2"
    assert results.run.profiles == ("rfc",)
    assert results.end is not None
    assert results.end.notes == ("the canary changed",)
    assert not results.is_cut_off
    assert (line.level, line.verdict) == (Level.MUST, Verdict.VIOLATES)
    assert line.exchanges[0].request_headers == (("Accept", "application/scim+json"),)
    assert line.waived is not None
    assert line.waived.link == "https://example.com/1"
    assert line.blocked_by == ""


def test_each_line_is_on_disk_before_the_next(tmp_path: Path) -> None:
    writer = ResultsWriter(tmp_path / "results.jsonl")
    writer.begin(RUN)
    writer.verdict(VERDICT)

    results = read(writer.path)

    assert results.is_cut_off
    assert [one.requirement for one in results.verdicts()] == ["rfc7644-3.3-duplicate-create"]
    writer.end(END)


def test_half_a_surrogate_pair_survives(tmp_path: Path) -> None:
    writer = ResultsWriter(tmp_path / "results.jsonl")
    writer.begin(RUN)
    writer.verdict(VERDICT | {"reason": "got \ud800 \U0001f600 \u2028"})
    writer.end(END)

    (line,) = read(writer.path).verdicts()

    assert line.reason == "got \ud800 \U0001f600 \u2028"


@pytest.mark.parametrize(
    "tail", [b'{"type":"verdict","requirem', b'{"type":"end","counts":{', b'"caf\xc3', b"\x00"]
)
def test_a_last_line_that_was_not_finished_is_a_cut_off(tmp_path: Path, tail: bytes) -> None:
    results = read(written(tmp_path, RUN, VERDICT, tail=tail))

    assert results.is_cut_off
    assert len(list(results.verdicts())) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty: the run ended before it began"),
        (b"{", "line 1 is not JSON"),
        (b"[]\n", "line 1 is not a JSON object"),
        (b"\xff\xfe\n", "line 1 is not UTF-8"),
        (b"<html></html>\n", "line 1 is not JSON"),
        (b"{}\n", "does not begin like the results of scimproof"),
        (b'{"type":"run","tool":"other"}\n', "does not begin like the results of scimproof"),
        (b'{"type":"run","tool":"scimproof"}\n', "line 1 has no 'version'"),
        (b"[" * 100_000 + b"\n", "line 1 is not JSON"),
    ],
)
def test_what_is_no_results_file_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(content)

    with pytest.raises(ResultsError, match=complaint):
        read(path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"verdict": "perhaps"}, "line 2 can't be understood: 'perhaps' is not a valid Verdict"),
        ({"level": "must"}, "line 2 can't be understood"),
        ({"seconds": "long"}, "line 2 can't be understood"),
        ({"exchanges": None}, "line 2 can't be understood"),
        ({"exchanges": [{"number": 1}]}, "line 2 has no 'request_headers'"),
        ({"exchanges": [EXCHANGE | {"color": "red"}]}, "line 2 can't be understood"),
        ({"waived": {"reason": "x"}}, "line 2 has no 'link'"),
    ],
)
def test_a_verdict_that_makes_no_sense_is_named(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    results = read(written(tmp_path, RUN, VERDICT | change, END))

    with pytest.raises(ResultsError, match=complaint):
        list(results.verdicts())


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, RUN, VERDICT, tail=b"{oops\n" + json.dumps(END).encode() + b"\n")

    with pytest.raises(ResultsError, match="line 3 is not JSON"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="No such file"):
        read(tmp_path / "results.jsonl")


# The schema ---------------------------------------------------------------------------


def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


@pytest.mark.parametrize("line", [RUN, VERDICT, END], ids=["run", "verdict", "end"])
def test_the_schema_takes_what_is_written(line: dict[str, Any]) -> None:
    assert list(validator().iter_errors(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"type": "other"},
        RUN | {"tool": "other"},
        RUN | {"catalogue_sha256": "abc"},
        RUN | {"started": "yesterday"},
        VERDICT | {"verdict": "perhaps"},
        VERDICT | {"level": "must"},
        VERDICT | {"check": 1},
        VERDICT | {"exchanges": [EXCHANGE | {"response_body": "x" * 4097}]},
        VERDICT | {"exchanges": [EXCHANGE | {"secret": "x"}]},
        VERDICT | {"exchanges": [EXCHANGE | {"request_headers": [["Accept"]]}]},
        END | {"counts": {"violates": 1}},
        END | {"counts": END["counts"] | {"perhaps": 1}},
    ],
)
def test_the_schema_refuses_what_is_not_results(line: dict[str, Any]) -> None:
    assert list(validator().iter_errors(line)) != []


@pytest.mark.parametrize("line", [RUN, VERDICT, END], ids=["run", "verdict", "end"])
def test_the_schema_misses_each_member_but_the_optional(line: dict[str, Any]) -> None:
    optional = {"waived", "blocked_by"}
    for member in set(line) - optional:
        less = {name: value for name, value in line.items() if name != member}
        assert list(validator().iter_errors(less)) != [], member
