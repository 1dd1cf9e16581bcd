"""The words and marks of an expression, and the error that says where one is wrong."""

from __future__ import annotations

import re
from typing import NamedTuple

#: Longer texts and longer numbers are refused.
MAX_LENGTH = 4_096
MAX_DIGITS = 15

# A string stands in quotes of either kind, and the same quote doubled stands for
# itself, as in Spring.  A backslash is a character like others, as in Okta's
# example "XDOMAIN\".

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<string>"[^"]*(?:""[^"]*)*"|'[^']*(?:''[^']*)*')
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark>&&|\|\||[=!<>]=|[-+!<>?:.,(){}])
    """,
    re.VERBOSE | re.ASCII,
)


class ExpressionError(ValueError):
    """An expression that is wrong, or can't be evaluated; the message says where and why."""


class Token(NamedTuple):
    """A piece of an expression, and where it begins."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``, the end being one; raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise error(text, MAX_LENGTH, f"longer than {MAX_LENGTH} characters; shorten it")
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise error(text, at, _unreadable(text[at]))
        kind = str(match.lastgroup)
        if kind == "number" and len(match[0]) > MAX_DIGITS:
            raise error(text, at, f"a number has at most {MAX_DIGITS} digits; shorten it")
        if kind != "space":
            found.append(Token(kind, match[0], at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def _unreadable(character: str) -> str:
    match character:
        case "=":
            return "= assigns, which no expression may; write == to compare"
        case "'" | '"':
            return f"the string is not closed; end it with {character}"
        case "&" | "|":
            return f"{character} is no operator; write {character}{character}"
        case "\u2018" | "\u2019" | "\u201c" | "\u201d":
            return "curly quotes make no string; write ' or \""
        case _:
            return f"{character!r} means nothing here; put text into quotes"


def error(text: str, at: int, problem: str) -> ExpressionError:
    """The error for what stands at ``at``."""
    shown = text if len(text) <= 100 else text[:97] + "..."
    return ExpressionError(f"expression {shown!r}, column {at + 1}: {problem}")
