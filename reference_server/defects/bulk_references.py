"""Defects of references in bulk jobs, RFC 7644 sections 3.7.1 and 3.7.2."""

from __future__ import annotations

import json
from typing import Any

from reference_server.defects import defect
from reference_server.defects.bulk import operations, with_operations
from reference_server.defects.wire import Forward, Request, Response


def _paths(request: Request) -> list[str]:
    return [str(one.get("path")) for one in operations(request)]


def _refers(operation: dict[str, Any]) -> bool:
    return '"bulkId:' in json.dumps(operation.get("data"))


async def _refused(request: Request, forward: Forward, status: int) -> Response:
    """The answer to a job whose operations with references fail with ``status``."""
    kept = [one for one in operations(request) if not _refers(one)]
    response = await forward(with_operations(request, kept))
    value = response.json
    value["Operations"] += [
        {
            "method": one["method"],
            "bulkId": one["bulkId"],
            "status": str(status),
            "response": Response.error(status).json,
        }
        for one in operations(request)
        if _refers(one)
    ]
    response.json = value
    return response


async def _loses(request: Request, forward: Forward, *names: str) -> Response:
    """Carries a job out without these attributes of its operations with references."""
    changed = [
        {**one, "data": {key: part for key, part in one["data"].items() if key not in names}}
        if _refers(one)
        else one
        for one in operations(request)
    ]
    return await forward(with_operations(request, changed))


@defect("breaks-down-over-a-circle", breaks="rfc7644-3.7.1-circular-references")
async def breaks_down_over_a_circle(request: Request, forward: Forward) -> Response:
    """Groups that contain each other fail with 500."""
    if _paths(request) == ["/Groups", "/Groups"]:
        return await _refused(request, forward, 500)
    return await forward(request)


@defect("loses-references-backward", breaks="rfc7644-3.7.2-bulkid-replaced-id")
async def loses_references_backward(request: Request, forward: Forward) -> Response:
    """A group is made without the member that the job has made before it."""
    if _paths(request) == ["/Users", "/Groups"]:
        return await _loses(request, forward, "members")
    return await forward(request)


@defect("loses-references-in-extensions", breaks="rfc7644-3.7.2-bulkid-extensions")
async def loses_references_in_extensions(request: Request, forward: Forward) -> Response:
    """A manager that the job has made before is lost."""
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    if _paths(request) == ["/Users", "/Users"]:
        return await _loses(request, forward, urn)
    return await forward(request)


@defect("takes-references-to-nothing", breaks="rfc7644-3.7.2-unresolvable-bulkid")
async def takes_references_to_nothing(request: Request, forward: Forward) -> Response:
    """A group with a member that the job does not make is made without it."""
    if _paths(request) == ["/Groups"]:
        return await _loses(request, forward, "members")
    return await forward(request)


@defect("refuses-references-forward", breaks="rfc7644-3.7.2-forward-bulkid-reference")
async def refuses_references_forward(request: Request, forward: Forward) -> Response:
    """A group that comes before its member in the job fails with 400."""
    if _paths(request) == ["/Groups", "/Users"]:
        return await _refused(request, forward, 400)
    return await forward(request)


@defect("knows-no-bulk-id-in-a-path", breaks="rfc7644-3.7.2-bulkid-path")
async def knows_no_bulk_id_in_a_path(request: Request, forward: Forward) -> Response:
    """A path that names a resource of the same job is not found."""
    if any("/bulkId:" in one for one in _paths(request)):
        changed = [
            {**one, "path": one["path"].replace("/bulkId:", "/bulkId-")}
            for one in operations(request)
        ]
        return await forward(with_operations(request, changed))
    return await forward(request)
