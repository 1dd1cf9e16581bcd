"""Defects of queries by POST, RFC 7644 section 3.4.3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response


@defect("answers-a-search-with-201", breaks="rfc7644-3.4.3-post-search")
async def answers_a_search_with_201(request: Request, forward: Forward) -> Response:
    """A search is answered 201."""
    response = await forward(request)
    if (
        request.path == "/Users/.search"
        and request.object.get("count") == 2
        and "filter" not in request.object
    ):
        response.status = 201
    return response


@defect("ignores-filters-in-a-search", breaks="rfc7644-3.4.3-search-filter")
async def ignores_filters_in_a_search(request: Request, forward: Forward) -> Response:
    """The filter of a search is ignored."""
    sent = request.object
    if request.path == "/Users/.search" and set(sent) == {"schemas", "filter"}:
        return await forward(request.like(json={"schemas": sent["schemas"]}))
    return await forward(request)


@defect("ignores-attributes-in-a-search", breaks="rfc7644-3.4.3-search-attributes")
async def ignores_attributes_in_a_search(request: Request, forward: Forward) -> Response:
    """attributes of a search is ignored."""
    if request.path == "/Users/.search" and "attributes" in request.object:
        kept = {name: one for name, one in request.object.items() if name != "attributes"}
        return await forward(request.like(json=kept))
    return await forward(request)


@defect("ignores-exclusions-in-a-search", breaks="rfc7644-3.4.3-search-excludedattributes")
async def ignores_exclusions_in_a_search(request: Request, forward: Forward) -> Response:
    """excludedAttributes of a search is ignored."""
    if request.path == "/Users/.search" and "excludedAttributes" in request.object:
        kept = {name: one for name, one in request.object.items() if name != "excludedAttributes"}
        return await forward(request.like(json=kept))
    return await forward(request)


@defect("ignores-count-in-a-search", breaks="rfc7644-3.4.3-search-paging")
async def ignores_count_in_a_search(request: Request, forward: Forward) -> Response:
    """count of a search is ignored."""
    if (
        request.path == "/Users/.search"
        and request.object.get("count") == 1
        and "filter" in request.object
    ):
        kept = {name: one for name, one in request.object.items() if name != "count"}
        return await forward(request.like(json=kept))
    return await forward(request)
