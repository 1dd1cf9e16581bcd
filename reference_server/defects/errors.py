"""Defects of error messages, RFC 7644 section 3.12."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_create


@defect("answers-errors-without-a-body", breaks="rfc7644-3.12-errors-json-body")
async def answers_errors_without_a_body(request: Request, forward: Forward) -> Response:
    """A 404 has no body."""
    response = await forward(request)
    if response.status == 404:
        response.body = b""
        response.headers.pop("content-type", None)
    return response


@defect("forgets-the-urn-of-errors", breaks="rfc7644-3.12-error-urn")
async def forgets_the_urn_of_errors(request: Request, forward: Forward) -> Response:
    """An error does not name the schema of errors."""
    response = await forward(request)
    if response.status >= 400 and response.json:
        response.json = {
            **response.json,
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Error"],
        }
    return response


@defect("writes-the-status-as-a-number", breaks="rfc7644-3.12-error-status-string")
async def writes_the_status_as_a_number(request: Request, forward: Forward) -> Response:
    """status in an error is a number."""
    response = await forward(request)
    if response.status >= 400 and response.json:
        response.json = {**response.json, "status": response.status}
    return response


@defect("repeats-another-status", breaks="rfc7644-3.2-error-code-http-status")
async def repeats_another_status(request: Request, forward: Forward) -> Response:
    """status in the body of a 404 says 400."""
    response = await forward(request)
    if response.status == 404 and response.json:
        response.json = {**response.json, "status": "400"}
    return response


@defect("invents-error-keywords", breaks="rfc7644-3.12-scimtype-optional")
async def invents_error_keywords(request: Request, forward: Forward) -> Response:
    """A 404 has a scimType that nobody defined."""
    response = await forward(request)
    if response.status == 404 and response.json:
        response.json = {**response.json, "scimType": "resourceNotFound"}
    return response


@defect("explains-errors-with-an-object", breaks="rfc7644-3.12-detail-optional")
async def explains_errors_with_an_object(request: Request, forward: Forward) -> Response:
    """detail of a 404 is an object."""
    response = await forward(request)
    if response.status == 404 and response.json:
        response.json = {**response.json, "detail": {"code": 17}}
    return response


@defect("crashes-on-another-format", breaks="rfc7644-3.12-http-500")
async def crashes_on_another_format(request: Request, forward: Forward) -> Response:
    """A read that asks for CSV ends in an internal error."""
    if request.headers.get("accept") == "text/csv":
        return Response.error(500)
    return await forward(request)


@defect("calls-broken-json-a-conflict", breaks="rfc7644-3.12-scimtype-invalidsyntax")
async def calls_broken_json_a_conflict(request: Request, forward: Forward) -> Response:
    """A create that is not JSON is refused with scimType uniqueness."""
    response = await forward(request)
    if is_create(request) and request.json is None and response.status == 400:
        return Response.error(400, "uniqueness")
    return response


@defect("calls-a-missing-name-a-path", breaks="rfc7644-3.12-scimtype-invalidvalue")
async def calls_a_missing_name_a_path(request: Request, forward: Forward) -> Response:
    """A user without a userName is refused with scimType invalidPath."""
    response = await forward(request)
    if (
        is_create(request, "/Users")
        and isinstance(request.json, dict)
        and "userName" not in request.json
        and response.status == 400
    ):
        return Response.error(400, "invalidPath")
    return response


@defect("calls-an-array-unprocessable", breaks="rfc7644-3.12-http-400")
async def calls_an_array_unprocessable(request: Request, forward: Forward) -> Response:
    """A create whose body is an array is refused with 422."""
    response = await forward(request)
    if is_create(request) and isinstance(request.json, list) and response.status == 400:
        return Response.error(422)
    return response


@defect("runs-what-filters-say", breaks="rfc7643-9.2-credential-storage-practice")
async def runs_what_filters_say(request: Request, forward: Forward) -> Response:
    """A filter value with SQL in it finds every user."""
    if "OR '1'='1" in (request.param("filter") or ""):
        return await forward(request.without_param("filter"))
    return await forward(request)
