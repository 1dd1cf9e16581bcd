"""RFC 7644, section 2: Authentication and Authorization."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Crew, created
from conformance.client import Response, ScimClient
from conformance.payloads import Payloads
from conformance.run import Run
from conformance.verdict import Unmet


@pytest.fixture
def refused(anonymous: ScimClient, users: str) -> Response:
    """The refusal of a request without credentials."""
    response = anonymous.get(users, params={"count": 1})
    if response.ok:
        raise Unmet(
            "rfc7644-2-invalid-credentials", f"{response.line}: answered without credentials"
        )
    return response


@requirement("rfc7644-2-www-authenticate")
def test_refusal_names_the_authentication_schemes(refused: Response) -> None:
    expect.header(refused, "WWW-Authenticate")


@requirement("rfc7644-3.12-http-401")
def test_missing_credentials_are_answered_with_401(refused: Response) -> None:
    """403 would tell a client that it is known and may not."""
    expect.status(refused, 401)


#: Where a request goes, and what the target must offer so that there is something to protect.
_PLACES = {
    "users": "",
    "user": "",
    "nobody": "",
    "groups": "ResourceTypes contains Group",
    "group": "ResourceTypes contains Group",
    "users-search": "POST /.search supported",
    "root": "base-URI query supported",
    "bulk": "ServiceProviderConfig.bulk.supported",
    "me": "/Me supported",
}


#: What may well not be there where nobody says that it is.
_OPTIONAL = {"users-search", "root", "bulk", "me"}

#: The message that is sent to a place, where it is no resource.
_MESSAGES = {
    "user": "PatchOp",
    "group": "PatchOp",
    "users-search": "SearchRequest",
    "bulk": "BulkRequest",
}


@pytest.fixture
def closed(
    request: pytest.FixtureRequest, run: Run, users: str, groups: str, method: str, place: str
) -> str:
    """The path of a row; the resources are there, and are this check's own."""
    terms = [_PLACES[place]]
    terms += ["ServiceProviderConfig.patch.supported"] if method == "PATCH" else []
    answer = run.features.applies(" && ".join(filter(None, terms)))
    if answer.holds is False or (place in _OPTIONAL and answer.holds is None):
        pytest.skip(answer.reason)
    if place in {"user", "group"}:
        made: Created = request.getfixturevalue(place)
        return made.path
    paths = {"users": users, "groups": groups, "nobody": f"{users}/scimproof-nobody"}
    paths |= {"users-search": f"{users}/.search", "root": "/", "bulk": "/Bulk", "me": "/Me"}
    return paths[place]


@pytest.fixture
def wished(payloads: Payloads, method: str, place: str) -> dict[str, Any] | None:
    """A body that is right, for what is wrong with one may be said before who sent it."""
    message = {"schemas": [f"urn:ietf:params:scim:api:messages:2.0:{_MESSAGES.get(place, '')}"]}
    operation = {"op": "add", "path": "displayName", "value": "scimproof"}
    bodies = {
        ("POST", "users"): payloads.user(),
        ("PUT", "user"): payloads.user(),
        ("POST", "groups"): payloads.group(),
        ("PUT", "group"): payloads.group(),
        ("PATCH", "user"): message | {"Operations": [operation]},
        ("PATCH", "group"): message | {"Operations": [operation]},
        ("POST", "users-search"): message | {"count": 1},
        ("POST", "bulk"): message | {"Operations": []},
    }
    return bodies.get((method, place))


@pytest.fixture
def unseen(place: str) -> tuple[int, ...]:
    """What may also be said of a resource that is not there: section 3.12 has both."""
    return (404,) if place == "nobody" else ()


@requirement("rfc7644-2-invalid-credentials")
@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", "users"),
        ("POST", "users"),
        ("GET", "user"),
        ("PUT", "user"),
        ("PATCH", "user"),
        ("DELETE", "user"),
        ("GET", "nobody"),
        ("GET", "groups"),
        ("POST", "groups"),
        ("GET", "group"),
        ("PUT", "group"),
        ("PATCH", "group"),
        ("DELETE", "group"),
        ("POST", "users-search"),
        ("GET", "root"),
        ("POST", "bulk"),
        ("GET", "me"),
    ],
)
def test_wrong_credentials_are_refused(
    scim: ScimClient,
    closed: str,
    unseen: tuple[int, ...],
    method: str,
    wished: dict[str, Any] | None,
) -> None:
    """404 for what is not there tells a stranger what is, and is a deviation.

    The discovery documents may be public, so they have no row.
    """
    stranger = scim.with_credentials([("Authorization", "Bearer scimproof-wrong-token")])

    response = stranger.request(method, closed, wished)

    expect.status(response, 401, tolerated=(403, *unseen))


@requirement("rfc7644-2-invalid-credentials")
def test_user_is_not_shown_to_who_sends_no_credentials(anonymous: ScimClient, crew: Crew) -> None:
    response = anonymous.get(crew.ada.path)

    expect.status(response, 401, 403)


# A second credential ------------------------------------------------------------------


@pytest.fixture
def limited(scim: ScimClient, run: Run, users: str) -> ScimClient:
    """A client with the second credential; skips where that opens nothing."""
    client = scim.with_credentials(run.target.second_credential or ())
    response = client.get(users, params={"count": 1})
    if response.status == 401:
        pytest.skip("the target does not know the second credential")
    return client


@pytest.fixture
def own(limited: ScimClient, users: str, payloads: Payloads) -> Iterator[Created]:
    """A user that the second credential made; skips where it may make none."""
    sent = payloads.user()
    response = limited.post(users, sent)
    if not response.ok:
        pytest.skip(f"the second credential may not create users: {response.status}")
    made = created(response, sent, users)
    yield made
    limited.delete(made.path)


@requirement("rfc7644-2-client-maps-access-policy")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_limited_credential_changes_nothing_of_others(
    limited: ScimClient, user: Created, method: str
) -> None:
    """A success is a deviation: how far the credential is limited is not for us to know."""
    body = {"PUT": {**user.sent, "displayName": "Taken over"}}

    response = limited.request(method, user.path, body.get(method))

    expect.status(response, 401, 403, 404, 405, tolerated=(200, 202, 204))


@requirement("rfc7644-2-subject-considered")
def test_limited_credential_does_not_read_what_others_made(
    limited: ScimClient, user: Created
) -> None:
    response = limited.get(user.path)

    expect.status(response, 401, 403, 404)


@requirement("rfc7644-2-subject-considered")
def test_limited_credential_does_not_find_what_others_made(
    limited: ScimClient, users: str, user: Created, filters_offered: None
) -> None:
    """Neither as a resource nor in the total."""
    response = limited.find(users, f'userName eq "{user.sent["userName"]}"')

    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources found")
    expect.one_of(response.body.get("totalResults"), (0, None), f"{response.line}: totalResults")


@requirement("rfc7644-2-subject-considered")
def test_limited_credential_reads_what_it_made(limited: ScimClient, own: Created) -> None:
    response = limited.get(own.path)

    expect.status(response, 200)


@requirement("rfc7644-3.12-http-403")
def test_change_that_is_not_permitted_is_forbidden(
    limited: ScimClient, user: Created, patch_offered: None
) -> None:
    """404 keeps from the client that there is such a resource."""
    response = limited.patch(user.path, {"op": "replace", "path": "displayName", "value": "Mine"})

    expect.status(response, 403, 404)


@requirement("rfc7644-2.2-anonymous-requests")
def test_anonymous_create_is_possible(anonymous: ScimClient, users: str) -> None:
    """Self-registration; hardly any provider offers it."""
    response = anonymous.post(users, {"schemas": []})

    expect.that(
        response.status not in {401, 403}, f"{response.line}: anonymous creates are refused"
    )
