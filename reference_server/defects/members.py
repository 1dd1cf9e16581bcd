"""Defects of a group's members, RFC 7643 sections 2.3.7 and 4.2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_create, is_resource


@defect("drops-unknown-members", breaks="rfc7643-2.3.7-referential-integrity-optional")
async def drops_unknown_members(request: Request, forward: Forward) -> Response:
    """A create of a group drops members that nobody knows, without a word."""
    sent = request.object
    members = sent.get("members")
    if not is_create(request, "/Groups") or not isinstance(members, list):
        return await forward(request)
    known = []
    for one in members:
        paths = (f"/Users/{one.get('value')}", f"/Groups/{one.get('value')}")
        answers = [await forward(request.get(path)) for path in paths]
        known += [one] if any(answer.is_success for answer in answers) else []
    request.json = {**sent, "members": known}
    return await forward(request)


@defect("changes-members-in-place", breaks="rfc7643-4.2-member-sub-attributes-immutable")
async def changes_members_in_place(request: Request, forward: Forward) -> Response:
    """A PATCH of the value of one member seems to succeed."""
    operations = request.object.get("Operations") or [{}]
    path = str(operations[0].get("path"))
    changes = path.startswith("members[") and path.endswith("].value")
    if request.method == "PATCH" and is_resource(request, "/Groups") and changes:
        return await forward(request.get(request.path))
    return await forward(request)
