"""Defects of creating resources, RFC 7644 section 3.3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_create


@defect("answers-duplicates-with-400", breaks="rfc7644-3.3-duplicate-create")
async def answers_duplicates_with_400(request: Request, forward: Forward) -> Response:
    """A create that collides with an existing resource is answered 400 instead of 409."""
    response = await forward(request)
    if is_create(request) and response.status == 409:
        return Response.error(400, "uniqueness", "the name is already in use")
    return response


@defect("forgets-the-location", breaks="rfc7644-3.3-location-header")
async def forgets_the_location(request: Request, forward: Forward) -> Response:
    """A created resource comes without a Location header."""
    response = await forward(request)
    if is_create(request) and response.status == 201:
        response.headers.pop("location", None)
    return response
