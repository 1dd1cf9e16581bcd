"""Pages of a list: by index (RFC 7644 section 3.4.2.4) and by cursor (RFC 9865).

A cursor says after or before which resource the page lies.  It is sealed: the
client can neither read nor forge it, and it holds for one query of one tenant.

    cursor  = base64url(tag || masked)        ; unreserved characters only
    tag     = HMAC-SHA256(key, "tag" || plain), 16 bytes
    masked  = plain XOR HMAC-SHA256(key, "mask" || tag)
    plain   = expiry(4) count(4) seq(8) rank(4) query digest(12)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import Protocol

from reference_server import errors
from reference_server.store import Record, Store

_PLAIN = struct.Struct(">IIqI12s")
_TAG = 16
_BACKWARD = 0x8000_0000


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page starts: after (or before) the resource ``seq``, last seen at ``rank``."""

    seq: int
    rank: int
    count: int
    is_backward: bool = False


class CursorSeal:
    """Makes and reads the cursors of one tenant."""

    def __init__(self, key: bytes, timeout: int) -> None:
        self._key = key
        self._timeout = timeout

    def seal(self, position: Position, query: bytes, now: float) -> str:
        """The cursor for a position in the results of a query."""
        count = position.count | (_BACKWARD if position.is_backward else 0)
        expiry = int(now) + self._timeout + 1
        plain = _PLAIN.pack(expiry, count, position.seq, position.rank, digest(query))
        tag = hmac.digest(self._key, b"tag" + plain, "sha256")[:_TAG]
        sealed = base64.urlsafe_b64encode(tag + self._masked(plain, tag))
        return sealed.rstrip(b"=").decode()

    def open(self, cursor: str, query: bytes, now: float) -> Position:
        """The position that a cursor stands for; ScimError if it is not ours or too old."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise errors.invalid_cursor("the cursor is not one of this server") from None
        if len(raw) != _TAG + _PLAIN.size or cursor != _spelled(raw):
            raise errors.invalid_cursor("the cursor is not one of this server")
        tag = raw[:_TAG]
        plain = self._masked(raw[_TAG:], tag)
        if not hmac.compare_digest(tag, hmac.digest(self._key, b"tag" + plain, "sha256")[:_TAG]):
            raise errors.invalid_cursor("the cursor is not one of this server")
        expiry, count, seq, rank, query_digest = _PLAIN.unpack(plain)
        if query_digest != digest(query):
            raise errors.invalid_cursor("the cursor belongs to another query")
        if now >= expiry:
            raise errors.expired_cursor("the cursor has expired; start the query again")
        return Position(seq, rank, count & ~_BACKWARD, bool(count & _BACKWARD))

    def _masked(self, text: bytes, tag: bytes) -> bytes:
        mask = hmac.digest(self._key, b"mask" + tag, "sha256")
        return bytes(a ^ b for a, b in zip(text, mask, strict=True))


def digest(query: bytes) -> bytes:
    """What ties a cursor to its query."""
    return hashlib.sha256(query).digest()[:12]


def _spelled(raw: bytes) -> str:
    """The one spelling of a cursor: spare bits of the last character must be zero."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Results(Protocol):
    """The results of a query, in their order."""

    def total(self) -> int:
        """How many there are."""

    def around(self, position: Position) -> tuple[int, int]:
        """How many results lie before the position's resource, and where those after it start."""

    def page(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""


@dataclass(frozen=True, slots=True)
class Everything:
    """All resources of some types, oldest first: the database counts and pages."""

    store: Store
    tenant: int
    types: tuple[str, ...]

    def total(self) -> int:
        return self.store.count(self.tenant, self.types)

    def around(self, position: Position) -> tuple[int, int]:
        before = self.store.rank(self.tenant, self.types, position.seq)
        return before, self.store.rank(self.tenant, self.types, position.seq + 1)

    def page(self, offset: int, limit: int) -> list[Record]:
        return self.store.page(self.tenant, self.types, offset=offset, limit=limit)


@dataclass(frozen=True, slots=True)
class Listed:
    """Results that were filtered or sorted: their places in the database, in order."""

    store: Store
    seqs: list[int]

    def total(self) -> int:
        return len(self.seqs)

    def around(self, position: Position) -> tuple[int, int]:
        # If the resource is gone, the one after it has moved up to its rank.
        try:
            rank = self.seqs.index(position.seq)
        except ValueError:
            return position.rank, position.rank
        return rank, rank + 1

    def page(self, offset: int, limit: int) -> list[Record]:
        return self.store.by_seq(self.seqs[offset : offset + limit])


@dataclass(frozen=True, slots=True)
class Few:
    """A handful of results that were found by an index and are at hand."""

    records: list[Record]

    def total(self) -> int:
        return len(self.records)

    def around(self, position: Position) -> tuple[int, int]:
        for rank, record in enumerate(self.records):
            if record.seq == position.seq:
                return rank, rank + 1
        return position.rank, position.rank

    def page(self, offset: int, limit: int) -> list[Record]:
        return self.records[offset : offset + limit]


def window(results: Results, position: Position) -> tuple[int, int]:
    """Offset and length of the page at a cursor's position."""
    before, after = results.around(position)
    if not position.is_backward:
        return after, position.count
    start = max(before - position.count, 0)
    return start, before - start
