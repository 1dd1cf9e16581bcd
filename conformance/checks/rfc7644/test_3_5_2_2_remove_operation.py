"""RFC 7644, section 3.5.2.2: Remove Operation."""

from __future__ import annotations

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
@needs_attribute("title")
def test_single_value_is_removed(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "remove", "path": "title"})

    expect.absent(read(person), "title")


@requirement("rfc7644-3.5.2.2-remove-multi-valued-without-filter")
def test_all_values_are_removed(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "remove", "path": "emails"})

    expect.absent(read(person), "emails")


@requirement("rfc7644-3.5.2.2-remove-complex-attribute")
def test_object_is_removed(person: Created, patch: Patch, read: Read) -> None:
    """A provider may go on showing name.formatted, made from other attributes."""
    patch(person, {"op": "remove", "path": "name"})

    response = read(person)
    expect.absent(response, "name.givenName")
    expect.absent(response, "name.familyName")


@requirement("rfc7644-3.5.2.2-remove-sub-attribute")
def test_sub_attribute_is_removed_and_its_siblings_stay(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "remove", "path": "name.givenName"})

    response = read(person)
    expect.absent(response, "name.givenName")
    expect.attribute(response, "name.familyName", "Lovelace")


@requirement("rfc7644-3.5.2.2-remove-last-sub-attribute")
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
def test_value_that_is_selected_by_two_conditions_is_removed(
    person: Created, patch: Patch, read: Read
) -> None:
    path = 'emails[type eq "home" and value ew "example.org"]'

    patch(person, {"op": "remove", "path": path})

    kept = [one.get("type") for one in expect.elements(read(person), "emails")]
    expect.equal(kept, ["work"], "emails[].type after the remove")


@requirement("rfc7644-3.5.2.2-remove-all-elements-matched")
def test_attribute_whose_values_all_match_is_gone(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "remove", "path": "emails[value pr]"})

    expect.absent(read(person), "emails")


@requirement("rfc7644-3.5.2.2-remove-filter-sub-attribute")
@needs_attribute("addresses.streetAddress")
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
    response = refuse(person, {"op": "remove", "path": "userName"})

    expect.status(response, 400)
    expect.attribute(read(person), "userName", person.sent["userName"])


@requirement("rfc7644-3.5.2.2-remove-readonly-attribute")
def test_remove_of_a_read_only_attribute_is_refused(
    person: Created, refuse: Patch, read: Read
) -> None:
    """To ignore it with a success is a deviation (AMB-10)."""
    response = refuse(person, {"op": "remove", "path": "meta.created"})

    expect.present(read(person), "meta.created")
    expect.status(response, 400, tolerated=(200, 204))


@requirement("rfc7644-3.5.2.2-remove-member")
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
def test_one_patch_removes_and_adds_members(
    group_with_member: Created, member: Created, user: Created, patch: Patch, read: Read
) -> None:
    """As Okta sends it: one remove for each leaver, then one add."""
    patch(
        group_with_member,
        {"op": "remove", "path": f'members[value eq "{member.id}"]'},
        {"op": "add", "path": "members", "value": [{**user.member, "display": "Ada"}]},
    )

    found = [one.get("value") for one in expect.elements(read(group_with_member), "members")]
    expect.equal(found, [user.id], "members[].value after the PATCH")


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
    enterprise_user: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    """Not described, and widely used."""
    patch(enterprise_user, {"op": "remove", "path": ENTERPRISE_USER})

    expect.absent(read(enterprise_user), ENTERPRISE_USER)
