"""The header lines of Okta's client, in its order: as they are sent, and as they are shown.

Made once for a connection: only the length of a body differs between requests.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import httpx

from emulator.connection import Connection
from emulator.wirelog import Headers, Redaction

MEDIA_TYPE = "application/scim+json; charset=utf-8"

_LENGTH = "Content-Length"


class Lines(NamedTuple):
    """The header lines of one request."""

    sent: httpx.Headers
    #: Without the secrets.
    shown: Headers


class HeaderLines:
    """The header lines of the requests to one endpoint, with one credential."""

    def __init__(
        self,
        connection: Connection,
        authorization: str,
        redaction: Redaction,
        *,
        types_deletes: bool,
    ) -> None:
        first = [("Accept", "application/scim+json"), ("Accept-Charset", "utf-8")]
        media_type = [("Content-Type", MEDIA_TYPE)]
        then = [("User-Agent", "Okta SCIM Client 1.0.0")]
        if authorization:
            then.append(("Authorization", authorization))
        then += connection.headers
        last = [
            ("Host", connection.host),
            ("Connection", "Keep-Alive"),
            ("Accept-Encoding", "gzip,deflate"),
        ]

        def made(*parts: list[tuple[str, str]]) -> Lines:
            lines = [line for part in parts for line in part]
            return Lines(httpx.Headers(lines), redaction.headers(lines))

        self._plain = made(first, then, last)
        self._delete = made(first, media_type if types_deletes else [], then, last)
        before, after = first + media_type + then, last
        # Bodies of accounts have few lengths.
        self._with_body = lru_cache(maxsize=256)(
            lambda size: made(before, [(_LENGTH, str(size))], after)
        )

    def of(self, method: str, size: int | None) -> Lines:
        """The lines of a request whose body has ``size`` bytes; None is no body."""
        if size is None:
            return self._delete if method == "DELETE" else self._plain
        return self._with_body(size)
