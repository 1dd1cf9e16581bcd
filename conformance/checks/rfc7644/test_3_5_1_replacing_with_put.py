"""RFC 7644, section 3.5.1: Replacing with PUT."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Read, Replace
from conformance.client import Response, ScimClient
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads
from conformance.verdict import Unmet


@requirement("rfc7644-3.5-put-mandatory")
def test_put_replaces_a_user(scim: ScimClient, user: Created) -> None:
    response = scim.put(user.path, {**user.sent, "id": user.id})

    expect.success(response)


@requirement("rfc7644-3.5.1-put-success")
def test_put_answers_200_with_the_resource(replace: Replace, user: Created) -> None:
    """204 is a deviation: the section only names 200."""
    response = replace(user)

    expect.status(response, 200, tolerated=(204,))
    expect.present(response, "userName")


@requirement("rfc7644-3.5.1-put-replaces-readwrite-values")
def test_put_stores_the_new_values(
    replace: Replace, full_user: Created, payloads: Payloads, read: Read
) -> None:
    """Arrays are replaced too, not merged."""
    address = f"{payloads.unique()}@example.net"

    replace(full_user, displayName="Replaced", emails=[{"value": address}])

    response = read(full_user)
    expect.attribute(response, "displayName", "Replaced")
    expect.equal(
        [one.get("value") for one in response.body.get("emails") or []],
        [address],
        f"{response.line}: emails[].value after the replace",
    )


@requirement("rfc7644-3.5.1-put-omitted-attributes")
@needs_attribute("title")
def test_put_clears_what_it_leaves_out(replace: Replace, make_user: Maker, read: Read) -> None:
    """The text lets the provider clear or default it; to keep it is what some others do."""
    user = make_user(title="Engineer")

    user.sent.pop("title")
    replace(user)

    response = read(user)
    expect.that(
        response.body.get("title") != "Engineer", f"{response.line}: title was left out, and kept"
    )


@requirement("rfc7643-2.5-assigning-null-unassigns")
@needs_attribute("title", "phoneNumbers")
def test_put_of_null_and_empty_list_clears(
    scim: ScimClient, replace: Replace, make_user: Maker, read: Read
) -> None:
    """Null means the same as absence, so to refuse it is no better than to keep the value."""
    user = make_user(title="Engineer", phoneNumbers=[{"value": "tel:+1-201-555-0123"}])
    replace(user)

    answer = scim.put(user.path, {**user.sent, "id": user.id, "title": None, "phoneNumbers": []})

    expect.success(answer)
    response = read(user)
    expect.absent(response, "title")
    expect.absent(response, "phoneNumbers")


@requirement("rfc7644-3.5.1-put-readonly-ignored")
def test_put_of_a_forged_meta_changes_nothing_of_it(
    scim: ScimClient, user: Created, replace: Replace, read: Read
) -> None:
    """Clients send back what they read, meta included, so it must be accepted and ignored."""
    replace(user)

    response = scim.put(
        user.path, {**user.sent, "meta": {"created": "1999-01-01T00:00:00Z", "resourceType": "X"}}
    )

    expect.success(response)
    now = read(user)
    expect.that(
        expect.value(now.body, "meta.created") != "1999-01-01T00:00:00Z",
        f"{now.line}: meta.created is the client's",
    )


@requirement("rfc7644-3.5.1-put-keeps-id-created")
def test_put_keeps_the_time_of_creation(user: Created, replace: Replace, read: Read) -> None:
    before = expect.given(read(user), "meta.created", "rfc7643-3.1-server-assigns-id-meta")

    replace(user, displayName="Replaced")

    expect.attribute(read(user), "meta.created", before)


@requirement("rfc7643-3.1-lastmodified-reflects-latest-update")
def test_change_moves_last_modified(user: Created, replace: Replace, read: Read) -> None:
    """Only never backwards: a clock with whole seconds may show the same time."""
    before = read(user)

    replace(user, displayName="Replaced")

    after = read(user)
    moved = expect.seconds_from(before, after, "meta.lastModified")
    expect.that(moved >= 0, f"{after.line}: lastModified went back by {-moved} s")
    lag = expect.seconds_between(after, "meta.created", "meta.lastModified")
    expect.that(lag >= 0, f"{after.line}: lastModified is before created")


@requirement("rfc7643-3.1-id-readonly")
def test_put_with_another_id_does_not_move_the_resource(
    scim: ScimClient, user: Created, payloads: Payloads, readable: None
) -> None:
    """Accepted or refused, the resource stays where it is."""
    other = payloads.unknown_id(user.id)

    scim.put(user.path, {**user.sent, "id": other})

    expect.status(scim.get(user.path), 200)


@requirement("rfc7644-3.5.1-put-id-mismatch")
def test_put_with_another_id_is_accepted_and_the_id_ignored(
    scim: ScimClient, user: Created, replace: Replace, payloads: Payloads
) -> None:
    """A refusal for mutability is a deviation: the RFC prints one in an example."""
    replace(user)

    response = scim.put(user.path, {**user.sent, "id": payloads.unknown_id(user.id)})

    expect.status(response, 200, 202, 204, tolerated=(400,))


@requirement("rfc7644-3.5.1-put-duplicate")
def test_put_of_a_taken_name_is_refused(
    scim: ScimClient, make_user: Maker, replace: Replace
) -> None:
    """409 and 400 are both in the text (AMB-33)."""
    first, second = make_user(), make_user()
    replace(second)

    response = scim.put(second.path, {**second.sent, "userName": first.sent["userName"]})

    expect.status(response, 409, 400)


@requirement("rfc7644-3.12-scimtype-uniqueness")
def test_replace_by_a_taken_name_says_uniqueness(taken: Response) -> None:
    """Anything else is a deviation: the keyword is a MUST only in the answer to a create."""
    found = taken.body.get("scimType")

    expect.tolerable(
        found == "uniqueness",
        f"{taken.line}: expected scimType uniqueness, got {expect.quoted(found)}",
    )


@pytest.fixture
def taken(scim: ScimClient, make_user: Maker) -> Response:
    """The refusal of a PUT that takes the userName of another user."""
    first, second = make_user(), make_user()
    response = scim.put(second.path, {**second.sent, "userName": first.sent["userName"]})
    if response.status not in {400, 409}:
        raise Unmet(
            "rfc7644-3.5.1-put-duplicate", f"{response.line}: a taken name: {response.status}"
        )
    return response


@requirement("rfc7643-3.1-externalid-readwrite")
def test_external_id_can_be_changed(
    user: Created, replace: Replace, payloads: Payloads, read: Read
) -> None:
    mine = payloads.unique("external")

    replace(user, externalId=mine)

    expect.attribute(read(user), "externalId", mine)


@requirement("rfc7644-3.5.1-put-extension-data")
def test_put_replaces_extension_data(
    enterprise_user: Created, replace: Replace, read: Read
) -> None:
    replace(enterprise_user, **{ENTERPRISE_USER: {"department": "Sales"}})

    response = read(enterprise_user)
    extension = expect.given(response, ENTERPRISE_USER, "rfc7643-3.3-extension-container-key")
    expect.equal(extension.get("department"), "Sales", f"{response.line}: department")


@requirement("rfc7644-3.5.1-put-group-members")
@pytest.mark.usefixtures("members_shown")
def test_put_replaces_the_members_of_a_group(
    group_with_member: Created, member: Created, make_user: Maker, replace: Replace, read: Read
) -> None:
    other = make_user()

    replace(group_with_member, members=[other.member])

    response = read(group_with_member)
    found = expect.elements(response, "members")
    expect.equal(len(found), 1, f"{response.line}: members after the replace")
    expect.that(
        found[0].get("value") != member.id, f"{response.line}: the member from before is there"
    )


@requirement("rfc7644-3.2-put-never-creates")
def test_put_to_an_unknown_id_creates_nothing(
    scim: ScimClient, users: str, user: Created, payloads: Payloads, replace: Replace
) -> None:
    replace(user)
    unknown = payloads.unknown_id(user.id)

    response = scim.put(f"{users}/{unknown}", payloads.user(id=unknown))

    expect.status(response, 404)
