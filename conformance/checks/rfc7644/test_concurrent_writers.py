"""Two clients at the same time: RFC 7643 section 7 (uniqueness) and RFC 7644 section 3.1."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import ScimClient
from conformance.payloads import Payloads


@requirement("rfc7643-7-uniqueness-server")
def test_one_of_two_simultaneous_creates_of_a_name_succeeds(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """``user`` proves that a create on its own succeeds."""
    name = payloads.user_name("twin")

    answers = scim.together(
        lambda: scim.post(users, payloads.user(userName=name)),
        lambda: scim.post(users, payloads.user(userName=name)),
    )

    expect.equal(sorted(one.ok for one in answers), [False, True], "which of two creates succeeded")


@requirement("rfc7644-3.5.2.1-add-member")
@pytest.mark.usefixtures("members_shown")
def test_members_that_two_clients_add_at_once_are_both_kept(
    scim: ScimClient, group: Created, make_user: Maker, read: Read, patchable: None
) -> None:
    first, second = make_user(), make_user()

    answers = scim.together(
        lambda: scim.patch(group.path, _add(first)),
        lambda: scim.patch(group.path, _add(second)),
    )

    kept = {one.get("value") for one in expect.elements(read(group), "members")}
    accepted = {user.id for user, answer in zip((first, second), answers, strict=True) if answer.ok}
    expect.equal(sorted(accepted - kept), [], "members that were accepted and are lost")


def _add(user: Created) -> dict[str, object]:
    return {"op": "add", "path": "members", "value": [user.member]}
