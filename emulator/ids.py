"""Ids as Okta gives them: twenty characters that begin with what they name; the same for a seed."""

from __future__ import annotations

import random
import string

_LETTERS = string.ascii_letters + string.digits
#: Okta's placeholder passwords have eight characters, now and then a symbol among them.
_PASSWORD = string.ascii_letters + string.digits + "&^$#"


class Ids:
    """Makes ids, in an order that only the seed decides."""

    def __init__(self, seed: int = 0) -> None:
        self._ids = random.Random(f"ids {seed}")  # noqa: S311  names, not secrets
        self._passwords = random.Random(f"passwords {seed}")  # noqa: S311  placeholders

    def make(self, kind: str) -> str:
        """A new id of a ``kind``: 00u user, 00g group, 0oa app, 0pr rule, gPm push mapping."""
        return kind + "".join(self._ids.choices(_LETTERS, k=20 - len(kind)))

    def password(self) -> str:
        """A random password of eight characters, as Okta sends with every create."""
        return "".join(self._passwords.choices(_PASSWORD, k=8))
