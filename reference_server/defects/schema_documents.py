"""Defects of the published schemas, RFC 7643 section 7."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.documents import edited, published
from reference_server.defects.wire import Forward, Request, Response


@defect("calls-schemas-something-else", breaks="rfc7643-7-schema-urn")
async def calls_schemas_something_else(request: Request, forward: Forward) -> Response:
    """A schema names another schema."""
    return await edited(
        request,
        forward,
        "/Schemas",
        lambda listed: listed[0].update(schemas=["urn:ietf:params:scim:schemas:core:2.0:Schemas"]),
    )


@defect("names-schemas-with-an-object", breaks="rfc7643-7-schema-name")
async def names_schemas_with_an_object(request: Request, forward: Forward) -> Response:
    """The name of a schema is an object."""
    return await edited(
        request, forward, "/Schemas", lambda listed: listed[0].update(name={"en": "User"})
    )


@defect("describes-schemas-with-an-object", breaks="rfc7643-7-schema-description")
async def describes_schemas_with_an_object(request: Request, forward: Forward) -> Response:
    """The description of a schema is an object."""
    return await edited(
        request, forward, "/Schemas", lambda listed: listed[0].update(description={"en": "User"})
    )


@defect("has-nameless-attributes", breaks="rfc7643-7-attribute-name")
async def has_nameless_attributes(request: Request, forward: Forward) -> Response:
    """An attribute of a schema has an empty name."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(name="")
    )


@defect("invents-attribute-types", breaks="rfc7643-7-attribute-type")
async def invents_attribute_types(request: Request, forward: Forward) -> Response:
    """An attribute has a type that nobody defined."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(type="text")
    )


@defect("says-multi-valued-in-words", breaks="rfc7643-7-attribute-multivalued")
async def says_multi_valued_in_words(request: Request, forward: Forward) -> Response:
    """multiValued is a string."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(multiValued="yes")
    )


@defect("describes-attributes-with-an-object", breaks="rfc7643-7-attribute-description")
async def describes_attributes_with_an_object(request: Request, forward: Forward) -> Response:
    """The description of an attribute is an object."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update(description={"en": "x"}),
    )


@defect("says-required-in-words", breaks="rfc7643-7-attribute-required")
async def says_required_in_words(request: Request, forward: Forward) -> Response:
    """required is a string."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(required="no")
    )


@defect("lists-canonical-values-as-text", breaks="rfc7643-7-attribute-canonicalvalues")
async def lists_canonical_values_as_text(request: Request, forward: Forward) -> Response:
    """canonicalValues is a string."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update(canonicalValues="a, b"),
    )


@defect("says-case-exact-in-words", breaks="rfc7643-7-attribute-caseexact")
async def says_case_exact_in_words(request: Request, forward: Forward) -> Response:
    """caseExact is a string."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(caseExact="no")
    )


@defect("invents-mutabilities", breaks="rfc7643-7-attribute-mutability")
async def invents_mutabilities(request: Request, forward: Forward) -> Response:
    """mutability has a value that nobody defined."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update(mutability="editable"),
    )


@defect("invents-ways-to-return", breaks="rfc7643-7-attribute-returned")
async def invents_ways_to_return(request: Request, forward: Forward) -> Response:
    """returned has a value that nobody defined."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update(returned="sometimes"),
    )


@defect("invents-uniqueness", breaks="rfc7643-7-attribute-uniqueness")
async def invents_uniqueness(request: Request, forward: Forward) -> Response:
    """uniqueness has a value that nobody defined."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(uniqueness="galaxy")
    )


@defect("gives-strings-reference-types", breaks="rfc7643-7-attribute-referencetypes")
async def gives_strings_reference_types(request: Request, forward: Forward) -> Response:
    """A string has referenceTypes."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update(referenceTypes=["User"]),
    )


@defect("names-attributes-with-spaces", breaks="rfc7643-2.1-attribute-name-syntax")
async def names_attributes_with_spaces(request: Request, forward: Forward) -> Response:
    """The name of an attribute has a space in it."""
    return await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.update(name="my tags")
    )


@defect("gives-strings-sub-attributes", breaks="rfc7643-1.2-simple-attributes-no-sub-attributes")
async def gives_strings_sub_attributes(request: Request, forward: Forward) -> Response:
    """A string has sub-attributes."""
    return await published(
        request,
        forward,
        ":Device",
        "tags",
        lambda attribute: attribute.update({"subAttributes": [{**attribute, "name": "value"}]}),
    )


@defect("nests-complex-attributes", breaks="rfc7643-2.3.8-no-nested-complex-attributes")
async def nests_complex_attributes(request: Request, forward: Forward) -> Response:
    """A sub-attribute is complex."""
    return await published(
        request,
        forward,
        ":Device",
        "owner",
        lambda attribute: attribute["subAttributes"].append(
            {
                "name": "inner",
                "type": "complex",
                "multiValued": False,
                "subAttributes": [{"name": "value", "type": "string", "multiValued": False}],
            }
        ),
    )


@defect("has-complex-attributes-without-parts", breaks="rfc7643-7-subattributes-complex")
async def has_complex_attributes_without_parts(request: Request, forward: Forward) -> Response:
    """A complex attribute has no sub-attributes."""
    return await published(
        request, forward, ":Device", "owner", lambda attribute: attribute.update(subAttributes=[])
    )


@defect("makes-booleans-unique", breaks="rfc7643-2.3.2-booleans-no-case-uniqueness")
async def makes_booleans_unique(request: Request, forward: Forward) -> Response:
    """A boolean is unique."""
    return await published(
        request,
        forward,
        ":Device",
        "managed",
        lambda attribute: attribute.update(uniqueness="server"),
    )


@defect("compares-binaries-without-case", breaks="rfc7643-2.3.6-binary-case-exact")
async def compares_binaries_without_case(request: Request, forward: Forward) -> Response:
    """A binary attribute is not case-exact."""
    return await published(
        request,
        forward,
        ":Device",
        "firmwareHash",
        lambda attribute: attribute.update(caseExact=False),
    )


@defect("compares-references-without-case", breaks="rfc7643-2.3.7-references-case-exact")
async def compares_references_without_case(request: Request, forward: Forward) -> Response:
    """A reference is not case-exact."""
    return await published(
        request, forward, ":Device", "manual", lambda attribute: attribute.update(caseExact=False)
    )


@defect("redefines-core-attributes", breaks="rfc7643-3.3-extensions-avoid-redefinition")
async def redefines_core_attributes(request: Request, forward: Forward) -> Response:
    """The extension defines displayName again."""
    return await published(
        request,
        forward,
        "enterprise:2.0:User",
        "division",
        lambda attribute: attribute.update(name="displayName"),
    )


@defect("lists-messages-as-schemas", breaks="rfc7644-3.1-message-schemas-not-schemas")
async def lists_messages_as_schemas(request: Request, forward: Forward) -> Response:
    """The schemas list that of errors."""
    return await edited(
        request,
        forward,
        "/Schemas",
        lambda listed: listed.append(
            {**listed[0], "id": "urn:ietf:params:scim:api:messages:2.0:Error"}
        ),
    )


@defect("calls-schemas-resource-types", breaks="rfc7644-4-meta-discovery-resources")
async def calls_schemas_resource_types(request: Request, forward: Forward) -> Response:
    """meta.resourceType of a schema is ResourceType."""
    return await edited(
        request,
        forward,
        "/Schemas",
        lambda listed: listed[0]["meta"].update(resourceType="ResourceType"),
    )


@defect("pages-through-schemas", breaks="rfc7644-4-query-parameters-ignored")
async def pages_through_schemas(request: Request, forward: Forward) -> Response:
    """count and startIndex page through the schemas."""
    response = await forward(request)
    if request.path == "/Schemas" and request.param("count") == "1":
        value = response.json
        value["Resources"] = value["Resources"][1:2]
        response.json = value
    return response


@defect("filters-schemas", breaks="rfc7644-4-filter-discovery")
async def filters_schemas(request: Request, forward: Forward) -> Response:
    """A filter on the schemas is ignored."""
    if request.path == "/Schemas" and request.param("filter"):
        return await forward(request.without_param("filter"))
    return await forward(request)


@defect("has-no-single-schemas", breaks="rfc7644-4-single-schema")
async def has_no_single_schemas(request: Request, forward: Forward) -> Response:
    """A single schema is not found."""
    if request.path.startswith("/Schemas/") and request.method == "GET":
        return Response.error(404)
    return await forward(request)


@defect("lets-clients-delete-schemas", breaks="rfc7643-7-schemas-not-modifiable")
async def lets_clients_delete_schemas(request: Request, forward: Forward) -> Response:
    """A DELETE of a schema is answered 204."""
    response = await forward(request)
    if request.path.startswith("/Schemas/") and request.method == "DELETE":
        return Response(204)
    return response


@defect("publishes-no-schemas", breaks="rfc7644-4-schemas-endpoint")
async def publishes_no_schemas(request: Request, forward: Forward) -> Response:
    """The list of schemas is empty."""
    response = await forward(request)
    if request.path == "/Schemas" and request.method == "GET" and response.is_success:
        response.json = {**response.json, "totalResults": 0, "Resources": []}
    return response


@defect("publishes-user-names-as-case-exact", breaks="rfc7643-8.7.1-characteristics-username")
async def publishes_user_names_as_case_exact(request: Request, forward: Forward) -> Response:
    """userName is published as case-exact."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "userName",
        lambda attribute: attribute.update(caseExact=True),
    )


@defect("publishes-many-names", breaks="rfc7643-8.7.1-characteristics-name")
async def publishes_many_names(request: Request, forward: Forward) -> Response:
    """name is published as multi-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "name",
        lambda attribute: attribute.update(multiValued=True),
    )


@defect(
    "publishes-many-nicknames",
    breaks="rfc7643-8.7.1-characteristics-displayname-nickname-title-usertype-preferredlanguage",
)
async def publishes_many_nicknames(request: Request, forward: Forward) -> Response:
    """nickName is published as multi-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "nickName",
        lambda attribute: attribute.update(multiValued=True),
    )


@defect("publishes-profile-urls-as-strings", breaks="rfc7643-8.7.1-characteristics-profileurl")
async def publishes_profile_urls_as_strings(request: Request, forward: Forward) -> Response:
    """profileUrl is published as a string."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "profileUrl",
        lambda attribute: attribute.update(type="string", referenceTypes=None),
    )


@defect("publishes-active-as-many", breaks="rfc7643-8.7.1-characteristics-active")
async def publishes_active_as_many(request: Request, forward: Forward) -> Response:
    """active is published as a string."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "active",
        lambda attribute: attribute.update(type="string"),
    )


@defect("publishes-passwords-as-binary", breaks="rfc7643-8.7.1-characteristics-password")
async def publishes_passwords_as_binary(request: Request, forward: Forward) -> Response:
    """password is published as binary."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "password",
        lambda attribute: attribute.update(type="binary", caseExact=True),
    )


@defect("publishes-passwords-as-returned", breaks="rfc7643-4.1.1-password-writeonly-never")
async def publishes_passwords_as_returned(request: Request, forward: Forward) -> Response:
    """password is published as returned by default."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "password",
        lambda attribute: attribute.update(returned="default"),
    )


@defect("publishes-one-of-emails", breaks="rfc7643-8.7.1-characteristics-emails")
async def publishes_one_of_emails(request: Request, forward: Forward) -> Response:
    """emails is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "emails",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-one-of-phonenumbers", breaks="rfc7643-8.7.1-characteristics-phonenumbers")
async def publishes_one_of_phonenumbers(request: Request, forward: Forward) -> Response:
    """phoneNumbers is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "phoneNumbers",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-one-of-ims", breaks="rfc7643-8.7.1-characteristics-ims")
async def publishes_one_of_ims(request: Request, forward: Forward) -> Response:
    """ims is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "ims",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-one-of-photos", breaks="rfc7643-8.7.1-characteristics-photos")
async def publishes_one_of_photos(request: Request, forward: Forward) -> Response:
    """photos is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "photos",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-one-of-addresses", breaks="rfc7643-8.7.1-characteristics-addresses")
async def publishes_one_of_addresses(request: Request, forward: Forward) -> Response:
    """addresses is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "addresses",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-one-of-roles", breaks="rfc7643-8.7.1-characteristics-entitlements-roles")
async def publishes_one_of_roles(request: Request, forward: Forward) -> Response:
    """roles is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "roles",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect(
    "publishes-one-of-x509certificates", breaks="rfc7643-8.7.1-characteristics-x509certificates"
)
async def publishes_one_of_x509certificates(request: Request, forward: Forward) -> Response:
    """x509Certificates is published as single-valued."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "x509Certificates",
        lambda attribute: attribute.update(multiValued=False),
    )


@defect("publishes-groups-as-writable", breaks="rfc7643-8.7.1-characteristics-groups")
async def publishes_groups_as_writable(request: Request, forward: Forward) -> Response:
    """groups of a user is published as writable."""
    return await published(
        request,
        forward,
        "core:2.0:User",
        "groups",
        lambda attribute: attribute.update(mutability="readWrite"),
    )


@defect(
    "publishes-group-names-as-optional", breaks="rfc7643-8.7.1-characteristics-group-displayname"
)
async def publishes_group_names_as_optional(request: Request, forward: Forward) -> Response:
    """displayName of a group is published as optional."""
    return await published(
        request,
        forward,
        ":Group",
        "displayName",
        lambda attribute: attribute.update(required=False),
    )


@defect("publishes-one-member", breaks="rfc7643-8.7.1-characteristics-group-members")
async def publishes_one_member(request: Request, forward: Forward) -> Response:
    """members is published as single-valued."""
    return await published(
        request, forward, ":Group", "members", lambda attribute: attribute.update(multiValued=False)
    )


@defect(
    "publishes-many-departments",
    breaks="rfc7643-8.7.1-characteristics-enterprise-employeenumber-costcenter-organization-division",
)
async def publishes_many_departments(request: Request, forward: Forward) -> Response:
    """department is published as multi-valued."""
    return await published(
        request,
        forward,
        "enterprise:2.0:User",
        "department",
        lambda attribute: attribute.update(multiValued=True),
    )


@defect("publishes-many-managers", breaks="rfc7643-8.7.1-characteristics-enterprise-manager")
async def publishes_many_managers(request: Request, forward: Forward) -> Response:
    """manager is published as multi-valued."""
    return await published(
        request,
        forward,
        "enterprise:2.0:User",
        "manager",
        lambda attribute: attribute.update(multiValued=True),
    )
