"""RFC 9865, sections 2.1 and 5.2: Pagination Errors, Confidentiality."""

from __future__ import annotations

import re

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew, Seek
from conformance.client import Response, ScimClient
from conformance.cursors import forged, is_readable
from conformance.discovery import Features
from conformance.run import Run

#: What programs say of themselves when they break down, by the language they are written in.
_INSIDES = re.compile(
    r"Traceback \(most recent|\bat [\w.$]+\([\w.]+\.(?:java|kt|scala):\d+\)"
    r"|\bat [\w.<>]+ in .+:line|\bat .+\.(?:js|ts):\d+:\d+|goroutine \d+ \["
    r"|\bSELECT\b.+\bFROM\b|SQLSTATE|ORA-\d{5}"
)


@pytest.fixture
def highest(features: Features) -> int:
    """The largest page that the configuration promises."""
    found = features.setting("pagination.maxPageSize")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        pytest.skip(f"pagination.maxPageSize is {found!r}")
    return found


@pytest.fixture
def stranger(scim: ScimClient, features: Features) -> ScimClient:
    """A client without credentials, where the target wants some."""
    answer = features.applies("target requires authentication")
    if not answer.holds:
        pytest.skip(answer.reason)
    return scim.with_credentials(())


@pytest.fixture
def other(scim: ScimClient, run: Run) -> ScimClient:
    """A client with the second credential."""
    return scim.with_credentials(run.target.second_credential or ())


@pytest.fixture
def seen_by_other(other: ScimClient, users: str, crew: Crew) -> list[str]:
    """The ids of the crew that the second credential may see; skips where that opens nothing."""
    response = other.find(users, f'userName sw "{crew.prefix}"')
    if response.status != 200:
        pytest.skip(f"{response.line}: {response.status} with the second credential")
    return expect.ids(response)


def _is_clear(response: Response) -> bool:
    """The count was cut, or is called invalid in one of the words that are read so (AMB-25)."""
    words = {"invalidCount", "tooMany", "invalidValue"}
    return response.status == 200 or response.body.get("scimType") in words


@requirement("rfc9865-2.1-errors-bad-paging-parameters")
def test_count_that_is_no_number_is_refused_with_an_error(cursor_page: Seek) -> None:
    response = cursor_page(count="abc")

    expect.status(response, 400)
    expect.present(response, "schemas")


@requirement("rfc9865-2.1-invalidcursor")
def test_cursor_that_was_never_given_is_refused(cursor_page: Seek) -> None:
    """Another status of refusal, or another scimType, is a deviation."""
    response = cursor_page("not-a-cursor", count=1)

    expect.status(response, 400, tolerated=(404, 409, 410, 422))
    told = response.body.get("scimType")
    expect.tolerable(told == "invalidCursor", f"{response.line}: scimType is {told!r}")


@requirement("rfc9865-2.1-expiredcursor")
def test_expired_cursor_is_refused(cursor_page: Seek, expired: str) -> None:
    """A cursor may live longer than the target promised; "invalid" is as good a word."""
    response = cursor_page(expired, count=1)

    expect.status(response, 200, 400, tolerated=(404, 409, 410, 422))
    told = response.body.get("scimType")
    expect.tolerable(
        response.status == 200 or told in {"expiredCursor", "invalidCursor"},
        f"{response.line}: scimType is {told!r}, not expiredCursor",
    )


@requirement("rfc9865-2.1-invalidcount")
def test_count_above_the_limit_is_cut_or_invalid(cursor_page: Seek, highest: int) -> None:
    response = cursor_page(count=highest + 1)

    expect.status(response, 200, 400)
    expect.tolerable(_is_clear(response), f"{response.line}: refused, but not with invalidCount")


@requirement("rfc9865-2.1-invalidcount")
def test_count_that_changes_between_pages_is_taken_or_invalid(
    cursor_page: Seek, following: str
) -> None:
    response = cursor_page(following, count=2)

    expect.status(response, 200, 400)
    expect.tolerable(_is_clear(response), f"{response.line}: refused, but not with invalidCount")


@requirement("rfc9865-5.2-results-confined-authorisation")
def test_cursor_of_another_shows_nothing_more(
    other: ScimClient, users: str, crew: Crew, following: str, seen_by_other: list[str]
) -> None:
    query = {"filter": f'userName sw "{crew.prefix}"', "cursor": following, "count": 1}

    response = other.get(users, params=query)

    hidden = sorted(set(expect.ids_if_listed(response)) - set(seen_by_other))
    expect.equal(hidden, [], f"{response.line}: users that the second credential may not see")


@requirement("rfc9865-5.2-continuous-authorisation-checks")
def test_cursor_alone_opens_no_page(
    stranger: ScimClient, users: str, crew: Crew, following: str
) -> None:
    query = {"filter": f'userName sw "{crew.prefix}"', "cursor": following, "count": 1}

    response = stranger.get(users, params=query)

    expect.status(response, 401, 403, tolerated=(400, 404))


@requirement("rfc9865-5.2-obfuscated-cursors")
def test_cursor_can_not_be_read(following: str) -> None:
    expect.that(
        not is_readable(following), f"the cursor {expect.quoted(following)} is plain to read"
    )


@requirement("rfc9865-5.2-forged-cursors-detected")
def test_cursor_with_another_character_is_refused(cursor_page: Seek, following: str) -> None:
    response = cursor_page(forged(following), count=1)

    expect.status(response, 400)
    expect.scim_error(response, scim_type="invalidCursor")


@requirement("rfc9865-5.2-errors-do-not-disclose-data")
def test_refusal_tells_nothing_of_the_inside(cursor_page: Seek) -> None:
    """No stack trace, no statement of a database."""
    response = cursor_page("not-a-cursor", count=1)

    found = _INSIDES.search(response.content.decode("utf-8", "replace"))
    expect.that(found is None, f"{response.line}: the answer holds {found and found[0]!r}")
