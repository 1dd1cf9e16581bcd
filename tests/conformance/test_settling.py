"""The tape: what was written is not written again, what is read last is read anew."""

from __future__ import annotations

import threading

import pytest

from conformance.settling import OtherTapeError, Tape


class Target:
    """Counts what reaches it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def take(self, what: str) -> str:
        """A request arrives; what comes back tells how often."""
        self.reached.append(what)
        return f"{what} {self.reached.count(what)}"


@pytest.fixture
def target() -> Target:
    """A target that nobody asked yet."""
    return Target()


def play(tape: Tape, target: Target, *whats: str) -> list[str]:
    """A check that sends ``whats``; those in capitals write."""
    return [
        tape.play(what, lambda what=what: target.take(what), writes=what.isupper())  # type: ignore[misc]
        for what in whats
    ]


def test_write_reaches_the_target_once_and_the_read_after_it_again(target: Target) -> None:
    tape = Tape()
    play(tape, target, "PUT", "get")
    tape.rewind()

    assert play(tape, target, "PUT", "get") == ["PUT 1", "get 2"]
    assert target.reached == ["PUT", "get", "get"]


def test_read_before_the_last_write_stays_what_it_was(target: Target) -> None:
    tape = Tape()
    play(tape, target, "get", "PUT", "get")
    tape.rewind()

    assert play(tape, target, "get", "PUT", "get") == ["get 1", "PUT 1", "get 3"]


def test_what_the_first_time_did_not_get_to_is_done(target: Target) -> None:
    tape = Tape()
    play(tape, target, "get")
    tape.rewind()
    play(tape, target, "get", "PUT")
    tape.rewind()

    assert play(tape, target, "get", "PUT", "get") == ["get 2", "PUT 1", "get 3"]


def test_another_write_is_not_sent(target: Target) -> None:
    tape = Tape()
    play(tape, target, "PUT", "PATCH")
    tape.rewind()

    with pytest.raises(OtherTapeError):
        play(tape, target, "DELETE")
    assert target.reached == ["PUT", "PATCH"]


def test_what_an_act_does_inside_is_part_of_it(target: Target) -> None:
    tape = Tape()

    def act() -> str:
        return "".join(play(tape, target, "PUT"))

    first = tape.play("act", act)
    tape.rewind()

    assert (first, tape.play("act", act), target.reached) == ("PUT 1", "PUT 1", ["PUT"])


def test_write_without_an_answer_ends_the_patience() -> None:
    tape = Tape()

    with pytest.raises(ZeroDivisionError):
        tape.play("PUT", lambda: 1 // 0)

    assert not tape.is_whole


def test_what_several_threads_send_is_found_in_any_order(target: Target) -> None:
    tape = Tape()
    threads = [threading.Thread(target=play, args=(tape, target, one)) for one in ("PUT", "PATCH")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    tape.rewind()

    assert play(tape, target, "PATCH", "PUT") == ["PATCH 1", "PUT 1"]
