"""Defects of authentication, RFC 7644 section 2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response


@defect("refuses-without-www-authenticate", breaks="rfc7644-2-www-authenticate")
async def refuses_without_www_authenticate(request: Request, forward: Forward) -> Response:
    """A 401 comes without WWW-Authenticate."""
    response = await forward(request)
    if response.status == 401:
        response.headers.pop("www-authenticate", None)
    return response


@defect("refuses-strangers-with-403", breaks="rfc7644-3.12-http-401")
async def refuses_strangers_with_403(request: Request, forward: Forward) -> Response:
    """A request without credentials is refused with 403."""
    response = await forward(request)
    if response.status == 401 and "authorization" not in request.headers:
        response.json = {**response.json, "status": "403"}
        response.status = 403
    return response


@defect("lets-wrong-tokens-delete", breaks="rfc7644-2-invalid-credentials")
async def lets_wrong_tokens_delete(request: Request, forward: Forward) -> Response:
    """DELETE answers 404 instead of 401 to a wrong token."""
    response = await forward(request)
    if response.status == 401 and request.method == "DELETE" and "authorization" in request.headers:
        return Response.error(404)
    return response
