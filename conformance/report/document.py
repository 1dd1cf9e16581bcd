"""The frame of the page: pytest-html's document, with our style, and locked.

pytest-html's template knows nothing of phones or of security policies, so its
head is completed here.  The policy lets the one script of pytest-html run, by
its digest, and nothing else: were anything from a target not escaped, it would
still be inert.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

#: What the views are called.
PAGE = "report.html"
JUNIT = "junit.xml"

_CSS = Path(__file__).parent / "report.css"

_OPEN, _CLOSE = "<script>", "</script>"


class DocumentError(Exception):
    """pytest-html wrote a document of another shape than the one known here."""


def finish(path: Path) -> None:
    """Complete the document that pytest-html wrote.  Raises DocumentError."""
    text = path.read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src 'sha256-{_digest(text)}'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = (
        '<meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        '<meta name="color-scheme" content="light dark"/>'
        '<meta name="referrer" content="no-referrer"/>'
    )
    text = _replaced(text, "<html>", '<html lang="en">')
    text = _replaced(text, '<meta charset="utf-8"/>', head)
    text = _replaced(text, "</head>", f"<style>{_CSS.read_text(encoding='utf-8')}</style></head>")
    path.write_text(text, encoding="utf-8")


def _digest(text: str) -> str:
    if text.count(_OPEN) != 1:
        raise DocumentError(f"the page has {text.count(_OPEN)} scripts where 1 was expected")
    start = text.index(_OPEN) + len(_OPEN)
    script = text[start : text.index(_CLOSE, start)]
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _replaced(text: str, old: str, new: str) -> str:
    """``text`` with the first ``old`` replaced; the head comes before anything of a target."""
    if old not in text:
        raise DocumentError(f"the page has no {old} to complete")
    return text.replace(old, new, 1)
