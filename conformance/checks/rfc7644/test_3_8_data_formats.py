"""RFC 7644, section 3.8: Data Input/Output Formats."""

from __future__ import annotations

import json

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import JSON, SCIM, ScimClient
from conformance.payloads import Payloads


@requirement("rfc7644-3.8-accept-application-json")
def test_json_can_be_asked_for(scim: ScimClient, user: Created, readable: None) -> None:
    response = scim.get(user.path, headers={"Accept": JSON})

    expect.status(response, 200)
    expect.media_type(response, SCIM, JSON)


@requirement("rfc7644-3.8-default-format")
def test_answer_to_any_media_type_is_scim_json(
    scim: ScimClient, user: Created, readable: None
) -> None:
    response = scim.get(user.path, headers={"Accept": "*/*"})

    expect.status(response, 200)
    expect.media_type(response, SCIM, tolerated=(JSON,))


@requirement("rfc7644-3.8-request-content-type")
def test_json_is_read_as_scim_json_is(
    scim: ScimClient, users: str, payloads: Payloads, user: Created
) -> None:
    """``user`` was created as application/scim+json."""
    response = scim.post(users, payloads.user(), headers={"Content-Type": JSON})

    expect.status(response, 200, 201, tolerated=(415,))


@requirement("rfc7644-3.8-other-media-types")
def test_another_media_type_may_be_asked_for(scim: ScimClient, user: Created) -> None:
    """In it, in JSON, or 406: no client is worse off for having asked."""
    response = scim.get(user.path, headers={"Accept": "text/csv"})

    expect.no_crash(response)
    expect.status(response, 200, 406)


@requirement("rfc7643-2.3.1-strings-unicode-utf-8")
def test_every_kind_of_character_survives(
    make_user: Maker, read: Read, display_name_kept: None
) -> None:
    """Chinese, a combining mark, a character beyond the basic plane, right-to-left text."""
    name = "王 e\u0301 𝒳 שלום 😀"

    made = make_user(displayName=name)

    expect.attribute(read(made), "displayName", name)


@requirement("rfc7644-3.8-uri-suffix-scim")
def test_format_can_be_chosen_by_a_suffix(scim: ScimClient, user: Created) -> None:
    response = scim.get(f"{user.path}.scim")

    expect.status(response, 200)


@requirement("rfc7644-1.2-percent-encoding")
def test_percent_encoding_is_decoded(
    scim: ScimClient, users: str, make_user: Maker, payloads: Payloads, filters_offered: None
) -> None:
    """A plus sign, an ampersand and a hash in a userName, encoded in the filter."""
    name = f"{payloads.unique()}+a&b#c@example.com"
    made = make_user(userName=name)

    response = scim.find(users, f"userName eq {json.dumps(name)}")

    expect.finds(response, made.id)
