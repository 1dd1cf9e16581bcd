"""RFC 7644, section 3.5.2.1: Add Operation."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads


@requirement("rfc7644-3.5.2.1-add-no-path-single")
@needs_attribute("title")
def test_add_without_a_path_replaces_a_single_value(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "add", "value": {"title": "Countess"}})

    expect.attribute(read(person), "title", "Countess")


@requirement("rfc7644-3.5.2.1-add-no-path-multi-valued")
def test_add_without_a_path_appends_to_many_values(
    person: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    mail = {"value": f"{payloads.unique()}@example.net"}

    patch(person, {"op": "add", "value": {"emails": [mail]}})

    there = [one["value"] for one in person.sent["emails"]]
    expect.values(read(person), "emails", *there, mail["value"])


@requirement("rfc7644-3.5.2.1-add-no-path-complex")
@needs_attribute("name.middleName")
def test_add_without_a_path_keeps_the_other_sub_attributes(
    person: Created, patch: Patch, read: Read
) -> None:
    """To lose them is a deviation: the text is explicit for replace only (AMB-60)."""
    patch(person, {"op": "add", "value": {"name": {"middleName": "King"}}})

    response = read(person)
    expect.attribute(response, "name.middleName", "King")
    expect.tolerable(
        expect.value(response.body, "name.familyName") == "Lovelace",
        f"{response.line}: adding name.middleName lost name.familyName",
    )


@requirement("rfc7644-3.5.2.1-add-no-path-extension")
def test_add_without_a_path_reaches_into_an_extension(
    enterprise_user: Created, patch: Patch, read: Read
) -> None:
    """To lose what is not named is a deviation (AMB-60)."""
    patch(enterprise_user, {"op": "add", "value": {ENTERPRISE_USER: {"department": "Sales"}}})

    found = read(enterprise_user).body.get(ENTERPRISE_USER) or {}
    expect.equal(found.get("department"), "Sales", "department after the PATCH")
    expect.tolerable("employeeNumber" in found, "adding department lost employeeNumber")


@requirement("rfc7644-3.5.2.1-add-no-path-non-object-value")
def test_add_without_a_path_needs_an_object(user: Created, refuse: Patch) -> None:
    response = refuse(user, {"op": "add", "value": "Countess"})

    expect.status(response, 400)


@requirement("rfc7644-3.5.2.1-add-attribute-single-existing")
@needs_attribute("title")
def test_add_to_a_single_value_replaces_it(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "add", "path": "title", "value": "Countess"})

    expect.attribute(read(person), "title", "Countess")


@requirement("rfc7644-3.5.2.1-add-attribute-missing")
@needs_attribute("title")
def test_add_of_a_missing_value_sets_it(user: Created, patch: Patch, read: Read) -> None:
    patch(user, {"op": "add", "path": "title", "value": "Countess"})

    expect.attribute(read(user), "title", "Countess")


@requirement("rfc7644-3.5.2.1-add-attribute-multi-valued")
def test_add_to_many_values_appends(
    person: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    mail = {"value": f"{payloads.unique()}@example.net"}

    patch(person, {"op": "add", "path": "emails", "value": [mail]})

    there = [one["value"] for one in person.sent["emails"]]
    expect.values(read(person), "emails", *there, mail["value"])


@requirement("rfc7644-3.5.2.1-add-attribute-multi-valued-single-object")
def test_add_of_a_lone_object_appends_it(
    person: Created, refuse: Patch, payloads: Payloads, read: Read
) -> None:
    """A refusal is a deviation: an array is what most clients send."""
    mail = {"value": f"{payloads.unique()}@example.net"}

    response = refuse(person, {"op": "add", "path": "emails", "value": mail})

    expect.status(response, 200, 204, tolerated=(400,))
    expect.element(read(person), "emails", **mail)


@requirement("rfc7644-3.5.2.1-add-attribute-multi-valued-missing")
@needs_attribute("phoneNumbers.value")
def test_add_to_no_values_makes_the_first(user: Created, patch: Patch, read: Read) -> None:
    phone = {"value": "tel:+1-201-555-0123"}

    patch(user, {"op": "add", "path": "phoneNumbers", "value": [phone]})

    expect.equal(len(expect.elements(read(user), "phoneNumbers")), 1, "phoneNumbers after the add")


@requirement("rfc7644-3.5.2.1-add-attribute-complex")
@needs_attribute("name.middleName")
def test_add_to_an_object_keeps_the_rest(person: Created, patch: Patch, read: Read) -> None:
    """To lose the rest is a deviation (AMB-60)."""
    patch(person, {"op": "add", "path": "name", "value": {"middleName": "King"}})

    response = read(person)
    expect.attribute(response, "name.middleName", "King")
    expect.tolerable(
        expect.value(response.body, "name.familyName") == "Lovelace",
        f"{response.line}: adding to name lost name.familyName",
    )


@requirement("rfc7644-3.5.2.1-add-attribute-complex-wrong-value")
def test_add_of_a_string_to_an_object_is_refused(
    person: Created, refuse: Patch, read: Read
) -> None:
    response = refuse(person, {"op": "add", "path": "name", "value": "Ada"})

    expect.status(response, 400)
    expect.attribute(read(person), "name.familyName", "Lovelace")


@requirement("rfc7644-3.5.2.1-add-sub-attribute-existing")
def test_add_to_a_sub_attribute_replaces_it(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "add", "path": "name.givenName", "value": "Augusta"})

    expect.attribute(read(person), "name.givenName", "Augusta")


@requirement("rfc7644-3.5.2.1-add-sub-attribute-missing")
@needs_attribute("name.familyName")
def test_add_of_a_sub_attribute_makes_its_parent(user: Created, patch: Patch, read: Read) -> None:
    patch(user, {"op": "add", "path": "name.familyName", "value": "King"})

    expect.attribute(read(user), "name.familyName", "King")


@requirement("rfc7644-3.5.2.1-add-value-filter-match")
@needs_attribute("addresses.type", "addresses.region")
def test_add_to_a_selected_value_sets_what_is_given(
    person: Created, patch: Patch, read: Read
) -> None:
    """Whether the rest of the element stays is not said: merging and replacing are right."""
    patch(
        person,
        {"op": "add", "path": 'addresses[type eq "work"]', "value": {"region": "Westminster"}},
    )

    expect.element(read(person), "addresses", region="Westminster")


@requirement("rfc7644-3.5.2.1-add-filter-sub-attribute-match")
@needs_attribute("emails.type", "emails.display")
def test_add_to_a_sub_attribute_of_a_selected_value_sets_it_there_only(
    person: Created, patch: Patch, read: Read
) -> None:
    work, home = (one["value"] for one in person.sent["emails"])

    patch(person, {"op": "add", "path": 'emails[type eq "work"].display', "value": "Office"})

    response = read(person)
    expect.element(response, "emails", value=work, display="Office")
    expect.no_element(response, "emails", value=home, display="Office")


@requirement("rfc7644-3.5.2.1-add-existing-value-no-change")
def test_add_of_a_value_that_is_there_succeeds_and_changes_nothing(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "add", "path": "emails", "value": [person.sent["emails"][1]]})

    expect.equal(len(expect.elements(read(person), "emails")), 2, "emails after adding one again")


@requirement("rfc7644-3.5.2.1-add-existing-value-lastmodified")
def test_add_of_a_value_that_is_there_keeps_last_modified(
    person: Created, patch: Patch, read: Read
) -> None:
    before = read(person)

    patch(person, {"op": "add", "path": "displayName", "value": "Ada Lovelace"})

    moved = expect.seconds_from(before, read(person), "meta.lastModified")
    expect.equal(moved, 0.0, "seconds by which an add without effect moved meta.lastModified")


@requirement("rfc7644-3.5.2.1-add-member")
@pytest.mark.usefixtures("members_shown")
def test_member_is_added_to_the_others(
    group_with_member: Created, member: Created, user: Created, patch: Patch, read: Read
) -> None:
    patch(group_with_member, {"op": "add", "path": "members", "value": [user.member]})

    found = [one.get("value") for one in expect.elements(read(group_with_member), "members")]
    expect.equal(sorted(map(str, found)), sorted([member.id, user.id]), "members[].value")


@requirement("rfc7644-3.5.2.1-add-several-members")
@pytest.mark.usefixtures("members_shown")
def test_several_members_are_added_at_once(
    group_with_member: Created, member: Created, make_user: Maker, patch: Patch, read: Read
) -> None:
    both = [make_user(), make_user()]

    patch(
        group_with_member, {"op": "add", "path": "members", "value": [one.member for one in both]}
    )

    everybody = [one.id for one in (member, *both)]
    expect.values(read(group_with_member), "members", *everybody)


@requirement("rfc7644-3.5.2.1-add-extension-attribute-path")
def test_add_at_a_qualified_path_sets_an_extension_attribute(
    user: Created, patch: Patch, read: Read
) -> None:
    """Data under a URN that schemas does not list is a deviation (AMB-31)."""
    patch(user, {"op": "add", "path": f"{ENTERPRISE_USER}:department", "value": "Research"})

    response = read(user)
    found = response.body.get(ENTERPRISE_USER) or {}
    expect.equal(found.get("department"), "Research", "department after the PATCH")
    expect.tolerable(
        ENTERPRISE_USER in (response.body.get("schemas") or []),
        f"{response.line}: schemas does not list the extension",
    )


@requirement("rfc7644-3.5.2.1-add-readonly")
@needs_attribute("groups", writable=False)
def test_add_to_a_read_only_attribute_is_refused(
    user: Created, refuse: Patch, read: Read, payloads: Payloads
) -> None:
    """To ignore it with a success is a deviation (AMB-10)."""
    other = payloads.unknown_id(user.id)

    response = refuse(user, {"op": "add", "path": "groups", "value": [{"value": other}]})

    expect.no_element(read(user), "groups", value=other)
    expect.status(response, 400, tolerated=(200, 204))
