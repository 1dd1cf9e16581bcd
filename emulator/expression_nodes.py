"""The parts of an expression as closures, which the parser puts together.

A node knows how to evaluate itself, of what kind its value is as far as that
can be told without a person, and where it stands, for messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulator.expression_functions import (
    ArgumentError,
    Kind,
    Membership,
    kind_of,
    number_of,
    same,
    text_of,
)
from emulator.expression_patterns import pattern
from emulator.expression_tokens import error


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression sees: attributes by root, internal properties, and groups."""

    roots: Mapping[str, Any]
    internal: Mapping[str, Any]
    membership: Membership | None = None


Run = Callable[[Context], Any]
Step = tuple[Callable[[Any, Any], Any], Run, int]


class Node(NamedTuple):
    """A part of an expression."""

    run: Run
    kind: Kind
    at: int


#: Roots that have all their attributes, so that one which is missing is a mistake.
_COMPLETE = ("app", "org")


def constant(value: Any, at: int) -> Node:
    """A value that stands in the text."""
    return Node(lambda _: value, kind_of(value), at)


def array(nodes: Sequence[Node], at: int) -> Node:
    """A new array of what the nodes give."""
    runs = [node.run for node in nodes]
    return Node(lambda context: [run(context) for run in runs], Kind.ARRAY, at)


def attribute(text: str, at: int, root: str, name: str) -> Node:
    """An attribute of a root; one that a profile has not is null."""
    is_complete = root in _COMPLETE
    stand_in = "user" if root == "source" else root

    def run(context: Context) -> Any:
        roots = context.roots
        try:
            found = roots[root if root in roots else stand_in]
            return found[name] if is_complete else found.get(name)
        except (KeyError, TypeError, AttributeError):
            raise error(text, at, f"there is no {root}.{name} here; set it first") from None

    return Node(run, Kind.UNKNOWN, at)


def internal_property(text: str, at: int, name: str) -> Node:
    """What Okta itself knows of a person."""

    def run(context: Context) -> Any:
        try:
            return context.internal[name]
        except KeyError:
            raise error(text, at, f"there is no {name} here; use attributes") from None

    return Node(run, Kind.STRING, at)


def groups(text: str, at: int) -> Node:
    """The groups of a person."""

    def run(context: Context) -> Any:
        if context.membership is None:
            raise error(text, at, "nobody's groups are known here; use attributes")
        return context.membership

    return Node(run, Kind.UNKNOWN, at)


def applied(text: str, at: int, name: str, call: Callable[..., Any], nodes: Sequence[Node]) -> Run:
    """``call`` on what the nodes give, which is named in the message for what it can't take."""
    runs = [node.run for node in nodes]

    def run(context: Context) -> Any:
        values = [one(context) for one in runs]
        try:
            return call(*values)
        except (ValueError, OverflowError) as problem:
            raise error(text, at, f"{name}: {problem}") from None

    return run


def total(text: str, first: Node, steps: Sequence[Step]) -> Node:
    """A value with others added or taken away, from left to right."""
    start = first.run

    def run(context: Context) -> Any:
        value = start(context)
        for combine, operand, at in steps:
            other = operand(context)
            try:
                value = combine(value, other)
            except (ValueError, OverflowError) as problem:
                raise error(text, at, str(problem)) from None
        return value

    # Whether it is a String or a Number may show only then; it is no Boolean.
    return Node(run, Kind.STRING, first.at)


def truth(text: str, node: Node) -> Run:
    """A node as a condition, which refuses what is no Boolean.

    Inferred from Spring: null is none either.
    """
    if not may_be_boolean(node):
        raise error(text, node.at, no_boolean(node.kind))
    if node.kind is Kind.BOOLEAN:
        return node.run
    read, at = node.run, node.at

    def run(context: Context) -> Any:
        value = read(context)
        if value is True or value is False:
            return value
        raise error(text, at, no_boolean(kind_of(value)))

    return run


def may_be_boolean(node: Node) -> bool:
    """Whether it can't be told that a node is no Boolean."""
    return node.kind in (Kind.BOOLEAN, Kind.UNKNOWN)


def no_boolean(kind: Kind) -> str:
    """What is wrong with a condition."""
    return f"{kind} is no Boolean; compare it, as in user.department == 'Sales'"


def negated(text: str, at: int, node: Node) -> Node:
    """The contrary of a condition."""
    condition = truth(text, node)
    return Node(lambda context: not condition(context), Kind.BOOLEAN, at)


def logical(text: str, nodes: Sequence[Node], *, decides: bool) -> Node:
    """Conditions up to the first one that is what ``decides``; the others are not looked at."""
    conditions = [truth(text, node) for node in nodes]

    def run(context: Context) -> Any:
        for condition in conditions:
            if condition(context) is decides:
                return decides
        return not decides

    return Node(run, Kind.BOOLEAN, nodes[0].at)


def choice(text: str, cases: Sequence[tuple[Node, Node]], otherwise: Node) -> Node:
    """The value of the first case whose condition is met."""
    pairs = [(truth(text, condition), value.run) for condition, value in cases]
    default = otherwise.run

    def run(context: Context) -> Any:
        for condition, value in pairs:
            if condition(context):
                return value(context)
        return default(context)

    values = [value for _, value in cases] + [otherwise]
    is_clear = len({value.kind for value in values}) == 1 or not any(map(may_be_boolean, values))
    return Node(run, otherwise.kind if is_clear else Kind.UNKNOWN, cases[0][0].at)


# Operators ----------------------------------------------------------------------------


def plus(one: Any, other: Any) -> Any:
    """The sum of Numbers, or the texts of two values one after the other.

    Whether Okta puts the word null into a text is not documented; here it is nothing.
    """
    if type(one) is str and type(other) is str:
        return one + other
    if isinstance(one, str) or isinstance(other, str):
        return text_of(one) + text_of(other)
    if one is None and other is None:
        return None
    return number_of(one) + number_of(other)


def minus(one: Any, other: Any) -> Any:
    """The difference of Numbers."""
    return number_of(one) - number_of(other)


def compared(one: Any, other: Any) -> int | None:
    """Below, at or above zero as ``one`` is below, at or above ``other``; None where null is."""
    if one is None or other is None:
        return None
    kind = kind_of(one)
    if kind is not kind_of(other) or kind not in (Kind.NUMBER, Kind.STRING):
        raise ArgumentError(
            f"{kind} and {kind_of(other)} have no order; compare two Numbers or two Strings"
        )
    return int(one > other) - int(one < other)


def matches(value: Any, expression: Any) -> bool:
    """Whether the whole of a text matches a regular expression; null matches nothing."""
    if value is None or expression is None:
        return False
    return pattern(text_of(expression)).matches(text_of(value))


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": same,
    "!=": lambda one, other: not same(one, other),
    # Inferred: null is neither below nor above anything, so that nobody gets
    # into a group for the lack of a value.
    "<": lambda one, other: (found := compared(one, other)) is not None and found < 0,
    "<=": lambda one, other: (found := compared(one, other)) is not None and found <= 0,
    ">": lambda one, other: (found := compared(one, other)) is not None and found > 0,
    ">=": lambda one, other: (found := compared(one, other)) is not None and found >= 0,
    "matches": matches,
}
#: Okta has subtraction in one example only, of the last characters of a String.
SUMS: dict[str, Callable[[Any, Any], Any]] = {"+": plus, "-": minus}
