"""From a client's body to a resource, and sorting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ScimError
from reference_server.resources import new_resource, replaced
from reference_server.schemas import DEVICE, GROUP, USER
from reference_server.sorting import sort_resources

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def user(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [CORE], "userName": "ada", **attributes}


def test_what_okta_sends_is_taken() -> None:
    made = new_resource(
        user(groups=[], password="x", active=True, externalId="00u1", meta={"x": 1}, id="7"), USER
    )
    assert made == {
        "schemas": [CORE],
        "userName": "ada",
        "password": "x",
        "active": True,
        "externalId": "00u1",
    }


def test_extension_of_a_device_has_a_required_attribute() -> None:
    support = DEVICE.extensions[0].schema.id
    device = {"schemas": [DEVICE.schema.id, support], "serialNumber": "1", "lastSeen": "here"}
    made = new_resource({**device, support: {"contract": "c", "level": "gold"}}, DEVICE)
    assert made[support] == {"contract": "c", "level": "gold"}
    assert "lastSeen" not in made
    with pytest.raises(ScimError, match="contract is required"):
        new_resource({**device, support: {"level": "gold"}}, DEVICE)


def test_names_are_read_in_any_case_and_unknown_ones_dropped() -> None:
    made = new_resource({"SCHEMAS": [CORE], "username": "ada", "bicycle": 1, "NAME": None}, USER)
    assert made == {"schemas": [CORE], "userName": "ada"}


def test_extension_is_listed_when_it_has_data() -> None:
    made = new_resource(user(**{ENTERPRISE: {"Department": "R", "x": 1}}), USER)
    assert made["schemas"] == [CORE, ENTERPRISE]
    assert made[ENTERPRISE] == {"department": "R"}
    assert new_resource(user(**{ENTERPRISE: {}}), USER)["schemas"] == [CORE]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"schemas": [], "userName": "a"},
        {"schemas": "x", "userName": "a"},
        {"schemas": [1], "userName": "a"},
        {"schemas": ["urn:x"], "userName": "a"},
        {"schemas": [CORE, "urn:x"], "userName": "a"},
        {"schemas": [CORE]},
        user(userName=""),
        user(userName="  "),
        user(userName=1),
        user(active="true"),
        user(emails="x"),
        user(emails=["x"]),
        user(name="x"),
        user(displayName="\ud800"),
        user(emails=[{"value": "a", "primary": True}, {"value": "b", "primary": True}]),
        user(x509Certificates=[{"value": "not base64!"}]),
        user(profileUrl="has a space"),
    ],
)
def test_body_that_is_no_user_is_refused(body: Any) -> None:
    with pytest.raises(ScimError) as refused:
        new_resource(body, USER)
    assert refused.value.status == 400
    assert refused.value.scim_type in {"invalidSyntax", "invalidValue"}


def test_group_needs_a_name() -> None:
    with pytest.raises(ScimError):
        new_resource({"schemas": [GROUP.schema.id]}, GROUP)


def test_put_clears_what_it_leaves_out_and_keeps_immutable_values() -> None:
    before = {"schemas": [DEVICE.schema.id], "serialNumber": "1", "manufacturer": "ACME"}
    body = {"schemas": [DEVICE.schema.id], "serialNumber": "1"}
    assert replaced({**before, "weight": 2.5}, body, DEVICE) == before
    with pytest.raises(ScimError) as refused:
        replaced(before, {**body, "manufacturer": "Other"}, DEVICE)
    assert refused.value.scim_type == "mutability"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("weight", 2**70),
        ("weight", float("nan")),
        ("cores", 1.5),
        ("cores", True),
        ("purchased", "2026-11-24"),
        ("purchased", "2026-13-01T00:00:00Z"),
        ("firmwareHash", "??"),
        ("tags", [1]),
        ("managed", 1),
    ],
)
def test_value_of_the_wrong_type_is_refused(attribute: str, value: Any) -> None:
    body = {"schemas": [DEVICE.schema.id], "serialNumber": "1", attribute: value}
    with pytest.raises(ScimError) as refused:
        new_resource(body, DEVICE)
    assert refused.value.scim_type == "invalidValue"


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "emails", "active", "title", ENTERPRISE]), _json))
def test_whatever_is_sent_a_resource_or_a_scim_error_comes_out(body: dict[str, Any]) -> None:
    try:
        made = new_resource(user(**body), USER)
    except ScimError as refused:
        assert refused.status == 400
    else:
        assert made["userName"] == "ada"


PEOPLE: list[dict[str, Any]] = [
    {
        "userName": "b",
        "externalId": "B",
        "emails": [{"value": "z"}, {"value": "a", "primary": True}],
    },
    {"userName": "C", "externalId": "a"},
    {"userName": "a", "externalId": "b", "emails": [{"value": "m"}]},
]


@pytest.mark.parametrize(
    ("by", "order", "names"),
    [
        ("userName", None, ["a", "b", "C"]),
        ("USERNAME", "Descending", ["C", "b", "a"]),
        ("externalId", "ascending", ["b", "C", "a"]),
        ("emails", None, ["b", "a", "C"]),
        ("emails.value", "descending", ["C", "a", "b"]),
    ],
)
def test_resources_are_sorted(by: str, order: str | None, names: list[str]) -> None:
    found = sort_resources(PEOPLE, by, order, USER)
    assert [one["userName"] for one in found] == names


@pytest.mark.parametrize(("by", "order"), [("bicycle", None), ("name", None), ("userName", "up")])
def test_sorting_by_nothing_that_is_there_is_refused(by: str, order: str | None) -> None:
    with pytest.raises(ScimError):
        sort_resources(PEOPLE, by, order, USER)
