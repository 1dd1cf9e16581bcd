"""What is known of Okta's requests, from ``fixtures/okta``, and how one is held against it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.emulator.stage import TOKEN

FOLDER = Path(__file__).parents[2] / "fixtures" / "okta"
OKTA_ID = "00u8k2mVossXr4TqZ5d7"
PLACEHOLDER = "q7Rt2LmZ"

Headers = tuple[tuple[str, str], ...]


def document(name: str) -> dict[str, Any]:
    """One of the files."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Wire:
    """A request as it is on the wire, without its ids and secrets."""

    method: str
    target: str
    headers: Headers
    body: bytes


def documented(exchange: dict[str, Any], book: dict[str, Any]) -> Wire | None:
    """What an exchange sends; None for an event that sends nothing."""
    request = exchange["request"]
    if request is None:
        return None
    body = b""
    if request["body"] is not None:
        text = json.dumps(request["body"], ensure_ascii=False, separators=(",", ":"))
        body = text.encode()
    lines = dict(book["headers"][request["headers"]])
    lines["Host"] = "scim.example"
    if body:
        lines["Content-Length"] = str(len(body))
    ordered = tuple((name, lines.pop(name)) for name in book["header_order"] if name in lines)
    assert not lines
    return Wire(request["method"], request["target"], ordered, body)


_PASSWORD = re.compile(rb'("password":")[A-Za-z0-9&^$#]{8}(")')


def sent(request: httpx.Request, okta_id: str) -> Wire:
    """What was sent, with the invented ids and secrets of the exchanges for its own.

    They have the same length, so that Content-Length stays true.
    """
    raw = request.content
    if okta_id:
        raw = raw.replace(okta_id.encode(), OKTA_ID.encode())
    raw = _PASSWORD.sub(rb"\g<1>" + PLACEHOLDER.encode() + rb"\2", raw)
    lines = tuple(
        (name.decode(), value.decode().replace(TOKEN, "{token}"))
        for name, value in request.headers.raw
    )
    target = request.url.raw_path.decode().removeprefix("/v2")
    return Wire(request.method, target, lines, raw)


def differences(known: Wire, seen: Wire) -> list[dict[str, str]]:
    """Each part in which two requests differ."""
    found = []
    for part in ("method", "target", "headers", "body"):
        left, right = getattr(known, part), getattr(seen, part)
        if left != right:
            found.append({"part": part, "documented": _shown(left), "sent": _shown(right)})
    return found


def _shown(value: str | bytes | Headers) -> str:
    match value:
        case str():
            return value
        case bytes():
            return value.decode()
        case _:
            return "\n".join(f"{name}: {text}" for name, text in value)
