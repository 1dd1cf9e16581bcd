"""Cursors are forged in one character, and told apart from plain text."""

from __future__ import annotations

import base64

import pytest

from conformance.cursors import UNRESERVED, forged, is_readable


@pytest.mark.parametrize(
    ("cursor", "other"),
    [("abc", "acc"), ("aZc", "aAc"), ("19", "10"), ("a-c", "axc"), ("", "x"), ("x", "y")],
)
def test_forged_cursor_differs_in_the_middle(cursor: str, other: str) -> None:
    assert forged(cursor) == other
    assert UNRESERVED.fullmatch(forged(cursor))


@pytest.mark.parametrize(
    "plain", [b'{"offset":10}', b"10", b"id > 100 order by id", b"2026-01-01T00:00:00Z"]
)
def test_text_in_base64_is_readable(plain: bytes) -> None:
    encoded = base64.urlsafe_b64encode(plain).decode()

    assert is_readable(encoded)
    assert is_readable(encoded.rstrip("="))


@pytest.mark.parametrize("cursor", ["1", "100", "999999999999"])
def test_number_is_readable(cursor: str) -> None:
    assert is_readable(cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        "VZUTiyhEQJ94IR",
        "123e4567-e89b-12d3-a456-426614174000",
        base64.urlsafe_b64encode(bytes(range(120, 180))).decode(),
        "eyJh.eyJh.c2ln",
        "7f9c2ba4e88f827d61604550760585",
    ],
)
def test_what_means_nothing_to_a_reader_is_not_readable(cursor: str) -> None:
    assert not is_readable(cursor)
