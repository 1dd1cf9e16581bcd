"""Defects of queries: by POST (RFC 7644 section 3.4.3), and where and how (3.4.2.1, 3.4.2.4)."""

from __future__ import annotations

import re

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
        and "cursor" not in request.object
    ):
        kept = {name: one for name, one in request.object.items() if name != "count"}
        return await forward(request.like(json=kept))
    return await forward(request)


@defect("finds-nothing-at-the-root", breaks="rfc7644-3.4.3-root-search")
async def finds_nothing_at_the_root(request: Request, forward: Forward) -> Response:
    """A search over all types is answered 404."""
    if request.path == "/.search":
        return Response.error(404)
    return await forward(request)


@defect("does-not-sort-a-search", breaks="rfc7644-3.4.3-search-sort")
async def does_not_sort_a_search(request: Request, forward: Forward) -> Response:
    """sortBy of a search is ignored."""
    if request.path == "/Users/.search" and "sortBy" in request.object:
        kept = {name: one for name, one in request.object.items() if name != "sortBy"}
        return await forward(request.like(json=kept))
    return await forward(request)


@defect("counts-one-for-every-search", breaks="rfc7644-3.4.3-search-response")
async def counts_one_for_every_search(request: Request, forward: Forward) -> Response:
    """totalResults of a search is 1."""
    response = await forward(request)
    if request.path == "/Users/.search" and response.object.get("Resources"):
        response.json = {**response.json, "totalResults": 1}
    return response


# Where a query may be sent, RFC 7644 section 3.4.2.1 --------------------------------------


@defect("refuses-parameters-on-a-resource", breaks="rfc7644-3.4.2.1-query-single-resource")
async def refuses_parameters_on_a_resource(request: Request, forward: Forward) -> Response:
    """A resource that is read for its title is refused."""
    if request.path.count("/") == 2 and request.param("attributes") == "title":
        return Response.error(400)
    return await forward(request)


def _asks_root(request: Request, pattern: str) -> bool:
    return request.path in {"", "/"} and bool(re.search(pattern, request.param("filter") or ""))


@defect("has-no-groups-at-the-root", breaks="rfc7644-3.4.2.1-root-query-spans-all-types")
async def has_no_groups_at_the_root(request: Request, forward: Forward) -> Response:
    """A query of all resources finds users only."""
    if _asks_root(request, '^id eq "[^"]*"$'):
        return await forward(request.like(path="/Users", query=request.query))
    return await forward(request)


@defect("refuses-everything-in-other-words", breaks="rfc7644-3.4.2.1-too-many-results")
async def refuses_everything_in_other_words(request: Request, forward: Forward) -> Response:
    """A query for all users is refused as invalid."""
    response = await forward(request)
    is_whole = request.method == "GET" and request.path == "/Users" and not request.query
    return Response.error(400, "invalidValue") if is_whole and response.is_success else response


@defect("wants-every-attribute-in-every-type", breaks="rfc7644-3.4.2.1-attribute-undefined-type")
async def wants_every_attribute_in_every_type(request: Request, forward: Forward) -> Response:
    """A query of all resources for an attribute that some do not have is refused."""
    if _asks_root(request, "userName pr"):
        return Response.error(400, "invalidFilter")
    return await forward(request)


# How large a page is, RFC 7644 section 3.4.2.4 ---------------------------------------------


@defect("skips-what-a-short-page-leaves-out", breaks="rfc7644-3.4.2.4-fewer-than-count")
async def skips_what_a_short_page_leaves_out(request: Request, forward: Forward) -> Response:
    """A page of two has one result, and the page after it begins with the third."""
    if request.param("count") != "2" or request.param("startIndex") not in {"1", "2"}:
        return await forward(request)
    if request.param("startIndex") == "2":
        response = await forward(request.with_param("startIndex", "3"))
        response.json = {**response.object, "startIndex": 2}
        return response
    response = await forward(request)
    if len(response.object.get("Resources", ())) == 2:
        value = response.json
        value["Resources"].pop()
        value["itemsPerPage"] = 1
        response.json = value
    return response


@defect("counts-less-than-it-shows", breaks="rfc7644-3.4.2.4-server-page-limit")
async def counts_less_than_it_shows(request: Request, forward: Forward) -> Response:
    """totalResults is smaller than the page."""
    response = await forward(request)
    if request.param("attributes") == "userName" and len(response.object.get("Resources", ())) > 1:
        response.json = {**response.json, "totalResults": 1}
    return response
