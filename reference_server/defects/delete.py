"""Defects of deleting, RFC 7644 section 3.6."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_create, is_resource


@defect("answers-a-delete-with-202", breaks="rfc7644-3.6-delete-success")
async def answers_a_delete_with_202(request: Request, forward: Forward) -> Response:
    """A DELETE is answered 202."""
    response = await forward(request)
    if request.method == "DELETE" and response.status == 204:
        response.status = 202
    return response


@defect("still-shows-what-was-deleted", breaks="rfc7644-3.6-deleted-resource-404")
async def still_shows_what_was_deleted(request: Request, forward: Forward) -> Response:
    """A deleted user can still be read."""
    shelf = request.state.setdefault("shelf", {})
    if request.method == "DELETE" and is_resource(request, "/Users"):
        shelf[request.path] = (await forward(request.get(request.path))).json
    if request.method == "GET" and shelf.get(request.path):
        return Response.of(200, shelf[request.path])
    return await forward(request)


@defect("still-lists-what-was-deleted", breaks="rfc7644-3.6-deleted-resource-not-listed")
async def still_lists_what_was_deleted(request: Request, forward: Forward) -> Response:
    """A filter still finds a deleted user."""
    shelf = request.state.setdefault("shelf", {})
    if request.method == "DELETE" and is_resource(request, "/Users"):
        gone = (await forward(request.get(request.path))).json or {}
        shelf[f'userName eq "{gone.get("userName")}"'] = gone
    response = await forward(request)
    ghost = shelf.get(request.param("filter") or "")
    if ghost and request.path == "/Users" and response.is_success:
        response.json = {
            **response.json,
            "totalResults": 1,
            "itemsPerPage": 1,
            "Resources": [ghost],
        }
    return response


@defect("keeps-names-of-deleted-users", breaks="rfc7644-3.6-deleted-resource-no-conflict")
async def keeps_names_of_deleted_users(request: Request, forward: Forward) -> Response:
    """The userName of a deleted user stays taken."""
    taken = request.state.setdefault("taken", set())
    if request.method == "DELETE" and is_resource(request, "/Users"):
        taken.add(((await forward(request.get(request.path))).json or {}).get("userName"))
    sent = request.json
    if (
        is_create(request, "/Users")
        and isinstance(sent, dict)
        and sent.get("userName", "") in taken
    ):
        return Response.error(409, "uniqueness")
    return await forward(request)


@defect("gives-ids-away-again", breaks="rfc7643-3.1-id-not-reassigned")
async def gives_ids_away_again(request: Request, forward: Forward) -> Response:
    """A new user gets the id of the one that was deleted before."""
    renamed = request.state.setdefault("renamed", {})
    for shown, real in renamed.items():
        request.path = request.path.replace(shown, real)
        request.body = request.body.replace(shown.encode(), real.encode())
        request.query = [(name, text.replace(shown, real)) for name, text in request.query]
    response = await forward(request)
    if request.method == "DELETE" and is_resource(request, "/Users") and response.is_success:
        real = request.path.rpartition("/")[2]
        request.state["free"] = next((one for one in renamed if renamed[one] == real), real)
    elif is_create(request, "/Users") and response.status == 201 and "free" in request.state:
        renamed[request.state.pop("free")] = response.json["id"]
    for shown, real in renamed.items():
        response.body = response.body.replace(real.encode(), shown.encode())
        if "location" in response.headers:
            response.headers["location"] = response.headers["location"].replace(real, shown)
    return response


@defect("deletes-what-is-not-there", breaks="rfc7644-3.6-delete-unknown")
async def deletes_what_is_not_there(request: Request, forward: Forward) -> Response:
    """A DELETE of an unknown id is answered 204."""
    response = await forward(request)
    if request.method == "DELETE" and is_resource(request, "/Users") and response.status == 404:
        return Response(204)
    return response


@defect("chokes-on-members-that-are-gone", breaks="rfc7644-3.6-delete-user-group")
async def chokes_on_members_that_are_gone(request: Request, forward: Forward) -> Response:
    """A group can no longer be read once one of its members was deleted."""
    broken = request.state.setdefault("broken", set())
    if request.method == "DELETE" and is_resource(request, "/Users"):
        before = (await forward(request.get(request.path))).json or {}
        broken |= {f"/Groups/{one['value']}" for one in before.get("groups", [])}
    if request.method == "GET" and request.path in broken:
        return Response.error(404, detail="a member is missing")
    return await forward(request)
