"""RFC 7644, section 3.2: SCIM Endpoints and HTTP Methods."""

from __future__ import annotations

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created
from conformance.client import ScimClient
from conformance.discovery import CORE_GROUP, CORE_USER, Features
from conformance.payloads import Payloads


@requirement("rfc7644-3.2-post-resource-url")
def test_post_to_a_resource_creates_nothing(
    scim: ScimClient, user: Created, payloads: Payloads
) -> None:
    response = scim.post(user.path, payloads.user())

    expect.status(response, 400, 404, 405, 501, tolerated=(403,))


@requirement("rfc7644-3.2-methods-type-endpoints")
def test_put_to_the_collection_is_refused(scim: ScimClient, users: str, payloads: Payloads) -> None:
    response = scim.put(users, payloads.user())

    expect.status(response, 404, 405, 501, tolerated=(400, 403))


@requirement("rfc7644-3.2-well-known-endpoints")
def test_users_and_groups_live_where_everybody_looks(features: Features) -> None:
    found = {one.schema: one.endpoint for one in features.resource_types}

    expect.one_of(found.get(CORE_USER), ("/Users", None), "the endpoint of User")
    expect.one_of(found.get(CORE_GROUP), ("/Groups", None), "the endpoint of Group")


@requirement("rfc7644-3.12-http-404")
def test_unknown_endpoint_is_not_found(scim: ScimClient) -> None:
    response = scim.get("/ScimproofNoSuchEndpoint")

    expect.status(response, 404)
