"""Defects of what status codes and keywords stand for, RFC 7644 sections 3.8, 3.12 and 3.13.

Where every exchange is looked at, one that no other sentence speaks of is broken: the query at
the base URL, which need not be offered.
"""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    is_list,
    is_resource,
)


def _is_root(request: Request) -> bool:
    return request.method == "GET" and request.path in {"", "/"} and bool(request.base)


@defect("finds-scim-json-unacceptable", breaks="rfc7644-3.8-accept-application-scim-json")
async def finds_scim_json_unacceptable(request: Request, forward: Forward) -> Response:
    """A query at the base that accepts application/scim+json is answered 406."""
    if _is_root(request) and request.headers.get("accept") == "application/scim+json":
        return Response.error(406)
    return await forward(request)


@defect("refuses-to-hear-of-csv", breaks="rfc7644-3.8-other-media-types")
async def refuses_to_hear_of_csv(request: Request, forward: Forward) -> Response:
    """A read that accepts text/csv is a bad request."""
    if request.headers.get("accept") == "text/csv":
        return Response.error(400)
    return await forward(request)


@defect("takes-the-suffix-for-an-id", breaks="rfc7644-3.8-uri-suffix-scim")
async def takes_the_suffix_for_an_id(request: Request, forward: Forward) -> Response:
    """A resource with .scim after its id is not found."""
    if is_resource(request, "/Users") and request.path.endswith(".scim"):
        return Response.error(404)
    return await forward(request)


@defect("redirects-for-now-to-nowhere", breaks="rfc7644-3.12-http-307")
async def redirects_for_now_to_nowhere(request: Request, forward: Forward) -> Response:
    """307 comes without a Location."""
    return Response.of(307) if _is_root(request) else await forward(request)


@defect("redirects-for-good-to-nowhere", breaks="rfc7644-3.12-http-308")
async def redirects_for_good_to_nowhere(request: Request, forward: Forward) -> Response:
    """308 comes without a Location."""
    return Response.of(308) if _is_root(request) else await forward(request)


@defect("conflicts-with-a-read", breaks="rfc7644-3.12-http-409")
async def conflicts_with_a_read(request: Request, forward: Forward) -> Response:
    """A query at the base is answered 409."""
    return Response.error(409) if _is_root(request) else await forward(request)


@defect("finds-nothing-too-large", breaks="rfc7644-3.12-http-413")
async def finds_nothing_too_large(request: Request, forward: Forward) -> Response:
    """A query at the base, which has no body, is answered 413."""
    return Response.error(413) if _is_root(request) else await forward(request)


@defect("forbids-too-many", breaks="rfc7644-3.12-scimtype-toomany")
async def forbids_too_many(request: Request, forward: Forward) -> Response:
    """tooMany comes with 403."""
    return Response.error(403, "tooMany") if _is_root(request) else await forward(request)


@defect("loses-what-is-sensitive", breaks="rfc7644-3.12-scimtype-sensitive")
async def loses_what_is_sensitive(request: Request, forward: Forward) -> Response:
    """Sensitive comes with 404."""
    return Response.error(404, "sensitive") if _is_root(request) else await forward(request)


@defect("calls-a-version-a-path", breaks="rfc7644-3.12-scimtype-invalidvers")
async def calls_a_version_a_path(request: Request, forward: Forward) -> Response:
    """A version that is not offered is refused with scimType invalidPath."""
    if request.path.startswith("/scim/v9"):
        return Response.error(400, "invalidPath")
    return await forward(request)


@defect("has-gone-without-a-version", breaks="rfc7644-3.13-default-version")
async def has_gone_without_a_version(request: Request, forward: Forward) -> Response:
    """A base URL without a version is answered 410."""
    return await forward(request) if request.base or "/v9" in request.path else Response.error(410)


@defect("names-a-resource-in-a-list", breaks="rfc7644-3.1-message-schema-prefix")
async def names_a_resource_in_a_list(request: Request, forward: Forward) -> Response:
    """A list of users names the schema of users beside that of lists."""
    return await _with_schema(request, forward, "urn:ietf:params:scim:schemas:core:2.0:User")


@defect("invents-a-message", breaks="rfc7644-8.2-message-urns")
async def invents_a_message(request: Request, forward: Forward) -> Response:
    """A list of users also names a message that nobody registered."""
    return await _with_schema(request, forward, "urn:ietf:params:scim:api:messages:2.0:Page")


async def _with_schema(request: Request, forward: Forward, urn: str) -> Response:
    response = await forward(request)
    if is_list(request, "/Users") and response.is_success:
        response.json = {**response.object, "schemas": [*response.object["schemas"], urn]}
    return response
