"""RFC 7643, section 3: SCIM Resources, and the attributes that all of them have."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER, Features

PROJECTION = "rfc7644-3.4.2.5-attributes-excludedattributes-supported"
#: How far the clocks of a target's parts may be apart, in seconds.
SKEW = 600


@requirement("rfc7643-3-core-attributes-top-level")
def test_core_attributes_are_not_in_a_container(user: Created, read: Read) -> None:
    response = read(user)

    expect.present(response, "userName")
    expect.lacks(response.body, CORE_USER, f"{response.line}: the user")


@pytest.fixture
def id_is_listed(features: Features) -> None:
    """Skips where no schema lists the id with other characteristics than section 3.1."""
    listed = features.attribute(CORE_USER, "id") or {}
    if listed.get("returned", "always") == "always":
        pytest.skip("/Schemas does not list the id with another returned than section 3.1")


@requirement("rfc7643-3.1-common-characteristics-take-precedence")
def test_id_is_always_returned_whatever_its_schema_lists(
    scim: ScimClient, user: Created, id_is_listed: None
) -> None:
    response = scim.get(user.path, params={"attributes": "externalId"})

    expect.present(response, "id")


@pytest.fixture
def swapped_id(user: Created) -> str:
    """The id of the user, its letters in the other case."""
    if user.id.swapcase() == user.id:
        pytest.skip("the ids of the target have no letters")
    return user.id.swapcase()


@requirement("rfc7643-3.1-id-case-exact")
def test_id_in_another_case_is_another_id(scim: ScimClient, users: str, swapped_id: str) -> None:
    """Whoever keeps ids as UUIDs compares them without case: a deviation."""
    response = scim.find(users, f"id eq {json.dumps(swapped_id)}")

    found = expect.ids_if_listed(response)
    expect.tolerable(
        swapped_id.lower() not in [one.lower() for one in found],
        f"{response.line}: an id in another case was found",
    )


@requirement("rfc7643-3.1-meta-sub-attributes-returned-default")
def test_part_of_meta_is_there_when_asked_for(scim: ScimClient, user: Created, read: Read) -> None:
    """Whether meta is there when something else is asked for is open (AMB-42)."""
    expect.given(read(user), "meta.location", "rfc7643-3.1-server-assigns-id-meta")

    response = scim.get(user.path, params={"attributes": "meta.location"})

    expect.status(response, 200)
    expect.present(response, "meta.location")


@pytest.fixture
def nicknamed(make_user: Maker) -> Created:
    """A user that was created just now; skips where the answer tells no time of its own."""
    made = make_user(nickName="Ada")
    if _moment(made.response) is None:
        pytest.skip("the target sends no Date")
    return made


def _moment(response: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.header("Date") or "")
    except ValueError:
        return None


@requirement("rfc7643-3.1-meta-created-datetime")
@needs_attribute("nickName")
def test_created_is_the_time_of_the_create(nicknamed: Created, read: Read) -> None:
    """By the clock that the target shows in Date, ten minutes more or less."""
    response = read(nicknamed)

    apart = expect.seconds_since(response, "meta.created", _moment(nicknamed.response))
    expect.that(
        abs(apart) <= SKEW,
        f"{response.line}: meta.created is {apart:.0f} seconds from the time of the create",
    )
