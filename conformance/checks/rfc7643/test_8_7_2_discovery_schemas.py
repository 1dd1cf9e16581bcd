"""RFC 7643, section 8.7.2: the schemas of the discovery documents, where they are published.

A target need not list them.  Where the printed text and its errata differ,
both are accepted (AMB-46), so only what they have in common is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.discovery import Features

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"

Published = Callable[[str], dict[str, Any]]


def _published(features: Features, name: str) -> Published:
    """The definitions of a published schema, by path; an empty one for what is not there."""
    if features.schema(f"{_CORE}{name}") is None:
        pytest.skip(f"/Schemas does not list the schema of {name}")
    return lambda path: features.attribute(f"{_CORE}{name}", path) or {}


@pytest.fixture
def of_config(features: Features) -> Published:
    """The schema of ServiceProviderConfig."""
    return _published(features, "ServiceProviderConfig")


@pytest.fixture
def of_resource_type(features: Features) -> Published:
    """The schema of ResourceType."""
    return _published(features, "ResourceType")


@pytest.fixture
def of_schema(features: Features) -> Published:
    """The schema of Schema."""
    return _published(features, "Schema")


def _optional(published: Published, *names: str) -> list[str]:
    return [name for name in names if published(name).get("required") is not True]


@requirement("rfc7643-8.7.2-schema-serviceproviderconfig")
def test_schema_of_the_configuration_requires_its_parts_and_lets_nobody_write(
    features: Features, of_config: Published
) -> None:
    """``etag`` was forgotten in print, so it may be missing."""
    optional = _optional(
        of_config, "patch", "bulk", "filter", "changePassword", "sort", "authenticationSchemes"
    )
    writable = [
        name
        for urn, name, one in features.each_attribute()
        if urn == f"{_CORE}ServiceProviderConfig"
        and one.get("mutability") not in {None, "readOnly"}
    ]

    expect.equal(optional, [], "parts of the configuration that its schema does not require")
    expect.equal(writable, [], "parts of the configuration that a client may write")


@requirement("rfc7643-8.7.2-schema-resourcetype")
def test_schema_of_resource_types_requires_name_endpoint_and_schema(
    of_resource_type: Published,
) -> None:
    optional = _optional(of_resource_type, "name", "endpoint", "schema")

    expect.equal(optional, [], "what the schema of resource types does not require")
    expect.equal(of_resource_type("schemaExtensions").get("type"), "complex", "schemaExtensions")


@requirement("rfc7643-8.7.2-schema-schema")
def test_schema_of_schemas_describes_attributes(of_schema: Published) -> None:
    optional = _optional(of_schema, "attributes", "attributes.name", "attributes.type")
    unknown = [
        name
        for name in ("multiValued", "required", "mutability", "returned", "subAttributes")
        if not of_schema(f"attributes.{name}")
    ]

    expect.equal(optional, [], "what the schema of schemas does not require")
    expect.equal(of_schema("attributes").get("multiValued"), True, "attributes: multiValued")
    expect.equal(unknown, [], "characteristics that the schema of schemas does not describe")
