"""How the bytes of a request leave: in one packet, and not past an answer that came early."""

from __future__ import annotations

from typing import Any

import httpcore
import pytest

from conformance.transport import Deadline, _Stream


class Inner(httpcore.NetworkStream):
    """A stream that keeps what is written, and can refuse it."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.written: list[bytes] = []
        self.refuses = refuses

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep a packet, or fail as a closed socket does."""
        del timeout
        if self.refuses:
            raise httpcore.WriteError("closed")
        self.written.append(buffer)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What the target said."""
        del timeout
        return b"HTTP/1.1 413 Too Large"[:max_bytes]

    def get_extra_info(self, info: str) -> Any:
        """Nothing is known of it."""
        del info


def test_the_head_and_the_body_go_out_together_when_the_answer_is_awaited() -> None:
    inner = Inner()
    stream = _Stream(inner, Deadline())
    stream.write(b"POST /Users HTTP/1.1\r\n\r\n")
    stream.write(b"{}")

    before = list(inner.written)
    stream.read(100)
    stream.read(100)

    assert (before, inner.written) == ([], [b"POST /Users HTTP/1.1\r\n\r\n{}"])


def test_a_large_body_is_not_held_back() -> None:
    inner = Inner()
    stream = _Stream(inner, Deadline())

    stream.write(b"x" * 100_000)

    assert inner.written == [b"x" * 100_000]


def test_an_answer_to_a_body_that_was_not_taken_is_read() -> None:
    stream = _Stream(Inner(refuses=True), Deadline())
    stream.write(b"POST /Users HTTP/1.1\r\n\r\n{}")

    assert stream.read(100) == b"HTTP/1.1 413 Too Large"


def test_what_is_late_is_not_sent() -> None:
    deadline = Deadline()
    stream = _Stream(Inner(), deadline)
    stream.write(b"GET / HTTP/1.1\r\n\r\n")
    deadline.start(-1)

    with pytest.raises(httpcore.WriteTimeout):
        stream.read(100)
