"""Defects of what a list is sorted by, RFC 7644 section 3.4.2.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response

Resource = dict[str, Any]


async def _sorted(
    request: Request, forward: Forward, path: str, key: Callable[[Resource], Any]
) -> Response:
    response = await forward(request)
    if request.param("sortBy") == path and response.is_success:
        value = response.json
        value["Resources"].sort(key=key)
        response.json = value
    return response


@defect("sorts-by-the-first-name", breaks="rfc7644-3.4.2.3-sort-sub-attribute")
async def sorts_by_the_first_name(request: Request, forward: Forward) -> Response:
    """sortBy name.familyName sorts by the given name."""

    def key(one: Resource) -> Any:
        return one.get("name", {}).get("givenName", "")

    return await _sorted(request, forward, "name.familyName", key)


@defect("sorts-by-the-first-value", breaks="rfc7644-3.4.2.3-sort-multi-valued-attribute")
async def sorts_by_the_first_value(request: Request, forward: Forward) -> Response:
    """sortBy emails.value sorts by the first value, whichever is primary."""

    def key(one: Resource) -> Any:
        mails: list[Resource] = one.get("emails", [])
        return mails[0].get("value") if mails else ""

    return await _sorted(request, forward, "emails.value", key)


@defect("sorts-capitals-first", breaks="rfc7644-3.4.2.3-case-rule-sorting")
async def sorts_capitals_first(request: Request, forward: Forward) -> Response:
    """sortBy userName sorts capitals before small letters."""
    if request.param("sortOrder") == "descending":
        return await forward(request)
    return await _sorted(request, forward, "userName", lambda one: one["userName"])


@defect("sorts-external-ids-without-case", breaks="rfc7644-3.4.2.3-case-rule-sorting")
async def sorts_external_ids_without_case(request: Request, forward: Forward) -> Response:
    """sortBy externalId sorts without case."""
    return await _sorted(
        request, forward, "externalId", lambda one: one.get("externalId", "").lower()
    )


@defect("sorts-dates-by-their-end", breaks="rfc7644-3.4.2.3-sort-type")
async def sorts_dates_by_their_end(request: Request, forward: Forward) -> Response:
    """sortBy meta.created sorts from the last digit to the first, and not descending."""
    return await _sorted(request, forward, "meta.created", lambda one: one["meta"]["created"])


@defect("sorts-nobody-sideways", breaks="rfc7644-3.4.2.3-sortorder-values")
async def sorts_nobody_sideways(request: Request, forward: Forward) -> Response:
    """A sortOrder that does not exist lists nobody."""
    if request.param("sortOrder") == "sideways":
        return await forward(
            request.with_param("filter", 'id eq "nobody"').without_param("sortOrder")
        )
    return await forward(request)


@defect("has-no-idea-of-bicycles", breaks="rfc7644-3.4.2.3-sort-unknown-attribute")
async def has_no_idea_of_bicycles(request: Request, forward: Forward) -> Response:
    """sortBy an unknown attribute is answered 404."""
    return (
        Response.error(404)
        if request.param("sortBy") == "favoriteBicycle"
        else await forward(request)
    )


@defect(
    "sorts-by-leaving-out", breaks="rfc7644-3.4.2.3-sorting-optional", options=("--without=sort",)
)
async def sorts_by_leaving_out(request: Request, forward: Forward) -> Response:
    """Without sorting, a query with sortBy lists nobody."""
    if request.param("sortBy"):
        return await forward(request.with_param("filter", 'id eq "nobody"').without_param("sortBy"))
    return await forward(request)
