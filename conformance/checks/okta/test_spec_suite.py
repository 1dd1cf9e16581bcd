"""Okta's SPEC test: what an app's server has to pass before it is submitted to the catalogue."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.okta import spec
from conformance.checks.okta.spec import Person, SpecSuite
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER
from conformance.payloads import Payloads
from conformance.run import Run


@pytest.fixture
def suite(run: Run, scim: ScimClient, users: str, payloads: Payloads) -> SpecSuite:
    """What the SPEC test sends."""
    return SpecSuite(scim, users, payloads, run.features)


@pytest.fixture
def person(suite: SpecSuite) -> Person:
    """Somebody who is not there."""
    return suite.person()


@pytest.fixture
def path(suite: SpecSuite, person: Person) -> str:
    """The path of ``person``, who is there now."""
    return suite.created(person)


@pytest.fixture
def refusal(suite: SpecSuite, scim: ScimClient, person: Person) -> Response:
    """The answer to somebody who has no token."""
    return suite.find(person.name, scim.with_credentials([("Authorization", "non-token")]))


@requirement("okta-spec-01-list-users")
@pytest.mark.usefixtures("path")
def test_page_of_one_user_is_complete(suite: SpecSuite) -> None:
    """The first user may be anybody, so what a user shows is looked at in step 2."""
    response = suite.get(suite.users, count=1, startIndex=1)

    expect.status(response, 200)
    expect.contains(response.body.get("schemas"), expect.LIST_URN, "schemas of the list")
    expect.json_type(response.body.get("itemsPerPage"), "number", "itemsPerPage")
    expect.json_type(response.body.get("startIndex"), "number", "startIndex")
    expect.json_type(response.body.get("totalResults"), "number", "totalResults")
    expect.present(response, "Resources.id")
    expect.present(response, "Resources.userName")


@requirement("okta-spec-02-get-user")
def test_user_is_read_by_the_id(suite: SpecSuite, path: str) -> None:
    response = suite.get(path)

    expect.status(response, 200)
    expect.equal(path.rpartition("/")[2], str(response.body.get("id")), "id")
    spec.complete_person(suite, response)


@requirement("okta-spec-03-filter-unknown-user")
def test_search_for_nobody_finds_nobody(suite: SpecSuite) -> None:
    response = suite.find("abcdefgh@atko.com")

    spec.no_users(response)


@requirement("okta-spec-04-unknown-id")
def test_id_of_nobody_is_answered_with_404(suite: SpecSuite) -> None:
    """A server whose ids look different may say that this is none, with 400."""
    response = suite.get(f"{suite.users}/010101001010101011001010101011")

    expect.status(response, 404, tolerated={400})
    spec.error_body(response)


@requirement("okta-spec-05-filter-new-user")
def test_search_for_a_new_name_finds_nobody(suite: SpecSuite, person: Person) -> None:
    response = suite.find(person.name)

    spec.no_users(response)


@requirement("okta-spec-06-create-user")
def test_user_is_created_from_plain_json(suite: SpecSuite, person: Person) -> None:
    """RFC 7644 section 3.1 only recommends application/json, so a 415 is a deviation."""
    response = suite.create(person)

    expect.status(response, 201, tolerated={415})
    expect.present(response, "id")
    expect.attribute(response, "active", True)
    expect.contains(response.body.get("schemas"), CORE_USER, "schemas of the user")
    spec.same_person(suite, response, person)


@requirement("okta-spec-07-read-created-user")
def test_created_user_is_as_it_was_sent(suite: SpecSuite, person: Person, path: str) -> None:
    response = suite.get(path)

    expect.status(response, 200)
    spec.same_person(suite, response, person)


@requirement("okta-spec-08-duplicate-user")
@pytest.mark.usefixtures("path")
def test_user_is_not_created_a_second_time(suite: SpecSuite, person: Person) -> None:
    response = suite.create(person)

    expect.status(response, 409)


@requirement("okta-spec-09-filter-capitals")
@pytest.mark.usefixtures("path")
def test_search_in_capitals_is_answered(suite: SpecSuite, person: Person) -> None:
    """Okta looks at the status only; who is found has requirements of its own."""
    response = suite.find(person.name.upper())

    expect.status(response, 200)


@requirement("okta-spec-10-list-groups")
@pytest.mark.usefixtures("groups_offered")
def test_groups_are_listed(suite: SpecSuite, groups: str) -> None:
    response = suite.get(groups)

    expect.status(response, 200)
    expect.json_type(response.resources, "array", "Resources")


@requirement("okta-spec-11-wrong-token")
def test_wrong_token_is_answered_with_401(refusal: Response) -> None:
    """400 fits a header that has no scheme, and 403 a gateway: no token gets in anyway."""
    expect.status(refusal, 401, tolerated={400, 403})
    spec.error_body(refusal, status="401")


@requirement("okta-spec-12-not-found-status")
def test_error_for_an_unknown_id_tells_the_status(suite: SpecSuite) -> None:
    response = suite.get(f"{suite.users}/00919288221112222")

    expect.status(response, 404, tolerated={400})
    spec.error_body(response, status="404")
