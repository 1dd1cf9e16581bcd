"""How fast does the emulator push an org, measured against a bare client?

The same org is pushed into a stub that answers at once, in turns with a bare
client: the same transport, as many requests in flight, the very same requests,
already made.  Then it is pushed into the reference server.  Printed are
requests per second, the ratio to the bare client, the requests per user (which
are Okta's, no more), and the memory of an org that is at rest.

    python -m benchmarks.emulator [--users 10000] [--groups 200] [--largest 5000]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from emulator import Credentials, OktaOrg, connection
from emulator.pushing import Outcome, Plan, prepare, push
from emulator.sequences import kind
from emulator.transport import OktaTransport
from emulator.wirelog import Entry

TOKEN = "benchmark"
GOAL = 0.8
MEMORY_GOAL = 3_000
#: What one new person costs: a lookup and a create.
PER_USER = 2

# Answers at once and keeps nothing: a lookup finds nobody, a create has a new id.
STUB = """
import asyncio, itertools
numbers = itertools.count(1)
EMPTY = (b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],'
         b'"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}')
FOUND = (b"HTTP/1.1 200 OK\\r\\nContent-Type: application/scim+json\\r\\n"
         b"Content-Length: %d\\r\\n\\r\\n")
LIST = FOUND % len(EMPTY) + EMPTY
DONE = b"HTTP/1.1 204 No Content\\r\\n\\r\\n"
class Stub(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        while True:
            head, end, rest = self.data.partition(b"\\r\\n\\r\\n")
            if not end:
                return
            at = head.find(b"Content-Length: ")
            length = int(head[at + 16 : head.find(b"\\r", at)]) if at >= 0 else 0
            if len(rest) < length:
                return
            self.data = rest[length:]
            self.transport.write(answer(head))
def answer(head):
    if head.startswith(b"GET"):
        return LIST
    if head.startswith(b"POST"):
        body = b'{"id":"%d"}' % next(numbers)
        return FOUND.replace(b"200 OK", b"201 Created") % len(body) + body
    return DONE
async def main():
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def process(*command: str) -> Iterator[str]:
    """A server process; yields the first line that it prints."""
    running = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        yield running.stdout.readline()
    finally:
        running.terminate()
        running.wait()


@dataclass
class Pushed:
    """What one push has done."""

    outcome: Outcome
    requests: list[httpx.Request] = field(default_factory=list)
    shapes: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.outcome.requests / self.outcome.seconds


class Recording(OktaTransport):
    """Keeps the requests, for the bare client to send them again."""

    def __init__(self, limit: int, kept: list[httpx.Request]) -> None:
        super().__init__(limit)
        self._kept = kept

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send and keep."""
        self._kept.append(request)
        return await super().handle_async_request(request)


def pushed(url: str, options: argparse.Namespace, *, is_recorded: bool = False) -> Pushed:
    """Push a generated org as ``okta-emulator push`` does."""
    made = connection(url, Credentials(secret=TOKEN))
    plan = Plan(made, "oin", None, options.users, options.groups, options.largest)
    requests: list[httpx.Request] = []
    limit = options.concurrency + 2
    okta = OktaOrg(
        concurrency=options.concurrency,
        transport=lambda: Recording(limit, requests) if is_recorded else OktaTransport(limit),
    )
    integration = prepare(okta, plan)
    shapes: Counter[str] = Counter()

    def note(entry: Entry) -> None:
        shapes[kind(entry)] += 1

    if is_recorded:
        integration.wire.observers.append(note)

    async def run() -> Outcome:
        try:
            return await push(okta, plan)
        finally:
            await okta.aclose()

    return Pushed(asyncio.run(run()), requests, shapes)


def bare(requests: list[httpx.Request], concurrency: int) -> float:
    """Requests per second of a client that sends these requests and does nothing else.

    It is given method, address, header lines and body, as any client is.
    """
    waiting = [
        (
            one.method,
            str(one.url),
            one.headers.multi_items(),
            one.content if one.method != "GET" else None,
        )
        for one in reversed(requests)
    ]

    async def work(line: OktaTransport) -> None:
        while waiting:
            method, url, headers, content = waiting.pop()
            request = httpx.Request(method, url, headers=headers, content=content)
            answer = await line.handle_async_request(request)
            await answer.aread()

    async def run() -> float:
        line = OktaTransport(concurrency + 2)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work(line))
        seconds = time.perf_counter() - began
        await line.aclose()
        return seconds

    return len(requests) / asyncio.run(run())


def compare_with_bare(options: argparse.Namespace) -> bool:
    """Print the ratio to the bare client, and the requests per user; whether the goals are met."""
    with process("-c", STUB) as line:
        url = f"http://127.0.0.1:{int(line)}/scim/v2"
        first = pushed(url, options, is_recorded=True)
        ratios, rates = [], []
        for _ in range(options.rounds):
            base = bare(first.requests, options.concurrency)
            rates.append((base, pushed(url, options).rate))
            ratios.append(rates[-1][1] / base)
    ratio = sorted(ratios)[len(ratios) // 2]
    base, rate = sorted(rates, key=lambda one: one[1] / one[0])[len(rates) // 2]
    print(f"stub: emulator {rate:.0f}/s, bare client {base:.0f}/s, ratio {ratio:.2f} (goal {GOAL})")
    of_users = sum(n for name, n in first.shapes.items() if name.endswith("/Users"))
    print(f"requests per user {of_users / options.users:.3f} (Okta's sequence has {PER_USER})")
    print("  " + ", ".join(f"{name} {n}" for name, n in sorted(first.shapes.items())))
    return ratio >= GOAL and of_users == PER_USER * options.users


def push_into_reference(options: argparse.Namespace) -> bool:
    """Print how fast the whole org is in the reference server."""
    command = ("-m", "reference_server", "--port", "0", "--token", TOKEN, "--json")
    with process(*command) as line:
        found = pushed(str(json.loads(line)["url"]), options)
    outcome = found.outcome
    print(
        f"reference server: {outcome.users_done} users and {outcome.groups_done} groups in "
        f"{outcome.seconds:.1f} s, {found.rate:.0f} requests/s, {len(outcome.tasks)} tasks"
    )
    return outcome.is_complete


def measure_memory(options: argparse.Namespace) -> bool:
    """Print what a person at rest takes, for two sizes of org; whether it is linear and small."""
    with process("-c", STUB) as line:
        url = f"http://127.0.0.1:{int(line)}/scim/v2"
        small, large = (
            _memory(url, users, options.concurrency)
            for users in (options.users // 4, options.users)
        )
    print(
        f"memory per idle user: {small:.0f} bytes of {options.users // 4}, {large:.0f} bytes "
        f"of {options.users} (goal {MEMORY_GOAL})"
    )
    return large < MEMORY_GOAL and large < 1.2 * small


def _memory(url: str, users: int, concurrency: int) -> float:
    plan = Plan(connection(url, Credentials(secret=TOKEN)), "oin", None, users)
    gc.collect()
    tracemalloc.start()
    okta = OktaOrg(concurrency=concurrency, transport=lambda: OktaTransport(concurrency + 2))
    prepare(okta, plan)

    async def run() -> None:
        await push(okta, plan)
        await okta.aclose()

    asyncio.run(run())
    okta.integration.wire.entries.clear()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / users


def main() -> int:
    """Exit status 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--largest", type=int, default=5_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    met = compare_with_bare(options)
    met = push_into_reference(options) and met
    met = measure_memory(options) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
