"""RFC 7644, sections 3.7.1 and 3.7.2: Circular References, "bulkId" Temporary Identifiers."""

from __future__ import annotations

import pytest

from conformance import bulk as jobs
from conformance import expect
from conformance.bulk import Bulk
from conformance.checks import needs_attribute, requirement
from conformance.client import Response
from conformance.discovery import CORE_USER, ENTERPRISE_USER
from conformance.payloads import Payloads

Group = dict[str, object]


@pytest.fixture
def a_group(payloads: Payloads, groups: str, groups_offered: None) -> jobs.Operation:
    """An operation that makes a group called ``group`` with the member ``bulkId:member``."""
    body = payloads.group(members=[{"value": "bulkId:member"}])
    return jobs.create(groups, "group", body)


@pytest.fixture
def a_member(payloads: Payloads, users: str) -> jobs.Operation:
    """An operation that makes the user ``member``."""
    return jobs.create(users, "member", payloads.user())


def _unresolved(made: dict[str, Response]) -> list[str]:
    """The resources that hold a reference as it was sent."""
    return [one.line for one in made.values() if b"bulkId:" in one.content]


def _members(made: dict[str, Response], *names: str) -> list[str]:
    return [
        str(one.get("value")) for name in names for one in expect.elements(made[name], "members")
    ]


@requirement("rfc7644-3.7.1-circular-references")
def test_groups_that_contain_each_other_are_made_or_a_conflict(
    bulk: Bulk, payloads: Payloads, groups: str
) -> None:
    """Another refusal than 409, and a lost member, are deviations (AMB-36)."""
    first = payloads.group(members=[{"value": "bulkId:second", "type": "Group"}])
    second = payloads.group(members=[{"value": "bulkId:first", "type": "Group"}])

    made = bulk.attempt(jobs.create(groups, "first", first), jobs.create(groups, "second", second))

    expect.equal(_unresolved(made), [], "groups with a bulkId for a member")
    expect.tolerable(
        _members(made, *made) == [made[name].body.get("id") for name in reversed(made)],
        "the groups were made without each other",
    )


@requirement("rfc7644-3.7.2-bulkid-replaced-id")
def test_reference_to_an_earlier_operation_becomes_the_id(
    bulk: Bulk, a_member: jobs.Operation, a_group: jobs.Operation
) -> None:
    job = bulk(a_member, a_group)

    member = job.given("member")
    expect.values(job.read("group"), "members", str(member.body.get("id")))


@requirement("rfc7644-3.7.2-bulkid-extensions")
@needs_attribute("manager", schema=ENTERPRISE_USER)
def test_reference_in_an_extension_becomes_the_id(
    bulk: Bulk, users: str, payloads: Payloads, enterprise_shown: None
) -> None:
    extended = payloads.user(
        schemas=[CORE_USER, ENTERPRISE_USER],
        **{ENTERPRISE_USER: {"manager": {"value": "bulkId:boss"}}},
    )

    job = bulk(jobs.create(users, "boss", payloads.user()), jobs.create(users, "worker", extended))

    boss = job.given("boss")
    expect.attribute(job.read("worker"), f"{ENTERPRISE_USER}:manager.value", boss.body.get("id"))


@requirement("rfc7644-3.7.2-unresolvable-bulkid")
def test_reference_to_nothing_is_refused(bulk: Bulk, a_group: jobs.Operation) -> None:
    """That the group was made without the member is a deviation."""
    made = bulk.attempt(a_group, given_up=range(400, 500))

    expect.equal(_unresolved(made), [], "groups with a bulkId for a member")
    expect.tolerable(not made, "the group was made without the member that nothing stands for")


@requirement("rfc7644-3.7.2-forward-bulkid-reference")
def test_reference_to_a_later_operation_is_resolved_or_a_conflict(
    bulk: Bulk, a_group: jobs.Operation, a_member: jobs.Operation
) -> None:
    """Another refusal than 409, and a lost member, are deviations (AMB-36)."""
    made = bulk.attempt(a_group, a_member)

    expect.equal(_unresolved(made), [], "groups with a bulkId for a member")
    expect.tolerable(
        not made or _members(made, "group") == [made["member"].body.get("id")],
        "the group was made without its member",
    )


@requirement("rfc7644-3.7.2-bulkid-path")
@needs_attribute("displayName")
def test_path_may_name_a_resource_of_the_same_job(
    bulk: Bulk, users: str, a_member: jobs.Operation
) -> None:
    """The text does not describe it, so a refusal is no fault."""
    changed = {**a_member["data"], "displayName": "Changed"}

    job = bulk.with_failure(a_member, jobs.replace(f"{users}/bulkId:member", changed))

    expect.attribute(job.given("member"), "displayName", "Changed")
