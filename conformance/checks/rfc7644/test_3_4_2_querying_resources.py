"""RFC 7644, sections 3.4.2 and 3.4.2.4: Query Resources, Pagination."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet


@requirement("rfc7644-3.4.2-empty-result-success")
def test_query_that_finds_nothing_succeeds(crew: Crew, seek: Seek) -> None:
    """404 would say that the endpoint is not there."""
    response = seek(f'userName eq "{crew.prefix}-nobody"')

    expect.status(response, 200)
    expect.attribute(response, "totalResults", 0)


@requirement("rfc7644-3.4.2-unknown-query-parameters-ignored")
def test_unknown_query_parameter_is_ignored(scim: ScimClient, users: str) -> None:
    response = scim.get(users, params={"scimproof": "x", "count": 1})

    expect.status(response, 200)


@requirement("rfc7644-3.4.2-startindex-when-partial")
def test_part_of_a_result_has_a_start_index(page: Seek) -> None:
    response = page(startIndex=2, count=1)

    expect.json_type(response.body.get("startIndex"), "integer", f"{response.line}: startIndex")


@requirement("rfc7644-3.4.2-itemsperpage-when-partial")
def test_part_of_a_result_has_items_per_page(page: Seek) -> None:
    response = page(startIndex=2, count=1)

    expect.json_type(response.body.get("itemsPerPage"), "integer", f"{response.line}: itemsPerPage")


@requirement("rfc7644-3.4.2.4-totalresults-counts-all-pages")
def test_total_counts_all_pages(page: Seek) -> None:
    response = page(count=1)

    expect.attribute(response, "totalResults", 3)


@requirement("rfc7644-3.4.2.4-no-more-than-count")
def test_page_has_no_more_than_count(page: Seek) -> None:
    response = page(count=2)

    expect.that(
        len(response.resources) <= 2,
        f"{response.line}: count is 2, the page has {len(response.resources)}",
    )


@requirement("rfc7644-3.4.2.4-count-0")
def test_count_of_zero_tells_the_total_only(page: Seek) -> None:
    response = page(count=0)

    expect.attribute(response, "totalResults", 3)
    expect.equal(len(response.resources), 0, f"{response.line}: resources")


@requirement("rfc7644-3.4.2.4-negative-count")
def test_negative_count_counts_as_zero(page: Seek) -> None:
    response = page(count=-1)

    expect.status(response, 200)
    expect.equal(len(response.resources), 0, f"{response.line}: resources")


@requirement("rfc7644-3.4.2.4-startindex-default")
def test_first_page_begins_at_the_beginning(page: Seek) -> None:
    response = page(count=1)

    expect.one_of(response.body.get("startIndex"), (1, None), f"{response.line}: startIndex")


@requirement("rfc7644-3.4.2.4-startindex-below-1")
@pytest.mark.parametrize("start", [0, -5])
def test_start_below_one_counts_as_one(page: Seek, start: int) -> None:
    first = page(startIndex=1)

    response = page(startIndex=start)

    expect.status(response, 200)
    expect.equal(
        sorted(expect.ids(response)), sorted(expect.ids(first)), f"{response.line}: the ids"
    )


@requirement("rfc7644-3.4.2.4-startindex-1-based")
def test_pages_meet_without_gap_or_overlap(
    crew: Crew, one_by_one: Callable[..., list[str]]
) -> None:
    found = one_by_one()

    expect.equal(sorted(found), sorted(crew.ids), "the ids on three pages of one")


@requirement("rfc7644-3.4.2.4-response-startindex")
def test_answer_repeats_the_start_index(page: Seek) -> None:
    response = page(startIndex=2, count=2)

    expect.one_of(response.body.get("startIndex"), (2, None), f"{response.line}: startIndex")


@requirement("rfc7644-3.4.2.4-itemsperpage-counts-page")
def test_items_per_page_counts_the_page(page: Seek) -> None:
    """On a short last page the count that was asked for is a deviation (AMB-24)."""
    response = page(startIndex=3, count=2)

    items = response.body.get("itemsPerPage")
    expect.one_of(items, (1, 2, None), f"{response.line}: itemsPerPage")
    expect.tolerable(items in {1, None}, f"{response.line}: itemsPerPage is {items}, not 1")


@requirement("rfc7644-3.4.2.4-beyond-end")
def test_page_past_the_end_is_empty(page: Seek) -> None:
    """A refusal is a deviation (AMB-24)."""
    response = page(startIndex=1000)

    expect.status(response, 200, tolerated=(400,))
    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources")


@requirement("rfc7644-3.4.2.4-non-integer-paging-parameters")
def test_count_that_is_no_number_is_refused(page: Seek) -> None:
    """To ignore it is a deviation."""
    response = page(count="abc")

    expect.status(response, 400, tolerated=(200,))


@pytest.fixture
def found(crew: Crew, seek: Seek) -> Response:
    """``ada`` in a list; blocks where she is not found by her userName."""
    response = seek(f'userName eq "{crew.ada.sent["userName"]}"', count=10)
    if expect.ids_if_listed(response) != [crew.ada.id]:
        raise Unmet("rfc7644-3.4.2.2-only-matches-returned", f"{response.line}: not found")
    return response


@requirement("rfc7644-3.4.2-list-items-full-resources")
def test_items_of_a_list_are_whole_resources(crew: Crew, found: Response) -> None:
    expect.equal(
        found.resources[0].get("displayName"),
        crew.ada.sent["displayName"],
        f"{found.line}: displayName of the item",
    )
