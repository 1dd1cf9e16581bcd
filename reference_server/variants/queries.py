"""Lists: filters, sorting and pages, AMB-18 to AMB-25, AMB-44 and AMB-59."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference_server.defects.wire import Forward, Request, Response, is_list
from reference_server.errors import ScimError
from reference_server.filters import And, Compare, Filter, Not, Or, Present, parse, render
from reference_server.schemas import Attribute, ResourceType, Type
from reference_server.variants import variant
from reference_server.variants.patching import kind_of

_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ORDERING = {"gt", "ge", "lt", "le"}
_PAGE_SIZES = (
    "rfc7644-3.4.2-itemsperpage-when-partial",
    "rfc7644-3.4.2.4-itemsperpage-counts-page",
)
#: The most that this server returns in one list.
_MOST = 1000


def nothing() -> Response:
    """A list of nothing."""
    return Response.of(
        200,
        {
            "schemas": [_LIST],
            "totalResults": 0,
            "startIndex": 1,
            "itemsPerPage": 0,
            "Resources": [],
        },
    )


def asked_of_list(request: Request, name: str) -> Any:
    """A parameter of a query, from the URL or the body of a search."""
    if not is_list(request):
        return None
    return request.param(name) if request.method == "GET" else request.object.get(name)


def put_into_list(request: Request, name: str, value: Any) -> Request:
    """The query with this parameter; None takes it away."""
    if request.method == "GET":
        return (
            request.without_param(name) if value is None else request.with_param(name, str(value))
        )
    body = {key: one for key, one in request.object.items() if key != name}
    return request.like(json=body if value is None else {**body, name: value})


def filter_of(request: Request) -> Filter | None:
    """The parsed filter of a query; None where there is none that can be read."""
    text = asked_of_list(request, "filter")
    try:
        return parse(text) if isinstance(text, str) else None
    except ScimError:
        return None


def _comparisons(node: Filter | None) -> list[Compare]:
    match node:
        case Compare():
            return [node]
        case And(operands) | Or(operands):
            return [found for one in operands for found in _comparisons(one)]
        case Not(operand):
            return _comparisons(operand)
    return []


def _attribute(node: Compare, kind: ResourceType) -> Attribute | None:
    attribute = kind.find(node.path.name, node.path.schema)
    if attribute is not None and node.path.sub:
        return attribute.sub(node.path.sub)
    return attribute


def mapped(node: Filter, change: Callable[[Compare], Filter]) -> Filter:
    """The filter with each of its comparisons changed."""
    match node:
        case Compare():
            return change(node)
        case And(operands):
            return And(tuple(mapped(one, change) for one in operands))
        case Or(operands):
            return Or(tuple(mapped(one, change) for one in operands))
        case Not(operand):
            return Not(mapped(operand, change))
    return node


@variant("finds-nothing-by-an-unknown-attribute", of="AMB-18")
async def finds_nothing_by_an_unknown_attribute(request: Request, forward: Forward) -> Response:
    """A filter on an attribute that the type does not have finds nothing."""
    response = await forward(request)
    is_unknown = "has no attribute" in response.object.get("detail", "")
    if response.status == 400 and is_unknown and filter_of(request) is not None:
        return nothing()
    return response


@variant("finds-nothing-that-is-null", of="AMB-19")
async def finds_nothing_that_is_null(request: Request, forward: Forward) -> Response:
    """A comparison with null finds nothing: null is no value."""
    found = filter_of(request)
    return (
        nothing() if isinstance(found, Compare) and found.value is None else await forward(request)
    )


@variant("refuses-to-compare-with-null", of="AMB-19")
async def refuses_to_compare_with_null(request: Request, forward: Forward) -> Response:
    """A comparison with null is refused."""
    if any(one.value is None for one in _comparisons(filter_of(request))):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@variant("takes-no-missing-value-for-a-different-one", of="AMB-19")
async def takes_no_missing_value_for_a_different_one(
    request: Request, forward: Forward
) -> Response:
    """The operator ne finds only what has a value, as databases do it."""
    found = filter_of(request)
    if found is None or not any(one.operator == "ne" for one in _comparisons(found)):
        return await forward(request)
    narrower = mapped(
        found,
        lambda one: And((Present(one.path), one)) if one.operator == "ne" and one.value else one,
    )
    return await forward(put_into_list(request, "filter", render(narrower)))


def _bare_complex(request: Request, *, multi_valued: bool) -> bool:
    kind = kind_of(request)
    found = [_attribute(one, kind) for one in _comparisons(filter_of(request))]
    return any(
        one is not None and one.type is Type.COMPLEX and one.multi_valued is multi_valued
        for one in found
    )


@variant("wants-the-sub-attribute-in-a-filter", of="AMB-20")
async def wants_the_sub_attribute_in_a_filter(request: Request, forward: Forward) -> Response:
    """emails co "x" is refused, for a sub-attribute has to be named."""
    if _bare_complex(request, multi_valued=True):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@variant("finds-nothing-without-the-sub-attribute", of="AMB-20")
async def finds_nothing_without_the_sub_attribute(request: Request, forward: Forward) -> Response:
    """A comparison with a complex attribute, emails or name, finds nothing."""
    for multi_valued in (True, False):
        if _bare_complex(request, multi_valued=multi_valued):
            return nothing()
    return await forward(request)


@variant("wants-single-spaces-in-a-filter", of="AMB-21")
async def wants_single_spaces_in_a_filter(request: Request, forward: Forward) -> Response:
    """Two spaces, and a bracket right after not, are refused as the grammar has it."""
    text = str(asked_of_list(request, "filter") or "")
    if "  " in text or "not(" in text:
        return Response.error(400, "invalidFilter")
    return await forward(request)


def _is_order_of_booleans(request: Request) -> bool:
    kind = kind_of(request)
    for one in _comparisons(filter_of(request)):
        attribute = _attribute(one, kind)
        is_unordered = attribute is not None and attribute.type in {Type.BOOLEAN, Type.BINARY}
        if one.operator in _ORDERING and is_unordered:
            return True
    return False


@variant("finds-nothing-of-another-type", of="AMB-22")
async def finds_nothing_of_another_type(request: Request, forward: Forward) -> Response:
    """A value of another type equals nothing."""
    response = await forward(request)
    is_mismatch = "can't be compared" in response.object.get("detail", "")
    if response.status == 400 and is_mismatch and not _is_order_of_booleans(request):
        return nothing()
    return response


@variant("calls-another-type-an-invalid-value", of="AMB-22")
async def calls_another_type_an_invalid_value(request: Request, forward: Forward) -> Response:
    """A value of another type in a filter is refused with invalidValue."""
    response = await forward(request)
    is_mismatch = "can't be compared" in response.object.get("detail", "")
    if response.status == 400 and is_mismatch and not _is_order_of_booleans(request):
        return Response.error(400, "invalidValue")
    return response


@variant("reads-a-word-as-a-boolean-in-a-filter", of="AMB-22")
async def reads_a_word_as_a_boolean_in_a_filter(request: Request, forward: Forward) -> Response:
    """active eq "true" is read as active eq true."""
    kind = kind_of(request)

    def read(one: Compare) -> Filter:
        attribute = _attribute(one, kind)
        is_word = isinstance(one.value, str) and one.value.lower() in {"true", "false"}
        if attribute is None or attribute.type is not Type.BOOLEAN or not is_word:
            return one
        return Compare(one.path, one.operator, one.value.lower() == "true")

    found = filter_of(request)
    if found is None:
        return await forward(request)
    return await forward(put_into_list(request, "filter", render(mapped(found, read))))


@variant("sorts-by-nothing-it-does-not-know", of="AMB-23")
async def sorts_by_nothing_it_does_not_know(request: Request, forward: Forward) -> Response:
    """sortBy with an unknown attribute is ignored."""
    response = await forward(request)
    is_unknown = response.status == 400 and response.object.get("scimType") == "invalidPath"
    if is_unknown and asked_of_list(request, "sortBy"):
        return await forward(put_into_list(request, "sortBy", None))
    return response


@variant("sorts-upward-in-any-other-order", of="AMB-23")
async def sorts_upward_in_any_other_order(request: Request, forward: Forward) -> Response:
    """Any sortOrder but descending is ascending."""
    order = asked_of_list(request, "sortOrder")
    if order is not None and str(order).lower() != "descending":
        return await forward(put_into_list(request, "sortOrder", None))
    return await forward(request)


@variant("leaves-resources-out-of-an-empty-list", of="AMB-24")
async def leaves_resources_out_of_an_empty_list(request: Request, forward: Forward) -> Response:
    """A list of nothing has no Resources."""
    response = await forward(request)
    value = response.json
    if response.status == 200 and isinstance(value, dict) and value.get("Resources") == []:
        del value["Resources"]
        response.json = value
    return response


@variant("says-nothing-of-pages-when-all-is-there", of="AMB-24")
async def says_nothing_of_pages_when_all_is_there(request: Request, forward: Forward) -> Response:
    """A list that is complete has neither startIndex nor itemsPerPage."""
    response = await forward(request)
    value = response.json
    is_answered = is_list(request) and response.status == 200 and isinstance(value, dict)
    if is_answered and value.get("totalResults") == len(value.get("Resources", [])):
        value.pop("startIndex", None)
        value.pop("itemsPerPage", None)
        response.json = value
    return response


@variant("repeats-the-count-on-a-short-page", of="AMB-24", deviates=_PAGE_SIZES)
async def repeats_the_count_on_a_short_page(request: Request, forward: Forward) -> Response:
    """itemsPerPage is the count that was asked for, as in figure 9, also on a short page."""
    response = await forward(request)
    count = asked_of_list(request, "count")
    if response.status == 200 and count is not None and str(count).isdigit():
        response.json = {**response.object, "itemsPerPage": min(int(count), _MOST)}
    return response


@variant("refuses-a-page-beyond-the-end", of="AMB-24", deviates=["rfc7644-3.4.2.4-beyond-end"])
async def refuses_a_page_beyond_the_end(request: Request, forward: Forward) -> Response:
    """A startIndex beyond the last resource is refused."""
    response = await forward(request)
    start, total = asked_of_list(request, "startIndex"), response.object.get("totalResults", 0)
    if response.status == 200 and start is not None and int(start) > max(total, 1):
        return Response.error(400, "invalidValue")
    return response


async def _refused_count(request: Request, forward: Forward, scim_type: str) -> Response:
    count = asked_of_list(request, "count")
    if count is not None and str(count).isdigit() and int(count) > _MOST:
        return Response.error(400, scim_type)
    return await forward(request)


@variant("refuses-a-count-above-its-limit-as-invalid", of="AMB-25")
async def refuses_a_count_above_its_limit_as_invalid(
    request: Request, forward: Forward
) -> Response:
    """A count above the limit is refused with invalidCount."""
    return await _refused_count(request, forward, "invalidCount")


@variant("refuses-a-count-above-its-limit-as-too-many", of="AMB-25")
async def refuses_a_count_above_its_limit_as_too_many(
    request: Request, forward: Forward
) -> Response:
    """A count above the limit is refused with tooMany."""
    return await _refused_count(request, forward, "tooMany")


@variant("cuts-every-count-to-its-limit", of="AMB-25")
async def cuts_every_count_to_its_limit(request: Request, forward: Forward) -> Response:
    """A count above the limit is cut, with a cursor too."""
    count = asked_of_list(request, "count")
    if count is not None and str(count).isdigit() and int(count) > _MOST:
        return await forward(put_into_list(request, "count", _MOST))
    return await forward(request)


@variant("gives-short-pages", of="AMB-25")
async def gives_short_pages(request: Request, forward: Forward) -> Response:
    """Never more than seven resources come in one page, and discovery says so."""
    most = 7
    if is_list(request):
        count = asked_of_list(request, "count")
        wanted = int(count) if count is not None and str(count).lstrip("-").isdigit() else most
        has_cursor = bool(asked_of_list(request, "cursor"))
        # A page that follows a cursor has the size of the first.
        if (count is None and not has_cursor) or wanted > most:
            return await forward(put_into_list(request, "count", min(wanted, most)))
        return await forward(request)
    response = await forward(request)
    if request.path == "/ServiceProviderConfig" and response.status == 200:
        value = response.json
        value["filter"]["maxResults"] = most
        value["pagination"] |= {"defaultPageSize": most, "maxPageSize": most}
        response.json = value
    return response


def _asks_for_a_password(request: Request) -> bool:
    return any(one.path.name.lower() == "password" for one in _comparisons(filter_of(request)))


@variant("forbids-a-filter-on-passwords", of="AMB-44")
async def forbids_a_filter_on_passwords(request: Request, forward: Forward) -> Response:
    """A filter on password is answered 403."""
    return (
        Response.error(403, "sensitive")
        if _asks_for_a_password(request)
        else await forward(request)
    )


@variant("refuses-a-filter-on-passwords", of="AMB-44")
async def refuses_a_filter_on_passwords(request: Request, forward: Forward) -> Response:
    """A filter on password is refused with invalidFilter."""
    if _asks_for_a_password(request):
        return Response.error(400, "invalidFilter")
    return await forward(request)


async def _without_filters(
    request: Request, forward: Forward, answer: Callable[[], Response] | None
) -> Response:
    """Say in discovery that filters are not supported; answer those that come."""
    if asked_of_list(request, "filter") is not None:
        if answer is not None:
            return answer()
        return await forward(put_into_list(request, "filter", None))
    response = await forward(request)
    if request.path == "/ServiceProviderConfig" and response.status == 200:
        response.json = {**response.json, "filter": {"supported": False, "maxResults": _MOST}}
    return response


@variant("refuses-every-filter-with-400", of="AMB-59")
async def refuses_every_filter_with_400(request: Request, forward: Forward) -> Response:
    """Filters are not supported, and answered 400."""
    return await _without_filters(request, forward, lambda: Response.error(400, "invalidFilter"))


@variant("refuses-every-filter-with-403", of="AMB-59")
async def refuses_every_filter_with_403(request: Request, forward: Forward) -> Response:
    """Filters are not supported, and answered 403."""
    return await _without_filters(request, forward, lambda: Response.error(403))


@variant("ignores-every-filter", of="AMB-59", deviates=["rfc7644-3.4.2.2-filtering-optional"])
async def ignores_every_filter(request: Request, forward: Forward) -> Response:
    """Filters are not supported, and ignored."""
    return await _without_filters(request, forward, None)
