"""Okta, Import: the pages of an import have everybody, once, with what Okta needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Crew, Maker
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Okta
from conformance.checks.okta.conftest import StartOkta
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet, Withheld
from emulator import Behaviours
from emulator.replies import RemoteError

#: Numbers that are strings have a sentence of their own.  Whether Okta goes on by 100 or by as
#: many as came is not known: a target whose pages are shorter gets the benefit of the doubt.
LENIENT = Behaviours(strict_numbers=False, import_advance="received")
#: An import reads everybody; a target with more people than this is spared.
MOST_PEOPLE = 2_000
#: So often a list is read again that was changed by others meanwhile.
ATTEMPTS = 5
#: So many users at the beginning of a list are compared with two pages of two.
COMPARED = 4

Users = dict[str, dict[str, Any]]


@pytest.fixture
def few_enough(scim: ScimClient) -> None:
    """Leaves the check untested where an import would ask for more than twenty pages."""
    first = _page(scim, 1, 1)
    total = first.body.get("totalResults") if first.status == 200 else None
    if isinstance(total, int) and total > MOST_PEOPLE:
        raise Withheld(f"an import reads all {total} users; take a tenant with few of them")


@pytest.fixture
def importing(connect: StartOkta, few_enough: None) -> Okta:
    """An org that can import."""
    return connect(behaviours=LENIENT)


@pytest.fixture
def imported(crew: Crew, importing: Okta) -> Users:
    """What an import reads of the users, by id; blocks the check when it can't."""
    return {str(one.get("id")): one for one in _import(importing)}


@requirement("okta-import-readable")
def test_import_ends_without_an_error(crew: Crew, importing: Okta) -> None:
    outcome.imports(importing)


@requirement("okta-import-everybody")
def test_import_finds_everybody(crew: Crew, imported: Users) -> None:
    outcome.among(list(crew.ids), list(imported), "the pages of an import")


@requirement("okta-import-numbers")
def test_pages_have_numbers(importing: Okta, imported: Users) -> None:
    outcome.numbers(importing.sent[0])


@pytest.fixture
def inactive(crew: Crew, scim: ScimClient) -> Created:
    """A user who is not active; skips where the target makes everybody active."""
    response = scim.get(crew.mia.path)
    if response.status == 200 and response.body.get("active") is not False:
        pytest.skip(f"{response.line}: a user is active, though it was created with active false")
    return crew.mia


@requirement("okta-import-inactive-told")
def test_list_tells_who_is_inactive(inactive: Created, imported: Users) -> None:
    found = _of(imported, inactive)

    expect.equal(found.get("active"), False, "the pages of an import: active of an inactive user")


@requirement("okta-import-names")
@needs_attribute("name.givenName", "name.familyName")
def test_list_has_the_names(crew: Crew, imported: Users) -> None:
    found = _of(imported, crew.ada)

    expect.equal(found.get("name", {}).get("familyName"), "Lovelace", "name.familyName in the list")


# Order --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pages:
    """The beginning of the list as one page, and as two pages of two users."""

    beginning: list[str]
    first: list[str]
    second: list[str]


@pytest.fixture
def pages(crew: Crew, scim: ScimClient) -> Pages:
    """Pages of a list whose beginning did not change while they were read.

    Others, such as workers of the same run, may come and go behind it.
    """
    for _ in range(ATTEMPTS):
        whole, first, second, again = (
            _ids(scim, start, count) for start, count in ((1, 100), (1, 2), (3, 2), (1, 100))
        )
        if whole[:COMPARED] == again[:COMPARED]:
            if len(first) > 2:
                raise Unmet("okta-test-api-count", f"a page of 2 has {len(first)} users")
            return Pages(whole[:COMPARED], first, second)
    raise Withheld(f"the list of users was another each of {ATTEMPTS} times it was read twice")


@requirement("okta-import-pages")
def test_pages_follow_one_another(pages: Pages) -> None:
    expect.equal(
        [*pages.first, *pages.second],
        pages.beginning,
        "GET /Users?startIndex=1&count=2 and then startIndex=3, beside one page of 100",
    )


@requirement("okta-import-stable-order")
def test_order_of_a_list_stays(crew: Crew, importing: Okta) -> None:
    first = [str(one.get("id")) for one in _import(importing)]
    second = [str(one.get("id")) for one in _import(importing)]

    expect.equal(
        [one for one in second if one in crew.ids],
        [one for one in first if one in crew.ids],
        "three users in a second import, beside the first",
    )


# Groups -------------------------------------------------------------------------------


@requirement("okta-import-groups")
def test_import_finds_the_groups(connect: StartOkta, few_enough: None, make_group: Maker) -> None:
    group = make_group()
    okta = connect(import_groups=True, behaviours=LENIENT)

    found = _import(okta, "/Groups", "okta-test-api-groups")

    outcome.among([group.id], [str(one.get("id")) for one in found], "the groups of an import")


# Inside -------------------------------------------------------------------------------


def _import(
    okta: Okta, endpoint: str = "/Users", blamed: str = "okta-import-readable"
) -> list[dict[str, Any]]:
    """The resources on all pages of an import, in their order; blocks when it fails."""
    okta.forget()
    try:
        okta.import_now()
    except RemoteError as problem:
        raise Unmet(blamed, f"Okta would show: {problem}") from None
    pages = [one for one in okta.sent if one.path.startswith(f"{endpoint}?")]
    return [resource for page in pages for resource in page.resources]


def _page(scim: ScimClient, start: int, count: int) -> Response:
    """A page of the users, asked for in Okta's form."""
    return scim.get("/Users", params={"startIndex": start, "count": count})


def _ids(scim: ScimClient, start: int, count: int) -> list[str]:
    response = _page(scim, start, count)
    if response.status != 200 or not isinstance(response.body.get("Resources"), list):
        raise Unmet("okta-import-readable", f"{response.line}: {response.status}, and no users")
    return expect.ids(response)


def _of(imported: Users, created: Created) -> dict[str, Any]:
    if created.id not in imported:
        raise Unmet("okta-import-everybody", f"an import did not find {created.id}")
    return imported[created.id]
