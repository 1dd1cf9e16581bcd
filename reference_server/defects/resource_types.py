"""Defects of the resource types, RFC 7643 section 6."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.documents import edited
from reference_server.defects.wire import Forward, Request, Response


@defect("calls-resource-types-something-else", breaks="rfc7643-6-resourcetype-uri-readonly")
async def calls_resource_types_something_else(request: Request, forward: Forward) -> Response:
    """A resource type names another schema."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed[0].update(schemas=["urn:ietf:params:scim:schemas:core:2.0:Type"]),
    )


@defect("numbers-resource-types", breaks="rfc7643-6-resourcetype-id-optional")
async def numbers_resource_types(request: Request, forward: Forward) -> Response:
    """The id of a resource type is a number."""
    return await edited(request, forward, "/ResourceTypes", lambda listed: listed[2].update(id=2))


@defect("has-nameless-resource-types", breaks="rfc7643-6-resourcetype-name")
async def has_nameless_resource_types(request: Request, forward: Forward) -> Response:
    """A resource type has an empty name."""
    return await edited(
        request, forward, "/ResourceTypes", lambda listed: listed[2].update(name="")
    )


@defect("describes-types-with-an-object", breaks="rfc7643-6-resourcetype-description")
async def describes_types_with_an_object(request: Request, forward: Forward) -> Response:
    """The description of a resource type is an object."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed[0].update(description={"en": "people"}),
    )


@defect("names-endpoints-that-are-not-there", breaks="rfc7643-6-resourcetype-endpoint")
async def names_endpoints_that_are_not_there(request: Request, forward: Forward) -> Response:
    """The endpoint of a resource type is not found."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed[2].update(endpoint="/Gadgets", name="Gadget"),
    )


@defect("has-types-without-a-published-schema", breaks="rfc7643-6-resourcetype-schema")
async def has_types_without_a_published_schema(request: Request, forward: Forward) -> Response:
    """A resource type names a schema that is no URI."""
    return await edited(
        request, forward, "/ResourceTypes", lambda listed: listed[2].update(schema="Device schema")
    )


@defect("has-one-extension-as-an-object", breaks="rfc7643-6-schemaextensions-optional-array")
async def has_one_extension_as_an_object(request: Request, forward: Forward) -> Response:
    """schemaExtensions is an object."""
    return await edited(
        request, forward, "/ResourceTypes", lambda listed: listed[2].update(schemaExtensions={})
    )


@defect("lists-extensions-without-a-schema", breaks="rfc7643-6-schemaextensions-schema")
async def lists_extensions_without_a_schema(request: Request, forward: Forward) -> Response:
    """An extension of a resource type is not published."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed[2].update(
            {"schemaExtensions": [{"schema": "urn:example:ext:1.0:X", "required": False}]}
        ),
    )


@defect(
    "does-not-say-whether-extensions-are-required",
    breaks="rfc7643-6-schemaextensions-required-present",
)
async def does_not_say_whether_extensions_are_required(
    request: Request, forward: Forward
) -> Response:
    """An extension has no required."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed[0]["schemaExtensions"][0].pop("required"),
    )


@defect("has-two-types-of-one-name", breaks="rfc7643-3.2-new-resource-types-described")
async def has_two_types_of_one_name(request: Request, forward: Forward) -> Response:
    """Two resource types have one name."""
    return await edited(
        request,
        forward,
        "/ResourceTypes",
        lambda listed: listed.append({**listed[2], "endpoint": "/Devices/"}),
    )


@defect("has-endpoints-in-the-singular", breaks="rfc7644-3.2-plural-endpoints")
async def has_endpoints_in_the_singular(request: Request, forward: Forward) -> Response:
    """The name of a resource type is not its endpoint."""
    response = await edited(
        request, forward, "/ResourceTypes", lambda listed: listed[2].update(name="Machine")
    )
    if request.path.startswith("/Devices"):
        response.body = response.body.replace(
            b'"resourceType":"Device"', b'"resourceType":"Machine"'
        )
    return response


@defect("miscounts-resource-types", breaks="rfc7644-4-listresponse-several")
async def miscounts_resource_types(request: Request, forward: Forward) -> Response:
    """totalResults of the resource types is wrong."""
    response = await forward(request)
    if request.path == "/ResourceTypes" and response.is_success:
        response.json = {**response.json, "totalResults": 99}
    return response


@defect("has-no-single-resource-types", breaks="rfc7644-4-single-resource-type")
async def has_no_single_resource_types(request: Request, forward: Forward) -> Response:
    """A single resource type is not found."""
    if request.path.startswith("/ResourceTypes/"):
        return Response.error(404)
    return await forward(request)


@defect("lets-clients-delete-resource-types", breaks="rfc7644-4-discovery-get-only")
async def lets_clients_delete_resource_types(request: Request, forward: Forward) -> Response:
    """A DELETE of the resource types is answered 204."""
    response = await forward(request)
    if request.path == "/ResourceTypes" and request.method == "DELETE":
        return Response(204)
    return response


@defect("has-no-resource-types", breaks="rfc7644-4-resourcetypes-endpoint")
async def has_no_resource_types(request: Request, forward: Forward) -> Response:
    """The resource types are not found."""
    response = await forward(request)
    if request.path == "/ResourceTypes" and request.method == "GET":
        return Response.error(404)
    return response


@defect("puts-users-elsewhere", breaks="rfc7644-3.2-well-known-endpoints")
async def puts_users_elsewhere(request: Request, forward: Forward) -> Response:
    """Users are published under another endpoint, and are there."""
    request.path = request.path.replace("/People", "/Users")
    if request.path == "/Bulk" and len(request.body) < 100_000:
        request.body = request.body.replace(b"/People", b"/Users")
    return await edited(
        request, forward, "/ResourceTypes", lambda listed: listed[0].update(endpoint="/People")
    )
