"""Defects of /Me (RFC 7644 section 3.11) and of what is not offered."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response

#: The one user that is there from the beginning.
WITH_ME = ("--profile=kantega", "--me=local-administrator")


@defect("names-no-place-but-me", breaks="rfc7644-3.11-me-direct", options=WITH_ME)
async def names_no_place_but_me(request: Request, forward: Forward) -> Response:
    """The Location of /Me is /Me."""
    response = await forward(request)
    if request.path == "/Me" and response.is_success:
        response.headers["location"] = "/scim/v2/Me"
    return response


@defect("is-somebody-else", breaks="rfc7644-3.11-me-operations", options=WITH_ME)
async def is_somebody_else(request: Request, forward: Forward) -> Response:
    """/Me has another id than the resource behind it."""
    response = await forward(request)
    if request.path == "/Me" and response.is_success:
        response.json = {**response.object, "id": "somebody-else"}
    return response


@defect("does-not-find-me", breaks="rfc7644-3.11-me-unsupported")
async def does_not_find_me(request: Request, forward: Forward) -> Response:
    """/Me, which is not offered, is answered 404."""
    return Response.error(404) if request.path == "/Me" else await forward(request)


@defect("redirects-me-for-now", breaks="rfc7644-3.11-me-redirect")
async def redirects_me_for_now(request: Request, forward: Forward) -> Response:
    """/Me is redirected with 302."""
    if request.path == "/Me":
        return Response.of(302, location="/scim/v2/Users/1")
    return await forward(request)


@defect("calls-a-path-a-value", breaks="rfc7644-3.12-scimtype-invalidpath")
async def calls_a_path_a_value(request: Request, forward: Forward) -> Response:
    """A PATCH path that is too deep is refused with scimType mutability."""
    response = await forward(request)
    if request.method == "PATCH" and b"name.familyName.first" in request.body:
        return Response.error(400, "mutability")
    return response


@defect("calls-an-id-a-path", breaks="rfc7644-3.12-scimtype-mutability")
async def calls_an_id_a_path(request: Request, forward: Forward) -> Response:
    """A PATCH of the id is refused with scimType invalidFilter."""
    response = await forward(request)
    operations = request.object.get("Operations") or []
    is_refused = response.object.get("scimType") == "mutability"
    if is_refused and any(one.get("path") == "id" for one in operations):
        return Response.error(400, "invalidFilter")
    return response


@defect("advertises-a-patch-it-lacks", breaks="rfc7644-3.5-patch-discoverable")
async def advertises_a_patch_it_lacks(request: Request, forward: Forward) -> Response:
    """PATCH is advertised, and answered 501."""
    if request.method != "PATCH":
        return await forward(request)
    # Who may not come in is not told what there is.
    asked = await forward(request.get("/Schemas"))
    return asked if asked.status == 401 else Response.error(501)


@defect(
    "does-not-find-a-patch", breaks="rfc7644-3.5.2-patch-unsupported", options=("--without=patch",)
)
async def does_not_find_a_patch(request: Request, forward: Forward) -> Response:
    """PATCH, which is not offered, is answered 404."""
    response = await forward(request)
    is_lacked = request.method == "PATCH" and response.status == 501
    return Response.error(404) if is_lacked else response


@defect("accepts-a-look-at-its-configuration", breaks="rfc7644-4-serviceproviderconfig-endpoint")
async def accepts_a_look_at_its_configuration(request: Request, forward: Forward) -> Response:
    """The configuration is answered 202."""
    response = await forward(request)
    if request.path == "/ServiceProviderConfig" and response.is_success:
        response.status = 202
    return response
