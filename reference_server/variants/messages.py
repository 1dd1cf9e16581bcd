"""HTTP around SCIM: AMB-47, and what HTTP itself leaves open."""

from __future__ import annotations

import gzip

from reference_server.defects.wire import SCIM_JSON, Forward, Request, Response
from reference_server.variants import variant

_DEFAULT_FORMAT = (
    "rfc7644-3.8-default-format",
    "rfc7644-3.4.1-content-type-responses",
)


@variant("names-its-charset", of="RFC 7644, section 8.1")
async def names_its_charset(request: Request, forward: Forward) -> Response:
    """Content-Type has the parameter charset=utf-8, and no space before it."""
    response = await forward(request)
    if "content-type" in response.headers:
        response.headers["content-type"] += ";charset=UTF-8"
    return response


@variant("answers-json-to-who-wants-json", of="AMB-47")
async def answers_json_to_who_wants_json(request: Request, forward: Forward) -> Response:
    """A client that accepts application/json only is answered in it."""
    response = await forward(request)
    accepted = request.headers.get("accept", "")
    if response.headers.get("content-type") == SCIM_JSON and accepted == "application/json":
        response.headers["content-type"] = "application/json"
    return response


@variant("answers-json-by-default", of="AMB-47", deviates=_DEFAULT_FORMAT)
async def answers_json_by_default(request: Request, forward: Forward) -> Response:
    """Who does not ask for application/scim+json is answered in application/json."""
    response = await forward(request)
    accepted = request.headers.get("accept", "")
    if response.headers.get("content-type") == SCIM_JSON and SCIM_JSON not in accepted:
        response.headers["content-type"] = "application/json"
    return response


@variant(
    "reads-scim-json-only",
    of="AMB-47",
    deviates=["rfc7644-3.8-request-content-type"],
    profiles=["rfc"],
)
async def reads_scim_json_only(request: Request, forward: Forward) -> Response:
    """A body in application/json, as Okta's published test sends it, is answered 415."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in {"POST", "PUT", "PATCH"} and sent == "application/json":
        return Response.error(415)
    return await forward(request)


@variant("calls-another-media-type-a-bad-request", of="AMB-47")
async def calls_another_media_type_a_bad_request(request: Request, forward: Forward) -> Response:
    """A body in a media type that is not read is answered 400."""
    response = await forward(request)
    return Response.error(400, "invalidSyntax") if response.status == 415 else response


@variant("reads-json-under-any-name", of="AMB-47")
async def reads_json_under_any_name(request: Request, forward: Forward) -> Response:
    """A body is read as SCIM, whatever its media type."""
    if "content-type" in request.headers:
        request.headers["content-type"] = SCIM_JSON
    return await forward(request)


@variant("refuses-other-accepted-types", of="AMB-47")
async def refuses_other_accepted_types(request: Request, forward: Forward) -> Response:
    """A client that accepts no kind of JSON is answered 406."""
    accepted = request.headers.get("accept", "*/*")
    if not any(one in accepted for one in ("json", "*/*", "application/*")):
        return Response.error(406)
    return await forward(request)


@variant("compresses-every-answer", of="RFC 9110, section 8.4")
async def compresses_every_answer(request: Request, forward: Forward) -> Response:
    """Every answer is compressed for a client that accepts it, however short."""
    response = await forward(request)
    if "gzip" in request.headers.get("accept-encoding", "") and response.body:
        response.body = gzip.compress(response.body)
        response.headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    return response


@variant("writes-header-names-in-capitals", of="RFC 9110, section 5.1")
async def writes_header_names_in_capitals(request: Request, forward: Forward) -> Response:
    """The names of headers are written in capitals."""
    response = await forward(request)
    response.headers = {
        name if name == "content-length" else name.upper(): value
        for name, value in response.headers.items()
    }
    return response


@variant("explains-nothing", of="RFC 7644, section 3.12", profiles=["rfc"])
async def explains_nothing(request: Request, forward: Forward) -> Response:
    """An error has no detail, which is optional but for a limit; Okta's test wants one."""
    response = await forward(request)
    value = response.json
    if (
        response.status >= 400
        and response.status != 413
        and isinstance(value, dict)
        and "detail" in value
    ):
        del value["detail"]
        response.json = value
    return response


@variant("adds-members-to-errors", of="RFC 7644, section 3.12")
async def adds_members_to_errors(request: Request, forward: Forward) -> Response:
    """An error has more members than the text names."""
    response = await forward(request)
    value = response.json
    if response.status >= 400 and isinstance(value, dict):
        response.json = {**value, "timestamp": "2026-01-01T00:00:00Z", "traceId": "4f1c"}
    return response


@variant("has-no-options", of="RFC 9110, section 9.3.7")
async def has_no_options(request: Request, forward: Forward) -> Response:
    """OPTIONS and HEAD are not offered."""
    if request.method in {"OPTIONS", "HEAD"}:
        probe = await forward(request.get(request.path))
        if probe.status == 401:
            return probe
        answer = Response.error(405)
        answer.headers["allow"] = "GET, POST, PUT, PATCH, DELETE"
        return answer
    return await forward(request)


@variant("sends-headers-nobody-asked-for", of="RFC 9110, section 5.1")
async def sends_headers_nobody_asked_for(request: Request, forward: Forward) -> Response:
    """A proxy adds cookies, cache rules and names of its own."""
    response = await forward(request)
    response.headers |= {
        "set-cookie": "lb=a1; Path=/; HttpOnly; Secure",
        "cache-control": "no-store",
        "x-request-id": "4f1c",
        "server": "proxy",
        "strict-transport-security": "max-age=31536000",
    }
    return response


@variant(
    "makes-strong-tags", of="RFC 7644, section 3.14", deviates=["rfc7644-3.14-weak-etags-allowed"]
)
async def makes_strong_tags(request: Request, forward: Forward) -> Response:
    """Entity tags are strong; weak ones are allowed, not demanded."""
    for name in ("if-match", "if-none-match"):
        if name in request.headers and request.headers[name].startswith('"'):
            request.headers[name] = f"W/{request.headers[name]}"
    response = await forward(request)
    if "etag" in response.headers:
        response.headers["etag"] = response.headers["etag"].removeprefix("W/")
    response.body = response.body.replace(b'"W/\\"', b'"\\"')
    return response
