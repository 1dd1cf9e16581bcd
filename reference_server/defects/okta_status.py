"""Defects of what Okta does to the status of an account, and to its password."""

from __future__ import annotations

from typing import Any

from reference_server.defects import defect
from reference_server.defects.okta_requests import (
    is_lookup,
    is_spared,
    only,
    patched,
    resources,
    sets_active,
)
from reference_server.defects.patch_messages import ignored, resource
from reference_server.defects.wire import Forward, Request, Response, is_resource


async def _deactivated(request: Request, forward: Forward) -> dict[str, Any] | None:
    """The account that Okta deactivates by PATCH; None when it does something else."""
    if patched(request) != {"active": False}:
        return None
    before = await resource(request, forward)
    return None if is_spared(before) else before


# Deactivate ---------------------------------------------------------------------------


@defect("patches-the-status-at-a-path-only", breaks="okta-deactivate-accepted")
async def patches_the_status_at_a_path_only(request: Request, forward: Forward) -> Response:
    """A PATCH of active without a path is answered 400, where no group is concerned."""
    before = await _deactivated(request, forward)
    if before is not None and not before.get("groups"):
        return Response.error(400, "noTarget", "a path is needed")
    return await forward(request)


@defect("ignores-deactivations", breaks="okta-deactivate-inactive")
async def ignores_deactivations(request: Request, forward: Forward) -> Response:
    """A PATCH of active without a path is answered with success, and nothing happens."""
    if await _deactivated(request, forward) is not None:
        return await ignored(request, forward)
    return await forward(request)


@defect("hides-the-inactive", breaks="okta-deactivate-readable")
async def hides_the_inactive(request: Request, forward: Forward) -> Response:
    """An account that Okta has deactivated is answered 404."""
    response = await forward(request)
    is_read = request.method == "GET" and is_resource(request, "/Users")
    is_oktas = str(response.object.get("externalId", "")).startswith("00u")
    if is_spared(response.object):
        return response
    if is_read and is_oktas and response.object.get("active") is False:
        return Response.error(404, detail="there is no such user")
    return response


@defect("finds-the-active-only", breaks="okta-deactivate-found")
async def finds_the_active_only(request: Request, forward: Forward) -> Response:
    """A lookup finds accounts that are active only."""
    response = await forward(request)
    if not is_lookup(request) or not response.is_success:
        return response
    found = resources(response)
    return only(
        response, [one for one in found if one.get("active") is not False or is_spared(one)]
    )


@defect("empties-the-inactive", breaks="okta-deactivate-keeps-attributes")
async def empties_the_inactive(request: Request, forward: Forward) -> Response:
    """A deactivated account has no e-mail addresses."""
    response = await forward(request)
    is_read = request.method == "GET" and is_resource(request, "/Users")
    if is_read and response.object.get("active") is False:
        response.json = {name: one for name, one in response.object.items() if name != "emails"}
    return response


@defect("deactivates-once", breaks="okta-deactivate-twice")
async def deactivates_once(request: Request, forward: Forward) -> Response:
    """The deactivation of an inactive account is answered 409."""
    before = await _deactivated(request, forward)
    if before is not None and before.get("active") is False:
        return Response.error(409, detail="the account is inactive")
    return await forward(request)


# Reactivate ---------------------------------------------------------------------------


@defect("keeps-who-left-inactive", breaks="okta-reactivate-active")
async def keeps_who_left_inactive(request: Request, forward: Forward) -> Response:
    """An inactive account stays inactive, whatever the answer to its reactivation says."""
    if sets_active(request) is not True:
        return await forward(request)
    before = await resource(request, forward)
    if before.get("active") is not False or is_spared(before):
        return await forward(request)
    if request.method == "PATCH":
        return Response.of(200, {**before, "active": True})
    request.json = {**request.object, "active": False}
    response = await forward(request)
    response.json = {**response.object, "active": True}
    return response


@defect("reactivates-later", breaks="okta-reactivate-at-once")
async def reactivates_later(request: Request, forward: Forward) -> Response:
    """The answer to a reactivation shows an inactive account."""
    is_wanted = sets_active(request) is True
    before = await resource(request, forward) if is_wanted else {}
    response = await forward(request)
    if before.get("active") is False and response.is_success and not is_spared(before):
        return Response.of(200, {**before, "active": False})
    return response


# Sync Password ------------------------------------------------------------------------


@defect("patches-passwords-at-a-path-only", breaks="okta-password-accepted")
async def patches_passwords_at_a_path_only(request: Request, forward: Forward) -> Response:
    """A PATCH of a password without a path is answered 400."""
    if "password" in patched(request):
        return Response.error(400, "noTarget", "a path is needed")
    return await forward(request)


@defect("shows-a-new-password", breaks="okta-password-not-shown")
async def shows_a_new_password(request: Request, forward: Forward) -> Response:
    """The answer to a change of the password has it."""
    response = await forward(request)
    is_put = request.method == "PUT" and is_resource(request, "/Users")
    password = request.object.get("password") if is_put else patched(request).get("password")
    if password and response.object:
        response.json = {**response.object, "password": password}
    return response
