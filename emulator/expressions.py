"""The Okta Expression Language, as far as mappings, base URLs and group rules need it.

https://developer.okta.com/docs/reference/okta-expression-language/

A text is parsed once, into closures, and evaluated for each person.  Where
Okta's reference is silent, Spring's language decides, on which Okta's is based;
what is inferred beyond that is said where it is.  Not here: Time, Iso3166,
managers and assistants, linked objects, and user.getGroups.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

from emulator import expression_nodes as nodes
from emulator.expression_functions import (
    FUNCTIONS,
    LEGACY,
    Kind,
    kind_of,
)
from emulator.expression_nodes import Context, Node, Run
from emulator.expression_patterns import pattern
from emulator.expression_tokens import ExpressionError, Token, error, tokens

__all__ = ["Context", "Expression", "ExpressionError", "parse", "parse_rule"]

_ATTRIBUTE = re.compile(r"user\.([A-Za-z]\w*)", re.ASCII)
#: Deeper brackets are refused.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression."""

    text: str
    #: Gives its value in a Context; raises ExpressionError.
    evaluate: Run = field(repr=False, compare=False)
    #: The attribute of the user that it is, where it is nothing else; most mapping rows are.
    attribute: str | None = field(default=None, repr=False, compare=False)

    def is_true(self, context: Context) -> bool:
        """Whether a rule is met; raises ExpressionError, also for a value that is no Boolean."""
        value = self.evaluate(context)
        if value is True or value is False:
            return value is True
        raise error(self.text, 0, nodes.no_boolean(kind_of(value)))


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """An expression of a mapping or a base URL; raises ExpressionError."""
    found = _ATTRIBUTE.fullmatch(text)
    return Expression(text, _Parser(text, is_rule=False).whole().run, found and found[1])


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> Expression:
    """The condition of a group rule; raises ExpressionError for what Okta refuses there.

    A rule may use the attributes of the user, String and Arrays functions, and
    functions about groups, and it must be Boolean as far as can be told.
    """
    return Expression(text, _Parser(text, is_rule=True).whole().run)


# The grammar is ours, from Okta's tables and examples.  Words have no case here,
# since Okta's own examples write AND and or, NULL and null.
#
#   conditional = *( or "?" conditional ":" ) or
#   or          = and *( ( "||" / "OR" ) and )
#   and         = comparison *( ( "&&" / "AND" ) comparison )
#   comparison  = sum [ ( "==" / "!=" / "<" / "<=" / ">" / ">=" / "matches" ) sum ]
#   sum         = factor *( ( "+" / "-" ) factor )
#   factor      = *( "!" / "NOT" ) primary
#   primary     = "(" conditional ")" / array / string / [ "-" ] number
#               / "true" / "false" / "null" / call / attribute
#   array       = "{" [ conditional *( "," conditional ) ] "}"
#   call        = name [ "." name ] "(" [ conditional *( "," conditional ) ] ")"
#   attribute   = [ root "." ] name
#
# NOT binds as tight as !, which is inferred.  A name after a dot is a name even
# if it is a word (user.order, user.not).  A name without a root is an attribute
# of the source, which in an app's mappings is the user.  Okta calls "matches"
# deprecated.  It shows + in mappings only, and says nothing against it in rules,
# where it is taken as well.

_WORDS = {"and": "&&", "or": "||", "not": "!", "matches": "matches"}
_CONSTANTS = {"true": True, "false": False, "null": None}
_ROOTS = {name: name for name in ("user", "appuser", "app", "org", "source")}
_ROOTS["appUser"] = "appuser"
_INTERNAL = ("id", "status")


class _Parser:
    """Recursive descent, one method per level of precedence."""

    def __init__(self, text: str, *, is_rule: bool) -> None:
        self.text = text
        self.is_rule = is_rule
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        """An expression and nothing after it."""
        node = self.conditional()
        if self.token.kind != "end":
            self.unexpected("an operator or the end")
        if self.is_rule and not nodes.may_be_boolean(node):
            self.fail(node.at, nodes.no_boolean(node.kind))
        return node

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def operator(self) -> str:
        """The operator that comes next, in its short form, or nothing."""
        kind, text, _ = self.token
        if kind == "word":
            return _WORDS.get(text.lower(), "")
        return text if kind == "mark" else ""

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def takes(self, mark: str) -> bool:
        """Whether ``mark`` comes next, which is then taken."""
        if self.operator() != mark:
            return False
        self.at += 1
        return True

    def expect(self, mark: str) -> None:
        if not self.takes(mark):
            self.unexpected(repr(mark))

    def fail(self, at: int, problem: str) -> NoReturn:
        raise error(self.text, at, problem)

    def unexpected(self, wanted: str, token: Token | None = None) -> NoReturn:
        _, text, at = token or self.token
        found = repr(text[:30]) if text else "the end"
        self.fail(at, f"{found} is not expected; give {wanted}")

    # Operators ------------------------------------------------------------------------

    def inner(self) -> Node:
        """A conditional inside of something else."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(self.token.at, f"deeper than {MAX_DEPTH} levels; take it apart")
        node = self.conditional()
        self.depth -= 1
        return node

    def conditional(self) -> Node:
        node = self.disjunction()
        cases: list[tuple[Node, Node]] = []
        while self.takes("?"):
            value = self.inner()
            self.expect(":")
            cases.append((node, value))
            node = self.disjunction()
        return nodes.choice(self.text, cases, node) if cases else node

    def disjunction(self) -> Node:
        found = [self.conjunction()]
        while self.takes("||"):
            found.append(self.conjunction())
        return nodes.logical(self.text, found, decides=True) if found[1:] else found[0]

    def conjunction(self) -> Node:
        found = [self.comparison()]
        while self.takes("&&"):
            found.append(self.comparison())
        return nodes.logical(self.text, found, decides=False) if found[1:] else found[0]

    def comparison(self) -> Node:
        left = self.sum()
        sign = self.operator()
        if sign not in nodes.COMPARISONS:
            return left
        at = self.take().at
        if sign == "matches":
            self.check_pattern()
        right = self.sum()
        if self.operator() in nodes.COMPARISONS:
            self.fail(self.token.at, "comparisons can't be chained; join two with &&")
        run = nodes.applied(self.text, at, sign, nodes.COMPARISONS[sign], (left, right))
        return Node(run, Kind.BOOLEAN, left.at)

    def sum(self) -> Node:
        first = self.factor()
        steps: list[nodes.Step] = []
        while (sign := self.operator()) in nodes.SUMS:
            at = self.take().at
            steps.append((nodes.SUMS[sign], self.factor().run, at))
        return nodes.total(self.text, first, steps) if steps else first

    def factor(self) -> Node:
        at, count = self.token.at, 0
        while self.takes("!"):
            count += 1
        node = self.primary()
        if count:
            node = nodes.negated(self.text, at, node)
        # As many as wanted, without getting deeper.
        return node if count % 2 or not count else nodes.negated(self.text, at, node)

    # Operands -------------------------------------------------------------------------

    def primary(self) -> Node:
        kind, text, at = self.token
        if kind == "string":
            self.take()
            return nodes.constant(_unquoted(text), at)
        if kind == "number" or self.takes("-"):
            return self.number(at, is_negative=kind != "number")
        if kind == "word" and text.lower() not in _WORDS:
            return self.name()
        if self.takes("("):
            node = self.inner()
            self.expect(")")
            return node
        if not self.takes("{"):
            self.unexpected("a value")
        return nodes.array(self.list_until("}"), at)

    def number(self, at: int, *, is_negative: bool) -> Node:
        token = self.take()
        if token.kind != "number":
            self.unexpected("a number", token)
        value = float(token.text) if "." in token.text else int(token.text)
        return nodes.constant(-value if is_negative else value, at)

    def list_until(self, end: str) -> list[Node]:
        found: list[Node] = []
        while not self.takes(end):
            if found:
                self.expect(",")
            found.append(self.inner())
        return found

    def name(self) -> Node:
        """A constant, an attribute, or a call."""
        _, first, at = self.take()
        if not self.takes("."):
            if self.takes("("):
                return self.call(first, at)
            if first.lower() in _CONSTANTS:
                return nodes.constant(_CONSTANTS[first.lower()], at)
            return self.attribute("", first, at)
        second = self.member()
        if self.takes("("):
            return self.call(f"{first}.{second}", at)
        return self.attribute(first, second, at)

    def member(self) -> str:
        """The name after a dot."""
        token = self.take()
        if token.kind != "word":
            self.unexpected("a name", token)
        return token.text

    def attribute(self, root: str, name: str, at: int) -> Node:
        if self.is_rule and root != "user":
            self.fail(at, "group rules see attributes of the user only; write user.name")
        if root and root not in _ROOTS:
            self.fail(at, f"{root!r} has no attributes; begin with {', '.join(_ROOTS)}")
        if not root and name in _ROOTS:
            self.fail(at, f"{name} is no value; write an attribute, as in {name}.name")
        if self.operator() == ".":
            self.fail(self.token.at, "attributes have no attributes; end it before the dot")
        return nodes.attribute(self.text, at, _ROOTS.get(root, "source"), name)

    def call(self, name: str, at: int) -> Node:
        if name == "user.getInternalProperty":
            return self.internal_property(at)
        if name in ("findDirectoryUser", "findWorkdayUser") and not self.is_rule:
            return self.nobody(at)
        self.demand_function(name, at)
        if name == "isMemberOfGroupNameRegex":
            self.check_pattern()
        function, arguments = FUNCTIONS[name], self.list_until(")")
        if not function.takes(len(arguments)):
            wanted = f"{function.least}" + ("" if function.most == function.least else " or more")
            self.fail(at, f"{name} has {len(arguments)} arguments; give it {wanted}")
        if function.asks_groups:
            arguments.insert(0, nodes.groups(self.text, at))
        run = nodes.applied(self.text, at, name, function.call, arguments)
        return Node(run, function.kind, at)

    def demand_function(self, name: str, at: int) -> None:
        if name not in FUNCTIONS:
            near = difflib.get_close_matches(name, FUNCTIONS, 1) or ["another"]
            self.fail(at, f"there is no function {name} here; use {near[0]}")
        if self.is_rule and not name.startswith(("String.", "Arrays.", "isMemberOf")):
            way = f"String.{name}" if name in LEGACY else "String, Arrays and group functions"
            self.fail(at, f"group rules can't use {name}; use {way}")

    def check_pattern(self) -> None:
        """A pattern that is a string is looked at once, not only when it is used."""
        token = self.token
        if token.kind == "string" and self.tokens[self.at + 1].text not in nodes.SUMS:
            try:
                pattern(_unquoted(token.text))
            except ValueError as problem:
                raise error(self.text, token.at, str(problem)) from None

    def internal_property(self, at: int) -> Node:
        token = self.take()
        name = _unquoted(token.text)
        if token.kind != "string" or name not in _INTERNAL:
            self.unexpected(" or ".join(map(repr, _INTERNAL)), token)
        self.expect(")")
        return nodes.internal_property(self.text, at, name)

    def nobody(self, at: int) -> Node:
        """An attribute of somebody whom the emulated org doesn't have: null."""
        self.expect(")")
        self.expect(".")
        self.member()
        return nodes.constant(None, at)


def _unquoted(text: str) -> str:
    return text[1:-1].replace(text[:1] * 2, text[:1])
