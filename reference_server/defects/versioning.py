"""Defects of versions and preconditions, RFC 7644 section 3.14."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, each_resource


@defect("sends-no-entity-tags", breaks="rfc7644-3.14-etag-header")
async def sends_no_entity_tags(request: Request, forward: Forward) -> Response:
    """No answer has an ETag."""
    response = await forward(request)
    response.headers.pop("etag", None)
    return response


@defect("keeps-versions-out-of-meta", breaks="rfc7644-3.14-etag-meta-version")
async def keeps_versions_out_of_meta(request: Request, forward: Forward) -> Response:
    """meta has no version."""
    response = await forward(request)
    for resource in each_resource(response):
        resource.get("meta", {}).pop("version", None)
    return response


@defect("makes-strong-tags", breaks="rfc7644-3.14-weak-etags-allowed")
async def makes_strong_tags(request: Request, forward: Forward) -> Response:
    """Entity tags are strong."""
    for name in ("if-match", "if-none-match"):
        if name in request.headers and not request.headers[name].startswith("W/"):
            request.headers[name] = "W/" + request.headers[name]
    response = await forward(request)
    if "etag" in response.headers:
        response.headers["etag"] = response.headers["etag"].removeprefix("W/")
    for resource in each_resource(response):
        if "version" in resource.get("meta", {}):
            resource["meta"]["version"] = resource["meta"]["version"].removeprefix("W/")
    return response


@defect("never-changes-the-tag", breaks="rfc7644-3.14-etag-changes-resource")
async def never_changes_the_tag(request: Request, forward: Forward) -> Response:
    """The entity tag stays the same through changes."""
    request.headers.pop("if-match", None)
    response = await forward(request)
    if "etag" in response.headers and request.headers.get("if-none-match") is None:
        response.headers["etag"] = 'W/"1"'
    for resource in each_resource(response):
        if "version" in resource.get("meta", {}):
            resource["meta"]["version"] = 'W/"1"'
    return response


@defect("ignores-if-none-match", breaks="rfc7644-3.14-if-none-match")
async def ignores_if_none_match(request: Request, forward: Forward) -> Response:
    """A read with the current tag is answered in full."""
    if request.method == "GET":
        request.headers.pop("if-none-match", None)
    return await forward(request)


@defect("ignores-if-match-in-a-put", breaks="rfc7644-3.14-if-match-put")
async def ignores_if_match_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT with a stale tag is carried out."""
    if request.method == "PUT":
        request.headers.pop("if-match", None)
    return await forward(request)


@defect("compares-weak-tags-strongly", breaks="rfc7644-3.14-if-match-patch")
async def compares_weak_tags_strongly(request: Request, forward: Forward) -> Response:
    """A PATCH with the current tag is refused, because the tag is weak."""
    if request.method == "PATCH" and request.headers.get("if-match", "").startswith("W/"):
        return Response.error(412)
    return await forward(request)


@defect("ignores-if-match-in-a-patch", breaks="rfc7644-3.12-http-412")
async def ignores_if_match_in_a_patch(request: Request, forward: Forward) -> Response:
    """A PATCH with a stale tag is carried out."""
    if request.method == "PATCH":
        request.headers.pop("if-match", None)
    return await forward(request)


@defect("ignores-if-match-in-a-delete", breaks="rfc7644-3.14-if-match-delete")
async def ignores_if_match_in_a_delete(request: Request, forward: Forward) -> Response:
    """A DELETE with a stale tag is carried out."""
    if request.method == "DELETE":
        request.headers.pop("if-match", None)
    return await forward(request)


@defect("writes-another-version-into-meta", breaks="rfc7643-3.1-meta-version-matches-etag")
async def writes_another_version_into_meta(request: Request, forward: Forward) -> Response:
    """meta.version differs from the ETag."""
    response = await forward(request)
    for resource in each_resource(response):
        if "version" in resource.get("meta", {}):
            resource["meta"]["version"] = 'W/"other"'
    return response
