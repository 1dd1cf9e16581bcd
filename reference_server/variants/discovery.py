"""Discovery, and what a server offers: AMB-45, AMB-46, AMB-48, AMB-49."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    is_resource,
)
from reference_server.variants import variant

_PATCH_OFF = (
    "rfc7644-3.5-patch-recommended",
    "rfc7644-3.5-patch-discoverable",
    "rfc7644-3.5.2-patch-unsupported",
    "rfc7644-3.12-http-501",
)


async def changed_documents(
    request: Request, forward: Forward, endpoint: str, change: Callable[[dict[str, Any]], None]
) -> Response:
    """The answer with each document of a discovery endpoint changed in place."""
    response = await forward(request)
    if f"/{request.path[1:].partition('/')[0]}" == endpoint and response.status == 200:
        value = response.json
        for one in value.get("Resources", [value]):
            change(one)
        response.json = value
    return response


@variant(
    "guards-its-configuration",
    of="AMB-45",
    deviates=["rfc7643-5-authenticationschemes-public"],
)
async def guards_its_configuration(request: Request, forward: Forward) -> Response:
    """/ServiceProviderConfig needs credentials, as everything else."""
    if request.path == "/ServiceProviderConfig":
        probe = await forward(request.get("/ResourceTypes"))
        if probe.status == 401:
            return probe
    return await forward(request)


@variant("shows-all-of-discovery-to-anybody", of="AMB-45")
async def shows_all_of_discovery_to_anybody(request: Request, forward: Forward) -> Response:
    """Discovery needs no credentials."""
    response = await forward(request)
    if request.path.startswith(("/Schemas", "/ResourceTypes")) and request.method == "GET":
        remembered: dict[str, Response] = request.state.setdefault("shown", {})
        where = f"{request.path}?{request.query}"
        if response.status == 401 and where in remembered:
            return remembered[where].copy()
        if response.is_success:
            remembered[where] = response.copy()
    return response


@variant("ignores-a-filter-on-discovery", of="AMB-45", deviates=["rfc7644-4-filter-discovery"])
async def ignores_a_filter_on_discovery(request: Request, forward: Forward) -> Response:
    """A filter on a discovery endpoint is ignored, as section 4 says of all parameters."""
    if request.path in {"/Schemas", "/ResourceTypes", "/ServiceProviderConfig"}:
        return await forward(request.without_param("filter"))
    return await forward(request)


@variant("has-its-configuration-in-the-plural-too", of="AMB-45")
async def has_its_configuration_in_the_plural_too(request: Request, forward: Forward) -> Response:
    """/ServiceProviderConfigs is the same as /ServiceProviderConfig."""
    if request.path == "/ServiceProviderConfigs":
        return await forward(request.like(path="/ServiceProviderConfig", query=request.query))
    return await forward(request)


@variant("names-endpoints-without-a-slash", of="AMB-46")
async def names_endpoints_without_a_slash(request: Request, forward: Forward) -> Response:
    """The endpoint of a resource type is "Users", as section 6 prints it."""

    def change(one: dict[str, Any]) -> None:
        one["endpoint"] = one["endpoint"].lstrip("/")

    return await changed_documents(request, forward, "/ResourceTypes", change)


@variant(
    "names-endpoints-by-their-url",
    of="AMB-46",
    deviates=["rfc7643-6-resourcetype-endpoint"],
)
async def names_endpoints_by_their_url(request: Request, forward: Forward) -> Response:
    """The endpoint of a resource type is an absolute URL."""

    def change(one: dict[str, Any]) -> None:
        base = one["meta"]["location"].partition("/ResourceTypes/")[0]
        one["endpoint"] = base + one["endpoint"]

    return await changed_documents(request, forward, "/ResourceTypes", change)


@variant("gives-types-ids-of-their-own", of="AMB-46")
async def gives_types_ids_of_their_own(request: Request, forward: Forward) -> Response:
    """The id of a resource type is not its name, and finds it; meta names it by name."""
    own = re.fullmatch(r"/ResourceTypes/type-(\w+)", request.path)
    if own:
        request = request.like(path=f"/ResourceTypes/{own[1].capitalize()}", query=request.query)

    def change(one: dict[str, Any]) -> None:
        one["id"] = f"type-{one['name'].lower()}"
        place = one["meta"]["location"].rpartition("/")[0]
        one["meta"]["location"] = f"{place}/{one['id']}"

    return await changed_documents(request, forward, "/ResourceTypes", change)


@variant("gives-types-no-ids", of="AMB-46")
async def gives_types_no_ids(request: Request, forward: Forward) -> Response:
    """A resource type has no id, which is optional."""

    def change(one: dict[str, Any]) -> None:
        one.pop("id", None)

    return await changed_documents(request, forward, "/ResourceTypes", change)


def definition(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """The definition of a readOnly attribute, in the words of a schema document."""
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": f"The {name}",
        "required": False,
        "caseExact": True,
        "mutability": "readOnly",
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


@variant("lists-common-attributes-in-schemas", of="AMB-46")
async def lists_common_attributes_in_schemas(request: Request, forward: Forward) -> Response:
    """The schemas of resource types list id, externalId and meta."""
    id_ = definition("id", "string", returned="always", uniqueness="server")
    external = definition("externalId", "string", mutability="readWrite")
    parts = ("resourceType", "created", "lastModified", "location", "version")
    types = {"created": "dateTime", "lastModified": "dateTime", "location": "reference"}
    meta = definition("meta", "complex")
    del meta["caseExact"], meta["uniqueness"]
    meta["subAttributes"] = [definition(one, types.get(one, "string")) for one in parts]
    for one in meta["subAttributes"]:
        if one["type"] == "reference":
            one["referenceTypes"] = ["uri"]

    def change(one: dict[str, Any]) -> None:
        if ":extension:" not in one["id"]:
            one["attributes"] = [id_, external, meta, *one["attributes"]]

    return await changed_documents(request, forward, "/Schemas", change)


def _without_defaults(attributes: list[dict[str, Any]]) -> None:
    for one in attributes:
        if one.get("type") in {"reference", "binary"}:
            one["caseExact"] = False
        _without_defaults(one.get("subAttributes", []))


@variant(
    "prints-references-as-not-case-exact",
    of="AMB-46",
    deviates=["rfc7643-2.3.6-binary-case-exact", "rfc7643-2.3.7-references-case-exact"],
)
async def prints_references_as_not_case_exact(request: Request, forward: Forward) -> Response:
    """The schemas say caseExact false of references and binaries, as the RFC prints it."""
    return await changed_documents(
        request, forward, "/Schemas", lambda one: _without_defaults(one["attributes"])
    )


@variant("does-not-find-me", of="AMB-48", deviates=["rfc7644-3.11-me-unsupported"])
async def does_not_find_me(request: Request, forward: Forward) -> Response:
    """/Me is not offered, and answered 404."""
    response = await forward(request)
    return Response.error(404) if request.path == "/Me" and response.status == 501 else response


@variant("does-not-find-search", of="AMB-48")
async def does_not_find_search(request: Request, forward: Forward) -> Response:
    """/.search is not offered, and answered 404."""
    if request.path.endswith("/.search") and request.method == "POST":
        probe = await forward(request.get("/ResourceTypes"))
        return probe if probe.status == 401 else Response.error(404)
    return await forward(request)


@variant("does-not-find-its-own-base", of="AMB-48")
async def does_not_find_its_own_base(request: Request, forward: Forward) -> Response:
    """The base URI answers no queries."""
    if request.path in {"", "/"}:
        probe = await forward(request.get("/ResourceTypes"))
        return probe if probe.status == 401 else Response.error(404)
    return await forward(request)


async def _wrong_method(request: Request, forward: Forward, status: int) -> Response:
    response = await forward(request)
    if response.status == 405:
        answer = Response.error(status)
        if "allow" in response.headers:
            answer.headers["allow"] = response.headers["allow"]
        return answer
    return response


@variant("answers-a-wrong-method-with-404", of="AMB-49")
async def answers_a_wrong_method_with_404(request: Request, forward: Forward) -> Response:
    """A method that is not for a path is answered 404."""
    return await _wrong_method(request, forward, 404)


@variant("answers-a-wrong-method-with-501", of="AMB-49")
async def answers_a_wrong_method_with_501(request: Request, forward: Forward) -> Response:
    """A method that is not for a path is answered 501."""
    return await _wrong_method(request, forward, 501)


@variant("answers-a-post-to-a-resource-with-400", of="AMB-49")
async def answers_a_post_to_a_resource_with_400(request: Request, forward: Forward) -> Response:
    """A POST to the URL of a resource is answered 400."""
    if request.method == "POST" and is_resource(request, "/Users"):
        return await _wrong_method(request, forward, 400)
    return await forward(request)


async def _without_patch(request: Request, forward: Forward, status: int | None) -> Response:
    if request.method == "PATCH" and status is not None:
        probe = await forward(request.get("/ResourceTypes"))
        return probe if probe.status == 401 else Response.error(status)
    response = await forward(request)
    if request.path == "/ServiceProviderConfig" and response.status == 200:
        response.json = {**response.json, "patch": {"supported": False}}
    return response


@variant("answers-patch-with-405", of="AMB-49", deviates=_PATCH_OFF)
async def answers_patch_with_405(request: Request, forward: Forward) -> Response:
    """PATCH is not supported, and answered 405."""
    return await _without_patch(request, forward, 405)


@variant("patches-without-saying-so", of="AMB-49", deviates=_PATCH_OFF)
async def patches_without_saying_so(request: Request, forward: Forward) -> Response:
    """PATCH works, although discovery says that it is not supported."""
    return await _without_patch(request, forward, None)
