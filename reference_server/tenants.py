"""Tenants: each has a name, a base URL, a directory of its own and a secret.

The secret is suggested or chosen, shown once, and stored only as a salted hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from reference_server.store import Store

DEFAULT = ""

# A secret may have been chosen by a person, so a stolen database must not give it away.
ITERATIONS = 60_000

# So many Authorization headers are remembered.
_REMEMBERED = 256

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.~-]{0,63}")


@dataclass(slots=True)
class Tenant:
    """A tenant as the server keeps it in memory."""

    id: int
    name: str
    salt: bytes
    secret_hash: bytes
    cursor_key: bytes
    _process_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _seen: dict[bytes, str | None] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The path below which this tenant's SCIM endpoints are."""
        return f"/scim/{self.name}/v2" if self.name else "/scim/v2"

    def user_of(self, authorization: bytes) -> str | None:
        """Who sends this Authorization header: a name, "" for no name, None if refused.

        What was found out is remembered under a digest with a key that lives as
        long as the process, so that the slow hash is paid once for each header.
        """
        digest = hashlib.blake2b(authorization, key=self._process_key, digest_size=32).digest()
        if digest in self._seen:
            return self._seen[digest]
        user, secret = _credentials(authorization)
        found = user if secret and self.accepts(secret) else None
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[digest] = found
        return found

    def accepts(self, secret: str) -> bool:
        """Compare a secret with the stored one, in constant time."""
        return hmac.compare_digest(_hashed(secret, self.salt), self.secret_hash)


def _credentials(authorization: bytes) -> tuple[str, str]:
    """User name and secret in a header of the Bearer or the Basic scheme."""
    scheme, _, rest = authorization.decode("latin-1").partition(" ")
    match scheme.lower():
        case "bearer":
            return "", rest.strip()
        case "basic":
            try:
                plain = base64.b64decode(rest.strip(), validate=True).decode("utf-8")
            except (binascii.Error, ValueError):
                return "", ""
            user, _, secret = plain.partition(":")
            return user, secret
    return "", ""


def suggested_secret() -> str:
    """A secret nobody can guess."""
    return secrets.token_urlsafe(32)


def open_tenant(store: Store, name: str, secret: str | None) -> tuple[Tenant, str | None]:
    """The tenant of this name, made if it is new, and its secret if one was generated.

    A secret that is given replaces the stored one.
    """
    if name and (not _NAME.fullmatch(name) or re.fullmatch(r"v\d+", name)):
        raise ValueError(
            f"tenant name {name!r} does not fit into a URL; use letters, digits, '.', '~' and '-',"
            " and not a version such as v2"
        )
    known = _load(store, name)
    if known and (secret is None or known.accepts(secret)):
        return known, None
    generated = None if secret is not None else suggested_secret()
    chosen = secret if secret is not None else generated or ""
    salt = secrets.token_bytes(16)
    with store.transaction():
        if known:
            store.execute(
                "UPDATE tenant SET salt = ?, secret_hash = ? WHERE id = ?",
                (salt, _hashed(chosen, salt), known.id),
            )
        else:
            store.execute(
                "INSERT INTO tenant (name, salt, secret_hash, cursor_key) VALUES (?, ?, ?, ?)",
                (name, salt, _hashed(chosen, salt), secrets.token_bytes(32)),
            )
    made = _load(store, name)
    if made is None:
        raise RuntimeError(f"tenant {name!r} was not stored")
    return made, generated


def is_known(store: Store, name: str) -> bool:
    """The database has this tenant and its secret."""
    return _load(store, name) is not None


def _load(store: Store, name: str) -> Tenant | None:
    row = store.execute(
        "SELECT id, name, salt, secret_hash, cursor_key FROM tenant WHERE name = ?", (name,)
    ).fetchone()
    return Tenant(*row) if row else None


def _hashed(secret: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", secret.encode("utf-8", "replace"), salt, ITERATIONS)
