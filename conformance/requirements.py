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
}

#: What is judged when nobody says ``--profile``.
DEFAULT_PROFILES = ("rfc",)


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
    rfc: int
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

    @property
    def link(self) -> str:
        """The section in the RFC, as an address a browser can open."""
        part = "appendix" if self.section[:1].isalpha() else "section"
        return f"https://www.rfc-editor.org/rfc/rfc{self.rfc}#{part}-{self.section}"

    @property
    def binds_the_target(self) -> bool:
        """Whether the sentence speaks of the server at all, and can be seen from outside."""
        return self.actor != "client" and self.testable != "no"


class UnknownProfileError(ValueError):
    """A profile was asked for that has no catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown profile {name!r}; choose from {', '.join(sorted(PROFILES))}")


def catalogue(profiles: Iterable[str] = DEFAULT_PROFILES) -> dict[str, Requirement]:
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


def digest(profiles: Iterable[str] = DEFAULT_PROFILES) -> str:
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
        values["rfc"] = int(values["id"].removeprefix("rfc").partition("-")[0])
        values["errata"] = tuple(values.get("errata", ()))
        values["ambiguity"] = tuple(values.get("ambiguity", ()))
        return Requirement(profile=profile, **values)
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{source}: {entry.get('id', entry)!r}: {problem}") from problem
