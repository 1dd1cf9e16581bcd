"""The catalogue: every sentence a target may be asked to meet.

The sentences live in ``catalogue/*.toml``, so that people who do not write
Python can review them.  Ids are a contract: never renamed, never reused.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent / "catalogue"

#: The files behind each value of ``--profile``.
PROFILES: dict[str, tuple[str, ...]] = {
    "rfc": ("rfc7643", "rfc7644", "rfc9865"),
    "okta": ("okta_users", "okta_groups", "okta_suite"),
    "kantega": ("kantega",),
}

#: What is judged when nobody says ``--profile``.
DEFAULT_PROFILES = ("rfc", "okta")

#: What an administrator of Okta switches on, in the order of the console.
CAPABILITIES = (
    "Create Users",
    "Update User Attributes",
    "Deactivate Users",
    "Push Groups",
    "Import",
    "Sync Password",
)


class Level(StrEnum):
    """How strongly a requirement binds; it comes from the catalogue, never from a check."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence a target must meet, where it stands, and how it is graded."""

    id: str
    title: str
    #: The file of the catalogue it stands in: ``rfc7644``, ``okta``, ``kantega``.
    document: str
    section: str
    level: Level
    origin: str
    feature: str
    actor: str
    testable: str
    statement: str
    profile: str
    condition: str = ""
    errata: tuple[str, ...] = ()
    ambiguity: tuple[str, ...] = ()
    grade: str = ""
    how: str = ""
    note: str = ""
    #: Where a sentence that is in no RFC is known from; for an RFC it is its section.
    source: str = ""
    #: How well it is known: documented, sample, observed or inferred; empty for an RFC.
    confidence: str = ""
    #: What of Okta's console does not work without it: one of ``CAPABILITIES``, or none.
    capability: str = ""

    @property
    def rfc(self) -> int:
        """The number of the RFC; 0 for what is in none."""
        return int(self.document[3:]) if self.document.startswith("rfc") else 0

    @property
    def link(self) -> str:
        """Where it stands, as an address a browser can open."""
        if not self.rfc:
            return self.source
        part = "appendix" if self.section[:1].isalpha() else "section"
        return f"https://www.rfc-editor.org/rfc/rfc{self.rfc}#{part}-{self.section}"

    @property
    def place(self) -> str:
        """Where it stands, in words: ``RFC 7644, section 3.3`` or ``Okta, Push Groups``."""
        if self.rfc:
            return f"RFC {self.rfc}, section {self.section}"
        return f"{self.document.capitalize()}, {self.section}"

    @property
    def binds_the_target(self) -> bool:
        """Whether the sentence speaks of the server at all, and can be seen from outside."""
        return self.actor != "client" and self.testable != "no"


class UnknownProfileError(ValueError):
    """A profile was asked for that has no catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown profile {name!r}; choose from {', '.join(sorted(PROFILES))}")


def catalogue(profiles: Iterable[str] = ("rfc",)) -> dict[str, Requirement]:
    """Every requirement of ``profiles``, by id, in the order of the documents.

    Raises UnknownProfileError for a profile that has no catalogue, and
    ValueError when a catalogue is not well-formed.
    """
    found: dict[str, Requirement] = {}
    for profile in profiles:
        if profile not in PROFILES:
            raise UnknownProfileError(profile)
        for name in PROFILES[profile]:
            for requirement in _load(CATALOGUE / f"{name}.toml", profile):
                if requirement.id in found:
                    raise ValueError(f"{name}.toml: {requirement.id} is there twice")
                found[requirement.id] = requirement
    return found


def digest(profiles: Iterable[str] = ("rfc",)) -> str:
    """The SHA-256 of the catalogues of ``profiles``: reports with equal digests are comparable."""
    digested = hashlib.sha256()
    for profile in profiles:
        for name in PROFILES[profile]:
            digested.update((CATALOGUE / f"{name}.toml").read_bytes())
    return digested.hexdigest()


@cache
def _load(path: Path, profile: str) -> tuple[Requirement, ...]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_parse(entry, profile, path.name) for entry in document["requirement"])


def _parse(entry: dict[str, Any], profile: str, source: str) -> Requirement:
    values = dict(entry)
    try:
        values["level"] = Level(values["level"])
        values["document"] = values["id"].partition("-")[0]
        values["errata"] = tuple(values.get("errata", ()))
        values["ambiguity"] = tuple(values.get("ambiguity", ()))
        requirement = Requirement(profile=profile, **values)
        if requirement.capability not in {"", *CAPABILITIES}:
            raise ValueError(f"no capability {requirement.capability!r}")
        return requirement
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{source}: {entry.get('id', entry)!r}: {problem}") from problem
