"""When two texts are the same name."""

from __future__ import annotations

import unicodedata


def folded(value: str) -> str:
    """The form in which names are compared.

    RFC 7644 section 5 wants PRECIS preparation: width and case are mapped and
    the text is normalized, so that two spellings of one name are one name.
    """
    if value.isascii():
        return value.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
