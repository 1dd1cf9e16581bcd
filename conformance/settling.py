"""Patience with a target whose reads see a write a little later (``settle`` in the target file).

A check, or a fixture, that fails while a write may still be on its way is made
once more, and again, until it holds or the declared time since the last write
is over.  What it reads after its last write is read anew each time; up to there
it is answered from a tape, so no write reaches the target twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from conformance.verdict import Unmet

if TYPE_CHECKING:
    from conformance.run import Run

Value = TypeVar("Value")

#: Seconds between two looks: the first, and the longest; each is twice the one before.
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0


class OtherTapeError(Exception):
    """The second time something else was done, so looking again says nothing."""


@dataclass(slots=True)
class _Kept:
    key: Hashable
    value: Any
    writes: bool


class Tape:
    """What was asked and done so far, in its order, and what came of it."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._ahead: list[_Kept] = []
        self._inside = threading.local()
        self._lock = threading.Lock()
        #: Whether everything that was done is on the tape.
        self.is_whole = True

    def play(self, key: Hashable, act: Callable[[], Value], *, writes: bool = True) -> Value:
        """Do ``act`` the first time, and later return what came of it.

        Raises OtherTapeError when something else came at this place.
        """
        if getattr(self._inside, "acting", False):
            return act()
        with self._lock:
            if self._ahead:
                return cast("Value", self._next(key))
        self._inside.acting = True
        try:
            value = act()
        except BaseException:
            self.is_whole = self.is_whole and not writes
            raise
        finally:
            self._inside.acting = False
        with self._lock:
            self._kept.append(_Kept(key, value, writes))
        return value

    def _next(self, key: Hashable) -> Any:
        # Not always the first: some checks send from several threads at once.
        found = next((one for one in self._ahead if one.key == key), None)
        if found is None:
            raise OtherTapeError
        self._ahead.remove(found)
        return found.value

    def rewind(self) -> None:
        """Begin anew: up to the last write nothing is done, and what was read then is kept."""
        while self._kept and not self._kept[-1].writes:
            self._kept.pop()
        self._ahead = list(self._kept)


Method = TypeVar("Method", bound=Callable[..., Any])


def taped(act: Method) -> Method:
    """Make a method one that is done once, however often a check is made.

    Whoever it belongs to has the ``recorder`` of the run.
    """

    @wraps(act)
    def once(self: Any, *args: Any, **named: Any) -> Any:
        tape: Tape | None = self.recorder.tape
        if tape is None:
            return act(self, *args, **named)
        return tape.play(act.__name__, lambda: act(self, *args, **named))

    return cast("Method", once)


#: What a read that came too early can make of a check.
EARLY = (AssertionError, Unmet)


class Patience:
    """A context in which something is made that may have to be made again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tape = Tape()

    def __enter__(self) -> Patience:
        recorder = self._run.recorder
        self._outer, recorder.tape = recorder.tape, self._tape
        self._kept, self._names = len(recorder.current), self._run.payloads.state()
        return self

    def __exit__(self, *_: object) -> None:
        self._run.recorder.tape = self._outer

    def again(self, problem: AssertionError | Unmet, make: Callable[[], Value]) -> Value:
        """Call ``make`` until it holds, or until no write is on its way any more.

        Raises what it raised last, or ``problem`` when it was not called.
        """
        recorder, pause = self._run.recorder, FIRST_PAUSE
        while self._tape.is_whole and self._is_early():
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            recorder.forget_reads(self._kept)
            self._run.payloads.restore(self._names)
            self._tape.rewind()
            try:
                return make()
            except OtherTapeError:
                break
            except EARLY as found:
                problem = found
        raise problem

    def _is_early(self) -> bool:
        return time.monotonic() < self._run.recorder.written + self._run.target.settle


def patiently_made(run: Run, make: Callable[[], Value]) -> Value:
    """Call ``make``, and again while a write may be on its way and what it says does not hold."""
    if not run.target.settle:
        return make()
    with Patience(run) as patience:
        try:
            return make()
        except EARLY as problem:
            return patience.again(problem, make)
