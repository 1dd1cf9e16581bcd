"""RFC 7644, section 4: Service Provider Configuration Endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient
from conformance.discovery import (
    CONFIGURATION_REQUIREMENT,
    CORE_GROUP,
    CORE_USER,
    RESOURCE_TYPES_REQUIREMENT,
    SCHEMAS_REQUIREMENT,
    Features,
)
from conformance.verdict import Unmet

CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def _answered(response: Response, blamed: str) -> Response:
    if response.status != 200:
        raise Unmet(blamed, f"{response.line}: expected 200, got {response.status}")
    return response


@pytest.fixture
def config(scim: ScimClient) -> Response:
    """The configuration, where it is answered."""
    return _answered(scim.get("/ServiceProviderConfig"), CONFIGURATION_REQUIREMENT)


@pytest.fixture
def listed_schemas(scim: ScimClient) -> Response:
    """The answer for the list of schemas; skips where there is none.

    To publish them is a MAY (RFC 7643, section 1.2), and has a check of its own.
    """
    response = scim.get("/Schemas")
    if response.status in {404, 501}:
        pytest.skip(f"{response.line}: the target publishes no schemas ({response.status})")
    return response


@pytest.fixture
def schemas(listed_schemas: Response) -> Response:
    """The list of schemas, where it is answered and holds any."""
    if not _answered(listed_schemas, SCHEMAS_REQUIREMENT).resources:
        raise Unmet(SCHEMAS_REQUIREMENT, f"{listed_schemas.line}: no schema in the answer")
    return listed_schemas


@pytest.fixture
def resource_types(scim: ScimClient) -> Response:
    """The list of resource types, where it is answered."""
    return _answered(scim.get("/ResourceTypes"), RESOURCE_TYPES_REQUIREMENT)


@requirement("rfc7644-4-serviceproviderconfig-endpoint")
def test_configuration_is_one_object(scim: ScimClient) -> None:
    """Not a list with one element."""
    response = scim.get("/ServiceProviderConfig")

    expect.status(response, 200)
    expect.lacks(response.body, "Resources", f"{response.line}: the answer")


@requirement("rfc7644-4-schemas-endpoint")
def test_schemas_are_listed(listed_schemas: Response) -> None:
    response = listed_schemas

    expect.status(response, 200)
    expect.that(len(response.resources) > 0, f"{response.line}: no schema in the answer")


@requirement("rfc7644-4-resourcetypes-endpoint")
def test_resource_types_are_listed(scim: ScimClient) -> None:
    response = scim.get("/ResourceTypes")

    expect.status(response, 200)
    expect.that(len(response.resources) > 0, f"{response.line}: no resource type in the answer")


@requirement("rfc7644-4-listresponse-several")
def test_discovery_lists_count_what_they_hold(schemas: Response, resource_types: Response) -> None:
    """That the number is there at all is another sentence."""
    expect.equal(_total(schemas), len(schemas.resources), f"{schemas.line}: totalResults")
    expect.equal(
        _total(resource_types),
        len(resource_types.resources),
        f"{resource_types.line}: totalResults",
    )


def _total(response: Response) -> Any:
    return expect.given(response, "totalResults", "rfc7644-3.4.2-totalresults-required")


@requirement("rfc7644-4-single-schema")
def test_schema_is_read_by_its_uri(scim: ScimClient, schemas: Response) -> None:
    urn = expect.ids(schemas)[0]

    response = scim.get(f"/Schemas/{urn}")

    expect.status(response, 200)
    expect.attribute(response, "id", urn)


@requirement("rfc7644-4-single-resource-type")
def test_resource_type_is_read_by_its_id_or_name(
    scim: ScimClient, resource_types: Response
) -> None:
    """The id is optional; where both are there and differ, the id must work (AMB-46)."""
    first = resource_types.resources[0]

    response = scim.get(f"/ResourceTypes/{first.get('id') or first.get('name')}")

    expect.status(response, 200)
    expect.attribute(response, "name", first.get("name"))


@requirement("rfc7644-4-query-parameters-ignored")
def test_paging_of_discovery_is_ignored(scim: ScimClient, schemas: Response) -> None:
    response = scim.get("/Schemas", params={"startIndex": 2, "count": 1})

    expect.status(response, 200)
    expect.equal(
        sorted(expect.ids(response)), sorted(expect.ids(schemas)), f"{response.line}: the schemas"
    )


@requirement("rfc7644-4-filter-discovery")
def test_filter_on_discovery_is_forbidden(scim: ScimClient, schemas: Response) -> None:
    response = scim.find("/Schemas", 'id eq "urn:ietf:params:scim:schemas:core:2.0:User"')

    expect.status(response, 403)


@requirement("rfc7644-4-discovery-get-only")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_resource_types_take_no_other_method(
    scim: ScimClient, resource_types: Response, method: str
) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]}

    response = scim.request(method, "/ResourceTypes", None if method == "DELETE" else body)

    expect.that(
        400 <= response.status < 500 or response.status == 501,
        f"{response.line}: expected a refusal, got {response.status}",
    )


@requirement("rfc7644-4-meta-discovery-resources")
def test_discovery_documents_say_what_they_are(schemas: Response) -> None:
    """Where meta is there, it is right; erratum 8417 asks for it in schemas."""
    kinds = [expect.value(one, "meta.resourceType") for one in schemas.resources if "meta" in one]

    expect.equal(kinds, ["Schema"] * len(kinds), "meta.resourceType of the schemas")


@requirement("rfc7644-3.1-message-schemas-not-schemas")
def test_messages_are_not_listed_as_schemas(schemas: Response) -> None:
    messages = [one for one in expect.ids(schemas) if one.startswith("urn:ietf:params:scim:api:")]

    expect.equal(messages, [], f"{schemas.line}: message schemas in the list")


@requirement("rfc7643-5-authenticationschemes-public")
def test_configuration_is_public(anonymous: ScimClient, config: Response) -> None:
    response = anonymous.get("/ServiceProviderConfig")

    expect.status(response, 200)


@requirement("rfc7643-5-configuration-readonly")
def test_configuration_cannot_be_written(scim: ScimClient, config: Response) -> None:
    response = scim.put("/ServiceProviderConfig", config.body)

    expect.that(
        400 <= response.status < 500 or response.status == 501,
        f"{response.line}: expected a refusal, got {response.status}",
    )


@requirement("rfc7643-7-schemas-not-modifiable")
def test_schema_cannot_be_deleted(scim: ScimClient, schemas: Response) -> None:
    """An unknown one, so that a target that does delete loses nothing."""
    response = scim.delete("/Schemas/urn:example:scimproof:1.0:Nothing")

    expect.that(
        400 <= response.status < 500 or response.status == 501,
        f"{response.line}: expected a refusal, got {response.status}",
    )


@requirement("rfc7643-1.2-schemas-published")
def test_schemas_are_published(scim: ScimClient) -> None:
    response = scim.get("/Schemas")

    expect.status(response, 200)


@requirement("rfc7643-6-resourcetype-endpoint")
def test_endpoint_of_every_resource_type_answers(
    scim: ScimClient, resource_types: Response, features: Features
) -> None:
    answers = [scim.get(one.endpoint, params={"count": 1}) for one in features.resource_types]

    expect.equal(
        [one.path for one in answers if one.status == 404], [], "endpoints that are not found"
    )


@requirement("rfc7643-3.2-new-resource-types-described")
def test_names_and_endpoints_of_resource_types_differ(resource_types: Response) -> None:
    names = [one.get("name") for one in resource_types.resources]
    endpoints = [one.get("endpoint") for one in resource_types.resources]

    expect.equal(len(set(names)), len(names), "different names of resource types")
    expect.equal(len(set(endpoints)), len(endpoints), "different endpoints of resource types")


@requirement("rfc7644-3.2-plural-endpoints")
def test_endpoint_is_the_plural_of_the_name(features: Features) -> None:
    """User and Group have a sentence of their own."""
    odd = [
        one.endpoint
        for one in features.resource_types
        if one.name and one.schema not in {CORE_USER, CORE_GROUP}
        if one.endpoint.lower() != f"/{one.name}s".lower()
    ]

    expect.equal(odd, [], "endpoints that are not the name of the type with an s")
