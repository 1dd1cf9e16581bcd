"""RFC 7644, section 3.6: Deleting Resources."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker
from conformance.client import ScimClient
from conformance.payloads import Payloads
from conformance.verdict import Unmet

DELETED = "rfc7644-3.6-delete-success"


@pytest.fixture
def deleted(scim: ScimClient, user: Created) -> Created:
    """A user that was there and has been deleted."""
    response = scim.delete(user.path)
    if not response.ok:
        raise Unmet(DELETED, f"{response.line}: the delete was answered with {response.status}")
    return user


@requirement("rfc7644-3.6-delete-success")
def test_delete_answers_204(scim: ScimClient, user: Created) -> None:
    """200 is a deviation that nearly every client reads the same way."""
    response = scim.delete(user.path)

    expect.status(response, 204, tolerated=(200,))


@requirement("rfc7644-3.6-deleted-resource-404")
def test_deleted_resource_is_not_found(scim: ScimClient, deleted: Created) -> None:
    response = scim.get(deleted.path)

    expect.status(response, 404)


@requirement("rfc7644-3.6-deleted-resource-not-listed")
def test_deleted_resource_is_not_listed(
    scim: ScimClient, users: str, deleted: Created, findable: None
) -> None:
    response = scim.find(users, f'userName eq "{deleted.sent["userName"]}"')

    expect.finds_nothing(response)


@pytest.fixture
def findable(scim: ScimClient, users: str, deleted: Created, filters_offered: None) -> None:
    """Skips where the target does not filter: a page of all users proves nothing."""
    if scim.find(users, f'userName eq "{deleted.sent["userName"]}"').status != 200:
        pytest.skip("the target does not answer a filter on userName")


@requirement("rfc7644-3.6-deleted-resource-no-conflict")
def test_name_of_a_deleted_user_is_free_again(
    scim: ScimClient, users: str, deleted: Created
) -> None:
    response = scim.post(users, deleted.sent)

    expect.success(response)


@requirement("rfc7643-3.1-id-not-reassigned")
def test_id_of_a_deleted_user_is_not_given_away(deleted: Created, make_user: Maker) -> None:
    made = make_user()

    expect.that(made.id != deleted.id, f"a new user has the id {made.id!r} of one just deleted")


@requirement("rfc7644-3.6-delete-unknown")
def test_delete_of_an_unknown_id_is_not_found(
    scim: ScimClient, users: str, user: Created, payloads: Payloads
) -> None:
    response = scim.delete(f"{users}/{payloads.unknown_id(user.id)}")

    expect.status(response, 404)


@requirement("rfc7644-3.6-delete-user-group")
def test_group_can_be_read_after_its_member_was_deleted(
    scim: ScimClient, group_with_member: Created, member: Created
) -> None:
    """The membership may go or stay; the text has no rule."""
    scim.delete(member.path)

    response = scim.get(group_with_member.path)

    expect.status(response, 200)
