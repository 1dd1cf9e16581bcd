"""RFC 7643, section 4.2: "Group" Resource Schema."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Outcome, Patch, Read
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_GROUP, Features
from conformance.payloads import Payloads
from conformance.verdict import Unmet

MEMBERS = "rfc7643-4.2-members-value-resource-id"


@pytest.fixture
def joined(scim: ScimClient, group_with_member: Created, member: Created, read: Read) -> Response:
    """A group with one member, as it is read.

    Where the group came without its member, the member is added: that a create drops what is
    published as readWrite is another sentence.
    """
    response = read(group_with_member)
    if expect.elements(response, "members"):
        return response
    scim.patch(group_with_member.path, {"op": "add", "path": "members", "value": [member.member]})
    return read(group_with_member)


@pytest.fixture
def values(joined: Response) -> list[dict[str, Any]]:
    """The members that a group with one member shows."""
    found = expect.elements(joined, "members")
    if len(found) != 1:
        raise Unmet(MEMBERS, f"{joined.line}: expected one member, got {len(found)}")
    return found


@requirement("rfc7643-4.2-group-schema-uri")
def test_group_names_the_core_schema(group: Created, read: Read) -> None:
    response = read(group)

    expect.contains(response.body.get("schemas"), CORE_GROUP, f"{response.line}: schemas")


@requirement("rfc7643-4.2-group-displayname-required")
def test_group_without_a_display_name_is_refused(
    scim: ScimClient, groups: str, payloads: Payloads, group: Created
) -> None:
    """``group`` proves that the same create with a displayName is accepted."""
    response = scim.post(groups, payloads.group(displayName=None, externalId=payloads.unique()))

    expect.status(response, 400)


@requirement("rfc7643-4.2-members-value-resource-id")
def test_member_has_the_id_of_the_user(joined: Response, member: Created) -> None:
    expect.equal(
        [one.get("value") for one in expect.elements(joined, "members")],
        [member.id],
        f"{joined.line}: members[].value",
    )


@requirement("rfc7643-4.2-members-ref-resource-uri")
def test_reference_to_a_member_leads_to_it(
    scim: ScimClient, values: list[dict[str, Any]], member: Created, read: Read
) -> None:
    """Absent is fine: ``$ref`` is a convention."""
    read(member)
    references = [one["$ref"] for one in values if one.get("$ref")]

    answers = [scim.get(expect.resolved(scim, one)) for one in references]

    expect.equal(
        [one.body.get("id") for one in answers],
        [member.id] * len(references),
        "the ids of the users behind members[].$ref",
    )


@requirement("rfc7643-2.3.7-ref-conventional")
def test_member_carries_a_reference(values: list[dict[str, Any]]) -> None:
    expect.that(bool(values[0].get("$ref")), "members[] has no $ref")


@requirement("rfc7643-4.2-members-display")
def test_display_of_a_member_is_accepted(
    scim: ScimClient, groups: str, payloads: Payloads, user: Created, group: Created
) -> None:
    """Okta sends it with every member; to ignore it is fine."""
    response = scim.post(groups, payloads.group(members=[{**user.member, "display": "Ada"}]))

    expect.success(response)


@requirement("rfc7643-4.2-nested-groups")
def test_group_may_be_a_member(
    scim: ScimClient, groups: str, payloads: Payloads, group: Created
) -> None:
    inner = {"value": group.id, "type": "Group"}

    response = scim.post(groups, payloads.group(members=[inner]))

    expect.success(response)


@requirement("rfc7643-2.3.7-referential-integrity-optional")
def test_member_that_nobody_knows_is_kept_or_refused(
    scim: ScimClient,
    groups: str,
    payloads: Payloads,
    group_with_member: Created,
    member: Created,
    outcome: Outcome,
) -> None:
    """Both are fine; to drop it without a word is not (AMB-52)."""
    unknown = payloads.unknown_id(member.id)

    response = scim.post(groups, payloads.group(members=[{"value": unknown}]))

    expect.no_server_error(response)
    kept = expect.has_element(outcome(response), "members", value=unknown)
    expect.that(kept or not response.ok, f"{response.line}: an unknown member was dropped")


@requirement("rfc7643-4.2-member-sub-attributes-immutable")
def test_value_of_a_member_cannot_be_changed(
    group_with_member: Created, member: Created, user: Created, refuse: Patch
) -> None:
    """It is the one way to alter a member in place; members come and go (AMB-28)."""
    path = f'members[value eq "{member.id}"].value'

    response = refuse(group_with_member, {"op": "replace", "path": path, "value": user.id})

    expect.tolerable(
        response.status == 400 and response.body.get("scimType") == "mutability",
        f"{response.line}: expected 400 with scimType mutability, got {response.status}",
    )


@pytest.fixture
def value_is_required(features: Features) -> None:
    """Skips where ``/Schemas`` does not mark the value of a member as required."""
    found = features.attribute(CORE_GROUP, "members.value") or {}
    if found.get("required") is not True:
        pytest.skip("/Schemas does not require members to have a value")


@requirement("rfc7643-4.2-non-empty-members-required")
def test_member_without_a_required_value_is_refused(
    scim: ScimClient,
    groups: str,
    payloads: Payloads,
    group_with_member: Created,
    value_is_required: None,
) -> None:
    response = scim.post(groups, payloads.group(members=[{"display": "Nobody"}]))

    expect.status(response, 400)


@requirement("rfc7643-2.3.7-references-dereferenceable")
def test_location_of_a_group_leads_to_it(scim: ScimClient, group: Created, read: Read) -> None:
    location = expect.given(read(group), "meta.location", "rfc7643-3.1-meta-location-resource-uri")

    response = scim.get(expect.resolved(scim, location))

    expect.status(response, 200)
