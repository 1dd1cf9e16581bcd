"""Defects in every representation of a user, RFC 7643 sections 2 and 3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)


@defect("leaves-schemas-out", breaks="rfc7643-2.1-resource-json-carries-schemas")
async def leaves_schemas_out(request: Request, forward: Forward) -> Response:
    """A replaced user is shown without schemas."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource.pop("schemas", None)
    return response


@defect("shows-empty-schemas", breaks="rfc7643-3-schemas-required-non-empty")
async def shows_empty_schemas(request: Request, forward: Forward) -> Response:
    """schemas of a replaced user is an empty array."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = []
    return response


@defect("repeats-schemas", breaks="rfc7643-3-no-duplicates-schemas")
async def repeats_schemas(request: Request, forward: Forward) -> Response:
    """schemas names the core schema twice."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = [resource["schemas"][0], *resource["schemas"]]
    return response


@defect("shortens-schema-uris", breaks="rfc7643-3-schemas-values-uris")
async def shortens_schema_uris(request: Request, forward: Forward) -> Response:
    """schemas has an entry that is no URI."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = [*resource["schemas"], "User"]
    return response


@defect("names-foreign-schemas", breaks="rfc7643-3-schemas-restricted-resource-type")
async def names_foreign_schemas(request: Request, forward: Forward) -> Response:
    """schemas of a user names a schema that its type does not have."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = [
                *resource["schemas"],
                "urn:example:params:scim:schemas:extra:1.0:User",
            ]
    return response


@defect("names-another-base-schema", breaks="rfc7643-3.3-base-schema-schemas")
async def names_another_base_schema(request: Request, forward: Forward) -> Response:
    """schemas of a replaced user names the extension only."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    return response


@defect("leaves-ids-out", breaks="rfc7643-3.1-id-present-non-empty")
async def leaves_ids_out(request: Request, forward: Forward) -> Response:
    """A refused and repeated PUT is answered with an empty id."""
    response = await forward(request)
    if request.method == "PUT" and is_resource(request, "/Users") and response.is_success:
        response.json = {**response.json, "id": ""}
    return response


@defect("leaves-meta-out", breaks="rfc7643-3.1-common-attributes-defined-all-types")
async def leaves_meta_out(request: Request, forward: Forward) -> Response:
    """A replaced user is shown without meta."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource.pop("meta", None)
    return response


@defect("names-types-in-lower-case", breaks="rfc7643-3.1-meta-resourcetype-names-type")
async def names_types_in_lower_case(request: Request, forward: Forward) -> Response:
    """meta.resourceType is in lower case."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "resourceType" in resource.get("meta", {}):
                resource["meta"]["resourceType"] = resource["meta"]["resourceType"].lower()
    return response


@defect("shows-another-id", breaks="rfc7643-3.1-id-stable")
async def shows_another_id(request: Request, forward: Forward) -> Response:
    """A replaced user is shown with another id."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["id"] = resource["id"][::-1]
    return response


@defect("content-location-lies", breaks="rfc7643-3.1-meta-location-matches-content-location")
async def content_location_lies(request: Request, forward: Forward) -> Response:
    """Content-Location is not meta.location."""
    response = await forward(request)
    if request.method == "GET" and is_resource(request, "/Users") and response.is_success:
        response.headers["content-location"] = "/somewhere/else"
    return response


@defect("shows-passwords", breaks="rfc7643-4.1.1-password-never-returned")
async def shows_passwords(request: Request, forward: Forward) -> Response:
    """A new user is answered with the password."""
    response = await forward(request)
    if is_create(request, "/Users") and response.is_success:
        response.json = {**response.json, "password": "hashed"}
    return response


@defect("writes-active-as-a-string", breaks="rfc7643-4.1.1-active-boolean")
async def writes_active_as_a_string(request: Request, forward: Forward) -> Response:
    """active is a string in a list."""
    response = await forward(request)
    if response.is_success and is_list(request, "/Users"):
        for resource in each_resource(response):
            if "active" in resource:
                resource["active"] = str(resource["active"]).lower()
    return response


@defect("writes-primary-as-a-string", breaks="rfc7643-2.3.2-booleans-json-literals")
async def writes_primary_as_a_string(request: Request, forward: Forward) -> Response:
    """primary of an email is a string."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            for mail in resource.get("emails", []):
                if mail.get("primary"):
                    mail["primary"] = "true"
    return response


@defect("writes-dates-as-numbers", breaks="rfc7643-2.3.5-datetime-xsd-datetime")
async def writes_dates_as_numbers(request: Request, forward: Forward) -> Response:
    """meta.lastModified of a replaced user is seconds since 1970."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "meta" not in resource:
                continue
            resource["meta"]["lastModified"] = 1700000000
    return response


@defect("writes-binaries-in-hex", breaks="rfc7643-2.3.6-binary-base64")
async def writes_binaries_in_hex(request: Request, forward: Forward) -> Response:
    """A certificate is answered with colons in it."""
    response = await forward(request)
    if response.is_success and is_create(request, "/Users"):
        for resource in each_resource(response):
            for one in resource.get("x509Certificates", []):
                one["value"] = "30:82:01:22"
    return response


@defect("writes-references-with-spaces", breaks="rfc7643-2.3.7-reference-uri")
async def writes_references_with_spaces(request: Request, forward: Forward) -> Response:
    """The reference to a member of a replaced group has a space in it."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Groups"):
        for resource in each_resource(response):
            for one in resource.get("members", []):
                one["$ref"] += " now"
    return response


@defect("shows-one-email-as-an-object", breaks="rfc7643-2.4-multi-valued-attributes-arrays")
async def shows_one_email_as_an_object(request: Request, forward: Forward) -> Response:
    """A single email of a replaced user is an object, not an array."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if len(resource.get("emails", [])) == 1:
                resource["emails"] = resource["emails"][0]
    return response


@defect("shows-names-as-text", breaks="rfc7644-3.8-json-shapes")
async def shows_names_as_text(request: Request, forward: Forward) -> Response:
    """name of a replaced user is a string."""
    response = await forward(request)
    if response.is_success and request.method == "PUT" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            if "name" in resource:
                resource["name"] = "Ada Lovelace"
    return response
