"""Time as the org has it."""

from __future__ import annotations

import time

import pytest

from emulator.clock import RealClock, SettableClock, stamp


@pytest.mark.anyio
async def test_a_settable_clock_jumps_over_a_wait() -> None:
    clock = SettableClock(1_000.0)

    await clock.sleep(300)

    assert clock.now() == 1_300.0
    assert clock.slept == [300]


def test_a_settable_clock_stands_still_until_it_is_moved() -> None:
    clock = SettableClock(1_000.0)

    assert clock.now() == clock.now()
    clock.advance(2.5)

    assert clock.now() == 1_002.5


def test_a_clock_can_not_go_back() -> None:
    with pytest.raises(ValueError, match="can't go back by 1 second"):
        SettableClock().advance(-1)


@pytest.mark.anyio
async def test_the_real_clock_is_the_one_on_the_wall() -> None:
    clock = RealClock()
    before = time.time()

    await clock.sleep(0)
    await clock.sleep(-5)

    assert clock.now() >= before


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_767_225_600.25, "2026-01-01T00:00:00.250Z"),
        (1_774_419_784.9999, "2026-03-25T06:23:04.999Z"),
    ],
)
def test_a_stamp_is_written_as_okta_writes_it(moment: float, text: str) -> None:
    assert stamp(moment) == text
