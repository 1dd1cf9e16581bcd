"""Disturbances, named and seeded: what goes wrong between Okta and an endpoint in real life.

A fault strikes a request with a probability; the wire log names the one that
did.  After each of them the org comes to rest without duplicates, because
Okta looks before it creates.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import httpx


class Fault(StrEnum):
    """What can go wrong."""

    LOST_RESPONSE = "lost-response"
    TIMEOUT = "timeout"
    RESET = "reset"
    RATE_LIMIT = "rate-limit"
    SERVER_ERROR = "server-error"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    RACE = "race"


MEANING = {
    Fault.LOST_RESPONSE: "the server does what was asked, and its answer is lost",
    Fault.TIMEOUT: "the request is not answered within 60 seconds",
    Fault.RESET: "the connection is reset before the request arrives",
    Fault.RATE_LIMIT: "the answer is 429 with Retry-After",
    Fault.SERVER_ERROR: "the answer is 500, 502 or 503 from a gateway",
    Fault.SLOW: "the answer takes its time",
    Fault.DUPLICATE: "the request is delivered twice, but for the create of a group",
    Fault.REORDER: "jobs are done in another order",
    Fault.RACE: "groups are pushed before the accounts of their members exist",
}
#: Not of a single request: how the jobs of a run are ordered.
OF_THE_ORDER = frozenset({Fault.REORDER, Fault.RACE})


class FaultError(ValueError):
    """A fault that does not exist, or a rate that is none."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault strikes, from 0 to 1."""

    rates: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0
    #: How long a slow answer takes, and what Retry-After says, in seconds.
    delay: float = 0.05
    retry_after: int = 1

    def has(self, fault: Fault) -> bool:
        """Whether a fault is switched on at all."""
        return self.rates.get(fault, 0) > 0


def faults(text: str, *, seed: int = 0) -> Faults:
    """``all=0.02`` or ``timeout=0.1,reset=0.05``; raises FaultError."""
    rates: dict[Fault, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, rate = part.partition("=")
        try:
            chance = float(rate or "0.02")
        except ValueError:
            raise FaultError(f"fault {part!r}: say a rate from 0 to 1, as in {name}=0.02") from None
        if not 0 <= chance <= 1:
            raise FaultError(f"fault {part!r}: the rate must lie between 0 and 1")
        if name == "all":
            rates |= {one: chance for one in Fault if one not in OF_THE_ORDER}
        elif name in set(Fault):
            rates[Fault(name)] = chance
        else:
            raise FaultError(f"no fault {name!r}; choose from all, {', '.join(Fault)}")
    return Faults(rates, seed)


class FaultyTransport(httpx.AsyncBaseTransport):
    """A transport with a bad line behind it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, chosen: Faults) -> None:
        self._inner = inner
        self._faults = chosen
        self._random = random.Random(f"faults {chosen.seed}")  # noqa: S311  disturbance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, or have something go wrong."""
        fault = self._draw()
        if fault is None or (fault is Fault.DUPLICATE and _makes_a_group(request)):
            return await self._inner.handle_async_request(request)
        request.extensions = {**request.extensions, "fault": str(fault)}
        match fault:
            case Fault.TIMEOUT:
                raise httpx.ReadTimeout("Read timed out", request=request)
            case Fault.RESET:
                raise httpx.ReadError("Connection reset", request=request)
            case Fault.RATE_LIMIT:
                wait = str(self._faults.retry_after)
                return httpx.Response(429, headers={"Retry-After": wait}, request=request)
            case Fault.SERVER_ERROR:
                status = self._random.choice((500, 502, 503))
                return httpx.Response(status, text=f"error code: {status}", request=request)
            case Fault.SLOW:
                await asyncio.sleep(self._faults.delay)
                return await self._inner.handle_async_request(request)
            case Fault.DUPLICATE:
                first = await self._inner.handle_async_request(request)
                await first.aread()
                # Nobody waits for the answer to the second one.
                with contextlib.suppress(httpx.TransportError):
                    again = await self._inner.handle_async_request(request)
                    await again.aread()
                return first
            case _:
                lost = await self._inner.handle_async_request(request)
                await lost.aread()
                raise httpx.ReadError("Connection reset", request=request)

    def _draw(self) -> Fault | None:
        """The fault that strikes the next request, if one does."""
        for fault, rate in self._faults.rates.items():
            if fault not in OF_THE_ORDER and self._random.random() < rate:
                return fault
        return None

    async def aclose(self) -> None:
        """Close the line behind."""
        await self._inner.aclose()


def _makes_a_group(request: httpx.Request) -> bool:
    """RFC 7643 lets two groups have one name, so nothing could mend a second create."""
    return request.method == "POST" and request.url.path.endswith("/Groups")
