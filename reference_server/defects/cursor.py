"""Defects of pages by cursor, RFC 9865 sections 2, 2.1, 2.2 and 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects import defect
from reference_server.defects.filter_texts import asks
from reference_server.defects.wire import Forward, Request, Response

Page = dict[str, Any]


def _is_first(request: Request) -> bool:
    return asks(request, "^userName sw ") and request.param("cursor") == ""


def _is_later(request: Request) -> bool:
    return asks(request, "^userName sw ") and bool(request.param("cursor"))


def _with_count(request: Request, count: str) -> bool:
    return request.param("count") == count and not request.param("sortBy")


async def _paged(request: Request, forward: Forward, edit: Callable[[Page], object]) -> Response:
    """The answer with its page edited."""
    response = await forward(request)
    if response.is_success:
        value = response.json
        edit(value)
        response.json = value
    return response


@defect("pads-its-cursors", breaks="rfc9865-2-cursor-character-set")
async def pads_its_cursors(request: Request, forward: Forward) -> Response:
    """Cursors end in "==", which a URL can't hold as it is."""
    if request.method != "GET":
        return await forward(request)
    cursor = request.param("cursor")
    if cursor:
        request = request.with_param("cursor", cursor.removesuffix("=="))

    def edit(page: Page) -> None:
        for name in ("nextCursor", "previousCursor"):
            if name in page:
                page[name] += "=="

    return await _paged(request, forward, edit)


@defect("shows-everything-for-a-negative-count", breaks="rfc9865-2-negative-count-cursor")
async def shows_everything_for_a_negative_count(request: Request, forward: Forward) -> Response:
    """With a cursor, a negative count is taken for none."""
    if _is_first(request) and _with_count(request, "-1"):
        return await forward(request.without_param("count"))
    return await forward(request)


@defect("shows-a-result-for-a-count-of-zero", breaks="rfc9865-2-count-0-cursor")
async def shows_a_result_for_a_count_of_zero(request: Request, forward: Forward) -> Response:
    """With a cursor, a count of zero is taken for one."""
    if _is_first(request) and _with_count(request, "0"):
        return await forward(request.with_param("count", "1"))
    return await forward(request)


@defect("gives-more-than-count-by-cursor", breaks="rfc9865-2-no-more-than-count-cursor")
async def gives_more_than_count_by_cursor(request: Request, forward: Forward) -> Response:
    """With a cursor, a count of two is answered with three."""
    if _is_first(request) and _with_count(request, "2"):
        response = await forward(request)
        everything = await forward(request.without_param("count", "cursor"))
        response.json = {**response.json, "Resources": everything.json["Resources"]}
        # The pages after it go on where this one ends.
        return response
    if _is_later(request) and _with_count(request, "2"):
        return await _paged(request, forward, lambda page: page.update(Resources=[]))
    return await forward(request)


@defect("loses-what-a-short-page-leaves-out", breaks="rfc9865-2-fewer-than-count-cursor")
async def loses_what_a_short_page_leaves_out(request: Request, forward: Forward) -> Response:
    """A page of two has one result, and the other comes on no page."""
    if _is_first(request) and _with_count(request, "2"):
        return await _paged(request, forward, lambda page: page["Resources"].pop())
    return await forward(request)


@defect("has-no-cursor-on-the-first-page", breaks="rfc9865-2-nextcursor-every-page-but-last")
async def has_no_cursor_on_the_first_page(request: Request, forward: Forward) -> Response:
    """The first of several pages has no nextCursor."""
    if _is_first(request):
        return await _paged(request, forward, lambda page: page.pop("nextCursor", None))
    return await forward(request)


@defect("ends-before-the-last-page", breaks="rfc9865-2-nextcursor-omitted-only-end")
async def ends_before_the_last_page(request: Request, forward: Forward) -> Response:
    """The page before the last has no nextCursor."""
    if _is_later(request) and _with_count(request, "1"):
        return await _paged(request, forward, lambda page: page.pop("nextCursor", None))
    return await forward(request)


@defect("has-no-way-back", breaks="rfc9865-2-previouscursor-optional")
async def has_no_way_back(request: Request, forward: Forward) -> Response:
    """No page has a previousCursor."""
    if _is_later(request):
        return await _paged(request, forward, lambda page: page.pop("previousCursor", None))
    return await forward(request)


@defect("leads-back-from-the-first-page", breaks="rfc9865-2-previouscursor-not-first-page")
async def leads_back_from_the_first_page(request: Request, forward: Forward) -> Response:
    """The first page has a previousCursor."""
    if _is_first(request):
        return await _paged(request, forward, lambda page: page.update(previousCursor="first"))
    return await forward(request)


@defect("counts-the-page-by-cursor", breaks="rfc9865-2-accurate-totalresults")
async def counts_the_page_by_cursor(request: Request, forward: Forward) -> Response:
    """With a cursor, totalResults is the number of results on the page."""
    if _is_first(request):
        return await _paged(
            request, forward, lambda page: page.update(totalResults=len(page["Resources"]))
        )
    return await forward(request)


@defect("counts-minus-one-for-unknown", breaks="rfc9865-2-totalresults-omitted")
async def counts_minus_one_for_unknown(request: Request, forward: Forward) -> Response:
    """With a cursor, totalResults is -1."""
    if _is_first(request):
        return await _paged(request, forward, lambda page: page.update(totalResults=-1))
    return await forward(request)


@defect("does-not-sort-by-cursor", breaks="rfc9865-2.2-sorted-cursor-pages")
async def does_not_sort_by_cursor(request: Request, forward: Forward) -> Response:
    """With a cursor, sortBy is ignored."""
    if request.param("cursor") is not None:
        return await forward(request.without_param("sortBy", "sortOrder"))
    return await forward(request)


@defect("ignores-cursors-in-a-search", breaks="rfc9865-3-cursor-search")
async def ignores_cursors_in_a_search(request: Request, forward: Forward) -> Response:
    """The cursor of a search is ignored."""
    if request.path.endswith("/.search") and "cursor" in request.object:
        kept = {name: one for name, one in request.object.items() if name != "cursor"}
        return await forward(request.like(json=kept))
    return await forward(request)


# Errors -------------------------------------------------------------------------------


@defect("ignores-a-count-in-words-by-cursor", breaks="rfc9865-2.1-errors-bad-paging-parameters")
async def ignores_a_count_in_words_by_cursor(request: Request, forward: Forward) -> Response:
    """With a cursor, a count that is no number is ignored."""
    if request.param("cursor") is not None and request.param("count") == "abc":
        return await forward(request.without_param("count"))
    return await forward(request)


@defect("begins-again-at-an-unknown-cursor", breaks="rfc9865-2.1-invalidcursor")
async def begins_again_at_an_unknown_cursor(request: Request, forward: Forward) -> Response:
    """A cursor that was never given is answered with the first page."""
    if 0 < len(request.param("cursor") or "") < 20:
        return await forward(request.with_param("cursor", ""))
    return await forward(request)


@defect("refuses-large-counts-in-other-words", breaks="rfc9865-2.1-invalidcount")
async def refuses_large_counts_in_other_words(request: Request, forward: Forward) -> Response:
    """A count above maxPageSize is called a wrong syntax."""
    response = await forward(request)
    if response.object.get("scimType") == "invalidCount" and _is_first(request):
        return Response.error(400, "invalidSyntax")
    return response


@defect("begins-again-at-a-forged-cursor", breaks="rfc9865-5.2-forged-cursors-detected")
async def begins_again_at_a_forged_cursor(request: Request, forward: Forward) -> Response:
    """A cursor in which a character was changed is answered with the first page."""
    response = await forward(request)
    is_forged = response.object.get("scimType") == "invalidCursor"
    if is_forged and len(request.param("cursor") or "") > 20:
        return await forward(request.with_param("cursor", ""))
    return response


@defect("shows-its-statement", breaks="rfc9865-5.2-errors-do-not-disclose-data")
async def shows_its_statement(request: Request, forward: Forward) -> Response:
    """The refusal of a cursor holds the statement that the database was asked."""
    response = await forward(request)
    if response.object.get("scimType") == "invalidCursor":
        detail = "near 'not': SELECT id, password FROM users WHERE id > ?"
        return Response.error(400, "invalidCursor", detail)
    return response
