"""How resources look: AMB-42, AMB-43, AMB-47, AMB-51 to AMB-53, and what no text forbids."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
)
from reference_server.paths import attribute_path
from reference_server.variants import variant
from reference_server.variants.patching import kind_of

_NAMES = {"attributes", "excludedAttributes"}
_GROUPS_OF_A_USER = (
    "rfc7643-4.1.2-groups-value-group-id",
    "rfc7643-4.1.2-groups-covers-nested-dynamic-membership",
    "rfc7643-4.1.2-groups-ref-group-uri",
)


def _projected(request: Request) -> bool:
    """The request asks for some attributes only."""
    body = request.object if request.path.endswith("/.search") else {}
    return any(request.param(one) or body.get(one) for one in _NAMES)


@variant("refuses-both-lists-of-names", of="AMB-42")
async def refuses_both_lists_of_names(request: Request, forward: Forward) -> Response:
    """attributes together with excludedAttributes is refused."""
    if all(request.param(one) for one in _NAMES):
        return Response.error(400, "invalidValue")
    return await forward(request)


@variant("applies-both-lists-of-names", of="AMB-42")
async def applies_both_lists_of_names(request: Request, forward: Forward) -> Response:
    """attributes together with excludedAttributes gives the ones less the others."""
    if not all(request.param(one) for one in _NAMES):
        return await forward(request)
    excluded = {one.strip().lower() for one in str(request.param("excludedAttributes")).split(",")}
    wanted = [
        one
        for one in str(request.param("attributes")).split(",")
        if one.strip().lower() not in excluded
    ]
    narrower = request.without_param(*_NAMES)
    return await forward(narrower.with_param("attributes", ",".join(wanted) or "id"))


@variant("always-shows-meta", of="AMB-42")
async def always_shows_meta(request: Request, forward: Forward) -> Response:
    """meta is there also when other attributes are asked for."""
    wanted = request.param("attributes")
    if wanted and request.method in {"GET", "PUT", "PATCH", "POST"}:
        return await forward(request.with_param("attributes", f"{wanted},meta"))
    return await forward(request)


@variant(
    "lists-names-without-schemas",
    of="AMB-42",
    deviates=[
        "rfc7643-3-schemas-required-non-empty",
        "rfc7643-2.1-resource-json-carries-schemas",
    ],
)
async def lists_names_without_schemas(request: Request, forward: Forward) -> Response:
    """Resources in a list have no schemas when attributes are asked for, as in the examples."""
    response = await forward(request)
    if is_list(request) and _projected(request) and response.status == 200:
        for shown in each_resource(response):
            shown.pop("schemas", None)
    return response


@variant("shows-a-value-whole-for-a-part", of="AMB-43", deviates=["rfc7644-3.9-attributes"])
async def shows_a_value_whole_for_a_part(request: Request, forward: Forward) -> Response:
    """Who asks for a sub-attribute gets the whole attribute."""
    wanted = request.param("attributes")
    if not wanted:
        return await forward(request)
    whole = [re.sub(r"(?<=[A-Za-z])\.[A-Za-z$]+$", "", one.strip()) for one in wanted.split(",")]
    return await forward(request.with_param("attributes", ",".join(whole)))


def _unknown_names(request: Request) -> bool:
    kind = kind_of(request)
    for parameter in _NAMES:
        for text in (request.param(parameter) or "").split(","):
            path = attribute_path(text.strip())
            if path is None or kind.extension(text.strip()) is not None:
                continue
            if kind.find(path.name, path.schema) is None:
                return True
    return False


@variant("refuses-a-name-it-does-not-know", of="AMB-43")
async def refuses_a_name_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown name in attributes or excludedAttributes is refused."""
    if _unknown_names(request):
        return Response.error(400, "invalidValue")
    return await forward(request)


@variant(
    "shows-all-for-a-name-it-does-not-know",
    of="AMB-43",
    deviates=["rfc7644-3.4.2.5-unknown-projection-names"],
)
async def shows_all_for_a_name_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown name in attributes gives the whole resource."""
    if _unknown_names(request):
        return await forward(request.without_param(*_NAMES))
    return await forward(request)


@variant(
    "lower-cases-user-names",
    of="RFC 7643, section 2.2",
    # Okta's published test compares the name as it was sent.
    deviates=["okta-spec-06-create-user", "okta-spec-07-read-created-user"],
)
async def lower_cases_user_names(request: Request, forward: Forward) -> Response:
    """userName comes back in lower case: of what is not caseExact a server may alter the case."""
    response = await forward(request)
    for shown in each_resource(response):
        if isinstance(shown.get("userName"), str):
            shown["userName"] = shown["userName"].lower()
    return response


@variant("lower-cases-emails", of="RFC 7643, section 2.2")
async def lower_cases_emails(request: Request, forward: Forward) -> Response:
    """The values of emails come back in lower case."""
    response = await forward(request)
    for shown in each_resource(response):
        for one in shown.get("emails", []):
            if isinstance(one.get("value"), str):
                one["value"] = one["value"].lower()
    return response


async def _with_members_less(request: Request, forward: Forward, *names: str) -> Response:
    response = await forward(request)
    for shown in each_resource(response):
        for one in shown.get("members", []):
            for name in names:
                one.pop(name, None)
        if any(one == {} for one in shown.get("members", [])):
            del shown["members"]
    return response


@variant("shows-members-by-value-only", of="AMB-52", deviates=["rfc7643-2.3.7-ref-conventional"])
async def shows_members_by_value_only(request: Request, forward: Forward) -> Response:
    """A member has a value and nothing else."""
    return await _with_members_less(request, forward, "$ref", "type", "display")


@variant(
    "shows-members-without-a-reference", of="AMB-52", deviates=["rfc7643-2.3.7-ref-conventional"]
)
async def shows_members_without_a_reference(request: Request, forward: Forward) -> Response:
    """A member has no $ref."""
    return await _with_members_less(request, forward, "$ref")


@variant("shows-members-without-a-type", of="AMB-52")
async def shows_members_without_a_type(request: Request, forward: Forward) -> Response:
    """A member has no type, and no display."""
    return await _with_members_less(request, forward, "type", "display")


async def _unknown_members(request: Request, forward: Forward) -> set[str]:
    """The ids in a write to a group that no resource has."""
    if not request.path.startswith("/Groups") or request.method not in {"POST", "PUT", "PATCH"}:
        return set()
    named = set()
    for one in _member_values(request.json):
        found = [await forward(request.get(f"/{kind}/{one}")) for kind in ("Users", "Groups")]
        if all(response.status == 404 for response in found):
            named.add(one)
    return named


def _member_values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for one in value for found in _member_values(one)]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("value"), str) and "op" not in value:
        return [value["value"]]
    inner = [value.get(name) for name in ("members", "Operations", "value")]
    skipped = value.get("op") == "remove" or value.get("path") not in {None, "members"}
    return [] if "op" in value and skipped else _member_values(inner)


@variant("refuses-members-it-does-not-know", of="AMB-52")
async def refuses_members_it_does_not_know(request: Request, forward: Forward) -> Response:
    """A member with the id of nobody is refused with 400."""
    if await _unknown_members(request, forward):
        return Response.error(400, "invalidValue")
    return await forward(request)


@variant("does-not-find-members-it-does-not-know", of="AMB-52")
async def does_not_find_members_it_does_not_know(request: Request, forward: Forward) -> Response:
    """A member with the id of nobody is answered 404."""
    if await _unknown_members(request, forward):
        return Response.error(404)
    return await forward(request)


@variant(
    "drops-members-it-does-not-know",
    of="AMB-52",
    deviates=["rfc7643-2.3.7-referential-integrity-optional"],
)
async def drops_members_it_does_not_know(request: Request, forward: Forward) -> Response:
    """A member with the id of nobody is dropped without a word, when the group is created."""
    unknown = await _unknown_members(request, forward) if is_create(request) else set()
    if unknown:
        kept = [one for one in request.object["members"] if one.get("value") not in unknown]
        request.json = {**request.object, "members": kept}
    return await forward(request)


@variant("nests-no-groups", of="AMB-52", deviates=["rfc7643-4.2-nested-groups"])
async def nests_no_groups(request: Request, forward: Forward) -> Response:
    """A group as a member of another is refused."""
    if request.path.startswith("/Groups") and request.method in {"POST", "PUT", "PATCH"}:
        for one in _member_values(request.json):
            if (await forward(request.get(f"/Groups/{one}"))).status == 200:
                return Response.error(400, "invalidValue")
    return await forward(request)


@variant("shows-direct-groups-only", of="AMB-53")
async def shows_direct_groups_only(request: Request, forward: Forward) -> Response:
    """A user's groups are those it is itself a member of."""
    response = await forward(request)
    for shown in each_resource(response):
        if isinstance(shown.get("groups"), list):
            kept = [one for one in shown["groups"] if one.get("type") != "indirect"]
            shown["groups"] = kept
            if not kept:
                del shown["groups"]
    return response


@variant("shows-groups-by-value-only", of="AMB-53")
async def shows_groups_by_value_only(request: Request, forward: Forward) -> Response:
    """A user's group has a value and nothing else."""
    response = await forward(request)
    if not _projected(request):
        for shown in each_resource(response):
            if isinstance(shown.get("groups"), list):
                shown["groups"] = [{"value": one["value"]} for one in shown["groups"]]
    return response


@variant("shows-no-groups-of-a-user", of="AMB-53", deviates=_GROUPS_OF_A_USER)
async def shows_no_groups_of_a_user(request: Request, forward: Forward) -> Response:
    """A user's groups are left out for their cost."""
    response = await forward(request)
    for shown in each_resource(response):
        shown.pop("groups", None)
    return response


@variant(
    "shows-what-is-not-there-as-null",
    of="RFC 7643, section 2.5",
    deviates=["rfc7643-2.5-unassigned-attributes-omitted"],
)
async def shows_what_is_not_there_as_null(request: Request, forward: Forward) -> Response:
    """Attributes without a value are shown as null or []: all three are the same state."""
    response = await forward(request)
    if _projected(request):
        return response
    for shown in each_resource(response):
        listed = shown.get("schemas") or [""]
        if str(listed[0]).endswith("core:2.0:User"):
            for name in ("nickName", "title"):
                shown.setdefault(name, None)
            for name in ("emails", "groups"):
                shown.setdefault(name, [])
        elif str(listed[0]).endswith("core:2.0:Group"):
            shown.setdefault("members", [])
    return response


@variant("gives-numbers-as-ids", of="RFC 7643, section 3.1")
async def gives_numbers_as_ids(request: Request, forward: Forward) -> Response:
    """An id is a number in a string, which is as opaque as any other."""
    known: dict[str, str] = request.state.setdefault("known", {})
    ids: dict[str, str] = request.state.setdefault("ids", {})

    def inward(text: str) -> str:
        return re.sub(r"90071992\d{6}", lambda found: ids.get(found[0], found[0]), text)

    def outward(text: str) -> str:
        return _UUID.sub(number, text)

    def number(found: re.Match[str]) -> str:
        if found[0] not in known:
            known[found[0]] = f"90071992{len(known) + 100_000}"
            ids[known[found[0]]] = found[0]
        return known[found[0]]

    translated = request.like(
        path=inward(request.path), query=[(name, inward(one)) for name, one in request.query]
    )
    translated.body = inward(request.body.decode("utf-8", "surrogateescape")).encode(
        "utf-8", "surrogateescape"
    )
    response = await forward(translated)
    response.body = outward(response.body.decode()).encode()
    response.headers = {name: outward(one) for name, one in response.headers.items()}
    return response


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def reordered(value: Any) -> Any:
    """The same JSON with the names of every object in reverse order."""
    match value:
        case dict():
            return {name: reordered(value[name]) for name in reversed(value)}
        case list():
            return [reordered(one) for one in value]
    return value


@variant("writes-names-in-another-order", of="RFC 7159, section 4")
async def writes_names_in_another_order(request: Request, forward: Forward) -> Response:
    """The names in every object come in another order, and with space between them."""
    response = await forward(request)
    if response.json is not None:
        response.body = json.dumps(reordered(response.json), indent=2, ensure_ascii=False).encode()
    return response


@variant("lists-values-in-another-order", of="RFC 7643, section 2.4")
async def lists_values_in_another_order(request: Request, forward: Forward) -> Response:
    """The values of multi-valued attributes come in another order, for none is defined."""
    response = await forward(request)
    for shown in each_resource(response):
        for name, values in shown.items():
            if isinstance(values, list) and name != "schemas":
                shown[name] = values[::-1]
    return response


#: Invisible, and kept by every normalization.
_MARK = "\u2063"


@variant(
    "compares-names-as-they-are-spelled",
    of="AMB-51",
    deviates=["rfc7644-5-precis-username-password"],
)
async def compares_names_as_they_are_spelled(request: Request, forward: Forward) -> Response:
    """Two spellings of one userName, in width or normalization, are two names."""
    name = request.object.get("userName") if request.method in {"POST", "PUT"} else None
    if isinstance(name, str) and unicodedata.normalize("NFKC", name) != name:
        request.json = {**request.object, "userName": name + _MARK}
    response = await forward(request)
    for shown in each_resource(response):
        if isinstance(shown.get("userName"), str):
            shown["userName"] = shown["userName"].removesuffix(_MARK)
    return response
