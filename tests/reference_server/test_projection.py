"""Projection: what is always, never, by default and on request in an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.projection import Projection, written_on_request
from reference_server.schemas import DEVICE, USER

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "id": "1",
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"value": "a@example.com", "type": "work"}],
    "meta": {"location": "/Users/1", "created": "2026-11-24T10:00:00Z"},
    ENTERPRISE: {"department": "Research", "costCenter": "1"},
}


def shown(attributes: str | None = None, excluded: str | None = None) -> dict[str, Any]:
    return Projection.parse(attributes, excluded, USER).apply(PERSON)


def test_without_parameters_all_defaults_are_shown() -> None:
    assert shown() == PERSON


@pytest.mark.parametrize(
    ("attributes", "names"),
    [
        ("userName", {"schemas", "id", "userName"}),
        ("USERNAME,emails", {"schemas", "id", "userName", "emails"}),
        ("nosuch", {"schemas", "id"}),
        (f"{ENTERPRISE}:department", {"schemas", "id", ENTERPRISE}),
        (ENTERPRISE, {"schemas", "id", ENTERPRISE}),
        ("password", {"schemas", "id"}),
    ],
)
def test_what_is_asked_for_is_shown_beside_what_is_always(attributes: str, names: set[str]) -> None:
    assert set(shown(attributes)) == names


def test_sub_attributes_are_shown_alone() -> None:
    found = shown("name.givenName,emails.value,meta.location")
    assert found["name"] == {"givenName": "Ada"}
    assert found["emails"] == [{"value": "a@example.com"}]
    assert found["meta"] == {"location": "/Users/1"}


def test_what_is_excluded_is_not_shown_and_ids_cannot_be() -> None:
    found = shown(None, f"id,schemas,emails,name.givenName,{ENTERPRISE}:costCenter")
    assert found["id"] == "1"
    assert "emails" not in found
    assert found["name"] == {"familyName": "Lovelace"}
    assert found[ENTERPRISE] == {"department": "Research"}


def test_attributes_on_request_are_shown_on_request() -> None:
    device = {"schemas": [DEVICE.schema.id], "id": "1", "serialNumber": "x", "notes": "n"}
    assert "notes" not in Projection.parse(None, None, DEVICE).apply(device)
    assert Projection.parse("notes", None, DEVICE).apply(device)["notes"] == "n"
    assert Projection.parse("id", None, DEVICE).apply(device)["serialNumber"] == "x"


@given(st.text(), st.text())
def test_the_minimum_is_always_there_and_nothing_is_invented(
    attributes: str, excluded: str
) -> None:
    found = shown(attributes, excluded)
    assert {"schemas", "id"} <= set(found) <= set(PERSON)


@pytest.mark.parametrize(
    ("written", "is_shown"),
    [
        ({"notes": "n"}, True),
        ({"NOTES": "n"}, True),
        ({"serialNumber": "x"}, False),
        ({"Operations": [{"op": "add", "path": "notes", "value": "n"}]}, True),
        ({"Operations": [{"op": "add", "value": {"notes": "n"}}]}, True),
        ({"Operations": [{"op": "remove", "path": "tags"}]}, False),
        (None, False),
    ],
)
def test_a_write_shows_what_it_wrote(written: Any, is_shown: bool) -> None:
    device = {"id": "1", "notes": "n"}
    assert written_on_request(device, written, DEVICE) == ({"notes": "n"} if is_shown else {})
