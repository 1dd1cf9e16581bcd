"""Finishes what a killed run could not: deletes what ``created.jsonl`` says is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http import HTTPStatus

from conformance.created import Journal, Leftover
from conformance.lookup import Lookup, LookupFailedError
from conformance.patience import patiently
from conformance.target import Target
from conformance.wire import Answer, Wire

#: Somebody else deleted it meanwhile.
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass
class Cleaned:
    """What became of the leftovers; what is left, with the reason."""

    deleted: int = 0
    never_made: int = 0
    left: list[tuple[Leftover, str]] = field(default_factory=list)


class Cleaner:
    """Deletes at one target, with its credentials and at its pace."""

    def __init__(self, target: Target, wire: Wire, journal: Journal) -> None:
        self._target = target
        self._wire = wire
        self._journal = journal
        self._lookup = Lookup(target.url, lambda url: self._send("GET", url))

    def clean(self) -> Cleaned:
        """Delete one resource after the other; raises NoAnswer when the target falls silent.

        Each deletion is written down at once, so that a second try goes on
        where this one ended.
        """
        cleaned = Cleaned()
        for leftover in self._journal.remaining():
            why = self._settle(leftover, cleaned)
            if why:
                cleaned.left.append((leftover, why))
        if not cleaned.left:
            self._journal.forget_if_empty()
        return cleaned

    def _settle(self, leftover: Leftover, cleaned: Cleaned) -> str:
        """Delete one resource; returns why it is left, or nothing."""
        url = leftover.url
        if url is None:
            try:
                url = self._lookup.address_of(leftover)
            except LookupFailedError:
                return "the target did not say whether it is there"
        if url is None:
            self._journal.refused(leftover.token)
            cleaned.never_made += 1
            return ""
        if not url.startswith(f"{self._target.url}/"):
            return "its address is not below the target's URL, so it is not touched"
        status = self._send("DELETE", url).status
        if not (HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or status in _GONE):
            return f"DELETE answered {status}"
        if leftover.url is None:
            self._journal.created(leftover.token, url)
        self._journal.deleted(url)
        cleaned.deleted += 1
        return ""

    def _send(self, method: str, url: str) -> Answer:
        if self._target.rate_limit:
            time.sleep(1 / self._target.rate_limit)
        headers = [
            ("Accept", "application/scim+json"),
            ("User-Agent", "scimproof"),
            *self._target.headers,
        ]
        return patiently(
            lambda: self._wire.send(method, url, headers, None), self._target.retry_after_limit
        )
