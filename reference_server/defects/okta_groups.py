"""Defects of what Okta's Push Groups sends."""

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


def _ids(members: Any) -> list[str]:
    """The ids in an array of members; none when it is something else."""
    found = members if isinstance(members, list) else []
    return [str(one.get("value")) for one in found if isinstance(one, dict)]


def _change(request: Request, op: str) -> list[str] | None:
    """The ids in the one operation of a PATCH that Okta has for ``members``; else None."""
    found = operations(request)
    if len(found) != 1 or not is_resource(request, "/Groups"):
        return None
    if (found[0].get("op"), found[0].get("path")) != (op, "members"):
        return None
    return _ids(found[0].get("value"))


async def _members(request: Request, forward: Forward) -> list[str]:
    """Who is in the group that is to be changed."""
    return _ids((await resource(request, forward)).get("members"))


def _new_name(request: Request) -> str | None:
    """The name in Okta's rename: a PATCH without a path whose value has id and displayName."""
    value = asked(request, "replace", None) if is_resource(request, "/Groups") else None
    if isinstance(value, dict) and set(value) == {"id", "displayName"}:
        return str(value["displayName"])
    return None


@defect("answers-a-lookup-of-no-group-with-400", breaks="okta-push-lookup")
async def answers_a_lookup_of_no_group_with_400(request: Request, forward: Forward) -> Response:
    """A search for groups by name that finds none is answered 400."""
    response = await forward(request)
    is_lookup = is_list(request, "/Groups") and request.param("filter") is not None
    if is_lookup and request.param("count") == "100" and response.object.get("totalResults") == 0:
        return Response.error(400, "invalidValue", "no such group")
    return response


@defect("refuses-a-group-without-members", breaks="okta-push-new-group")
async def refuses_a_group_without_members(request: Request, forward: Forward) -> Response:
    """A group whose members are an empty list is not created."""
    if is_create(request, "/Groups") and request.object.get("members") == []:
        return Response.error(400, "invalidValue", "a group needs a member")
    return await forward(request)


@defect("wants-the-type-of-the-first-member", breaks="okta-push-first-member")
async def wants_the_type_of_the_first_member(request: Request, forward: Forward) -> Response:
    """The first member of an empty group is refused by PATCH when it has no type."""
    added = _change(request, "add")
    now = await resource(request, forward) if added is not None and len(added) == 1 else {}
    if "displayName" in now and not now.get("members"):
        return Response.error(400, "invalidValue", "a member has a type")
    return await forward(request)


@defect("finds-the-name-of-a-group-taken-by-itself", breaks="okta-push-whole-list")
async def finds_the_name_of_a_group_taken_by_itself(request: Request, forward: Forward) -> Response:
    """A PUT that fills an empty group is refused: its name is taken, namely by itself."""
    if request.method == "PUT" and is_resource(request, "/Groups"):
        now = await resource(request, forward)
        is_same = now.get("displayName") == request.object.get("displayName")
        if is_same and not now.get("members") and "display" in str(request.object.get("members")):
            return Response.error(409, "uniqueness", "a group of this name exists")
    return await forward(request)


@defect("wants-the-type-of-members-in-a-create", breaks="okta-push-with-members")
async def wants_the_type_of_members_in_a_create(request: Request, forward: Forward) -> Response:
    """A group is not created with members that have a display and no type."""
    members = request.object.get("members") if is_create(request, "/Groups") else None
    if any("display" in one and "type" not in one for one in members or ()):
        return Response.error(400, "invalidValue", "a member has a type")
    return await forward(request)


@defect("refuses-to-add-members-again", breaks="okta-push-redundant-add")
async def refuses_to_add_members_again(request: Request, forward: Forward) -> Response:
    """An add of members who are all members already is answered 409."""
    added = _change(request, "add")
    if added and set(added) <= set(await _members(request, forward)):
        return Response.error(409, "uniqueness", "they are members")
    return await forward(request)


@defect("refuses-a-display-of-null", breaks="okta-push-display-null")
async def refuses_a_display_of_null(request: Request, forward: Forward) -> Response:
    """A member whose display is null is refused."""
    is_change = request.method in {"PUT", "PATCH"} and is_resource(request, "/Groups")
    if is_change and b'"display":null' in request.body:
        return Response.error(400, "invalidValue", "display must be a string")
    return await forward(request)


@defect("finds-groups-by-the-beginning-of-a-name", breaks="okta-push-by-rule")
async def finds_groups_by_the_beginning_of_a_name(request: Request, forward: Forward) -> Response:
    """A lookup of groups by name finds those whose name begins with it."""
    text = request.param("filter") or ""
    if is_list(request, "/Groups") and text.startswith("displayName eq "):
        request = request.with_param("filter", text.replace(" eq ", " sw ", 1))
    return await forward(request)


@defect("reads-a-plus-in-the-name-of-a-group-as-a-blank", breaks="okta-push-special-name")
async def reads_a_plus_in_the_name_of_a_group_as_a_blank(
    request: Request, forward: Forward
) -> Response:
    """The plus in the name of a group that is looked up is decoded as a blank."""
    text = request.param("filter") or ""
    if is_list(request, "/Groups") and text.startswith("displayName eq "):
        request = request.with_param("filter", text.replace("+", " "))
    return await forward(request)


@defect("finds-no-group-without-members", breaks="okta-push-found-by-name")
async def finds_no_group_without_members(request: Request, forward: Forward) -> Response:
    """A lookup by name does not find a group that has no members, as an inner join would not."""
    response = await forward(request)
    is_lookup = is_list(request, "/Groups") and request.param("filter") is not None
    found = response.object.get("Resources") or []
    if is_lookup and found:
        full = [one for one in found if one.get("members")]
        response.json = {**response.json, "Resources": full, "totalResults": len(full)}
    return response


@defect("loses-a-single-joiner", breaks="okta-push-join")
async def loses_a_single_joiner(request: Request, forward: Forward) -> Response:
    """An add of one member to a group that has members changes nothing."""
    added = _change(request, "add")
    if added is not None and len(added) == 1:
        there = await _members(request, forward)
        if there and added[0] not in there:
            return await ignored(request, forward)
    return await forward(request)


@defect("does-not-read-the-filter-of-a-remove", breaks="okta-push-leave")
async def does_not_read_the_filter_of_a_remove(request: Request, forward: Forward) -> Response:
    """A remove of a member by a filter on value changes nothing."""
    found = operations(request)
    if len(found) == 1 and found[0].get("op") == "remove" and is_resource(request, "/Groups"):
        return await ignored(request, forward)
    return await forward(request)


@defect("carries-out-the-first-operation-only", breaks="okta-push-leave-and-join")
async def carries_out_the_first_operation_only(request: Request, forward: Forward) -> Response:
    """Of a PATCH that removes members and adds others only the first operation is done."""
    found = operations(request)
    if is_resource(request, "/Groups") and {one.get("op") for one in found} == {"remove", "add"}:
        request.json = {**request.json, "Operations": found[:1]}
    return await forward(request)


@defect("loses-the-second-batch-of-members", breaks="okta-push-batches")
async def loses_the_second_batch_of_members(request: Request, forward: Forward) -> Response:
    """Of several adds of members to one group only the first is kept."""
    added = _change(request, "add")
    if added is not None and len(added) > 1:
        if request.path in request.state:
            return await ignored(request, forward)
        request.state[request.path] = True
    return await forward(request)


@defect("keeps-members-whom-push-now-leaves-out", breaks="okta-push-now-overwrites")
async def keeps_members_whom_push_now_leaves_out(request: Request, forward: Forward) -> Response:
    """A replace of the members takes nobody out who is active."""
    return await _keeping(request, forward, is_active=True)


@defect("keeps-deactivated-members", breaks="okta-push-deactivated-member")
async def keeps_deactivated_members(request: Request, forward: Forward) -> Response:
    """A replace of the members takes nobody out who is not active."""
    return await _keeping(request, forward, is_active=False)


async def _keeping(request: Request, forward: Forward, *, is_active: bool) -> Response:
    """A replace of members by others; who would be left out stays when they are so."""
    wanted = _change(request, "replace")
    if not wanted:
        return await forward(request)
    for one in await _members(request, forward):
        path = f"/Users/{quote(one, safe='')}"
        user = (await forward(request.get(path))).object
        if one not in wanted and user.get("active", True) is is_active:
            wanted.append(one)
    operation = {"op": "replace", "path": "members", "value": [{"value": one} for one in wanted]}
    request.json = {**request.json, "Operations": [operation]}
    return await forward(request)


@defect("refuses-to-replace-members-by-none", breaks="okta-push-now-empty")
async def refuses_to_replace_members_by_none(request: Request, forward: Forward) -> Response:
    """A replace of the members by an empty list is refused."""
    if _change(request, "replace") == []:
        return Response.error(400, "invalidValue", "members must not be empty")
    return await forward(request)


@defect("adds-nobody-by-a-replace", breaks="okta-push-activated")
async def adds_nobody_by_a_replace(request: Request, forward: Forward) -> Response:
    """A replace of the members adds nobody who was not a member."""
    wanted = _change(request, "replace")
    if wanted:
        there = await _members(request, forward)
        kept = [{"value": one} for one in wanted if one in there]
        operation = {"op": "replace", "path": "members", "value": kept}
        request.json = {**request.json, "Operations": [operation]}
    return await forward(request)


@defect("does-not-tell-which-group-was-changed", breaks="okta-push-patch-answer")
async def does_not_tell_which_group_was_changed(request: Request, forward: Forward) -> Response:
    """The answer to a PATCH of a group has neither id nor displayName."""
    response = await forward(request)
    if request.method == "PATCH" and is_resource(request, "/Groups") and response.is_success:
        for one in each_resource(response):
            one.pop("id", None)
            one.pop("displayName", None)
    return response


@defect("changes-groups-that-are-gone", breaks="okta-push-group-gone")
async def changes_groups_that_are_gone(request: Request, forward: Forward) -> Response:
    """A PATCH of a group that was deleted is answered with success."""
    response = await forward(request)
    is_change = request.method == "PATCH" and is_resource(request, "/Groups")
    return Response(204) if is_change and response.status == 404 else response


@defect("refuses-the-id-in-a-rename", breaks="okta-push-rename")
async def refuses_the_id_in_a_rename(request: Request, forward: Forward) -> Response:
    """A rename that has the group's own id in its value is refused: the id is read-only."""
    name = _new_name(request)
    if name is not None and name != (await resource(request, forward)).get("displayName"):
        return Response.error(400, "mutability", "id is read-only")
    return await forward(request)


@defect("loses-the-members-of-a-renamed-group", breaks="okta-push-rename-keeps-members")
async def loses_the_members_of_a_renamed_group(request: Request, forward: Forward) -> Response:
    """A rename by PATCH takes all members out."""
    name = _new_name(request)
    if name is not None and name != (await resource(request, forward)).get("displayName"):
        request.json = {
            **request.json,
            "Operations": [*operations(request), {"op": "remove", "path": "members"}],
        }
    return await forward(request)


@defect("refuses-the-name-that-a-group-has", breaks="okta-push-same-name")
async def refuses_the_name_that_a_group_has(request: Request, forward: Forward) -> Response:
    """A PATCH with the name that a group of several has already is answered 409."""
    name = _new_name(request)
    if name is not None:
        now = await resource(request, forward)
        if name == now.get("displayName") and len(now.get("members", [])) > 1:
            return Response.error(409, "uniqueness", "a group of this name exists")
    return await forward(request)


def _remembers_foreign_groups(request: Request, response: Response) -> None:
    """Note the groups that were created with members as no app of Okta sends them."""
    members = request.object.get("members") if is_create(request, "/Groups") else None
    if response.status == 201 and members and not any("display" in one for one in members):
        request.state[f"/Groups/{response.json['id']}"] = True


@defect("locks-groups-of-other-clients", breaks="okta-push-link")
async def locks_groups_of_other_clients(request: Request, forward: Forward) -> Response:
    """A group that another client has made cannot be changed."""
    if request.method in {"PUT", "PATCH"} and request.path in request.state:
        return Response.error(403, None, "this group is not yours")
    response = await forward(request)
    _remembers_foreign_groups(request, response)
    return response


@defect("empties-groups-of-other-clients", breaks="okta-push-link-keeps-members")
async def empties_groups_of_other_clients(request: Request, forward: Forward) -> Response:
    """An add to a group that another client has made takes the old members out."""
    if _change(request, "add") and request.path in request.state:
        operation = {**operations(request)[0], "op": "replace"}
        request.json = {**request.json, "Operations": [operation]}
    response = await forward(request)
    _remembers_foreign_groups(request, response)
    return response


@defect("pretends-to-delete-groups", breaks="okta-push-unlink-delete")
async def pretends_to_delete_groups(request: Request, forward: Forward) -> Response:
    """A DELETE of a group that has members is answered 204, and the group stays."""
    is_deletion = request.method == "DELETE" and is_resource(request, "/Groups")
    if is_deletion and await _members(request, forward):
        return Response(204)
    return await forward(request)


@defect("deletes-the-accounts-of-a-group", breaks="okta-push-unlink-keeps-accounts")
async def deletes_the_accounts_of_a_group(request: Request, forward: Forward) -> Response:
    """A DELETE of a group deletes the accounts of its members too."""
    if request.method == "DELETE" and is_resource(request, "/Groups"):
        for one in await _members(request, forward):
            await forward(request.like("DELETE", f"/Users/{quote(one, safe='')}"))
    return await forward(request)
