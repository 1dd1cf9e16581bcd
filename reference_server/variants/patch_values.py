"""What a PATCH does to values: AMB-08 to AMB-14, AMB-17, AMB-28, AMB-60."""

from __future__ import annotations

from typing import Any

from reference_server.defects.patch_messages import ignored, operations, rewrite
from reference_server.defects.wire import Forward, Request, Response, each_resource
from reference_server.filters import render
from reference_server.schemas import ResourceType, Type
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

_MUTABILITY = (
    "rfc7643-3.1-id-readonly",
    "rfc7643-4.1.2-groups-readonly",
    "rfc7643-7-readonly-semantics",
    "rfc7644-3.5.2-patch-readonly-refused",
    "rfc7644-3.5.2-mutability-respected",
    "rfc7644-3.5.2.1-add-readonly",
    "rfc7644-3.5.2.2-remove-readonly-attribute",
    "rfc7644-3.12-scimtype-mutability",
)


_LOST_SIBLINGS = (
    "rfc7644-3.5.2.1-add-no-path-complex",
    "rfc7644-3.5.2.1-add-no-path-extension",
    "rfc7644-3.5.2.1-add-attribute-complex",
    "rfc7644-3.5.2.3-replace-no-path-complex",
    "rfc7644-3.5.2.3-replace-no-path-extension",
)


@variant("merges-into-a-selected-value", of="AMB-08")
async def merges_into_a_selected_value(request: Request, forward: Forward) -> Response:
    """A replace of a selected value keeps the sub-attributes that are not mentioned."""
    kind = kind_of(request)
    for step in await steps(request, forward):
        operation, path = step[0], path_of(step[0])
        if operation.get("op") == "replace" and elements_at(step, kind) and path and not path.sub:
            swap(request, operation, {**operation, "op": "add"})
    return await forward(request)


def _has_path_as_key(operation: dict[str, Any], kind: ResourceType) -> bool:
    value = operation.get("value")
    if operation.get("path") or not isinstance(value, dict):
        return False
    return any(kind.extension(name) is None and ("." in name or ":" in name) for name in value)


@variant("refuses-a-path-as-a-key", of="AMB-09")
async def refuses_a_path_as_a_key(request: Request, forward: Forward) -> Response:
    """A dotted or qualified name as a key of a value without a path is refused."""
    kind = kind_of(request)
    if any(_has_path_as_key(one, kind) for one in operations(request)):
        return Response.error(400, "invalidPath")
    return await forward(request)


@variant(
    "ignores-a-path-as-a-key",
    of="AMB-09",
    deviates=["rfc7644-3.5.2.1-add-no-path-qualified-key"],
)
async def ignores_a_path_as_a_key(request: Request, forward: Forward) -> Response:
    """A dotted or qualified name as a key of a value without a path is skipped."""
    kind = kind_of(request)
    for one in operations(request):
        if _has_path_as_key(one, kind):
            kept = {
                name: value
                for name, value in one["value"].items()
                if kind.extension(name) is not None or ("." not in name and ":" not in name)
            }
            swap(request, one, {**one, "value": kept})
    return await forward(request)


@variant("takes-no-extension-as-a-path", of="AMB-09")
async def takes_no_extension_as_a_path(request: Request, forward: Forward) -> Response:
    """A path that is the URN of an extension is no attribute path, and is refused."""
    kind = kind_of(request)
    if any(kind.extension(str(one.get("path"))) is not None for one in operations(request)):
        return Response.error(400, "invalidPath")
    return await forward(request)


@variant("calls-a-readonly-path-invalid", of="AMB-10", deviates=_MUTABILITY)
async def calls_a_readonly_path_invalid(request: Request, forward: Forward) -> Response:
    """A PATCH of a readOnly attribute is refused with invalidPath."""
    return await refused(request, forward, _is_read_only, "invalidPath")


def _is_read_only(step: Step, kind: ResourceType) -> bool:
    path, attribute = path_of(step[0]), attribute_at(step[0], kind)
    if path is None or attribute is None:
        return False
    sub = attribute.sub(path.sub) if path.sub else None
    return attribute.is_read_only or (sub is not None and sub.is_read_only)


@variant("ignores-a-readonly-path", of="AMB-10", deviates=_MUTABILITY)
async def ignores_a_readonly_path(request: Request, forward: Forward) -> Response:
    """An operation on a readOnly attribute is skipped, as PUT does."""
    kind = kind_of(request)
    skipped = [one for one, now in await steps(request, forward) if _is_read_only((one, now), kind)]
    if skipped and len(skipped) == len(operations(request)):
        return await ignored(request, forward)
    if skipped:
        rewrite(request, lambda one: [] if one in skipped else [one])
    return await forward(request)


@variant("takes-a-readonly-value-that-is-the-same", of="AMB-10")
async def takes_a_readonly_value_that_is_the_same(request: Request, forward: Forward) -> Response:
    """A PATCH that sets a readOnly attribute to the value it has changes nothing and succeeds."""
    for one, now in await steps(request, forward):
        path = path_of(one)
        if path is None or path.where or one.get("op") == "remove" or len(operations(request)) > 1:
            continue
        if _is_read_only((one, now), kind_of(request)):
            held = now.get(path.attribute.name)
            held = held.get(path.sub) if path.sub and isinstance(held, dict) else held
            if held is not None and held == one.get("value"):
                return await ignored(request, forward)
    return await forward(request)


@variant("refuses-id-in-a-value-without-a-path", of="AMB-10", profiles=["rfc"])
async def refuses_id_in_a_value_without_a_path(request: Request, forward: Forward) -> Response:
    """id or meta in a value without a path is refused; Okta, which sends them, is no measure."""
    for one in operations(request):
        value = one.get("value")
        if not one.get("path") and isinstance(value, dict) and {"id", "meta"} & set(value):
            return Response.error(400, "mutability")
    return await forward(request)


@variant("removes-all-members-though-some-are-listed", of="AMB-11")
async def removes_all_members_though_some_are_listed(
    request: Request, forward: Forward
) -> Response:
    """A remove of members with a list removes all: remove knows no value."""
    rewrite_removes(request)
    return await forward(request)


def rewrite_removes(request: Request) -> None:
    """Take the values out of the remove operations of a PATCH."""
    if any(one.get("op") == "remove" and "value" in one for one in operations(request)):
        rewrite(
            request,
            lambda one: [
                {name: value for name, value in one.items() if name != "value"}
                if one.get("op") == "remove"
                else one
            ],
        )


@variant("refuses-a-remove-with-a-value", of="AMB-11")
async def refuses_a_remove_with_a_value(request: Request, forward: Forward) -> Response:
    """A remove that lists values is refused."""
    if any(one.get("op") == "remove" and "value" in one for one in operations(request)):
        return Response.error(400, "invalidValue")
    return await forward(request)


@variant(
    "refuses-to-replace-by-nothing",
    of="AMB-12",
    deviates=[
        "rfc7643-2.5-assigning-null-unassigns",
        "rfc7644-3.5.2.3-replace-multi-valued-null",
    ],
    # Okta empties a group so when it is pushed now.
    profiles=["rfc"],
)
async def refuses_to_replace_by_nothing(request: Request, forward: Forward) -> Response:
    """A replace of a multi-valued attribute by null or an empty list is refused."""

    def is_cleared(step: Step, kind: ResourceType) -> bool:
        operation, attribute = step[0], attribute_at(step[0], kind)
        is_multi_valued = attribute is not None and attribute.multi_valued
        return (
            is_multi_valued
            and operation.get("op") == "replace"
            and operation.get("value", 0) in (None, [])
        )

    return await refused(request, forward, is_cleared, "invalidValue")


@variant(
    "calls-a-removed-required-value-invalid",
    of="AMB-13",
    deviates=[
        "rfc7644-3.5.2.2-remove-required-attribute",
        "rfc7644-3.12-scimtype-mutability",
    ],
)
async def calls_a_removed_required_value_invalid(request: Request, forward: Forward) -> Response:
    """A remove of a required attribute is refused with invalidValue."""

    def is_required(step: Step, kind: ResourceType) -> bool:
        attribute = attribute_at(step[0], kind)
        return attribute is not None and attribute.required and step[0].get("op") == "remove"

    return await refused(request, forward, is_required, "invalidValue")


@variant("calls-a-required-null-a-question-of-mutability", of="AMB-13")
async def calls_a_required_null_a_question_of_mutability(
    request: Request, forward: Forward
) -> Response:
    """A replace of a required attribute by null is refused with mutability."""

    def is_nulled(step: Step, kind: ResourceType) -> bool:
        attribute = attribute_at(step[0], kind)
        is_null = step[0].get("op") == "replace" and step[0].get("value", 0) is None
        return attribute is not None and attribute.required and is_null

    return await refused(request, forward, is_nulled, "mutability")


def _is_part_of_many(step: Step, kind: ResourceType) -> bool:
    path, attribute = path_of(step[0]), attribute_at(step[0], kind)
    if path is None or attribute is None or path.where or not path.sub:
        return False
    return attribute.multi_valued and not attribute.is_read_only


@variant("refuses-a-part-of-many-values", of="AMB-14")
async def refuses_a_part_of_many_values(request: Request, forward: Forward) -> Response:
    """A sub-attribute of a multi-valued attribute needs a filter before it."""
    return await refused(request, forward, _is_part_of_many, "invalidPath")


@variant("changes-a-part-of-the-first-value", of="AMB-14")
async def changes_a_part_of_the_first_value(request: Request, forward: Forward) -> Response:
    """Without a filter a sub-attribute is that of the first value."""
    kind = kind_of(request)
    for step in await steps(request, forward):
        path, attribute = path_of(step[0]), attribute_at(step[0], kind)
        if not _is_part_of_many(step, kind) or path is None or attribute is None:
            continue
        held = step[1].get(attribute.name) or []
        if held and "value" in held[0]:
            first = str(held[0]["value"]).replace('"', '\\"')
            chosen = f'{path.attribute}[value eq "{first}"].{path.sub}'
            swap(request, step[0], {**step[0], "path": chosen})
    return await forward(request)


def _one_primary(values: Any, *, keep_last: bool) -> bool:
    """Leave one primary value; whether there was more than one."""
    if not isinstance(values, list):
        return False
    primaries = [one for one in values if isinstance(one, dict) and one.get("primary") is True]
    for one in primaries[:-1] if keep_last else primaries[1:]:
        one["primary"] = False
    return len(primaries) > 1


async def _with_one_primary(request: Request, forward: Forward, *, keep_last: bool) -> Response:
    value = request.json
    if request.method in {"POST", "PUT"} and isinstance(value, dict) and request.path != "/Bulk":
        changed = [_one_primary(one, keep_last=keep_last) for one in value.values()]
        if any(changed):
            request.json = value
    for one, before in zip(operations(request), operations(request), strict=True):
        if _one_primary(one.get("value"), keep_last=keep_last):
            swap(request, before, one)
    return await forward(request)


@variant("keeps-the-first-primary", of="AMB-17")
async def keeps_the_first_primary(request: Request, forward: Forward) -> Response:
    """Of several primary values in one body the first stays primary."""
    return await _with_one_primary(request, forward, keep_last=False)


@variant("keeps-the-last-primary", of="AMB-17")
async def keeps_the_last_primary(request: Request, forward: Forward) -> Response:
    """Of several primary values in one body the last stays primary."""
    return await _with_one_primary(request, forward, keep_last=True)


@variant("shows-primary-only-where-it-is-true", of="AMB-17")
async def shows_primary_only_where_it_is_true(request: Request, forward: Forward) -> Response:
    """primary is left out where it is false, which is what its absence means (section 2.4)."""
    response = await forward(request)
    for shown in each_resource(response):
        for values in shown.values():
            for one in values if isinstance(values, list) else ():
                if isinstance(one, dict) and one.get("primary") is False:
                    del one["primary"]
    return response


@variant(
    "turns-one-member-into-another",
    of="AMB-28",
    deviates=["rfc7643-4.2-member-sub-attributes-immutable"],
)
async def turns_one_member_into_another(request: Request, forward: Forward) -> Response:
    """A new value for a selected member is taken as a removal and an addition."""

    def changed(one: dict[str, Any]) -> list[dict[str, Any]]:
        path = path_of(one)
        is_value = path is not None and path.attribute.name == "members" and path.sub == "value"
        if path is None or path.where is None or not is_value or one.get("op") != "replace":
            return [one]
        return [
            {"op": "remove", "path": f"members[{render(path.where)}]"},
            {"op": "add", "path": "members", "value": [{"value": one.get("value")}]},
        ]

    if operations(request):
        rewrite(request, changed)
    return await forward(request)


@variant("replaces-a-complex-value-as-a-whole", of="AMB-60", deviates=_LOST_SIBLINGS)
async def replaces_a_complex_value_as_a_whole(request: Request, forward: Forward) -> Response:
    """An add at a complex attribute, or without a path, drops what it does not mention."""
    kind = kind_of(request)

    def emptied(one: dict[str, Any]) -> list[dict[str, Any]]:
        if one.get("op") not in {"add", "replace"}:
            return [one]
        sent = one.get("value")
        if one.get("path"):
            sent = {one["path"]: sent} if one["op"] == "add" else {}
        named = [
            name
            for name, value in (sent if isinstance(sent, dict) else {}).items()
            if isinstance(value, dict) and _is_complex(name, kind)
        ]
        return [*({"op": "remove", "path": name} for name in named), one]

    if operations(request):
        rewrite(request, emptied)
    return await forward(request)


def _is_complex(name: str, kind: ResourceType) -> bool:
    if kind.extension(name) is not None:
        return True
    attribute = kind.find(name)
    return attribute is not None and attribute.type is Type.COMPLEX and not attribute.multi_valued
