"""Values made from declarations fit them, whatever the declaration."""

from __future__ import annotations

import base64
import itertools
import random
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.discovery import CORE_GROUP, CORE_USER, Features, ResourceType
from conformance.generated import Generator, characteristic, is_same
from conformance.payloads import Payloads

SIMPLE = ("string", "boolean", "decimal", "integer", "dateTime", "binary", "reference")
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,11}", fullmatch=True).filter(
    lambda name: name.lower() not in {"schemas", "id", "externalid", "meta"}
)


def _characteristics() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "multiValued": st.booleans(),
        "required": st.booleans(),
        "caseExact": st.booleans(),
        "mutability": st.sampled_from(["readOnly", "readWrite", "immutable", "writeOnly"]),
        "uniqueness": st.sampled_from(["none", "server", "global"]),
    }


def _definitions(kinds: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"name": NAMES, "type": kinds}, optional=_characteristics())


simple = _definitions(st.sampled_from(SIMPLE))
complexes = st.builds(
    lambda one, subs: {**one, "subAttributes": subs},
    _definitions(st.just("complex")),
    st.lists(simple, max_size=4, unique_by=lambda one: one["name"]),
)
definitions = st.one_of(simple, complexes)


def generator(seed: int = 0) -> Generator:
    numbers = itertools.count(1)
    return Generator(lambda word: f"made-{word}-{next(numbers)}", random.Random(seed))


def single(definition: dict[str, Any], value: Any) -> Any:
    """The value, or the only one of a multi-valued attribute."""
    if characteristic(definition, "multiValued"):
        assert isinstance(value, list)
        assert len(value) == 1
        return value[0]
    return value


def assert_fits(definition: dict[str, Any], value: Any) -> None:
    one = single(definition, value)
    match definition["type"]:
        case "boolean":
            assert isinstance(one, bool)
        case "decimal":
            assert isinstance(one, float)
        case "integer":
            assert isinstance(one, int)
            assert not isinstance(one, bool)
        case "dateTime":
            assert datetime.fromisoformat(one).tzinfo is not None
        case "binary":
            assert base64.b64decode(one, validate=True)
        case "reference":
            assert one.startswith("https://example.com/")
        case "complex":
            by_name = {sub["name"]: sub for sub in definition["subAttributes"]}
            for name, part in one.items():
                assert by_name[name].get("mutability") != "readOnly"
                assert_fits(by_name[name], part)
        case _:
            assert isinstance(one, str)
            assert one


@settings(deadline=None)
@given(st.lists(definitions, max_size=6, unique_by=lambda one: one["name"]), st.integers())
def test_values_fit_what_is_declared(declared: list[dict[str, Any]], seed: int) -> None:
    values = generator(seed).values(declared)

    by_name = {one["name"]: one for one in declared}
    for name, value in values.items():
        assert_fits(by_name[name], value)
        assert is_same(by_name[name], value, value)
    for one in declared:
        written = one["type"] != "complex" and one.get("mutability") != "readOnly"
        assert (one["name"] in values) or not written
        assert (one["name"] not in values) or one.get("mutability") != "readOnly"


@settings(deadline=None)
@given(st.lists(definitions, max_size=6, unique_by=lambda one: one["name"]))
def test_least_resource_has_only_what_is_required(declared: list[dict[str, Any]]) -> None:
    values = generator().values(declared, only_required=True)

    required = {one["name"] for one in declared if one.get("required")}
    assert values.keys() <= required


@settings(deadline=None)
@given(simple, st.integers())
def test_other_values_differ(definition: dict[str, Any], seed: int) -> None:
    made = generator(seed)
    before = made.value(definition)

    after = made.value(definition, unlike=before)

    if definition["name"] != "primary" or definition["type"] != "boolean":
        assert not is_same(definition, before, after)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1))
def test_canonical_values_are_the_only_ones(allowed: list[str]) -> None:
    definition = {"name": "kind", "type": "string", "canonicalValues": allowed}

    assert generator().value(definition) in allowed


def test_case_is_there_to_be_lost_only_where_it_counts() -> None:
    text = generator().value({"name": "label", "type": "string"})
    exact = generator().value({"name": "label", "type": "string", "caseExact": True})

    assert text == text.lower()
    assert exact not in {exact.lower(), exact.upper()}


def test_no_reference_to_a_resource_is_made_up() -> None:
    owner = {
        "name": "owner",
        "type": "complex",
        "subAttributes": [
            {"name": "value"},
            {"name": "$ref", "type": "reference", "referenceTypes": ["User"]},
        ],
    }

    assert generator().values([owner, owner["subAttributes"][1]]) == {}  # type: ignore[list-item]


def test_type_that_nobody_knows_gets_no_value() -> None:
    assert generator().values([{"name": "shape", "type": "polygon"}, {"type": "string"}]) == {}


@pytest.mark.parametrize(
    ("definition", "sent", "found", "same"),
    [
        ({"type": "decimal"}, 1.5, "1.5", True),
        ({"type": "decimal"}, 1.5, "much", False),
        ({"type": "boolean"}, True, "True", True),
        ({"type": "dateTime"}, "2021-01-01T10:30:00Z", "2021-01-01T11:30:00+01:00", True),
        ({"type": "dateTime"}, "2021-01-01T10:30:00Z", "2021-01-01T10:30:00", True),
        ({"type": "dateTime"}, "2021-01-01T10:30:00Z", "yesterday", False),
        ({"type": "binary"}, "/+8=", "_-8", True),
        ({"type": "string"}, "Ada", "ADA", True),
        ({"type": "string", "caseExact": True}, "Ada", "ADA", False),
        ({"type": "string"}, "Ada", None, False),
        ({"type": "string"}, "Ada", {"value": "Ada"}, False),
        ({"type": "string", "multiValued": True}, ["a", "b"], ["b", "c", "a"], True),
        ({"type": "string", "multiValued": True}, ["a", "b"], ["a"], False),
    ],
)
def test_values_are_compared_by_what_they_say(
    definition: dict[str, Any], sent: Any, found: Any, same: bool
) -> None:
    assert is_same(definition, sent, found) is same


def test_parts_of_a_complex_value_are_compared_one_by_one() -> None:
    place = {
        "type": "complex",
        "subAttributes": [{"name": "city"}, {"name": "secret", "returned": "never"}],
    }

    sent = {"city": "Oslo", "secret": "x"}
    assert is_same(place, sent, {"city": "oslo", "country": "NO"})
    assert not is_same(place, sent, {"country": "NO"})
    assert not is_same(place, sent, "Oslo")


# What a target requires of the core types -------------------------------------------------

EXTENSION = "urn:example:params:scim:schemas:extension:1.0:User"
DEMANDING = Features(
    schemas=(
        {
            "id": CORE_USER,
            "attributes": [
                {"name": "userName", "type": "string", "required": True},
                {"name": "badge", "type": "integer", "required": True},
                {"name": "title", "type": "string", "required": True},
                {"name": "nickName", "type": "string"},
            ],
        },
        {"id": CORE_GROUP, "attributes": [{"name": "owner", "type": "string", "required": True}]},
        {"id": EXTENSION, "attributes": [{"name": "tenant", "required": True}]},
    ),
    resource_types=(
        ResourceType("User", "/Users", CORE_USER, ((EXTENSION, True),)),
        ResourceType("Group", "/Groups", CORE_GROUP),
    ),
)


def test_users_and_groups_have_what_the_target_requires() -> None:
    payloads = Payloads(features=DEMANDING)

    user, group = payloads.user(), payloads.group()

    assert user["title"] == "Engineer"
    assert isinstance(user["badge"], int)
    assert user["schemas"] == [CORE_USER, EXTENSION]
    assert user[EXTENSION].keys() == {"tenant"}
    assert "nickName" not in user
    assert group["owner"]


def test_what_the_target_file_and_the_check_say_comes_first() -> None:
    payloads = Payloads(features=DEMANDING, user_defaults={"badge": 7})

    user = payloads.user(title=None, **{EXTENSION: None})

    assert user["badge"] == 7
    assert "title" not in user
    assert EXTENSION not in user
    assert user["schemas"] == [CORE_USER]


def test_full_user_has_what_the_target_requires() -> None:
    assert isinstance(Payloads(features=DEMANDING).full_user()["badge"], int)


NARROW = Features(
    schemas=(
        {
            "id": CORE_USER,
            "attributes": [
                {"name": "userName", "type": "string", "required": True},
                {
                    "name": "name",
                    "type": "complex",
                    "subAttributes": [
                        {"name": "formatted", "type": "string", "required": True},
                        {"name": "familyName", "type": "string"},
                    ],
                },
                {
                    "name": "emails",
                    "type": "complex",
                    "multiValued": True,
                    "subAttributes": [{"name": "value", "type": "string"}],
                },
                {"name": "photos", "type": "complex", "multiValued": True},
            ],
        },
    )
)


def test_parts_fit_what_the_target_publishes() -> None:
    payloads = Payloads(features=NARROW)

    fitted = payloads.fitting(
        payloads.user(
            name={"familyName": "King", "givenName": "Ada"},
            emails=[{"value": "a@example.com", "type": "work"}, {"type": "home"}],
            photos=[{"value": "https://example.com/a", "type": "photo"}],
            addresses="none",
        )
    )

    assert fitted["name"].keys() == {"formatted", "familyName"}
    assert fitted["emails"] == [{"value": "a@example.com"}, {"type": "home"}]
    assert fitted["photos"] == [{"value": "https://example.com/a", "type": "photo"}]
    assert fitted["addresses"] == "none"


def test_body_of_a_target_that_publishes_nothing_stays_as_it_is() -> None:
    payloads = Payloads()
    body = payloads.full_user()
    assert payloads.fitting(body) == body
