"""RFC 7644, section 3.4.2.4: Pagination: how large pages are."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.client import Response

#: A walk ends here, however short the pages are.
_PAGES = 6


@pytest.fixture
def two_by_two(page: Seek) -> list[Response]:
    """Pages of two, each beginning after what has come so far."""
    pages = [page(startIndex=1, count=2)]
    while pages[-1].resources and len(pages) < _PAGES:
        so_far = sum(len(one.resources) for one in pages)
        pages.append(page(startIndex=so_far + 1, count=2))
    return pages


@requirement("rfc7644-3.4.2.4-fewer-than-count")
def test_page_shorter_than_count_loses_nothing(crew: Crew, two_by_two: list[Response]) -> None:
    """What is missing on a short page comes with the next."""
    found = [identifier for one in two_by_two for identifier in expect.ids(one)]

    expect.equal(sorted(found), sorted(crew.ids), "the ids on all pages of two")


@requirement("rfc7644-3.4.2.4-server-page-limit")
def test_page_of_no_wanted_size_is_part_of_the_total(page: Seek) -> None:
    response = page(attributes="userName")

    expect.status(response, 200)
    total = response.body.get("totalResults", 0)
    expect.that(
        0 < len(response.resources) <= total,
        f"{response.line}: totalResults is {total}, the page has {len(response.resources)}",
    )
