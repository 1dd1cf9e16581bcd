"""Errors and lists, in every exchange."""

from __future__ import annotations

from conformance import expect
from conformance.invariants import Seen, invariant, is_bulk, is_list


@invariant("rfc7644-3.12-errors-json-body")
def error_has_a_json_object_as_its_body(seen: Seen) -> bool:
    """A 401 often comes from a gateway in front of the target, so there it is a deviation."""
    if seen.response.status < 400 or seen.response.method == "HEAD":
        return False
    judged = expect.tolerable if seen.response.status == 401 else expect.that
    judged(
        isinstance(seen.document, dict),
        f"{seen.response.line}: expected a JSON object with the error, got "
        f"{seen.response.media_type or 'no body'} with status {seen.response.status}",
    )
    return True


@invariant("rfc7644-3.2-error-code-http-status")
def error_repeats_the_http_status_in_its_body(seen: Seen) -> bool:
    """The type of ``status`` is another sentence; here a number is as good as a string."""
    if seen.response.status < 400 or "status" not in seen.object:
        return False
    told = str(seen.object["status"])
    expect.that(
        told == str(seen.response.status),
        f"{seen.response.line}: the HTTP status is {seen.response.status}, "
        f"the body says {expect.quoted(told)}",
    )
    return True


@invariant("rfc7644-3.12-http-500")
def request_never_ends_in_an_internal_error(seen: Seen) -> bool:
    """Nothing the suite sends justifies a 5xx, but for 501 and 503."""
    response = seen.response
    expect.that(
        response.status < 500 or response.status in {501, 503},
        f"{response.line}: expected no internal error, got {response.status} {response.reason}",
    )
    return True


@invariant("rfc7644-3.4.2-resources-required-when-non-empty")
def page_that_is_not_empty_has_resources(seen: Seen) -> bool:
    """With ``count=0`` there is nothing to list; past the end neither."""
    asked = seen.response.path
    total = seen.object.get("totalResults")
    if not seen.response.ok or not isinstance(total, int) or total <= 0:
        return False
    if "count=" in asked or "startIndex=" in asked or "cursor" in asked or seen.response.sent:
        return False
    found = seen.object.get("Resources", seen.object.get("resources"))
    expect.that(
        isinstance(found, list) and len(found) > 0,
        f"{seen.response.line}: totalResults is {total}, but there are no Resources",
    )
    return True


@invariant("rfc7644-3.4.2-capital-r-resources")
def list_member_is_spelled_with_a_capital(seen: Seen) -> bool:
    """A spelling in another case is a deviation: some clients do not mind."""
    if not seen.response.ok or not is_list(seen.object) or is_bulk(seen.response):
        return False
    other = [name for name in seen.object if name.lower() == "resources" and name != "Resources"]
    expect.tolerable(not other, f"{seen.response.line}: the list is in {expect.quoted(other)}")
    return "Resources" in seen.object


@invariant("rfc7643-2.3.4-integer-form")
def counters_have_no_fraction_and_no_exponent(seen: Seen) -> bool:
    """``1.0`` and ``1e2`` are whole numbers to JSON, but no integers to SCIM."""
    counters = ("totalResults", "startIndex", "itemsPerPage")
    found = {name: seen.object[name] for name in counters if name in seen.object}
    for name, value in found.items():
        expect.that(
            not isinstance(value, float),
            f"{seen.response.line}: {name} is written {value!r}, which is no integer",
        )
    return bool(found)
