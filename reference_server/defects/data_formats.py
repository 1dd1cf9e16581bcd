"""Defects of media types, encodings and URLs, RFC 7644 sections 1 to 3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)


@defect("refuses-to-answer-json", breaks="rfc7644-3.8-accept-application-json")
async def refuses_to_answer_json(request: Request, forward: Forward) -> Response:
    """A read that asks for application/json is refused with 406."""
    if request.method == "GET" and request.headers.get("accept") == "application/json":
        return Response.error(406)
    return await forward(request)


@defect("answers-in-html-by-default", breaks="rfc7644-3.8-default-format")
async def answers_in_html_by_default(request: Request, forward: Forward) -> Response:
    """A read that takes anything is answered as text/html."""
    response = await forward(request)
    if request.headers.get("accept") == "*/*":
        response.headers["content-type"] = "text/html"
    return response


@defect("reads-scim-json-only", breaks="rfc7644-3.8-request-content-type")
async def reads_scim_json_only(request: Request, forward: Forward) -> Response:
    """A create in application/json is refused with 415."""
    if is_create(request) and request.headers.get("content-type") == "application/json":
        return Response.error(415)
    return await forward(request)


@defect("loses-astral-characters", breaks="rfc7643-2.3.1-strings-unicode-utf-8")
async def loses_astral_characters(request: Request, forward: Forward) -> Response:
    """Characters beyond the basic plane are replaced in displayName."""
    sent = request.json if is_create(request) else None
    if isinstance(sent, dict) and isinstance(sent.get("displayName"), str):
        kept = "".join(one if ord(one) < 65536 else "?" for one in sent["displayName"])
        request.json = {**sent, "displayName": kept}
    return await forward(request)


@defect("reads-plus-as-a-space", breaks="rfc7644-1.2-percent-encoding")
async def reads_plus_as_a_space(request: Request, forward: Forward) -> Response:
    """An encoded plus sign in a filter is read as a space."""
    text = request.param("filter")
    if text and "+" in text:
        return await forward(request.with_param("filter", text.replace("+", " ")))
    return await forward(request)


@defect("answers-lists-as-json", breaks="rfc7644-3.4.1-content-type-responses")
async def answers_lists_as_json(request: Request, forward: Forward) -> Response:
    """Lists are answered as text/json."""
    response = await forward(request)
    if request.method == "GET" and request.path == "/Users" and response.is_success:
        response.headers["content-type"] = "text/json"
    return response


@defect("names-another-charset", breaks="rfc7644-3.8-utf-8-accepted-produced")
async def names_another_charset(request: Request, forward: Forward) -> Response:
    """Lists are said to be in ISO-8859-1."""
    response = await forward(request)
    if request.method == "GET" and request.path == "/Users" and response.is_success:
        response.headers["content-type"] = "application/scim+json; charset=ISO-8859-1"
    return response


@defect("writes-weak-tags-in-lower-case", breaks="rfc7643-3.1-weak-versions-marked-w")
async def writes_weak_tags_in_lower_case(request: Request, forward: Forward) -> Response:
    """The mark of a weak entity tag is in lower case."""
    for name in ("if-match", "if-none-match"):
        if name in request.headers:
            request.headers[name] = request.headers[name].replace("w/", "W/")
    response = await forward(request)
    if "etag" in response.headers:
        response.headers["etag"] = response.headers["etag"].replace("W/", "w/")
    for resource in each_resource(response):
        if "version" in resource.get("meta", {}):
            resource["meta"]["version"] = resource["meta"]["version"].replace("W/", "w/")
    return response


@defect("has-posts-on-resources", breaks="rfc7644-3.2-post-resource-url")
async def has_posts_on_resources(request: Request, forward: Forward) -> Response:
    """A POST to a user creates another one."""
    if request.method == "POST" and is_resource(request, "/Users"):
        made = await forward(request.like("POST", "/Users", json=request.json))
        return Response(204) if made.is_success else made
    return await forward(request)


@defect("accepts-a-put-to-all-users", breaks="rfc7644-3.2-methods-type-endpoints")
async def accepts_a_put_to_all_users(request: Request, forward: Forward) -> Response:
    """A PUT to the collection is answered 200."""
    response = await forward(request)
    if request.method == "PUT" and request.path == "/Users" and response.status == 405:
        return Response(204)
    return response


@defect("sends-unknown-endpoints-away", breaks="rfc7644-3.12-http-404")
async def sends_unknown_endpoints_away(request: Request, forward: Forward) -> Response:
    """An unknown endpoint is answered 400."""
    response = await forward(request)
    if request.path.startswith("/ScimproofNoSuch") and response.status == 404:
        return Response.error(400)
    return response


@defect("serves-any-version", breaks="rfc7644-3.13-requested-version-rejection")
async def serves_any_version(request: Request, forward: Forward) -> Response:
    """A version that nobody defined is served like the current one."""
    if "/v9/" in f"{request.base}{request.path}":
        path = request.path.rpartition("/v9")[2]
        inner = request.like(path=path)
        inner.base = request.path.partition("/v9")[0] + "/v2"
        return await forward(inner)
    return await forward(request)
