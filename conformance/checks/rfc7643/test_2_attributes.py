"""RFC 7643, sections 1.1 and 2: Attributes, their defaults, and what values look like."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Outcome, Read
from conformance.checks.rfc7643.conftest import Specimen
from conformance.client import Response, ScimClient
from conformance.discovery import ENTERPRISE_USER, Features
from conformance.generated import Definition, subs_of
from conformance.payloads import Payloads


@pytest.fixture
def least(specimen: Specimen) -> dict[str, Any]:
    """A resource like the specimen, with nothing but what the schema requires."""
    values = specimen.kind.generator.values(specimen.kind.definitions, only_required=True)
    if specimen.kind.container and not values:
        pytest.skip(f"{specimen.kind.container} requires no attribute")
    return specimen.kind.body(values)


@requirement("rfc7643-1.1-unmarked-attributes-optional")
def test_user_may_have_nothing_but_what_is_required(
    scim: ScimClient, users: str, payloads: Payloads, full_user: Created
) -> None:
    """``full_user`` proves that a user with more is accepted."""
    response = scim.post(users, payloads.user())

    expect.that(
        response.ok,
        f"{response.line}: a user with no optional attribute was refused with {response.status}",
    )


@requirement("rfc7643-1.1-unmarked-attributes-optional")
def test_resource_of_any_type_may_lack_what_is_optional(
    scim: ScimClient, specimen: Specimen, least: dict[str, Any]
) -> None:
    """``specimen`` proves that the same with all attributes is accepted."""
    response = scim.post(specimen.kind.type.endpoint, least)

    expect.that(
        response.ok,
        f"{response.line}: a {specimen.kind.type.name} without the attributes that the schema "
        f"does not require was refused with {response.status}",
    )


@pytest.fixture
def silent(specimen: Specimen) -> list[str]:
    """The attributes whose definitions leave a characteristic out; skips where none does."""
    found = [
        str(one["name"])
        for one in specimen.kind.definitions
        if one.get("name") in specimen.values
        and (one.get("returned", "default") in {None, "default", "always"})
        and any(one.get(name) is None for name in ("mutability", "returned", "required"))
    ]
    return found or _skip("every definition states mutability, returned and required")


def _skip(reason: str) -> Any:
    pytest.skip(reason)


@requirement("rfc7643-2.2-default-characteristics")
def test_attribute_without_stated_characteristics_is_read_write_and_returned(
    specimen: Specimen, silent: list[str], read: Read
) -> None:
    response = read(specimen.made)

    shown = specimen.kind.shown(response)
    missing = [name for name in silent if shown.get(name) is None]
    expect.equal(missing, [], f"{response.line}: attributes that were written and are not shown")


# References ---------------------------------------------------------------------------


@pytest.fixture
def relative(
    make_user: Maker, payloads: Payloads, user: Created, read: Read, enterprise_offered: None
) -> str:
    """The relative reference to a manager that the target shows; skips where it shows none."""
    made = make_user(payloads.enterprise_user(manager={"value": user.id}))
    found = expect.value(read(made).body.get(ENTERPRISE_USER), "manager.$ref")
    if not isinstance(found, str) or not found or ":" in found.partition("/")[0]:
        pytest.skip("the target shows no relative reference to a manager")
    return found


@requirement("rfc7643-2.3.7-base-relative-references")
@needs_attribute("manager.value", schema=ENTERPRISE_USER)
def test_relative_reference_resolves_against_the_base(
    scim: ScimClient, relative: str, user: Created
) -> None:
    response = scim.get(expect.resolved(scim, relative))

    expect.status(response, 200)
    expect.attribute(response, "id", user.id)


# Multi-valued attributes ----------------------------------------------------------------

#: What section 2.4 says of the sub-attributes with these names.
_MEANT = {"primary": "boolean", "type": "string", "display": "string"}


def _misused(definition: Definition) -> list[str]:
    return [
        str(one["name"])
        for one in subs_of(definition)
        if one["name"] in _MEANT and one.get("type") not in {None, _MEANT[one["name"]]}
    ]


@requirement("rfc7643-2.4-default-sub-attribute-meanings")
def test_default_sub_attributes_have_their_types(features: Features) -> None:
    """A label is text, and primary is true or false, in every schema."""
    wrong = [
        f"{urn}:{name}.{sub}"
        for urn, name, definition in features.each_attribute()
        if definition.get("multiValued") is True and not urn.endswith((":Schema", ":ResourceType"))
        for sub in _misused(definition)
    ]

    expect.equal(wrong, [], "sub-attributes of another type than section 2.4 gives them")


@pytest.fixture
def in_capitals(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> Response:
    """A user with an email of type WORK; skips where the target refuses such a type."""
    mail = {"value": f"{payloads.unique()}@example.com", "type": "WORK"}
    response = scim.post(users, payloads.user(emails=[mail]))
    if not response.ok:
        pytest.skip(f"a type in capitals was refused with {response.status}")
    return outcome(response)


@requirement("rfc7643-2.4-canonicalise-types-output")
@needs_attribute("emails.type")
def test_type_in_capitals_is_still_the_same_type(in_capitals: Response) -> None:
    """``work`` is the canonical form, and ``WORK`` says the same."""
    found = str(expect.present(in_capitals, "emails.type"))

    expect.equal(found.lower(), "work", f"{in_capitals.line}: type of an email of type WORK")


@pytest.fixture
def without_version(scim: ScimClient, user: Created) -> Response:
    """The user at the address without a version; skips where there is nothing."""
    found = re.fullmatch(r"(.*)/v\d+", scim.target.url)
    if found is None:
        pytest.skip("the base URL names no version")
    response = scim.get(f"{found[1]}{user.path}")
    if response.status != 200 or not response.content.lstrip().startswith(b"{"):
        pytest.skip("the target does not answer without a version")
    return response


@requirement("rfc7643-2.4-version-independent-resource-uris")
def test_address_without_a_version_is_of_the_same_resource(
    without_version: Response, user: Created
) -> None:
    expect.attribute(without_version, "id", user.id)


@requirement("rfc7643-2.5-unassigned-attributes-omitted")
def test_unassigned_attributes_are_left_out(user: Created, read: Read) -> None:
    response = read(user)

    empty = [name for name, value in response.body.items() if value is None or value == []]
    expect.equal(empty, [], f"{response.line}: attributes without a value that are shown")
