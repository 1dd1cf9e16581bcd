"""The canary: a resource made at the start that must be unchanged at the end.

If it changed, the target (or the suite) touched a resource that no check
meant, and whoever runs the suite against a shared target wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.client import Response, ScimClient, shown
from conformance.discovery import CORE_USER
from conformance.run import Run
from conformance.settling import patiently_made
from conformance.verdict import Unmet, Withheld


@dataclass
class Canary:
    """A user that no check knows of."""

    scim: ScimClient
    url: str
    at_first: dict[str, Any]
    harmed: bool = False

    @classmethod
    def hatch(cls, run: Run) -> Canary | None:
        """Make the canary; None when the run is read-only, or the target makes no users."""
        users = run.features.resource_type(CORE_USER)
        if users is None or run.settings.read_only:
            return None
        scim = run.client()
        try:
            made = scim.post(users.endpoint, run.payloads.user(displayName="scimproof canary"))
            identifier = made.body.get("id") if made.ok else None
            if not isinstance(identifier, str):
                return None
            path = f"{users.endpoint}/{identifier}"
            return cls(scim, path, patiently_made(run, lambda: _seen(scim, path)))
        except (AssertionError, Unmet, Withheld):
            run.left += scim.clean_up()
            return None

    def inspect(self) -> list[str]:
        """Compare the canary with what it was, delete it, and return what there is to say."""
        try:
            now = self.scim.get(self.url)
            found = self._harm(now)
        except (AssertionError, Withheld) as problem:
            found = [f"the canary could not be read at the end: {problem}"]
        left = self.scim.clean_up()
        return found + [f"the canary could not be deleted: {url}" for url in left]

    def _harm(self, now: Response) -> list[str]:
        if now.status != 200:
            self.harmed = True
            return [f"the canary is gone: GET {self.url} answered {now.status}"]
        changed = [
            name
            for name in sorted({*self.at_first, *now.body})
            if self.at_first.get(name) != now.body.get(name)
        ]
        self.harmed = bool(changed)
        return [
            f"the canary changed, which no check asked for: {name} was "
            f"{shown(self.at_first.get(name))}, is {shown(now.body.get(name))}"
            for name in changed
        ]


def _seen(scim: ScimClient, path: str) -> dict[str, Any]:
    """The resource at ``path``; raises AssertionError when there is none."""
    found = scim.get(path)
    if found.status != 200:
        raise AssertionError(f"{found.line}: {found.status}")
    return found.body
