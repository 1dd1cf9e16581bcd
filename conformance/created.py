"""What the suite made in a target, written down before it is made.

``created.jsonl`` survives a kill -9, so that ``scimproof clean`` can finish
the job.  Every line is appended with one write, so several workers may share
the file.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_UNIQUE = ("userName", "displayName", "externalId")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A resource that may still be there: its URL, or what it was to be called."""

    url: str | None
    endpoint: str
    attribute: str
    value: str
    #: What ``intend`` gave, where no address is known.
    token: str = ""


class Journal:
    """Appends to ``created.jsonl`` for one target."""

    def __init__(self, path: Path, target_url: str) -> None:
        self.path = path
        self._target = target_url

    def intend(self, endpoint: str, body: dict[str, Any]) -> str:
        """Write down that a resource is about to be made; returns what to call it by."""
        token = uuid.uuid4().hex
        attribute = next((name for name in _UNIQUE if isinstance(body.get(name), str)), "")
        self._append(
            {
                "intent": token,
                "target": self._target,
                "endpoint": endpoint,
                "attribute": attribute,
                "value": body.get(attribute, ""),
            }
        )
        return token

    def refused(self, token: str) -> None:
        """The resource of ``intend`` was not made."""
        self._append({"refused": token})

    def created(self, token: str, url: str) -> None:
        """The resource of ``intend`` is at ``url``."""
        self._append({"created": token, "target": self._target, "url": url})

    def deleted(self, url: str) -> None:
        """The resource at ``url`` is gone."""
        self._append({"deleted": url})

    def _append(self, line: dict[str, Any]) -> None:
        data = (json.dumps(line, ensure_ascii=True) + "\n").encode("ascii")
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)

    def remaining(self) -> list[Leftover]:
        """What was made for this target, or may have been, and was not deleted."""
        unsure: dict[str, Leftover] = {}
        urls: dict[str, Leftover] = {}
        for line in self._lines():
            if line.get("target") == self._target and "intent" in line:
                token = str(line["intent"])
                endpoint, attribute, value = (
                    str(line.get(name, "")) for name in ("endpoint", "attribute", "value")
                )
                unsure[token] = Leftover(None, endpoint, attribute, value, token)
            elif line.get("target") == self._target and "created" in line:
                told = unsure.pop(str(line["created"]), Leftover(None, "", "", ""))
                url = str(line.get("url"))
                urls[url] = replace(told, url=url)
            elif "refused" in line:
                unsure.pop(str(line["refused"]), None)
            elif "deleted" in line:
                urls.pop(str(line["deleted"]), None)
        return [*urls.values(), *(one for one in unsure.values() if one.attribute)]

    def _lines(self) -> list[dict[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        found = []
        for line in text.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:  # the last line of a process that was killed while writing
                continue
        return [one for one in found if isinstance(one, dict)]

    def forget_if_empty(self) -> None:
        """Remove the file when nothing in it is left in any target."""
        lines = self._lines()
        targets = {str(one["target"]) for one in lines if "target" in one}
        if all(not Journal(self.path, target).remaining() for target in targets):
            self.path.unlink(missing_ok=True)
