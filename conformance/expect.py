"""Assertions that speak to someone who was not there.

Each says what was asked, what was expected and what came:
``POST /Users: expected 409 Conflict, got 201 Created``.  They raise
AssertionError, or Deviation where fair grading calls an answer a deviation.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urljoin

from conformance import elements as multi_valued
from conformance.client import Response, ScimClient, shown
from conformance.verdict import Deviation, Unmet

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

_MISSING = object()

elements = multi_valued.elements
values = multi_valued.values
element = multi_valued.element
has_element = multi_valued.has_element
no_element = multi_valued.no_element


def fail(message: str) -> NoReturn:
    """The sentence does not hold, for the reason in ``message``."""
    __tracebackhide__ = True
    raise AssertionError(message)


def that(holds: bool, message: str) -> None:
    """``holds``, or the sentence does not hold for the reason in ``message``."""
    __tracebackhide__ = True
    if not holds:
        fail(message)


def tolerable(holds: bool, message: str) -> None:
    """``holds``, or the target deviates in a way that the text does not clearly forbid."""
    __tracebackhide__ = True
    if not holds:
        raise Deviation(message)


# Status -------------------------------------------------------------------------------


def status(response: Response, *expected: int, tolerated: Collection[int] = ()) -> None:
    """The status is one of ``expected``; one of ``tolerated`` is a deviation."""
    __tracebackhide__ = True
    if response.status in expected:
        return
    message = (
        f"{response.line}: expected {_either(expected)}, got {_phrase(response.status)}"
        f"{_said(response)}"
    )
    if response.status in tolerated:
        raise Deviation(message)
    fail(message)


def success(response: Response) -> None:
    """The status is 2xx."""
    __tracebackhide__ = True
    if not response.ok:
        fail(f"{response.line}: expected success, got {_phrase(response.status)}{_said(response)}")


def no_server_error(response: Response) -> None:
    """The status is not 5xx, but for 501, which says that something is not offered."""
    __tracebackhide__ = True
    if response.status >= 500 and response.status != HTTPStatus.NOT_IMPLEMENTED:
        fail(
            f"{response.line}: expected no server error, got "
            f"{_phrase(response.status)}{_said(response)}"
        )


def no_crash(response: Response) -> None:
    """Blocks the check when the status is 500: that nothing ends so has a sentence of its own."""
    __tracebackhide__ = True
    if response.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unmet("rfc7644-3.12-http-500", f"{response.line}: {_phrase(response.status)}")


# Headers ------------------------------------------------------------------------------


def header(response: Response, name: str, value: str | None = None) -> str:
    """The answer has the header line ``name`` (with exactly ``value``, if given); returns it."""
    __tracebackhide__ = True
    found = response.header(name)
    if found is None:
        fail(f"{response.line}: expected a {name} header, got none")
    if value is not None and found != value:
        fail(f"{response.line}: expected {name} to be {shown(value)}, got {shown(found)}")
    return found


def media_type(response: Response, *expected: str, tolerated: Collection[str] = ()) -> None:
    """The media type is one of ``expected``, whatever its parameters."""
    __tracebackhide__ = True
    if response.media_type in expected:
        return
    message = (
        f"{response.line}: expected the media type {' or '.join(expected)}, "
        f"got {shown(response.header('Content-Type'))}"
    )
    if response.media_type in tolerated:
        raise Deviation(message)
    fail(message)


# Messages -----------------------------------------------------------------------------

#: Every scimType of RFC 7644, table 9, and none at all: for an error that deviates by its keyword.
ANY_KEYWORD: tuple[str | None, ...] = (
    None,
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
)


def scim_error(
    response: Response, *, scim_type: str | None = None, tolerated: Collection[str | None] = ()
) -> None:
    """The body's ``scimType`` is ``scim_type``; one of ``tolerated`` is a deviation.

    Only the keyword is looked at: the other members of an error body have
    requirements of their own, and so has that it is JSON.
    """
    __tracebackhide__ = True
    try:
        found = response.body.get("scimType")
    except AssertionError as problem:
        raise Unmet("rfc7644-3.12-errors-json-body", str(problem)) from None
    if found == scim_type:
        return
    message = (
        f"{response.line}: expected scimType {shown(scim_type)} in the error body, "
        f"got {shown(found)}"
    )
    if found in tolerated:
        raise Deviation(message)
    fail(message)


def ids(response: Response) -> list[str]:
    """The ids in a ListResponse, in its order."""
    __tracebackhide__ = True
    return [str(resource.get("id")) for resource in response.resources]


def ids_if_listed(response: Response) -> list[str]:
    """The ids in a ListResponse; none when the query was refused."""
    __tracebackhide__ = True
    return ids(response) if response.status == 200 else []


def finds(response: Response, *expected: str, among: Iterable[str] | None = None) -> None:
    """A query answered 200 with exactly the resources ``expected``, in any order.

    ``among`` limits the comparison to resources of ours, so that a target full
    of other people's data is judged fairly.
    """
    __tracebackhide__ = True
    status(response, 200)
    found = ids(response)
    if among is not None:
        ours = set(among)
        found = [one for one in found if one in ours]
    if sorted(found) != sorted(expected):
        missing = sorted(set(expected) - set(found))
        extra = sorted(set(found) - set(expected))
        fail(
            f"{response.line}: expected {_count(len(expected))}, got {_count(len(found))}"
            + (f"; missing {shown(missing)}" if missing else "")
            + (f"; not asked for {shown(extra)}" if extra else "")
        )


def matches(response: Response, *expected: str) -> None:
    """As ``finds``, for a filter that a provider may decline.

    RFC 7644 lists operators (section 3.4.2.2) and asks of nobody to support them all: what a
    provider does not support, or not for an attribute, it refuses with 400 (section 3.12).
    """
    __tracebackhide__ = True
    status(response, 200, tolerated=(400,))
    finds(response, *expected)


def finds_nothing(response: Response) -> None:
    """A query answered 200 and an empty list."""
    __tracebackhide__ = True
    finds(response)


# Values -------------------------------------------------------------------------------


def value(document: Any, path: str) -> Any:
    """What stands at the dotted ``path`` of a JSON object; a sentinel that equals nothing else.

    Names are compared as they are; a path into an array takes its first element.
    """
    found = document
    for name in _split(path):
        if isinstance(found, list):
            found = found[0] if found else None
        found = found.get(name, _MISSING) if isinstance(found, dict) else _MISSING
        if found is _MISSING:
            return _MISSING
    return found


def attribute(response: Response, path: str, expected: Any) -> None:
    """The resource in the answer has ``expected`` at the dotted ``path``."""
    __tracebackhide__ = True
    found = value(response.body, path)
    if found is _MISSING:
        fail(f"{response.line}: expected {path} to be {shown(expected)}, but it is not there")
    if not _same(found, expected):
        fail(f"{response.line}: expected {path} to be {shown(expected)}, got {shown(found)}")


def present(response: Response, path: str) -> Any:
    """The resource in the answer has a value other than null or [] at ``path``; returns it."""
    __tracebackhide__ = True
    found = value(response.body, path)
    if found is _MISSING or found is None or found == []:
        fail(f"{response.line}: expected {path} to have a value, but it has none")
    return found


def given(response: Response, path: str, blamed: str) -> Any:
    """The value at ``path`` that a check stands on; without it the check is blocked.

    ``blamed`` is the requirement that says the value is there.
    """
    __tracebackhide__ = True
    found = value(response.body, path)
    if found is _MISSING or found is None or found == []:
        raise Unmet(blamed, f"{response.line}: {path} has no value")
    return found


def absent(response: Response, path: str) -> None:
    """``path`` is unassigned in the answer: missing, null, or an empty array."""
    __tracebackhide__ = True
    found = value(response.body, path)
    if found is not _MISSING and found is not None and found != []:
        fail(f"{response.line}: expected {path} to have no value, got {shown(found)}")


def resolved(scim: ScimClient, reference: Any) -> str:
    """A reference as an absolute URL; a relative one resolves against the base URL.

    RFC 7643 section 2.3.7, by the rules of RFC 3986 section 5.2: ``Users/1`` lies below
    the base URL, ``/scim/v2/Users/1`` below the host.
    """
    return urljoin(f"{scim.target.url}/", str(reference))


def from_base64(text: str) -> bytes:
    """The bytes that ``text`` encodes, padded or not."""
    __tracebackhide__ = True
    plain = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        fail(f"expected base64, got {shown(text)}")


def equal(actual: Any, expected: Any, what: str) -> None:
    """``actual`` is ``expected``, JSON types included: 1 is not true and not "1"."""
    __tracebackhide__ = True
    if not _same(actual, expected):
        fail(f"{what}: expected {shown(expected)}, got {_shown(actual)}")


def one_of(actual: Any, expected: Collection[Any], what: str) -> None:
    """``actual`` is one of ``expected``."""
    __tracebackhide__ = True
    if not any(_same(actual, one) for one in expected):
        fail(f"{what}: expected one of {shown(list(expected))}, got {_shown(actual)}")


def contains(actual: Any, member: Any, what: str) -> None:
    """The array ``actual`` has the element ``member``."""
    __tracebackhide__ = True
    if not isinstance(actual, list) or not any(_same(one, member) for one in actual):
        fail(f"{what}: expected {shown(member)} to be in it, got {_shown(actual)}")


def lacks(actual: Any, member: Any, what: str) -> None:
    """The array or object ``actual`` does not have ``member``; nothing at all has nothing."""
    __tracebackhide__ = True
    if actual in (None, _MISSING):
        return
    if member in actual:
        fail(f"{what}: expected {shown(member)} not to be in it, got {_shown(actual)}")


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


def json_type(actual: Any, expected: str, what: str) -> None:
    """``actual`` is a JSON string, boolean, integer, number, array or object."""
    __tracebackhide__ = True
    numeric_boolean = isinstance(actual, bool) and expected in {"integer", "number"}
    if not isinstance(actual, _JSON_TYPES[expected]) or numeric_boolean:
        article = "an" if expected[0] in "aio" else "a"
        fail(f"{what}: expected {article} {expected}, got {_shown(actual)}")


# Time ---------------------------------------------------------------------------------


def seconds_between(response: Response, earlier: str, later: str) -> float:
    """The seconds from one dateTime of a resource to another."""
    __tracebackhide__ = True
    return (_instant(response, later) - _instant(response, earlier)).total_seconds()


def seconds_from(before: Response, after: Response, path: str) -> float:
    """The seconds by which the dateTime at ``path`` moved from one answer to the next."""
    __tracebackhide__ = True
    return (_instant(after, path) - _instant(before, path)).total_seconds()


def seconds_since(response: Response, path: str, moment: datetime | None) -> float:
    """The seconds from ``moment`` to a dateTime of a resource; 0 when nobody knows the moment."""
    __tracebackhide__ = True
    if moment is None:
        return 0.0
    return (_instant(response, path) - moment).total_seconds()


def _instant(response: Response, path: str) -> datetime:
    """A dateTime without an offset is taken for UTC; its form has a sentence of its own."""
    __tracebackhide__ = True
    text = str(given(response, path, "rfc7643-3.1-server-assigns-id-meta"))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unmet(
            "rfc7643-2.3.5-datetime-xsd-datetime",
            f"{response.line}: {path} is no dateTime: {shown(text)}",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# Words --------------------------------------------------------------------------------


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _split(path: str) -> list[str]:
    """Dotted names, with a schema URN kept whole: ``urn:…:2.0:User:manager.value``."""
    if not path.startswith("urn:"):
        return path.split(".")
    urn, _, rest = path.rpartition(":")
    if urn.endswith((":2.0", ":1.0")) or not rest:
        return [path]
    return [urn, *rest.split(".")]


def json_string(text: str) -> str:
    """``text`` as a JSON string, as a filter wants its values."""
    return json.dumps(text)


def quoted(value: Any) -> str:
    """``value`` for a message: as JSON, cut, and without characters that paint a terminal."""
    return shown(value)


def _shown(value: Any) -> str:
    return "nothing" if value is _MISSING else shown(value)


def _phrase(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _either(codes: Iterable[int]) -> str:
    return " or ".join(_phrase(code) for code in codes)


def _said(response: Response) -> str:
    """What the target gave as its reason, which is often all a reader needs."""
    try:
        detail = response.body.get("detail")
    except AssertionError:
        return ""
    return f" ({shown(detail, 200)})" if isinstance(detail, str) and detail else ""


def _count(number: int) -> str:
    return f"{number} resource" if number == 1 else f"{number} resources"
