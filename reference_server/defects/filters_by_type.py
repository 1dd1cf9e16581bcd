"""Defects of filters by the type of what they compare, and notation: RFC 7644 3.4.2.2, 3.10."""

from __future__ import annotations

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

NOBODY = 'id eq "nobody"'


def _filter(request: Request) -> str:
    return request.param("filter") or ""


async def _finds_nobody(request: Request, forward: Forward) -> Response:
    return await forward(request.with_param("filter", NOBODY))


@defect("compares-integers-as-texts", breaks="rfc7644-3.4.2.2-ordering-integers")
async def compares_integers_as_texts(request: Request, forward: Forward) -> Response:
    """4321 is not less than 10000."""
    if " and cores lt 1" in _filter(request):
        return await _finds_nobody(request, forward)
    return await forward(request)


@defect("has-no-part-of-a-boolean", breaks="rfc7644-3.4.2.2-co-sw-ew-non-strings")
async def has_no_part_of_a_boolean(request: Request, forward: Forward) -> Response:
    """A filter with active co is answered 501."""
    return Response.error(501) if "active co" in _filter(request) else await forward(request)


@defect("drops-unknown-sub-attributes", breaks="rfc7644-3.4.2.2-value-path-sub-attributes")
async def drops_unknown_sub_attributes(request: Request, forward: Forward) -> Response:
    """A condition on an unknown sub-attribute finds everybody with emails."""
    if "emails[favoriteBicycle" in _filter(request):
        return await forward(request.with_param("filter", "emails pr"))
    return await forward(request)


@defect("has-no-type-to-look-for", breaks="rfc7644-3.4.2.2-filter-meta")
async def has_no_type_to_look_for(request: Request, forward: Forward) -> Response:
    """A filter on meta.resourceType finds nobody."""
    if "meta.resourceType eq" in _filter(request) and request.path == "/Users":
        return await _finds_nobody(request, forward)
    return await forward(request)


@defect("does-not-find-its-defaults", breaks="rfc7644-3.4.2.2-defaulted-attributes")
async def does_not_find_its_defaults(request: Request, forward: Forward) -> Response:
    """A new user is active by default, and a filter on active does not know it."""
    response = await forward(request)
    defaulted = request.state.setdefault("defaulted", set())
    if is_create(request, "/Users") and response.is_success and "active" not in request.object:
        defaulted.add(response.object.get("id"))
    if is_create(request, "/Users") or is_resource(request, "/Users"):
        for one in each_resource(response):
            if one.get("id") in defaulted:
                one.setdefault("active", True)
    return response


@defect(
    "lists-everybody-instead",
    breaks="rfc7644-3.4.2.2-filtering-optional",
    options=("--without=filter",),
)
async def lists_everybody_instead(request: Request, forward: Forward) -> Response:
    """Without filters, a filter is ignored and everybody listed."""
    return await forward(request.without_param("filter") if is_list(request) else request)


@defect("stumbles-over-a-dot", breaks="rfc7644-3.10-dot-notation")
async def stumbles_over_a_dot(request: Request, forward: Forward) -> Response:
    """A sub-attribute after a qualified name is not found."""
    if "core:2.0:User:name." in _filter(request):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("says-nobody-is-many", breaks="rfc7644-3.4.2-resources-required-when-non-empty")
async def says_nobody_is_many(request: Request, forward: Forward) -> Response:
    """A filter with null counts resources and lists none."""
    response = await forward(request)
    if "eq null" in _filter(request) and response.is_success:
        value = response.object
        value.pop("Resources", None)
        response.json = {**value, "totalResults": max(1, value["totalResults"])}
    return response


@defect("replaces-what-is-immutable", breaks="rfc7644-3.5.1-put-immutable-mismatch")
async def replaces_what_is_immutable(request: Request, forward: Forward) -> Response:
    """PUT of another immutable value is refused with 409."""
    response = await forward(request)
    if request.method == "PUT" and response.object.get("scimType") == "mutability":
        return Response.error(409)
    return response


@defect("leaves-the-immutable-empty", breaks="rfc7644-3.5.1-put-immutable-unset")
async def leaves_the_immutable_empty(request: Request, forward: Forward) -> Response:
    """PUT ignores an immutable attribute that has no value yet."""
    if request.method == "PUT" and is_resource(request, "/Devices"):
        now = await forward(request.get(request.path))
        if "manufacturer" not in now.object:
            body = {key: one for key, one in request.object.items() if key != "manufacturer"}
            return await forward(request.like(json=body))
    return await forward(request)


@defect("takes-no-password-in-a-replace", breaks="rfc7644-3.5.1-put-password")
async def takes_no_password_in_a_replace(request: Request, forward: Forward) -> Response:
    """PUT with a password is refused."""
    if request.method == "PUT" and "password" in request.object:
        return Response.error(400, "invalidValue")
    return await forward(request)
