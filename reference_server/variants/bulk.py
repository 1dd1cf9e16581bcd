"""Bulk: AMB-35 to AMB-37."""

from __future__ import annotations

import json
import re
from typing import Any

from reference_server.defects.wire import Forward, Request, Response
from reference_server.variants import variant

_REFERENCE = re.compile(r"bulkId:([^\"/\\\]]+)")

Results = list[dict[str, Any]]


def _results(request: Request, response: Response) -> Results | None:
    """The results of a bulk job, None for any other answer."""
    if request.path != "/Bulk" or response.status != 200:
        return None
    found = response.object.get("Operations")
    return found if isinstance(found, list) else None


@variant("writes-bulk-status-as-a-number", of="AMB-35", deviates=["rfc7644-3.7-status"])
async def writes_bulk_status_as_a_number(request: Request, forward: Forward) -> Response:
    """The status of an operation is a number."""
    response = await forward(request)
    results = _results(request, response)
    if results is not None:
        shown = [{**one, "status": int(one["status"])} for one in results]
        response.json = {**response.json, "Operations": shown}
    return response


@variant("writes-bulk-status-as-an-object", of="AMB-35", deviates=["rfc7644-3.7-status"])
async def writes_bulk_status_as_an_object(request: Request, forward: Forward) -> Response:
    """The status of an operation is an object with a code, as older examples have it."""
    response = await forward(request)
    results = _results(request, response)
    if results is not None:
        shown = [{**one, "status": {"code": one["status"]}} for one in results]
        response.json = {**response.json, "Operations": shown}
    return response


@variant("repeats-what-a-bulk-operation-wrote", of="AMB-35")
async def repeats_what_a_bulk_operation_wrote(request: Request, forward: Forward) -> Response:
    """Each operation that succeeded comes with the resource as its response."""
    response = await forward(request)
    results = _results(request, response)
    for one in results or []:
        if str(one.get("status")) in {"200", "201"} and "location" in one:
            path = str(one["location"]).partition(request.base)[2]
            one["response"] = (await forward(request.get(path))).json
    if results:
        response.json = {**response.json, "Operations": results}
    return response


def _references(operation: dict[str, Any]) -> set[str]:
    return set(_REFERENCE.findall(json.dumps([operation.get("path"), operation.get("data")])))


def _circular(operations: Results) -> set[int]:
    """The places of operations that lead back to themselves."""
    place = {str(one.get("bulkId")): at for at, one in enumerate(operations)}
    needs = [{place[name] for name in _references(one) & set(place)} for one in operations]
    found = set()
    for at in range(len(operations)):
        seen, following = set[int](), set(needs[at])
        while following:
            seen |= following
            following = {one for step in following for one in needs[step]} - seen
        if at in seen:
            found.add(at)
    return found


def _forward(operations: Results) -> set[int]:
    """The places of operations that refer to a later one."""
    place = {str(one.get("bulkId")): at for at, one in enumerate(operations)}
    return {
        at
        for at, one in enumerate(operations)
        if any(place[name] > at for name in _references(one) & set(place))
    }


async def _refused_at(
    request: Request, forward: Forward, places: set[int], status: int
) -> Response:
    """The job without some operations, which fail with this status, and all that need them."""
    sent = request.object
    operations: Results = sent["Operations"]
    failed = set(places)
    for at, one in enumerate(operations):
        lost = {str(operations[place].get("bulkId")) for place in failed}
        if _references(one) & lost:
            failed.add(at)
    kept = [one for at, one in enumerate(operations) if at not in failed]
    response = await forward(request.like(json={**sent, "Operations": kept}))
    done = _results(request, response)
    if done is None:
        return response
    results = []
    for at, one in enumerate(operations):
        if at not in failed:
            results += [done.pop(0)] if done else []
            continue
        echo: dict[str, Any] = {name: one[name] for name in ("method", "bulkId") if name in one}
        if one.get("method") != "POST":
            echo["location"] = f"http://localhost{request.base}{one.get('path')}"
        error = Response.error(status).json
        results.append({**echo, "status": str(status), "response": error})
    response.json = {**response.json, "Operations": results}
    return response


def _operations(request: Request) -> Results:
    found = request.object.get("Operations") if request.path == "/Bulk" else None
    good = isinstance(found, list) and all(isinstance(one, dict) for one in found)
    return found if good and isinstance(found, list) else []


@variant("resolves-no-circles", of="AMB-36")
async def resolves_no_circles(request: Request, forward: Forward) -> Response:
    """Operations that refer to each other in a circle fail with 409."""
    places = _circular(_operations(request))
    return await (_refused_at(request, forward, places, 409) if places else forward(request))


@variant("resolves-backward-references-only", of="AMB-36")
async def resolves_backward_references_only(request: Request, forward: Forward) -> Response:
    """An operation that refers to a later one fails with 409."""
    places = _forward(_operations(request))
    return await (_refused_at(request, forward, places, 409) if places else forward(request))


@variant(
    "refuses-forward-references-with-400",
    of="AMB-36",
    deviates=[
        "rfc7644-3.7.1-circular-references",
        "rfc7644-3.7.2-forward-bulkid-reference",
    ],
)
async def refuses_forward_references_with_400(request: Request, forward: Forward) -> Response:
    """An operation that refers to a later one fails with 400."""
    places = _forward(_operations(request))
    return await (_refused_at(request, forward, places, 400) if places else forward(request))


@variant("answers-a-failed-job-with-400", of="AMB-37", deviates=["rfc7644-3.7-200-processed-job"])
async def answers_a_failed_job_with_400(request: Request, forward: Forward) -> Response:
    """A job of which every operation failed is answered 400, with all the results."""
    response = await forward(request)
    results = _results(request, response)
    if results and all(str(one.get("status")) >= "400" for one in results):
        response.status = 400
    return response
