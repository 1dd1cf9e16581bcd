"""RFC 7644, section 3.5.2.3: Replace Operation, where it succeeds."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Read
from conformance.client import ScimClient
from conformance.discovery import CORE_GROUP, ENTERPRISE_USER
from conformance.payloads import Payloads
from conformance.run import Run

HOME = {"type": "home", "locality": "Oslo", "country": "NO"}
WORK = {"type": "work", "locality": "Hollywood", "country": "US"}


@pytest.fixture(autouse=True)
def _patching(patchable: None) -> None:
    """Blocks the checks of this module where no PATCH is carried out at all."""


@pytest.fixture
def two_mails(payloads: Payloads) -> list[str]:
    """Two mail addresses nobody has."""
    return [f"{payloads.unique('mail')}@example.com" for _ in range(2)]


@pytest.fixture
def with_mails(make_user: Maker, two_mails: list[str]) -> Created:
    """A user with a work and a home mail address."""
    kinds = zip(two_mails, ("work", "home"), strict=True)
    return make_user(emails=[{"value": value, "type": kind} for value, kind in kinds])


@pytest.fixture
def with_addresses(make_user: Maker) -> Created:
    """A user with an address at work and one at home."""
    return make_user(addresses=[WORK, HOME])


@pytest.fixture
def with_name(make_user: Maker, read: Read) -> Created:
    """A user with a given and a family name; blocks the check where they are not kept."""
    made = make_user(name={"givenName": "Ada", "familyName": "King"})
    expect.given(read(made), "name.familyName", "rfc7643-4.1.1-name-parts")
    return made


@requirement("rfc7644-3.5.2.3-replace-no-path")
@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"active": False}, id="deactivation"),
        pytest.param({"title": "Lead", "displayName": "Ada Lovelace"}, id="profile"),
    ],
)
@needs_attribute("title", "displayName", "active")
def test_replace_without_path_sets_what_the_value_holds(
    scim: ScimClient, make_user: Maker, read: Read, value: dict[str, Any]
) -> None:
    user = make_user(title="Engineer", displayName="Ada", active=True)

    response = scim.patch(user.path, {"op": "replace", "value": value})

    expect.success(response)
    now = read(user)
    expect.equal({name: now.body.get(name) for name in value}, value, f"{now.line}: the new values")
    expect.attribute(now, "userName", user.sent["userName"])


@requirement("rfc7644-3.5.2.3-replace-no-path-multi-valued")
@needs_attribute("emails")
def test_replace_without_path_replaces_all_elements(
    scim: ScimClient, with_mails: Created, payloads: Payloads, read: Read
) -> None:
    value = f"{payloads.unique()}@example.net"

    response = scim.patch(
        with_mails.path,
        {"op": "replace", "value": {"emails": [{"value": value}]}},
    )

    expect.success(response)
    expect.values(read(with_mails), "emails", value)


@requirement("rfc7644-3.5.2.3-replace-no-path-complex")
@needs_attribute("name.givenName", "name.familyName")
def test_replace_without_path_keeps_the_rest_of_a_complex_attribute(
    scim: ScimClient, with_name: Created, read: Read
) -> None:
    """To lose the sub-attributes that were not sent is a deviation (AMB-60)."""
    response = scim.patch(
        with_name.path, {"op": "replace", "value": {"name": {"givenName": "Augusta"}}}
    )

    expect.success(response)
    now = read(with_name)
    expect.attribute(now, "name.givenName", "Augusta")
    expect.tolerable(
        expect.value(now.body, "name.familyName") == "King",
        f"{now.line}: name.familyName was not in the value, and is lost",
    )


@requirement("rfc7644-3.5.2.3-replace-no-path-extension")
def test_replace_without_path_keeps_the_rest_of_an_extension(
    scim: ScimClient, enterprise_user: Created, read: Read
) -> None:
    """To lose the attributes that were not sent is a deviation (AMB-60)."""
    response = scim.patch(
        enterprise_user.path,
        {"op": "replace", "value": {ENTERPRISE_USER: {"department": "Sales"}}},
    )

    expect.success(response)
    now = read(enterprise_user)
    extension = now.body.get(ENTERPRISE_USER) or {}
    expect.equal(extension.get("department"), "Sales", f"{now.line}: department")
    expect.tolerable(
        bool(extension.get("employeeNumber")),
        f"{now.line}: employeeNumber was not in the value, and is lost",
    )


@requirement("rfc7644-3.5.2.3-replace-single")
@needs_attribute("title")
def test_replace_changes_a_single_value(scim: ScimClient, make_user: Maker, read: Read) -> None:
    user = make_user(title="Engineer")

    response = scim.patch(user.path, {"op": "replace", "path": "title", "value": "Lead"})

    expect.success(response)
    expect.attribute(read(user), "title", "Lead")


@requirement("rfc7644-3.5.2.3-replace-missing-attribute")
@needs_attribute("title")
def test_replace_of_an_attribute_without_value_adds_it(
    scim: ScimClient, user: Created, read: Read
) -> None:
    response = scim.patch(user.path, {"op": "replace", "path": "title", "value": "Lead"})

    expect.success(response)
    expect.attribute(read(user), "title", "Lead")


@requirement("rfc7644-3.5.2.3-replace-multi-valued-without-filter")
@needs_attribute("emails")
def test_replace_of_a_multi_valued_attribute_replaces_all_elements(
    scim: ScimClient, with_mails: Created, payloads: Payloads, read: Read
) -> None:
    value = f"{payloads.unique()}@example.net"

    response = scim.patch(
        with_mails.path,
        {"op": "replace", "path": "emails", "value": [{"value": value}]},
    )

    expect.success(response)
    expect.values(read(with_mails), "emails", value)


@requirement("rfc7644-3.5.2.3-replace-multi-valued-single-object")
@needs_attribute("emails")
def test_replace_of_a_multi_valued_attribute_takes_a_lone_object(
    scim: ScimClient, with_mails: Created, payloads: Payloads, read: Read
) -> None:
    """A refusal is a deviation: the text speaks of a value, not of an array."""
    value = f"{payloads.unique()}@example.net"

    response = scim.patch(
        with_mails.path,
        {"op": "replace", "path": "emails", "value": {"value": value}},
    )

    expect.status(response, 200, 204, tolerated=(400,))
    expect.values(read(with_mails), "emails", value)


@requirement("rfc7644-3.5.2.3-replace-multi-valued-null")
@needs_attribute("title")
def test_replace_by_null_clears_an_attribute(
    scim: ScimClient, make_user: Maker, read: Read
) -> None:
    """RFC 7643 section 2.5 makes null the same as no value; a refusal is a deviation (AMB-12)."""
    user = make_user(title="Engineer")

    response = scim.patch(user.path, {"op": "replace", "path": "title", "value": None})

    expect.status(response, 200, 204, tolerated=(400,))
    expect.absent(read(user), "title")


@pytest.fixture
def filled_group(run: Run, request: pytest.FixtureRequest) -> Created:
    """A group with a member, where the target has groups."""
    if run.features.resource_type(CORE_GROUP) is None:
        pytest.skip("the target has no resource type for groups")
    found: Created = request.getfixturevalue("group_with_member")
    return found


@requirement("rfc7644-3.5.2.3-replace-multi-valued-null")
def test_replace_of_members_by_an_empty_list_empties_the_group(
    scim: ScimClient, filled_group: Created, read: Read
) -> None:
    """Okta pushes a group that has become empty in this form."""
    response = scim.patch(filled_group.path, {"op": "replace", "path": "members", "value": []})

    expect.status(response, 200, 204, tolerated=(400,))
    expect.absent(read(filled_group), "members")


@requirement("rfc7644-3.5.2.3-replace-complex")
@needs_attribute("name.givenName", "name.familyName")
def test_replace_of_a_complex_attribute_sets_the_given_parts(
    scim: ScimClient, with_name: Created, read: Read
) -> None:
    response = scim.patch(
        with_name.path, {"op": "replace", "path": "name", "value": {"givenName": "Augusta"}}
    )

    expect.success(response)
    expect.attribute(read(with_name), "name.givenName", "Augusta")


@requirement("rfc7644-3.5.2.3-replace-complex-keeps-rest")
@needs_attribute("name.givenName", "name.familyName")
def test_replace_of_a_complex_attribute_keeps_the_other_parts(
    scim: ScimClient, with_name: Created, read: Read
) -> None:
    response = scim.patch(
        with_name.path, {"op": "replace", "path": "name", "value": {"givenName": "Augusta"}}
    )

    expect.success(response)
    expect.attribute(read(with_name), "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-sub-attribute")
@needs_attribute("name.givenName", "name.familyName")
def test_replace_changes_a_sub_attribute(scim: ScimClient, with_name: Created, read: Read) -> None:
    response = scim.patch(
        with_name.path, {"op": "replace", "path": "name.givenName", "value": "Augusta"}
    )

    expect.success(response)
    now = read(with_name)
    expect.attribute(now, "name.givenName", "Augusta")
    expect.attribute(now, "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-missing-sub-attribute")
@needs_attribute("name.familyName")
def test_replace_of_a_sub_attribute_without_value_adds_it(
    scim: ScimClient, user: Created, read: Read
) -> None:
    response = scim.patch(user.path, {"op": "replace", "path": "name.familyName", "value": "King"})

    expect.success(response)
    expect.attribute(read(user), "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-value-filter")
@needs_attribute("addresses.type", "addresses.locality", "addresses.country")
def test_replace_changes_the_elements_that_a_filter_selects(
    scim: ScimClient, with_addresses: Created, read: Read
) -> None:
    """Every sub-attribute is sent, so that merging and replacing come to the same (AMB-08)."""
    moved = {"type": "work", "locality": "Bergen", "country": "NO"}

    response = scim.patch(
        with_addresses.path,
        {"op": "replace", "path": 'addresses[type eq "work"]', "value": moved},
    )

    expect.success(response)
    now = read(with_addresses)
    expect.element(now, "addresses", **moved)
    expect.element(now, "addresses", **HOME)
    expect.no_element(now, "addresses", **WORK)


@requirement("rfc7644-3.5.2.3-replace-value-filter-several-matches")
@needs_attribute("emails.type", "emails.display")
def test_replace_changes_every_element_that_a_filter_selects(
    scim: ScimClient, make_user: Maker, two_mails: list[str], read: Read
) -> None:
    user = make_user(emails=[{"value": value, "type": "work"} for value in two_mails])

    response = scim.patch(
        user.path,
        {"op": "replace", "path": 'emails[type eq "work"].display', "value": "Office"},
    )

    expect.success(response)
    now = read(user)
    expect.element(now, "emails", value=two_mails[0], display="Office")
    expect.element(now, "emails", value=two_mails[1], display="Office")


@requirement("rfc7644-3.5.2.3-replace-filter-sub-attribute")
@needs_attribute("addresses.type", "addresses.locality")
def test_replace_changes_a_sub_attribute_of_selected_elements(
    scim: ScimClient, with_addresses: Created, read: Read
) -> None:
    response = scim.patch(
        with_addresses.path,
        {"op": "replace", "path": 'addresses[type eq "work"].locality', "value": "Bergen"},
    )

    expect.success(response)
    now = read(with_addresses)
    expect.element(now, "addresses", type="work", locality="Bergen", country="US")
    expect.element(now, "addresses", **HOME)


@requirement("rfc7644-3.5.2.3-replace-filter-missing-sub-attribute")
@needs_attribute("addresses.type", "addresses.postalCode")
def test_replace_adds_a_sub_attribute_to_selected_elements(
    scim: ScimClient, with_addresses: Created, read: Read
) -> None:
    response = scim.patch(
        with_addresses.path,
        {"op": "replace", "path": 'addresses[type eq "work"].postalCode', "value": "5003"},
    )

    expect.success(response)
    expect.element(read(with_addresses), "addresses", type="work", postalCode="5003")


@requirement("rfc7644-3.5.2.3-replace-members")
@pytest.mark.usefixtures("members_shown")
def test_replace_changes_the_members_of_a_group(
    scim: ScimClient, group_with_member: Created, make_user: Maker, read: Read
) -> None:
    other = make_user()

    response = scim.patch(
        group_with_member.path, {"op": "replace", "path": "members", "value": [other.member]}
    )

    expect.success(response)
    expect.values(read(group_with_member), "members", other.id)


@requirement("rfc7644-3.5.2.3-replace-boolean")
@needs_attribute("active")
def test_replace_changes_a_boolean(scim: ScimClient, make_user: Maker, read: Read) -> None:
    user = make_user(active=True)

    response = scim.patch(user.path, {"op": "replace", "path": "active", "value": False})

    expect.success(response)
    expect.attribute(read(user), "active", False)


@requirement("rfc7644-3.5.2.3-replace-password")
@needs_attribute("password")
def test_replace_changes_a_password(scim: ScimClient, user: Created) -> None:
    """A refusal is a deviation: a password may be changeable by PUT only (AMB-44)."""
    response = scim.patch(
        user.path, {"op": "replace", "path": "password", "value": "Fjord-93-lantern-Qx"}
    )

    expect.status(response, 200, 204, tolerated=(400, 403, 501))
    expect.that(
        b"Fjord-93-lantern-Qx" not in response.content,
        f"{response.line}: the answer shows the new password",
    )
