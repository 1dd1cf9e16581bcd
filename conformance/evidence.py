"""Evidence: what was asked and what was answered, with the secrets already out.

Redaction happens when an exchange is recorded, not when it is shown, so that
nothing downstream (results, report, terminal) ever holds a secret.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

#: Bodies are cut here in the evidence; the checks saw them whole.
BODY_LIMIT = 4096
#: Single header values are cut here.
HEADER_LIMIT = 1024
#: No more header lines than these are kept of an answer.
HEADERS_KEPT = 60

REDACTED = "[redacted]"

_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}
# The members whose string values never leave the process, in any JSON text.
_SECRET_MEMBERS = re.compile(
    r'("(?:password|client_secret|access_token|refresh_token)"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)
# The same as a PATCH operation has it: the member is named in "path", or the value follows it.
_SECRET_OPERATION = re.compile(
    r'("path"\s*:\s*"(?:[^"\\]|\\.)*password"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, safe to keep and to show."""

    number: int
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str | None
    status: int | None
    reason: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: str | None
    seconds: float
    error: str | None = None
    truncated: bool = False

    @property
    def line(self) -> str:
        """The exchange in one line: ``POST https://… 201 Created``."""
        outcome = f"{self.status} {self.reason}".strip() if self.status else self.error
        return f"{self.method} {self.url} {outcome}"

    def to_json(self) -> dict[str, Any]:
        """The exchange as ``results.jsonl`` has it."""
        # ``dataclasses.asdict`` would copy every string's container once more, at length.
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Exchange:
        """The exchange that ``to_json`` wrote."""
        values = dict(document)
        for name in ("request_headers", "response_headers"):
            values[name] = tuple((str(key), str(value)) for key, value in values[name])
        return cls(**values)


class Redactor:
    """Takes the run's secrets, and everything shaped like one, out of an exchange."""

    def __init__(self, secrets: Iterable[str], secret_headers: Iterable[str] = ()) -> None:
        # Longest first, so that a secret that contains another goes whole.
        known = {secret for secret in secrets if len(secret) >= 4}
        self._secrets = sorted(known, key=len, reverse=True)
        self._headers = _SECRET_HEADERS | {name.lower() for name in secret_headers}

    def text(self, value: str) -> str:
        """``value`` without secrets."""
        for secret in self._secrets:
            value = value.replace(secret, REDACTED)
        if '"' not in value:  # no JSON, such as most header lines
            return value
        value = _SECRET_MEMBERS.sub(rf'\1"{REDACTED}"', value)
        return _SECRET_OPERATION.sub(rf'\1"{REDACTED}"', value)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The header lines, with credentials replaced and their scheme kept."""
        lines = [(name, self._header(name, value)) for name, value in headers]
        return tuple(lines[:HEADERS_KEPT])

    def _header(self, name: str, value: str) -> str:
        if name.lower() not in self._headers:
            return self.text(value)[:HEADER_LIMIT]
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {REDACTED}" if space and scheme.isalpha() else REDACTED

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets, cut to the size of evidence."""
        request_body, cut_request = self._body(exchange.request_body)
        response_body, cut_response = self._body(exchange.response_body)
        return replace(
            exchange,
            url=self.text(exchange.url)[: 4 * HEADER_LIMIT],
            request_headers=self.headers(exchange.request_headers),
            request_body=request_body,
            reason=self.text(exchange.reason)[:HEADER_LIMIT],
            response_headers=self.headers(exchange.response_headers),
            response_body=response_body,
            error=None if exchange.error is None else self.text(exchange.error),
            truncated=cut_request or cut_response,
        )

    def _body(self, body: str | None) -> tuple[str | None, bool]:
        if body is None:
            return None, False
        # Redact before cutting, so that a cut cannot save half a secret;
        # a secret is far shorter than the margin kept here.
        safe = self.text(body[: 2 * BODY_LIMIT])
        return safe[:BODY_LIMIT], len(safe) > BODY_LIMIT or len(body) > 2 * BODY_LIMIT


def _credentials(value: str) -> str:
    """The option of curl that sends credentials like these; the shell's variables have them."""
    scheme = value.partition(" ")[0].lower()
    if scheme == "basic":
        return '-u "$SCIM_USER:$SCIM_PASSWORD"'
    return '-H "Authorization: Bearer $SCIM_TOKEN"'


def curl(exchange: Exchange) -> str:
    """A shell command that sends the request again; the token is read from ``$SCIM_TOKEN``."""
    words = ["curl", "-i", "-X", exchange.method]
    skipped = {"host", "content-length", "connection", "accept-encoding", "user-agent"}
    parts = [shlex.join(words)]
    for name, value in exchange.request_headers:
        if name.lower() == "authorization":
            parts.append(_credentials(value))
        elif name.lower() not in skipped:
            parts.append("-H " + shlex.quote(f"{name}: {value}"))
    if exchange.request_body is not None:
        parts.append("--data-binary " + shlex.quote(exchange.request_body))
    parts.append(shlex.quote(exchange.url))
    return " \\\n  ".join(parts)
