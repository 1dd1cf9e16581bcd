"""Values made from what a schema declares: for attributes that nobody here has heard of.

A target may have resource types, extensions and required attributes of its
own.  Their definitions say enough to write a value that fits: its type, how
many, which ones are allowed, whether case counts, whether it must be new.
What they don't say is what a value means, so a target may refuse one.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Definition = dict[str, Any]

#: RFC 7643 section 2.2: what a schema means when it is silent.
DEFAULTS: dict[str, Any] = {
    "type": "string",
    "multiValued": False,
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}

#: What every resource has, whatever its schema lists (RFC 7643 section 3.1).
COMMON = frozenset({"schemas", "id", "externalid", "meta"})

#: Reference types that are no resource types (RFC 7643 section 7).
_FREE_REFERENCES = frozenset({"external", "uri"})

_ATTEMPTS = 8


def characteristic(definition: Definition, name: str) -> Any:
    """What a definition says of an attribute, or the default where it is silent."""
    found = definition.get(name)
    return DEFAULTS[name] if found is None else found


def is_writable(definition: Definition) -> bool:
    """Whether a client can give the attribute a value when it creates a resource."""
    return bool(characteristic(definition, "mutability") != "readOnly")


def is_required(definition: Definition) -> bool:
    """Whether a resource can't be without the attribute."""
    return bool(characteristic(definition, "required") is True)


def subs_of(definition: Definition) -> list[Definition]:
    """The definitions of the sub-attributes that have a name."""
    return _named(definition.get("subAttributes"))


def _named(definitions: Any) -> list[Definition]:
    listed = definitions if isinstance(definitions, list) else []
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("name"), str)]


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes values; ``unique`` gives a name that nobody has, with a word in it."""

    unique: Callable[[str], str]
    random: random.Random

    def values(
        self,
        definitions: Iterable[Definition],
        *,
        only_required: bool = False,
        unlike: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A value for each attribute that a client may write, by name.

        ``unlike`` holds values that the new ones differ from, as far as the
        type allows.  What no value can be made for is left out.
        """
        found: dict[str, Any] = {}
        for one in _named(list(definitions)):
            name: str = one["name"]
            if name.lower() in COMMON or not is_writable(one):
                continue
            if only_required and not is_required(one):
                continue
            value = self.value(one, unlike=(unlike or {}).get(name), only_required=only_required)
            if value is not None:
                found[name] = value
        return found

    def value(
        self, definition: Definition, *, unlike: Any = None, only_required: bool = False
    ) -> Any:
        """A value of the declared type; None where none can be made."""
        many = characteristic(definition, "multiValued") is True
        if characteristic(definition, "type") == "complex":
            one: Any = self._object(definition, only_required=only_required)
        else:
            before = unlike[0] if many and isinstance(unlike, list) and unlike else unlike
            one = self._unlike(definition, before)
        return [one] if many and one is not None else one

    def _unlike(self, definition: Definition, before: Any) -> Any:
        is_free = definition.get("name") != "primary" and not definition.get("canonicalValues")
        if isinstance(before, bool) and is_free:
            return not before
        found = self._simple(definition)
        for _ in range(_ATTEMPTS):
            if found != before:
                break
            found = self._simple(definition)
        return found

    def _object(self, definition: Definition, *, only_required: bool) -> dict[str, Any] | None:
        """A complex value.  One that refers to a resource needs an id, and is not made up."""
        subs = subs_of(definition)
        if any(_refers_to_resources(one) for one in subs):
            return None
        if only_required and any(is_required(one) for one in subs):
            subs = [one for one in subs if is_required(one)]
        return self.values(subs) or None

    def _simple(self, definition: Definition) -> Any:
        allowed = definition.get("canonicalValues")
        if isinstance(allowed, list) and allowed:
            return self.random.choice(allowed)
        name = str(definition.get("name"))
        match characteristic(definition, "type"):
            case "string":
                return self._string(definition, name)
            case "boolean":
                return True if name == "primary" else self.random.choice((True, False))
            case "decimal":
                # Quarters are exact in binary, and survive a column with two places.
                return self.random.randrange(1, 400) + self.random.choice((0.25, 0.5, 0.75))
            case "integer":
                return self.random.randrange(1, 30_000)
            case "dateTime":
                day, hour = self.random.randrange(1, 29), self.random.randrange(24)
                return f"2021-{self.random.randrange(1, 13):02}-{day:02}T{hour:02}:30:00Z"
            case "binary":
                return base64.b64encode(self.random.randbytes(24)).decode("ascii")
            case "reference":
                # Whatever else it may refer to, it may then not refer to anything.
                free = not _refers_to_resources(definition)
                return f"https://example.com/{self.unique(_word(name))}" if free else None
            case _:
                return None

    def _string(self, definition: Definition, name: str) -> str:
        if name == "type":
            return "other"
        # Where case counts, losing it shows; where it does not, the target may change it.
        text = self.unique(_word(name))
        return f"{text}-AbC" if characteristic(definition, "caseExact") is True else text


def _refers_to_resources(definition: Definition) -> bool:
    kinds = definition.get("referenceTypes")
    listed = kinds if isinstance(kinds, list) else []
    return characteristic(definition, "type") == "reference" and any(
        str(one).lower() not in _FREE_REFERENCES for one in listed
    )


def _word(name: str) -> str:
    return "".join(one for one in name.lower() if one.isascii() and one.isalnum())


# Comparing ------------------------------------------------------------------------------


def is_same(definition: Definition, sent: Any, found: Any) -> bool:
    """Whether ``found`` says what was ``sent``, as far as the definition lets it matter.

    The JSON type has sentences of its own: a number in a string says the same
    here.  The order of values has no meaning, and a complex value may have
    sub-attributes that nobody sent.
    """
    if characteristic(definition, "multiValued") is True:
        theirs = found if isinstance(found, list) else [found]
        ours = sent if isinstance(sent, list) else [sent]
        return all(any(_is_same(definition, one, other) for other in theirs) for one in ours)
    return _is_same(definition, sent, found)


def _is_same(definition: Definition, sent: Any, found: Any) -> bool:
    kind = characteristic(definition, "type")
    if kind == "complex":
        return isinstance(found, dict) and all(
            is_same(one, sent[one["name"]], found.get(one["name"]))
            for one in subs_of(definition)
            if one["name"] in sent and is_shown(one)
        )
    if found is None or isinstance(found, (dict, list)):
        return False
    read = _READINGS.get(kind, str)
    try:
        left, right = read(sent), read(found)
    except (ValueError, TypeError):
        return False
    if kind == "string" and characteristic(definition, "caseExact") is not True:
        return str(left).casefold() == str(right).casefold()
    return bool(left == right)


def is_shown(definition: Definition) -> bool:
    """Whether a plain read has the attribute."""
    return (
        characteristic(definition, "returned") in {"always", "default"}
        and characteristic(definition, "mutability") != "writeOnly"
    )


def _truth(value: Any) -> str:
    return str(value).lower()


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _bytes(value: Any) -> bytes:
    plain = str(value).rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


_READINGS: dict[str, Callable[[Any], Any]] = {
    "boolean": _truth,
    "decimal": float,
    "integer": float,
    "dateTime": _instant,
    "binary": _bytes,
}
