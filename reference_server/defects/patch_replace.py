"""Replace operations, RFC 7644 section 3.5.2.3."""

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


def _added(operation: Operation) -> list[Operation]:
    return [{**operation, "op": "add"}]


def _after_removal(path: str) -> list[Operation]:
    return [{"op": "remove", "path": path}]


@defect("ignores-a-pathless-profile", breaks="rfc7644-3.5.2.3-replace-no-path")
async def ignores_a_pathless_profile(request: Request, forward: Forward) -> Response:
    """A replace without path of title and displayName changes nothing."""
    value = asked(request, "replace", None)
    if isinstance(value, dict) and set(value) == {"title", "displayName"}:
        return await ignored(request, forward)
    return await forward(request)


@defect("adds-emails-in-a-pathless-replace", breaks="rfc7644-3.5.2.3-replace-no-path-multi-valued")
async def adds_emails_in_a_pathless_replace(request: Request, forward: Forward) -> Response:
    """A replace without path adds its emails to those that are there."""
    value = asked(request, "replace", None)
    if isinstance(value, dict) and set(value) == {"emails"}:
        rewrite(request, _added)
    return await forward(request)


@defect(
    "overwrites-the-name-in-a-pathless-replace", breaks="rfc7644-3.5.2.3-replace-no-path-complex"
)
async def overwrites_the_name_in_a_pathless_replace(request: Request, forward: Forward) -> Response:
    """A replace without path loses the parts of the name that it does not hold."""
    value = asked(request, "replace", None)
    if isinstance(value, dict) and set(value) == {"name"}:
        rewrite(request, lambda one: [*_after_removal("name"), one])
    return await forward(request)


@defect(
    "overwrites-the-extension-in-a-pathless-replace",
    breaks="rfc7644-3.5.2.3-replace-no-path-extension",
)
async def overwrites_the_extension_in_a_pathless_replace(
    request: Request, forward: Forward
) -> Response:
    """A replace without path loses the extension attributes that it does not hold."""
    value = asked(request, "replace", None)
    if isinstance(value, dict) and set(value) == {ENTERPRISE}:
        rewrite(request, lambda one: [*_after_removal(ENTERPRISE), one])
    return await forward(request)


@defect(
    "ignores-a-pathless-replace-with-an-id",
    breaks="rfc7644-3.5.2.3-replace-no-path-readonly-inside",
)
async def ignores_a_pathless_replace_with_an_id(request: Request, forward: Forward) -> Response:
    """A replace without path that holds an id is answered 200 and changes nothing."""
    value = asked(request, "replace", None)
    if isinstance(value, dict) and set(value) == {"id", "displayName"}:
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-a-replace-of-a-title", breaks="rfc7644-3.5.2.3-replace-single")
async def ignores_a_replace_of_a_title(request: Request, forward: Forward) -> Response:
    """A replace of a title that has a value changes nothing."""
    titled = isinstance(asked(request, "replace", "title"), str)
    if titled and (await resource(request, forward)).get("title"):
        return await ignored(request, forward)
    return await forward(request)


@defect("finds-no-missing-title", breaks="rfc7644-3.5.2.3-replace-missing-attribute")
async def finds_no_missing_title(request: Request, forward: Forward) -> Response:
    """A replace of a title that has no value is refused with noTarget."""
    titled = isinstance(asked(request, "replace", "title"), str)
    if titled and not (await resource(request, forward)).get("title"):
        return Response.error(400, "noTarget")
    return await forward(request)


@defect("adds-emails-in-a-replace", breaks="rfc7644-3.5.2.3-replace-multi-valued-without-filter")
async def adds_emails_in_a_replace(request: Request, forward: Forward) -> Response:
    """A replace of emails by an array adds to those that are there."""
    value = asked(request, "replace", "emails")
    if isinstance(value, list) and value:
        rewrite(request, _added)
    return await forward(request)


@defect("wants-an-array-in-a-replace", breaks="rfc7644-3.5.2.3-replace-multi-valued-single-object")
async def wants_an_array_in_a_replace(request: Request, forward: Forward) -> Response:
    """A replace of emails by a lone object is refused."""
    if isinstance(asked(request, "replace", "emails"), dict):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("keeps-members-replaced-by-nothing", breaks="rfc7644-3.5.2.3-replace-multi-valued-null")
async def keeps_members_replaced_by_nothing(request: Request, forward: Forward) -> Response:
    """A replace of members by an empty list changes nothing."""
    if any(one.get("path") == "members" and one.get("value") == [] for one in operations(request)):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-a-replace-of-a-name", breaks="rfc7644-3.5.2.3-replace-complex")
async def ignores_a_replace_of_a_name(request: Request, forward: Forward) -> Response:
    """A replace of the name changes nothing."""
    value = asked(request, "replace", "name")
    if isinstance(value, dict) and "givenName" in value:
        return await ignored(request, forward)
    return await forward(request)


@defect("overwrites-the-name-in-a-replace", breaks="rfc7644-3.5.2.3-replace-complex-keeps-rest")
async def overwrites_the_name_in_a_replace(request: Request, forward: Forward) -> Response:
    """A replace of the name loses the parts that it does not hold."""
    value = asked(request, "replace", "name")
    if isinstance(value, dict) and "givenName" in value:
        rewrite(request, lambda one: [*_after_removal("name"), one])
    return await forward(request)


@defect("ignores-a-string-for-a-name", breaks="rfc7644-3.5.2.3-replace-complex-wrong-value")
async def ignores_a_string_for_a_name(request: Request, forward: Forward) -> Response:
    """A replace of the name by a string is answered 200 and changes nothing."""
    if isinstance(asked(request, "replace", "name"), str):
        return await ignored(request, forward)
    return await forward(request)


@defect("overwrites-the-name-by-its-part", breaks="rfc7644-3.5.2.3-replace-sub-attribute")
async def overwrites_the_name_by_its_part(request: Request, forward: Forward) -> Response:
    """A replace of name.givenName loses the rest of the name."""
    if isinstance(asked(request, "replace", "name.givenName"), str):
        rewrite(request, lambda one: [*_after_removal("name"), one])
    return await forward(request)


@defect("finds-no-missing-family-name", breaks="rfc7644-3.5.2.3-replace-missing-sub-attribute")
async def finds_no_missing_family_name(request: Request, forward: Forward) -> Response:
    """A replace of name.familyName without a name is refused with noTarget."""
    named = asked(request, "replace", "name.familyName")
    if named and not (await resource(request, forward)).get("name"):
        return Response.error(400, "noTarget")
    return await forward(request)


@defect("replaces-all-addresses", breaks="rfc7644-3.5.2.3-replace-value-filter")
async def replaces_all_addresses(request: Request, forward: Forward) -> Response:
    """A replace of the addresses that a filter selects replaces all of them."""
    if asked(request, "replace", 'addresses[type eq "work"]'):
        rewrite(request, lambda one: [{**one, "path": "addresses", "value": [one["value"]]}])
    return await forward(request)


@defect(
    "replaces-the-first-match-only", breaks="rfc7644-3.5.2.3-replace-value-filter-several-matches"
)
async def replaces_the_first_match_only(request: Request, forward: Forward) -> Response:
    """A replace in the emails that a filter selects changes only the first of them."""
    if asked(request, "replace", 'emails[type eq "work"].display'):
        mails = (await resource(request, forward)).get("emails", [])
        first = next((one["value"] for one in mails if one.get("type") == "work"), None)
        if first is not None:
            path = f'emails[value eq "{first}"].display'
            rewrite(request, lambda one: [{**one, "path": path}])
    return await forward(request)


@defect("ignores-a-replace-in-addresses", breaks="rfc7644-3.5.2.3-replace-filter-sub-attribute")
async def ignores_a_replace_in_addresses(request: Request, forward: Forward) -> Response:
    """A replace of the locality of selected addresses changes nothing."""
    if asked(request, "replace", 'addresses[type eq "work"].locality'):
        return await ignored(request, forward)
    return await forward(request)


@defect(
    "finds-no-missing-postal-code", breaks="rfc7644-3.5.2.3-replace-filter-missing-sub-attribute"
)
async def finds_no_missing_postal_code(request: Request, forward: Forward) -> Response:
    """A replace of the postal code of a selected address that has none is refused."""
    if asked(request, "replace", 'addresses[type eq "work"].postalCode'):
        return Response.error(400, "noTarget")
    return await forward(request)


@defect("ignores-a-replace-without-match", breaks="rfc7644-3.5.2.3-replace-filter-without-match")
async def ignores_a_replace_without_match(request: Request, forward: Forward) -> Response:
    """A replace of elements that do not exist is answered 200."""
    if asked(request, "replace", 'emails[type eq "other"]'):
        return await ignored(request, forward)
    return await forward(request)


@defect(
    "makes-what-a-replace-does-not-find",
    breaks="rfc7644-3.5.2.3-replace-filter-sub-attribute-no-match",
)
async def makes_what_a_replace_does_not_find(request: Request, forward: Forward) -> Response:
    """A replace in elements that do not exist makes one."""
    if asked(request, "replace", 'emails[type eq "other"].value'):
        rewrite(request, _added)
    return await forward(request)


@defect(
    "has-no-emails-to-replace-in",
    breaks="rfc7644-3.5.2.3-replace-multi-valued-sub-attribute-without",
)
async def has_no_emails_to_replace_in(request: Request, forward: Forward) -> Response:
    """A replace of a sub-attribute of all emails is answered 404."""
    if asked(request, "replace", "emails.type"):
        return Response.error(404)
    return await forward(request)


@defect("ignores-a-replace-without-value", breaks="rfc7644-3.5.2.3-replace-without-value")
async def ignores_a_replace_without_value(request: Request, forward: Forward) -> Response:
    """A replace without value is answered 200 and changes nothing."""
    found = asked(request, "replace", "displayName")
    if isinstance(found, dict) and "value" not in found:
        return await ignored(request, forward)
    return await forward(request)


@defect("adds-members-in-a-replace", breaks="rfc7644-3.5.2.3-replace-members")
async def adds_members_in_a_replace(request: Request, forward: Forward) -> Response:
    """A replace of members adds to those that are there."""
    value = asked(request, "replace", "members")
    if isinstance(value, list) and value:
        rewrite(request, _added)
    return await forward(request)


@defect("ignores-null-for-a-user-name", breaks="rfc7644-3.5.2.3-replace-required-null")
async def ignores_null_for_a_user_name(request: Request, forward: Forward) -> Response:
    """A replace of userName by null is answered 200 and changes nothing."""
    if isinstance(asked(request, "replace", "userName"), dict):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-false-at-a-path", breaks="rfc7644-3.5.2.3-replace-boolean")
async def ignores_false_at_a_path(request: Request, forward: Forward) -> Response:
    """A replace of active by false changes nothing."""
    found = asked(request, "replace", "active")
    if isinstance(found, dict) and found.get("value") is False:
        return await ignored(request, forward)
    return await forward(request)


@defect("refuses-a-patched-password", breaks="rfc7644-3.5.2.3-replace-password")
async def refuses_a_patched_password(request: Request, forward: Forward) -> Response:
    """A PATCH of a password is refused."""
    if asked(request, "replace", "password"):
        return Response.error(403)
    return await forward(request)


@defect(
    "ignores-a-filter-it-does-not-know", breaks="rfc7644-3.5.2.3-replace-invalid-filter-attribute"
)
async def ignores_a_filter_it_does_not_know(request: Request, forward: Forward) -> Response:
    """A replace with a filter on an unknown sub-attribute is answered 200."""
    if asked(request, "replace", 'emails[noSuch eq "x"].type'):
        return await ignored(request, forward)
    return await forward(request)
