"""What becomes of resources, versions and dates: AMB-38 to AMB-41, AMB-56 to AMB-58."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from reference_server.defects.patch_messages import resource
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)
from reference_server.filters import And, Compare, Filter, render
from reference_server.variants import variant
from reference_server.variants.queries import filter_of, mapped, put_into_list

_STALE = (
    "rfc7644-3.14-if-match-put",
    "rfc7644-3.14-if-match-patch",
    "rfc7644-3.12-http-412",
    "rfc7644-3.14-if-match-delete",
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@variant("keeps-members-that-are-deleted", of="AMB-38")
async def keeps_members_that_are_deleted(request: Request, forward: Forward) -> Response:
    """A group goes on listing a user that was deleted, until somebody writes to the group."""
    dangling: dict[str, list[str]] = request.state.setdefault("dangling", {})
    identifier = request.path.rpartition("/")[2]
    groups = []
    if request.method == "DELETE" and is_resource(request, "/Users"):
        groups = (await resource(request, forward)).get("groups", [])
    response = await forward(request)
    if response.status == 204 and request.method == "DELETE":
        for one in groups:
            if one.get("type") == "direct":
                dangling.setdefault(one["value"], []).append(identifier)
    elif request.method in {"PUT", "PATCH"} and response.is_success:
        dangling.pop(identifier, None)
    for shown in each_resource(response):
        gone = dangling.get(str(shown.get("id")), [])
        if gone and not request.param("attributes") and not request.param("excludedAttributes"):
            shown["members"] = [*shown.get("members", []), *({"value": one} for one in gone)]
    return response


@variant("refuses-to-delete-a-member", of="AMB-38", deviates=["rfc7644-3.6-delete-user-group"])
async def refuses_to_delete_a_member(request: Request, forward: Forward) -> Response:
    """A user who is a member of a group cannot be deleted."""
    is_deletion = request.method == "DELETE" and is_resource(request, "/Users")
    if is_deletion and (await resource(request, forward)).get("groups"):
        return Response.error(409)
    return await forward(request)


@variant(
    "gives-a-name-once-for-all-time",
    of="AMB-39",
    deviates=["rfc7644-3.6-deleted-resource-no-conflict"],
)
async def gives_a_name_once_for_all_time(request: Request, forward: Forward) -> Response:
    """The userName of a deleted user is still taken."""
    gone: set[str] = request.state.setdefault("gone", set())
    if request.method == "DELETE" and is_resource(request, "/Users"):
        name = str((await resource(request, forward)).get("userName")).lower()
        response = await forward(request)
        if response.status == 204:
            gone.add(name)
        return response
    if is_create(request, "/Users") and str(request.object.get("userName")).lower() in gone:
        return Response.error(409, "uniqueness")
    return await forward(request)


@variant("answers-a-stale-tag-with-409", of="AMB-40", deviates=_STALE)
async def answers_a_stale_tag_with_409(request: Request, forward: Forward) -> Response:
    """A write that was meant for another version is answered 409."""
    response = await forward(request)
    return Response.error(409) if response.status == 412 else response


@variant("deletes-whatever-the-tag", of="AMB-40", deviates=["rfc7644-3.14-if-match-delete"])
async def deletes_whatever_the_tag(request: Request, forward: Forward) -> Response:
    """If-Match is read for PUT and PATCH, which section 3.14 names, and not for DELETE."""
    if request.method == "DELETE":
        request.headers.pop("if-match", None)
    return await forward(request)


@variant("refuses-any-tag-for-a-star", of="AMB-40", deviates=_STALE)
async def refuses_any_tag_for_a_star(request: Request, forward: Forward) -> Response:
    """If-Match "*" is refused."""
    if request.headers.get("if-match", "").strip() == "*":
        return Response.error(412)
    return await forward(request)


def _by_the_second(shown: dict[str, Any]) -> str:
    return f'W/"{shown.get("meta", {}).get("lastModified", "")[:19]}"'


@variant(
    "counts-versions-by-the-second",
    of="RFC 7232, section 2.1",
    deviates=["rfc7644-3.14-if-match-put"],
)
async def counts_versions_by_the_second(request: Request, forward: Forward) -> Response:
    """A weak tag is the time of the last change, without its fraction.

    Two writers in one second have the same.
    """
    is_one = is_resource(request, "/Users") or is_resource(request, "/Groups")
    if is_one and request.headers.keys() & {"if-match", "if-none-match"}:
        now = await forward(request.get(request.path))
        for name in ("if-match", "if-none-match"):
            if _by_the_second(now.object) in request.headers.get(name, ""):
                request.headers[name] = now.headers["etag"]
    response = await forward(request)
    for shown in each_resource(response):
        if "version" in shown.get("meta", {}):
            shown["meta"]["version"] = _by_the_second(shown)
    if "etag" in response.headers:
        path = response.headers.get("location", request.path).removeprefix(request.base)
        now = response if "meta" in response.object else await forward(request.get(path))
        response.headers["etag"] = _by_the_second(now.object)
    return response


@variant("names-the-location-of-what-is-new-only", of="AMB-41")
async def names_the_location_of_what_is_new_only(request: Request, forward: Forward) -> Response:
    """Only a create is answered with a Location."""
    response = await forward(request)
    if response.status != 201:
        response.headers.pop("location", None)
    return response


@variant("names-the-content-location", of="AMB-41")
async def names_the_content_location(request: Request, forward: Forward) -> Response:
    """Every answer with one resource has a Content-Location."""
    response = await forward(request)
    location = response.object.get("meta", {}).get("location")
    if response.is_success and isinstance(location, str):
        response.headers["content-location"] = location
    return response


@variant(
    "gives-relative-locations",
    of="AMB-41",
    deviates=[
        "rfc7643-3.1-meta-location-resource-uri",
        "rfc7644-3.3-meta-location-body",
        "rfc7643-3.1-meta-location-matches-content-location",
        "rfc7644-3.3-location-header",
    ],
)
async def gives_relative_locations(request: Request, forward: Forward) -> Response:
    """Locations are absolute paths without a host, as behind a proxy that is not known."""
    response = await forward(request)
    for name in ("location", "content-location"):
        if name in response.headers:
            response.headers[name] = _relative(response.headers[name])
    for shown in each_resource(response):
        if isinstance(shown.get("meta"), dict) and "location" in shown["meta"]:
            shown["meta"]["location"] = _relative(shown["meta"]["location"])
    return response


def _relative(location: str) -> str:
    return re.sub(r"^https?://[^/]+", "", location)


def in_whole_seconds(request: Request) -> Request:
    """The query with a whole second for each of its instants, as it is when that is stored."""
    found = filter_of(request)

    def widened(one: Compare) -> Filter:
        is_date = one.path.name.lower() == "meta" and isinstance(one.value, str)
        if not is_date or not re.search(r":\d\dZ$", str(one.value)):
            return one
        end = f"{str(one.value)[:-1]}.999Z"
        if one.operator in {"le", "gt"}:
            return Compare(one.path, one.operator, end)
        if one.operator == "eq":
            return And((Compare(one.path, "ge", one.value), Compare(one.path, "le", end)))
        return one

    if found is None:
        return request
    return put_into_list(request, "filter", render(mapped(found, widened)))


def _seconds(text: Any) -> Any:
    return re.sub(r"\.\d+Z$", "Z", text) if isinstance(text, str) else text


@variant("counts-whole-seconds", of="AMB-56")
async def counts_whole_seconds(request: Request, forward: Forward) -> Response:
    """Dates of meta have no fractions of a second, in filters neither."""
    response = await forward(in_whole_seconds(request))
    for shown in each_resource(response):
        meta = shown.get("meta")
        if isinstance(meta, dict):
            meta |= {name: _seconds(meta[name]) for name in {"created", "lastModified"} & set(meta)}
    return response


@variant("writes-dates-with-an-offset", of="AMB-56")
async def writes_dates_with_an_offset(request: Request, forward: Forward) -> Response:
    """Dates of meta are written with the offset +00:00 and microseconds."""
    response = await forward(request)
    for shown in each_resource(response):
        meta = shown.get("meta")
        if isinstance(meta, dict):
            for name in {"created", "lastModified"} & set(meta):
                meta[name] = re.sub(r"Z$", "000+00:00", str(meta[name]))
    return response


@variant(
    "looks-at-the-clock-twice-in-a-create",
    of="AMB-56",
    deviates=["rfc7643-3.1-lastmodified-equals-created-when-unmodified"],
)
async def looks_at_the_clock_twice_in_a_create(request: Request, forward: Forward) -> Response:
    """lastModified of a new resource is a moment after created."""
    response = await forward(request)
    for shown in each_resource(response):
        meta = shown.get("meta", {})
        if "created" in meta and meta.get("lastModified") == meta["created"]:
            meta["lastModified"] = re.sub(r"Z$", "003Z", meta["created"])
    return response


@variant("dates-a-replace-without-change", of="AMB-56")
async def dates_a_replace_without_change(request: Request, forward: Forward) -> Response:
    """A PUT that changes nothing moves lastModified."""
    dated: dict[str, str] = request.state.setdefault("dated", {})
    response = await forward(request)
    if request.method == "PUT" and response.status == 200:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        dated[str(response.object.get("id"))] = now
    for shown in each_resource(response):
        meta = shown.get("meta")
        if isinstance(meta, dict) and "lastModified" in meta:
            meta["lastModified"] = max(meta["lastModified"], dated.get(str(shown.get("id")), ""))
    return response


@variant("finds-no-other-version", of="AMB-57")
async def finds_no_other_version(request: Request, forward: Forward) -> Response:
    """A path with a version that is not served is answered 404."""
    response = await forward(request)
    return Response.error(404) if response.object.get("scimType") == "invalidVers" else response


@variant(
    "serves-any-version",
    of="AMB-57",
    deviates=["rfc7644-3.13-requested-version-rejection"],
)
async def serves_any_version(request: Request, forward: Forward) -> Response:
    """A path with another version is served as v2."""
    path = re.sub(r"^/scim/v\d+(?=/|$)", "/scim/v2", request.base + request.path)
    return await forward(request.like(path=path[len(request.base) :], query=request.query))


@variant(
    "refuses-an-id-of-another-shape",
    of="AMB-58",
    # Okta's published test asks for ids that few servers would give.
    deviates=["okta-spec-04-unknown-id", "okta-spec-12-not-found-status"],
)
async def refuses_an_id_of_another_shape(request: Request, forward: Forward) -> Response:
    """An id that is no UUID is answered 400."""
    response = await forward(request)
    is_single = any(is_resource(request, one) for one in ("/Users", "/Groups", "/Devices"))
    is_odd = not _UUID.fullmatch(request.path.rpartition("/")[2].lower())
    return (
        Response.error(400, "invalidValue")
        if response.status == 404 and is_single and is_odd
        else response
    )
