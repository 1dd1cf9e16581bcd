"""Wrong discovery documents: what the defects of configuration, types and schemas share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects.wire import Forward, Request, Response


async def edited(
    request: Request, forward: Forward, path: str, edit: Callable[[Any], object]
) -> Response:
    """The answer with the document at ``path`` edited: an object, or the list of its resources."""
    response = await forward(request)
    if request.path != path or request.method != "GET" or not response.is_success:
        return response
    document = response.json
    listed = document.get("Resources", document)
    edit(listed)
    if isinstance(listed, list):
        document["totalResults"] = document["itemsPerPage"] = len(listed)
    response.json = document
    return response


async def published(
    request: Request,
    forward: Forward,
    schema: str,
    name: str,
    edit: Callable[[dict[str, Any]], object],
) -> Response:
    """The answer with the definition of one attribute edited, in the schema that ends so."""

    def edit_definition(schemas: list[dict[str, Any]]) -> None:
        found = next(one for one in schemas if one["id"].endswith(schema))
        edit(next(one for one in found["attributes"] if one["name"] == name))

    return await edited(request, forward, "/Schemas", edit_definition)
