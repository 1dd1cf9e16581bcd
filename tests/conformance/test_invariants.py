"""What must hold in every exchange: each invariant seen to hold, and seen to fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.declared import Declared, annotated_requirements
from conformance.discovery import CORE_USER, Features, ResourceType
from conformance.invariants import EXAMPLES, Ledger, Sighting, invariants
from conformance.requirements import catalogue
from tests.conformance.samples import response

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ADA: dict[str, Any] = {
    "schemas": [CORE_USER],
    "id": "1",
    "userName": "ada",
    "active": True,
    "meta": {
        "resourceType": "User",
        "created": "2026-11-24T10:00:00Z",
        "lastModified": "2026-11-24T10:00:00.123Z",
        "location": "https://scim.example/v2/Users/1",
    },
}


def ledger() -> Ledger:
    schema = {
        "id": CORE_USER,
        "attributes": [
            {"name": "userName", "type": "string", "multiValued": False},
            {"name": "active", "type": "boolean", "multiValued": False},
            {"name": "pin", "type": "string", "multiValued": False, "mutability": "writeOnly"},
            {
                "name": "emails",
                "type": "complex",
                "multiValued": True,
                "subAttributes": [
                    {"name": "primary", "type": "boolean", "multiValued": False},
                    {"name": "$ref", "type": "reference", "multiValued": False},
                ],
            },
        ],
    }
    found = Ledger()
    found.declared = Declared.of(
        Features(
            schemas=(schema,),
            resource_types=(ResourceType("User", "/Users", CORE_USER),),
            types_are_published=True,
        )
    )
    return found


def red(**changes: Any) -> set[str]:
    """The invariants that a user with these changes breaks; None takes an attribute out."""
    body = {name: one for name, one in (ADA | changes).items() if one is not ...}
    return _red(json.dumps(body).encode())


def _red(content: bytes, **more: Any) -> set[str]:
    watching = ledger()
    watching.watch(response(content, **more))
    return {name for name, one in watching.sightings.items() if one.message}


def test_a_right_user_breaks_nothing() -> None:
    assert red() == set()


@pytest.mark.parametrize(
    ("changes", "requirement"),
    [
        ({"schemas": ...}, "rfc7643-2.1-resource-json-carries-schemas"),
        ({"schemas": []}, "rfc7643-3-schemas-required-non-empty"),
        ({"schemas": [CORE_USER, CORE_USER]}, "rfc7643-3-no-duplicates-schemas"),
        ({"schemas": [CORE_USER, "User"]}, "rfc7643-3-schemas-values-uris"),
        ({"schemas": [CORE_USER, "urn:x:y"]}, "rfc7643-3-schemas-restricted-resource-type"),
        ({"id": "2"}, "rfc7643-3.1-id-stable"),
        ({"id": ""}, "rfc7643-3.1-id-present-non-empty"),
        ({"meta": ...}, "rfc7643-3.1-common-attributes-defined-all-types"),
        ({"meta": {"resourceType": "user"}}, "rfc7643-3.1-meta-resourcetype-names-type"),
        ({"meta": {"created": "yesterday"}}, "rfc7643-2.3.5-datetime-xsd-datetime"),
        ({"meta": {"location": "a b"}}, "rfc7643-2.3.7-reference-uri"),
        ({"active": "true"}, "rfc7643-4.1.1-active-boolean"),
        ({"userName": 1}, "rfc7644-3.8-json-shapes"),
        ({"emails": {}}, "rfc7643-2.4-multi-valued-attributes-arrays"),
        ({"emails": [{"primary": 1}]}, "rfc7643-2.3.2-booleans-json-literals"),
        ({"emails": [{"$ref": "a b"}]}, "rfc7643-2.3.7-reference-uri"),
        ({"password": "x"}, "rfc7643-4.1.1-password-never-returned"),
        ({"pin": "1"}, "rfc7643-7-writeonly-semantics"),
        ({"meta": {"version": "1"}}, "rfc7643-3.1-weak-versions-marked-w"),
    ],
)
def test_a_wrong_user_breaks_one_sentence(changes: dict[str, Any], requirement: str) -> None:
    assert red(**changes) == {requirement}


@pytest.mark.parametrize(
    ("body", "requirement"),
    [
        ({"status": "404"}, "rfc7644-3.12-error-urn"),
        ({"schemas": [ERROR], "status": 404}, "rfc7644-3.12-error-status-string"),
        ({"schemas": [ERROR]}, "rfc7644-3.12-error-status-string"),
        ({"schemas": [ERROR], "status": "400"}, "rfc7644-3.2-error-code-http-status"),
        (
            {"schemas": [ERROR], "status": "404", "scimType": "oops"},
            "rfc7644-3.12-scimtype-optional",
        ),
        ({"schemas": [ERROR], "status": "404", "detail": 1}, "rfc7644-3.12-detail-optional"),
    ],
)
def test_a_wrong_error_breaks_one_sentence(body: dict[str, Any], requirement: str) -> None:
    assert _red(json.dumps(body).encode(), status=404) == {requirement}


@pytest.mark.parametrize(
    ("content", "requirement"),
    [
        (b'{"totalResults":0}', "rfc7644-3.4.2-listresponse-identification"),
        (
            f'{{"schemas":["{LIST}"],"Resources":[]}}'.encode(),
            "rfc7644-3.4.2-totalresults-required",
        ),
        (f'{{"schemas":["{LIST}"],"totalResults":1.0,"Resources":[]}}'.encode(), None),
        (
            f'{{"schemas":["{LIST}"],"totalResults":2}}'.encode(),
            "rfc7644-3.4.2-resources-required-when-non-empty",
        ),
    ],
)
def test_a_wrong_list_is_seen(content: bytes, requirement: str | None) -> None:
    found = _red(content, path="/Users")
    assert (requirement or "rfc7643-2.3.4-integer-form") in found


def test_url_that_names_a_user_by_another_attribute_is_no_id_that_changed() -> None:
    named = json.dumps(ADA | {"id": "2"}).encode()
    assert _red(named, path=f"/Users/{ADA['userName']}") == set()
    assert _red(named, path="/Users/1") == {"rfc7643-3.1-id-stable"}


def test_bodies_that_are_no_json_break_nothing_but_their_own_sentence() -> None:
    assert _red(b"<html>", status=404) == {"rfc7644-3.12-errors-json-body"}
    assert _red(b"", status=204) == set()
    assert _red(b"[1, 2]") <= {"rfc7643-2.1-resource-json-carries-schemas"}


def test_a_violation_keeps_its_first_exchanges_and_outweighs_a_deviation() -> None:
    watching = ledger()
    for _ in range(EXAMPLES + 2):
        watching.watch(response(json.dumps(ADA | {"id": "2"}).encode()))
    sighting = watching.sightings["rfc7643-3.1-id-stable"]
    assert len(sighting.examples) == EXAMPLES
    milder = Sighting(message="odd", deviates=True)
    milder.merge(sighting)
    assert not milder.deviates


def test_a_sighting_travels_between_processes() -> None:
    watching = ledger()
    watching.watch(response(json.dumps(ADA | {"id": "2"}).encode()))
    for sighting in watching.sightings.values():
        assert Sighting.from_json(json.loads(json.dumps(sighting.to_json()))) == sighting


def test_every_annotation_is_a_requirement_and_an_invariant() -> None:
    assert annotated_requirements() <= set(catalogue())
    assert annotated_requirements() <= set(invariants())


def test_what_was_never_seen_is_untested() -> None:
    requirement = catalogue()["rfc7643-3.1-id-stable"]
    assert Sighting().row(requirement)["verdict"] == "untested"
    assert Sighting(held=1).row(requirement)["verdict"] == "conforms"
    assert Sighting(broken="KeyError").row(requirement)["verdict"] == "broken"
