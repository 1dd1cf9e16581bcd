"""Cursors can be neither read nor forged, and pages join without a gap."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ScimError
from reference_server.pagination import CursorSeal, Few, Listed, Position, window
from reference_server.store import Record, Store

SEAL = CursorSeal(b"key" * 11, 60)
POSITION = Position(seq=7, rank=3, count=10)


def refusal(cursor: str, query: bytes = b"q", now: float = 0) -> str | None:
    """The keyword with which a cursor is refused."""
    with pytest.raises(ScimError) as caught:
        SEAL.open(cursor, query, now)
    assert caught.value.status == 400
    return caught.value.scim_type


@given(
    st.builds(
        Position,
        seq=st.integers(0, 2**63 - 1),
        rank=st.integers(0, 2**32 - 1),
        count=st.integers(0, 1000),
        is_backward=st.booleans(),
    ),
    st.binary(),
)
def test_a_cursor_comes_back_as_it_was(position: Position, query: bytes) -> None:
    cursor = SEAL.seal(position, query, 1000.5)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)
    assert SEAL.open(cursor, query, 1000.5) == position


def test_every_changed_character_is_noticed() -> None:
    cursor = SEAL.seal(POSITION, b"q", 0)
    for place, character in enumerate(cursor):
        other = "A" if character != "A" else "B"
        assert refusal(cursor[:place] + other + cursor[place + 1 :]) == "invalidCursor"


@given(st.text(max_size=90))
def test_what_is_not_a_cursor_is_refused(text: str) -> None:
    assert refusal(text) == "invalidCursor"


def test_a_cursor_is_for_its_query_its_tenant_and_its_time() -> None:
    cursor = SEAL.seal(POSITION, b"q", 0)
    assert refusal(cursor, b"other") == "invalidCursor"
    assert SEAL.open(cursor, b"q", 60) == POSITION
    assert refusal(cursor, now=61) == "expiredCursor"
    foreign = CursorSeal(b"other key" * 4, 60).seal(POSITION, b"q", 0)
    assert refusal(foreign) == "invalidCursor"


def test_positions_do_not_show() -> None:
    one, other = (SEAL.seal(Position(seq, 1, 1), b"q", 0) for seq in (1, 2))
    assert one[:8] != other[:8]
    assert one[-8:] != other[-8:]


def record(seq: int) -> Record:
    return Record(seq, "User", str(seq), "", "", 1, "{}")


def test_a_page_starts_after_its_resource_even_if_others_vanished() -> None:
    results = Few([record(seq) for seq in (2, 4, 6, 8)])
    assert window(results, Position(4, 1, 2)) == (2, 2)
    assert window(results, Position(8, 9, 2)) == (4, 2)
    assert window(results, Position(6, 9, 3, is_backward=True)) == (0, 2)
    listed = Listed(Store(), [2, 4, 6, 8])
    assert window(listed, Position(4, 1, 2)) == (2, 2)
    assert window(listed, Position(6, 9, 1, is_backward=True)) == (1, 1)


def test_when_the_resource_itself_is_gone_its_rank_counts() -> None:
    results = Few([record(seq) for seq in (2, 6, 8)])
    assert window(results, Position(4, 1, 2)) == (1, 2)
    assert window(Listed(Store(), [2, 6, 8]), Position(4, 1, 2)) == (1, 2)
