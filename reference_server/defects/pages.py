"""Defects of pages and lists, RFC 7644 sections 3.4.2 and 3.4.2.4."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.filter_texts import asks
from reference_server.defects.wire import Forward, Request, Response


@defect("finds-nothing-with-404", breaks="rfc7644-3.4.2-empty-result-success")
async def finds_nothing_with_404(request: Request, forward: Forward) -> Response:
    """A query that finds nobody is answered 404."""
    response = await forward(request)
    if asks(request, r'^userName eq "[^"]*-nobody"$') and response.is_success:
        return Response.error(404)
    return response


@defect("refuses-unknown-parameters", breaks="rfc7644-3.4.2-unknown-query-parameters-ignored")
async def refuses_unknown_parameters(request: Request, forward: Forward) -> Response:
    """A query parameter that nobody knows is refused."""
    if request.param("scimproof"):
        return Response.error(400)
    return await forward(request)


@defect("leaves-start-index-out", breaks="rfc7644-3.4.2-startindex-when-partial")
async def leaves_start_index_out(request: Request, forward: Forward) -> Response:
    """A page has no startIndex."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("startIndex") == "2"
    ):
        value = response.json
        value.pop("startIndex")
        response.json = value
    return response


@defect("leaves-items-per-page-out", breaks="rfc7644-3.4.2-itemsperpage-when-partial")
async def leaves_items_per_page_out(request: Request, forward: Forward) -> Response:
    """A page has no itemsPerPage."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("startIndex") == "2"
    ):
        value = response.json
        value.pop("itemsPerPage")
        response.json = value
    return response


@defect("counts-the-page-as-the-total", breaks="rfc7644-3.4.2.4-totalresults-counts-all-pages")
async def counts_the_page_as_the_total(request: Request, forward: Forward) -> Response:
    """totalResults is the number of results on the page."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("count") == "1"
        and request.param("startIndex") is None
        and request.param("cursor") is None
    ):
        value = response.json
        value["totalResults"] = len(value["Resources"])
        response.json = value
    return response


@defect("gives-more-than-count", breaks="rfc7644-3.4.2.4-no-more-than-count")
async def gives_more_than_count(request: Request, forward: Forward) -> Response:
    """A count of two is answered with three."""
    if (
        asks(request, "^userName sw ")
        and request.param("count") == "2"
        and request.param("startIndex") is None
        and request.param("cursor") is None
    ):
        return await forward(request.with_param("count", "3"))
    return await forward(request)


@defect("counts-nothing-for-a-count-of-zero", breaks="rfc7644-3.4.2.4-count-0")
async def counts_nothing_for_a_count_of_zero(request: Request, forward: Forward) -> Response:
    """A count of zero is answered with a totalResults of zero."""
    response = await forward(request)
    if asks(request, "^userName sw ") and response.is_success and request.param("count") == "0":
        value = response.json
        value["totalResults"] = 0
        response.json = value
    return response


@defect("refuses-negative-counts", breaks="rfc7644-3.4.2.4-negative-count")
async def refuses_negative_counts(request: Request, forward: Forward) -> Response:
    """A negative count is refused."""
    if request.param("count") == "-1" and request.param("cursor") is None:
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("counts-from-zero", breaks="rfc7644-3.4.2.4-startindex-default")
async def counts_from_zero(request: Request, forward: Forward) -> Response:
    """The first page says that it begins at 0."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("count") == "1"
        and not request.param("startIndex")
    ):
        value = response.json
        value["startIndex"] = 0
        response.json = value
    return response


@defect("refuses-a-start-below-one", breaks="rfc7644-3.4.2.4-startindex-below-1")
async def refuses_a_start_below_one(request: Request, forward: Forward) -> Response:
    """A startIndex of zero is refused."""
    if request.param("startIndex") == "0":
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("takes-the-start-for-an-offset", breaks="rfc7644-3.4.2.4-startindex-1-based")
async def takes_the_start_for_an_offset(request: Request, forward: Forward) -> Response:
    """startIndex is the number of results to skip."""
    start = request.param("startIndex")
    if (
        asks(request, "^userName sw ")
        and start in {"1", "2", "3"}
        and request.param("count") == "1"
        and not request.param("sortBy")
    ):
        response = await forward(request.with_param("startIndex", str(int(start) + 1)))
        if response.is_success and response.json.get("startIndex"):
            response.json = {**response.json, "startIndex": int(start)}
        return response
    return await forward(request)


@defect("says-that-every-page-is-the-first", breaks="rfc7644-3.4.2.4-response-startindex")
async def says_that_every_page_is_the_first(request: Request, forward: Forward) -> Response:
    """startIndex in the answer is always 1."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("startIndex") == "2"
        and request.param("count") == "2"
    ):
        value = response.json
        value["startIndex"] = 1
        response.json = value
    return response


@defect("counts-the-total-as-the-page", breaks="rfc7644-3.4.2.4-itemsperpage-counts-page")
async def counts_the_total_as_the_page(request: Request, forward: Forward) -> Response:
    """itemsPerPage is the total."""
    response = await forward(request)
    if (
        asks(request, "^userName sw ")
        and response.is_success
        and request.param("startIndex") == "3"
        and request.param("count") == "2"
    ):
        value = response.json
        value["itemsPerPage"] = value["totalResults"]
        response.json = value
    return response


@defect("has-no-page-past-the-end", breaks="rfc7644-3.4.2.4-beyond-end")
async def has_no_page_past_the_end(request: Request, forward: Forward) -> Response:
    """A page past the end is answered 404."""
    if request.param("startIndex") == "1000":
        return Response.error(404)
    return await forward(request)


@defect("reads-words-as-numbers", breaks="rfc7644-3.4.2.4-non-integer-paging-parameters")
async def reads_words_as_numbers(request: Request, forward: Forward) -> Response:
    """A count that is no number is ignored."""
    if request.param("count") == "abc" and request.param("cursor") is None:
        return await forward(request.without_param("count"))
    return await forward(request)


@defect("lists-names-only", breaks="rfc7644-3.4.2-list-items-full-resources")
async def lists_names_only(request: Request, forward: Forward) -> Response:
    """Items of a list have no displayName."""
    response = await forward(request)
    if asks(request, r'^userName eq "[^"]*-a@[^"]*"$') and response.is_success:
        value = response.json
        for one in value["Resources"]:
            one.pop("displayName", None)
        response.json = value
    return response
