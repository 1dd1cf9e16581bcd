"""How fast is the reference server, measured against a hello-world JSON route?

Both run in server processes of their own on the same uvicorn with the same
settings; one client keeps some requests in flight on kept-alive connections, in
turns, so that whatever else the machine does hits both.  Printed are requests
per second and the ratio to hello world.

    python benchmarks/reference_server.py [--seconds 2] [--users 100000]
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice, repeat
from typing import Any

HELLO = """
import socket, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def hello(request):
    return JSONResponse({"hello": "world"})
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(64)
print(listener.getsockname()[1], flush=True)
app = Starlette(routes=[Route("/hello", hello)])
config = uvicorn.Config(app, http="httptools", ws="none", lifespan="off", log_level="error",
                        access_log=False, proxy_headers=False, server_header=False)
uvicorn.Server(config).run(sockets=[listener])
"""

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
TOKEN = "benchmark"
GOALS = {"GET by id": 0.6, "userName eq": 0.6, "POST": 0.4, "PATCH": 0.4}
SCALE_GOAL = 1.5
IN_FLIGHT = 1


class Connection:
    """One kept-alive connection; the client must not be what is measured."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._socket.sendall(request)

    def receive(self) -> bytes:
        """The body of the answer, which must be a success."""
        received = self._more()
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        if not status.startswith(b"2"):
            raise RuntimeError(f"answered {status.decode()}: {body[:200].decode()}")
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise RuntimeError("the server closed the connection")
        return received


class Client:
    """So many connections to one server that it is never idle."""

    def __init__(self, port: int) -> None:
        self.connections = [Connection(port) for _ in range(IN_FLIGHT)]

    def ask(self, request: bytes) -> Any:
        """Send one request and return the JSON of its answer."""
        self.connections[0].send(request)
        return json.loads(self.connections[0].receive())

    def run(self, requests: list[bytes]) -> float:
        """Seconds that the server takes for these requests."""
        start = time.perf_counter()
        waiting: deque[Connection] = deque()
        for one in requests:
            free = waiting.popleft() if len(waiting) == IN_FLIGHT else None
            if free is None:
                free = self.connections[len(waiting)]
            else:
                free.receive()
            free.send(one)
            waiting.append(free)
        for one_left in waiting:
            one_left.receive()
        return time.perf_counter() - start


def request(method: str, path: str, value: object = None) -> bytes:
    """A request as bytes."""
    body = b"" if value is None else json.dumps(value).encode()
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {TOKEN}\r\n"
    if body:
        head += f"content-type: application/scim+json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def user(number: int) -> dict[str, object]:
    """A person as an identity provider sends one."""
    return {
        "schemas": [USER],
        "userName": f"user{number}@example.com",
        "externalId": f"00u{number}",
        "name": {"givenName": "Ada", "familyName": f"Number{number}"},
        "emails": [{"primary": True, "value": f"user{number}@example.com", "type": "work"}],
        "displayName": f"Ada Number{number}",
        "locale": "en-US",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }


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


@contextmanager
def reference_server() -> Iterator[Client]:
    """A client of a new reference server with its database in memory."""
    options = ("--port", "0", "--token", TOKEN, "--json")
    with process("-m", "reference_server", *options) as line:
        yield Client(int(json.loads(line)["url"].split(":")[2].split("/")[0]))


def rate(client: Client, requests: Iterator[bytes], seconds: float) -> float:
    """How many of the requests are answered in a second; making them is not counted."""
    done, elapsed = 0, 0.0
    while elapsed < seconds:
        batch = list(islice(requests, 100))
        elapsed += client.run(batch)
        done += len(batch)
    return done / elapsed


def fill(client: Client, users: int) -> None:
    """Create users in bulk."""
    for start in range(0, users, 500):
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": str(n), "data": user(n)}
            for n in range(start, min(start + 500, users))
        ]
        value = {"schemas": [BULK], "Operations": operations}
        client.ask(request("POST", "/scim/v2/Bulk", value))


def actions(client: Client, users: int) -> dict[str, Iterator[bytes]]:
    """The requests that are measured, by name."""
    numbers = count(users)
    created = client.ask(request("POST", "/scim/v2/Users", user(next(numbers))))
    path = f"/scim/v2/Users/{created['id']}"

    def rename(number: int) -> bytes:
        operation = {"op": "replace", "value": {"displayName": f"Ada {number}"}}
        value = {"schemas": [PATCH_OP], "Operations": [operation]}
        return request("PATCH", path, value)

    def equal(attribute: str, value: str) -> bytes:
        return request("GET", f"/scim/v2/Users?filter={attribute}%20eq%20%22{value}%22")

    return {
        "GET by id": repeat(request("GET", path)),
        "userName eq": (equal("userName", f"user{n % users}%40example.com") for n in count()),
        "externalId eq": (equal("externalId", f"00u{n % users}") for n in count()),
        "PATCH": (rename(number) for number in count()),
        "POST": (request("POST", "/scim/v2/Users", user(number)) for number in numbers),
    }


def compare_with_hello(seconds: float, rounds: int = 21) -> bool:
    """Print each action's ratio to hello world; whether all goals are met."""
    hellos = repeat(request("GET", "/hello"))
    with process("-c", HELLO) as line, reference_server() as scim:
        hello = Client(int(line))
        fill(scim, 100)
        measured = actions(scim, 100)
        rates: dict[str, list[float]] = {name: [] for name in measured}
        ratios: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(rounds):
            for name, requests in measured.items():
                base = rate(hello, hellos, seconds / rounds)
                rates[name].append(rate(scim, requests, seconds / rounds))
                ratios[name].append(rates[name][-1] / base)
    met = True
    for name in measured:
        ratio, goal = _median(ratios[name]), GOALS.get(name)
        met = met and (goal is None or ratio >= goal)
        wanted = f"  (goal {goal})" if goal else ""
        print(f"{name:<14} {_median(rates[name]):8.0f}/s  {ratio:5.2f} of hello world{wanted}")
    return met


def compare_sizes(seconds: float, users: int, rounds: int = 21) -> bool:
    """Print how much slower lookups are with many users; whether the goal is met."""
    names = ("userName eq", "externalId eq")
    with reference_server() as small, reference_server() as large:
        # The server closes connections that idle, so the one that takes long goes first.
        fill(large, users)
        fill(small, 100)
        few, many = actions(small, 100), actions(large, users)
        met = True
        for name in names:
            slower = _median(
                [
                    rate(small, few[name], seconds / rounds)
                    / rate(large, many[name], seconds / rounds)
                    for _ in range(rounds)
                ]
            )
            met = met and slower <= SCALE_GOAL
            print(
                f"{name:<14} at {users} users takes {slower:.2f} times as long (goal {SCALE_GOAL})"
            )
    return met


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> int:
    """Exit status 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--users", type=int, default=100_000)
    options = parser.parse_args()
    met = compare_with_hello(options.seconds)
    met = compare_sizes(options.seconds, options.users) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
