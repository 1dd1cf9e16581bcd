"""Expectations about pushed groups, and about what Okta's SPEC test reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.checks.okta import outcome, spec
from conformance.checks.okta.spec import Person, SpecSuite
from conformance.client import Response
from conformance.discovery import CORE_USER, Features
from conformance.payloads import Payloads
from conformance.verdict import Deviation
from tests.conformance.samples import response

NOTHING_TOLD = Features()
PERSON = Person("Runscope-1@example.com")
ERROR = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"]}
LIST = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}


def answer(body: dict[str, Any], status: int = 200) -> Response:
    return response(json.dumps(body).encode(), status=status)


def suite(features: Features = NOTHING_TOLD) -> SpecSuite:
    """A suite that sends nothing."""
    return SpecSuite(None, "/Users", Payloads(), features)  # type: ignore[arg-type]


def test_members_are_told_that_are_missing_or_too_many() -> None:
    with pytest.raises(AssertionError, match=r"members: expected 2, got 2; missing .*b.*not asked"):
        outcome.same(["a", "c"], ["a", "b"], "members")
    with pytest.raises(AssertionError, match="expected 1, got 2"):
        outcome.same(["a", "a"], ["a"], "members")
    outcome.same(["b", "a"], ["a", "b"], "members")


def test_some_may_be_among_others() -> None:
    outcome.among(["a"], ["b", "a"], "members")
    with pytest.raises(AssertionError, match=r"members: missing .*c"):
        outcome.among(["a", "c"], ["b", "a"], "members")


def test_change_of_a_group_may_be_answered_without_a_body() -> None:
    outcome.described(response(b"", status=204))
    outcome.described(answer({"id": "1", "displayName": "Crew", "members": None}))
    with pytest.raises(AssertionError, match="expected displayName to have a value"):
        outcome.described(answer({"id": "1"}))


def test_total_of_the_spec_test_may_be_a_string() -> None:
    spec.no_users(answer({**LIST, "totalResults": 0}))
    spec.no_users(answer({**LIST, "totalResults": "0"}))
    with pytest.raises(AssertionError, match='totalResults: expected "0"'):
        spec.no_users(answer({**LIST, "totalResults": 1}))
    with pytest.raises(AssertionError, match="schemas of the list"):
        spec.no_users(answer({"totalResults": 0}))


def test_error_without_a_detail_is_a_deviation() -> None:
    spec.error_body(answer({**ERROR, "status": "404", "detail": "gone"}, 404), status="404")
    spec.error_body(answer({**ERROR, "status": 404, "detail": "gone"}, 404), status="404")
    with pytest.raises(Deviation, match="no detail"):
        spec.error_body(answer({**ERROR, "status": "404"}, 404), status="404")
    with pytest.raises(AssertionError, match="status in the error") as caught:
        spec.error_body(answer({**ERROR, "status": "400"}, 404), status="404")
    assert not isinstance(caught.value, Deviation)


def test_user_name_in_another_case_is_a_deviation() -> None:
    body = {"userName": PERSON.name, "name": {"givenName": PERSON.given, "familyName": "Wrong"}}
    right = {**body, "name": {"givenName": PERSON.given, "familyName": PERSON.family}}

    spec.same_person(suite(), answer(right), PERSON)
    with pytest.raises(AssertionError, match=r"name\.familyName"):
        spec.same_person(suite(), answer(body), PERSON)
    with pytest.raises(Deviation, match="came back as"):
        spec.same_person(suite(), answer({**right, "userName": PERSON.name.lower()}), PERSON)


def test_names_are_wanted_only_of_users_that_have_names() -> None:
    nameless = Features(schemas=({"id": CORE_USER, "attributes": [{"name": "userName"}]},))
    body = {"userName": PERSON.name, "active": True}

    spec.complete_person(suite(nameless), answer(body))
    with pytest.raises(AssertionError, match=r"name\.familyName"):
        spec.complete_person(suite(), answer(body))
