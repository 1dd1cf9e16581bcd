"""Bulk jobs: results are read fairly, and nothing that a job made is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import bulk as jobs
from conformance.bulk import Bulk, Job, Result
from conformance.client import Response, ScimClient
from conformance.created import Journal
from conformance.target import Target
from conformance.verdict import Deviation, Unmet
from tests.conformance.samples import response

NAME = "scimproof-1@example.com"
URL = "https://scim.example/v2/Users/1"
TARGET = Target("https://scim.example/v2")
USER = jobs.create("/Users", "a", {"userName": NAME})
MADE = {"method": "POST", "bulkId": "a", "status": "201", "location": URL}
FAILED = {"method": "POST", "bulkId": "a", "status": "409", "response": {"status": "409"}}


class Answering(ScimClient):
    """Answers a job with ``answer``, and has one user that can be looked up and deleted."""

    def __init__(self, answer: Any, status: int = 200) -> None:
        self.target = TARGET
        self.answer = response(json.dumps(answer).encode(), status=status, method="POST")
        self.found: list[Any] = [{"id": "7", "userName": NAME}, {"id": "8", "userName": "ada"}]
        self.deleted: list[str] = []

    def announce(self, method: str, path: str, body: Any) -> str | None:
        return None

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        if method == "DELETE":
            self.deleted.append(path)
            return response(b"", status=204)
        if method == "GET":
            return response(json.dumps({"Resources": self.found}).encode())
        return self.answer


def answered(*results: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [jobs.RESPONSE_URN], "Operations": list(results)}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "created.jsonl", "https://scim.example/v2")


@pytest.mark.parametrize(
    ("status", "code"),
    [("201", 201), (200, 200), ({"code": "409"}, 409), ({"code": 412}, 412), ("created", None)],
)
def test_status_is_read_in_every_form(status: Any, code: int | None) -> None:
    assert jobs.code(Result({"status": status}, "POST /Bulk")) == code


def test_what_a_result_does_not_tell_blocks() -> None:
    silent = Result({}, "POST /Bulk")
    with pytest.raises(Unmet, match="status is null"):
        _ = silent.code
    with pytest.raises(Unmet, match="no location"):
        _ = silent.location
    with pytest.raises(Unmet, match="expected a failed operation"):
        _ = Result(MADE, "POST /Bulk").error


def test_result_is_found_by_its_members(journal: Journal) -> None:
    job = Bulk(Answering(answered(MADE)), journal)(USER)

    assert job.one(bulkId="a").location == URL
    with pytest.raises(Unmet, match="no result has") as problem:
        job.one(method="DELETE")
    assert problem.value.requirement == "rfc7644-3.7-method"


def test_result_that_is_not_there_is_blamed_on_the_report(journal: Journal) -> None:
    job = Bulk(Answering(answered()), journal)(USER)

    with pytest.raises(Unmet) as problem:
        job.one(bulkId="a")
    assert problem.value.requirement == "rfc7644-3.7.3-all-results-reported"


def test_failed_operation_is_no_resource(journal: Journal) -> None:
    job: Job = Bulk(Answering(answered(FAILED)), journal)(USER)

    with pytest.raises(AssertionError, match="expected the operation a to succeed, got status 409"):
        job.read("a")
    with pytest.raises(Unmet, match="expected the operation a to succeed"):
        job.given("a")


@pytest.mark.parametrize("status", [400, 500])
def test_job_without_results_blocks(journal: Journal, status: int) -> None:
    with pytest.raises(Unmet) as problem:
        Bulk(Answering({}, status), journal)(USER)
    assert problem.value.requirement == jobs.JOB


def test_failure_that_takes_the_whole_job_along_is_a_deviation(journal: Journal) -> None:
    with pytest.raises(Deviation, match="the whole job was answered 400"):
        Bulk(Answering({}, 400), journal).with_failure(USER)
    with pytest.raises(Unmet):
        Bulk(Answering({}, 404), journal).with_failure(USER)


def test_conflict_gives_an_attempt_up(journal: Journal) -> None:
    assert Bulk(Answering(answered(FAILED)), journal).attempt(USER) == {}
    assert Bulk(Answering({}, 409), journal).attempt(USER) == {}


@pytest.mark.parametrize(
    ("status", "error"), [("400", Deviation), ("500", AssertionError), ("501", AssertionError)]
)
def test_other_ends_of_an_attempt_are_told_apart(
    journal: Journal, status: str, error: type[Exception]
) -> None:
    sender = Bulk(Answering(answered({**FAILED, "status": status})), journal)

    with pytest.raises(error) as problem:
        sender.attempt(USER)
    assert type(problem.value) is error


def test_refusal_of_an_operation_is_a_refusal() -> None:
    failed = response(json.dumps(answered(FAILED)).encode())
    assert jobs.was_refused(failed)
    assert jobs.was_refused(response(status=400))
    with pytest.raises(Unmet):
        jobs.needs_refusal(response(json.dumps(answered(MADE)).encode()))


def test_told_operation_leaves_nothing_to_look_for(journal: Journal) -> None:
    target = Answering(answered(MADE))
    sender = Bulk(target, journal)

    sender(USER)
    sender.clean_up()

    assert journal.remaining() == []
    assert target.deleted == []


@pytest.mark.parametrize(
    ("found", "deleted"),
    [([{"id": "7", "userName": NAME}], ["/Users/7"]), ([], []), (["nothing"], [])],
    ids=["made", "not made", "cannot be looked up"],
)
def test_failed_operation_may_have_made_its_resource(
    journal: Journal, found: list[Any], deleted: list[str]
) -> None:
    target = Answering(answered(FAILED))
    target.found = found
    sender = Bulk(target, journal)

    sender(USER)
    sender.clean_up()

    assert target.deleted == deleted
    assert journal.remaining() == []


@pytest.mark.parametrize("lost", ["bulkId", "method", "location", "status"])
def test_resource_whose_place_is_not_told_is_looked_for_by_its_name(
    journal: Journal, lost: str
) -> None:
    target = Answering(answered({name: one for name, one in MADE.items() if name != lost}))
    sender = Bulk(target, journal)

    sender(USER)
    assert [one.value for one in journal.remaining()] == [NAME]
    sender.clean_up()

    assert target.deleted == ["/Users/7"]
    assert journal.remaining() == []


def test_name_that_is_not_ours_is_not_looked_for(journal: Journal) -> None:
    target = Answering(answered({}))
    sender = Bulk(target, journal)

    sender(jobs.create("/Users", "a", {"userName": "ada"}))
    sender.clean_up()

    assert target.deleted == []


def test_what_cannot_be_looked_up_stays_in_the_journal(journal: Journal) -> None:
    target = Answering(answered({}))
    target.found = ["nothing"]
    sender = Bulk(target, journal)

    sender(USER)
    sender.clean_up()

    assert [one.value for one in journal.remaining()] == [NAME]
