"""Ways in which a target may write a secret down again, each with the way back.

``decode`` gives everything that a text may stand for in one encoding, so that a test can
ask whether a secret can be told from what is left of it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote, unquote_plus


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way to write text down, and all that such a text may have meant."""

    name: str
    encode: Callable[[str], str]
    decode: Callable[[str], Iterator[str]]


def _once(back: Callable[[str], str]) -> Callable[[str], Iterator[str]]:
    def decode(text: str) -> Iterator[str]:
        yield back(text)

    return decode


def _percent_lower(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe=""))


def _percent_all(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _json_units(text: str) -> str:
    units = text.encode("utf-16-be")
    return "".join(rf"\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _json_back(text: str) -> str:
    """What the escapes of a cut JSON string stand for; what is cut stays as it is."""

    def read(found: re.Match[str]) -> str:
        return str(json.loads(f'"{found[0]}"'))

    return re.sub(r'(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]', read, text)


def _runs(text: str, digits: str) -> Iterator[str]:
    for run in re.finditer(f"[{digits}]+", text):
        yield run[0]


def _hex_back(text: str) -> Iterator[str]:
    for run in _runs(text, "0-9A-Fa-f"):
        for first in (0, 1):
            whole = (len(run) - first) // 2 * 2
            yield bytes.fromhex(run[first : first + whole]).decode("utf-8", "replace")


def _base64_back(text: str) -> Iterator[str]:
    for run in _runs(text.replace("-", "+").replace("_", "/"), "A-Za-z0-9+/"):
        for first in range(4):
            whole = (len(run) - first) // 4 * 4
            yield base64.b64decode(run[first : first + whole]).decode("utf-8", "replace")


def _base64(offset: int, *, url: bool) -> Callable[[str], str]:
    """Base64 of the text after so many other bytes, which shifts all digits."""
    to = base64.urlsafe_b64encode if url else base64.b64encode
    return lambda text: to(b"x" * offset + text.encode()).decode("ascii")


ENCODINGS = (
    Encoding("raw", str, _once(str)),
    Encoding("percent", lambda text: quote(text, safe=""), _once(unquote)),
    Encoding("percent, lower case", _percent_lower, _once(unquote)),
    Encoding("percent, all characters", _percent_all, _once(unquote)),
    Encoding("form", quote_plus, _once(unquote_plus)),
    Encoding("JSON", lambda text: json.dumps(text)[1:-1], _once(_json_back)),
    Encoding(
        "JSON, slash",
        lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", r"\/"),
        _once(_json_back),
    ),
    Encoding("JSON, all characters", _json_units, _once(_json_back)),
    Encoding("HTML", html.escape, _once(html.unescape)),
    Encoding(
        "HTML, all characters",
        lambda text: "".join(f"&#{ord(one)};" for one in text),
        _once(html.unescape),
    ),
    Encoding(
        "HTML, all characters in hex",
        lambda text: "".join(f"&#x{ord(one):x};" for one in text),
        _once(html.unescape),
    ),
    Encoding("hex", lambda text: text.encode().hex(), _hex_back),
    Encoding("hex, upper case", lambda text: text.encode().hex().upper(), _hex_back),
    *(
        Encoding(
            f"base64{'url' if url else ''} at {offset}", _base64(offset, url=url), _base64_back
        )
        for url in (False, True)
        for offset in range(3)
    ),
)


def told(text: str, *encodings: Encoding) -> Iterator[str]:
    """All that ``text`` may stand for, when ``encodings`` are taken off, the outermost first."""
    if not encodings:
        yield text
        return
    for inner in encodings[0].decode(text):
        yield from told(inner, *encodings[1:])


def longest_part(secret: str, text: str) -> str:
    """The longest part of ``secret`` that stands in ``text``."""
    best = ""
    for first in range(len(secret)):
        while secret[first : first + len(best) + 1] in text:
            if first + len(best) + 1 > len(secret):
                break
            best = secret[first : first + len(best) + 1]
    return best
