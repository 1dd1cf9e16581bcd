"""RFC 7644, section 3.5.2.2: Remove Operation."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads


@requirement("rfc7644-3.5.2.2-remove-without-path")
def test_remove_without_a_path_is_refused(person: Created, refuse: Patch) -> None:
    response = refuse(person, {"op": "remove"})

    expect.status(response, 400)
    expect.scim_error(
        response, scim_type="noTarget", tolerated=(None, "invalidPath", "invalidSyntax")
    )


@requirement("rfc7644-3.5.2.2-remove-single-value")
@needs_attribute("title", removable=True)
def test_single_value_is_removed(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "remove", "path": "title"})

    expect.absent(read(person), "title")


@requirement("rfc7644-3.5.2.2-remove-multi-valued-without-filter")
@needs_attribute("emails", removable=True)
def test_all_values_are_removed(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "remove", "path": "emails"})

    expect.absent(read(person), "emails")


@requirement("rfc7644-3.5.2.2-remove-complex-attribute")
@needs_attribute("name", "name.givenName", "name.familyName", removable=True)
def test_object_is_removed(person: Created, patch: Patch, read: Read) -> None:
    """A provider may go on showing name.formatted, made from other attributes."""
    patch(person, {"op": "remove", "path": "name"})

    response = read(person)
    expect.absent(response, "name.givenName")
    expect.absent(response, "name.familyName")


@requirement("rfc7644-3.5.2.2-remove-sub-attribute")
@needs_attribute("name.givenName", removable=True)
def test_sub_attribute_is_removed_and_its_siblings_stay(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "remove", "path": "name.givenName"})

    response = read(person)
    expect.absent(response, "name.givenName")
    expect.attribute(response, "name.familyName", "Lovelace")


@requirement("rfc7644-3.5.2.2-remove-last-sub-attribute")
@needs_attribute("name", "name.familyName", removable=True)
def test_object_without_its_last_sub_attribute_is_gone(
    make_user: Maker, patch: Patch, read: Read
) -> None:
    user = make_user(name={"familyName": "Lovelace"})

    patch(user, {"op": "remove", "path": "name.familyName"})

    expect.absent(read(user), "name.familyName")


@requirement("rfc7644-3.5.2.2-remove-value-filter")
def test_value_that_is_selected_by_itself_is_removed(
    person: Created, patch: Patch, read: Read
) -> None:
    address = person.sent["emails"][1]["value"]

    patch(person, {"op": "remove", "path": f'emails[value eq "{address}"]'})

    kept = [one.get("value") for one in expect.elements(read(person), "emails")]
    expect.equal(kept, [person.sent["emails"][0]["value"]], "emails[].value after the remove")


@requirement("rfc7644-3.5.2.2-remove-filter-sub-attributes")
@needs_attribute("emails.type")
def test_values_that_meet_two_conditions_are_removed(
    make_user: Maker, payloads: Payloads, patch: Patch, read: Read
) -> None:
    """Both conditions apply to one and the same element."""
    name = payloads.unique("mail")
    mails = [(f"{name}@example.com", "work"), (f"{name}@example.org", "work")]
    mails += [(f"{name}.home@example.com", "home")]
    user = make_user(emails=[{"value": value, "type": kind} for value, kind in mails])

    patch(user, {"op": "remove", "path": 'emails[type eq "work" and value ew "example.com"]'})

    expect.values(read(user), "emails", mails[1][0], mails[2][0])


@requirement("rfc7644-3.5.2.2-remove-all-elements-matched")
@needs_attribute("emails", removable=True)
def test_attribute_whose_values_all_match_is_gone(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "remove", "path": "emails[value pr]"})

    expect.absent(read(person), "emails")


@requirement("rfc7644-3.5.2.2-remove-filter-sub-attribute")
@needs_attribute("addresses.type", "addresses.streetAddress", removable=True)
def test_sub_attribute_of_a_selected_value_is_removed(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "remove", "path": 'addresses[type eq "work"].streetAddress'})

    response = read(person)
    expect.absent(response, "addresses.streetAddress")
    expect.attribute(response, "addresses.locality", "London")


@requirement("rfc7644-3.5.2.2-remove-absent-member")
def test_remove_of_somebody_who_is_no_member_succeeds(
    group_with_member: Created, user: Created, patch: Patch, read: Read
) -> None:
    patch(group_with_member, {"op": "remove", "path": f'members[value eq "{user.id}"]'})

    expect.equal(len(expect.elements(read(group_with_member), "members")), 1, "members afterwards")


@requirement("rfc7644-3.5.2.2-remove-unknown-attribute")
def test_remove_of_an_unknown_attribute_is_refused(person: Created, refuse: Patch) -> None:
    """To ignore it is a deviation (AMB-16)."""
    response = refuse(person, {"op": "remove", "path": "favoriteBicycle"})

    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2.2-remove-required-attribute")
def test_remove_of_a_required_attribute_is_refused(
    person: Created, refuse: Patch, read: Read
) -> None:
    """Another scimType than mutability is a deviation (AMB-13)."""
    response = refuse(person, {"op": "remove", "path": "userName"})

    expect.status(response, 400)
    expect.attribute(read(person), "userName", person.sent["userName"])
    expect.tolerable(
        response.body.get("scimType") == "mutability",
        f"{response.line}: expected scimType mutability, got "
        f"{expect.quoted(response.body.get('scimType'))}",
    )


@requirement("rfc7644-3.5.2.2-remove-readonly-attribute")
def test_remove_of_a_read_only_attribute_is_refused(
    person: Created, refuse: Patch, read: Read
) -> None:
    """To ignore it with a success is a deviation (AMB-10)."""
    response = refuse(person, {"op": "remove", "path": "meta.created"})

    expect.given(read(person), "meta.created", "rfc7643-3.1-server-assigns-id-meta")
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2.2-remove-member")
@pytest.mark.usefixtures("members_shown")
def test_member_is_removed_by_a_filter(
    make_group: Maker, make_user: Maker, patch: Patch, read: Read
) -> None:
    leaver, stayer = make_user(), make_user()
    group = make_group(members=[leaver.member, stayer.member])

    patch(group, {"op": "remove", "path": f'members[value eq "{leaver.id}"]'})

    found = [one.get("value") for one in expect.elements(read(group), "members")]
    expect.equal(found, [stayer.id], "members[].value after the remove")


@requirement("rfc7644-3.5.2.2-remove-all-members")
def test_all_members_are_removed(group_with_member: Created, patch: Patch, read: Read) -> None:
    patch(group_with_member, {"op": "remove", "path": "members"})

    expect.absent(read(group_with_member), "members")


@requirement("rfc7644-3.5.2.2-remove-then-add")
@pytest.mark.usefixtures("members_shown")
def test_one_patch_removes_and_adds_members(
    make_group: Maker, make_user: Maker, patch: Patch, read: Read
) -> None:
    """As Okta sends it: one remove for each leaver, then one add."""
    first, second, joiner = make_user(), make_user(), make_user()
    group = make_group(members=[first.member, second.member])

    patch(
        group,
        {"op": "remove", "path": f'members[value eq "{first.id}"]'},
        {"op": "remove", "path": f'members[value eq "{second.id}"]'},
        {"op": "add", "path": "members", "value": [{**joiner.member, "display": "Ada"}]},
    )

    expect.values(read(group), "members", joiner.id)


@requirement("rfc7644-3.5.2.2-remove-extension-attribute")
def test_extension_attribute_is_removed_and_the_others_stay(
    enterprise_user: Created, patch: Patch, read: Read
) -> None:
    patch(enterprise_user, {"op": "remove", "path": f"{ENTERPRISE_USER}:department"})

    found = read(enterprise_user).body.get(ENTERPRISE_USER) or {}
    expect.lacks(found, "department", "the extension after the remove")
    expect.that("employeeNumber" in found, "removing department lost employeeNumber")


@requirement("rfc7644-3.5.2.2-remove-whole-extension")
def test_extension_is_removed_as_a_whole(
    enterprise_user: Created, refuse: Patch, read: Read
) -> None:
    """Not described, and widely used: to refuse the path is right too (AMB-09)."""
    response = refuse(enterprise_user, {"op": "remove", "path": ENTERPRISE_USER})

    expect.status(response, 200, 204, 400)
    now = read(enterprise_user)
    expect.equal(
        bool(now.body.get(ENTERPRISE_USER)),
        not response.ok,
        f"{now.line}: whether the extension is there after {response.status}",
    )


@requirement("rfc7644-3.5.2.2-remove-filter-without-match")
@needs_attribute("emails.type")
def test_remove_of_values_that_do_not_exist_removes_nothing(
    person: Created, refuse: Patch, read: Read
) -> None:
    """A success and a refusal with 400 are both right (AMB-01)."""
    response = refuse(person, {"op": "remove", "path": 'emails[type eq "other"]'})

    expect.status(response, 200, 204, 400)
    expect.values(read(person), "emails", *[one["value"] for one in person.sent["emails"]])


@requirement("rfc7644-3.5.2.2-remove-unassigned-attribute")
@needs_attribute("title")
def test_remove_of_an_attribute_without_value_changes_nothing(
    user: Created, refuse: Patch, read: Read
) -> None:
    """A success and a refusal with 400 are both right (AMB-02)."""
    response = refuse(user, {"op": "remove", "path": "title"})

    expect.status(response, 200, 204, 400)
    expect.attribute(read(user), "userName", user.sent["userName"])


@requirement("rfc7644-3.5.2.2-remove-member-value-array")
def test_remove_of_members_with_a_list_removes_those_listed(
    make_group: Maker, make_user: Maker, refuse: Patch, read: Read
) -> None:
    """Not defined: the listed one goes, or all, or the operation is refused (AMB-11)."""
    leaver, stayer = make_user(), make_user()
    group = make_group(members=[leaver.member, stayer.member])

    response = refuse(group, {"op": "remove", "path": "members", "value": [leaver.member]})

    expect.status(response, 200, 204, 400)
    expect.equal(
        expect.has_element(read(group), "members", value=leaver.id),
        not response.ok,
        f"{response.line}: whether the listed member is there after {response.status}",
    )


@requirement("rfc7644-3.5.2.2-remove-multi-valued-sub-attribute-without")
@needs_attribute("emails.type")
def test_remove_of_a_sub_attribute_of_all_values_keeps_the_values(
    person: Created, refuse: Patch, read: Read
) -> None:
    """The text gives the path no meaning: applied or refused, the addresses stay (AMB-14)."""
    response = refuse(person, {"op": "remove", "path": "emails.type"})

    expect.status(response, 200, 204, 400)
    expect.values(read(person), "emails", *[one["value"] for one in person.sent["emails"]])
