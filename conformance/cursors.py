"""Cursors (RFC 9865) as texts: forged ones, and those that anybody can read."""

from __future__ import annotations

import base64
import binascii
import re
import string

#: RFC 3986 section 2.3, "unreserved".
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")

#: So many bytes are not printable characters by chance.
_WORDS = 9

_DIGITS = re.compile(r"[0-9]{1,12}")


def forged(cursor: str) -> str:
    """``cursor`` with the character in its middle changed into another of its kind.

    Upper and lower case stay as they are: a target may read both alike.
    """
    middle = len(cursor) // 2
    old = cursor[middle : middle + 1]
    for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if old and old in alphabet:
            new = alphabet[(alphabet.index(old) + 1) % len(alphabet)]
            return cursor[:middle] + new + cursor[middle + 1 :]
    return cursor[:middle] + "x" + cursor[middle + 1 :]


def is_readable(cursor: str) -> bool:
    """The cursor is a plain number, or base64 of plain text: anybody could make another."""
    if _DIGITS.fullmatch(cursor):
        return True
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return False
    return text.isdecimal() or (text.isprintable() and len(text) >= _WORDS)
