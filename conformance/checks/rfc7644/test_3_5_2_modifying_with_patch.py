"""RFC 7644, section 3.5.2: Modifying with PATCH."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.client import ScimClient
from conformance.discovery import CORE_USER
from conformance.payloads import Payloads


@requirement("rfc7644-3.5-patch-discoverable")
def test_patch_works_when_it_is_advertised(scim: ScimClient, user: Created) -> None:
    response = scim.patch(user.path, {"op": "replace", "path": "displayName", "value": "Patched"})

    expect.success(response)


@requirement("rfc7644-3.5.2-patch-success")
def test_patch_answers_the_resource_or_nothing(user: Created, patch: Patch) -> None:
    """200 with the resource and 204 without a body are both in the text (AMB-07)."""
    response = patch(user, {"op": "replace", "path": "displayName", "value": "Patched"})

    expect.one_of(
        [response.status, response.content != b""],
        ([200, True], [204, False]),
        f"{response.line}: status, and whether there is a body",
    )


@requirement("rfc7644-3.5.2-200-when-attributes-given")
def test_patch_that_asks_for_attributes_answers_200(
    scim: ScimClient, user: Created, patchable: None
) -> None:
    response = scim.request(
        "PATCH",
        user.path,
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": "Patched"}],
        },
        params={"attributes": "displayName"},
    )

    expect.status(response, 200)


@requirement("rfc7644-3.5.2-case-op")
def test_op_may_be_capitalized(user: Created, patch: Patch, read: Read) -> None:
    """Entra sends it so; the text prints lower case only (AMB-06)."""
    patch(user, {"op": "Replace", "path": "displayName", "value": "Patched"})

    expect.attribute(read(user), "displayName", "Patched")


@requirement("rfc7644-3.5.2-no-array-indexing")
def test_array_index_in_a_path_is_refused(person: Created, refuse: Patch) -> None:
    response = refuse(person, {"op": "replace", "path": "emails[0].value", "value": "x@y.example"})

    expect.status(response, 400)


@requirement("rfc7644-3.5.2-path-grammar")
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/emails/0/value", id="json-pointer"),
        pytest.param("name..familyName", id="empty-segment"),
        pytest.param(".familyName", id="no-attribute"),
        pytest.param('emails[type eq "work"', id="open-bracket"),
        pytest.param('emails[type eq "work"]value', id="no-dot"),
        pytest.param('emails[type eq "work"].', id="empty-sub-attribute"),
    ],
)
def test_malformed_path_is_refused(person: Created, refuse: Patch, path: str) -> None:
    response = refuse(person, {"op": "replace", "path": path, "value": "x"})

    expect.status(response, 400)


@requirement("rfc7644-3.12-scimtype-invalidpath")
def test_malformed_path_says_invalid_path(person: Created, refuse: Patch) -> None:
    response = refuse(person, {"op": "replace", "path": "name.familyName.first", "value": "x"})

    expect.status(response, 400)
    expect.scim_error(response, scim_type="invalidPath", tolerated=(None, "invalidValue"))


@requirement("rfc7644-3.5.2-path-case-insensitive")
def test_names_in_a_path_have_no_case(user: Created, patch: Patch, read: Read) -> None:
    patch(user, {"op": "replace", "path": "DISPLAYNAME", "value": "Patched"})

    expect.attribute(read(user), "displayName", "Patched")


@requirement("rfc7644-3.5.2-path-urn")
def test_path_may_be_qualified_with_the_schema(user: Created, patch: Patch, read: Read) -> None:
    patch(user, {"op": "replace", "path": f"{CORE_USER}:displayName", "value": "Patched"})

    expect.attribute(read(user), "displayName", "Patched")


@requirement("rfc7644-3.5.2-mutability-respected")
def test_replace_of_a_read_only_attribute_is_refused(
    user: Created, refuse: Patch, read: Read
) -> None:
    """To ignore it with a success is a deviation; to change it is a violation (AMB-10)."""
    then = "1999-01-01T00:00:00Z"

    response = refuse(user, {"op": "replace", "path": "meta.created", "value": then})

    expect.that(
        expect.value(read(user).body, "meta.created") != then, "meta.created was changed by a PATCH"
    )
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.12-scimtype-mutability")
def test_replace_of_an_id_says_mutability(user: Created, refuse: Patch, payloads: Payloads) -> None:
    other = payloads.unknown_id(user.id)

    response = refuse(user, {"op": "replace", "path": "id", "value": other})

    expect.status(response, 400, tolerated=(200, 204))
    expect.scim_error(response, scim_type="mutability", tolerated=(None, "invalidValue"))


@requirement("rfc7644-3.5.2-patch-schema-violation")
def test_value_of_the_wrong_type_is_refused(user: Created, refuse: Patch, read: Read) -> None:
    response = refuse(user, {"op": "replace", "path": "active", "value": "notabool"})

    expect.status(response, 400)
    expect.that(
        read(user).body.get("active") != "notabool", "active is the string that was refused"
    )


@requirement("rfc7644-3.5.2-sequential-application")
def test_operations_are_applied_in_their_order(user: Created, patch: Patch, read: Read) -> None:
    patch(
        user,
        {"op": "replace", "path": "displayName", "value": "First"},
        {"op": "replace", "path": "displayName", "value": "Second"},
    )

    expect.attribute(read(user), "displayName", "Second")


@requirement("rfc7644-3.5.2-atomicity")
def test_patch_that_fails_changes_nothing(person: Created, refuse: Patch, read: Read) -> None:
    response = refuse(
        person,
        {"op": "replace", "path": "displayName", "value": "Half"},
        {"op": "replace", "path": "name..familyName", "value": "Done"},
    )

    expect.that(not response.ok, f"{response.line}: a malformed operation was accepted")
    expect.attribute(read(person), "displayName", "Ada Lovelace")


@requirement("rfc7644-3.5.2-automatic-primary-reset")
@needs_attribute("emails.primary")
def test_new_primary_value_takes_over(
    person: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    address = f"{payloads.unique()}@example.net"

    patch(
        person,
        {
            "op": "add",
            "path": "emails",
            "value": [{"value": address, "type": "other", "primary": True}],
        },
    )

    response = read(person)
    primaries = [
        one.get("value") for one in expect.elements(response, "emails") if one.get("primary")
    ]
    expect.equal(primaries, [address], f"{response.line}: the primary emails")


@requirement("rfc7644-3.5.2-patch-unknown-resource")
def test_patch_of_an_unknown_id_is_not_found(
    scim: ScimClient, users: str, user: Created, payloads: Payloads, patchable: None
) -> None:
    change = {"op": "replace", "path": "displayName", "value": "Nobody"}

    response = scim.patch(f"{users}/{payloads.unknown_id(user.id)}", change)

    expect.status(response, 404)


@requirement("rfc7644-3.5.2-unknown-attribute-path")
def test_path_to_an_unknown_attribute_is_refused(user: Created, refuse: Patch) -> None:
    """Any 400 will do; to ignore it is a deviation (AMB-16)."""
    response = refuse(user, {"op": "replace", "path": "favoriteBicycle", "value": "Gazelle"})

    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2-patch-uniqueness")
def test_patch_to_a_taken_name_is_refused(make_user: Maker, refuse: Patch, read: Read) -> None:
    """409 and 400 are both in the text (AMB-33)."""
    first, second = make_user(), make_user()

    response = refuse(
        second, {"op": "replace", "path": "userName", "value": first.sent["userName"]}
    )

    expect.status(response, 409, 400)
    expect.attribute(read(second), "userName", second.sent["userName"])
