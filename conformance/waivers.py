"""Known failures: each with a reason, a link and a day on which it ends.

::

    [[waiver]]
    requirement = "rfc7644-3.14-etag-header"
    reason = "versions come with the new store"
    link = "https://tracker.example.com/123"
    expires = 2027-03-31
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.verdict import Verdict


class WaiverError(ValueError):
    """A waiver file that can't be used; the message names the entry and what is missing."""


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers that hold today, by requirement, and those that have expired."""

    holding: dict[str, dict[str, str]] = field(default_factory=dict)
    expired: tuple[str, ...] = ()

    def of(self, requirement: str) -> dict[str, str] | None:
        """The waiver of a requirement: reason, link, expires."""
        return self.holding.get(requirement)

    def notes(self, verdicts: Mapping[str, Verdict]) -> list[str]:
        """What to say about waivers that are no longer needed, or no longer hold."""
        stale = [
            f"stale waiver: {one} conforms; take it out"
            for one in self.holding
            if verdicts.get(one) is Verdict.CONFORMS
        ]
        expired = [
            f"expired waiver: {one} fails the run again; mend it, or agree on a later day"
            for one in self.expired
        ]
        return stale + expired


def load_waivers(path: str | None, known: Collection[str], today: dt.date | None = None) -> Waivers:
    """Read a waiver file; no path is no waivers.  Raises WaiverError."""
    if path is None:
        return Waivers()
    today = today or dt.datetime.now(dt.UTC).date()
    holding: dict[str, dict[str, str]] = {}
    expired = []
    for entry in _entries(Path(path)):
        requirement, expires = _checked(entry, known, path)
        if requirement in holding or requirement in expired:
            raise WaiverError(f"{path}: {requirement} is waived twice")
        if expires < today:
            expired.append(requirement)
            continue
        holding[requirement] = {
            "reason": entry["reason"],
            "link": entry["link"],
            "expires": expires.isoformat(),
        }
    return Waivers(holding, tuple(expired))


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise WaiverError(f"{str(path)!r}: {problem.strerror or problem}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise WaiverError(f"{str(path)!r} is not TOML: {problem}") from None
    entries = document.pop("waiver", [])
    tables = isinstance(entries, list) and all(isinstance(one, dict) for one in entries)
    if document or not tables:
        raise WaiverError(f"{path}: write each waiver as a [[waiver]] table")
    return list(entries)


def _checked(entry: dict[str, Any], known: Collection[str], path: str) -> tuple[str, dt.date]:
    requirement = entry.get("requirement")
    if not isinstance(requirement, str) or requirement not in known:
        near = difflib.get_close_matches(str(requirement), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise WaiverError(f"{path}: no catalogue has the requirement {requirement!r}{hint}")
    for name in ("reason", "link"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise WaiverError(f"{path}: the waiver of {requirement} has no {name}")
    unknown = set(entry) - {"requirement", "reason", "link", "expires"}
    if unknown:
        raise WaiverError(f"{path}: the waiver of {requirement} has an unknown {min(unknown)!r}")
    expires = entry.get("expires")
    if not isinstance(expires, dt.date) or isinstance(expires, dt.datetime):
        raise WaiverError(
            f"{path}: the waiver of {requirement} needs expires as a date, such as 2027-03-31"
        )
    return requirement, expires
