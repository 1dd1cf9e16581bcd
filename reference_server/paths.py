"""The tokens that filters and PATCH paths share, and the path grammar.

RFC 7644 figure 7, and figure 1 for what it refers to::

    PATH      = attrPath / valuePath [subAttr]
    attrPath  = [URI ":"] ATTRNAME *1subAttr
    valuePath = attrPath "[" valFilter "]"
    subAttr   = "." ATTRNAME
    ATTRNAME  = ALPHA *(nameChar)           ; "-", "_", DIGIT, ALPHA

``$`` is allowed in names as RFC 7643 figure 1 has it, and at their beginning
so that ``$ref`` can be named (erratum 8924, reported).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference_server import errors

if TYPE_CHECKING:
    from reference_server.filters import Filter

#: Longer texts are refused before they are parsed.
MAX_LENGTH = 8_192

# The URN itself may hold dots and digits ("2.0"), so it ends at the last colon.
_ATTRIBUTE = re.compile(
    r"(?:(?P<uri>urn:[A-Za-z0-9()+,\-.:=@;$_!*'%/?#]+):)?"
    r"(?P<name>[A-Za-z$][A-Za-z0-9$_-]*)(?:\.(?P<sub>[A-Za-z$][A-Za-z0-9$_-]*))?",
    re.IGNORECASE,
)
# A bracket in a string closes nothing.
_CLOSED = re.compile(r'\[((?:[^"\]]|"(?:[^"\\]|\\.)*")*)\]')
# Where a URN ends without an attribute: urn:…:2.0:User is the schema itself.
_SUB = re.compile(r"\.([A-Za-z$][A-Za-z0-9$_-]*)$")


@dataclass(frozen=True, slots=True)
class AttributePath:
    """An attribute: the schema it is qualified with, its name, and a sub-attribute."""

    schema: str | None
    name: str
    sub: str | None = None

    def __str__(self) -> str:
        prefix = f"{self.schema}:" if self.schema else ""
        return f"{prefix}{self.name}" + (f".{self.sub}" if self.sub else "")


@dataclass(frozen=True, slots=True)
class PatchPath:
    """What a PATCH operation is about; ``where`` selects elements of a multi-valued attribute."""

    attribute: AttributePath
    where: Filter | None = None
    sub: str | None = None


def attribute_path(text: str) -> AttributePath | None:
    """An attribute path, or None when ``text`` is none."""
    if len(text) > MAX_LENGTH:
        return None
    match = _ATTRIBUTE.fullmatch(text)
    if match is None:
        return None
    return AttributePath(match["uri"], match["name"], match["sub"])


def parse_path(text: str) -> PatchPath:
    """Parse the ``path`` of a PATCH operation; raises invalidPath or invalidFilter."""
    if len(text) > MAX_LENGTH:
        raise errors.invalid_path(f"the path is longer than {MAX_LENGTH} characters")
    bracket = text.find("[")
    if bracket < 0:
        found = attribute_path(text)
        if found is None:
            raise errors.invalid_path(f"{text[:100]!r} is no attribute path")
        return PatchPath(AttributePath(found.schema, found.name), None, found.sub)
    attribute = attribute_path(text[:bracket])
    if attribute is None or attribute.sub is not None:
        raise errors.invalid_path(f"{text[:100]!r} does not begin with the name of an attribute")
    inside, rest = _value_filter(text, bracket)
    if not rest:
        return PatchPath(attribute, inside)
    sub = _SUB.fullmatch(rest)
    if sub is None:
        raise errors.invalid_path(
            f"after the brackets only .subAttribute can follow, not {rest[:50]!r}"
        )
    return PatchPath(attribute, inside, sub[1])


def _value_filter(text: str, bracket: int) -> tuple[Filter, str]:
    """The filter between the brackets, and what follows them."""
    from reference_server.filters import parse_value_filter  # noqa: PLC0415  the two need each other

    closing = _CLOSED.match(text, bracket)
    if closing is None:
        raise errors.invalid_path(f"{text[:100]!r} has no closing bracket")
    return parse_value_filter(closing[1]), text[closing.end() :]
