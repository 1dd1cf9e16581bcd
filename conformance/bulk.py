"""Bulk jobs (RFC 7644 section 3.7): sent, read, and cleaned up after.

The answer lists what became of each operation, in an order that nobody promised; a new resource
is told by its bulkId, another operation by its method.  An answer that is not fit to be read
blocks a check, so that only the check of that very sentence speaks of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from conformance import expect
from conformance.client import Response, ScimClient, shown
from conformance.created import Journal
from conformance.payloads import TAG
from conformance.verdict import Deviation, Unmet, Withheld

REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

JOB = "rfc7644-3.7-200-processed-job"
_RESULTS = "rfc7644-3.7.3-all-results-reported"
#: What a target without the endpoint answers.
ABSENT = (404, 405, 501)

Operation = dict[str, Any]


def message(*operations: Operation, **members: Any) -> dict[str, Any]:
    """A BulkRequest with these operations."""
    return {"schemas": [REQUEST_URN], **members, "Operations": list(operations)}


def create(endpoint: str, bulk_id: str, data: dict[str, Any]) -> Operation:
    """An operation that makes a resource."""
    return {"method": "POST", "path": endpoint, "bulkId": bulk_id, "data": data}


def replace(path: str, data: dict[str, Any]) -> Operation:
    """An operation that replaces a resource."""
    return {"method": "PUT", "path": path, "data": data}


def delete(path: str) -> Operation:
    """An operation that deletes a resource."""
    return {"method": "DELETE", "path": path}


@dataclass(frozen=True, slots=True)
class Result:
    """What the answer says of one operation."""

    document: dict[str, Any]
    line: str

    @property
    def code(self) -> int:
        """The HTTP status, in whichever form it came; Unmet when there is none."""
        found = code(self)
        if found is None:
            said = shown(self.document.get("status"))
            raise Unmet("rfc7644-3.7-status", f"{self.line}: status is {said}")
        return found

    @property
    def succeeded(self) -> bool:
        """The operation was carried out."""
        return 200 <= self.code < 300

    @property
    def location(self) -> str:
        """Where the resource is; Unmet when the answer does not say."""
        found = self.document.get("location")
        if not isinstance(found, str) or not found:
            raise Unmet("rfc7644-3.7-location-response", f"{self.line}: no location")
        return found

    @property
    def error(self) -> dict[str, Any]:
        """The error of a failed operation; Unmet when it did not fail or none is told."""
        if self.code < 400:
            raise Unmet(
                "rfc7644-3.6-delete-unknown",
                f"{self.line}: expected a failed operation, got status {self.code}",
            )
        found = self.document.get("response")
        if not isinstance(found, dict):
            raise Unmet("rfc7644-3.7-response-error", f"{self.line}: no response in the result")
        return found


def code(result: Result) -> int | None:
    """The HTTP status of an operation; None when there is none.

    A number and an object with a code are seen in practice: the check of the status says that
    they are no strings (AMB-35), and no other check has to.
    """
    found = result.document.get("status")
    if isinstance(found, dict):
        found = found.get("code")
    return int(str(found)) if str(found).isdecimal() else None


def was_refused(response: Response) -> bool:
    """The job was refused, or an operation in it."""
    found = _results(response)
    return response.status >= 400 or any(one.code >= 400 for one in found or ())


def needs_refusal(response: Response) -> None:
    """Raises Unmet when the deletion of nobody, which the check stands on, succeeded."""
    if not was_refused(response):
        raise Unmet("rfc7644-3.6-delete-unknown", f"{response.line}: no operation failed")


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was answered with the results of its operations."""

    scim: ScimClient
    operations: tuple[Operation, ...]
    response: Response
    results: list[Result]

    def one(self, **parts: Any) -> Result:
        """The result with these members: ``one(bulkId="a")``, ``one(method="DELETE")``."""
        for result in self.results:
            if all(result.document.get(name) == value for name, value in parts.items()):
                return result
        blamed = "rfc7644-3.7-bulkid-returned" if "bulkId" in parts else "rfc7644-3.7-method"
        raise Unmet(
            blamed if len(self.results) == len(self.operations) else _RESULTS,
            f"{self.response.line}: no result has {shown(parts)}",
        )

    def read(self, bulk_id: str) -> Response:
        """The resource that an operation was to make; fails when it did not."""
        __tracebackhide__ = True
        result = self.one(bulkId=bulk_id)
        expect.that(
            result.succeeded,
            f"{result.line}: expected the operation {bulk_id} to succeed, got status "
            f"{result.code} with {shown(result.document.get('response'))}",
        )
        return self.scim.get(expect.resolved(self.scim, result.location))

    def given(self, bulk_id: str) -> Response:
        """The resource that the check stands on; Unmet when it was not made."""
        try:
            return self.read(bulk_id)
        except AssertionError as problem:
            raise Unmet("rfc7644-3.7-status", str(problem)) from None


class Bulk:
    """Sends jobs, and sees to it that nothing they made is left."""

    def __init__(self, scim: ScimClient, journal: Journal) -> None:
        self._scim = scim
        self._journal = journal
        self._unsure: list[tuple[str, str, dict[str, Any]]] = []
        self._refused: set[str] = set()

    def __call__(self, *operations: Operation, **members: Any) -> Job:
        """Send a job of operations that the target can carry out."""
        response = self.send(message(*operations, **members))
        found = _results(response)
        if found is None:
            said = f"{response.line}: {response.status} {response.reason} without Operations"
            blamed = JOB if response.status != 200 else "rfc7644-3.7-operations-required"
            raise Unmet(blamed, said)
        return Job(self._scim, operations, response, found)

    def with_failure(self, *operations: Operation, **members: Any) -> Job:
        """Send a job in which an operation fails; to refuse all of it is a deviation (AMB-37)."""
        response = self.send(message(*operations, **members))
        found = _results(response)
        if found is not None:
            return Job(self._scim, operations, response, found)
        said = f"{response.line}: the whole job was answered {response.status} {response.reason}"
        if 400 <= response.status < 500 and response.status not in ABSENT:
            raise Deviation(said)
        raise Unmet(JOB, said)

    def attempt(
        self, *operations: Operation, given_up: Collection[int] = (409,)
    ) -> dict[str, Response]:
        """What a job with hard references has made, by bulkId; nothing where it was given up.

        RFC 7644 section 3.7.1 lets a target stop with 409.  Another refusal is a deviation,
        and an internal error no answer at all (AMB-36).
        """
        __tracebackhide__ = True
        response = self.send(message(*operations))
        job = Job(self._scim, operations, response, _results(response) or [])
        codes = [one.code for one in job.results] or [response.status]
        if any(code in given_up for code in codes):
            return {}
        expect.that(max(codes) < 500, f"{response.line}: status {max(codes)} for an operation")
        expect.tolerable(max(codes) < 400, f"{response.line}: status {max(codes)} is not 409")
        return {one["bulkId"]: job.read(one["bulkId"]) for one in operations}

    def send(self, body: dict[str, Any]) -> Response:
        """Send a BulkRequest, after writing down what it is to make."""
        self._scim.announce("POST", "/Bulk", body)
        made = [one for one in body.get("Operations", ()) if one.get("method") == "POST"]
        intents = [
            (self._journal.intend(one["path"], one["data"]), one["path"], one["data"])
            for one in made
        ]
        self._unsure += intents
        response = self._scim.post("/Bulk", body)
        if 400 <= response.status < 500 and _results(response) is None:
            self._settle(token for token, _, _ in intents)
        for one, (token, _, _) in zip(made, intents, strict=True):
            results = [result for result in _results(response) or () if _is_of(result, one)]
            if any(_failed(result) for result in results):
                self._refused.add(token)
            if any(self._is_placed(result) for result in results):
                self._settle([token])
        return response

    def clean_up(self) -> None:
        """Delete what was made although the answer does not tell where it is.

        An operation that failed may have made its resource before it did: a target stores a
        group, finds no member for a bulkId, and says 409.
        """
        for token, endpoint, data in list(self._unsure):
            name = next((one for one in ("userName", "displayName") if one in data), "")
            if TAG in str(data.get(name)):
                # What can't be looked up stays in the journal, and is reported as left.
                with contextlib.suppress(AssertionError, Withheld):
                    for path in self._found(endpoint, name, data[name]):
                        self._scim.delete(path)
                    self._settle([token])
            if token in self._refused:
                self._settle([token])

    def _is_placed(self, result: Result) -> bool:
        """The result says where the resource is, so that the client deletes it."""
        try:
            place = expect.resolved(self._scim, result.location)
            is_below = place.startswith(f"{self._scim.target.url}/")
            return result.succeeded and is_below and result.document.get("method") == "POST"
        except Unmet:
            return False

    def _found(self, endpoint: str, name: str, value: str) -> Iterator[str]:
        answer = self._scim.find(endpoint, f"{name} eq {expect.json_string(value)}")
        if answer.status != 200:
            raise AssertionError(f"{answer.line}: {answer.status}")
        # Only this very name: a target that ignores filters must lose nothing else.
        for one in answer.resources:
            if one.get(name) == value:
                yield f"{endpoint}/{one.get('id')}"

    def _settle(self, tokens: Collection[str] | Iterator[str]) -> None:
        settled = set(tokens)
        for token in settled:
            self._journal.refused(token)
        self._unsure = [one for one in self._unsure if one[0] not in settled]


def _is_of(result: Result, operation: Operation) -> bool:
    named = operation.get("bulkId")
    return bool(named) and result.document.get("bulkId") == named


def _failed(result: Result) -> bool:
    found = code(result)
    return found is not None and not 200 <= found < 300


def _results(response: Response) -> list[Result] | None:
    try:
        found = response.body.get("Operations")
    except AssertionError:
        return None
    if not isinstance(found, list):
        return None
    return [Result(one, response.line) for one in found if isinstance(one, dict)]
