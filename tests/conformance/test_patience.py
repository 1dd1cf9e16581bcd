"""429 is obeyed within a limit; Retry-After is read in all its forms."""

from __future__ import annotations

import email.utils
import time

import pytest

from conformance import patience
from conformance.wire import Answer


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("9" * 400, float("inf")),
        (None, patience.UNSAID),
        ("", patience.UNSAID),
        ("soon", patience.UNSAID),
        ("-5", patience.UNSAID),
        ("Tue, 01 Jan 99999 00:00:00 GMT", patience.UNSAID),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read(value: str | None, seconds: float) -> None:
    assert patience.retry_after(value) == seconds


def test_retry_after_may_be_a_date() -> None:
    value = email.utils.formatdate(time.time() + 3600, usegmt=True)

    assert 3500 < patience.retry_after(value) <= 3600


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; nobody really waits."""
    pauses: list[float] = []
    monkeypatch.setattr("conformance.patience.time.sleep", pauses.append)
    return pauses


def told(status: int, *pause: str) -> Answer:
    return Answer(status, "", "HTTP/1.1", [("retry-after", one) for one in pause], b"", 0.0)


def test_it_waits_as_long_as_it_is_told(slept: list[float]) -> None:
    answers = iter([told(429, "3"), told(429), told(200)])

    assert patience.patiently(lambda: next(answers), 60).status == 200
    assert slept == [3.0, patience.UNSAID]


def test_it_gives_up_at_the_limit_and_shows_the_refusal(slept: list[float]) -> None:
    assert patience.patiently(lambda: told(429, "25"), 60).status == 429
    assert slept == [25.0, 25.0]


def test_it_does_not_wait_at_all_for_what_is_too_long(slept: list[float]) -> None:
    assert patience.patiently(lambda: told(429, "61"), 60).status == 429
    assert slept == []


def test_a_target_that_says_zero_is_not_asked_for_ever(slept: list[float]) -> None:
    assert patience.patiently(lambda: told(429, "0"), 1).status == 429
    assert 0 < len(slept) <= 20
