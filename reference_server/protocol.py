"""uvicorn's httptools protocol with a bound on what it keeps of a request's head.

httptools gathers a header until it is complete, however long that takes, and
uvicorn keeps every header.  Here the bytes that have come without completing a
head or a piece of a body are counted, which covers endless headers, endless
request lines, endless trailers and endless chunk extensions alike.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reference_server import errors

MAX_HEAD = 131_072


class BoundedProtocol(HttpToolsProtocol):
    """Answers 431 and closes when a head grows beyond ``MAX_HEAD`` bytes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pending = 0

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
