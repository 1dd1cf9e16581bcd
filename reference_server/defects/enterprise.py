"""Defects of the enterprise extension, RFC 7643 section 4.3."""

from __future__ import annotations

from typing import Any

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def is_new(resource: dict[str, Any]) -> bool:
    """Nobody has changed the resource since it was created."""
    version = resource.get("meta", {}).get("version")
    return bool(version == 'W/"1"')


@defect("drops-cost-centers", breaks="rfc7643-4.3-enterprise-singular-attributes")
async def drops_cost_centers(request: Request, forward: Forward) -> Response:
    """costCenter is dropped."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and isinstance(sent.get(URN), dict):
        sent[URN].pop("costCenter", None)
        request.json = sent
    return await forward(request)


@defect("moves-extensions-to-another-key", breaks="rfc7643-3.3-extension-container-key")
async def moves_extensions_to_another_key(request: Request, forward: Forward) -> Response:
    """The extension is under a short key."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if URN in resource and is_new(resource):
                resource["enterprise"] = resource.pop(URN)
    return response


@defect("repeats-extensions-at-the-top", breaks="rfc7643-3-extension-attributes-own-container")
async def repeats_extensions_at_the_top(request: Request, forward: Forward) -> Response:
    """department is shown at the top level as well."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if URN in resource and "department" in resource[URN]:
                resource["department"] = resource[URN]["department"]
    return response


@defect("does-not-list-extensions", breaks="rfc7643-3.3-extension-uris-schemas")
async def does_not_list_extensions(request: Request, forward: Forward) -> Response:
    """schemas does not list the extension in use."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "employeeNumber" in resource.get(URN, {}):
                resource["schemas"] = [one for one in resource["schemas"] if one != URN]
    return response


@defect("wants-the-core-schema-first", breaks="rfc7643-3-order-schemas-irrelevant")
async def wants_the_core_schema_first(request: Request, forward: Forward) -> Response:
    """The extension is dropped when schemas begins with it."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("schemas") and sent["schemas"][0] == URN:
        request.json = {key: value for key, value in sent.items() if key != URN}
    return await forward(request)


@defect("shows-another-manager", breaks="rfc7643-4.3-manager-complex")
async def shows_another_manager(request: Request, forward: Forward) -> Response:
    """manager.value of somebody in a department is not the id that was sent."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            manager = resource.get(URN, {}).get("manager", {})
            if "value" in manager and "department" in resource[URN]:
                manager["value"] = "somebody"
    return response


@defect("takes-names-of-managers", breaks="rfc7643-4.3-manager-displayname-readonly")
async def takes_names_of_managers(request: Request, forward: Forward) -> Response:
    """manager.displayName is stored as it was sent."""
    sent = request.json if is_create(request, "/Users") else None
    response = await forward(request)
    if isinstance(sent, dict) and response.is_success:
        name = sent.get(URN, {}).get("manager", {}).get("displayName")
        if name:
            request.state[response.json["id"]] = name
    for resource in each_resource(response):
        if resource.get("id") in request.state:
            resource[URN]["manager"]["displayName"] = request.state[resource["id"]]
    return response


@defect("gives-everybody-an-extension", breaks="rfc7643-6-optional-extension-absent")
async def gives_everybody_an_extension(request: Request, forward: Forward) -> Response:
    """Every user is shown with an enterprise extension."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if is_new(resource) and URN not in resource:
                resource[URN] = {"department": "none"}
                resource["schemas"].append(URN)
    return response
