"""PATCH requests read operation by operation, as the server will apply them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects.patch_messages import Operation, operations, resource, rewrite
from reference_server.defects.wire import Forward, Request, Response
from reference_server.errors import ScimError
from reference_server.filters import compile_value_filter
from reference_server.patch import PATCH_OP, apply_patch
from reference_server.paths import PatchPath, parse_path
from reference_server.schemas import DEVICE, GROUP, USER, Attribute, ResourceType

__all__ = ["Step", "attribute_at", "elements_at", "kind_of", "path_of", "refused", "steps", "swap"]

#: An operation, and the resource as it is before it.
Step = tuple[Operation, dict[str, Any]]


def kind_of(request: Request) -> ResourceType:
    """The resource type that a path of the server leads to; User where it leads to none."""
    name = request.path[1:].partition("/")[0]
    return next((one for one in (USER, GROUP, DEVICE) if one.endpoint == f"/{name}"), USER)


async def steps(request: Request, forward: Forward) -> list[Step]:
    """Every operation of a PATCH with the resource that it will find."""
    found: list[Step] = []
    if not operations(request):
        return found
    now = await resource(request, forward)
    if "id" not in now:
        return found
    for operation in operations(request):
        found.append((operation, now))
        try:
            body = {"schemas": [PATCH_OP], "Operations": [operation]}
            now = apply_patch(now, body, kind_of(request))
        except ScimError:
            break
    return found


def path_of(operation: Operation) -> PatchPath | None:
    """The parsed path of an operation; None if it has none, or one that cannot be read."""
    try:
        return parse_path(str(operation["path"])) if operation.get("path") else None
    except ScimError:
        return None


def attribute_at(operation: Operation, kind: ResourceType) -> Attribute | None:
    """The attribute that an operation's path names, if the type has it."""
    path = path_of(operation)
    return kind.find(path.attribute.name, path.attribute.schema) if path else None


def elements_at(step: Step, kind: ResourceType) -> list[Any] | None:
    """The values that the filter in a path selects; None where the path has no filter."""
    operation, now = step
    path, attribute = path_of(operation), attribute_at(operation, kind)
    if path is None or path.where is None or attribute is None or not attribute.multi_valued:
        return None
    try:
        matches = compile_value_filter(path.where, attribute)
    except ScimError:
        return None
    values = now.get(attribute.name) or []
    return [one for one in values if matches(one if isinstance(one, dict) else {"value": one})]


async def refused(
    request: Request,
    forward: Forward,
    applies: Callable[[Step, ResourceType], bool],
    scim_type: str | None,
) -> Response:
    """The answer, or 400 with this keyword when ``applies`` to one of the operations."""
    kind = kind_of(request)
    if any(applies(step, kind) for step in await steps(request, forward)):
        return Response.error(400, scim_type)
    return await forward(request)


def swap(request: Request, old: Operation, *new: Operation) -> None:
    """Put other operations in the place of one of a PATCH."""
    rewrite(request, lambda one: list(new) if one == old else [one])
