"""Defects of media types, encodings and URLs, RFC 7644 section 3.8."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_resource


@defect("refuses-to-answer-scim-json", breaks="rfc7644-3.8-accept-application-scim-json")
async def refuses_to_answer_scim_json(request: Request, forward: Forward) -> Response:
    """A read that asks for exactly application/scim+json and nothing else of a user is refused with 406."""
    if (
        request.method == "GET"
        and is_resource(request, "/Users")
        and request.headers.get("accept") == "application/scim+json"
        and request.state.setdefault("reads", {}).setdefault(request.path, 0) == 0
    ):
        request.state["reads"][request.path] = 1
        return Response.error(406)
    return await forward(request)
