"""RFC 9865, sections 2.3, 2.4 and 4: Which Method, Service Provider Configuration."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.client import Response, ScimClient
from conformance.discovery import CONFIGURATION_REQUIREMENT, Features
from conformance.verdict import Unmet

Pagination = dict[str, Any]


@pytest.fixture
def only_cursors(features: Features) -> None:
    """Skips where the target pages by index as well."""
    if features.setting("pagination.index") is not False:
        pytest.skip("ServiceProviderConfig does not say pagination.index is false")


@pytest.fixture
def paged_by_cursor(scim: ScimClient, users: str, crew: Crew) -> Response:
    """A page of one user, where asking for a cursor gives one."""
    response = scim.get(users, params={"cursor": "", "count": 1})
    if response.status != 200 or not response.body.get("nextCursor"):
        pytest.skip(f"{response.line}: no nextCursor in the answer")
    return response


def _is_by(method: Any, response: Response) -> bool:
    """A page that is not the last comes by ``method``; where none is named, by any."""
    has_next = bool(response.body.get("nextCursor"))
    match method:
        case "cursor":
            return has_next
        case "index":
            return "startIndex" in response.body or not has_next
    return True


@requirement("rfc9865-2.3-cursor-only-servers")
def test_cursor_is_given_unasked(only_cursors: None, cursor_page: Seek, listed: Seek) -> None:
    response = listed(count=1)

    expect.present(response, "nextCursor")


@requirement("rfc9865-2.4-default-method-chosen")
def test_page_comes_by_the_default_method(
    cursor_page: Seek, listed: Seek, pagination: Pagination
) -> None:
    """By cursor it has a nextCursor, by index a startIndex; it may have both."""
    response = listed(count=1)

    expect.status(response, 200)
    default = pagination.get("defaultPaginationMethod")
    expect.that(
        _is_by(default, response), f"{response.line}: the page is not by the default, {default!r}"
    )


@requirement("rfc9865-2.4-selecting-method")
def test_start_index_asks_for_pages_by_index(first_page: Response, listed: Seek) -> None:
    """The cursor that was asked for is there; a nextCursor may be there beside the index."""
    response = listed(startIndex=1, count=1)

    expect.that(
        "startIndex" in response.body or "nextCursor" not in response.body,
        f"{response.line}: startIndex was asked for, and the page came by cursor",
    )


@pytest.fixture
def configuration(features: Features) -> None:
    """Blocks the check where the configuration can't be read."""
    if features.config is None:
        raise Unmet(CONFIGURATION_REQUIREMENT, "/ServiceProviderConfig gave no usable answer")


@requirement("rfc9865-4-pagination-advertised")
def test_pages_by_cursor_are_published(
    paged_by_cursor: Response, features: Features, configuration: None
) -> None:
    expect.that(
        features.setting("pagination") is not None,
        f"{paged_by_cursor.line}: a nextCursor, but no pagination in ServiceProviderConfig",
    )


@requirement("rfc9865-4-pagination-cursor")
def test_configuration_says_whether_there_are_cursors(pagination: Pagination) -> None:
    expect.json_type(pagination.get("cursor"), "boolean", "pagination.cursor")


@requirement("rfc9865-4-pagination-index")
def test_configuration_says_whether_there_is_an_index(pagination: Pagination) -> None:
    expect.json_type(pagination.get("index"), "boolean", "pagination.index")


@requirement("rfc9865-4-pagination-defaultpaginationmethod")
def test_default_method_is_one_that_is_offered(pagination: Pagination) -> None:
    default = pagination.get("defaultPaginationMethod")

    expect.one_of(default, ("cursor", "index"), "pagination.defaultPaginationMethod")
    expect.that(
        pagination.get(str(default)) is not False,
        f"pagination.defaultPaginationMethod is {default}, which is not offered",
    )


@requirement("rfc9865-4-pagination-defaultpagesize")
def test_default_page_size_is_a_positive_number(pagination: Pagination) -> None:
    size = pagination.get("defaultPageSize")

    expect.json_type(size, "integer", "pagination.defaultPageSize")
    expect.that(isinstance(size, int) and size > 0, f"pagination.defaultPageSize is {size}")


@requirement("rfc9865-4-pagination-maxpagesize")
def test_largest_page_is_at_least_the_default_one(pagination: Pagination) -> None:
    size, default = pagination.get("maxPageSize"), pagination.get("defaultPageSize")

    expect.json_type(size, "integer", "pagination.maxPageSize")
    least = max(default if isinstance(default, int) else 1, 1)
    expect.that(
        isinstance(size, int) and size >= least,
        f"maxPageSize is {size}, defaultPageSize is {default}",
    )


@requirement("rfc9865-4-pagination-cursortimeout")
def test_time_of_a_cursor_is_a_positive_number(pagination: Pagination) -> None:
    """That a cursor works within this time, every check with a second page has seen."""
    seconds = pagination.get("cursorTimeout")

    expect.json_type(seconds, "integer", "pagination.cursorTimeout")
    expect.that(isinstance(seconds, int) and seconds > 0, f"pagination.cursorTimeout is {seconds}")
