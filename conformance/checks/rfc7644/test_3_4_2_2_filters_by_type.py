"""RFC 7644, section 3.4.2.2: Filtering, by what the type of an attribute allows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Crew, Maker, Seek
from conformance.checks.rfc7643.conftest import Pick, Specimen
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER
from conformance.run import Run


@requirement("rfc7644-3.4.2.2-ordering-integers")
def test_integers_are_compared_by_number(
    scim: ScimClient, filters_offered: None, specimen: Specimen, pick: Pick
) -> None:
    """4321 is less than 10000, though as a text it is more."""
    attribute = pick(type="integer", multiValued=(False, None))
    beyond = 10 ** len(str(attribute.sent))
    made = specimen.made

    response = scim.find(
        specimen.kind.type.endpoint, f'id eq "{made.id}" and {attribute.path} lt {beyond}'
    )

    expect.finds(response, made.id)


@requirement("rfc7644-3.4.2.2-co-sw-ew-non-strings")
@needs_attribute("active")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param('active co "t"', id="boolean"),
        pytest.param('meta.created sw "20"', id="datetime"),
    ],
)
def test_part_of_what_is_no_string_is_compared_or_refused(
    crew: Crew, seek: Seek, text: str
) -> None:
    response = seek(f'userName sw "{crew.prefix}" and {text}')

    expect.status(response, 200, 400)


@requirement("rfc7644-3.4.2.2-value-path-sub-attributes")
def test_unknown_sub_attribute_in_a_value_path_finds_nobody(
    crew: Crew, seek: Seek, value_paths: None
) -> None:
    response = seek('emails[favoriteBicycle eq "Gazelle"]')

    expect.status(response, 200, 400)
    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources found")


@pytest.fixture
def value_paths(crew: Crew, seek: Seek) -> None:
    """Skips where value paths are refused: a provider may leave them out."""
    if seek(f'emails[value sw "{crew.prefix}"]').status != 200:
        pytest.skip("the target refuses value paths")


@requirement("rfc7644-3.4.2.2-filter-meta")
def test_meta_can_be_looked_at(run: Run, crew: Crew, seek: Seek, listed: Seek) -> None:
    """A refusal is a deviation; the name of the type is the target's own."""
    kind = run.features.resource_type(CORE_USER)
    name = json.dumps(kind.name if kind else "User")

    response = seek(f'userName sw "{crew.prefix}" and meta.resourceType eq {name}')

    expect.status(response, 200, tolerated=(400, 403, 501))
    expect.finds(response, *crew.ids)


@pytest.fixture
def defaulted(make_user: Maker) -> Created:
    """A user that was given ``active`` by the target; skips where the answer has none."""
    made = make_user()
    found = _active(made.response)
    if "active" in made.sent or found not in (True, False):
        pytest.skip("the target gives new users no value for active")
    return made


def _active(response: Response) -> Any:
    try:
        return response.body.get("active")
    except AssertionError:
        return None


@requirement("rfc7644-3.4.2.2-defaulted-attributes")
@needs_attribute("active")
def test_default_that_was_returned_is_found(defaulted: Created, seek: Seek) -> None:
    value = json.dumps(_active(defaulted.response))

    response = seek(f'id eq "{defaulted.id}" and active eq {value}')

    expect.matches(response, defaulted.id)


@pytest.fixture
def no_filtering(run: Run) -> None:
    """Skips where the target filters, or does not say that it does not."""
    if run.features.applies("ServiceProviderConfig.filter.supported").holds is not False:
        pytest.skip("the target does not say that it has no filters")


@requirement("rfc7644-3.4.2.2-filtering-optional")
def test_filter_that_is_not_offered_is_refused(
    no_filtering: None, scim: ScimClient, users: str, user: Created
) -> None:
    """To list everybody instead misleads who looks for one; nobody would hide who is there."""
    response = scim.find(users, f'userName eq "{user.sent["userName"]}"', count=2)

    expect.status(response, 400, 403, 501)
