"""Patience with a target that says 429 Too Many Requests: it is obeyed, within a limit."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable

from conformance.wire import Answer

TOO_MANY = 429

#: So long is waited where the target does not say how long.
UNSAID = 1.0

#: A target that says 0 and means it not must not be asked in a tight loop.
_SHORTEST = 0.05


def patiently(send: Callable[[], Answer], limit: float) -> Answer:
    """What ``send`` answers at last; still 429 when the waits would come to more than ``limit``."""
    waited = 0.0
    while True:
        answer = send()
        if answer.status != TOO_MANY:
            return answer
        pause = max(_SHORTEST, retry_after(answer.header("Retry-After")))
        if waited + pause > limit:
            return answer
        time.sleep(pause)
        waited += pause


def retry_after(value: str | None) -> float:
    """Seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    parsed = email.utils.parsedate_tz(text)
    if parsed is None:
        return UNSAID
    try:
        return max(0.0, email.utils.mktime_tz(parsed) - time.time())
    except (ValueError, OverflowError):  # a day or a year that no calendar has
        return UNSAID
