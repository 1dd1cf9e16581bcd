"""Defects of reading one resource, RFC 7644 section 3.4.1."""

from __future__ import annotations

from datetime import datetime, timedelta

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)


def later(instant: str, *, seconds: int) -> str:
    """A dateTime some seconds after another."""
    moved = datetime.fromisoformat(instant) + timedelta(seconds=seconds)
    return moved.isoformat().replace("+00:00", "Z")


@defect("hides-resources-that-exist", breaks="rfc7644-3.4.1-get-known-resource")
async def hides_resources_that_exist(request: Request, forward: Forward) -> Response:
    """A user that was created with nothing but a name is not found."""
    response = await forward(request)
    if is_create(request, "/Users") and set(request.object) == {"schemas", "userName"}:
        request.state[f"/Users/{response.object.get('id')}"] = "hidden"
    plain = request.headers.get("accept") == "application/scim+json" and not request.query
    hidden = request.method == "GET" and plain and request.path in request.state
    return Response.error(404) if hidden and response.status == 200 else response


@defect("calls-unknown-ids-bad-requests", breaks="rfc7644-3.4.1-get-unknown-resource")
async def calls_unknown_ids_bad_requests(request: Request, forward: Forward) -> Response:
    """A read of an id that never was is answered 400."""
    response = await forward(request)
    known = request.state.setdefault("known", set())
    if request.method == "DELETE":
        known.add(request.path)
    if request.method == "POST" and response.status == 201:
        known.add(f"{request.path}/{(response.json or {}).get('id')}")
    unknown = response.status == 404 and request.path not in known
    if request.method == "GET" and is_resource(request, "/Users") and unknown:
        return Response.error(400)
    return response


@defect("reads-users-by-name", breaks="rfc7644-3.4.1-get-id-only")
async def reads_users_by_name(request: Request, forward: Forward) -> Response:
    """A user can be read at its userName."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Users") and response.status == 404:
        name = request.path.removeprefix("/Users/")
        found = await forward(request.get("/Users", [("filter", f'userName eq "{name}"')]))
        listed = (found.json or {}).get("Resources") or []
        if listed:
            return Response.of(200, {**listed[0], "id": name})
    return response


@defect("answers-a-create-with-what-was-sent", breaks="rfc7644-3.1-responses-reflect-server-state")
async def answers_a_create_with_what_was_sent(request: Request, forward: Forward) -> Response:
    """The answer to a create shows another displayName than is stored."""
    response = await forward(request)
    if (
        is_create(request, "/Users")
        and response.status == 201
        and "displayName" in response.json
        and "name" in response.json
    ):
        response.json = {**response.json, "displayName": "just created"}
    return response


@defect("meta-location-leads-nowhere", breaks="rfc7643-3.1-meta-location-resource-uri")
async def meta_location_leads_nowhere(request: Request, forward: Forward) -> Response:
    """meta.location of a user is the URL of another resource."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            resource["meta"]["location"] = resource["meta"]["location"] + "-elsewhere"
    return response


@defect("reads-the-clock-twice", breaks="rfc7643-3.1-lastmodified-equals-created-when-unmodified")
async def reads_the_clock_twice(request: Request, forward: Forward) -> Response:
    """created of a user without an externalId is half a minute before lastModified."""
    response = await forward(request)
    if response.is_success and request.path.startswith("/Users"):
        for resource in each_resource(response):
            meta = resource.get("meta", {})
            if meta.get("created") and "externalId" not in resource:
                meta["created"] = later(meta["created"], seconds=-30)
    return response


@defect("puts-the-word-bulkid-into-ids", breaks="rfc7643-3.1-bulkid-reserved")
async def puts_the_word_bulkid_into_ids(request: Request, forward: Forward) -> Response:
    """Ids of users begin with the word bulkId."""
    request.path = request.path.replace("bulkId-", "")
    request.body = request.body.replace(b"bulkId-", b"")
    request.query = [(name, text.replace("bulkId-", "")) for name, text in request.query]
    response = await forward(request)
    if is_create(request, "/Users") and response.status == 201:
        request.state.setdefault("ids", set()).add(response.json["id"])
    for made in request.state.get("ids", ()):
        response.body = response.body.replace(made.encode(), f"bulkId-{made}".encode())
        if "location" in response.headers:
            named = response.headers["location"].replace(made, f"bulkId-{made}")
            response.headers["location"] = named
    return response


@defect("location-has-a-query", breaks="rfc7644-1.3-base-uri-no-query")
async def location_has_a_query(request: Request, forward: Forward) -> Response:
    """meta.location ends in a query."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            resource["meta"]["location"] = resource["meta"]["location"] + "?v=2"
    return response


@defect("location-names-another-host", breaks="rfc7644-1.3-any-path-prefix")
async def location_names_another_host(request: Request, forward: Forward) -> Response:
    """meta.location names a host that only the target itself knows."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            resource["meta"]["location"] = "http://backend.invalid:9000/Users/" + resource["id"]
    return response
