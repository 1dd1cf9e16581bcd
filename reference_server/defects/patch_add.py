"""Add operations, RFC 7644 section 3.5.2.1."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.patch_messages import (
    Operation,
    asked,
    ignored,
    operations,
    resource,
    rewrite,
)
from reference_server.defects.wire import Forward, Request, Response

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _replaced(operation: Operation) -> list[Operation]:
    return [{**operation, "op": "replace"}]


def _without_name_before(operation: Operation) -> list[Operation]:
    return [{"op": "remove", "path": "name"}, operation]


@defect("ignores-a-pathless-title", breaks="rfc7644-3.5.2.1-add-no-path-single")
async def ignores_a_pathless_title(request: Request, forward: Forward) -> Response:
    """An add without path of a title changes nothing."""
    value = asked(request, "add", None)
    if isinstance(value, dict) and set(value) == {"title"}:
        return await ignored(request, forward)
    return await forward(request)


@defect("replaces-emails-in-a-pathless-add", breaks="rfc7644-3.5.2.1-add-no-path-multi-valued")
async def replaces_emails_in_a_pathless_add(request: Request, forward: Forward) -> Response:
    """An add without path of emails replaces those that are there."""
    value = asked(request, "add", None)
    if isinstance(value, dict) and set(value) == {"emails"}:
        rewrite(request, _replaced)
    return await forward(request)


@defect("overwrites-the-name-in-a-pathless-add", breaks="rfc7644-3.5.2.1-add-no-path-complex")
async def overwrites_the_name_in_a_pathless_add(request: Request, forward: Forward) -> Response:
    """An add without path loses the parts of the name that it does not hold."""
    value = asked(request, "add", None)
    if isinstance(value, dict) and set(value) == {"name"}:
        rewrite(request, _without_name_before)
    return await forward(request)


@defect("ignores-a-pathless-extension", breaks="rfc7644-3.5.2.1-add-no-path-extension")
async def ignores_a_pathless_extension(request: Request, forward: Forward) -> Response:
    """An add without path of extension attributes changes nothing."""
    value = asked(request, "add", None)
    if isinstance(value, dict) and set(value) == {ENTERPRISE}:
        return await ignored(request, forward)
    return await forward(request)


@defect("has-no-place-for-a-dotted-key", breaks="rfc7644-3.5.2.1-add-no-path-qualified-key")
async def has_no_place_for_a_dotted_key(request: Request, forward: Forward) -> Response:
    """An add without path whose value has a key with a dot is answered 404."""
    value = asked(request, "add", None)
    if isinstance(value, dict) and "name.familyName" in value:
        return Response.error(404)
    return await forward(request)


@defect("ignores-a-string-without-path", breaks="rfc7644-3.5.2.1-add-no-path-non-object-value")
async def ignores_a_string_without_path(request: Request, forward: Forward) -> Response:
    """An add of a string without a path is answered 200."""
    if isinstance(asked(request, "add", None), str):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-add-to-a-title", breaks="rfc7644-3.5.2.1-add-attribute-single-existing")
async def ignores_an_add_to_a_title(request: Request, forward: Forward) -> Response:
    """An add of a title where there is one changes nothing."""
    if asked(request, "add", "title") and (await resource(request, forward)).get("title"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-add-of-a-title", breaks="rfc7644-3.5.2.1-add-attribute-missing")
async def ignores_an_add_of_a_title(request: Request, forward: Forward) -> Response:
    """An add of a title where there is none changes nothing."""
    if asked(request, "add", "title") and not (await resource(request, forward)).get("title"):
        return await ignored(request, forward)
    return await forward(request)


@defect("replaces-emails-in-an-add", breaks="rfc7644-3.5.2.1-add-attribute-multi-valued")
async def replaces_emails_in_an_add(request: Request, forward: Forward) -> Response:
    """An add of an email that is not there replaces the others."""
    value = asked(request, "add", "emails")
    if isinstance(value, list) and not any("primary" in one for one in value):
        there = [one.get("value") for one in (await resource(request, forward)).get("emails", [])]
        if not any(one.get("value") in there for one in value):
            rewrite(request, _replaced)
    return await forward(request)


@defect(
    "wants-an-array-in-an-add", breaks="rfc7644-3.5.2.1-add-attribute-multi-valued-single-object"
)
async def wants_an_array_in_an_add(request: Request, forward: Forward) -> Response:
    """An add of a lone object to emails is refused."""
    if isinstance(asked(request, "add", "emails"), dict):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect(
    "ignores-the-first-phone-number", breaks="rfc7644-3.5.2.1-add-attribute-multi-valued-missing"
)
async def ignores_the_first_phone_number(request: Request, forward: Forward) -> Response:
    """An add to phoneNumbers changes nothing."""
    if asked(request, "add", "phoneNumbers"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-add-to-a-name", breaks="rfc7644-3.5.2.1-add-attribute-complex")
async def ignores_an_add_to_a_name(request: Request, forward: Forward) -> Response:
    """An add of a part to the name changes nothing."""
    if isinstance(asked(request, "add", "name"), dict):
        return await ignored(request, forward)
    return await forward(request)


@defect(
    "ignores-a-string-added-to-a-name", breaks="rfc7644-3.5.2.1-add-attribute-complex-wrong-value"
)
async def ignores_a_string_added_to_a_name(request: Request, forward: Forward) -> Response:
    """An add of a string to the name is answered 200."""
    if isinstance(asked(request, "add", "name"), str):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-add-to-a-given-name", breaks="rfc7644-3.5.2.1-add-sub-attribute-existing")
async def ignores_an_add_to_a_given_name(request: Request, forward: Forward) -> Response:
    """An add of a given name where there is one changes nothing."""
    if asked(request, "add", "name.givenName"):
        return await ignored(request, forward)
    return await forward(request)


@defect("wants-a-name-before-its-part", breaks="rfc7644-3.5.2.1-add-sub-attribute-missing")
async def wants_a_name_before_its_part(request: Request, forward: Forward) -> Response:
    """An add of a family name to a user without a name is refused."""
    if asked(request, "add", "name.familyName"):
        return Response.error(400, "noTarget")
    return await forward(request)


@defect("ignores-an-add-to-a-selected-address", breaks="rfc7644-3.5.2.1-add-value-filter-match")
async def ignores_an_add_to_a_selected_address(request: Request, forward: Forward) -> Response:
    """An add to the address that a filter selects changes nothing."""
    if asked(request, "add", 'addresses[type eq "work"]'):
        return await ignored(request, forward)
    return await forward(request)


@defect(
    "ignores-an-add-to-an-address-that-is-not", breaks="rfc7644-3.5.2.1-add-value-filter-no-match"
)
async def ignores_an_add_to_an_address_that_is_not(request: Request, forward: Forward) -> Response:
    """An add to an address that does not exist is answered 200 and not applied."""
    if asked(request, "add", 'addresses[type eq "other"]'):
        return await ignored(request, forward)
    return await forward(request)


@defect("adds-to-all-emails", breaks="rfc7644-3.5.2.1-add-filter-sub-attribute-match")
async def adds_to_all_emails(request: Request, forward: Forward) -> Response:
    """An add to the emails that a filter selects changes all of them."""
    if asked(request, "add", 'emails[type eq "work"].display'):
        rewrite(request, lambda one: [{**one, "path": "emails.display"}])
    return await forward(request)


@defect(
    "ignores-an-add-in-an-email-that-is-not",
    breaks="rfc7644-3.5.2.1-add-filter-sub-attribute-no-match",
)
async def ignores_an_add_in_an_email_that_is_not(request: Request, forward: Forward) -> Response:
    """An add of a value in an email that does not exist is answered 200 and not applied."""
    if asked(request, "add", 'emails[type eq "other"].value'):
        return await ignored(request, forward)
    return await forward(request)


@defect("has-no-emails-to-add-to", breaks="rfc7644-3.5.2.1-add-multi-valued-sub-attribute-without")
async def has_no_emails_to_add_to(request: Request, forward: Forward) -> Response:
    """An add of a sub-attribute to all emails is answered 404."""
    if asked(request, "add", "emails.type"):
        return Response.error(404)
    return await forward(request)


@defect("refuses-a-member-that-is-one", breaks="rfc7644-3.5.2.1-add-existing-value-no-change")
async def refuses_a_member_that_is_one(request: Request, forward: Forward) -> Response:
    """An add of somebody who is a member is refused with 409."""
    value = asked(request, "add", "members")
    if isinstance(value, list):
        there = [one.get("value") for one in (await resource(request, forward)).get("members", [])]
        if any(one.get("value") in there for one in value):
            return Response.error(409, "uniqueness")
    return await forward(request)


@defect("touches-what-an-add-leaves", breaks="rfc7644-3.5.2.1-add-existing-value-lastmodified")
async def touches_what_an_add_leaves(request: Request, forward: Forward) -> Response:
    """An add of a displayName that is there moves meta.lastModified."""
    value = asked(request, "add", "displayName")
    if value and (await resource(request, forward)).get("displayName") == value:
        rewrite(request, lambda one: [{**one, "op": "remove"}])
        await forward(request)
        rewrite(request, lambda one: [{**one, "op": "add"}])
    return await forward(request)


@defect("replaces-members-in-an-add", breaks="rfc7644-3.5.2.1-add-member")
async def replaces_members_in_an_add(request: Request, forward: Forward) -> Response:
    """An add of one member replaces the others."""
    value = asked(request, "add", "members")
    if isinstance(value, list) and len(value) == 1:
        rewrite(request, _replaced)
    return await forward(request)


@defect("adds-the-first-member-only", breaks="rfc7644-3.5.2.1-add-several-members")
async def adds_the_first_member_only(request: Request, forward: Forward) -> Response:
    """An add of several members adds the first."""
    value = asked(request, "add", "members")
    if isinstance(value, list) and len(value) > 1:
        rewrite(request, lambda one: [{**one, "value": value[:1]}])
    return await forward(request)


@defect("ignores-an-extension-path", breaks="rfc7644-3.5.2.1-add-extension-attribute-path")
async def ignores_an_extension_path(request: Request, forward: Forward) -> Response:
    """An add at the path of an extension attribute changes nothing."""
    if len(operations(request)) == 1 and asked(request, "add", f"{ENTERPRISE}:department"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-add-to-groups", breaks="rfc7644-3.5.2.1-add-readonly")
async def ignores_an_add_to_groups(request: Request, forward: Forward) -> Response:
    """An add to groups of a user is answered 200."""
    if asked(request, "add", "groups"):
        return await ignored(request, forward)
    return await forward(request)
