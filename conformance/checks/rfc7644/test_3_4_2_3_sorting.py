"""RFC 7644, section 3.4.2.3: Sorting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Crew, Maker, Seek
from conformance.client import Response
from conformance.discovery import CORE_USER, Features
from conformance.run import Run
from conformance.verdict import Unmet


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


@dataclass(frozen=True, slots=True)
class Choir:
    """Three users that sort differently by each rule that one could take for the right one.

    By case or without it (userName, externalId), by the primary email, the
    first or the least one, by the family name or the given one.
    """

    prefix: str
    alto: Created
    bass: Created
    cantor: Created


@pytest.fixture(scope="module")
def choir(run: Run) -> Iterator[Choir]:
    """Made once for all checks of this module."""
    run.recorder.start()
    client = run.client()
    users = run.features.resource_type(CORE_USER)
    endpoint = users.endpoint if users else "/Users"
    make = Maker(client, endpoint, run.payloads.user, run.payloads.fitting)
    prefix = run.payloads.unique("choir")
    name = run.target.user_name_pattern.format
    try:
        yield Choir(
            prefix,
            make(
                userName=name(unique=f"{prefix}-aa"),
                externalId=f"{prefix}-a",
                name={"familyName": "Berg", "givenName": "Carl"},
                emails=[
                    {"value": f"{prefix}-3@example.com", "type": "work"},
                    {"value": f"{prefix}-1@example.com", "type": "home", "primary": True},
                ],
            ),
            make(
                userName=name(unique=f"{prefix}-Ab"),
                externalId=f"{prefix}-B",
                name={"familyName": "Carter", "givenName": "Anna"},
                emails=[{"value": f"{prefix}-2@example.com", "type": "work"}],
            ),
            make(
                userName=name(unique=f"{prefix}-ac"),
                externalId=f"{prefix}-c",
                name={"familyName": "Adler", "givenName": "Berta"},
                emails=[
                    {"value": f"{prefix}-0@example.com", "type": "work"},
                    {"value": f"{prefix}-4@example.com", "type": "home", "primary": True},
                ],
            ),
        )
    finally:
        run.left += client.clean_up()


@pytest.fixture
def sung(choir: Choir, seek: Seek) -> Seek:
    """Lists the choir: ``sung(sortBy="userName")``; blocks where it can't be found."""
    everybody = f'userName sw "{choir.prefix}"'
    whole = seek(everybody)
    if whole.status != 200 or len(whole.resources) != 3:
        raise Unmet("rfc7644-3.4.2.2-operator-sw", f"{whole.line}: the choir was not found")

    def asked(**params: str) -> Response:
        return seek(everybody, **params)

    return asked


def _order(response: Response) -> list[str]:
    """The ids as they were sorted; that a target will not sort by something is a deviation."""
    expect.status(response, 200, tolerated=(400, 403, 501))
    return expect.ids(response)


def _upwards(response: Response, *descending: Created) -> list[str]:
    """The ids as they were sorted; blocks where "ascending" gave the descending order."""
    found = _order(response)
    if found == [one.id for one in descending]:
        problem = f"{response.line}: the order is descending"
        raise Unmet("rfc7644-3.4.2.3-sortby-orders-results", problem)
    return found


def _lost(response: Response, choir: Choir) -> list[str]:
    """Who of the choir a list leaves out; a refused query leaves out nobody."""
    expect.status(response, 200, 400, 403, 501)
    everybody = {choir.alto.id, choir.bass.id, choir.cantor.id}
    return sorted(everybody - set(expect.ids(response))) if response.status == 200 else []


@requirement("rfc7644-3.4.2.3-sort-sub-attribute")
@needs_attribute("name.familyName")
def test_complex_attribute_is_sorted_by_a_sub_attribute(choir: Choir, sung: Seek) -> None:
    response = sung(sortBy="name.familyName")

    expect.equal(
        _order(response),
        [choir.cantor.id, choir.alto.id, choir.bass.id],
        f"{response.line}: the order of the ids",
    )


@requirement("rfc7644-3.4.2.3-sort-multi-valued-attribute")
@needs_attribute("emails")
def test_primary_value_or_the_first_decides(choir: Choir, sung: Seek) -> None:
    response = sung(sortBy="emails.value")

    expect.equal(
        _order(response),
        [choir.alto.id, choir.bass.id, choir.cantor.id],
        f"{response.line}: the order of the ids",
    )


@pytest.fixture
def names_without_case(features: Features) -> None:
    """Skips where the published userName is case-exact: that has a sentence of its own."""
    if (features.attribute(CORE_USER, "userName") or {}).get("caseExact") is True:
        pytest.skip("/Schemas says that userName is case-exact")


@requirement("rfc7644-3.4.2.3-case-rule-sorting")
def test_names_are_sorted_without_case(choir: Choir, sung: Seek, names_without_case: None) -> None:
    response = sung(sortBy="userName", sortOrder="ascending")

    expect.equal(
        _upwards(response, choir.cantor, choir.bass, choir.alto),
        [choir.alto.id, choir.bass.id, choir.cantor.id],
        f"{response.line}: the order of the ids",
    )


@requirement("rfc7644-3.4.2.3-case-rule-sorting")
@pytest.mark.usefixtures("external_id_in_its_case")
def test_external_ids_are_sorted_with_case(choir: Choir, sung: Seek) -> None:
    """Another order is a deviation: where a locale sorts, capitals do not come first."""
    response = sung(sortBy="externalId", sortOrder="ascending")

    expect.tolerable(
        _upwards(response, choir.cantor, choir.alto, choir.bass)
        == [choir.bass.id, choir.alto.id, choir.cantor.id],
        f"{response.line}: B does not come before a and c",
    )


@requirement("rfc7644-3.4.2.3-sort-type")
def test_dates_are_sorted_by_time(choir: Choir, sung: Seek) -> None:
    """Equal times, as a clock of whole seconds makes them, may stand in any order."""
    response = sung(sortBy="meta.created", sortOrder="descending")

    expect.status(response, 200, tolerated=(400, 403, 501))
    times = [_instant(one, response) for one in response.resources]
    expect.that(
        times == sorted(times, reverse=True), f"{response.line}: meta.created is not descending"
    )


def _instant(resource: dict[str, object], response: Response) -> datetime:
    text = expect.value(resource, "meta.created")
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise Unmet(
            "rfc7643-2.3.5-datetime-xsd-datetime",
            f"{response.line}: meta.created is {expect.quoted(str(text))}",
        ) from None


@requirement("rfc7644-3.4.2.3-sortorder-values")
def test_sort_order_that_is_none_loses_nobody(choir: Choir, sung: Seek) -> None:
    """Refused or ignored (AMB-23)."""
    response = sung(sortBy="userName", sortOrder="sideways")

    expect.equal(_lost(response, choir), [], f"{response.line}: who is not listed")


@requirement("rfc7644-3.4.2.3-sort-unknown-attribute")
def test_unknown_attribute_to_sort_by_is_refused_or_ignored(choir: Choir, sung: Seek) -> None:
    response = sung(sortBy="favoriteBicycle")

    expect.status(response, 200, 400)


@pytest.fixture
def no_sorting(run: Run) -> None:
    """Skips where the target sorts, or does not say that it does not."""
    if run.features.applies("ServiceProviderConfig.sort.supported").holds is not False:
        pytest.skip("the target does not say that it has no sorting")


@requirement("rfc7644-3.4.2.3-sorting-optional")
def test_wish_to_sort_loses_nobody_where_nothing_is_sorted(
    no_sorting: None, choir: Choir, sung: Seek
) -> None:
    """Ignored or refused."""
    response = sung(sortBy="userName")

    expect.equal(_lost(response, choir), [], f"{response.line}: who is not listed")
