"""Mapping rows become keys of a resource, in creates, in PUTs and in PATCHes."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.attributes import (
    ENTERPRISE,
    KANTEGA_MAPPINGS,
    TEMPLATE_MAPPINGS,
    USER,
    Apply,
    AttributeMapping,
    MappingError,
    Path,
    Selector,
    evaluated,
    mapping,
    path_of,
)
from emulator.bodies import changed_values, created_body, in_object_order, merged_body
from emulator.expressions import Context

CUSTOM = "urn:example:2.0:User"


def row(name: str, variable: str = "", **options: Any) -> AttributeMapping:
    return mapping(variable or name, name, f"user.{variable or 'title'}", **options)


def created(rows: tuple[AttributeMapping, ...], **values: Any) -> dict[str, Any]:
    return created_body(rows, values, user_name="ada@x", external_id="00u1", password="secret12")


def merged(
    found: dict[str, Any], rows: tuple[AttributeMapping, ...], /, **values: Any
) -> dict[str, Any]:
    return merged_body(found, rows, values, user_name="ada@x", external_id="00u1", active=True)


# External names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title", Path("title")),
        ("name.givenName", Path("name", None, "givenName")),
        ("emails.^[primary==true].value", Path("emails", Selector("primary", True), "value")),
        ("roles.^[type=='slot1'].value", Path("roles", Selector("type", "slot1"), "value")),
        ("x.^[primary==false].$ref", Path("x", Selector("primary", False), "$ref")),
    ],
)
def test_external_name_is_a_path(text: str, expected: Path) -> None:
    assert path_of(text) == expected


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "emails.^[primary==true]", "emails[0].value", "a b", "1a", "a.^[b==1].c"]
)
def test_other_external_names_are_refused(text: str) -> None:
    with pytest.raises(MappingError, match="is neither a name"):
        path_of(text)


@pytest.mark.parametrize(("variable", "name"), [("groups", "title"), ("title", "groups")])
def test_groups_is_reserved(variable: str, name: str) -> None:
    with pytest.raises(MappingError, match="reserved"):
        mapping(variable, name, "user.title")


def test_wrong_expression_names_its_row() -> None:
    with pytest.raises(MappingError, match="mapping of title:"):
        mapping("title", "title", "user.title +")


# Values -------------------------------------------------------------------------------


def test_values_without_anything_in_them_are_left_out() -> None:
    rows = (row("title"), row("nickName", "nickName"), row("locale", "locale"))
    context = Context({"user": {"title": "", "nickName": None, "locale": "nb"}}, {})

    assert evaluated(rows, context, {}) == {"locale": "nb"}


def test_what_was_typed_at_the_assignment_comes_first() -> None:
    context = Context({"user": {"title": "Lead"}}, {})

    assert evaluated((row("title"),), context, {"title": "Chief"}) == {"title": "Chief"}


def test_row_that_is_not_mapped_has_no_value() -> None:
    context = Context({"user": {"title": "Lead"}}, {})

    assert evaluated((row("title", apply=Apply.NEVER),), context, {}) == {}


def test_expression_that_fails_names_its_row() -> None:
    broken = mapping("title", "title", "Convert.toInt(user.title)")

    with pytest.raises(MappingError, match="mapping of title"):
        evaluated((broken,), Context({"user": {"title": "abc"}}, {}), {})


# Creates ------------------------------------------------------------------------------


def test_create_has_its_keys_in_the_order_of_the_samples() -> None:
    values = {one.variable: one.variable for one in TEMPLATE_MAPPINGS}

    body = created(TEMPLATE_MAPPINGS, **values)

    assert list(body) == [
        "schemas",
        "userName",
        "name",
        "emails",
        "title",
        "phoneNumbers",
        "addresses",
        "nickName",
        "profileUrl",
        "userType",
        "preferredLanguage",
        "timezone",
        "displayName",
        "locale",
        "externalId",
        "groups",
        "password",
        "active",
        ENTERPRISE,
    ]
    assert list(body["name"]) == [
        "honorificPrefix",
        "givenName",
        "middleName",
        "familyName",
        "honorificSuffix",
    ]
    assert list(body["emails"][0]) == ["primary", "value", "type"]
    assert body["schemas"] == [USER, ENTERPRISE]


def test_kantega_has_its_eight_attributes() -> None:
    values = {one.variable: "x" for one in KANTEGA_MAPPINGS}

    body = created(KANTEGA_MAPPINGS, **values)

    assert len(KANTEGA_MAPPINGS) + 1 == 8
    assert body["userType"] == "x"
    assert ENTERPRISE not in body["schemas"]


def test_create_without_a_password_has_no_such_key() -> None:
    body = created_body((), {}, user_name="a", external_id="b", password=None)

    assert list(body) == ["schemas", "userName", "externalId", "groups", "active"]


def test_attribute_without_a_namespace_is_never_sent() -> None:
    rows = (row("badge", namespace=""),)

    assert "badge" not in created(rows, badge="7")
    assert "badge" not in merged({}, rows, badge="7")
    assert changed_values(rows, {}, {"badge": "7"}) == {}


def test_custom_namespace_is_added_to_schemas() -> None:
    body = created((row("badge", namespace=CUSTOM),), badge="7")

    assert body["schemas"] == [USER, CUSTOM]
    assert body[CUSTOM] == {"badge": "7"}


def test_two_selectors_make_two_elements() -> None:
    rows = (row("roles.^[type=='a'].value", "one"), row("roles.^[type=='b'].value", "two"))

    body = created(rows, one="x", two="y")

    assert body["roles"] == [{"type": "a", "value": "x"}, {"type": "b", "value": "y"}]


# PUT ----------------------------------------------------------------------------------

FOUND: dict[str, Any] = {
    "schemas": [USER],
    "id": "1",
    "meta": {"version": 'W/"1"'},
    "userName": "ADA@x",
    "name": {"formatted": "Ada", "givenName": "A", "middleName": ""},
    "emails": [
        {"value": "home@x", "type": "home"},
        {"primary": True, "value": "old@x", "display": "Ada"},
    ],
    "password": "hash",
    "x-own": [1, {"a": None}],
    "active": False,
}
NAMES = (row("name.givenName", "givenName"), row("name.middleName", "middleName"))
MAIL = (row("emails.^[primary==true].value", "email"), row("emails.^[primary==true].type", "kind"))


def test_put_is_the_resource_that_was_read_with_the_values_over_it() -> None:
    before = copy.deepcopy(FOUND)

    body = merged(FOUND, (*NAMES, *MAIL), givenName="Ada", middleName="M", email="a@x", kind="work")

    assert before == FOUND
    assert list(body) == [*FOUND, "externalId", "groups"]
    assert body == {
        **FOUND,
        "userName": "ada@x",
        "name": {"formatted": "Ada", "givenName": "Ada", "middleName": "M"},
        "emails": [
            {"value": "home@x", "type": "home"},
            {"primary": True, "value": "a@x", "display": "Ada", "type": "work"},
        ],
        "externalId": "00u1",
        "groups": [],
        "active": True,
    }


def test_groups_of_the_server_are_echoed() -> None:
    assert merged({"groups": [{"value": "g"}]}, ())["groups"] == [{"value": "g"}]


def test_row_that_applies_on_create_leaves_the_put_alone() -> None:
    assert "title" not in merged({}, (row("title", apply=Apply.CREATE),), title="x")


def test_excluded_username_is_left_as_it_is() -> None:
    body = merged_body(FOUND, (), {}, user_name=None, external_id="00u1", active=True)

    assert body["userName"] == "ADA@x"


def test_elements_that_are_not_mapped_may_be_dropped() -> None:
    body = merged_body(
        FOUND,
        MAIL,
        {"email": "a@x"},
        user_name="ada@x",
        external_id="00u1",
        active=True,
        echo_non_primary=False,
    )

    assert body["emails"] == [{"primary": True, "value": "a@x", "display": "Ada"}]


@pytest.mark.parametrize(
    ("how", "title", "middle", "mail", "extension"),
    [
        ("keep", "Lead", "M", "old@x", "7"),
        ("empty-string", "", "", "", ""),
        ("null", None, None, None, None),
        ("omit", "absent", "absent", "absent", "absent"),
    ],
)
def test_value_that_was_cleared_is_written_as_chosen(
    how: str, title: Any, middle: Any, mail: Any, extension: Any
) -> None:
    rows = (*NAMES, *MAIL, row("title"), row("badge", namespace=CUSTOM))
    found = {
        **FOUND,
        "title": "Lead",
        "name": {"middleName": "M"},
        CUSTOM: {"badge": "7"},
    }

    body = merged_body(
        found, rows, {}, user_name="ada@x", external_id="00u1", active=True, cleared=how
    )

    assert body.get("title", "absent") == title
    assert body["name"].get("middleName", "absent") == middle
    assert body["emails"][1].get("value", "absent") == mail
    assert body["emails"][0] == FOUND["emails"][0]
    assert body[CUSTOM].get("badge", "absent") == extension


def test_clearing_what_is_not_there_changes_nothing() -> None:
    rows = (*NAMES, *MAIL, row("title"), row("badge", namespace=CUSTOM))

    body = merged_body(
        {CUSTOM: 3, "name": "x"}, rows, {}, user_name="a", external_id="b", active=True,
        cleared="null",
    )  # fmt: skip

    assert body[CUSTOM] == 3
    assert body["name"] == "x"


def test_order_of_objects_is_that_of_2018() -> None:
    body = in_object_order(merged(FOUND, ()))

    assert list(body) == [
        "id", "externalId", "meta", "schemas", "userName", "active", "password", "emails", "name",
        "groups", "x-own",
    ]  # fmt: skip


# PATCH --------------------------------------------------------------------------------


def test_patch_has_what_changed_and_nothing_else() -> None:
    rows = (*NAMES, row("title"), row("badge", namespace=CUSTOM))
    before = {"givenName": "A", "title": "Lead", "badge": "7"}

    value = changed_values(rows, before, {"givenName": "Ada", "title": "Lead", "badge": "8"})

    assert value == {"name": {"givenName": "Ada"}, CUSTOM: {"badge": "8"}}


@pytest.mark.parametrize(
    ("cleared", "expected"),
    [("keep", {}), ("omit", {}), ("null", {"title": None}), ("empty-string", {"title": ""})],
)
def test_patch_of_a_cleared_value_is_as_chosen(cleared: str, expected: dict[str, Any]) -> None:
    assert changed_values((row("title"),), {"title": "Lead"}, {}, cleared) == expected


# Anything -----------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)
_KEYS = st.sampled_from(["name", "emails", "schemas", "groups", "title", ENTERPRISE, "addresses"])


@given(st.dictionaries(_KEYS, _JSON), st.sampled_from(["keep", "null", "omit", "empty-string"]))
def test_whatever_was_read_can_be_merged(found: dict[str, Any], cleared: str) -> None:
    values = {one.variable: "v" for one in TEMPLATE_MAPPINGS[::2]}

    body = merged_body(
        found,
        TEMPLATE_MAPPINGS,
        values,
        user_name="ada@x",
        external_id="00u1",
        active=True,
        cleared=cleared,
    )

    assert json.loads(json.dumps(body))["name"]["givenName"] == "v"
