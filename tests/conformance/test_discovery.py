"""What the target says it offers, and which conditions hold by it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.discovery import (
    CONFIGURATION_REQUIREMENT,
    CORE_GROUP,
    CORE_USER,
    ENTERPRISE_USER,
    Features,
    ResourceType,
)
from conformance.requirements import catalogue

CONFIG: dict[str, Any] = {
    "patch": {"supported": True},
    "filter": {"supported": False},
    "sort": {"supported": "true"},
    "pagination": {"cursor": False, "index": True},
}
USER = ResourceType("User", "/Users", CORE_USER, ((ENTERPRISE_USER, False),))
SCHEMA = {
    "id": CORE_USER,
    "attributes": [
        {"name": "userName", "mutability": "readWrite"},
        {"name": "name", "subAttributes": [{"name": "givenName", "mutability": "immutable"}]},
    ],
}
FEATURES = Features(
    config=CONFIG,
    schemas=(SCHEMA,),
    resource_types=(USER,),
    types_are_published=True,
    probes={"/Me supported": False},
    base_url="https://scim.example/v2",
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("", True),
        ("ServiceProviderConfig.patch.supported", True),
        ("ServiceProviderConfig.patch.supported == false", False),
        ("ServiceProviderConfig.filter.supported", False),
        ("ServiceProviderConfig.sort.supported", True),
        ("ServiceProviderConfig.bulk.supported", False),
        ("ServiceProviderConfig.pagination present", True),
        ("ServiceProviderConfig.pagination.cursor", False),
        ("ServiceProviderConfig.pagination.index", True),
        ("ResourceTypes contains User", True),
        ("ResourceTypes contains Group", False),
        ("User.schemaExtensions contains enterprise:2.0:User", True),
        ("ResourceTypes[].schemaExtensions[].required == false", True),
        ("ResourceTypes[].schemaExtensions[].required == true", False),
        ('a schema attribute with mutability == "immutable"', True),
        ('a schema attribute with returned == "request"', False),
        ("/Me supported", False),
        ("base URI ends in /v2", True),
        ("target requires authentication", True),
        ("a second, limited credential is supplied", False),
        ("group_linking", True),
        ("group_rename", True),
        ("group_rename == false", False),
        ("ResourceTypes contains User && ServiceProviderConfig.filter.supported", False),
    ],
)
def test_condition(condition: str, holds: bool) -> None:
    answer = FEATURES.applies(condition)
    assert answer.holds is holds
    assert answer.holds or answer.reason


@pytest.mark.parametrize("name", ["group_linking", "group_rename"])
def test_what_nobody_claims_of_groups_holds(name: str) -> None:
    claimed = Features(claims={name: False})

    assert Features().applies(name).holds is True
    assert claimed.applies(name).holds is False
    assert claimed.applies(name).reason == f"the target file says {name} = false"
    assert claimed.applies(f"{name} == false").holds is True
    assert Features().applies(f"{name} == false").holds is False
    assert "does not say" in Features().applies(f"{name} == false").reason


def test_silence_is_neither_yes_nor_no() -> None:
    answer = Features().applies("ServiceProviderConfig.patch.supported")
    assert answer.holds is None
    assert answer.blamed == CONFIGURATION_REQUIREMENT
    assert "[claims]" in answer.reason


def test_a_claim_comes_before_discovery() -> None:
    features = Features(config=CONFIG, claims={"patch": False, "filter": True})
    assert features.applies("ServiceProviderConfig.patch.supported").holds is False
    assert features.applies("ServiceProviderConfig.filter.supported").holds is True


def test_every_condition_of_the_catalogue_is_understood() -> None:
    probes = {"POST /.search supported": True, "base-URI query supported": False}
    features = Features(config=CONFIG, probes={**FEATURES.probes, **probes})
    for requirement in catalogue().values():
        features.applies(requirement.condition)


def test_an_unknown_condition_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValueError, match="unknown condition"):
        FEATURES.applies("the moon is full")


def test_attributes_are_found_in_any_case() -> None:
    assert FEATURES.attribute(CORE_USER, "NAME.givenname") is not None
    assert FEATURES.attribute(CORE_USER, "title") is None
    assert FEATURES.attribute(CORE_GROUP, "displayName") is None
