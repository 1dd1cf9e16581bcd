# ruff: noqa: S608 - what is put into the SQL text are names and question marks of ours
"""The embedded database: SQLite, in memory or in a file.

One connection, used by one thread: a write is a transaction that nothing
interleaves with, so parallel requests can neither lose an update nor create
the same name twice.  With a file, a commit has reached the disk before the
request is answered (write-ahead log, ``synchronous=FULL``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS tenant (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    salt BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    cursor_key BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    unique_name TEXT,
    display_name TEXT,
    external_id TEXT,
    created TEXT NOT NULL,
    modified TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    password TEXT,
    is_local INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS resource_id ON resource (tenant, id);
CREATE UNIQUE INDEX IF NOT EXISTS resource_unique_name
    ON resource (tenant, type, unique_name) WHERE unique_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS resource_display_name
    ON resource (tenant, type, display_name) WHERE display_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS resource_external_id
    ON resource (tenant, type, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS resource_type ON resource (tenant, type, seq);
CREATE TABLE IF NOT EXISTS membership (
    position INTEGER PRIMARY KEY,
    group_seq INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    member_id TEXT NOT NULL,
    type TEXT,
    UNIQUE (group_seq, member_id)
);
CREATE INDEX IF NOT EXISTS membership_member ON membership (member_id);
"""

RECORD = "seq, type, id, created, modified, version, document, is_local"

# The values that the store can find without reading every resource.
_BY_KEY = {
    key: f"SELECT {RECORD} FROM resource WHERE tenant = ? AND type = ? AND {column} = ?"
    " ORDER BY seq"
    for key, column in (
        ("unique", "unique_name"),
        ("displayName", "display_name"),
        ("externalId", "external_id"),
    )
}


@dataclass(slots=True)
class Record:
    """One stored resource; ``document`` is its JSON without what is computed on output.

    ``parsed`` is the document where it has just been written.
    """

    seq: int
    type: str
    id: str
    created: str
    modified: str
    version: int
    document: str
    is_local: int = 0
    parsed: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The values of a resource that have an index."""

    unique: str | None = None
    display_name: str | None = None
    external_id: str | None = None


class Taken(Exception):
    """Another resource of the type has this unique value."""


class Store:
    """Resources and memberships of all tenants."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
        self._run = self._db.execute
        self._depth = 0
        self._run("PRAGMA foreign_keys = ON")
        self._run("PRAGMA journal_mode = WAL")
        self._run("PRAGMA synchronous = FULL")
        self._db.executescript(TABLES)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """One statement, for the tenants table."""
        return self._run(sql, tuple(values))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another one is a savepoint of it."""
        if self._depth:
            begin, commit = f"SAVEPOINT s{self._depth}", f"RELEASE s{self._depth}"
            undo = f"ROLLBACK TO s{self._depth}"
        else:
            begin, commit, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
        self._run(begin)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            self._run(undo)
            if self._depth:
                self._run(commit)
            raise
        self._depth -= 1
        self._run(commit)

    # Resources

    def insert(self, tenant: int, record: Record, keys: Keys, password: str | None) -> Record:
        """Store a new resource and give it its place in the order of creation."""
        try:
            cursor = self._run(
                "INSERT INTO resource (tenant, type, id, unique_name, display_name, external_id,"
                " created, modified, version, document, password, is_local)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    tenant,
                    record.type,
                    record.id,
                    keys.unique,
                    keys.display_name,
                    keys.external_id,
                    record.created,
                    record.modified,
                    record.version,
                    record.document,
                    password,
                    record.is_local,
                ),
            )
        except sqlite3.IntegrityError:
            raise Taken from None
        record.seq = cursor.lastrowid or 0
        return record

    def update(self, record: Record, keys: Keys, password: str | None) -> None:
        """Overwrite a resource; a password of None keeps the stored one."""
        try:
            self._run(
                "UPDATE resource SET unique_name = ?, display_name = ?, external_id = ?,"
                " modified = ?, version = ?, document = ?, password = coalesce(?, password)"
                " WHERE seq = ?",
                (
                    keys.unique,
                    keys.display_name,
                    keys.external_id,
                    record.modified,
                    record.version,
                    record.document,
                    password,
                    record.seq,
                ),
            )
        except sqlite3.IntegrityError:
            raise Taken from None

    def delete(self, record: Record) -> None:
        """Remove a resource; its own member list goes with it."""
        self._run("DELETE FROM resource WHERE seq = ?", (record.seq,))

    def find(self, tenant: int, type_name: str, resource_id: str) -> Record | None:
        """The resource with this id."""
        row = self._run(
            f"SELECT {RECORD} FROM resource WHERE tenant = ? AND id = ? AND type = ?",
            (tenant, resource_id, type_name),
        ).fetchone()
        return Record(*row) if row else None

    def find_by_key(self, tenant: int, type_name: str, key: str, value: str) -> list[Record]:
        """The resources that have this value in an indexed attribute, oldest first."""
        rows = self._run(_BY_KEY[key], (tenant, type_name, value))
        return [Record(*row) for row in rows.fetchall()]

    def password(self, record: Record) -> str | None:
        """The hash of the user's password."""
        row = self._run("SELECT password FROM resource WHERE seq = ?", (record.seq,)).fetchone()
        return row[0] if row else None

    # Lists

    def count(self, tenant: int, types: tuple[str, ...]) -> int:
        """How many resources there are of these types."""
        marks = ", ".join("?" * len(types))
        row = self._run(
            f"SELECT count(*) FROM resource WHERE tenant = ? AND type IN ({marks})",
            (tenant, *types),
        ).fetchone()
        return int(row[0])

    def scan(self, tenant: int, types: tuple[str, ...]) -> Iterator[Record]:
        """Every resource of these types, oldest first, one at a time."""
        marks = ", ".join("?" * len(types))
        rows = self._run(
            f"SELECT {RECORD} FROM resource WHERE tenant = ? AND type IN ({marks}) ORDER BY seq",
            (tenant, *types),
        )
        for row in rows:
            yield Record(*row)

    def page(self, tenant: int, types: tuple[str, ...], *, offset: int, limit: int) -> list[Record]:
        """Resources ``offset`` to ``offset + limit`` in the order of creation."""
        marks = ", ".join("?" * len(types))
        rows = self._run(
            f"SELECT {RECORD} FROM resource WHERE tenant = ? AND type IN ({marks})"
            " ORDER BY seq LIMIT ? OFFSET ?",
            (tenant, *types, limit, offset),
        )
        return [Record(*row) for row in rows.fetchall()]

    def rank(self, tenant: int, types: tuple[str, ...], seq: int) -> int:
        """How many resources of these types are older than ``seq``."""
        marks = ", ".join("?" * len(types))
        row = self._run(
            f"SELECT count(*) FROM resource WHERE tenant = ? AND type IN ({marks}) AND seq < ?",
            (tenant, *types, seq),
        ).fetchone()
        return int(row[0])

    def by_seq(self, seqs: list[int]) -> list[Record]:
        """The resources with these places, in the given order; vanished ones are left out."""
        found = {}
        for start in range(0, len(seqs), 500):
            chunk = seqs[start : start + 500]
            marks = ", ".join("?" * len(chunk))
            rows = self._run(f"SELECT {RECORD} FROM resource WHERE seq IN ({marks})", chunk)
            found.update({row[0]: Record(*row) for row in rows.fetchall()})
        return [found[seq] for seq in seqs if seq in found]

    # Memberships

    def members(self, tenant: int, group: Record) -> list[tuple[str, str | None, str | None, int]]:
        """Members as (id, type, document, is_local); the document is None if there is none."""
        rows = self._run(
            "SELECT m.member_id, coalesce(r.type, m.type), r.document, coalesce(r.is_local, 0)"
            " FROM membership m LEFT JOIN resource r ON r.id = m.member_id AND r.tenant = ?"
            " WHERE m.group_seq = ? ORDER BY m.position",
            (tenant, group.seq),
        )
        return rows.fetchall()

    def set_members(self, group: Record, members: dict[str, str | None]) -> None:
        """Make these the members: id to the type that the client gave, if any."""
        rows = self._run("SELECT member_id FROM membership WHERE group_seq = ?", (group.seq,))
        current = {row[0] for row in rows.fetchall()}
        self._db.executemany(
            "DELETE FROM membership WHERE group_seq = ? AND member_id = ?",
            [(group.seq, gone) for gone in current - members.keys()],
        )
        self._db.executemany(
            "INSERT INTO membership (group_seq, member_id, type) VALUES (?, ?, ?)",
            [(group.seq, new, kind) for new, kind in members.items() if new not in current],
        )

    def groups_of(self, tenant: int, member_id: str) -> list[tuple[str, str, bool]]:
        """Groups of a member as (id, document, is direct); nested ones by every path."""
        direct = self._run(
            "SELECT r.id, r.document FROM membership m JOIN resource r ON r.seq = m.group_seq"
            " WHERE m.member_id = ? AND r.tenant = ? ORDER BY r.seq",
            (member_id, tenant),
        ).fetchall()
        if not direct:
            return []
        rows = self._run(
            "WITH RECURSIVE up (id) AS (SELECT ? UNION SELECT r.id FROM up"
            " JOIN membership m ON m.member_id = up.id JOIN resource r ON r.seq = m.group_seq"
            " AND r.tenant = ?) SELECT r.id, r.document FROM up"
            " JOIN resource r ON r.id = up.id AND r.tenant = ? ORDER BY r.seq",
            (member_id, tenant, tenant),
        )
        near = {row[0] for row in direct}
        indirect = [row for row in rows.fetchall() if row[0] not in near and row[0] != member_id]
        return [(*row, True) for row in direct] + [(*row, False) for row in indirect]

    def leave_all_groups(self, tenant: int, member_id: str, now: str) -> None:
        """Take a member out of every group; each such group is a modified group."""
        self._run(
            "UPDATE resource SET version = version + 1, modified = ? WHERE tenant = ? AND seq IN"
            " (SELECT group_seq FROM membership WHERE member_id = ?)",
            (now, tenant, member_id),
        )
        self._run(
            "DELETE FROM membership WHERE member_id = ? AND group_seq IN"
            " (SELECT seq FROM resource WHERE tenant = ?)",
            (member_id, tenant),
        )
