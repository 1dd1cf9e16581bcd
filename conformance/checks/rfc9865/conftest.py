"""Pages by cursor: three users, one on each page."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from conformance.checks.conftest import Seek
from conformance.client import Response
from conformance.discovery import CONFIGURATION_REQUIREMENT, Features
from conformance.verdict import Unmet

FIRST_PAGE = "rfc9865-2-nextcursor-every-page-but-last"

#: A walk ends here, whatever the cursors say.
_PAGES = 10
#: So long a run waits for a cursor to expire.
_PATIENCE = 2.0

Walk = Callable[..., list[Response]]


@pytest.fixture
def cursor_page(listed: Seek, features: Features) -> Seek:
    """A page of the crew by cursor, the first one unless told: ``cursor_page(count=1)``."""
    answer = features.applies("ServiceProviderConfig.pagination.cursor")
    if answer.holds is False:
        pytest.skip(answer.reason)

    def paged(cursor: str = "", **params: object) -> Response:
        return listed(cursor=cursor, **params)

    return paged


def next_cursor(response: Response) -> str:
    """The cursor of the page after ``response``; Unmet when there is none."""
    if response.status != 200:
        raise Unmet(FIRST_PAGE, f"{response.line}: {response.status} {response.reason}")
    found = response.body.get("nextCursor")
    if not isinstance(found, str) or not found:
        raise Unmet(FIRST_PAGE, f"{response.line}: there is more, and no nextCursor")
    return found


@pytest.fixture
def first_page(cursor_page: Seek) -> Response:
    """The first page of one user."""
    response = cursor_page(count=1)
    next_cursor(response)
    return response


@pytest.fixture
def following(first_page: Response) -> str:
    """The cursor of the second page."""
    return next_cursor(first_page)


@pytest.fixture
def walk(cursor_page: Seek) -> Walk:
    """Follows nextCursor from the first page to the last: ``walk(count=1)``."""

    def walked(**params: object) -> list[Response]:
        pages = [cursor_page(**params)]
        cursor = next_cursor(pages[0])
        while cursor and len(pages) < _PAGES:
            pages.append(cursor_page(cursor, **params))
            found = pages[-1].body.get("nextCursor") if pages[-1].status == 200 else None
            cursor = found if isinstance(found, str) else ""
        return pages

    return walked


@pytest.fixture
def expired(features: Features, following: str) -> str:
    """The cursor of the second page, after its time; skips where that is too long to wait for."""
    timeout = features.setting("pagination.cursorTimeout")
    if not isinstance(timeout, int) or isinstance(timeout, bool) or not 0 < timeout < _PATIENCE:
        pytest.skip(f"cursorTimeout is {timeout!r}, and the run waits for no more than 1 second")
    time.sleep(_PATIENCE)
    return following


@pytest.fixture
def pagination(features: Features) -> dict[str, object]:
    """What the configuration says of paging."""
    found = features.setting("pagination")
    if not isinstance(found, dict):
        raise Unmet(CONFIGURATION_REQUIREMENT, f"pagination is {found!r}")
    return found
