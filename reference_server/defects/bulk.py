"""Defects of bulk jobs, RFC 7644 sections 3.7, 3.7.3 and 3.7.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects import defect
from reference_server.defects.documents import edited
from reference_server.defects.wire import Forward, Request, Response

Result = dict[str, Any]


def operations(request: Request) -> list[dict[str, Any]]:
    """The operations of a bulk job; none when the request is no such job."""
    found = request.object.get("Operations") if request.path == "/Bulk" else None
    return [one for one in found or () if isinstance(one, dict)]


def methods(request: Request) -> list[str]:
    """What the operations of a bulk job do, in their order."""
    return [str(one.get("method")) for one in operations(request)]


def with_operations(request: Request, changed: list[dict[str, Any]]) -> Request:
    """The same job with other operations."""
    return request.like(json={**request.object, "Operations": changed})


async def told(request: Request, forward: Forward, edit: Callable[[Result], None]) -> Response:
    """The answer, after ``edit`` has gone over each result of a bulk job."""
    response = await forward(request)
    if request.path == "/Bulk" and response.is_success:
        value = response.json
        for one in value["Operations"]:
            edit(one)
        response.json = value
    return response


def _failed(result: Result) -> bool:
    return str(result["status"]) >= "400"


@defect("says-bulk-and-has-none", breaks="rfc7644-3.7-bulk-optional")
async def says_bulk_and_has_none(request: Request, forward: Forward) -> Response:
    """A job with a limit of errors and a single operation is answered 501."""
    if "failOnErrors" in request.object and methods(request) == ["POST"]:
        return Response.error(501)
    return await forward(request)


@defect("answers-a-job-with-a-list", breaks="rfc7644-3.7-bulkresponse-urn")
async def answers_a_job_with_a_list(request: Request, forward: Forward) -> Response:
    """The answer to a job calls itself a ListResponse."""
    response = await forward(request)
    if request.path == "/Bulk" and response.is_success:
        urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
        response.json = {**response.json, "schemas": [urn]}
    return response


@defect("tells-a-single-result-without-an-array", breaks="rfc7644-3.7-operations-required")
async def tells_a_single_result_without_an_array(request: Request, forward: Forward) -> Response:
    """The result of a single operation is an object."""
    response = await forward(request)
    if len(operations(request)) == 1 and response.is_success:
        value = response.json
        response.json = {**value, "Operations": value["Operations"][0]}
    return response


@defect("forgets-the-method-of-a-result", breaks="rfc7644-3.7-method")
async def forgets_the_method_of_a_result(request: Request, forward: Forward) -> Response:
    """Results do not repeat the method."""
    return await told(request, forward, lambda one: one.pop("method"))


@defect("makes-up-a-bulk-id", breaks="rfc7644-3.7-bulkid-post")
async def makes_up_a_bulk_id(request: Request, forward: Forward) -> Response:
    """A POST without a bulkId is carried out."""
    if "POST" in methods(request):
        named = [{"bulkId": str(place), **one} for place, one in enumerate(operations(request))]
        return await forward(with_operations(request, named))
    return await forward(request)


@defect("says-no-place-for-failures", breaks="rfc7644-3.7-location-response")
async def says_no_place_for_failures(request: Request, forward: Forward) -> Response:
    """An operation that failed has no location, whatever its method."""
    return await told(
        request, forward, lambda one: one.pop("location", None) if _failed(one) else None
    )


@defect("keeps-errors-of-operations-to-itself", breaks="rfc7644-3.7-response-error")
async def keeps_errors_of_operations_to_itself(request: Request, forward: Forward) -> Response:
    """An operation that failed has no response."""
    return await told(request, forward, lambda one: one.pop("response", None))


@defect("has-an-error-in-every-result", breaks="rfc7644-3.7-response-success")
async def has_an_error_in_every_result(request: Request, forward: Forward) -> Response:
    """An operation that succeeded has an error for its response."""
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "200"}
    return await told(request, forward, lambda one: one.setdefault("response", error))


@defect("calls-every-failed-operation-400", breaks="rfc7644-3.7-status")
async def calls_every_failed_operation_400(request: Request, forward: Forward) -> Response:
    """The status of an operation on a resource that is not there is 400."""

    def edit(one: Result) -> None:
        if _failed(one):
            one["status"] = one["response"]["status"] = "400"

    return await told(request, forward, edit)


@defect("answers-a-job-with-202", breaks="rfc7644-3.7-200-processed-job")
async def answers_a_job_with_202(request: Request, forward: Forward) -> Response:
    """A job that was carried out is answered 202."""
    response = await forward(request)
    if methods(request) == ["POST", "POST"] and response.is_success:
        response.status = 202
    return response


@defect("gives-a-job-up-at-the-first-failure", breaks="rfc7644-3.7-continue-failure")
async def gives_a_job_up_at_the_first_failure(request: Request, forward: Forward) -> Response:
    """What follows a failure is not carried out, though there is no failOnErrors."""
    if methods(request) == ["DELETE", "DELETE"]:
        return await forward(request.like(json={"failOnErrors": 1, **request.object}))
    return await forward(request)


@defect("goes-on-after-the-last-error", breaks="rfc7644-3.7-stop-failonerrors")
async def goes_on_after_the_last_error(request: Request, forward: Forward) -> Response:
    """failOnErrors is ignored."""
    if "failOnErrors" in request.object and operations(request):
        kept = {name: one for name, one in request.object.items() if name != "failOnErrors"}
        return await forward(request.like(json=kept))
    return await forward(request)


@defect("forgets-bulk-ids", breaks="rfc7644-3.7-bulkid-returned")
async def forgets_bulk_ids(request: Request, forward: Forward) -> Response:
    """Results have no bulkId."""
    return await told(request, forward, lambda one: one.pop("bulkId", None))


@defect("runs-changes-backwards", breaks="rfc7644-3.7-intent-preserved-when-reordering")
async def runs_changes_backwards(request: Request, forward: Forward) -> Response:
    """The last change of a job is made first."""
    if set(methods(request)) == {"PUT"}:
        return await forward(with_operations(request, operations(request)[::-1]))
    return await forward(request)


@defect("reports-successes-only", breaks="rfc7644-3.7.3-all-results-reported")
async def reports_successes_only(request: Request, forward: Forward) -> Response:
    """An operation between others that failed has no result."""
    response = await forward(request)
    if len(operations(request)) == 3 and response.is_success:
        value = response.json
        value["Operations"] = [one for one in value["Operations"] if not _failed(one)]
        response.json = value
    return response


@defect("gives-no-reason-for-a-failed-operation", breaks="rfc7644-3.7.3-error-description")
async def gives_no_reason_for_a_failed_operation(request: Request, forward: Forward) -> Response:
    """The error of an operation has no detail."""
    return await told(request, forward, lambda one: one.get("response", {}).pop("detail", None))


@defect("takes-jobs-of-no-operations", breaks="rfc7644-3.7.4-limits-defined")
async def takes_jobs_of_no_operations(request: Request, forward: Forward) -> Response:
    """The configuration says that a job may have 0 operations."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["bulk"].update(maxOperations=0),
    )


def _is_too_long(request: Request, response: Response) -> bool:
    return response.status == 413 and len(operations(request)) > 1


@defect("answers-too-many-operations-with-400", breaks="rfc7644-3.7.4-413-excess-operations")
async def answers_too_many_operations_with_400(request: Request, forward: Forward) -> Response:
    """A job of too many operations is answered 400."""
    response = await forward(request)
    if _is_too_long(request, response):
        return Response.error(400, detail=response.json["detail"])
    return response


@defect("answers-too-large-a-job-with-400", breaks="rfc7644-3.7.4-413-excess-payload")
async def answers_too_large_a_job_with_400(request: Request, forward: Forward) -> Response:
    """A job of too many bytes is answered 400."""
    response = await forward(request)
    if request.path == "/Bulk" and response.status == 413 and not _is_too_long(request, response):
        return Response.error(400, detail=response.json["detail"])
    return response


@defect("does-not-say-what-was-too-much", breaks="rfc7644-3.7.4-413-body-names-limit")
async def does_not_say_what_was_too_much(request: Request, forward: Forward) -> Response:
    """The refusal of a job of too many operations names no limit."""
    response = await forward(request)
    if _is_too_long(request, response):
        return Response.error(413, detail="too much")
    return response
