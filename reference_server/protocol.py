"""uvicorn's httptools protocol with a bound on what it keeps of a request's head.

httptools gathers a header until it is complete, however long that takes, and
uvicorn keeps every header.  Here the bytes that have come without completing a
head or a piece of a body are counted, which covers endless headers, endless
request lines, endless trailers and endless chunk extensions alike.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reference_server import errors

MAX_HEAD = 131_072
_MAX_URL = 65_535


class OnePacket:
    """A transport that sends an answer's head together with its body.

    uvicorn writes them one after the other, which costs the server and often
    the client a second system call.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._held: list[bytes] = []
        self._write = transport.write
        self._close = transport.close
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Hold the data back until the answer is complete, except for an interim answer."""
        if data.startswith(b"HTTP/1.1 100 "):
            self._write(data)
        else:
            self._held.append(data)

    def flush(self) -> None:
        """Send what was held back."""
        if self._held:
            held, self._held = self._held, []
            self._write(b"".join(held))

    def close(self) -> None:
        """Send what was held back, and close."""
        self.flush()
        self._close()


class BoundedProtocol(HttpToolsProtocol):
    """Answers 431 and closes when a head grows beyond ``MAX_HEAD`` bytes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pending = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        stream = cast("asyncio.Transport", transport)
        super().connection_made(stream)
        self._packet = OnePacket(stream)
        self.transport = cast("asyncio.Transport", self._packet)

    def on_response_complete(self) -> None:
        """The answer is complete: send it."""
        self._packet.flush()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        """Feed the parser unless the head has become too long."""
        self._pending += len(data)
        super().data_received(data)
        # The parser's callbacks have set the count back if they got anywhere.
        if self._pending > MAX_HEAD and not self.transport.is_closing():
            error = errors.ScimError(431, None, f"the request's head exceeds {MAX_HEAD} bytes")
            self._refuse(error)

    def on_headers_complete(self) -> None:
        """The head is complete: start the request."""
        self._pending = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body has come."""
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._pending = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP is refused in the language of SCIM, too."""
        # The parser counts the characters of a URL in 16 bits.
        if len(getattr(self, "url", b"")) > _MAX_URL:
            self._refuse(errors.ScimError(414, None, f"the URL exceeds {_MAX_URL} bytes"))
        else:
            self._refuse(errors.ScimError(400, "invalidSyntax", msg.rstrip(".").lower()))

    def _refuse(self, error: errors.ScimError) -> None:
        body = json.dumps(error.body()).encode()
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            "content-type: application/scim+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
