"""What went over the wire, without its secrets: for people, and as curl lines.

Secrets are taken out at the moment of recording, so that nothing that keeps an
entry can leak one.
"""

from __future__ import annotations

import json
import re
import shlex
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

Headers = tuple[tuple[str, str], ...]

HIDDEN = "***"
_PASSWORD = re.compile(r'("password"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}


# Not frozen, which takes six times as long to make, and there is one for every request.
@dataclass(slots=True)
class Entry:
    """One request, and what came of it."""

    number: int
    step: str
    started: float
    seconds: float
    method: str
    url: str
    request_headers: Headers
    request_body: str | None
    #: None when no answer came.
    status: int | None
    reason: str
    response_headers: Headers
    response_body: str | None
    error: str = ""
    #: The disturbance that was put on purpose, if any.
    fault: str = ""

    @property
    def path(self) -> str:
        """The request target as it went out."""
        rest = self.url.partition("://")[2]
        return "/" + rest.partition("/")[2]

    @property
    def line(self) -> str:
        """``GET /Users?…  200 OK``."""
        told = f"{self.status} {self.reason}" if self.status is not None else self.error
        return f"{self.method} {self.path}  {told}" + (f"  ({self.fault})" if self.fault else "")


class Redaction:
    """Takes the secrets of a connection out of texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._secrets = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """``text`` with no secret and no password in it."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        if '"password"' in text.lower():
            text = _PASSWORD.sub(lambda found: f'{found[1]}"{HIDDEN}"', text)
        return text

    def headers(self, lines: Iterable[tuple[str, str]]) -> Headers:
        """Header lines, with the scheme of a credential but not the credential."""
        lines = tuple(lines)
        values = "\n".join([value for _, value in lines])
        # One look at all of them, because hardly any has something to hide.
        clean = self.text if self.text(values) != values else str
        return tuple(
            [
                (name, _scheme(value) if name.lower() in _SECRET_HEADERS else clean(value))
                for name, value in lines
            ]
        )


_SENT_PASSWORD = re.compile(rb'"password":("(?:[^"\\]|\\.)*")')
#: A shorter one may be a word of the answer; Okta's placeholders have as many characters.
_PASSWORD_SIZE = 8
_PLAIN = re.compile(r"[A-Za-z0-9]*")


def without_passwords(text: str, sent: bytes | None) -> str:
    """An answer without the passwords of its request, which some endpoints quote in an error."""
    if sent is None or b'"password"' not in sent:
        return text
    for quoted in _SENT_PASSWORD.findall(sent):
        password = json.loads(quoted.decode())
        # No form changes letters and digits: without the longest run of them, there is none.
        is_there = max(_PLAIN.findall(password), key=len) in text
        for form in _forms(password) if is_there and len(password) >= _PASSWORD_SIZE else ():
            text = text.replace(form, HIDDEN)
    return text


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is, and as an endpoint may give it back: in JSON, in a URL, in HTML."""
    return (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
    )


def _scheme(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if blank and scheme in {"Bearer", "Basic"} else HIDDEN


class WireLog:
    """Keeps the last entries, and tells every one to its observers."""

    def __init__(self, keep: int = 5_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=keep)
        self.count = 0
        self.observers: list[Callable[[Entry], None]] = []

    def add(self, entry: Entry) -> None:
        """Keep ``entry`` and tell it, numbered by the order in which exchanges ended."""
        self.count += 1
        if entry.number != self.count:
            entry = replace(entry, number=self.count)
        self.entries.append(entry)
        for observer in self.observers:
            observer(entry)

    def since(self, number: int) -> list[Entry]:
        """The kept entries after the one with ``number``."""
        return [one for one in self.entries if one.number > number]

    def lines(self) -> list[str]:
        """One line per kept entry."""
        return [one.line for one in self.entries]


# curl ---------------------------------------------------------------------------------


def curl(entry: Entry) -> str:
    """The request as a line for a shell; the credential is ``$SCIM_TOKEN``."""
    parts = ["curl", "-sS", "-X", entry.method]
    for name, value in entry.request_headers:
        if name.lower() in {"host", "content-length", "connection", "accept-encoding"}:
            continue
        if name.lower() != "authorization":
            parts += ["-H", shlex.quote(f"{name}: {value}")]
        elif value.startswith("Basic "):
            parts += ["-u", '"$SCIM_USER:$SCIM_TOKEN"']
        else:
            parts += ["-H", f'"{name}: {value.removesuffix(HIDDEN)}$SCIM_TOKEN"']
    if entry.request_body is not None:
        parts += ["--data-binary", shlex.quote(entry.request_body)]
    parts += ["--compressed", shlex.quote(entry.url)]
    return " ".join(parts)


class CurlFile:
    """A shell script of all requests, written line by line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace")

    def write(self, entry: Entry) -> None:
        """Append a request with a comment before it; usable as an observer of a WireLog."""
        self._file.write(f"# {entry.number}: {entry.step}\n{curl(entry)}\n")
        self._file.flush()

    def close(self) -> None:
        """No more requests."""
        self._file.close()
