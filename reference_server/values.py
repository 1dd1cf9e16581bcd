"""Does a JSON value fit an attribute?  Types, required parts, and the canonical form.

RFC 7643 section 2.3 for the types, 2.4 for multi-valued attributes, 2.5 for
null and the empty array, which both mean "no value".
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable
from typing import Any

from reference_server import errors
from reference_server.filters import instant
from reference_server.schemas import Attribute, Type

#: Numbers beyond this are no number anybody means, and some databases lose them.
_LARGEST = 2**63
#: So many values one attribute may have.
_MOST_VALUES = 100_000


def conformed(attribute: Attribute, value: Any) -> Any:
    """``value`` in canonical form, or None when it is no value; raises invalidValue."""
    if value is None:
        return None
    if attribute.multi_valued:
        return conformed_list(attribute, value)
    return _single(attribute, value)


def conformed_list(attribute: Attribute, value: Any) -> list[Any] | None:
    """The values of a multi-valued attribute, without repetitions, one primary at most."""
    if not isinstance(value, list):
        raise errors.invalid_value(f"{attribute.name} is multi-valued: send an array")
    if len(value) > _MOST_VALUES:
        raise errors.invalid_value(f"{attribute.name} has more than {_MOST_VALUES} values")
    fitting = [one for one in (_single(attribute, one) for one in value) if one is not None]
    found = distinct(fitting) if len(fitting) > 1 else fitting
    primaries = [one for one in found if isinstance(one, dict) and one.get("primary") is True]
    if len(primaries) > 1:
        raise errors.invalid_value(f"{attribute.name} has more than one primary value")
    return found or None


def distinct(values: Iterable[Any]) -> list[Any]:
    """The values in their order, each once; 1 and true are different."""
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(_key(value), value)
    return list(found.values())


def _key(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((name, _key(one)) for name, one in value.items())
    return (type(value).__name__, value)


def _single(attribute: Attribute, value: Any) -> Any:
    if value is None:
        return None
    if attribute.type is Type.COMPLEX:
        return conformed_object(attribute, value)
    # Most values are strings, and those are told fastest.
    is_text = attribute.type is Type.STRING
    if not (isinstance(value, str) if is_text else _fits(attribute.type, value)):
        raise errors.invalid_value(f"{attribute.name} must be of type {attribute.type}")
    if isinstance(value, str) and not _is_encodable(value):
        raise errors.invalid_value(f"{attribute.name} has half of a surrogate pair in it")
    return value


def conformed_object(attribute: Attribute, value: Any) -> dict[str, Any] | None:
    """A complex value: known sub-attributes in canonical case, readOnly ones left out."""
    if not isinstance(value, dict):
        raise errors.invalid_value(f"{attribute.name} is complex: send an object")
    found: dict[str, Any] = {}
    for name, one in value.items():
        sub = attribute.sub(name)
        if sub is None or sub.is_read_only:
            continue
        fitting = conformed(sub, one)
        if fitting is not None:
            found[sub.name] = fitting
    return found or None


def _fits(kind: Type, value: Any) -> bool:
    match kind:
        case Type.BOOLEAN:
            return isinstance(value, bool)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
        case Type.DECIMAL:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and abs(value) < _LARGEST and math.isfinite(value)
        case Type.DATE_TIME:
            return isinstance(value, str) and instant(value) is not None
        case Type.BINARY:
            return isinstance(value, str) and _is_base64(value)
        case Type.REFERENCE:
            return isinstance(value, str) and not any(one.isspace() for one in value)
        case _:
            return isinstance(value, str)


def _is_base64(value: str) -> bool:
    """Padding may be left out (RFC 7643 section 2.3.6)."""
    try:
        base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_encodable(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
