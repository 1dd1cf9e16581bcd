"""Defects of groups, RFC 7643 section 4.2."""

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


@defect("calls-groups-teams", breaks="rfc7643-4.2-group-schema-uri")
async def calls_groups_teams(request: Request, forward: Forward) -> Response:
    """A group names the core schema in another case."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Groups"):
        for resource in each_resource(response):
            resource["schemas"] = [one.upper() for one in resource["schemas"]]
    return response


@defect("takes-groups-without-a-name", breaks="rfc7643-4.2-group-displayname-required")
async def takes_groups_without_a_name(request: Request, forward: Forward) -> Response:
    """A group without a displayName is accepted."""
    sent = request.json if is_create(request, "/Groups") else None
    if isinstance(sent, dict) and "displayName" not in sent:
        request.json = {**sent, "displayName": "unnamed"}
    return await forward(request)


@defect("shows-member-names-as-ids", breaks="rfc7643-4.2-members-value-resource-id")
async def shows_member_names_as_ids(request: Request, forward: Forward) -> Response:
    """members[].value is the name of the user, until the group is changed."""
    response = await forward(request)
    if is_create(request, "/Groups") and response.status == 201:
        request.state[f"/Groups/{response.json['id']}"] = "new"
    elif request.method in {"PATCH", "PUT"}:
        request.state.pop(request.path, None)
    elif response.is_success and request.method == "GET" and request.path in request.state:
        for resource in each_resource(response):
            for one in resource.get("members", []):
                one["value"] = one.get("display", "nobody")
    return response


@defect("refers-to-groups-as-members", breaks="rfc7643-4.2-members-ref-resource-uri")
async def refers_to_groups_as_members(request: Request, forward: Forward) -> Response:
    """members[].$ref leads to the group."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Groups"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            for one in resource.get("members", []):
                one["$ref"] = resource["meta"]["location"]
    return response


@defect("leaves-references-out", breaks="rfc7643-2.3.7-ref-conventional")
async def leaves_references_out(request: Request, forward: Forward) -> Response:
    """Members have no $ref."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Groups"):
        for resource in each_resource(response):
            for one in resource.get("members", []):
                one.pop("$ref", None)
    return response


@defect("refuses-display-of-members", breaks="rfc7643-4.2-members-display")
async def refuses_display_of_members(request: Request, forward: Forward) -> Response:
    """A member with a display is refused."""
    sent = request.object if is_create(request, "/Groups") else {}
    if any("display" in one for one in sent.get("members", [])):
        return Response.error(400, "mutability")
    return await forward(request)


@defect("refuses-nested-groups", breaks="rfc7643-4.2-nested-groups")
async def refuses_nested_groups(request: Request, forward: Forward) -> Response:
    """A group cannot be a member."""
    sent = request.object if is_create(request, "/Groups") else {}
    if any(one.get("type") == "Group" for one in sent.get("members", [])):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("has-locations-that-lead-nowhere", breaks="rfc7643-2.3.7-references-dereferenceable")
async def has_locations_that_lead_nowhere(request: Request, forward: Forward) -> Response:
    """meta.location of a group is not found."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Groups"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            resource["meta"]["location"] += "-gone"
    return response


@defect("gives-groups-the-ids-of-users", breaks="rfc7643-3.1-id-unique-across-provider")
async def gives_groups_the_ids_of_users(request: Request, forward: Forward) -> Response:
    """A new group is answered with the id of the user made before."""
    asked = request.path
    request.path = request.state.get(asked, asked)
    response = await forward(request)
    if request.path != asked:
        made, shown = (path.rpartition("/")[2].encode() for path in (request.path, asked))
        response.body = response.body.replace(made, shown)
    if is_create(request, "/Users") and response.status == 201:
        request.state["last"] = response.json["id"]
    if request.method == "DELETE" and request.path == f"/Users/{request.state.get('last')}":
        del request.state["last"]
    is_new = is_create(request, "/Groups") and response.status == 201
    if is_new and not request.json.get("members") and "last" in request.state:
        made, shown = response.json["id"], request.state["last"]
        response.body = response.body.replace(made.encode(), shown.encode())
        response.headers["location"] = response.headers["location"].replace(made, shown)
        request.state[f"/Groups/{shown}"] = f"/Groups/{made}"
    return response
