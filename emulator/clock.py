"""Time as the org has it: real, or one that jumps, so that waiting costs nothing."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the emulator needs of time."""

    def now(self) -> float:
        """Seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Return when ``seconds`` are over."""


class RealClock:
    """The clock on the wall."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds))


class FastClock:
    """The clock on the wall, that jumps over every wait it is asked for."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970, with all waits that were jumped over."""
        return time.time() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Jump over the wait, and let others run."""
        self._ahead += max(0.0, seconds)
        await asyncio.sleep(0)


class SettableClock:
    """A clock that stands still until somebody sleeps or moves it.

    ``slept`` has every wait that was asked for, in seconds.
    """

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Jump over the wait, and let others run."""
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Move the clock; raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError(f"a clock can't go back by {-seconds} seconds")
        self._now += seconds


def stamp(moment: float) -> str:
    """``moment`` as Okta writes it: ``2026-03-25T06:09:44.000Z``."""
    when = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    return f"{when.isoformat(timespec='milliseconds')}Z"
