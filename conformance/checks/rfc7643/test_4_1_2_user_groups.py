"""RFC 7643, section 4.1.2: the "groups" of a user."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Read, Replace
from conformance.client import ScimClient


@pytest.fixture
def listed(group_with_member: Created, member: Created, read: Read) -> list[dict[str, Any]]:
    """The groups that a member of one group shows; skips where the target shows none."""
    found = expect.elements(read(member), "groups")
    if not found:
        pytest.skip("the target does not show groups in users")
    return found


@requirement("rfc7643-4.1.2-groups-value-group-id")
def test_group_of_a_user_has_the_id_of_the_group(
    listed: list[dict[str, Any]], group_with_member: Created
) -> None:
    expect.equal([one.get("value") for one in listed], [group_with_member.id], "groups[].value")


@requirement("rfc7643-4.1.2-groups-ref-group-uri")
def test_reference_to_a_group_leads_to_it(
    scim: ScimClient, listed: list[dict[str, Any]], group_with_member: Created
) -> None:
    """Absent is fine: ``$ref`` is a convention."""
    references = [one["$ref"] for one in listed if one.get("$ref")]

    answers = [scim.get(expect.resolved(scim, one)) for one in references]

    expect.equal(
        [one.body.get("id") for one in answers],
        [group_with_member.id] * len(references),
        "the ids of the groups behind groups[].$ref",
    )


@requirement("rfc7643-4.1.2-groups-covers-nested-dynamic-membership")
def test_member_of_a_group_shows_it(
    group_with_member: Created, member: Created, read: Read
) -> None:
    """A provider may leave groups out for its cost: a deviation (AMB-53)."""
    response = read(member)

    expect.tolerable(
        bool(expect.elements(response, "groups")),
        f"{response.line}: groups does not show the group the user is in",
    )


@requirement("rfc7643-4.1.2-groups-readonly")
def test_groups_of_a_user_cannot_be_written(make_user: Maker, group: Created, read: Read) -> None:
    """Accepted and ignored, as readOnly values are in a create."""
    make_user(groups=[{"value": group.id}])

    response = read(group)

    expect.absent(response, "members")


@requirement("rfc7643-4.1.2-direct-membership-editable")
def test_leaving_a_group_is_seen_in_the_user(
    group_with_member: Created,
    member: Created,
    listed: list[dict[str, Any]],
    read: Read,
    replace: Replace,
) -> None:
    replace(group_with_member, members=[])

    response = read(member)

    found = [one.get("value") for one in expect.elements(response, "groups")]
    expect.lacks(found, group_with_member.id, f"{response.line}: groups[].value")
