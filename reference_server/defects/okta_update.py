"""Defects of what Okta does to accounts that are there: link and update."""

from __future__ import annotations

from typing import Any

from reference_server.defects import defect
from reference_server.defects.okta_requests import (
    is_lookup,
    is_okta_put,
    is_runner,
    looked_up,
    only,
    patched,
    resources,
)
from reference_server.defects.patch_messages import ignored, resource
from reference_server.defects.wire import Forward, Request, Response

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

# Link ---------------------------------------------------------------------------------


@defect("finds-provisioned-accounts-only", breaks="okta-link-existing")
async def finds_provisioned_accounts_only(request: Request, forward: Forward) -> Response:
    """A lookup finds accounts with an externalId only."""
    response = await forward(request)
    if not is_lookup(request) or not response.is_success:
        return response
    return only(response, [one for one in resources(response) if one.get("externalId")])


@defect("looks-up-without-schemas", breaks="okta-link-found-complete")
async def looks_up_without_schemas(request: Request, forward: Forward) -> Response:
    """Accounts in the answer to a lookup have no schemas."""
    response = await forward(request)
    if is_lookup(request) and response.is_success:
        for one in (found := resources(response)):
            one.pop("schemas", None)
        return only(response, found)
    return response


@defect("keeps-the-profile-of-old-accounts", breaks="okta-link-updated-in-place")
async def keeps_the_profile_of_old_accounts(request: Request, forward: Forward) -> Response:
    """The first PUT of Okta to an account that was there has no effect."""
    if is_okta_put(request) and "externalId" not in await resource(request, forward):
        return await ignored(request, forward)
    return await forward(request)


@defect("doubles-accounts-that-are-written", breaks="okta-link-one-account")
async def doubles_accounts_that_are_written(request: Request, forward: Forward) -> Response:
    """An account that Okta has written twice is there twice."""
    response, name = await forward(request), looked_up(request)
    written: set[str] = request.state.setdefault("written", set())
    if is_okta_put(request) and response.is_success:
        written.add(request.path.rpartition("/")[2])
    if name is None or not response.is_success:
        return response
    found = resources(response)
    twins = [{**one, "id": f"{one['id']}-twin"} for one in found if one.get("id") in written]
    return only(response, [*found, *twins])


# Update -------------------------------------------------------------------------------


async def _before(request: Request, forward: Forward) -> dict[str, Any]:
    """The account as it is, where Okta updates one that it knows; else nothing."""
    if not is_okta_put(request):
        return {}
    found = await resource(request, forward)
    return found if found.get("externalId") == request.object.get("externalId") else {}


def _given_name(account: dict[str, Any]) -> Any:
    name = account.get("name")
    return name.get("givenName") if isinstance(name, dict) else None


async def _with(request: Request, forward: Forward, **changes: Any) -> Response:
    """The same PUT with other values; None leaves one out."""
    sent = {**request.object, **changes}
    request.json = {name: value for name, value in sent.items() if value is not None}
    return await forward(request)


@defect("refuses-the-name-it-has", breaks="okta-update-accepted")
async def refuses_the_name_it_has(request: Request, forward: Forward) -> Response:
    """A PUT with the unchanged userName is answered 409."""
    if is_okta_put(request) and not is_runner(request.object):
        before = await resource(request, forward)
        if before.get("userName") == request.object.get("userName") and before.get(
            "active"
        ) == request.object.get("active"):
            return Response.error(409, "uniqueness", "the userName is taken")
    return await forward(request)


@defect("keeps-given-names", breaks="okta-update-attribute")
async def keeps_given_names(request: Request, forward: Forward) -> Response:
    """A PUT does not change the given name."""
    before = await _before(request, forward)
    if before and _given_name(before) and not is_runner(before):
        name = {**request.object.get("name", {}), "givenName": _given_name(before)}
        return await _with(request, forward, name=name)
    return await forward(request)


@defect("forgets-the-title-of-the-renamed", breaks="okta-update-keeps-others")
async def forgets_the_title_of_the_renamed(request: Request, forward: Forward) -> Response:
    """A PUT that changes the name takes the title away."""
    before = await _before(request, forward)
    if before and _given_name(before) != _given_name(request.object):
        return await _with(request, forward, title=None)
    return await forward(request)


@defect("collects-addresses", breaks="okta-update-email")
async def collects_addresses(request: Request, forward: Forward) -> Response:
    """A PUT adds its e-mail addresses to those that are there."""
    sent = request.object.get("emails") or []
    values = {one.get("value") for one in sent}
    before = (await _before(request, forward)).get("emails", [])
    old = [{**one, "primary": False} for one in before if one.get("value") not in values]
    return await _with(request, forward, emails=[*sent, *old]) if old else await forward(request)


@defect("keeps-one-address", breaks="okta-update-other-email")
async def keeps_one_address(request: Request, forward: Forward) -> Response:
    """A PUT keeps the primary e-mail address only."""
    emails = request.object.get("emails") if is_okta_put(request) else None
    if emails:
        primary = [one for one in emails if one.get("primary")]
        return await _with(request, forward, emails=primary)
    return await forward(request)


@defect("keeps-departments", breaks="okta-update-enterprise")
async def keeps_departments(request: Request, forward: Forward) -> Response:
    """A PUT does not change the enterprise attributes."""
    before = await _before(request, forward)
    if ENTERPRISE in before:
        return await _with(request, forward, **{ENTERPRISE: before[ENTERPRISE]})
    return await forward(request)


@defect("fixes-user-names", breaks="okta-update-user-name")
async def fixes_user_names(request: Request, forward: Forward) -> Response:
    """A PUT that changes the userName is answered 400."""
    before = await _before(request, forward)
    if before and before.get("userName") != request.object.get("userName"):
        return Response.error(400, "mutability", "a userName is for ever")
    return await forward(request)


@defect("deactivates-the-renamed", breaks="okta-update-stays-active")
async def deactivates_the_renamed(request: Request, forward: Forward) -> Response:
    """A PUT that changes the name deactivates the account."""
    before = await _before(request, forward)
    if before and _given_name(before) != _given_name(request.object):
        return await _with(request, forward, active=False)
    return await forward(request)


@defect("refuses-null", breaks="okta-update-null")
async def refuses_null(request: Request, forward: Forward) -> Response:
    """A PUT with a null is answered 400."""
    if is_okta_put(request) and None in request.object.values():
        return Response.error(400, "invalidValue", "null is no value")
    return await forward(request)


@defect("patches-users-at-a-path-only", breaks="okta-update-patch")
async def patches_users_at_a_path_only(request: Request, forward: Forward) -> Response:
    """A PATCH of a name without a path is answered 400."""
    if "name" in patched(request):
        return Response.error(400, "noTarget", "a path is needed")
    return await forward(request)
