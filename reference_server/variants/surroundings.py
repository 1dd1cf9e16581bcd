"""What is there beside: types, extensions, people and proxies of the target's own."""

from __future__ import annotations

from typing import Any

from reference_server.defects.patch_messages import operations
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)
from reference_server.variants import variant
from reference_server.variants.discovery import changed_documents, definition
from reference_server.variants.queries import nothing

_CORE = "urn:ietf:params:scim:schemas:core:2.0"
_OWN = "urn:scimproof:params:scim:schemas:extension:variant:1.0:User"
_PRINTER = "urn:scimproof:params:scim:schemas:variant:1.0:Printer"

_PRINTER_TYPE: dict[str, Any] = {
    "schemas": [f"{_CORE}:ResourceType"],
    "id": "Printer",
    "name": "Printer",
    "description": "Printers, which register themselves",
    "endpoint": "/Printers",
    "schema": _PRINTER,
}


def _schema(urn: str, name: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "schemas": [f"{_CORE}:Schema"],
        "id": urn,
        "name": name,
        "description": f"The schema of {name}",
        "attributes": list(attributes),
    }


async def _declared(
    request: Request, forward: Forward, endpoint: str, document: dict[str, Any]
) -> Response:
    """The answer of a discovery endpoint that has one more document."""
    response = await forward(request)
    is_read = request.method == "GET" and response.status in {200, 404}
    if not is_read or not request.path.startswith(endpoint):
        return response
    listed = await forward(request.get(endpoint))
    if listed.status != 200:
        return response
    base = listed.json["Resources"][0]["meta"]["location"].partition(endpoint)[0]
    place = f"{base}{endpoint}/{document['id']}"
    kind = str(document["schemas"][0]).rpartition(":")[2]
    own = {**document, "meta": {"resourceType": kind, "location": place}}
    if request.path == f"{endpoint}/{document['id']}":
        return Response.of(200, own)
    if request.path == endpoint and response.status == 200:
        value = response.json
        value["Resources"].append(own)
        for name in ("totalResults", "itemsPerPage"):
            value[name] += 1
        response.json = value
    return response


@variant("has-a-type-of-its-own", of="RFC 7643, section 6")
async def has_a_type_of_its_own(request: Request, forward: Forward) -> Response:
    """There is another resource type, of which clients can create nothing."""
    if request.path.startswith("/ResourceTypes"):
        return await _declared(request, forward, "/ResourceTypes", _PRINTER_TYPE)
    if request.path.startswith("/Schemas"):
        room = definition("room", "string", mutability="readWrite")
        schema = _schema(_PRINTER, "Printer", room)
        return await _declared(request, forward, "/Schemas", schema)
    response = await forward(request)
    if not request.path.startswith("/Printers") or response.status == 401:
        return response
    is_query = (request.method, request.path) in {
        ("GET", "/Printers"),
        ("POST", "/Printers/.search"),
    }
    if is_query:
        return nothing()
    return Response.error(403 if request.path == "/Printers" else 404)


@variant("shows-an-attribute-of-its-own", of="RFC 7643, section 7")
async def shows_an_attribute_of_its_own(request: Request, forward: Forward) -> Response:
    """Every group has a readOnly attribute that its schema, as discovery shows it, declares."""
    name = "createdBy"
    if request.path.startswith("/Schemas"):

        def declare(one: dict[str, Any]) -> None:
            if one["id"] == f"{_CORE}:Group":
                one["attributes"].append(definition(name, "string"))

        return await changed_documents(request, forward, "/Schemas", declare)
    if any(one.get("path") == name for one in operations(request)):
        return Response.error(400, "mutability")
    response = await forward(request)
    if not _is_projected(request):
        for shown in each_resource(response):
            if f"{_CORE}:Group" in shown.get("schemas", []):
                shown[name] = "the directory"
    return response


def _is_projected(request: Request) -> bool:
    names = {name for name, _ in request.query} | set(request.object)
    return bool({"attributes", "excludedAttributes"} & names)


@variant("shows-an-extension-of-its-own", of="RFC 7643, section 3.3")
async def shows_an_extension_of_its_own(request: Request, forward: Forward) -> Response:
    """Every user has a readOnly attribute in an extension that discovery declares."""
    if request.path.startswith("/ResourceTypes"):
        return await changed_documents(request, forward, "/ResourceTypes", _extend)
    if request.path.startswith("/Schemas"):
        schema = _schema(_OWN, "Origin", definition("origin", "string"))
        return await _declared(request, forward, "/Schemas", schema)
    if request.method == "PATCH" and _OWN.lower().encode() in request.body.lower():
        return Response.error(400, "mutability")
    _drop_own(request)
    response = await forward(request)
    if not _is_projected(request):
        for shown in each_resource(response):
            if f"{_CORE}:User" in shown.get("schemas", []):
                shown["schemas"] = [*shown["schemas"], _OWN]
                shown[_OWN] = {"origin": "directory"}
    return response


def _extend(document: dict[str, Any]) -> None:
    """Let the type User have the extension."""
    if document.get("name") == "User":
        extensions = document.get("schemaExtensions", [])
        document["schemaExtensions"] = [*extensions, {"schema": _OWN, "required": False}]


def _drop_own(request: Request) -> None:
    """A client may send back what it was shown."""
    value = request.json
    if request.method in {"POST", "PUT"} and isinstance(value, dict) and _OWN in str(value):
        if isinstance(value.get("schemas"), list):
            value["schemas"] = [one for one in value["schemas"] if one != _OWN]
        value.pop(_OWN, None)
        request.json = value


@variant("has-other-people-in-it", of="RFC 7644, section 3.4.2")
async def has_other_people_in_it(request: Request, forward: Forward) -> Response:
    """The directory is in use: it has more users and groups than fit on a page."""
    if not request.state.get("seeded") and request.headers.get("authorization"):
        user = "urn:ietf:params:scim:schemas:core:2.0:User"
        group = "urn:ietf:params:scim:schemas:core:2.0:Group"
        for number in range(130):
            person = {
                "schemas": [user],
                "userName": f"Resident{number}@example.org",
                "active": number % 3 > 0,
            }
            made = await forward(request.like("POST", "/Users", json=person))
            if made.status != 201:
                return await forward(request)
            if number % 13 == 0:
                team = {
                    "schemas": [group],
                    "displayName": f"Team {number}",
                    "members": [{"value": made.json["id"]}],
                }
                await forward(request.like("POST", "/Groups", json=team))
        request.state["seeded"] = True
    return await forward(request)


@variant("is-too-busy-now-and-then", of="RFC 6585, section 4")
async def is_too_busy_now_and_then(request: Request, forward: Forward) -> Response:
    """Every fortieth request is answered 429, with the time after which to come again."""
    request.state["seen"] = request.state.get("seen", 0) + 1
    if request.state["seen"] % 40 == 0 and not is_create(request):
        answer = Response.error(429)
        answer.headers["retry-after"] = "0"
        return answer
    return await forward(request)


@variant(
    "looks-for-the-user-before-the-token",
    of="RFC 7644, section 3.12",
    deviates=["rfc7644-2-invalid-credentials"],
)
async def looks_for_the_user_before_the_token(request: Request, forward: Forward) -> Response:
    """A stranger is told 404 of a user that is not there, and 401 of one that is."""
    response = await forward(request)
    if response.is_success:
        request.state["known"] = request.headers.get("authorization", "")
    if response.status == 401 and is_resource(request, "/Users"):
        inside = request.get(request.path)
        inside.headers["authorization"] = request.state.get("known", "")
        found = await forward(inside)
        return found if found.status == 404 else response
    return response
