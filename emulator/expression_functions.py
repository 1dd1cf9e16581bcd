"""The values of the expression language, and its functions.

Functions are pure: values in, a value out, and ArgumentError for values they
can't take.  Names, arities and results are those of Okta's reference of the
language; most of what it says about null is nothing.  Documented are that
String.len of an empty attribute is 0, Arrays.size(NULL) 0, Arrays.isEmpty(NULL)
true, and (by an article of its support) that Arrays.flatten fails on a null.

Inferred: a String made from null is null, in what is appended and joined null
is nothing, null contains nothing and starts with nothing, and a null array is
an empty one.  Numbers and Booleans are taken where a String is wanted, as
Spring's language would do, on which Okta's is based; positions outside of a
String are moved to its ends; replaceFirst takes plain text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from emulator.expression_patterns import pattern

#: The longest text that String.replace may make.
MAX_RESULT = 100_000

_INTEGERS = range(-(2**31), 2**31)


class ArgumentError(ValueError):
    """A value that a function or an operator can't take."""


class Kind(StrEnum):
    """What is known of a value; an attribute's kind shows only when it is read."""

    STRING = "a String"
    NUMBER = "a Number"
    BOOLEAN = "a Boolean"
    ARRAY = "an array"
    NULL = "null"
    UNKNOWN = "an object"


class Membership(Protocol):
    """What expressions may ask about the groups of a person."""

    def names(self) -> Iterable[str]:
        """The names of the person's groups."""

    def ids(self) -> Iterable[str]:
        """The ids of the person's groups."""


def kind_of(value: Any) -> Kind:
    """The kind of a value."""
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case str():
            return Kind.STRING
        case int() | float():
            return Kind.NUMBER
        case list() | tuple():
            return Kind.ARRAY
        case _:
            return Kind.UNKNOWN


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; values of different kinds are not, nor are objects."""
    if one is None or other is None:
        return one is other
    if type(one) is str and type(other) is str:
        return one == other
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        kind = kind_of(left)
        if kind is not kind_of(right) or kind is Kind.UNKNOWN:
            return False
        if kind is Kind.ARRAY:
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def text_of(value: Any) -> str:
    """A value as it stands in a text; null is nothing."""
    if isinstance(value, str):
        return value
    match kind_of(value):
        case Kind.NUMBER:
            return str(value)
        case Kind.NULL:
            return ""
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.ARRAY:
            raise ArgumentError("an array is no String; write Arrays.toCsvString(...)")
        case kind:
            raise ArgumentError(f"{kind} is no String; give an attribute that is one")


def number_of(value: Any) -> Any:
    """A value that has to be a Number."""
    if kind_of(value) is not Kind.NUMBER:
        raise ArgumentError(f"{kind_of(value)} is no Number; write Convert.toNum(...)")
    return value


def _position(value: Any) -> int:
    number = number_of(value)
    if not math.isfinite(number) or number != int(number):
        raise ArgumentError(f"{number!r} is no position; give a whole Number")
    return int(number)


def _array(value: Any) -> list[Any]:
    if value is None:
        return []
    if kind_of(value) is not Kind.ARRAY:
        raise ArgumentError(f"{kind_of(value)} is no array; write {{...}} around it")
    return list(value)


# Strings ------------------------------------------------------------------------------


def _of_text(change: Callable[..., str]) -> Callable[..., str | None]:
    """A function whose first argument is a String, and null of null."""

    def call(value: Any, *rest: Any) -> str | None:
        return None if value is None else change(text_of(value), *rest)

    return call


def _append(value: Any, suffix: Any) -> str | None:
    return None if value is None and suffix is None else text_of(value) + text_of(suffix)


def _join(separator: Any, *values: Any) -> str:
    return text_of(separator).join(text_of(one) for one in values if one is not None)


def _length(value: Any) -> int:
    return len(text_of(value))


def _without_spaces(value: str) -> str:
    return value.replace(" ", "")


def _replaced(value: str, old: Any, new: Any) -> str:
    was, becomes = text_of(old), text_of(new)
    if not was:
        return value
    if len(value) + value.count(was) * len(becomes) > MAX_RESULT:
        raise ArgumentError(f"the result has more than {MAX_RESULT} characters; replace less")
    return value.replace(was, becomes)


def _first_replaced(value: str, old: Any, new: Any) -> str:
    was = text_of(old)
    return value.replace(was, text_of(new), 1) if was else value


def _starts_with(value: Any, prefix: Any) -> bool:
    return None not in (value, prefix) and text_of(value).startswith(text_of(prefix))


def _contains_text(value: Any, part: Any) -> bool:
    return value is not None and part is not None and text_of(part) in text_of(value)


def _switch(value: Any, default: Any, *pairs: Any) -> str | None:
    if len(pairs) % 2:
        raise ArgumentError("the last key has no value; give keys and values in turn")
    for key, result in zip(pairs[::2], pairs[1::2], strict=True):
        if _contains_text(value, key):
            return _or_null(result)
    return _or_null(default)


def _or_null(value: Any) -> str | None:
    return None if value is None else text_of(value)


def _substring(value: str, start: Any, end: Any) -> str:
    return value[max(_position(start), 0) : max(_position(end), 0)]


def _after(value: str, mark: Any) -> str:
    wanted = text_of(mark)
    return value.partition(wanted)[2] if wanted else value


def _before(value: str, mark: Any) -> str:
    wanted = text_of(mark)
    return value.partition(wanted)[0] if wanted else ""


def _upper(value: str) -> str:
    return value.upper()


def _lower(value: str) -> str:
    return value.lower()


# Arrays -------------------------------------------------------------------------------


def _add(array: Any, value: Any) -> list[Any]:
    return [*_array(array), value]


def _remove(array: Any, value: Any) -> list[Any]:
    return [one for one in _array(array) if not same(one, value)]


def _clear(array: Any) -> list[Any]:
    return _array(array)[:0]


def _get(array: Any, position: Any) -> Any:
    values, at = _array(array), _position(position)
    if not 0 <= at < len(values):
        raise ArgumentError(f"no value at {at} of {len(values)}; ask Arrays.size(...) first")
    return values[at]


def _flatten(*values: Any) -> list[Any]:
    flat: list[Any] = []
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        match kind_of(value):
            case Kind.ARRAY:
                waiting.extend(reversed(value))
            case Kind.NULL:
                raise ArgumentError("null can't be flattened; write x != null ? x : {}")
            case _:
                flat.append(value)
    return flat


def _contains(array: Any, value: Any) -> bool:
    return any(same(one, value) for one in _array(array))


def _size(array: Any) -> int:
    return len(_array(array))


def _is_empty(value: Any) -> bool:
    # Examples of Okta's support ask it of the String that toCsvString makes.
    return value == "" if isinstance(value, str) else not _array(value)


def _csv(array: Any) -> str:
    return ",".join(text_of(one) for one in _array(array))


# Conversions --------------------------------------------------------------------------

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})")


def _to_int(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise ArgumentError("the String is no integer; give digits only")
        whole = int(value)
    else:
        number = number_of(value)
        if not math.isfinite(number):
            raise ArgumentError("the Number is not finite; give another")
        whole = math.floor(number + 0.5) if isinstance(number, float) else number
    if whole not in _INTEGERS:
        raise ArgumentError("the Number is too large for an integer; use Convert.toNum(...)")
    return whole


def _to_num(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise ArgumentError("the String is no Number; write it like 3.141")
        return float(value)
    return float(number_of(value))


# Groups -------------------------------------------------------------------------------


def _in_group(groups: Membership, group: Any) -> bool:
    return text_of(group) in groups.ids()


def _in_any_group(groups: Membership, *wanted: Any) -> bool:
    ids = {text_of(one) for one in wanted}
    return any(one in ids for one in groups.ids())


def _in_group_named(groups: Membership, name: Any) -> bool:
    return text_of(name) in groups.names()


def _in_group_starting(groups: Membership, prefix: Any) -> bool:
    wanted = text_of(prefix)
    return any(name.startswith(wanted) for name in groups.names())


def _in_group_containing(groups: Membership, part: Any) -> bool:
    wanted = text_of(part)
    return any(wanted in name for name in groups.names())


def _in_group_matching(groups: Membership, expression: Any) -> bool:
    # Inferred: the whole name has to match, as with "matches".
    wanted = pattern(text_of(expression))
    return any(wanted.matches(name) for name in groups.names())


def _never() -> bool:
    """The emulated org has neither Active Directory nor Workday."""
    return False


# The table ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Function:
    """What a name stands for, and how many arguments it takes."""

    call: Callable[..., Any]
    kind: Kind
    least: int
    most: int | None
    #: Whether the person's groups are its first argument.
    asks_groups: bool = False

    def takes(self, count: int) -> bool:
        """Whether it can have so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)


def _fixed(call: Callable[..., Any], kind: Kind, count: int) -> Function:
    return Function(call, kind, count, count)


def _of_groups(call: Callable[..., bool], most: int | None = 1) -> Function:
    return Function(call, Kind.BOOLEAN, 1, most, asks_groups=True)


FUNCTIONS: dict[str, Function] = {
    "String.append": _fixed(_append, Kind.STRING, 2),
    "String.join": Function(_join, Kind.STRING, 1, None),
    "String.len": _fixed(_length, Kind.NUMBER, 1),
    "String.removeSpaces": _fixed(_of_text(_without_spaces), Kind.STRING, 1),
    "String.replace": _fixed(_of_text(_replaced), Kind.STRING, 3),
    "String.replaceFirst": _fixed(_of_text(_first_replaced), Kind.STRING, 3),
    "String.startsWith": _fixed(_starts_with, Kind.BOOLEAN, 2),
    "String.stringContains": _fixed(_contains_text, Kind.BOOLEAN, 2),
    "String.stringSwitch": Function(_switch, Kind.STRING, 2, None),
    "String.substring": _fixed(_of_text(_substring), Kind.STRING, 3),
    "String.substringAfter": _fixed(_of_text(_after), Kind.STRING, 2),
    "String.substringBefore": _fixed(_of_text(_before), Kind.STRING, 2),
    "String.toLowerCase": _fixed(_of_text(_lower), Kind.STRING, 1),
    "String.toUpperCase": _fixed(_of_text(_upper), Kind.STRING, 1),
    "Arrays.add": _fixed(_add, Kind.ARRAY, 2),
    "Arrays.clear": _fixed(_clear, Kind.ARRAY, 1),
    "Arrays.contains": _fixed(_contains, Kind.BOOLEAN, 2),
    "Arrays.flatten": Function(_flatten, Kind.ARRAY, 1, None),
    "Arrays.get": _fixed(_get, Kind.UNKNOWN, 2),
    "Arrays.isEmpty": _fixed(_is_empty, Kind.BOOLEAN, 1),
    "Arrays.remove": _fixed(_remove, Kind.ARRAY, 2),
    "Arrays.size": _fixed(_size, Kind.NUMBER, 1),
    "Arrays.toCsvString": _fixed(_csv, Kind.STRING, 1),
    "Convert.toInt": _fixed(_to_int, Kind.NUMBER, 1),
    "Convert.toNum": _fixed(_to_num, Kind.NUMBER, 1),
    "isMemberOfGroup": _of_groups(_in_group),
    "isMemberOfAnyGroup": _of_groups(_in_any_group, None),
    "isMemberOfGroupName": _of_groups(_in_group_named),
    "isMemberOfGroupNameStartsWith": _of_groups(_in_group_starting),
    "isMemberOfGroupNameContains": _of_groups(_in_group_containing),
    "isMemberOfGroupNameRegex": _of_groups(_in_group_matching),
    "hasDirectoryUser": _fixed(_never, Kind.BOOLEAN, 0),
    "hasWorkdayUser": _fixed(_never, Kind.BOOLEAN, 0),
}

#: Older names, which Okta has deprecated.
LEGACY = ("toUpperCase", "toLowerCase", "substring", "substringAfter", "substringBefore")
FUNCTIONS.update((name, FUNCTIONS[f"String.{name}"]) for name in LEGACY)
