"""Defects of sorting, RFC 7644 section 3.4.2.3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response


@defect("sorts-backwards-when-told-ascending", breaks="rfc7644-3.4.2.3-sortby-orders-results")
async def sorts_backwards_when_told_ascending(request: Request, forward: Forward) -> Response:
    """sortOrder ascending sorts descending."""
    if request.param("sortOrder") == "ascending":
        return await forward(request.with_param("sortOrder", "descending"))
    return await forward(request)


@defect("sorts-backwards-by-default", breaks="rfc7644-3.4.2.3-default-order-ascending")
async def sorts_backwards_by_default(request: Request, forward: Forward) -> Response:
    """Without a sortOrder the order is descending."""
    if request.param("sortBy") == "userName" and not request.param("sortOrder"):
        return await forward(request.with_param("sortOrder", "descending"))
    return await forward(request)


@defect("ignores-descending", breaks="rfc7644-3.4.2.3-descending")
async def ignores_descending(request: Request, forward: Forward) -> Response:
    """sortOrder descending is ignored, but for times."""
    by_text = request.param("sortBy") != "meta.created" and not request.param("count")
    if request.param("sortOrder") == "descending" and by_text:
        return await forward(request.without_param("sortOrder"))
    return await forward(request)


@defect("sorts-missing-values-first", breaks="rfc7644-3.4.2.3-missing-values-sort-last-first")
async def sorts_missing_values_first(request: Request, forward: Forward) -> Response:
    """Who has no title comes first."""
    response = await forward(request)
    if request.param("sortBy") == "title" and response.is_success:
        value = response.json
        value["Resources"].sort(key=lambda one: "title" in one)
        response.json = value
    return response


@defect("sorts-each-page-by-itself", breaks="rfc7644-3.4.2.3-sort-paging")
async def sorts_each_page_by_itself(request: Request, forward: Forward) -> Response:
    """Pages are cut before they are sorted."""
    is_page = request.param("count") == "1" and request.param("cursor") is None
    if request.param("sortBy") and is_page:
        return await forward(request.without_param("sortBy", "sortOrder"))
    return await forward(request)
