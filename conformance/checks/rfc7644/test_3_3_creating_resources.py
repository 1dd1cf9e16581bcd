"""RFC 7644, section 3.3: Creating Resources."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Outcome, Read
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER
from conformance.payloads import Payloads
from conformance.verdict import Unmet


@pytest.fixture
def twin(scim: ScimClient, users: str, payloads: Payloads, user: Created) -> Response:
    """The refusal of a second user with the userName of the first."""
    response = scim.post(users, payloads.user(userName=user.sent["userName"]))
    if response.ok:
        raise Unmet("rfc7643-4.1.1-username-unique", f"{response.line}: a taken name was accepted")
    return response


@requirement("rfc7644-3.3-create-post")
def test_post_to_the_type_endpoint_creates(
    scim: ScimClient, users: str, payloads: Payloads
) -> None:
    response = scim.post(users, payloads.user())

    expect.success(response)


@requirement("rfc7644-3.3-201-created")
def test_create_answers_201(user: Created) -> None:
    expect.status(user.response, 201)


@requirement("rfc7644-3.3-body-create")
def test_create_answers_with_the_resource(user: Created) -> None:
    expect.that(
        user.response.content != b"" and user.response.body.get("userName") is not None,
        f"{user.response.line}: expected the new resource in the body",
    )


@requirement("rfc7644-3.3-location-header")
def test_create_names_the_new_resource_in_location(
    scim: ScimClient, user: Created, readable: None
) -> None:
    location = expect.header(user.response, "Location")

    expect.tolerable(bool(urlsplit(location).scheme), f"Location is relative: {location[:200]!r}")
    expect.status(scim.get(location), 200)


@requirement("rfc7644-3.3-meta-location-body")
def test_location_is_meta_location(located: Created) -> None:
    expect.attribute(located.response, "meta.location", located.response.header("Location"))


@pytest.fixture
def located(user: Created) -> Created:
    """A user whose creation was answered with a body and a Location."""
    if user.response.header("Location") is None:
        raise Unmet("rfc7644-3.3-location-header", "the answer to the create has no Location")
    if not user.response.content:
        raise Unmet("rfc7644-3.3-body-create", "the answer to the create has no body")
    return user


@requirement("rfc7644-3.3-readonly-ignored-create")
def test_read_only_id_in_a_create_is_ignored(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """A client must not send an id; a refusal is a deviation, to adopt it is a violation."""
    mine = payloads.unique()

    response = scim.post(users, payloads.user(id=mine))

    expect.status(response, 200, 201, tolerated=(400,))
    found = outcome(response).body.get("id") if response.ok else None
    expect.that(found != mine, f"{response.line}: the client's id {mine!r} was adopted")


@requirement("rfc7643-3.1-meta-ignored-input")
def test_meta_in_a_create_is_ignored(make_user: Maker, read: Read) -> None:
    forged = {"resourceType": "Elsewhere", "created": "1999-01-01T00:00:00Z"}

    made = make_user(meta=forged)

    response = read(made)
    expect.that(
        expect.value(response.body, "meta.created") != forged["created"],
        f"{response.line}: meta.created is the client's",
    )


@requirement("rfc7644-3.3-duplicate-create")
def test_second_user_with_a_taken_name_is_refused_with_409_and_uniqueness(twin: Response) -> None:
    """The RFC leaves it to the provider what conflicts, but this very case is its example."""
    expect.status(twin, 409)
    expect.scim_error(twin, scim_type="uniqueness")


@requirement("rfc7644-3.3-malformed-json-create")
def test_create_that_is_not_json_is_refused_with_400(
    scim: ScimClient, users: str, user: Created
) -> None:
    """``user`` proves that a good create is accepted."""
    response = scim.post(users, content=b'{"schemas": [')

    expect.status(response, 400)


@requirement("rfc7644-3.3-missing-required-attribute-create")
def test_create_without_a_user_name_is_refused_with_400(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """``user`` proves that the same create with a userName is accepted."""
    response = scim.post(users, payloads.user(userName=None, displayName=payloads.unique()))

    expect.status(response, 400)


@requirement("rfc7644-3.3-wrong-type-create")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"name": "not an object"}, id="string-for-complex"),
        pytest.param({"emails": "not an array"}, id="string-for-multi-valued"),
    ],
)
def test_create_with_a_value_of_the_wrong_type_is_refused_with_400(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, wrong: dict[str, str]
) -> None:
    """``user`` proves that the create without the wrong value is accepted."""
    response = scim.post(users, payloads.user(**wrong))

    expect.status(response, 400)


@requirement("rfc7644-3.3-unknown-attributes-create")
def test_unknown_attribute_in_a_create_is_not_echoed(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """The text has no rule: ignoring it and refusing it are both fine."""
    response = scim.post(users, payloads.user(favoriteBicycle="Gazelle"))

    expect.status(response, 200, 201, 400)
    expect.lacks(outcome(response).body, "favoriteBicycle", f"{response.line}: the answer")


@requirement("rfc7644-3.3-unknown-schema-uri-create")
def test_unknown_schema_in_a_create_is_refused_or_dropped(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """Echoing it would say that the resource has attributes of a schema nobody knows."""
    unknown = "urn:example:params:scim:schemas:unknown:1.0:Thing"

    response = scim.post(users, payloads.user(schemas=[CORE_USER, unknown]))

    expect.status(response, 200, 201, 400)
    expect.lacks(outcome(response).body.get("schemas"), unknown, f"{response.line}: schemas")


@requirement("rfc7644-3.3.1-resourcetype-set-endpoint")
def test_resource_type_comes_from_the_endpoint(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """Whatever the client writes into meta.resourceType."""
    response = scim.post(users, payloads.user(meta={"resourceType": "Group"}))

    expect.status(response, 200, 201)
    expect.that(
        expect.value(outcome(response).body, "meta.resourceType") != "Group",
        f"{response.line}: meta.resourceType is what the client sent, not that of the endpoint",
    )


@requirement("rfc7643-2.5-null-absence-equivalent")
def test_null_and_empty_list_in_a_create_mean_no_value(
    make_user: Maker, payloads: Payloads, read: Read
) -> None:
    """A provider may make an email of the userName; then it makes one of no emails, too."""
    plain = read(make_user())
    made = make_user(payloads.user() | {"nickName": None, "emails": []})

    response = read(made)
    expect.absent(response, "nickName")
    expect.equal(
        len(expect.elements(response, "emails")),
        len(expect.elements(plain, "emails")),
        f"{response.line}: emails, as many as without the attribute",
    )


@requirement("rfc7643-3.1-server-assigns-id-meta")
def test_new_resource_has_created_and_last_modified(user: Created, read: Read) -> None:
    """The id, the location and the type have sentences of their own."""
    response = read(user)

    expect.present(response, "meta.created")
    expect.present(response, "meta.lastModified")


@requirement("rfc7643-3.1-externalid-not-set-server")
def test_server_invents_no_external_id(user: Created, read: Read) -> None:
    response = read(user)

    expect.absent(response, "externalId")


@requirement("rfc7643-3.1-externalid-uniqueness-not-enforced")
def test_two_users_may_have_one_external_id(
    scim: ScimClient, users: str, make_user: Maker, payloads: Payloads
) -> None:
    """The client answers for it; a refusal is common, and a deviation."""
    first = make_user(externalId=payloads.unique("external"))

    response = scim.post(users, payloads.user(externalId=first.sent["externalId"]))

    expect.status(response, 200, 201, tolerated=(409,))


@requirement("rfc7643-3-common-attributes-always-scope")
@pytest.mark.usefixtures("external_id_kept")
def test_external_id_is_stored_whatever_schemas_says(
    make_user: Maker, payloads: Payloads, read: Read
) -> None:
    made = make_user(externalId=payloads.unique("external"))

    expect.attribute(read(made), "externalId", made.sent["externalId"])


@requirement("rfc7643-2.3.8-member-order-irrelevant")
def test_order_of_members_does_not_matter(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """``user`` was sent with ``schemas`` first; here it comes last."""
    body = payloads.user()

    response = scim.post(users, dict(reversed(body.items())))

    expect.success(response)


@requirement("rfc7643-2.1-attribute-names-case-insensitive")
def test_attribute_names_in_a_body_are_read_in_any_case(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """A refusal is a deviation (AMB-50), for nearly every JSON library compares names exactly."""
    body = payloads.user(DISPLAYNAME="Ada Lovelace")

    response = scim.post(users, body)

    expect.status(response, 200, 201, tolerated=(400,))
    expect.tolerable(
        expect.value(outcome(response).body, "displayName") == "Ada Lovelace",
        f"{response.line}: DISPLAYNAME was accepted and dropped",
    )


@requirement("rfc7643-2.3.2-non-boolean-input-boolean")
def test_string_for_a_boolean_is_refused(
    scim: ScimClient, users: str, payloads: Payloads, user: Created, outcome: Outcome
) -> None:
    """A server that reads "False" as false is lenient; one that reads it as true is wrong."""
    response = scim.post(users, payloads.user(active="False"))

    expect.status(response, 200, 201, 400)
    expect.lacks(
        [True, "False", "false"], outcome(response).body.get("active"), f"{response.line}: active"
    )
    expect.status(response, 400, tolerated=(200, 201))


@requirement("rfc7644-3.3-defaults-assigned")
def test_default_in_the_answer_to_a_create_is_kept(user: Created, read: Read) -> None:
    """Who leaves an attribute out is told what it is, and finds it so afterwards."""
    defaults = {one: value for one, value in _told(user).items() if isinstance(value, str | bool)}

    found = read(user)

    expect.equal(
        {one: found.body.get(one) for one in defaults}, defaults, f"{found.line}: the defaults"
    )


def _told(made: Created) -> dict[str, Any]:
    """What the answer to a create has besides what was sent; the body is only a SHOULD.

    A password in it has a sentence of its own.
    """
    try:
        body = made.response.body
    except AssertionError:
        return {}
    common = {"schemas", "id", "externalId", "meta", "password"}
    return {name: value for name, value in body.items() if name not in {*made.sent, *common}}
