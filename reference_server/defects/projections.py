"""Defects of projection, RFC 7644 sections 3.4.2.5 and 3.9."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, is_resource


@defect(
    "refuses-excluded-attributes", breaks="rfc7644-3.4.2.5-attributes-excludedattributes-supported"
)
async def refuses_excluded_attributes(request: Request, forward: Forward) -> Response:
    """attributes with displayName alone is refused."""
    if request.param("attributes") == "displayName" and request.method == "GET":
        return Response.error(400)
    return await forward(request)


@defect("shows-more-than-is-asked-for", breaks="rfc7644-3.9-attributes")
async def shows_more_than_is_asked_for(request: Request, forward: Forward) -> Response:
    """displayName is shown although it was not asked for."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and request.param("attributes") == "userName,name.givenName"
    ):
        value = response.json
        value["displayName"] = "Ada"
        response.json = value
    return response


@defect("reads-the-first-name-only", breaks="rfc7644-3.9-comma-separated-list")
async def reads_the_first_name_only(request: Request, forward: Forward) -> Response:
    """Only the first name in attributes counts."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and request.param("attributes") == "userName,name.givenName"
    ):
        value = response.json
        value.pop("name", None)
        response.json = value
    return response


@defect("leaves-ids-out-when-not-asked-for", breaks="rfc7643-3.1-id-always-returned")
async def leaves_ids_out_when_not_asked_for(request: Request, forward: Forward) -> Response:
    """The id is left out when it was not asked for."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and request.param("attributes") == "userName,name.givenName"
    ):
        value = response.json
        value["id"] = None
        response.json = value
    return response


@defect("ignores-excluded-attributes", breaks="rfc7644-3.9-excludedattributes")
async def ignores_excluded_attributes(request: Request, forward: Forward) -> Response:
    """excludedAttributes is ignored."""
    if request.param("excludedAttributes") == "displayName":
        return await forward(request.without_param("excludedAttributes"))
    return await forward(request)


@defect(
    "lets-clients-exclude-ids", breaks="rfc7644-3.4.2.5-excludedattributes-cannot-remove-always"
)
async def lets_clients_exclude_ids(request: Request, forward: Forward) -> Response:
    """The id can be excluded."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and request.param("excludedAttributes") == "id"
    ):
        value = response.json
        value["id"] = None
        response.json = value
    return response


@defect("shows-emails-on-request", breaks="rfc7644-3.9-default-response-set")
async def shows_emails_on_request(request: Request, forward: Forward) -> Response:
    """emails are shown only when asked for."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and is_resource(request, "/Users")
        and not request.query
        and b"AbC " in response.body
    ):
        value = response.json
        value.pop("emails", None)
        response.json = value
    return response


@defect("shows-passwords-on-request", breaks="rfc7643-7-returned-never")
async def shows_passwords_on_request(request: Request, forward: Forward) -> Response:
    """A password is shown to whoever asks for it."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and request.param("attributes") == "password"
    ):
        value = response.json
        value["password"] = ""
        response.json = value
    return response


@defect(
    "shows-no-extension-attributes-on-request", breaks="rfc7644-3.9-projection-extension-attributes"
)
async def shows_no_extension_attributes_on_request(request: Request, forward: Forward) -> Response:
    """An extension attribute that is asked for is left out."""
    response = await forward(request)
    if (
        request.method == "GET"
        and response.is_success
        and "department" in (request.param("attributes") or "")
    ):
        value = response.json
        value.pop("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", None)
        response.json = value
    return response


@defect("shows-everything-for-unknown-names", breaks="rfc7644-3.4.2.5-unknown-projection-names")
async def shows_everything_for_unknown_names(request: Request, forward: Forward) -> Response:
    """An unknown name in attributes brings everything."""
    if request.param("attributes") == "favoriteBicycle":
        return await forward(request.without_param("attributes"))
    return await forward(request)
