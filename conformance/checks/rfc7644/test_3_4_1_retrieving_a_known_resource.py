"""RFC 7644, section 3.4.1: Retrieving a Known Resource."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Read
from conformance.client import ScimClient
from conformance.payloads import Payloads


@requirement("rfc7644-3.4.1-get-known-resource")
def test_resource_is_read_at_its_url(scim: ScimClient, user: Created) -> None:
    response = scim.get(user.path)

    expect.status(response, 200)
    expect.attribute(response, "id", user.id)


@requirement("rfc7644-3.4.1-get-unknown-resource")
def test_unknown_id_is_not_found(
    scim: ScimClient, users: str, user: Created, payloads: Payloads
) -> None:
    """The id has the shape of a real one, so that no server can call it malformed."""
    response = scim.get(f"{users}/{payloads.unknown_id(user.id)}")

    expect.status(response, 404)


@requirement("rfc7644-3.4.1-get-id-only")
def test_user_name_is_no_id(scim: ScimClient, users: str, user: Created) -> None:
    response = scim.get(f"{users}/{user.sent['userName']}")

    expect.status(response, 404, 400, tolerated=(200,))


@pytest.fixture
def told(full_user: Created) -> Created:
    """A user whose creation was answered with a body."""
    if not full_user.response.content:
        pytest.skip("the answer to a create has no body")
    return full_user


@requirement("rfc7644-3.1-responses-reflect-server-state")
def test_answer_to_a_create_is_what_a_read_returns(told: Created, read: Read) -> None:
    """Compared where the client can tell: userName, name, displayName."""
    response = read(told)

    expect.attribute(response, "userName", expect.value(told.response.body, "userName"))
    expect.attribute(response, "displayName", expect.value(told.response.body, "displayName"))


@requirement("rfc7643-3.1-meta-location-resource-uri")
def test_meta_location_leads_to_the_resource(scim: ScimClient, user: Created, read: Read) -> None:
    location = expect.present(read(user), "meta.location")

    response = scim.get(expect.resolved(scim, location))

    expect.status(response, 200)
    expect.attribute(response, "id", user.id)


@requirement("rfc7643-3.1-lastmodified-equals-created-when-unmodified")
def test_last_modified_of_a_new_resource_is_created(user: Created, read: Read) -> None:
    """Two readings of the clock in one create differ by less than a second: a deviation."""
    response = read(user)

    apart = expect.seconds_between(response, "meta.created", "meta.lastModified")
    expect.that(abs(apart) <= 1, f"{response.line}: lastModified is {apart} s after created")
    expect.tolerable(apart == 0, f"{response.line}: lastModified is {apart} s after created")


@requirement("rfc7643-3.1-id-unique-across-provider")
def test_user_and_group_do_not_share_an_id(user: Created, group: Created) -> None:
    expect.that(user.id != group.id, f"the user and the group both have the id {user.id!r}")


@requirement("rfc7643-3.1-bulkid-reserved")
def test_id_does_not_hold_the_word_bulkid(user: Created) -> None:
    expect.that("bulkId" not in user.id, f"the id {user.id!r} has bulkId in it")


#: Says that there is a location at all.
LOCATION_REQUIREMENT = "rfc7643-3.1-meta-location-resource-uri"


@requirement("rfc7644-1.3-base-uri-no-query")
def test_location_has_no_query(user: Created, read: Read) -> None:
    location = expect.given(read(user), "meta.location", LOCATION_REQUIREMENT)

    expect.that("?" not in str(location), f"meta.location is {location!r}")


@requirement("rfc7644-1.3-any-path-prefix")
def test_location_lies_below_the_base_url(scim: ScimClient, user: Created, read: Read) -> None:
    """Another host is a deviation: behind a proxy the target may not know its own name."""
    location = str(expect.given(read(user), "meta.location", LOCATION_REQUIREMENT))

    expect.tolerable(
        location.startswith((scim.target.url, "/")),
        f"meta.location {location!r} does not begin with {scim.target.url}",
    )
