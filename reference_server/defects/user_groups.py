"""Defects of the groups that a user shows, RFC 7643 section 4.1.2."""

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


@defect("shows-group-names-as-ids", breaks="rfc7643-4.1.2-groups-value-group-id")
async def shows_group_names_as_ids(request: Request, forward: Forward) -> Response:
    """groups[].value of a user is the name of the group."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            for one in resource.get("groups", []):
                one["value"] = one["display"]
    return response


@defect("refers-to-users-as-groups", breaks="rfc7643-4.1.2-groups-ref-group-uri")
async def refers_to_users_as_groups(request: Request, forward: Forward) -> Response:
    """groups[].$ref of a user leads to the user."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            for one in resource.get("groups", []):
                one["$ref"] = resource["meta"]["location"]
    return response


@defect("hides-groups-in-users", breaks="rfc7643-4.1.2-groups-covers-nested-dynamic-membership")
async def hides_groups_in_users(request: Request, forward: Forward) -> Response:
    """A user shows no groups."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource.pop("groups", None)
    return response


@defect("joins-groups-through-users", breaks="rfc7643-4.1.2-groups-readonly")
async def joins_groups_through_users(request: Request, forward: Forward) -> Response:
    """groups in a create make the user a member."""
    response = await forward(request)
    sent = request.json if is_create(request, "/Users") else None
    for one in sent.get("groups", []) if isinstance(sent, dict) and response.is_success else []:
        add = {"op": "add", "path": "members", "value": [{"value": response.json["id"]}]}
        message = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [add],
        }
        await forward(request.like("PATCH", f"/Groups/{one['value']}", json=message))
    return response


@defect("remembers-groups-for-ever", breaks="rfc7643-4.1.2-direct-membership-editable")
async def remembers_groups_for_ever(request: Request, forward: Forward) -> Response:
    """A user goes on showing a group after leaving it."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Users") and response.is_success:
        seen = request.state.setdefault(request.path, [])
        for resource in each_resource(response):
            seen += [one for one in resource.get("groups", []) if one not in seen]
            if seen:
                resource["groups"] = seen
    return response
