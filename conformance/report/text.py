"""Text from the target, made safe to show: never markup, never a control character."""

from __future__ import annotations

import html
import re
import unicodedata

#: No single piece of text on the page is longer; evidence is cut to less where it is recorded.
_LONGEST = 10_000

# What str.isprintable would let through are spaces; what it stops is worth a look.
_SUSPECT = re.compile(r"[^\x20-\x7e\n\t]")


def plain(text: object, longest: int = _LONGEST) -> str:
    """``text`` with control and direction characters made visible, cut when it is huge."""
    whole = str(text)
    shown = _SUSPECT.sub(lambda found: _visible(found[0]), whole[:longest])
    if len(whole) > longest:
        shown += f" … and {len(whole) - longest:,} more characters"
    return shown


def escaped(text: object, longest: int = _LONGEST) -> str:
    """``text`` as HTML that shows just that text."""
    return html.escape(plain(text, longest), quote=True)


def _visible(one: str) -> str:
    code = ord(one)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character, such as ␛
    if code == 0x7F:
        return "\u2421"
    # Cc: other control characters.  Cf: direction and joining marks.  Cs: half surrogates.
    # Co: private use.  Zl, Zp: line and paragraph separators.
    if unicodedata.category(one) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return one
