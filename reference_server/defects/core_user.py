"""Defects in what a user is shown as, RFC 7643 sections 2, 3 and 4.1."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)

_CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _is_read(request: Request) -> bool:
    return request.method == "GET" and is_resource(request, "/Users")


def _is_whole(request: Request) -> bool:
    """The answer is a whole user: to a read, or to a PATCH, which are the same."""
    shows = request.method in {"GET", "PATCH"} and not request.query
    return shows and is_resource(request, "/Users")


def _elements(request: Request, name: str) -> list[dict[str, Any]]:
    """The elements of a multi-valued attribute in a create of a user."""
    found = request.object.get(name) if is_create(request, "/Users") else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@defect("refers-from-where-it-stands", breaks="rfc7643-2.3.7-base-relative-references")
async def refers_from_where_it_stands(request: Request, forward: Forward) -> Response:
    """The reference to a manager is relative to the path of the request."""
    response = await forward(request)
    if _is_read(request) and response.is_success:
        for resource in each_resource(response):
            manager = resource.get(_ENTERPRISE, {}).get("manager")
            if manager:
                manager["$ref"] = manager["value"]
    return response


@defect("takes-capitals-for-another-type", breaks="rfc7643-2.4-canonicalise-types-output")
async def takes_capitals_for_another_type(request: Request, forward: Forward) -> Response:
    """An email of type WORK becomes one of type other."""
    mails = _elements(request, "emails")
    if any(one.get("type") == "WORK" for one in mails):
        request.json = {**request.object, "emails": [{**one, "type": "other"} for one in mails]}
    return await forward(request)


@defect("has-other-ids-without-a-version", breaks="rfc7643-2.4-version-independent-resource-uris")
async def has_other_ids_without_a_version(request: Request, forward: Forward) -> Response:
    """At the address without a version a user has another id."""
    response = await forward(request)
    if request.path.startswith("/scim/Users/") and response.is_success:
        response.json = {**response.object, "id": "1"}
    return response


@defect("shows-what-has-no-value", breaks="rfc7643-2.5-unassigned-attributes-omitted")
async def shows_what_has_no_value(request: Request, forward: Forward) -> Response:
    """An attribute without a value is shown as null."""
    response = await forward(request)
    if _is_whole(request) and response.is_success:
        for resource in each_resource(response):
            resource.setdefault("nickName", None)
    return response


@defect("wraps-core-attributes", breaks="rfc7643-3-core-attributes-top-level")
async def wraps_core_attributes(request: Request, forward: Forward) -> Response:
    """A user has a container with core attributes in it."""
    response = await forward(request)
    if _is_whole(request) and response.is_success:
        for resource in each_resource(response):
            resource[_CORE_USER] = {"userName": resource["userName"]}
    return response


@defect("finds-ids-in-any-case", breaks="rfc7643-3.1-id-case-exact")
async def finds_ids_in_any_case(request: Request, forward: Forward) -> Response:
    """A filter on the id ignores case."""
    text = request.param("filter") or ""
    if is_list(request, "/Users") and text.startswith('id eq "') and text.count('"') == 2:
        return await forward(request.with_param("filter", text.lower()))
    return await forward(request)


@defect("cannot-project-meta", breaks="rfc7643-3.1-meta-sub-attributes-returned-default")
async def cannot_project_meta(request: Request, forward: Forward) -> Response:
    """A part of meta that is asked for is not there."""
    response = await forward(request)
    if _is_read(request) and request.param("attributes") == "meta.location":
        response.json = {name: one for name, one in response.object.items() if name != "meta"}
    return response


@defect("tells-the-local-time", breaks="rfc7643-3.1-meta-created-datetime")
async def tells_the_local_time(request: Request, forward: Forward) -> Response:
    """A user with nothing but a nickname was created three hours ago."""
    response = await forward(request)
    if _is_read(request) and response.object.get("nickName") == "Ada":
        for resource in each_resource(response):
            if "displayName" not in resource:
                created = datetime.fromisoformat(resource["meta"]["created"])
                resource["meta"]["created"] = (created - timedelta(hours=3)).isoformat()
    return response


@defect("makes-up-full-names", breaks="rfc7643-4.1.1-name-parts-consistent")
async def makes_up_full_names(request: Request, forward: Forward) -> Response:
    """A name of two parts gets the full name of somebody else."""
    sent = request.object
    two = is_create(request, "/Users") and set(sent) == {"schemas", "userName", "name"}
    if two and isinstance(sent["name"], dict):
        request.json = {**sent, "name": {"formatted": "Grace Hopper", **sent["name"]}}
    return await forward(request)


async def _with_value(
    request: Request, forward: Forward, name: str, sign: str, value: str
) -> Response:
    """A create in which each value of an attribute with ``sign`` in it became another one."""
    found = _elements(request, name)
    if any(sign in str(one.get("value")) for one in found):
        changed = [
            {**one, "value": value} if sign in str(one.get("value")) else one for one in found
        ]
        request.json = {**request.object, name: changed}
    return await forward(request)


@defect("changes-addresses", breaks="rfc7643-4.1.2-email-canonicalisation")
async def changes_addresses(request: Request, forward: Forward) -> Response:
    """An address with a domain in capitals becomes another address."""
    return await _with_value(request, forward, "emails", "@EXAMPLE.COM", "postmaster@example.com")


@defect("refuses-email-displays", breaks="rfc7643-4.1.2-email-display")
async def refuses_email_displays(request: Request, forward: Forward) -> Response:
    """An email with a display is refused."""
    if any("display" in one for one in _elements(request, "emails")):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("cuts-phone-numbers", breaks="rfc7643-4.1.2-phone-canonicalisation")
async def cuts_phone_numbers(request: Request, forward: Forward) -> Response:
    """A phone number ends at its first bracket."""
    return await _with_value(request, forward, "phoneNumbers", "(", "tel:+1")


@defect("cuts-im-addresses", breaks="rfc7643-4.1.2-im-canonicalisation")
async def cuts_im_addresses(request: Request, forward: Forward) -> Response:
    """An address of an instant messenger ends at its first space."""
    return await _with_value(request, forward, "ims", " ", "ada")


@defect("chains-certificates", breaks="rfc7643-4.1.2-one-certificate-per-value")
async def chains_certificates(request: Request, forward: Forward) -> Response:
    """Two certificates become one value."""
    found = _elements(request, "x509Certificates")
    if len(found) > 1:
        chain = b"".join(base64.b64decode(one["value"]) for one in found)
        one = {"value": base64.b64encode(chain).decode()}
        request.json = {**request.object, "x509Certificates": [one]}
    return await forward(request)


@defect("changes-more-than-the-case", breaks="rfc7643-7-case-change-case-insensitive-values")
async def changes_more_than_the_case(request: Request, forward: Forward) -> Response:
    """A name in mixed case is shown as another name."""
    response = await forward(request)
    if _is_read(request) and response.is_success:
        for resource in each_resource(response):
            if "MixedCase" in str(resource.get("userName")):
                resource["userName"] = resource["userName"].replace("MixedCase", "mixed-case")
    return response
