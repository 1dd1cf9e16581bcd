"""RFC 7644, section 3.4.2.3: Sorting."""

from __future__ import annotations

from collections.abc import Callable

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Crew, Seek


@requirement("rfc7644-3.4.2.3-sortby-orders-results")
def test_results_are_sorted_by_an_attribute(crew: Crew, listed: Seek) -> None:
    response = listed(sortBy="userName", sortOrder="ascending")

    expect.equal(expect.ids(response), list(crew.ids), f"{response.line}: the order of the ids")


@requirement("rfc7644-3.4.2.3-default-order-ascending")
def test_order_is_ascending_by_default(crew: Crew, listed: Seek) -> None:
    response = listed(sortBy="userName")

    expect.equal(expect.ids(response), list(crew.ids), f"{response.line}: the order of the ids")


@requirement("rfc7644-3.4.2.3-descending")
def test_order_can_be_descending(crew: Crew, listed: Seek) -> None:
    response = listed(sortBy="userName", sortOrder="descending")

    expect.equal(
        expect.ids(response), list(reversed(crew.ids)), f"{response.line}: the order of the ids"
    )


@requirement("rfc7644-3.4.2.3-missing-values-sort-last-first")
@needs_attribute("title")
def test_missing_values_sort_last(crew: Crew, listed: Seek) -> None:
    response = listed(sortBy="title")

    expect.equal(
        expect.ids(response),
        [crew.ada.id, crew.zoe.id, crew.mia.id],
        f"{response.line}: the order of the ids",
    )


@requirement("rfc7644-3.4.2.3-sort-paging")
def test_order_holds_across_pages(crew: Crew, one_by_one: Callable[..., list[str]]) -> None:
    found = one_by_one(sortBy="userName", sortOrder="descending")

    expect.equal(found, list(reversed(crew.ids)), "the order of the ids over three pages")
