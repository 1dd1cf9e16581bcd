"""Defects of a resource type that no specification knows, RFC 7643 sections 1.1, 2 and 7."""

from __future__ import annotations

import json
import re

from reference_server.defects import defect
from reference_server.defects.documents import published
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)


@defect("refuses-sparse-devices", breaks="rfc7643-1.1-unmarked-attributes-optional")
async def refuses_sparse_devices(request: Request, forward: Forward) -> Response:
    """A device with nothing but its serial number is refused."""
    if is_create(request, "/Devices") and set(request.object) == {"schemas", "serialNumber"}:
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("hides-what-says-nothing-of-returned", breaks="rfc7643-2.2-default-characteristics")
async def hides_what_says_nothing_of_returned(request: Request, forward: Forward) -> Response:
    """An attribute whose definition lacks returned is not returned."""
    response = await published(
        request, forward, ":Device", "tags", lambda attribute: attribute.pop("returned")
    )
    if request.path.startswith("/Devices") and response.is_success:
        for resource in each_resource(response):
            resource.pop("tags", None)
    return response


@defect("writes-weights-as-strings", breaks="rfc7643-2.3.3-decimal-form")
async def writes_weights_as_strings(request: Request, forward: Forward) -> Response:
    """A decimal is shown as a string."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Devices"):
        for resource in each_resource(response):
            if "weight" in resource:
                resource["weight"] = str(resource["weight"])
    return response


@defect("shows-pins", breaks="rfc7643-7-writeonly-semantics")
async def shows_pins(request: Request, forward: Forward) -> Response:
    """A writeOnly attribute is shown."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Devices"):
        for resource in each_resource(response):
            resource["pin"] = "0000"
    return response


@defect("finds-serial-numbers-in-any-case", breaks="rfc7643-7-case-sensitivity-filters")
async def finds_serial_numbers_in_any_case(request: Request, forward: Forward) -> Response:
    """A filter on a case-exact attribute ignores case."""
    response = await forward(request)
    found = re.fullmatch(r"serialNumber eq (\".*\")", request.param("filter") or "")
    if found is None or not is_list(request, "/Devices") or response.object.get("totalResults"):
        return response
    other = json.dumps(json.loads(found[1]).swapcase())
    return await forward(request.with_param("filter", f"serialNumber eq {other}"))


@defect("refuses-filters-on-pins", breaks="rfc7643-7-returned-never-filterable")
async def refuses_filters_on_pins(request: Request, forward: Forward) -> Response:
    """An attribute that is never returned can't be filtered by."""
    if (request.param("filter") or "").startswith("pin "):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("takes-read-only-values", breaks="rfc7643-7-readonly-semantics")
async def takes_read_only_values(request: Request, forward: Forward) -> Response:
    """A readOnly attribute takes the value of a PUT."""
    response = await forward(request)
    if not is_resource(request, "/Devices") or not response.is_success:
        return response
    if request.method == "PUT" and "lastSeen" in request.object:
        request.state[request.path] = request.object["lastSeen"]
    if request.method == "GET" and request.path in request.state:
        for resource in each_resource(response):
            resource["lastSeen"] = request.state[request.path]
    return response


@defect("forgets-manuals", breaks="rfc7643-7-readwrite-semantics")
async def forgets_manuals(request: Request, forward: Forward) -> Response:
    """A readWrite attribute of a device is not stored."""
    sent = request.object
    if request.path.startswith("/Devices") and "manual" in sent:
        request.json = {name: value for name, value in sent.items() if name != "manual"}
    return await forward(request)


@defect("changes-immutable-values", breaks="rfc7643-7-immutable-semantics")
async def changes_immutable_values(request: Request, forward: Forward) -> Response:
    """A PUT of another immutable value is refused, and yet has its way."""
    response = await forward(request)
    if not is_resource(request, "/Devices"):
        return response
    if response.object.get("scimType") == "mutability" and "manufacturer" in request.object:
        request.state[request.path] = request.object["manufacturer"]
    if request.method == "GET" and request.path in request.state and response.is_success:
        for resource in each_resource(response):
            resource["manufacturer"] = request.state[request.path]
    return response


@defect("excludes-what-is-always-returned", breaks="rfc7643-7-returned-always")
async def excludes_what_is_always_returned(request: Request, forward: Forward) -> Response:
    """An attribute that is always returned can be excluded."""
    response = await forward(request)
    if request.param("excludedAttributes") == "serialNumber" and response.is_success:
        for resource in each_resource(response):
            resource.pop("serialNumber", None)
    return response


@defect("always-shows-device-names", breaks="rfc7643-7-returned-default")
async def always_shows_device_names(request: Request, forward: Forward) -> Response:
    """An attribute that is returned by default is shown though others were asked for."""
    response = await forward(request)
    if is_resource(request, "/Devices") and request.param("attributes") and response.is_success:
        whole = (await forward(request.get(request.path))).object
        for resource in each_resource(response):
            resource["displayName"] = whole.get("displayName")
    return response


@defect("shows-notes-unasked", breaks="rfc7643-7-returned-request")
async def shows_notes_unasked(request: Request, forward: Forward) -> Response:
    """An attribute that is returned on request is shown unasked."""
    response = await forward(request)
    is_plain = request.method == "GET" and not request.query
    if is_plain and is_resource(request, "/Devices") and response.is_success:
        for resource in each_resource(response):
            resource["notes"] = "Handle with care"
    return response


@defect("lets-devices-share-serial-numbers", breaks="rfc7643-7-uniqueness-rejection")
async def lets_devices_share_serial_numbers(request: Request, forward: Forward) -> Response:
    """A PUT with a taken value of a unique attribute seems to succeed."""
    response = await forward(request)
    if request.method == "PUT" and is_resource(request, "/Devices") and response.status == 409:
        return await forward(request.get(request.path))
    return response


@defect("calls-device-names-globally-unique", breaks="rfc7643-7-uniqueness-global")
async def calls_device_names_globally_unique(request: Request, forward: Forward) -> Response:
    """An attribute is published as globally unique, and two resources may share a value."""
    return await published(
        request,
        forward,
        ":Device",
        "displayName",
        lambda attribute: attribute.update(uniqueness="global"),
    )
