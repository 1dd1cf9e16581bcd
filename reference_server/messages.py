"""HTTP messages as this server handles them: read whole, within limits.

A body is read up to the limit and no further, and JSON is taken strictly:
UTF-8, no duplicate names, no NaN or infinity, no text that cannot be encoded.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from starlette.types import Receive, Scope, Send

from reference_server import errors
from reference_server.features import MAX_PAYLOAD

SCIM_JSON = b"application/scim+json"
_ACCEPTED = {SCIM_JSON, b"application/json"}
_WORTH_COMPRESSING = 1024

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


@dataclass(slots=True)
class Request:
    """A request; the body is read when it is asked for."""

    method: str
    path: str
    query_string: bytes
    headers: dict[bytes, bytes]
    scheme: str
    receive: Receive

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Request:
        """The request of an ASGI scope; of repeated headers the last one counts."""
        return cls(
            scope["method"],
            scope["path"],
            scope["query_string"],
            dict(scope["headers"]),
            scope["scheme"],
            receive,
        )

    def header(self, name: bytes) -> str | None:
        """A header's value."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def query(self) -> list[tuple[str, str]]:
        """The query parameters; ``cursor`` without a value is one of them (RFC 9865)."""
        if not self.query_string:
            return []
        pairs = (part.partition("=") for part in self.query_string.decode("latin-1").split("&"))
        try:
            return [(_unquoted(name), _unquoted(value)) for name, _, value in pairs]
        except ValueError:
            raise errors.invalid_syntax("the query string is not percent-encoded UTF-8") from None

    async def body(self) -> bytes:
        """The whole body, at most ``MAX_PAYLOAD`` bytes."""
        length = self.headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > MAX_PAYLOAD:
            raise _too_large()
        parts = bytearray()
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                raise Disconnected
            parts += message.get("body", b"")
            if len(parts) > MAX_PAYLOAD:
                raise _too_large()
            if not message.get("more_body", False):
                return bytes(parts)

    async def json(self) -> Any:
        """The body as JSON."""
        body = await self.body()
        content_type = self.headers.get(b"content-type")
        if content_type is not None and content_type not in _ACCEPTED:
            _check_content_type(content_type.decode("latin-1"))
        return parse_json(body)


def _unquoted(text: str) -> str:
    if not text.isascii():
        raise ValueError("not percent-encoded")
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


class Disconnected(Exception):
    """The client went away in the middle of its request."""


@dataclass(slots=True)
class Response:
    """An answer; ``value`` is sent as SCIM JSON, None as no body."""

    status: int
    value: Any = None
    headers: dict[bytes, bytes] = field(default_factory=dict)


def text_header(value: str) -> bytes:
    """A header's value on the wire."""
    return value.encode("latin-1", "replace")


async def send_response(response: Response, request: Request, send: Send) -> None:
    """Write an answer; a HEAD request gets the head of what GET would get."""
    headers = list(response.headers.items())
    body = b""
    if response.value is not None:
        body = _encode(response.value).encode()
        headers.append((b"content-type", SCIM_JSON))
        if len(body) >= _WORTH_COMPRESSING:
            headers.append((b"vary", b"accept-encoding"))
            if b"gzip" in request.headers.get(b"accept-encoding", b""):
                body = gzip.compress(body, compresslevel=1, mtime=0)
                headers.append((b"content-encoding", b"gzip"))
    if response.status not in {204, 304}:
        headers.append((b"content-length", str(len(body)).encode()))
    if request.method == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def error_response(
    error: errors.ScimError, headers: Mapping[bytes, bytes] | None = None
) -> Response:
    """A SCIM error as an answer."""
    return Response(error.status, error.body(), dict(headers or {}))


def parse_json(body: bytes) -> Any:
    """Strict JSON; anything else is invalidSyntax."""
    try:
        value = _decoder.decode(body.decode("utf-8"))
        # An escaped lone surrogate parses, but is no text that could be sent back.
        if b"\\ud" in body or b"\\uD" in body:
            _encode(value).encode()
    except UnicodeError:
        raise errors.invalid_syntax("the body is not UTF-8 text") from None
    except RecursionError:
        raise errors.invalid_syntax("the body is nested too deeply") from None
    except ValueError as problem:
        # The decoder's own words name only a place; ours name a key.
        raise errors.invalid_syntax(f"the body is not JSON: {problem}") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is there twice in one object")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is out of range")
    return value


def _integer(text: str) -> int:
    if len(text) > 64:
        raise ValueError("a number is out of range")
    return int(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_finite,
    parse_int=_integer,
    parse_constant=_no_constant,
)


def dumps(value: Any) -> str:
    """Compact JSON text."""
    return _encode(value)


def stored_json(text: str) -> Any:
    """JSON that ``dumps`` has made."""
    return _own_decoder.raw_decode(text)[0]


_own_decoder = json.JSONDecoder()


def _check_content_type(value: str) -> None:
    """RFC 7644 section 3.8; without a content type the default, SCIM JSON, is meant."""
    media_type, *parameters = value.split(";")
    if media_type.strip().lower().encode() not in _ACCEPTED:
        raise errors.unsupported_media_type("send application/scim+json or application/json")
    for parameter in parameters:
        name, _, text = parameter.strip().partition("=")
        if name.lower() == "charset" and text.strip('"').lower() not in {"utf-8", "utf8"}:
            raise errors.unsupported_media_type("send the body in UTF-8")


def _too_large() -> errors.ScimError:
    return errors.payload_too_large(f"the body exceeds the limit of {MAX_PAYLOAD} bytes")
