"""What an answer means to Okta: a resource, a list, or an error in an admin's words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from emulator.wirelog import Redaction

_REPORTED = ". Errors reported by remote server: "
#: No longer than this, so that no endpoint can fill a log with one message.
_DETAIL_LIMIT = 500
#: Copying and writing a resource take some frames of the stack for each level.
_DEPTH = 60


class RemoteError(Exception):
    """The endpoint did not do what was asked; ``text`` is what Okta says of it."""

    def __init__(
        self,
        text: str,
        *,
        status: int | None = None,
        wait: int | None = None,
        reason_is_known: bool = True,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        #: Whole seconds of a Retry-After, or None.
        self.wait = wait
        #: Okta logs a list of the wrong shape as a failure without a reason.
        self.reason_is_known = reason_is_known

    @property
    def is_rate_limit(self) -> bool:
        """Whether the endpoint asked to wait."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def is_unexplained_refusal(self) -> bool:
        """Whether the credentials were refused without a word."""
        return self.status == HTTPStatus.UNAUTHORIZED and _REPORTED not in self.text

    @property
    def is_refusal(self) -> bool:
        """Whether the endpoint itself said that it did nothing; 408 may come from a gateway."""
        return self.status is not None and 400 <= self.status < 500 and self.status != 408

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed later: no answer, or a fault of the server."""
        return self.status is None or (self.status >= 500 and self.status != 501)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status and, parsed, its body."""

    status: int
    #: None when there was no body.
    body: Any

    @property
    def resource(self) -> dict[str, Any] | None:
        """The body when it is an object."""
        return self.body if isinstance(self.body, dict) else None


@dataclass(frozen=True, slots=True)
class Found:
    """A ListResponse as Okta reads it."""

    resources: list[dict[str, Any]]
    total: int


def read(answer: httpx.Response, text: str, redaction: Redaction) -> Reply:
    """The reply that ``answer`` is, ``text`` being its body; raises RemoteError."""
    status = answer.status_code
    if 200 <= status < 300:
        if not text.strip():
            return Reply(status, None)
        try:
            return Reply(status, _parsed(text))
        except ValueError:
            detail = _not_json(redaction.text(text))
    else:
        # Before anything is cut off: half of a secret is a secret too.
        detail = _detail(redaction.text(text))
    detail, phrase = _one_line(detail), phrase_of(answer)
    told = f"{phrase}{_REPORTED}{detail}" if detail else phrase
    raise RemoteError(redaction.text(told), status=status, wait=retry_after(answer))


def _parsed(text: str) -> Any:
    """JSON as RFC 8259 has it, and not deeper than a resource can be; raises ValueError."""
    try:
        document = _STRICT.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    # Counting is fast, walking is not; few answers have as many.
    if text.count("[") + text.count("{") > _DEPTH and _depth(document) > _DEPTH:
        raise ValueError("nested too deeply")
    return document


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


_STRICT = json.JSONDecoder(parse_constant=_no_number)


def _depth(document: Any) -> int:
    depth, level = 0, [document]
    while level:
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        depth, level = depth + 1, inner
    return depth


def _detail(text: str) -> str:
    """The ``detail`` of a SCIM Error, or what is wrong with the body."""
    if not text.strip():
        return ""
    try:
        document = _parsed(text)
    except ValueError:
        return _not_json(text)
    found = document.get("detail") if isinstance(document, dict) else None
    return found[:_DETAIL_LIMIT] if isinstance(found, str) else ""


def _not_json(text: str) -> str:
    """As Okta's parser puts it: the token it met, and the column behind that."""
    start = text.lstrip()
    before = text[: len(text) - len(start)]
    token = re.match(r"[\w.-]*", start)
    word = (token.group() if token else "") or start[:1]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + len(word) + 1
    return f"Invalid JSON: Unrecognized token '{word[:60]}' ... line: {line}, column: {column}"


def _one_line(text: str) -> str:
    """``text`` without lone surrogates, which no file and no terminal takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def found(
    reply: Reply, *, strict: bool = True, count: int | None = None, overflow: str = "accept"
) -> Found:
    """A ListResponse as Okta reads it: member names in any case, numbers as numbers.

    ``count`` is how many were asked for, ``overflow`` what becomes of more.
    Raises RemoteError: without a reason when a number is a string.
    """
    body = reply.resource or {}
    lower = {str(name).lower(): value for name, value in body.items()}
    resources = lower.get("resources")
    total = lower.get("totalresults")
    numbers = [lower.get(name) for name in ("totalresults", "startindex", "itemsperpage")]
    if strict and any(isinstance(one, str) for one in numbers):
        raise RemoteError("", reason_is_known=False, status=reply.status)
    if resources is None and _number(total) == 0:
        resources = []
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        raise RemoteError("No results for users returned", status=reply.status)
    if count is not None and len(resources) > count:
        if overflow == "error":
            told = f"{len(resources)} resources were returned, though {count} were asked for"
            raise RemoteError(told, status=reply.status)
        resources = resources[:count] if overflow == "truncate" else resources
    number = _number(total)
    return Found(resources, len(resources) if number is None else number)


def _number(value: Any) -> int | None:
    """A whole number, also one in a string, which only reaches this when that is allowed."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None


def phrase_of(answer: httpx.Response) -> str:
    """The reason phrase that came, or the usual one."""
    given = answer.extensions.get("reason_phrase", b"")
    text = bytes(given).decode("latin-1").strip()
    if text:
        return text
    try:
        return HTTPStatus(answer.status_code).phrase
    except ValueError:
        return str(answer.status_code)


def retry_after(answer: httpx.Response) -> int | None:
    """Whole seconds; a date or a fraction counts as nothing, as Okta documents."""
    text = answer.headers.get("Retry-After", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
