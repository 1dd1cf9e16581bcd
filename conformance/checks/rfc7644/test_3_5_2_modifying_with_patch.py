"""RFC 7644, section 3.5.2: Modifying with PATCH."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER
from conformance.payloads import Payloads
from conformance.verdict import Unmet


@requirement("rfc7644-3.5-patch-discoverable")
def test_patch_works_when_it_is_advertised(
    scim: ScimClient, user: Created, patch_offered: None
) -> None:
    response = scim.patch(user.path, {"op": "replace", "path": "displayName", "value": "Patched"})

    expect.success(response)


@requirement("rfc7644-3.5.2-patch-success")
@needs_attribute("title")
def test_patch_answers_the_whole_resource_or_nothing(
    person: Created, patch: Patch, read: Read
) -> None:
    """200 with the resource and 204 without a body are both in the text (AMB-07)."""
    response = patch(person, {"op": "replace", "path": "displayName", "value": "Patched"})

    expect.status(response, 200, 204)
    shown = response.body if response.content else {}
    whole = [] if response.status == 204 else list(read(person).body)
    lost = [name for name in whole if name not in shown]
    expect.equal(lost, [], f"{response.line}: attributes that a GET shows and the answer does not")


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
def test_capitalized_op_is_applied_or_refused(user: Created, refuse: Patch, read: Read) -> None:
    """Entra sends it so; the text prints lower case only (AMB-06)."""
    response = refuse(user, {"op": "Replace", "path": "displayName", "value": "Patched"})

    expect.status(response, 200, 204, 400)
    expect.equal(
        read(user).body.get("displayName") == "Patched",
        response.ok,
        f"{response.line}: whether the operation was applied after {response.status}",
    )


@requirement("rfc7644-3.5.2-no-array-indexing")
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"op": "replace", "path": "emails[0].type", "value": "home"}, id="index"),
        pytest.param({"op": "test", "path": "displayName", "value": "Ada Lovelace"}, id="test"),
        pytest.param({"op": "copy", "from": "displayName", "path": "title"}, id="copy"),
        pytest.param({"op": "move", "from": "displayName", "path": "title"}, id="move"),
    ],
)
def test_operation_that_only_json_patch_has_is_refused(
    person: Created, refuse: Patch, operation: dict[str, Any]
) -> None:
    response = refuse(person, operation)

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


@pytest.fixture
def misdirected(person: Created, refuse: Patch) -> Response:
    """The refusal of a path that is none; blocks where it is taken for one."""
    response = refuse(person, {"op": "replace", "path": "name.familyName.first", "value": "x"})
    if response.ok:
        raise Unmet("rfc7644-3.5.2-path-grammar", f"{response.line}: accepted")
    return response


@requirement("rfc7644-3.12-scimtype-invalidpath")
def test_malformed_path_says_invalid_path(misdirected: Response) -> None:
    expect.status(misdirected, 400)
    expect.scim_error(misdirected, scim_type="invalidPath", tolerated=expect.ANY_KEYWORD)


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
    expect.scim_error(response, scim_type="mutability", tolerated=expect.ANY_KEYWORD)


@requirement("rfc7644-3.5.2-patch-schema-violation")
@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        pytest.param("active", "notabool", id="boolean"),
        pytest.param("emails", "ada", id="multi-valued"),
        pytest.param("displayName", {"value": "Ada"}, id="string"),
    ],
)
def test_value_of_the_wrong_type_is_refused(
    person: Created, refuse: Patch, read: Read, attribute: str, value: Any
) -> None:
    response = refuse(person, {"op": "replace", "path": attribute, "value": value})

    expect.status(response, 400)
    expect.that(
        read(person).body.get(attribute) != value, f"{attribute} is the value that was refused"
    )


@requirement("rfc7644-3.5.2-sequential-application")
def test_operations_are_applied_in_their_order(user: Created, patch: Patch, read: Read) -> None:
    patch(
        user,
        {"op": "replace", "path": "displayName", "value": "First"},
        {"op": "replace", "path": "displayName", "value": "Second"},
    )

    expect.attribute(read(user), "displayName", "Second")


@pytest.fixture
def half_failed(make_user: Maker, refuse: Patch, read: Read) -> tuple[Created, Response]:
    """A user whose PATCH failed in its second operation, and how the user was before it."""
    first, second = make_user(), make_user(displayName="Grace Hopper")
    before = read(second)
    response = refuse(
        second,
        {"op": "replace", "path": "displayName", "value": "Half"},
        {"op": "replace", "path": "userName", "value": first.sent["userName"]},
    )
    if response.ok:
        raise Unmet("rfc7644-3.5.2-patch-uniqueness", f"{response.line}: a taken name is accepted")
    return second, before


@requirement("rfc7644-3.5.2-atomicity")
def test_patch_that_fails_changes_nothing(
    half_failed: tuple[Created, Response], read: Read
) -> None:
    """The second operation asks for a taken name, which no look at the message alone reveals."""
    user, before = half_failed

    now = read(user)

    expect.attribute(now, "displayName", "Grace Hopper")
    expect.equal(now.body.get("meta"), before.body.get("meta"), f"{now.line}: meta")


@pytest.fixture
def mails(payloads: Payloads) -> tuple[str, str]:
    """Two mail addresses nobody has."""
    name = payloads.unique("mail")
    return f"{name}@example.com", f"{name}@example.org"


@requirement("rfc7644-3.5.2-automatic-primary-reset")
@pytest.mark.parametrize("path", ["emails", None])
@needs_attribute("emails.primary")
def test_new_primary_value_takes_over(
    person: Created,
    scim: ScimClient,
    read: Read,
    mails: tuple[str, str],
    path: str | None,
    patchable: None,
) -> None:
    """The primary value before may be shown as false, or without primary."""
    added = [{"value": mails[0], "type": "other", "primary": True}]
    operation = {"path": path, "value": added} if path else {"value": {"emails": added}}

    response = scim.patch(person.path, {"op": "add", **operation})

    expect.success(response)
    now = read(person)
    primaries = [one.get("value") for one in expect.elements(now, "emails") if one.get("primary")]
    expect.equal(primaries, [mails[0]], f"{now.line}: the primary emails")


@requirement("rfc7644-3.5.2-patch-unknown-resource")
def test_patch_of_an_unknown_id_is_not_found(
    scim: ScimClient, users: str, user: Created, payloads: Payloads, patchable: None
) -> None:
    change = {"op": "replace", "path": "displayName", "value": "Nobody"}

    response = scim.patch(f"{users}/{payloads.unknown_id(user.id)}", change)

    expect.status(response, 404)


@requirement("rfc7644-3.5.2-unknown-attribute-path")
def test_path_to_an_unknown_attribute_is_refused(user: Created, refuse: Patch, read: Read) -> None:
    """Any 400 will do; to ignore it is a deviation (AMB-16)."""
    response = refuse(user, {"op": "replace", "path": "favoriteBicycle", "value": "Gazelle"})

    expect.lacks(read(user).body, "favoriteBicycle", "the user after the PATCH")
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2-patch-uniqueness")
def test_patch_to_a_taken_name_is_refused(make_user: Maker, refuse: Patch, read: Read) -> None:
    """409 and 400 are both in the text; another scimType is a deviation (AMB-33)."""
    first, second = make_user(), make_user()

    response = refuse(
        second, {"op": "replace", "path": "userName", "value": first.sent["userName"]}
    )

    expect.status(response, 409, 400)
    expect.attribute(read(second), "userName", second.sent["userName"])
    expect.tolerable(
        response.body.get("scimType") == "uniqueness",
        f"{response.line}: expected scimType uniqueness, got "
        f"{expect.quoted(response.body.get('scimType'))}",
    )


@pytest.fixture
def failed(person: Created, refuse: Patch, read: Read) -> Response:
    """The answer to a PATCH that can't succeed; blocks where it did."""
    wrong = {"not": "a boolean"}
    response = refuse(person, {"op": "replace", "path": "active", "value": wrong})
    if read(person).body.get("active") == wrong:
        raise Unmet("rfc7644-3.5.2-patch-schema-violation", f"{response.line}: it was stored")
    return response


@requirement("rfc7644-3.5.2-failure-status")
def test_patch_that_fails_answers_an_error(failed: Response) -> None:
    """What an error's body has to hold has sentences of its own."""
    expect.that(400 <= failed.status < 500, f"{failed.line}: expected 4xx, got {failed.status}")
