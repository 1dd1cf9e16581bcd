"""Remove operations, RFC 7644 section 3.5.2.2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.patch_messages import asked, ignored, operations, resource, rewrite
from reference_server.defects.wire import Forward, Request, Response

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@defect("removes-nothing-without-a-path", breaks="rfc7644-3.5.2.2-remove-without-path")
async def removes_nothing_without_a_path(request: Request, forward: Forward) -> Response:
    """A remove without a path is answered 200."""
    if asked(request, "remove", None):
        return await ignored(request, forward)
    return await forward(request)


@defect("keeps-a-removed-title", breaks="rfc7644-3.5.2.2-remove-single-value")
async def keeps_a_removed_title(request: Request, forward: Forward) -> Response:
    """A remove of a title changes nothing."""
    if asked(request, "remove", "title") and (await resource(request, forward)).get("title"):
        return await ignored(request, forward)
    return await forward(request)


@defect("removes-the-first-email-only", breaks="rfc7644-3.5.2.2-remove-multi-valued-without-filter")
async def removes_the_first_email_only(request: Request, forward: Forward) -> Response:
    """A remove of emails removes the first of them."""
    asks = asked(request, "remove", "emails")
    mails = (await resource(request, forward)).get("emails") if asks else None
    if mails:
        path = f'emails[value eq "{mails[0]["value"]}"]'
        rewrite(request, lambda one: [{**one, "path": path}])
    return await forward(request)


@defect("removes-a-part-of-the-name", breaks="rfc7644-3.5.2.2-remove-complex-attribute")
async def removes_a_part_of_the_name(request: Request, forward: Forward) -> Response:
    """A remove of the name leaves the family name."""
    if asked(request, "remove", "name"):
        rewrite(request, lambda one: [{**one, "path": "name.givenName"}])
    return await forward(request)


@defect("removes-the-name-with-its-part", breaks="rfc7644-3.5.2.2-remove-sub-attribute")
async def removes_the_name_with_its_part(request: Request, forward: Forward) -> Response:
    """A remove of the given name removes the whole name."""
    if asked(request, "remove", "name.givenName"):
        rewrite(request, lambda one: [{**one, "path": "name"}])
    return await forward(request)


@defect("keeps-the-last-part-of-a-name", breaks="rfc7644-3.5.2.2-remove-last-sub-attribute")
async def keeps_the_last_part_of_a_name(request: Request, forward: Forward) -> Response:
    """A remove of the only part of the name changes nothing."""
    asks = asked(request, "remove", "name.familyName")
    if asks and len((await resource(request, forward)).get("name", {})) == 1:
        return await ignored(request, forward)
    return await forward(request)


@defect("removes-all-for-one-value", breaks="rfc7644-3.5.2.2-remove-value-filter")
async def removes_all_for_one_value(request: Request, forward: Forward) -> Response:
    """A remove of the email with a given value removes all of them."""
    found = operations(request)
    if len(found) == 1 and str(found[0].get("path")).startswith("emails[value eq "):
        rewrite(request, lambda one: [{**one, "path": "emails"}])
    return await forward(request)


@defect("takes-and-for-or-in-a-path", breaks="rfc7644-3.5.2.2-remove-filter-sub-attributes")
async def takes_and_for_or_in_a_path(request: Request, forward: Forward) -> Response:
    """A remove of values that meet two conditions removes those that meet one."""
    if asked(request, "remove", 'emails[type eq "work" and value ew "example.com"]'):
        path = 'emails[type eq "work" or value ew "example.com"]'
        rewrite(request, lambda one: [{**one, "path": path}])
    return await forward(request)


@defect("keeps-one-of-the-matching", breaks="rfc7644-3.5.2.2-remove-all-elements-matched")
async def keeps_one_of_the_matching(request: Request, forward: Forward) -> Response:
    """A remove of all emails by a filter leaves the one at home."""
    if asked(request, "remove", "emails[value pr]"):
        rewrite(request, lambda one: [{**one, "path": 'emails[type eq "work"]'}])
    return await forward(request)


@defect("removes-the-address-with-its-part", breaks="rfc7644-3.5.2.2-remove-filter-sub-attribute")
async def removes_the_address_with_its_part(request: Request, forward: Forward) -> Response:
    """A remove of a part of a selected address removes the address."""
    if asked(request, "remove", 'addresses[type eq "work"].streetAddress'):
        rewrite(request, lambda one: [{**one, "path": 'addresses[type eq "work"]'}])
    return await forward(request)


@defect("removes-another-where-none-matches", breaks="rfc7644-3.5.2.2-remove-filter-without-match")
async def removes_another_where_none_matches(request: Request, forward: Forward) -> Response:
    """A remove of emails that do not exist removes those at home."""
    if asked(request, "remove", 'emails[type eq "other"]'):
        rewrite(request, lambda one: [{**one, "path": 'emails[type eq "home"]'}])
    return await forward(request)


@defect("refuses-to-remove-who-is-no-member", breaks="rfc7644-3.5.2.2-remove-absent-member")
async def refuses_to_remove_who_is_no_member(request: Request, forward: Forward) -> Response:
    """A remove of somebody who is no member is refused with noTarget."""
    found = operations(request)
    path = str(found[0].get("path")) if len(found) == 1 else ""
    if found and found[0].get("op") == "remove" and path.startswith("members[value eq "):
        there = [one.get("value") for one in (await resource(request, forward)).get("members", [])]
        if path.split('"')[1] not in there:
            return Response.error(400, "noTarget")
    return await forward(request)


@defect("finds-no-title-to-remove", breaks="rfc7644-3.5.2.2-remove-unassigned-attribute")
async def finds_no_title_to_remove(request: Request, forward: Forward) -> Response:
    """A remove of a title where there is none is answered 404."""
    if asked(request, "remove", "title") and not (await resource(request, forward)).get("title"):
        return Response.error(404)
    return await forward(request)


@defect("ignores-an-unknown-attribute-to-remove", breaks="rfc7644-3.5.2.2-remove-unknown-attribute")
async def ignores_an_unknown_attribute_to_remove(request: Request, forward: Forward) -> Response:
    """A remove of an unknown attribute is answered 200."""
    if asked(request, "remove", "favoriteBicycle"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-a-remove-of-the-user-name", breaks="rfc7644-3.5.2.2-remove-required-attribute")
async def ignores_a_remove_of_the_user_name(request: Request, forward: Forward) -> Response:
    """A remove of userName is answered 200 and not applied."""
    if asked(request, "remove", "userName"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-a-remove-of-meta", breaks="rfc7644-3.5.2.2-remove-readonly-attribute")
async def ignores_a_remove_of_meta(request: Request, forward: Forward) -> Response:
    """A remove of meta.created is answered 200 and not applied."""
    if asked(request, "remove", "meta.created"):
        return await ignored(request, forward)
    return await forward(request)


@defect("removes-all-members-for-one", breaks="rfc7644-3.5.2.2-remove-member")
async def removes_all_members_for_one(request: Request, forward: Forward) -> Response:
    """A remove of one of several members removes all of them."""
    found = operations(request)
    path = str(found[0].get("path")) if len(found) == 1 else ""
    if found and found[0].get("op") == "remove" and path.startswith("members[value eq "):
        there = [one.get("value") for one in (await resource(request, forward)).get("members", [])]
        if path.split('"')[1] in there:
            rewrite(request, lambda one: [{**one, "path": "members"}])
    return await forward(request)


@defect("keeps-members-removed-without-filter", breaks="rfc7644-3.5.2.2-remove-all-members")
async def keeps_members_removed_without_filter(request: Request, forward: Forward) -> Response:
    """A remove of members without a filter changes nothing."""
    found = asked(request, "remove", "members")
    if isinstance(found, dict):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-listed-members-to-remove", breaks="rfc7644-3.5.2.2-remove-member-value-array")
async def ignores_listed_members_to_remove(request: Request, forward: Forward) -> Response:
    """A remove of members with a list is answered 200 and not applied."""
    if isinstance(asked(request, "remove", "members"), list):
        return await ignored(request, forward)
    return await forward(request)


@defect("applies-the-first-remove-only", breaks="rfc7644-3.5.2.2-remove-then-add")
async def applies_the_first_remove_only(request: Request, forward: Forward) -> Response:
    """Of several removes of members in one PATCH only the first is applied."""
    found = operations(request)
    removes = [one for one in found if one.get("op") == "remove"]
    if len(removes) > 1:
        kept = [one for one in found if one not in removes[1:]]
        request.json = {**request.json, "Operations": kept}
    return await forward(request)


@defect("removes-the-extension-with-its-part", breaks="rfc7644-3.5.2.2-remove-extension-attribute")
async def removes_the_extension_with_its_part(request: Request, forward: Forward) -> Response:
    """A remove of an extension attribute removes the whole extension."""
    if asked(request, "remove", f"{ENTERPRISE}:department"):
        rewrite(request, lambda one: [{**one, "path": ENTERPRISE}])
    return await forward(request)


@defect("keeps-a-removed-extension", breaks="rfc7644-3.5.2.2-remove-whole-extension")
async def keeps_a_removed_extension(request: Request, forward: Forward) -> Response:
    """A remove of a whole extension is answered 200 and not applied."""
    if asked(request, "remove", ENTERPRISE):
        return await ignored(request, forward)
    return await forward(request)


@defect(
    "has-no-emails-to-remove-from",
    breaks="rfc7644-3.5.2.2-remove-multi-valued-sub-attribute-without",
)
async def has_no_emails_to_remove_from(request: Request, forward: Forward) -> Response:
    """A remove of a sub-attribute from all emails is answered 404."""
    if asked(request, "remove", "emails.type"):
        return Response.error(404)
    return await forward(request)
