"""PATCH as a pure function: every form, atomic, and never anything but a ScimError."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ScimError
from reference_server.patch import PATCH_OP, apply_patch
from reference_server.schemas import DEVICE, GROUP, USER, ResourceType

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

PERSON: dict[str, Any] = {
    "schemas": [CORE],
    "userName": "ada",
    "title": "Engineer",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [
        {"value": "a@example.com", "type": "work", "primary": True},
        {"value": "b@example.com", "type": "home"},
    ],
}
TEAM: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    "displayName": "Team",
    "members": [{"value": "1", "type": "User"}, {"value": "2"}],
}


def patched(
    resource: dict[str, Any], *operations: dict[str, Any], kind: ResourceType = USER
) -> dict[str, Any]:
    return apply_patch(resource, {"schemas": [PATCH_OP], "Operations": list(operations)}, kind)


def op(word: str, path: str | None = None, value: Any = ...) -> dict[str, Any]:
    operation: dict[str, Any] = {"op": word}
    if path is not None:
        operation["path"] = path
    if value is not ...:
        operation["value"] = value
    return operation


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        (op("add", None, {"title": "Countess"}), {"title": "Countess"}),
        (op("add", "nickName", "A"), {"nickName": "A"}),
        (op("Replace", "TITLE", "Countess"), {"title": "Countess"}),
        (op("replace", f"{CORE}:title", "Countess"), {"title": "Countess"}),
        (op("remove", "title"), {"title": None}),
        (op("replace", "title", None), {"title": None}),
        (op("replace", "emails", []), {"emails": None}),
        (
            op("add", "name", {"middleName": "King"}),
            {"name": {"givenName": "Ada", "familyName": "Lovelace", "middleName": "King"}},
        ),
        (
            op("replace", "name", {"givenName": None}),
            {"name": {"familyName": "Lovelace"}},
        ),
        (
            op("add", None, {"name.givenName": "Augusta"}),
            {"name": {"givenName": "Augusta", "familyName": "Lovelace"}},
        ),
        (op("remove", "name.givenName"), {"name": {"familyName": "Lovelace"}}),
        (op("remove", 'emails[type eq "home"]'), {"emails": [PERSON["emails"][0]]}),
        (op("remove", "emails[value pr]"), {"emails": None}),
        (op("remove", 'emails[value eq "nobody"]'), {}),
        (op("add", "emails", [PERSON["emails"][1]]), {}),
        (
            op("replace", 'emails[type eq "home"].value', "c@example.com"),
            {"emails": [PERSON["emails"][0], {"value": "c@example.com", "type": "home"}]},
        ),
        (
            op("add", 'emails[type eq "other"].value', "c@example.com"),
            {"emails": [*PERSON["emails"], {"type": "other", "value": "c@example.com"}]},
        ),
        (
            op("add", "emails", {"value": "c@example.com", "primary": True}),
            {
                "emails": [
                    {"value": "a@example.com", "type": "work", "primary": False},
                    PERSON["emails"][1],
                    {"value": "c@example.com", "primary": True},
                ]
            },
        ),
        (
            op("add", f"{ENTERPRISE}:department", "Sales"),
            {ENTERPRISE: {"department": "Sales"}, "schemas": [CORE, ENTERPRISE]},
        ),
        (
            op("add", None, {ENTERPRISE: {"department": "Sales"}}),
            {ENTERPRISE: {"department": "Sales"}, "schemas": [CORE, ENTERPRISE]},
        ),
        (op("replace", None, {"id": "other", "meta": {}, "groups": []}), {}),
    ],
)
def test_operation_changes_just_this(operation: dict[str, Any], changes: dict[str, Any]) -> None:
    expected = {name: value for name, value in (PERSON | changes).items() if value is not None}
    assert patched(PERSON, operation) == expected


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (op("remove"), "noTarget"),
        (op("replace", 'emails[type eq "other"]', {"value": "x"}), "noTarget"),
        (op("replace", 'emails[type eq "other"].value', "x"), "noTarget"),
        (op("replace", "id", "x"), "mutability"),
        (op("replace", "meta.created", "2001-01-01T00:00:00Z"), "mutability"),
        (op("add", "groups", [{"value": "x"}]), "mutability"),
        (op("remove", "userName"), "mutability"),
        (op("replace", "userName", None), "invalidValue"),
        (op("replace", "active", "False"), "invalidValue"),
        (op("replace", "emails", "x"), "invalidValue"),
        (op("add", "name", "x"), "invalidValue"),
        (op("add", None, "x"), "invalidValue"),
        (op("replace", "title"), "invalidValue"),
        (op("replace", "bicycle", "x"), "invalidPath"),
        (op("replace", "emails[0]", "x"), "invalidFilter"),
        (op("replace", "", "x"), "invalidPath"),
        (op("move", "title", "x"), "invalidSyntax"),
    ],
)
def test_operation_is_refused(operation: dict[str, Any], scim_type: str) -> None:
    with pytest.raises(ScimError) as refused:
        patched(PERSON, operation)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


def test_a_failure_leaves_the_resource_as_it_was() -> None:
    before = copy.deepcopy(PERSON)
    with pytest.raises(ScimError):
        patched(PERSON, op("replace", "title", "Half"), op("replace", "id", "x"))
    assert before == PERSON


def test_members_leave_and_join_in_one_patch() -> None:
    changed = patched(
        TEAM,
        op("remove", 'members[value eq "1"]'),
        op("remove", 'members[value eq "9"]'),
        op("add", "members", [{"value": "2", "display": None}, {"value": "3"}]),
        kind=GROUP,
    )
    assert [one["value"] for one in changed["members"]] == ["2", "3"]


def test_remove_may_list_the_members_as_a_value() -> None:
    changed = patched(TEAM, op("remove", "members", [{"value": "2"}]), kind=GROUP)
    assert [one["value"] for one in changed["members"]] == ["1"]


def test_member_cannot_be_turned_into_another() -> None:
    with pytest.raises(ScimError) as refused:
        patched(TEAM, op("replace", 'members[value eq "1"].value', "9"), kind=GROUP)
    assert refused.value.scim_type == "mutability"


def test_immutable_value_is_set_once() -> None:
    device = {"schemas": [DEVICE.schema.id], "serialNumber": "1"}
    made = patched(device, op("add", "manufacturer", "ACME"), kind=DEVICE)
    assert made["manufacturer"] == "ACME"
    assert patched(made, op("replace", "manufacturer", "ACME"), kind=DEVICE) == made
    with pytest.raises(ScimError) as refused:
        patched(made, op("replace", "manufacturer", "Other"), kind=DEVICE)
    assert refused.value.scim_type == "mutability"


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "type", "primary", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_paths = st.none() | st.sampled_from(
    [
        "title",
        "name",
        "name.givenName",
        "emails",
        "emails.type",
        'emails[type eq "work"]',
        'emails[type eq "x"].value',
        "active",
        "schemas",
        "id",
        ENTERPRISE,
        f"{ENTERPRISE}:manager",
        "[",
    ]
)
_operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "test"])},
    optional={"path": _paths, "value": _json},
)


@given(st.lists(_operations, max_size=4))
def test_whatever_is_sent_a_resource_or_a_scim_error_comes_out(
    operations: list[dict[str, Any]],
) -> None:
    before = copy.deepcopy(PERSON)
    try:
        changed = patched(PERSON, *operations)
    except ScimError as refused:
        assert refused.status == 400
    else:
        assert changed["userName"] == "ada"
        primaries = [one for one in changed.get("emails", []) if one.get("primary") is True]
        assert len(primaries) <= 1
    assert before == PERSON


@given(_json)
def test_whatever_the_body_is_it_is_patched_or_refused(body: Any) -> None:
    with pytest.raises(ScimError):
        apply_patch(PERSON, body, USER)
