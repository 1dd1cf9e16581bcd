"""RFC 7643, sections 2 and 7: what the published schemas say of their attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.discovery import SCHEMAS_REQUIREMENT, Features
from conformance.verdict import Unmet

Definition = tuple[str, dict[str, Any]]
Choose = Callable[[dict[str, Any]], bool]

#: The schemas that describe discovery itself; RFC 7643 prints them with nested attributes.
_ABOUT_DISCOVERY = (":Schema", ":ResourceType", ":ServiceProviderConfig")


@pytest.fixture
def published(features: Features) -> list[Definition]:
    """Every attribute that ``/Schemas`` defines: its full name, and its definition."""
    if features.schemas is None:
        pytest.skip("GET /Schemas gave no list")
    if not features.schemas:
        raise Unmet(SCHEMAS_REQUIREMENT, "GET /Schemas: no schema could be read")
    return [
        (f"{urn}:{name}", definition)
        for urn, name, definition in features.each_attribute()
        if not urn.endswith(_ABOUT_DISCOVERY)
    ]


def _names(published: list[Definition], wrong: Choose) -> list[str]:
    return sorted(name for name, definition in published if wrong(definition))


@requirement("rfc7643-1.2-simple-attributes-no-sub-attributes")
def test_only_complex_attributes_have_sub_attributes(published: list[Definition]) -> None:
    wrong = _names(published, lambda one: one.get("type") != "complex" and _subs(one))

    expect.equal(wrong, [], "attributes that are not complex and have sub-attributes")


def _subs(definition: dict[str, Any]) -> bool:
    return bool(definition.get("subAttributes"))


@requirement("rfc7643-2.3.8-no-nested-complex-attributes")
def test_sub_attributes_are_never_complex(published: list[Definition]) -> None:
    wrong = _names(
        published,
        lambda one: any(
            sub.get("type") == "complex"
            for sub in one.get("subAttributes") or ()
            if isinstance(sub, dict)
        ),
    )

    expect.equal(wrong, [], "attributes with a complex sub-attribute")


@requirement("rfc7643-7-subattributes-complex")
def test_complex_attributes_list_their_sub_attributes(published: list[Definition]) -> None:
    wrong = _names(published, lambda one: one.get("type") == "complex" and not _subs(one))

    expect.equal(wrong, [], "complex attributes without sub-attributes")


@requirement("rfc7643-2.3.2-booleans-no-case-uniqueness")
def test_booleans_have_no_case_and_are_not_unique(published: list[Definition]) -> None:
    wrong = _names(
        published,
        lambda one: (
            one.get("type") == "boolean"
            and (one.get("caseExact") is True or one.get("uniqueness") in {"server", "global"})
        ),
    )

    expect.equal(wrong, [], "booleans that are case-exact or unique")


@requirement("rfc7643-2.3.6-binary-case-exact")
def test_binaries_are_case_exact(published: list[Definition]) -> None:
    """Printed otherwise in places, so false is a deviation (AMB-46)."""
    wrong = _names(
        published, lambda one: one.get("type") == "binary" and one.get("caseExact") is False
    )

    expect.tolerable(not wrong, f"binary attributes that are not case-exact: {wrong}")


@requirement("rfc7643-2.3.7-references-case-exact")
def test_references_are_case_exact(published: list[Definition]) -> None:
    """Printed otherwise in places, so false is a deviation (AMB-46)."""
    wrong = _names(
        published, lambda one: one.get("type") == "reference" and one.get("caseExact") is False
    )

    expect.tolerable(not wrong, f"references that are not case-exact: {wrong}")


@requirement("rfc7643-7-attribute-referencetypes")
def test_reference_types_are_for_references(published: list[Definition]) -> None:
    wrong = _names(
        published, lambda one: bool(one.get("referenceTypes")) and one.get("type") != "reference"
    )

    expect.equal(wrong, [], "attributes that are no references and have referenceTypes")


@requirement("rfc7643-3.3-extensions-avoid-redefinition")
def test_extensions_do_not_define_core_attributes_again(features: Features) -> None:
    again = [
        f"{urn}:{one.get('name')}"
        for kind in features.resource_types
        for urn, _ in kind.extensions
        for one in features.attributes(urn)
        if features.attribute(kind.schema, str(one.get("name"))) is not None
    ]

    expect.equal(again, [], "attributes of an extension that the base schema has")


@pytest.fixture
def schemas_listed(features: Features) -> None:
    """Blocks the check where the list of schemas is empty; where there is none, none is missed."""
    if features.schemas is not None and not features.schemas:
        raise Unmet(SCHEMAS_REQUIREMENT, "GET /Schemas: no schema in the answer")


@requirement("rfc7643-6-schemaextensions-schema")
def test_every_extension_is_published(features: Features, schemas_listed: None) -> None:
    missing = sorted(
        urn
        for kind in features.resource_types
        for urn, _ in kind.extensions
        if features.schemas is not None and features.schema(urn) is None
    )

    expect.equal(missing, [], "extensions of resource types that /Schemas does not list")


@requirement("rfc7643-6-resourcetype-schema")
def test_base_schema_of_user_and_group_is_published(
    features: Features, schemas_listed: None
) -> None:
    missing = sorted(
        kind.name
        for kind in features.resource_types
        if features.schemas is not None and features.schema(kind.schema) is None
    )

    expect.equal(missing, [], "resource types whose schema /Schemas does not list")
