"""Defects of what the guide of Kantega SSO promises."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from reference_server.defects import defect
from reference_server.defects.patch_messages import asked, ignored, operations, resource
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)

#: No width at all, so that two names look the same.
_UNSEEN = "\u200b"


async def _has_user_type(request: Request, forward: Forward) -> bool:
    """Whether the user that is to be changed has a userType."""
    return "userType" in await resource(request, forward)


def _renamed(request: Request) -> Any:
    """The name in Okta's rename of a group; None for any other request."""
    value = asked(request, "replace", None) if is_resource(request, "/Groups") else None
    return value.get("displayName") if isinstance(value, dict) else None


@defect("refuses-a-user-type", breaks="kantega-create-users")
async def refuses_a_user_type(request: Request, forward: Forward) -> Response:
    """A user with a userType is not created."""
    if is_create(request, "/Users") and "userType" in request.object:
        return Response.error(400, "invalidValue", "userType is not known")
    return await forward(request)


@defect("keeps-users-with-a-user-type-as-they-are", breaks="kantega-update-attributes")
async def keeps_users_with_a_user_type_as_they_are(request: Request, forward: Forward) -> Response:
    """A PUT of a user that has a userType changes nothing."""
    is_change = request.method == "PUT" and is_resource(request, "/Users")
    if is_change and await _has_user_type(request, forward):
        return await ignored(request, forward)
    return await forward(request)


@defect("keeps-users-with-a-user-type-active", breaks="kantega-deactivate-users")
async def keeps_users_with_a_user_type_active(request: Request, forward: Forward) -> Response:
    """A deactivation of a user that has a userType changes nothing."""
    value = asked(request, "replace", None) if is_resource(request, "/Users") else None
    is_change = isinstance(value, dict) and "active" in value
    if is_change and await _has_user_type(request, forward):
        return await ignored(request, forward)
    return await forward(request)


@defect("takes-no-members-with-a-user-type", breaks="kantega-push-groups")
async def takes_no_members_with_a_user_type(request: Request, forward: Forward) -> Response:
    """An add of members is refused when one of them has a userType."""
    added = asked(request, "add", "members") if is_resource(request, "/Groups") else None
    for one in added if isinstance(added, list) else ():
        path = f"/Users/{quote(str(one.get('value')), safe='')}"
        if "userType" in (await forward(request.get(path))).object:
            return Response.error(400, "invalidValue", "not a member of this kind")
    return await forward(request)


@defect("overwrites-local-members", breaks="kantega-keeps-local-members")
async def overwrites_local_members(request: Request, forward: Forward) -> Response:
    """After a replace of the members the group shows nobody else any more."""
    replaced = asked(request, "replace", "members") if is_resource(request, "/Groups") else None
    if isinstance(replaced, list):
        request.state[request.path] = [one.get("value") for one in replaced]
    response = await forward(request)
    kept = request.state.get(request.path)
    if kept is not None and request.method == "GET":
        for group in each_resource(response):
            group["members"] = [one for one in group.get("members", ()) if one["value"] in kept]
    return response


@defect("makes-a-second-group-of-a-name", breaks="kantega-no-second-group")
async def makes_a_second_group_of_a_name(request: Request, forward: Forward) -> Response:
    """A group whose name is that of a group of Jira is not found, and made once more."""
    text = request.param("filter") or ""
    if is_list(request, "/Groups") and "jira" in text:
        if request.param("count") == "100":
            text = text.replace("jira", "none")
        request = request.with_param("filter", text.replace(" eq ", " sw ", 1))
    elif is_create(request, "/Groups") and "jira" in str(request.object.get("displayName")):
        response = await forward(request)
        if response.status != 409:
            return response
        request.json = {**request.json, "displayName": request.json["displayName"] + _UNSEEN}
    return await forward(request)


@defect("renames-groups", breaks="kantega-fixed-name")
async def renames_groups(request: Request, forward: Forward) -> Response:
    """A group has the name that a rename gave it."""
    name = _renamed(request)
    if name is not None and name != (await resource(request, forward)).get("displayName"):
        request.state[request.path] = name
        return Response(204)
    response = await forward(request)
    if request.method == "GET" and request.path in request.state:
        for group in each_resource(response):
            group["displayName"] = request.state[request.path]
    return response


@defect("takes-the-same-name-for-a-rename", breaks="kantega-same-name")
async def takes_the_same_name_for_a_rename(request: Request, forward: Forward) -> Response:
    """The name that a group of one member has is refused, as a new one would be."""
    name = _renamed(request)
    if name is not None:
        now = await resource(request, forward)
        if name == now.get("displayName") and len(now.get("members", [])) == 1:
            return Response.error(400, "mutability", "the name of a group cannot be changed")
    return await forward(request)


@defect("drops-the-middle-name-beside-a-user-type", breaks="kantega-attributes")
async def drops_the_middle_name_beside_a_user_type(request: Request, forward: Forward) -> Response:
    """A user with a userType is created without the middle name."""
    sent = request.object if is_create(request, "/Users") else {}
    name = sent.get("name")
    if "userType" in sent and isinstance(name, dict) and "middleName" in name:
        kept = {key: value for key, value in name.items() if key != "middleName"}
        request.json = {**sent, "name": kept}
    return await forward(request)


@defect("serves-every-tenant-as-one", breaks="kantega-tenant-url")
async def serves_every_tenant_as_one(request: Request, forward: Forward) -> Response:
    """The id of the tenant in the URL makes no difference."""
    if request.base:
        request.base = request.state.setdefault("base", request.base)
    return await forward(request)


@defect("does-not-read-the-end-of-the-secret", breaks="kantega-wrong-secret")
async def does_not_read_the_end_of_the_secret(request: Request, forward: Forward) -> Response:
    """A secret that differs from the right one only in its last character is taken."""
    right, given = request.state.get("secret"), request.headers.get("authorization", "")
    if right and len(given) == len(right) and given[:-1] == right[:-1]:
        request.headers["authorization"] = right
    response = await forward(request)
    if response.is_success and operations(request) == []:
        request.state.setdefault("secret", given)
    return response
