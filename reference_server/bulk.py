"""Bulk, RFC 7644 section 3.7: many operations in one request.

The id of every resource that will be created is chosen beforehand, so that
references ("bulkId:...") can point forward and in circles.  An operation runs
after those that it refers to; if one of them fails, so does it.  Each
operation is a savepoint in one transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from reference_server import errors
from reference_server.directory import ALWAYS, Directory, Precondition, version_tag
from reference_server.features import MAX_OPERATIONS
from reference_server.schemas import ResourceType

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

# "bulkId:x" as a whole value, at the end of a URL, or quoted in a PATCH path.
_REFERENCE = re.compile(r'(?:^|(?<=/)|(?<="))bulkId:([^"/]+)(?:$|(?="))')
_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_DEPTH = 64


@dataclass(slots=True)
class Operation:
    """One operation; ``resource_id`` is the id that a POST will give."""

    place: int
    method: str
    path: str
    bulk_id: str | None
    data: Any
    version: str | None
    resource_id: str
    references: list[str] = field(default_factory=list)


def answer(
    body: Any, directory: Directory, endpoints: dict[str, ResourceType], base: str
) -> dict[str, Any]:
    """The BulkResponse to a BulkRequest."""
    operations, fail_on_errors = _parsed(body, directory)
    job = _Job(directory, endpoints, base, operations)
    with directory.store.transaction():
        for operation in operations:
            if fail_on_errors is not None and job.error_count >= fail_on_errors:
                break
            job.run(operation)
    return {
        "schemas": [BULK_RESPONSE],
        "Operations": [job.results[place] for place in sorted(job.results)],
    }


class _Job:
    """The operations of one request on their way."""

    def __init__(
        self,
        directory: Directory,
        endpoints: dict[str, ResourceType],
        base: str,
        operations: list[Operation],
    ) -> None:
        self._directory = directory
        self._endpoints = endpoints
        self._base = base
        self._by_bulk_id = {one.bulk_id: one for one in operations if one.bulk_id is not None}
        self._running: list[int] = []
        self._failed: set[int] = set()
        self.results: dict[int, dict[str, Any]] = {}

    @property
    def error_count(self) -> int:
        """How many operations have failed."""
        return len(self._failed)

    def run(self, operation: Operation) -> None:
        """Run an operation, and before it those that it refers to."""
        if operation.place in self.results:
            return
        done = set(self.results)
        try:
            with self._directory.store.transaction():
                self._running.append(operation.place)
                try:
                    self._run_references(operation)
                    result = self._apply(operation)
                finally:
                    self._running.pop()
        except errors.ScimError as error:
            # What ran ahead for this operation is undone with it, and runs again without it.
            for place in self.results.keys() - done - self._failed:
                del self.results[place]
            self._failed.add(operation.place)
            result = self._failure(operation, error)
        self.results[operation.place] = result

    def _run_references(self, operation: Operation) -> None:
        for bulk_id in operation.references:
            needed = self._by_bulk_id.get(bulk_id)
            if needed is None:
                raise errors.invalid_value(f"bulkId {bulk_id[:64]!r} is not in this request")
            if needed.place in self._running:
                continue  # a circle: the id is known, and its resource follows
            if len(self._running) >= _DEPTH:
                raise errors.conflict("the references are too deep to be resolved")
            self.run(needed)
            if needed.place in self._failed:
                raise errors.conflict(f"the operation with bulkId {bulk_id[:64]!r} failed")

    def _apply(self, operation: Operation) -> dict[str, Any]:
        directory = self._directory
        data = self._resolved(operation.data)
        kind, identifier = self._target(operation)
        condition = ALWAYS
        if operation.version is not None and directory.features.etag:
            condition = Precondition(if_match=operation.version)
        result = _echo(operation)
        match operation.method:
            case "POST":
                record = directory.create(kind, data, operation.resource_id)
                status = "201"
            case "PUT":
                record = directory.replace(kind, identifier, data, condition)
                status = "200"
            case "PATCH":
                if not directory.features.patch:
                    raise errors.not_implemented("this server does not offer PATCH")
                record = directory.patch(kind, identifier, data, condition)
                status = "200"
            case _:
                directory.delete(kind, identifier, condition)
                location = f"{self._base}{kind.endpoint}/{identifier}"
                return {**result, "location": location, "status": "204"}
        result["location"] = directory.location(record, self._base)
        if directory.features.etag:
            result["version"] = version_tag(record)
        return {**result, "status": status}

    def _failure(self, operation: Operation, error: errors.ScimError) -> dict[str, Any]:
        result = _echo(operation)
        if operation.method != "POST":
            path = self._resolved_text(operation.path).lstrip("/")
            result["location"] = f"{self._base}/{path}"
        return {**result, "status": str(error.status), "response": error.body()}

    def _target(self, operation: Operation) -> tuple[ResourceType, str]:
        """The resource type and the id that a path names."""
        path = self._resolved_text(operation.path).removeprefix(self._base)
        name, _, identifier = path.strip("/").partition("/")
        kind = self._endpoints.get(name)
        if kind is None or "/" in identifier:
            raise errors.not_found("the path names no resource type of this server")
        if operation.method == "POST" and identifier:
            raise errors.method_not_allowed("POST is for the endpoint of a resource type")
        if operation.method != "POST" and not identifier:
            raise errors.method_not_allowed(f"{operation.method} is for a single resource")
        return kind, identifier

    def _resolved(self, value: Any) -> Any:
        """The value with ids in the place of references."""
        match value:
            case str():
                return self._resolved_text(value)
            case list():
                return [self._resolved(one) for one in value]
            case dict():
                return {name: self._resolved(one) for name, one in value.items()}
        return value

    def _resolved_text(self, text: str) -> str:
        def resource_id(found: re.Match[str]) -> str:
            operation = self._by_bulk_id.get(found[1])
            return operation.resource_id if operation else found[0]

        return _REFERENCE.sub(resource_id, text) if "bulkId:" in text else text


def _echo(operation: Operation) -> dict[str, Any]:
    result: dict[str, Any] = {"method": operation.method}
    if operation.bulk_id is not None:
        result["bulkId"] = operation.bulk_id
    return result


def _parsed(body: Any, directory: Directory) -> tuple[list[Operation], int | None]:
    if not isinstance(body, dict):
        raise errors.invalid_syntax("a BulkRequest is a JSON object")
    given = {name.lower(): value for name, value in body.items()}
    schemas = given.get("schemas")
    if not isinstance(schemas, list) or BULK_REQUEST not in schemas:
        raise errors.invalid_syntax(f"schemas does not contain {BULK_REQUEST}")
    fail_on_errors = given.get("failonerrors")
    if fail_on_errors is not None and (
        not isinstance(fail_on_errors, int) or isinstance(fail_on_errors, bool)
    ):
        raise errors.invalid_syntax("failOnErrors is not an integer")
    items = given.get("operations")
    if not isinstance(items, list):
        raise errors.invalid_syntax("Operations is not an array")
    if len(items) > MAX_OPERATIONS:
        raise errors.payload_too_large(
            f"{len(items)} operations exceed the limit of maxOperations ({MAX_OPERATIONS})"
        )
    operations = [_operation(place, item, directory) for place, item in enumerate(items)]
    named = [one.bulk_id for one in operations if one.bulk_id is not None]
    if len(set(named)) != len(named):
        raise errors.invalid_syntax("a bulkId is there twice")
    # Zero or less would stop before the first operation; it is read as one.
    return operations, None if fail_on_errors is None else max(fail_on_errors, 1)


def _operation(place: int, item: Any, directory: Directory) -> Operation:
    if not isinstance(item, dict):
        raise errors.invalid_syntax("an operation is a JSON object")
    given = {name.lower(): value for name, value in item.items()}
    method, path, bulk_id = given.get("method"), given.get("path"), given.get("bulkid")
    version, data = given.get("version"), given.get("data")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise errors.invalid_syntax(f"the method of an operation is one of {', '.join(_METHODS)}")
    if not isinstance(path, str):
        raise errors.invalid_syntax("the path of an operation is a string")
    method = method.upper()
    if bulk_id is not None and (not isinstance(bulk_id, str) or not bulk_id):
        raise errors.invalid_syntax("bulkId is a string that is not empty")
    if method == "POST" and bulk_id is None:
        raise errors.invalid_syntax("an operation with POST needs a bulkId")
    if method != "DELETE" and not isinstance(data, dict):
        raise errors.invalid_syntax(f"an operation with {method} needs data, a JSON object")
    if version is not None and not isinstance(version, str):
        raise errors.invalid_syntax("the version of an operation is a string")
    operation = Operation(place, method, path, bulk_id, data, version, directory.ids())
    operation.references = sorted(set(_references([path, data])))
    return operation


def _references(value: Any) -> list[str]:
    match value:
        case str():
            return _REFERENCE.findall(value) if "bulkId:" in value else []
        case list():
            return [found for one in value for found in _references(one)]
        case dict():
            return [found for one in value.values() for found in _references(one)]
    return []
