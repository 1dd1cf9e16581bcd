"""RFC 7644, section 3.4.3: Querying Resources Using HTTP POST."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet


def _search(crew: Crew, **members: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": f'userName sw "{crew.prefix}"',
        **members,
    }


@requirement("rfc7644-3.4.3-post-search")
def test_search_answers_200(scim: ScimClient, users: str, crew: Crew) -> None:
    everybody = {name: one for name, one in _search(crew, count=2).items() if name != "filter"}

    response = scim.post(f"{users}/.search", everybody)

    expect.status(response, 200)


@requirement("rfc7644-3.4.3-search-filter")
def test_search_filters(scim: ScimClient, users: str, crew: Crew, filters_offered: None) -> None:
    response = scim.post(f"{users}/.search", _search(crew))

    expect.finds(response, *crew.ids)


@requirement("rfc7644-3.4.3-search-attributes")
def test_search_shows_what_is_asked_for(
    scim: ScimClient, users: str, crew: Crew, filters_offered: None
) -> None:
    response = scim.post(f"{users}/.search", _search(crew, attributes=["userName"]))

    expect.equal(
        [one for one in response.resources if "displayName" in one], [], "items with a displayName"
    )


@requirement("rfc7644-3.4.3-search-excludedattributes")
def test_search_leaves_out_what_is_excluded(
    scim: ScimClient, users: str, crew: Crew, filters_offered: None
) -> None:
    body = _search(crew, excludedAttributes=["id", "displayName"])

    response = scim.post(f"{users}/.search", body)

    expect.equal(
        [one for one in response.resources if "displayName" in one or "id" not in one],
        [],
        "items with a displayName or without an id",
    )


@requirement("rfc7644-3.4.3-search-paging")
def test_search_pages(scim: ScimClient, users: str, crew: Crew, page: Seek) -> None:
    response = scim.post(f"{users}/.search", _search(crew, startIndex=2, count=1))

    expect.equal(len(response.resources), 1, f"{response.line}: resources on the page")


@requirement("rfc7644-3.4.3-root-search")
def test_search_at_the_root_finds_a_user(
    scim: ScimClient, crew: Crew, filters_offered: None
) -> None:
    body = {**_search(crew), "filter": f'id eq "{crew.ada.id}"'}

    response = scim.post("/.search", body)

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.3-search-sort")
def test_search_sorts(scim: ScimClient, users: str, crew: Crew, filters_offered: None) -> None:
    body = _search(crew, sortBy="userName", sortOrder="descending")

    response = scim.post(f"{users}/.search", body)

    expect.status(response, 200)
    expect.equal(expect.ids(response), list(reversed(crew.ids)), f"{response.line}: the ids")


@pytest.fixture
def by_post(scim: ScimClient, users: str, crew: Crew) -> Response:
    """The crew, searched for by POST; blocks the check where that finds others too."""
    response = scim.post(f"{users}/.search", _search(crew))
    if response.ok and {*expect.ids(response)} - {*crew.ids}:
        raise Unmet("rfc7644-3.4.3-search-filter", f"{response.line}: the filter was ignored")
    return response


@requirement("rfc7644-3.4.3-search-response")
def test_search_answers_like_a_query(crew: Crew, listed: Seek, by_post: Response) -> None:
    by_get = listed()

    expect.finds(by_post, *crew.ids)
    for_both = ("schemas", "totalResults")
    expect.equal(
        {name: by_post.body.get(name) for name in for_both},
        {name: by_get.body.get(name) for name in for_both},
        f"{by_post.line}: the list",
    )
