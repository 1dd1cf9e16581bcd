"""RFC 9865, sections 2, 2.2 and 3: Query Parameters and Response Attributes, Sorting, POST."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.checks.rfc9865.conftest import Walk
from conformance.client import Response, ScimClient
from conformance.cursors import UNRESERVED
from conformance.verdict import Unmet


@pytest.fixture
def second_page(cursor_page: Seek, following: str) -> Response:
    """The second page of one user, where it is answered."""
    response = cursor_page(following, count=1)
    if response.status != 200:
        raise Unmet("rfc9865-2-nextcursor-omitted-only-end", f"{response.line}: {response.status}")
    return response


@pytest.fixture
def total(cursor_page: Seek) -> int | None:
    """What a page says of the number of all results, if anything."""
    response = cursor_page(count=1)
    found = response.body.get("totalResults")
    if found is not None and (not isinstance(found, int) or found < 0):
        raise Unmet("rfc9865-2-totalresults-omitted", f"{response.line}: totalResults is {found!r}")
    return found


def _ids(pages: list[Response]) -> list[str]:
    return [one for page in pages for one in expect.ids_if_listed(page)]


@requirement("rfc9865-2-cursor-character-set")
def test_cursors_need_no_escape_in_a_url(first_page: Response, second_page: Response) -> None:
    """Base64 with "=", "+" or "/" does."""
    found = [
        str(page.body[name])
        for page in (first_page, second_page)
        for name in ("nextCursor", "previousCursor")
        if page.body.get(name)
    ]

    odd = [one for one in found if not UNRESERVED.fullmatch(one)]
    expect.equal(odd, [], f"{first_page.line}: cursors with other characters")


@requirement("rfc9865-2-negative-count-cursor")
def test_negative_count_counts_as_zero(cursor_page: Seek) -> None:
    """Another sentence calls it an invalid count, so 400 is a deviation."""
    response = cursor_page(count=-1)

    expect.status(response, 200, tolerated=(400,))
    expect.equal(len(response.resources), 0, f"{response.line}: resources")


@requirement("rfc9865-2-count-0-cursor")
def test_count_of_zero_shows_no_resources(cursor_page: Seek) -> None:
    response = cursor_page(count=0)

    expect.status(response, 200)
    expect.equal(len(response.resources), 0, f"{response.line}: resources")


@requirement("rfc9865-2-no-more-than-count-cursor")
def test_page_has_no_more_than_count(cursor_page: Seek) -> None:
    response = cursor_page(count=2)

    expect.status(response, 200)
    expect.that(
        len(response.resources) <= 2,
        f"{response.line}: count is 2, the page has {len(response.resources)}",
    )


@requirement("rfc9865-2-fewer-than-count-cursor")
def test_page_shorter_than_count_loses_nothing(crew: Crew, walk: Walk) -> None:
    """Pages may be short, or empty; what is missing there comes with the next."""
    pages = walk(count=2)

    expect.equal(sorted(_ids(pages)), sorted(crew.ids), "the ids on all pages of two")


@requirement("rfc9865-2-nextcursor-every-page-but-last")
def test_page_that_is_not_the_last_has_a_next_cursor(cursor_page: Seek) -> None:
    response = cursor_page(count=1)

    expect.status(response, 200)
    found = response.body.get("nextCursor")
    expect.json_type(found, "string", f"{response.line}: nextCursor of the first of three pages")
    expect.that(bool(found), f"{response.line}: nextCursor is empty")


@requirement("rfc9865-2-nextcursor-omitted-only-end")
def test_pages_go_on_to_the_last_result(crew: Crew, walk: Walk) -> None:
    """An empty last page is allowed; an empty cursor, or null, instead of none is a deviation."""
    pages = walk(count=1)

    expect.equal(sorted(_ids(pages)), sorted(crew.ids), "the ids on all pages of one")
    last = pages[-1]
    expect.tolerable(
        "nextCursor" not in last.body, f"{last.line}: nextCursor is there on the last page"
    )


@requirement("rfc9865-2-previouscursor-optional")
def test_previous_cursor_leads_back(
    cursor_page: Seek, first_page: Response, second_page: Response
) -> None:
    cursor = expect.present(second_page, "previousCursor")

    response = cursor_page(str(cursor), count=1)

    expect.status(response, 200)
    expect.equal(expect.ids(response), expect.ids(first_page), f"{response.line}: the ids")


@requirement("rfc9865-2-previouscursor-not-first-page")
def test_first_page_has_no_previous_cursor(first_page: Response) -> None:
    """A null stands for no value; an empty text is a deviation."""
    found = first_page.body.get("previousCursor")

    expect.that(not found, f"{first_page.line}: the first page has a previousCursor")
    expect.tolerable(found is None, f"{first_page.line}: previousCursor is {found!r}")


@requirement("rfc9865-2-accurate-totalresults")
def test_total_is_right_where_it_is_told(total: int | None) -> None:
    expect.one_of(total, (3, None), "totalResults of three results")


@requirement("rfc9865-2-totalresults-omitted")
def test_total_that_is_not_known_is_left_out(cursor_page: Seek) -> None:
    """Where it is there it is a number of results."""
    response = cursor_page(count=1)

    found = response.body.get("totalResults", len(response.resources))
    expect.json_type(found, "number", f"{response.line}: totalResults")
    expect.that(found >= len(response.resources), f"{response.line}: totalResults is {found}")


@requirement("rfc9865-2.2-sorted-cursor-pages")
def test_pages_are_sorted(crew: Crew, walk: Walk) -> None:
    pages = walk(count=1, sortBy="userName", sortOrder="descending")

    expect.equal(_ids(pages), list(reversed(crew.ids)), "the ids on all pages")


@requirement("rfc9865-3-cursor-search")
def test_search_pages_by_cursor(
    scim: ScimClient, users: str, crew: Crew, first_page: Response
) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": f'userName sw "{crew.prefix}"',
        "count": 1,
    }
    first = scim.post(f"{users}/.search", {**body, "cursor": ""})
    expect.status(first, 200)
    cursor = expect.present(first, "nextCursor")

    second = scim.post(f"{users}/.search", {**body, "cursor": cursor})

    expect.status(second, 200)
    expect.equal(
        len({*expect.ids(first), *expect.ids(second)} & {*crew.ids}),
        2,
        f"{second.line}: users of ours on two pages of one",
    )
