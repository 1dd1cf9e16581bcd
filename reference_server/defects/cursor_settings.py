"""Defects of who may page and of what is said of it, RFC 9865 sections 2.1, 2.3, 2.4, 4 and 5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects import defect
from reference_server.defects.documents import edited
from reference_server.defects.filter_texts import asks
from reference_server.defects.wire import Forward, Request, Response


async def _configured(
    request: Request, forward: Forward, edit: Callable[[dict[str, Any]], object]
) -> Response:
    """The answer with ``pagination`` of the configuration edited."""
    return await edited(
        request, forward, "/ServiceProviderConfig", lambda config: edit(config["pagination"])
    )


@defect(
    "gives-no-cursor-unasked",
    breaks="rfc9865-2.3-cursor-only-servers",
    options=("--without=index",),
)
async def gives_no_cursor_unasked(request: Request, forward: Forward) -> Response:
    """There are only cursors, and a page that was not asked for by cursor has none."""
    response = await forward(request)
    value = response.object
    if request.param("cursor") is None and request.param("count") == "1" and "nextCursor" in value:
        value.pop("nextCursor")
        response.json = value
    return response


@defect("pages-by-another-default", breaks="rfc9865-2.4-default-method-chosen")
async def pages_by_another_default(request: Request, forward: Forward) -> Response:
    """The default is said to be the cursor, and pages come by index."""
    return await _configured(
        request, forward, lambda said: said.update(defaultPaginationMethod="cursor")
    )


@defect("takes-an-index-for-a-cursor", breaks="rfc9865-2.4-selecting-method")
async def takes_an_index_for_a_cursor(request: Request, forward: Forward) -> Response:
    """A first page that is asked for by index comes by cursor."""
    if asks(request, "^userName sw ") and request.param("startIndex") == "1":
        return await forward(request.without_param("startIndex").with_param("cursor", ""))
    return await forward(request)


@defect("says-nothing-of-cursors", breaks="rfc9865-4-pagination-advertised")
async def says_nothing_of_cursors(request: Request, forward: Forward) -> Response:
    """The configuration has no pagination."""
    return await edited(
        request, forward, "/ServiceProviderConfig", lambda config: config.pop("pagination")
    )


@defect("says-yes-to-cursors-in-words", breaks="rfc9865-4-pagination-cursor")
async def says_yes_to_cursors_in_words(request: Request, forward: Forward) -> Response:
    """pagination.cursor is a string."""
    return await _configured(request, forward, lambda said: said.update(cursor="true"))


@defect("does-not-say-whether-there-is-an-index", breaks="rfc9865-4-pagination-index")
async def does_not_say_whether_there_is_an_index(request: Request, forward: Forward) -> Response:
    """pagination.index is missing."""
    return await _configured(request, forward, lambda said: said.pop("index"))


@defect("pages-by-offset", breaks="rfc9865-4-pagination-defaultpaginationmethod")
async def pages_by_offset(request: Request, forward: Forward) -> Response:
    """The default method is one that the specification does not know."""
    return await _configured(
        request, forward, lambda said: said.update(defaultPaginationMethod="offset")
    )


@defect("has-pages-of-nothing", breaks="rfc9865-4-pagination-defaultpagesize")
async def has_pages_of_nothing(request: Request, forward: Forward) -> Response:
    """defaultPageSize is 0."""
    return await _configured(request, forward, lambda said: said.update(defaultPageSize=0))


@defect("has-less-than-its-default", breaks="rfc9865-4-pagination-maxpagesize")
async def has_less_than_its_default(request: Request, forward: Forward) -> Response:
    """maxPageSize is smaller than defaultPageSize."""
    return await _configured(request, forward, lambda said: said.update(maxPageSize=99))


@defect("has-cursors-of-no-time", breaks="rfc9865-4-pagination-cursortimeout")
async def has_cursors_of_no_time(request: Request, forward: Forward) -> Response:
    """cursorTimeout is a string."""
    return await _configured(request, forward, lambda said: said.update(cursorTimeout="1h"))


@defect(
    "does-not-find-what-has-expired",
    breaks="rfc9865-2.1-expiredcursor",
    options=("--cursor-timeout=1",),
)
async def does_not_find_what_has_expired(request: Request, forward: Forward) -> Response:
    """A cursor that has expired is answered 404."""
    response = await forward(request)
    return Response.error(404) if response.object.get("scimType") == "expiredCursor" else response


@defect(
    "shows-pages-to-whoever-has-the-cursor", breaks="rfc9865-5.2-results-confined-authorisation"
)
async def shows_pages_to_whoever_has_the_cursor(request: Request, forward: Forward) -> Response:
    """A page by cursor shows what the one may see who was given the cursor."""
    owners = request.state.setdefault("owners", {})
    names = {name.lower(): name for name in request.headers}
    mine = request.headers.get(names.get("authorization", ""))
    owner = owners.get(request.param("cursor"))
    if mine and owner:
        request.headers[names["authorization"]] = owner
    response = await forward(request)
    given = response.object.get("nextCursor")
    if given and mine:
        owners.setdefault(given, owner or mine)
    return response


@defect("takes-a-cursor-for-a-credential", breaks="rfc9865-5.2-continuous-authorisation-checks")
async def takes_a_cursor_for_a_credential(request: Request, forward: Forward) -> Response:
    """Who has a cursor needs no token."""
    known = {name.lower(): value for name, value in request.headers.items()}
    if "authorization" in known:
        request.state["authorization"] = known["authorization"]
    elif request.param("cursor") and "authorization" in request.state:
        request.headers["authorization"] = request.state["authorization"]
    return await forward(request)


@defect("numbers-its-cursors", breaks="rfc9865-5.2-obfuscated-cursors")
async def numbers_its_cursors(request: Request, forward: Forward) -> Response:
    """A cursor is a number."""
    if request.method != "GET":
        return await forward(request)
    cursors = request.state.setdefault("cursors", {})
    number = request.param("cursor")
    if number in cursors:
        request = request.with_param("cursor", cursors[number])
    response = await forward(request)
    value = response.object
    for name in ("nextCursor", "previousCursor"):
        if name in value:
            given = str(1_000_003 + 7_919 * len(cursors))
            cursors[given], value[name] = value[name], given
    if "nextCursor" in value or "previousCursor" in value:
        response.json = value
    return response
