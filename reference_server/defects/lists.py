"""Defects of every list, RFC 7644 section 3.4.2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_list


@defect("forgets-the-urn-of-lists", breaks="rfc7644-3.4.2-listresponse-identification")
async def forgets_the_urn_of_lists(request: Request, forward: Forward) -> Response:
    """A list does not name the schema of lists."""
    response = await forward(request)
    if is_list(request) and response.is_success:
        response.json = {
            **response.json,
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ListResponse"],
        }
    return response


@defect("forgets-the-total", breaks="rfc7644-3.4.2-totalresults-required")
async def forgets_the_total(request: Request, forward: Forward) -> Response:
    """A list has no totalResults."""
    response = await forward(request)
    if is_list(request, "/Devices") and response.is_success:
        value = response.json
        value.pop("totalResults")
        response.json = value
    return response


@defect("writes-the-list-in-lower-case", breaks="rfc7644-3.4.2-capital-r-resources")
async def writes_the_list_in_lower_case(request: Request, forward: Forward) -> Response:
    """The list of all devices is called resources."""
    response = await forward(request)
    if is_list(request, "/Devices") and response.is_success and not request.param("filter"):
        value = response.json
        value["resources"] = value.pop("Resources")
        response.json = value
    return response


@defect("counts-with-a-fraction", breaks="rfc7643-2.3.4-integer-form")
async def counts_with_a_fraction(request: Request, forward: Forward) -> Response:
    """totalResults is written with a fraction."""
    response = await forward(request)
    if is_list(request) and response.is_success:
        value = response.json
        response.json = {**value, "totalResults": float(value["totalResults"])}
    return response
