"""Defects of the published schemas, RFC 7643 sections 2.4, 4, 7 and 8.7.2."""

from __future__ import annotations

from typing import Any

from reference_server.defects import defect
from reference_server.defects.documents import edited, published
from reference_server.defects.wire import Forward, Request, Response, is_create, is_resource

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"


def _sub(attribute: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in attribute["subAttributes"] if one["name"] == name)
    return found


def _definition(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "required": True,
        "mutability": "readOnly",
        "returned": "default",
        **more,
    }


def _schema(name: str, *attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schemas": [f"{_CORE}Schema"],
        "id": f"{_CORE}{name}",
        "name": name,
        "attributes": list(attributes),
        "meta": {"resourceType": "Schema"},
        **more,
    }


async def _listing(request: Request, forward: Forward, schema: dict[str, Any]) -> Response:
    """The answer with one more schema in the list."""
    return await edited(request, forward, "/Schemas", lambda listed: listed.append(schema))


@defect("publishes-no-schema-documents", breaks="rfc7643-1.2-schemas-published")
async def publishes_no_schema_documents(request: Request, forward: Forward) -> Response:
    """There is no list of schemas."""
    if request.path == "/Schemas":
        return Response.error(404)
    return await forward(request)


@defect("keeps-attributes-in-an-object", breaks="rfc7643-7-attributes-array")
async def keeps_attributes_in_an_object(request: Request, forward: Forward) -> Response:
    """attributes of a schema is an object, by name."""

    def edit(listed: list[dict[str, Any]]) -> None:
        found = next(one for one in listed if one["name"] == "DeviceSupport")
        found["attributes"] = {one["name"]: one for one in found["attributes"]}

    return await edited(request, forward, "/Schemas", edit)


@defect("lists-a-schema-without-a-uri", breaks="rfc7643-7-schema-id-uri")
async def lists_a_schema_without_a_uri(request: Request, forward: Forward) -> Response:
    """The id of one more schema is no URI."""
    return await _listing(request, forward, _schema("Spare", _definition("label"), id="Spare"))


@defect("publishes-primary-as-a-string", breaks="rfc7643-2.4-default-sub-attribute-meanings")
async def publishes_primary_as_a_string(request: Request, forward: Forward) -> Response:
    """primary is text in one attribute."""
    return await published(
        request,
        forward,
        ":User",
        "entitlements",
        lambda attribute: _sub(attribute, "primary").update(type="string"),
    )


@defect("publishes-another-im-service", breaks="rfc7643-4.1.2-im-types")
async def publishes_another_im_service(request: Request, forward: Forward) -> Response:
    """The canonical types of ims have a service that nobody listed."""
    return await published(
        request,
        forward,
        ":User",
        "ims",
        lambda attribute: _sub(attribute, "type")["canonicalValues"].append("pigeon"),
    )


@defect("publishes-another-photo-type", breaks="rfc7643-4.1.2-photo-types")
async def publishes_another_photo_type(request: Request, forward: Forward) -> Response:
    """The canonical types of photos are three."""
    return await published(
        request,
        forward,
        ":User",
        "photos",
        lambda attribute: _sub(attribute, "type")["canonicalValues"].append("portrait"),
    )


@defect("publishes-manager-ids-without-case", breaks="rfc7643-4.3-manager-value-case-exact")
async def publishes_manager_ids_without_case(request: Request, forward: Forward) -> Response:
    """The id of a manager is published as not case-exact."""
    return await published(
        request,
        forward,
        "enterprise:2.0:User",
        "manager",
        lambda attribute: _sub(attribute, "value").update(caseExact=False),
    )


@defect("spells-the-enterprise-uri-its-own-way", breaks="rfc7643-4.3-enterprise-urn")
async def spells_the_enterprise_uri_its_own_way(request: Request, forward: Forward) -> Response:
    """The enterprise extension is listed with a capital."""

    def edit(listed: list[dict[str, Any]]) -> None:
        user = next(one for one in listed if one["name"] == "User")
        for one in user["schemaExtensions"]:
            one["schema"] = one["schema"].replace("enterprise", "Enterprise")

    return await edited(request, forward, "/ResourceTypes", edit)


@defect("calls-an-extension-required", breaks="rfc7643-6-required-extension-present")
async def calls_an_extension_required(request: Request, forward: Forward) -> Response:
    """The enterprise extension is listed as required, and not demanded."""

    def edit(listed: list[dict[str, Any]]) -> None:
        user = next(one for one in listed if one["name"] == "User")
        user["schemaExtensions"][0]["required"] = True

    return await edited(request, forward, "/ResourceTypes", edit)


@defect("gives-the-configuration-an-id", breaks="rfc7643-5-id-not-required")
async def gives_the_configuration_an_id(request: Request, forward: Forward) -> Response:
    """The configuration has an id."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config.update(id="ServiceProviderConfig"),
    )


@defect("lists-the-id-as-it-likes", breaks="rfc7643-3.1-common-characteristics-take-precedence")
async def lists_the_id_as_it_likes(request: Request, forward: Forward) -> Response:
    """The id is listed as returned by default, and left out by that."""

    def edit(listed: list[dict[str, Any]]) -> None:
        user = next(one for one in listed if one["id"] == f"{_CORE}User")
        user["attributes"].append(_definition("id", required=False))

    response = await edited(request, forward, "/Schemas", edit)
    if is_resource(request, "/Users") and request.param("attributes") == "externalId":
        response.json = {name: one for name, one in response.object.items() if name != "id"}
    return response


@defect("requires-a-member-value-in-words", breaks="rfc7643-4.2-non-empty-members-required")
async def requires_a_member_value_in_words(request: Request, forward: Forward) -> Response:
    """The value of a member is published as required, and members without one are dropped."""
    sent = request.object
    members = sent.get("members")
    if is_create(request, "/Groups") and isinstance(members, list):
        request.json = {**sent, "members": [one for one in members if one.get("value")]}
    return await published(
        request,
        forward,
        ":Group",
        "members",
        lambda attribute: _sub(attribute, "value").update(required=True),
    )


_CONFIG_PARTS = ("bulk", "filter", "changePassword", "sort", "etag", "authenticationSchemes")


@defect("publishes-an-optional-configuration", breaks="rfc7643-8.7.2-schema-serviceproviderconfig")
async def publishes_an_optional_configuration(request: Request, forward: Forward) -> Response:
    """The schema of the configuration does not require patch."""
    supported = [_definition("supported", "boolean")]
    parts = [_definition(one, "complex", subAttributes=supported) for one in _CONFIG_PARTS]
    patch = _definition("patch", "complex", subAttributes=supported, required=False)
    return await _listing(request, forward, _schema("ServiceProviderConfig", patch, *parts))


@defect("publishes-optional-endpoints", breaks="rfc7643-8.7.2-schema-resourcetype")
async def publishes_optional_endpoints(request: Request, forward: Forward) -> Response:
    """The schema of resource types does not require the endpoint."""
    extension = [_definition("schema", "reference"), _definition("required", "boolean")]
    schema = _schema(
        "ResourceType",
        _definition("name"),
        _definition("endpoint", "reference", required=False),
        _definition("schema", "reference"),
        _definition("schemaExtensions", "complex", multiValued=True, subAttributes=extension),
    )
    return await _listing(request, forward, schema)


@defect("publishes-one-attribute-per-schema", breaks="rfc7643-8.7.2-schema-schema")
async def publishes_one_attribute_per_schema(request: Request, forward: Forward) -> Response:
    """The schema of schemas has a single value for attributes."""
    names = ("name", "type", "multiValued", "required", "mutability", "returned", "subAttributes")
    subs = [_definition(one) for one in names]
    schema = _schema("Schema", _definition("attributes", "complex", subAttributes=subs))
    return await _listing(request, forward, schema)
