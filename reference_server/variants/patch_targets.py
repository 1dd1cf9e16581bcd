"""PATCH paths that lead to nothing: AMB-01 to AMB-05, AMB-16."""

from __future__ import annotations

from typing import Any

from reference_server.defects.patch_messages import ignored, operations
from reference_server.defects.wire import Forward, Request, Response
from reference_server.schemas import ResourceType
from reference_server.variants import variant
from reference_server.variants.patching import (
    Step,
    attribute_at,
    elements_at,
    kind_of,
    path_of,
    refused,
    steps,
    swap,
)

_REPLACE_WITHOUT_MATCH = (
    "rfc7644-3.5.2.3-replace-filter-without-match",
    "rfc7644-3.5.2.3-replace-filter-sub-attribute-no-match",
    "rfc7644-3.12-scimtype-notarget",
)
_UNKNOWN_ATTRIBUTE = (
    "rfc7644-3.5.2-unknown-attribute-path",
    "rfc7644-3.5.2.2-remove-unknown-attribute",
    "rfc7644-3.5.2.3-replace-invalid-filter-attribute",
)


def _selects_nothing(op: str, step: Step, kind: ResourceType) -> bool:
    return step[0].get("op") == op and elements_at(step, kind) == []


def _is_member(step: Step, kind: ResourceType) -> bool:
    attribute = attribute_at(step[0], kind)
    return attribute is not None and attribute.name == "members"


@variant("refuses-to-remove-what-no-value-matches", of="AMB-01")
async def refuses_to_remove_what_no_value_matches(request: Request, forward: Forward) -> Response:
    """A remove whose filter selects nothing is refused with noTarget, as table 9 has it."""
    return await refused(
        request,
        forward,
        lambda step, kind: _selects_nothing("remove", step, kind) and not _is_member(step, kind),
        "noTarget",
    )


@variant(
    "refuses-to-remove-who-is-no-member",
    of="AMB-01",
    deviates=["rfc7644-3.5.2.2-remove-absent-member"],
)
async def refuses_to_remove_who_is_no_member(request: Request, forward: Forward) -> Response:
    """To remove somebody who is no member is refused with noTarget."""
    return await refused(
        request,
        forward,
        lambda step, kind: _selects_nothing("remove", step, kind) and _is_member(step, kind),
        "noTarget",
    )


@variant("refuses-to-remove-what-has-no-value", of="AMB-02")
async def refuses_to_remove_what_has_no_value(request: Request, forward: Forward) -> Response:
    """A remove of an attribute without a value is refused with noTarget."""

    def is_unassigned(step: Step, kind: ResourceType) -> bool:
        operation, now = step
        path, attribute = path_of(operation), attribute_at(operation, kind)
        if operation.get("op") != "remove" or path is None or attribute is None or path.where:
            return False
        holder: Any = now.get(path.attribute.schema, {}) if path.attribute.schema else now
        return attribute.name not in holder and attribute.returned == "default"

    return await refused(request, forward, is_unassigned, "noTarget")


@variant(
    "refuses-a-value-that-is-there-already",
    of="AMB-03",
    deviates=["rfc7644-3.5.2.1-add-existing-value-no-change"],
)
async def refuses_a_value_that_is_there_already(request: Request, forward: Forward) -> Response:
    """An add of an email that is there is answered 409, against a SHOULD."""
    for operation, now in await steps(request, forward):
        if operation.get("op") == "add" and operation.get("path") == "emails":
            value = operation.get("value")
            sent = value if isinstance(value, list) else [value]
            if any(one in now.get("emails", []) for one in sent):
                return Response.error(409, "uniqueness")
    return await forward(request)


@variant("makes-the-value-that-a-replace-misses", of="AMB-04", deviates=_REPLACE_WITHOUT_MATCH)
async def makes_the_value_that_a_replace_misses(request: Request, forward: Forward) -> Response:
    """A replace whose filter selects nothing makes the value, as Microsoft Entra expects."""
    kind = kind_of(request)
    for step in await steps(request, forward):
        if _selects_nothing("replace", step, kind):
            swap(request, step[0], {**step[0], "op": "add"})
    return await forward(request)


@variant(
    "calls-a-missed-replace-an-invalid-path",
    of="AMB-04",
    deviates=_REPLACE_WITHOUT_MATCH,
)
async def calls_a_missed_replace_an_invalid_path(request: Request, forward: Forward) -> Response:
    """A replace whose filter selects nothing is refused with invalidPath."""
    return await refused(
        request,
        forward,
        lambda step, kind: _selects_nothing("replace", step, kind),
        "invalidPath",
    )


@variant("refuses-to-add-where-no-value-matches", of="AMB-05")
async def refuses_to_add_where_no_value_matches(request: Request, forward: Forward) -> Response:
    """An add whose filter selects nothing is refused with noTarget."""
    return await refused(
        request, forward, lambda step, kind: _selects_nothing("add", step, kind), "noTarget"
    )


@variant("calls-an-add-by-filter-an-invalid-filter", of="AMB-05")
async def calls_an_add_by_filter_an_invalid_filter(request: Request, forward: Forward) -> Response:
    """An add whose filter selects nothing is refused with invalidFilter."""
    return await refused(
        request, forward, lambda step, kind: _selects_nothing("add", step, kind), "invalidFilter"
    )


def _is_unknown(operation: dict[str, Any], kind: ResourceType) -> bool:
    path = path_of(operation)
    if path is None or kind.extension(str(operation.get("path"))) is not None:
        return False
    attribute = attribute_at(operation, kind)
    return attribute is None or (path.sub is not None and attribute.sub(path.sub) is None)


async def _renamed(request: Request, forward: Forward, scim_type: str | None) -> Response:
    response = await forward(request)
    kind = kind_of(request)
    unknown = any(_is_unknown(one, kind) for one in operations(request))
    if response.status == 400 and unknown and response.object.get("scimType") == "invalidPath":
        return Response.error(400, scim_type)
    return response


@variant("calls-an-unknown-attribute-no-target", of="AMB-16")
async def calls_an_unknown_attribute_no_target(request: Request, forward: Forward) -> Response:
    """An unknown attribute in a PATCH path is refused with noTarget."""
    return await _renamed(request, forward, "noTarget")


@variant("calls-an-unknown-attribute-an-invalid-value", of="AMB-16")
async def calls_an_unknown_attribute_an_invalid_value(
    request: Request, forward: Forward
) -> Response:
    """An unknown attribute in a PATCH path is refused with invalidValue."""
    return await _renamed(request, forward, "invalidValue")


@variant("refuses-an-unknown-attribute-without-a-keyword", of="AMB-16")
async def refuses_an_unknown_attribute_without_a_keyword(
    request: Request, forward: Forward
) -> Response:
    """An unknown attribute in a PATCH path is refused with 400 and no scimType."""
    return await _renamed(request, forward, None)


@variant("ignores-an-unknown-attribute", of="AMB-16", deviates=_UNKNOWN_ATTRIBUTE)
async def ignores_an_unknown_attribute(request: Request, forward: Forward) -> Response:
    """An operation on an unknown attribute is skipped."""
    kind = kind_of(request)
    found = operations(request)
    kept = [one for one in found if not _is_unknown(one, kind)]
    if found and not kept:
        return await ignored(request, forward)
    if kept != found:
        request.json = {**request.json, "Operations": kept}
    return await forward(request)
