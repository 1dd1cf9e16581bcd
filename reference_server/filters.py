"""Filters: RFC 7644 section 3.4.2.2, figure 1.

::

    FILTER    = attrExp / logExp / valuePath / *1"not" "(" FILTER ")"
    valuePath = attrPath "[" valFilter "]"
    valFilter = attrExp / logExp / *1"not" "(" valFilter ")"
    attrExp   = (attrPath SP "pr") / (attrPath SP compareOp SP compValue)
    logExp    = FILTER SP ("and" / "or") SP FILTER
    compValue = false / null / true / number / string       ; as in JSON

Read with the errata in mind: a space may stand between "not" and its bracket
(7319), value paths do not nest (4690), and "not" binds tighter than "and",
which binds tighter than "or" (4670).  Names and operators have no case.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reference_server import errors
from reference_server.folding import folded
from reference_server.paths import MAX_LENGTH, AttributePath, attribute_path
from reference_server.schemas import Attribute, ResourceType, Type

#: Deeper brackets are refused.
MAX_DEPTH = 50

OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


@dataclass(frozen=True, slots=True)
class Present:
    """``attribute pr``."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class Compare:
    """``attribute operator value``."""

    path: AttributePath
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Not:
    """``not (filter)``."""

    operand: Filter


@dataclass(frozen=True, slots=True)
class And:
    """``filter and filter``."""

    operands: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """``filter or filter``."""

    operands: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class ValuePath:
    """``attribute[filter]``: one element meets the whole filter."""

    path: AttributePath
    where: Filter


Filter = Present | Compare | Not | And | Or | ValuePath
Matcher = Callable[[dict[str, Any]], bool]


# Parsing ------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""
      (?P<space>[ ]+)
    | (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
    | (?P<mark>[()\[\]])
    | (?P<word>[^\s()\[\]"]+)
    """,
    re.VERBOSE,
)


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise errors.invalid_filter(f"unreadable at character {at + 1}: {text[at : at + 20]!r}")
        at = match.end()
        if match.lastgroup != "space":
            found.append(match[0])
    return found


class _Parser:
    """Recursive descent, one method per level of precedence."""

    def __init__(self, text: str, *, inside_value_path: bool) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.inside = inside_value_path

    def whole(self) -> Filter:
        """A filter and nothing after it."""
        found = self.disjunction()
        if self.at < len(self.tokens):
            raise errors.invalid_filter(f"{self.peek()[:50]!r} is not expected here")
        return found

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token.lower() != expected):
            raise errors.invalid_filter(
                f"expected {expected or 'more'!r}, got {token[:50] or 'the end'!r}"
            )
        self.at += 1
        return token

    def disjunction(self) -> Filter:
        operands = [self.conjunction()]
        while self.peek().lower() == "or":
            self.take()
            operands.append(self.conjunction())
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def conjunction(self) -> Filter:
        operands = [self.factor()]
        while self.peek().lower() == "and":
            self.take()
            operands.append(self.factor())
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def factor(self) -> Filter:
        token = self.peek()
        if token == "(":  # noqa: S105  a token of the grammar
            return self.grouped()
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if token.lower() == "not" and following == "(":
            self.take()
            return Not(self.grouped())
        return self.expression()

    def grouped(self) -> Filter:
        self.take("(")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise errors.invalid_filter(f"brackets are nested deeper than {MAX_DEPTH}")
        found = self.disjunction()
        self.take(")")
        self.depth -= 1
        return found

    def expression(self) -> Filter:
        path = self.path()
        if self.peek() == "[":
            return self.value_path(path)
        word = self.take().lower()
        if word == "pr":
            return Present(path)
        if word not in OPERATORS:
            raise errors.invalid_filter(f"{word[:50]!r} is no operator")
        return Compare(path, word, _value(self.take()))

    def path(self) -> AttributePath:
        token = self.take()
        found = attribute_path(token)
        if found is None:
            raise errors.invalid_filter(f"{token[:100]!r} is no attribute path")
        return found

    def value_path(self, path: AttributePath) -> Filter:
        if self.inside:
            raise errors.invalid_filter("a value path can't stand inside another")
        self.take("[")
        self.inside = True
        where = self.disjunction()
        self.inside = False
        self.take("]")
        return ValuePath(path, where)


_LITERALS = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def _value(token: str) -> Any:
    """A comparison value: what JSON calls a string, number, true, false or null."""
    if token in _LITERALS:
        return _LITERALS[token]
    if token.startswith('"') or (len(token) < 400 and _NUMBER.fullmatch(token)):
        try:
            return json.loads(token)
        except ValueError:
            pass
    raise errors.invalid_filter(f"{token[:100]!r} is no comparison value; strings need quotes")


# What nearly every lookup looks like needs no parser.
_LOOKUP = re.compile(r'([A-Za-z][A-Za-z0-9]*) eq "([^"\\\x00-\x1f]*)"')


def parse(text: str) -> Filter:
    """Parse a filter; raises invalidFilter."""
    lookup = _LOOKUP.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if lookup is not None:
        return Compare(AttributePath(None, lookup[1]), "eq", lookup[2])
    return _parse(text, inside_value_path=False)


def parse_value_filter(text: str) -> Filter:
    """Parse what stands between the brackets of a value path; raises invalidFilter."""
    return _parse(text, inside_value_path=True)


def _parse(text: str, *, inside_value_path: bool) -> Filter:
    if len(text) > MAX_LENGTH:
        raise errors.invalid_filter(f"the filter is longer than {MAX_LENGTH} characters")
    return _Parser(text, inside_value_path=inside_value_path).whole()


# Rendering ----------------------------------------------------------------------------


def render(node: Filter) -> str:
    """A filter as text that parses to ``node`` again."""
    match node:
        case Present(path):
            return f"{path} pr"
        case Compare(path, word, value):
            return f"{path} {word} {json.dumps(value)}"
        case Not(operand):
            return f"not ({render(operand)})"
        case ValuePath(path, where):
            return f"{path}[{render(where)}]"
        case And(operands):
            return " and ".join(_bracketed(one, And | Or) for one in operands)
        case Or(operands):
            return " or ".join(_bracketed(one, Or) for one in operands)


def _bracketed(node: Filter, kinds: Any) -> str:
    return f"({render(node)})" if isinstance(node, kinds) else render(node)


# Matching -----------------------------------------------------------------------------


def compile_filter(node: Filter, resource_type: ResourceType, *, strict: bool = True) -> Matcher:
    """A function that says whether a resource of this type matches.

    An attribute that the type does not have is refused when ``strict``; in a
    query over several types it has no value (RFC 7644 section 3.4.2.1).
    """
    return _compile(node, lambda path: _resolve(path, resource_type, strict=strict))


def compile_value_filter(node: Filter, attribute: Attribute) -> Matcher:
    """A function that says whether one element of a multi-valued attribute matches."""

    def resolve(path: AttributePath) -> _Getter:
        sub = attribute.sub(path.name)
        if sub is None and attribute.type is not Type.COMPLEX and path.name.lower() == "value":
            return _Getter(attribute, lambda element: [element.get("value")])
        if sub is None or path.sub is not None or path.schema is not None:
            raise errors.invalid_filter(
                f"{attribute.name} has no sub-attribute {str(path)[:100]!r}"
            )
        return _Getter(sub, _reader((sub.name,)))

    return _compile(node, resolve)


@dataclass(frozen=True, slots=True)
class _Getter:
    """The attribute that a path names, and how to read its values from a resource."""

    attribute: Attribute | None
    read: Callable[[dict[str, Any]], list[Any]]


_Resolve = Callable[[AttributePath], _Getter]


def _resolve(path: AttributePath, resource_type: ResourceType, *, strict: bool) -> _Getter:
    attribute = resource_type.find(path.name, path.schema)
    target = attribute
    if attribute is not None and path.sub is not None:
        target = attribute.sub(path.sub)
    if attribute is None or target is None:
        if strict:
            raise errors.invalid_filter(
                f"{resource_type.name} has no attribute {str(path)[:100]!r}"
            )
        return _Getter(None, lambda _resource: [])
    steps = [attribute.name] if target is attribute else [attribute.name, target.name]
    schema = resource_type.extension(path.schema) if path.schema else None
    if schema is not None:
        steps.insert(0, schema.id)
    return _Getter(target, _reader(tuple(steps)))


def _reader(steps: tuple[str, ...]) -> Callable[[dict[str, Any]], list[Any]]:
    """Reads every value at ``steps``, through arrays."""
    if len(steps) == 1:
        (name,) = steps
        return lambda resource: _as_list(resource.get(name))

    def read(resource: dict[str, Any]) -> list[Any]:
        found: list[Any] = [resource]
        for step in steps:
            following: list[Any] = []
            for one in found:
                value = one.get(step) if isinstance(one, dict) else None
                if isinstance(value, list):
                    following += value
                elif value is not None:
                    following.append(value)
            found = following
        return found

    return read


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _compile(node: Filter, resolve: _Resolve) -> Matcher:
    match node:
        case And(operands):
            every = [_compile(one, resolve) for one in operands]
            return lambda resource: all(one(resource) for one in every)
        case Or(operands):
            either = [_compile(one, resolve) for one in operands]
            return lambda resource: any(one(resource) for one in either)
        case Not(operand):
            inner = _compile(operand, resolve)
            return lambda resource: not inner(resource)
        case Present(path):
            read = resolve(path).read
            return lambda resource: any(_has_value(one) for one in read(resource))
        case ValuePath(path, where):
            return _compile_value_path(path, where, resolve)
        case Compare(path, word, value):
            return _compile_comparison(resolve(path), word, value)


def _compile_value_path(path: AttributePath, where: Filter, resolve: _Resolve) -> Matcher:
    getter = resolve(path)
    if getter.attribute is None:
        return lambda _resource: False
    inner = compile_value_filter(where, getter.attribute)
    return lambda resource: any(inner(_as_element(one)) for one in getter.read(resource))


def _as_element(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def _has_value(value: Any) -> bool:
    """Section 3.4.2.2: present means non-empty, and for a complex one, with a non-empty part."""
    if isinstance(value, dict):
        return any(_has_value(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_value(one) for one in value)
    return value is not None and value != ""


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "co": lambda value, wanted: wanted in value,
    "sw": lambda value, wanted: value.startswith(wanted),
    "ew": lambda value, wanted: value.endswith(wanted),
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_SUBSTRING = {"co", "sw", "ew"}
_ORDERING = {"gt", "ge", "lt", "le"}


def _compile_comparison(getter: _Getter, word: str, value: Any) -> Matcher:
    attribute, read = getter.attribute, getter.read
    if attribute is None:
        return lambda _resource: False
    if attribute.type is Type.COMPLEX:
        # Figure 2 has emails co "example.com": the default sub-attribute is value (AMB-20).
        default = attribute.sub("value")
        if default is None or not attribute.multi_valued:
            raise errors.invalid_filter(f"{attribute.name} is complex; name a sub-attribute")
        attribute, read = default, _through(read, default.name)
    if value is None:
        return _compare_with_null(read, word)
    wanted = _comparable(value, attribute, word)
    if wanted is _INCOMPARABLE:
        raise errors.invalid_filter(
            f"{attribute.name} is of type {attribute.type}; it can't be compared with {word} "
            f"{json.dumps(value)[:100]}"
        )
    if word == "ne":
        return lambda resource: (
            not any(_comparable(one, attribute, "eq") == wanted for one in read(resource))
        )
    test = _TESTS[word]

    def matches(resource: dict[str, Any]) -> bool:
        for one in read(resource):
            held = _comparable(one, attribute, word)
            if held is not _INCOMPARABLE and test(held, wanted):
                return True
        return False

    return matches


def _through(
    read: Callable[[dict[str, Any]], list[Any]], name: str
) -> Callable[[dict[str, Any]], list[Any]]:
    return lambda resource: [
        one.get(name) for one in read(resource) if isinstance(one, dict) and name in one
    ]


def _compare_with_null(read: Callable[[dict[str, Any]], list[Any]], word: str) -> Matcher:
    """RFC 7643 section 2.5 makes null and unassigned the same state (AMB-19)."""
    if word == "eq":
        return lambda resource: not any(_has_value(one) for one in read(resource))
    if word == "ne":
        return lambda resource: any(_has_value(one) for one in read(resource))
    raise errors.invalid_filter(f"null can't be compared with {word}")


_INCOMPARABLE = object()


def _comparable(value: Any, attribute: Attribute, word: str) -> Any:
    """``value`` in the form in which values of this attribute are compared."""
    match attribute.type:
        case Type.BOOLEAN:
            fits = isinstance(value, bool) and word in {"eq", "ne"}
            return value if fits else _INCOMPARABLE
        case Type.INTEGER | Type.DECIMAL:
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            return value if fits and word not in _SUBSTRING else _INCOMPARABLE
        case Type.DATE_TIME if isinstance(value, str) and word not in _SUBSTRING:
            return instant(value) or _INCOMPARABLE
        case Type.BINARY if word in _ORDERING or not isinstance(value, str):
            return _INCOMPARABLE
        case _ if not isinstance(value, str):
            return _INCOMPARABLE
        case _:
            return value if attribute.case_exact else folded(value)


_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


def instant(text: str) -> datetime | None:
    """The point in time that an xsd:dateTime names, or None when it is none; without offset UTC."""
    if not _DATE_TIME.fullmatch(text):
        return None
    fraction = re.sub(r"(\.\d{1,6})\d*", r"\1", text)
    try:
        found = datetime.fromisoformat(fraction)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# Indexes ------------------------------------------------------------------------------

_INDEXED = {
    one.lower(): one for one in ("userName", "externalId", "id", "displayName", "serialNumber")
}


def equality_lookup(node: Filter) -> tuple[str, str] | None:
    """An attribute and a value that every match has, where an index can find them."""
    match node:
        case Compare(AttributePath(schema, name, None), "eq", str(value)):
            plain = schema is None or schema.lower().startswith("urn:ietf:params:scim:schemas:core")
            known = _INDEXED.get(name.lower())
            return (known, value) if known and plain else None
        case And(operands):
            found = (equality_lookup(one) for one in operands)
            return next((one for one in found if one is not None), None)
        case _:
            return None
