"""Defects of the comparison of strings, RFC 7644 sections 5 and 7.8."""

from __future__ import annotations

import json
import secrets
import unicodedata

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, each_resource, is_create


async def _twin(request: Request, forward: Forward) -> Response:
    """A user of the name that was refused, kept under another."""
    name = request.object["userName"]
    hidden = {**request.object, "userName": f"{name}{secrets.token_hex(4)}"}
    made = await forward(request.like(json=hidden))
    for one in each_resource(made):
        one["userName"] = name
    return made


def _refused_name(request: Request, response: Response) -> str:
    """The userName that was taken; empty when none was."""
    name = request.object.get("userName")
    refused = is_create(request, "/Users") and response.status == 409
    return name if refused and isinstance(name, str) else ""


@defect("tells-composed-from-decomposed", breaks="rfc7644-5-precis-username-password")
async def tells_composed_from_decomposed(request: Request, forward: Forward) -> Response:
    """A userName that only differs in Unicode normalization is another one."""
    response = await forward(request)
    name = _refused_name(request, response)
    if name != unicodedata.normalize("NFC", name):
        return await _twin(request, forward)
    return response


@defect("tells-wide-letters-from-narrow", breaks="rfc7644-5-precis-username-password")
async def tells_wide_letters_from_narrow(request: Request, forward: Forward) -> Response:
    """A userName in full-width letters is another one."""
    response = await forward(request)
    name = _refused_name(request, response)
    if any(unicodedata.east_asian_width(one) == "F" for one in name):
        return await _twin(request, forward)
    return response


@defect("filters-byte-by-byte", breaks="rfc7644-7.8-string-preparation-before-comparison")
async def filters_byte_by_byte(request: Request, forward: Forward) -> Response:
    """A filter value that is not composed finds nothing."""
    text = request.param("filter") or ""
    try:
        value = json.loads(text[text.index('"') :])
    except ValueError:
        value = ""
    if isinstance(value, str) and value != unicodedata.normalize("NFC", value):
        return await forward(request.with_param("filter", 'id eq "nobody"'))
    return await forward(request)
