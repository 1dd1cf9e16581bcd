"""Regular expressions that can't take for ever.

Okta's are Java's.  Python's can need ages for thirty characters where a group
that repeats has a repeat inside, so such groups are refused.  For the rest, the
ways to match a value are counted beforehand: n characters can be shared among
k repeats in comb(n + k, k) ways, times the alternatives.  That bounds the time.

What Java has and Python hasn't, or has otherwise, is refused as well: named
groups, sets in sets, lookahead.  The language's own ! and && do for most.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

_MAX_PATTERN = 500
_MAX_NESTING = 20
_MAX_COUNT = 1_000
_MAX_WAYS = 10_000_000
_PART = re.compile(
    r"""
      \\.                                   # an escape
    | \[\^?+\]?+(?:\\.|[^\]\\])*\]            # a set
    | \A\(\?i\)                             # without regard to case
    | \((?:\?:)?                            # a group begins
    | [)|]
    | [*+?] | \{[0-9]*,?[0-9]*\}            # a repeat
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_REPEAT = re.compile(r"[*+?]|\{[0-9]*,?[0-9]*\}")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_SET_IN_SET = re.compile(r"\[|--|&&|\|\||~~")


class PatternError(ValueError):
    """A pattern that is wrong or too costly; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that matches whole values, in bounded time."""

    compiled: re.Pattern[str]
    repeats: int
    alternatives: int

    def matches(self, value: str) -> bool:
        """Whether the whole of ``value`` matches; raises PatternError if that may take long."""
        ways = self.alternatives * math.comb(len(value) + self.repeats, self.repeats)
        if ways > _MAX_WAYS:
            raise PatternError(
                f"the pattern could match {len(value)} characters in too many ways; "
                "use fewer repeats and alternatives"
            )
        return self.compiled.fullmatch(value) is not None


@lru_cache(maxsize=256)
def pattern(text: str) -> Pattern:
    """A regular expression from its text; raises PatternError."""
    if len(text) > _MAX_PATTERN:
        raise PatternError(f"the pattern has more than {_MAX_PATTERN} characters; shorten it")
    repeats, alternatives = _ways(text)
    try:
        compiled = re.compile(text, re.ASCII)  # as Java's \w and \d
    except (re.error, ValueError, OverflowError) as problem:
        raise PatternError(f"no regular expression: {problem}; mend the pattern") from None
    return Pattern(compiled, repeats, alternatives)


def _ways(text: str) -> tuple[int, int]:
    """How many repeats a pattern has, and how many alternatives in all."""
    repeats, alternatives = 0, 1
    open_groups = [_Group()]
    closed: _Group | None = None
    follows_repeat = False
    for part in _PART.finditer(text):
        piece = part[0]
        before, closed = closed, None
        is_modifier, follows_repeat = follows_repeat, False
        if _REPEAT.fullmatch(piece):
            if is_modifier:
                continue  # *? or *+
            follows_repeat = open_groups[-1].has_choice = True
            repeats += piece != "?"
            alternatives *= _passes(piece, before)
        elif piece in ("(", "(?:"):
            _refuse_other_groups(text, part.end(), len(open_groups))
            open_groups.append(_Group())
        elif piece == ")" and len(open_groups) > 1:
            closed = open_groups.pop()
            alternatives *= closed.alternatives
            open_groups[-1].has_choice |= closed.has_choice
        elif piece == "|":
            open_groups[-1].alternatives += 1
            open_groups[-1].has_choice = True
        elif piece == "[":
            raise PatternError("a set is not closed; end it with ] or escape [ with a backslash")
        elif piece[0] == "[" and _SET_IN_SET.search(_ESCAPE.sub("", piece), 1):
            raise PatternError("sets in sets are not supported; escape [ - & | ~ with a backslash")
    return repeats, alternatives * open_groups[0].alternatives


@dataclass(slots=True)
class _Group:
    alternatives: int = 1
    #: Whether it can match a text in more ways than one.
    has_choice: bool = False


def _passes(repeat: str, group: _Group | None) -> int:
    """What a repeat multiplies the ways by, beyond the sharing of characters."""
    if repeat == "?":
        return 2
    counts = [int(digits[:9]) for digits in re.findall("[0-9]+", repeat)]
    if max(counts, default=0) > _MAX_COUNT:
        raise PatternError(f"{repeat} is more than {_MAX_COUNT} times; repeat it less")
    if group is None:
        return 1
    if group.has_choice:
        raise PatternError(
            "the pattern repeats a group that has repeats or alternatives itself; "
            "repeat a set like [a-z] instead"
        )
    # A group may be empty, and is tried that often all the same.
    return max(counts, default=1) or 1


def _refuse_other_groups(text: str, at: int, depth: int) -> None:
    if text[at - 1 : at + 1] == "(?":
        raise PatternError("of groups only (...), (?:...) and (?i) in front are supported; use !")
    if depth > _MAX_NESTING:
        raise PatternError(f"groups deeper than {_MAX_NESTING} are refused; take them apart")
