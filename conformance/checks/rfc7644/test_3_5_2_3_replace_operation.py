"""RFC 7644, section 3.5.2.3: Replace Operation."""

from __future__ import annotations

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads


@requirement("rfc7644-3.5.2.3-replace-no-path")
def test_replace_without_a_path_sets_what_it_names(
    person: Created, patch: Patch, read: Read
) -> None:
    """The form in which Okta deactivates a user: ``{"active": false}``."""
    patch(person, {"op": "replace", "value": {"active": False}})

    response = read(person)
    expect.attribute(response, "active", False)
    expect.attribute(response, "displayName", "Ada Lovelace")


@requirement("rfc7644-3.5.2.3-replace-no-path-multi-valued")
def test_replace_without_a_path_replaces_all_values(
    person: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    mail = {"value": f"{payloads.unique()}@example.net", "type": "other"}

    patch(person, {"op": "replace", "value": {"emails": [mail]}})

    kept = [one.get("value") for one in expect.elements(read(person), "emails")]
    expect.equal(kept, [mail["value"]], "emails[].value after the replace")


@requirement("rfc7644-3.5.2.3-replace-no-path-complex")
def test_replace_without_a_path_keeps_the_other_sub_attributes(
    person: Created, patch: Patch, read: Read
) -> None:
    """To lose them is a deviation (AMB-60)."""
    patch(person, {"op": "replace", "value": {"name": {"givenName": "Augusta"}}})

    response = read(person)
    expect.attribute(response, "name.givenName", "Augusta")
    expect.tolerable(
        expect.value(response.body, "name.familyName") == "Lovelace",
        f"{response.line}: replacing name.givenName lost name.familyName",
    )


@requirement("rfc7644-3.5.2.3-replace-no-path-extension")
def test_replace_without_a_path_reaches_into_an_extension(
    enterprise_user: Created, patch: Patch, read: Read
) -> None:
    """To lose what is not named is a deviation (AMB-60)."""
    patch(enterprise_user, {"op": "replace", "value": {ENTERPRISE_USER: {"department": "Sales"}}})

    found = read(enterprise_user).body.get(ENTERPRISE_USER) or {}
    expect.equal(found.get("department"), "Sales", "department after the replace")
    expect.tolerable("employeeNumber" in found, "replacing department lost employeeNumber")


@requirement("rfc7644-3.5.2.3-replace-no-path-readonly-inside")
def test_id_beside_a_new_name_does_not_change_the_id(
    group: Created, refuse: Patch, read: Read, payloads: Payloads
) -> None:
    """Okta renames a group so, with the group's own id; to refuse it is in the text too."""
    name = payloads.unique("renamed")

    response = refuse(group, {"op": "replace", "value": {"id": group.id, "displayName": name}})

    expect.status(response, 200, 204, 400)
    expect.equal(
        read(group).body.get("displayName"),
        name if response.ok else group.sent["displayName"],
        "displayName after the PATCH",
    )


@requirement("rfc7644-3.5.2.3-replace-single")
@needs_attribute("title")
def test_single_value_is_replaced(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "replace", "path": "title", "value": "Countess"})

    expect.attribute(read(person), "title", "Countess")


@requirement("rfc7644-3.5.2.3-replace-missing-attribute")
@needs_attribute("nickName")
def test_replace_of_a_missing_value_sets_it(user: Created, patch: Patch, read: Read) -> None:
    patch(user, {"op": "replace", "path": "nickName", "value": "Ada"})

    expect.attribute(read(user), "nickName", "Ada")


@requirement("rfc7644-3.5.2.3-replace-multi-valued-without-filter")
def test_all_values_are_replaced(
    person: Created, patch: Patch, read: Read, payloads: Payloads
) -> None:
    mail = {"value": f"{payloads.unique()}@example.net", "type": "other"}

    patch(person, {"op": "replace", "path": "emails", "value": [mail]})

    kept = [one.get("value") for one in expect.elements(read(person), "emails")]
    expect.equal(kept, [mail["value"]], "emails[].value after the replace")


@requirement("rfc7644-3.5.2.3-replace-multi-valued-single-object")
def test_lone_object_replaces_all_values(
    person: Created, refuse: Patch, payloads: Payloads
) -> None:
    """A refusal is a deviation: an array is what most clients send."""
    mail = {"value": f"{payloads.unique()}@example.net", "type": "other"}

    response = refuse(person, {"op": "replace", "path": "emails", "value": mail})

    expect.status(response, 200, 204, tolerated=(400,))


@requirement("rfc7644-3.5.2.3-replace-multi-valued-null")
def test_replace_by_an_empty_array_clears(
    group_with_member: Created, refuse: Patch, read: Read
) -> None:
    """Okta empties a group so; a refusal is a deviation (AMB-12)."""
    response = refuse(group_with_member, {"op": "replace", "path": "members", "value": []})

    expect.status(response, 200, 204, tolerated=(400,))
    expect.absent(read(group_with_member), "members")


@requirement("rfc7644-3.5.2.3-replace-complex")
def test_sub_attributes_in_the_value_are_replaced(
    person: Created, patch: Patch, read: Read
) -> None:
    whole = {"givenName": "Augusta", "familyName": "King"}

    patch(person, {"op": "replace", "path": "name", "value": whole})

    response = read(person)
    expect.attribute(response, "name.givenName", "Augusta")
    expect.attribute(response, "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-complex-keeps-rest")
def test_sub_attributes_not_in_the_value_stay(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "replace", "path": "name", "value": {"givenName": "Augusta"}})

    expect.attribute(read(person), "name.familyName", "Lovelace")


@requirement("rfc7644-3.5.2.3-replace-complex-wrong-value")
def test_replace_of_an_object_by_a_string_is_refused(person: Created, refuse: Patch) -> None:
    response = refuse(person, {"op": "replace", "path": "name", "value": "Ada"})

    expect.status(response, 400)


@requirement("rfc7644-3.5.2.3-replace-sub-attribute")
def test_sub_attribute_is_replaced(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "replace", "path": "name.familyName", "value": "King"})

    response = read(person)
    expect.attribute(response, "name.familyName", "King")
    expect.attribute(response, "name.givenName", "Ada")


@requirement("rfc7644-3.5.2.3-replace-missing-sub-attribute")
def test_replace_of_a_sub_attribute_makes_its_parent(
    user: Created, patch: Patch, read: Read
) -> None:
    patch(user, {"op": "replace", "path": "name.familyName", "value": "King"})

    expect.attribute(read(user), "name.familyName", "King")


@requirement("rfc7644-3.5.2.3-replace-value-filter")
@needs_attribute("addresses.streetAddress")
def test_selected_value_is_replaced(person: Created, patch: Patch, read: Read) -> None:
    """Every sub-attribute is in the value, so that both readings agree (AMB-08)."""
    whole = {"type": "work", "locality": "Oslo", "streetAddress": "Storgata 1"}

    patch(person, {"op": "replace", "path": 'addresses[type eq "work"]', "value": whole})

    response = read(person)
    expect.attribute(response, "addresses.locality", "Oslo")
    expect.attribute(response, "addresses.streetAddress", "Storgata 1")


@requirement("rfc7644-3.5.2.3-replace-value-filter-several-matches")
@needs_attribute("emails.display")
def test_every_selected_value_is_changed(person: Created, patch: Patch, read: Read) -> None:
    patch(person, {"op": "replace", "path": "emails[value pr].display", "value": "Ada"})

    shown = [one.get("display") for one in expect.elements(read(person), "emails")]
    expect.equal(shown, ["Ada", "Ada"], "emails[].display after the replace")


@requirement("rfc7644-3.5.2.3-replace-filter-sub-attribute")
def test_sub_attribute_of_a_selected_value_is_replaced(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "replace", "path": 'addresses[type eq "work"].locality', "value": "Oslo"})

    expect.attribute(read(person), "addresses.locality", "Oslo")


@requirement("rfc7644-3.5.2.3-replace-filter-missing-sub-attribute")
@needs_attribute("addresses.country")
def test_missing_sub_attribute_of_a_selected_value_is_set(
    person: Created, patch: Patch, read: Read
) -> None:
    patch(person, {"op": "replace", "path": 'addresses[type eq "work"].country', "value": "GB"})

    expect.attribute(read(person), "addresses.country", "GB")


@requirement("rfc7644-3.5.2.3-replace-filter-without-match")
def test_replace_that_selects_nothing_is_refused(person: Created, refuse: Patch) -> None:
    """To make the value is a deviation that suits Entra; to do nothing is a violation (AMB-04)."""
    mail = {"value": "x@example.net", "type": "other"}

    response = refuse(person, {"op": "replace", "path": 'emails[type eq "other"]', "value": mail})

    expect.status(response, 400)


@requirement("rfc7644-3.5.2.3-replace-filter-sub-attribute-no-match")
def test_replace_of_a_sub_attribute_of_nothing_is_refused(person: Created, refuse: Patch) -> None:
    response = refuse(
        person,
        {"op": "replace", "path": 'emails[type eq "other"].value', "value": "x@example.net"},
    )

    expect.status(response, 400)


@requirement("rfc7644-3.12-scimtype-notarget")
def test_replace_that_selects_nothing_says_no_target(person: Created, refuse: Patch) -> None:
    """Another keyword is a deviation (AMB-04)."""
    response = refuse(
        person,
        {"op": "replace", "path": 'addresses[type eq "other"].locality', "value": "Oslo"},
    )

    expect.status(response, 400)
    expect.scim_error(
        response, scim_type="noTarget", tolerated=(None, "invalidPath", "invalidValue")
    )


@requirement("rfc7644-3.5.2.3-replace-members")
def test_members_are_replaced_in_one_operation(
    group_with_member: Created, user: Created, patch: Patch, read: Read
) -> None:
    patch(group_with_member, {"op": "replace", "path": "members", "value": [user.member]})

    found = [one.get("value") for one in expect.elements(read(group_with_member), "members")]
    expect.equal(found, [user.id], "members[].value after the replace")


@requirement("rfc7644-3.5.2.3-replace-required-null")
def test_required_attribute_cannot_be_cleared(person: Created, refuse: Patch, read: Read) -> None:
    response = refuse(person, {"op": "replace", "path": "userName", "value": None})

    expect.status(response, 400)
    expect.attribute(read(person), "userName", person.sent["userName"])


@requirement("rfc7644-3.5.2.3-replace-boolean")
def test_boolean_is_replaced(make_user: Maker, patch: Patch, read: Read) -> None:
    user = make_user(active=True)

    patch(user, {"op": "replace", "path": "active", "value": False})

    expect.attribute(read(user), "active", False)


@requirement("rfc7644-3.5.2.3-replace-password")
def test_password_is_replaced(user: Created, patch: Patch, payloads: Payloads) -> None:
    """Whether it then works cannot be seen over SCIM."""
    response = patch(user, {"op": "replace", "path": "password", "value": "Fjord-93-lantern!"})

    expect.that(b"Fjord-93" not in response.content, f"{response.line}: the password is shown")


@requirement("rfc7644-3.5.2.3-replace-invalid-filter-attribute")
def test_filter_on_an_unknown_sub_attribute_is_refused(person: Created, refuse: Patch) -> None:
    response = refuse(
        person,
        {"op": "replace", "path": 'emails[bicycle eq "x"].value', "value": "x@example.net"},
    )

    expect.status(response, 400)
