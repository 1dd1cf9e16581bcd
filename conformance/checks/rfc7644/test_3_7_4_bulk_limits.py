"""RFC 7644, section 3.7.4: Maximum Operations."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conformance import bulk as jobs
from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient
from conformance.discovery import Features
from conformance.verdict import Deviation, Unmet

#: Beyond these a request that is one too many is more than a target should have to bear.
_OPERATIONS = 2_000
_BYTES = 5 * 1_048_576

Excess = Callable[[], Response]


def _limit(features: Features, name: str, highest: int) -> int:
    """The limit called ``name``; skips where none is told, or too high a one to be tried."""
    found = features.setting(f"bulk.{name}")
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= highest:
        pytest.skip(f"bulk.{name} is {found!r}; it is tried from 1 to {highest}")
    return found


@pytest.fixture
def one_operation_too_many(scim: ScimClient, features: Features, unknown_user: str) -> Excess:
    """Sends a job of one operation more than the target takes; it would change nothing."""
    limit = _limit(features, "maxOperations", _OPERATIONS)
    body = jobs.message(*[jobs.delete(unknown_user)] * (limit + 1))
    size = features.setting("bulk.maxPayloadSize")
    if isinstance(size, int) and 0 < size < len(json.dumps(body)):
        pytest.skip(f"so many operations are more than the {size} bytes of bulk.maxPayloadSize")
    return lambda: scim.post("/Bulk", body)


@pytest.fixture
def one_byte_too_many(scim: ScimClient, features: Features, unknown_user: str) -> Excess:
    """Sends a job that is padded with spaces beyond what the target takes.

    A target that hangs up over it has not said why: that is a deviation.
    """
    limit = _limit(features, "maxPayloadSize", _BYTES)
    content = json.dumps(jobs.message(jobs.delete(unknown_user))).encode().ljust(limit + 1)

    def send() -> Response:
        try:
            return scim.post("/Bulk", content=content)
        except Unmet as silence:
            raise Deviation(str(silence)) from None

    return send


@pytest.fixture
def refusal(one_operation_too_many: Excess) -> Response:
    """The 413 for one operation too many."""
    response = one_operation_too_many()
    if response.status != 413:
        raise Unmet("rfc7644-3.7.4-413-excess-operations", f"{response.line}: {response.status}")
    return response


@pytest.fixture
def limits(scim: ScimClient) -> dict[str, int]:
    """The limits that the configuration has; that they are there, as integers, is section 5."""
    response, found = scim.get("/ServiceProviderConfig"), {}
    for name in ("maxOperations", "maxPayloadSize"):
        limit = expect.value(response.body, f"bulk.{name}")
        if not isinstance(limit, int) or isinstance(limit, bool):
            raise Unmet(f"rfc7643-5-bulk-{name.lower()}", f"{response.line}: no bulk.{name}")
        found[name] = limit
    return found


@requirement("rfc7644-3.7.4-limits-defined")
def test_configuration_has_the_limits(limits: dict[str, int]) -> None:
    expect.that(all(one > 0 for one in limits.values()), f"the limits of bulk jobs are {limits}")


@requirement("rfc7644-3.7.4-413-excess-operations")
def test_too_many_operations_are_answered_413(one_operation_too_many: Excess) -> None:
    response = one_operation_too_many()

    expect.status(response, 413)


@requirement("rfc7644-3.7.4-413-excess-payload")
def test_too_large_a_job_is_answered_413(one_byte_too_many: Excess) -> None:
    response = one_byte_too_many()

    expect.status(response, 413)


@requirement("rfc7644-3.7.4-413-body-names-limit")
def test_refusal_names_the_limit(refusal: Response, features: Features) -> None:
    """By its name or by its number."""
    number = str(features.setting("bulk.maxOperations"))

    said = str(refusal.body.get("detail"))

    expect.that(
        "operation" in said.lower() or number in said.replace(",", ""),
        f"{refusal.line}: the limit of {number} operations is not named in {said!r}",
    )
