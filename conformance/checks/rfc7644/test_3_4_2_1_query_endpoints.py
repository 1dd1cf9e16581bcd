"""RFC 7644, section 3.4.2.1: Query Endpoints."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Crew, Seek
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet


@pytest.fixture
def everybody(scim: ScimClient, users: str) -> Response:
    """The answer to a query for all users; skips where it is more than a run takes."""
    try:
        return scim.get(users)
    except Unmet as problem:
        pytest.skip(str(problem))


@pytest.fixture
def by_id(crew: Crew, seek: Seek) -> None:
    """Blocks the check where a user is not found by its id at its own endpoint either."""
    found = seek(f'id eq "{crew.ada.id}"')
    if crew.ada.id not in expect.ids_if_listed(found):
        raise Unmet("rfc7644-3.4.2.2-filter-id", f"{found.line}: not found")


@pytest.fixture
def from_root(scim: ScimClient, by_id: None) -> Seek:
    """Queries all resources with a filter."""

    def sought(text: str) -> Response:
        return scim.find("/", text)

    return sought


@pytest.fixture
def root_finds_groups(from_root: Seek, group: Created) -> Created:
    """A group that a query of all resources finds."""
    response = from_root(f'id eq "{group.id}"')
    if response.status != 200 or expect.ids(response) != [group.id]:
        raise Unmet("rfc7644-3.4.2.1-root-query-spans-all-types", f"{response.line}: no group")
    return group


@requirement("rfc7644-3.4.2.1-query-single-resource")
def test_resource_is_queried_with_parameters(scim: ScimClient, crew: Crew) -> None:
    response = scim.get(crew.zoe.path, params={"attributes": "title"})

    expect.status(response, 200)
    expect.attribute(response, "id", crew.zoe.id)


@requirement("rfc7644-3.4.2.1-root-query-spans-all-types")
def test_query_of_all_resources_finds_a_user(from_root: Seek, crew: Crew) -> None:
    response = from_root(f'id eq "{crew.ada.id}"')

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.1-root-query-spans-all-types")
def test_query_of_all_resources_finds_a_group(from_root: Seek, group: Created) -> None:
    """That nothing else has its id is another sentence."""
    response = from_root(f'id eq "{group.id}"')

    expect.status(response, 200)
    expect.contains(expect.ids(response), group.id, f"{response.line}: the ids")


@requirement("rfc7644-3.4.2.1-too-many-results")
def test_query_for_everything_is_answered_or_too_many(everybody: Response) -> None:
    """A list that is cut to a page is as good (AMB-25)."""
    expect.status(everybody, 200, 400)
    told = everybody.body.get("scimType")
    expect.that(
        everybody.status == 200 or told == "tooMany",
        f"{everybody.line}: refused with scimType {told!r}, not tooMany",
    )


@requirement("rfc7644-3.4.2.1-attribute-undefined-type")
def test_attribute_that_a_type_lacks_has_no_value_there(
    from_root: Seek, root_finds_groups: Created
) -> None:
    """A group has no userName, so it does not match; the query is no error."""
    response = from_root(f'id eq "{root_finds_groups.id}" and userName pr')

    expect.finds_nothing(response)
