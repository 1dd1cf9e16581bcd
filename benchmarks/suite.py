"""How fast is the judge: beside a bare client, beside its peers, and against a slow target?

    python -m benchmarks.suite [--rounds 3] [--latency 0.1] [--cache DIR]

1. The whole judge, as a command, in turns with a command that sends the very same requests
   with a bare ``httpx.Client`` (``benchmarks.replay``).
2. The whole judge on all cores.
3. The suites scim2-cli and scim-sanity on the same server.
4. The judge against a server that answers after ``--latency`` seconds, sequentially and with
   ``-n 8``.

Every ratio is of figures that were measured in this run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.replay import write
from tests.foreign import peers

TOKEN = peers.TOKEN
REPLAY_GOAL = 2.0
WHOLE_GOAL = 20.0
REQUESTS_GOAL = 6.0
LATENCY_GOAL = 5.0
#: So many workers wait for a slow target at the same time.
WORKERS = 8

#: The judge as its users have it, without the plugins that only its developers install.
_PYTEST = [
    *(sys.executable, "-m", "pytest"),
    *(f"-pno:{name}" for name in ("hypothesispytest", "randomly", "respx")),
]
_JUDGED = {"conforms", "violates", "deviates", "declines"}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the judge: the seconds of the whole command, and how many it judged."""

    seconds: float
    judged: int


# Servers ------------------------------------------------------------------------------------


@contextmanager
def server(*command: str) -> Iterator[str]:
    """A reference server in a process of its own; yields its base URL."""
    options = ["--port", "0", "--json", "--token", TOKEN]
    with subprocess.Popen(
        [sys.executable, "-m", *command, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline() if process.stdout else "{}"
        try:
            yield str(json.loads(line)["url"])
        finally:
            process.terminate()


@contextmanager
def observed(seconds: float = 0.0) -> Iterator[tuple[str, Callable[[], list[dict[str, Any]]]]]:
    """A server that writes down what it is asked; yields its URL, and how to read that."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "asked.jsonl"

        def asked() -> list[dict[str, Any]]:
            return [json.loads(line) for line in kept.read_text("utf-8").splitlines()]

        with server("benchmarks.observed_server", str(kept), str(seconds)) as url:
            yield url, asked


def judge(url: str, *options: str) -> Run:
    """Run the whole judge against ``url``, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*_PYTEST, "-q", "--no-views", f"--report-dir={folder}"]
        started = time.perf_counter()
        done = subprocess.run(
            [*command, f"--target={url}", *options],
            env={**os.environ, "SCIM_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            sys.exit(f"the judge ended with {done.returncode}: {done.stdout.decode()[-800:]}")
        lines = (Path(folder) / "results.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return Run(seconds, sum(1 for one in rows if one.get("verdict") in _JUDGED))


def replay(url: str, requests: Path) -> tuple[float, int]:
    """Send what was recorded with a bare client; returns seconds, and how many answers alike."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.replay", str(requests), url],
        stdout=subprocess.PIPE,
        check=True,
    )
    return time.perf_counter() - started, int(done.stdout)


# What is measured ---------------------------------------------------------------------------


def beside_a_bare_client(rounds: int) -> bool:
    """The judge and the bare client in turns, each with a fresh server."""
    ours, bare, alike = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        requests = Path(folder) / "requests.json"
        with observed() as (url, asked):
            judge(url)
            number = write(requests, asked())
        for _ in range(rounds):
            with server("reference_server") as url:
                ours.append(judge(url))
            with server("reference_server") as url:
                seconds, alike = replay(url, requests)
                bare.append(seconds)
    whole, theirs = statistics.median(one.seconds for one in ours), statistics.median(bare)
    start = statistics.median(_start() for _ in range(rounds))
    judged = ours[0].judged
    say(f"judge, sequential            {whole:6.2f} s  {number} requests, {judged} judged")
    say(f"bare httpx, same requests    {theirs:6.2f} s  {alike} answered with the same status")
    say(f"  of the judge's time: starting and collecting {start:.2f} s, requests {theirs:.2f} s,")
    say(f"  fixtures, expectations, evidence, invariants {whole - start - theirs:.2f} s")
    per_verdict = number / judged
    return all(
        [
            goal("ratio to the bare client", whole / theirs, at_most=REPLAY_GOAL),
            goal("requests per verdict", per_verdict, at_most=REQUESTS_GOAL),
        ]
    )


def _start() -> float:
    """Seconds to start, load and collect everything, and ask nothing."""
    started = time.perf_counter()
    subprocess.run(
        [*_PYTEST, "-q", "--collect-only", "--target=reference"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def on_all_cores(rounds: int) -> bool:
    """The whole judge with ``-n auto``, the start of the server included."""
    found = []
    for _ in range(rounds):
        with server("reference_server") as url:
            found.append(judge(url, "-n", "auto").seconds)
    return goal("seconds with -n auto", statistics.median(found), at_most=WHOLE_GOAL)


def beside_peers(cache: Path) -> None:
    """Requests, seconds and judgements of the other suites, and of ours."""
    suites: dict[str, Callable[[str], int]] = {
        "scimproof": lambda url: judge(url).judged,
        "scim2-cli": lambda url: len(peers.judgements_of_scim2_cli(cache, url)),
        "scim-sanity": lambda url: len(peers.judgements_of_scim_sanity(cache, url)),
    }
    for name, run in suites.items():
        with observed() as (url, _):
            # What is installed once is no part of a run.
            run(url)
        with observed() as (url, asked):
            started = time.perf_counter()
            judged = run(url)
            seconds = time.perf_counter() - started
            number = len(asked())
        say(
            f"{name:<12} {number:5} requests  {seconds:6.2f} s  {judged:4} judgements  "
            f"{judged / seconds:6.1f} per second"
        )


def against_a_slow_target(latency: float) -> bool:
    """The judge against a server that takes its time, alone and with many workers."""
    with observed(latency) as (url, _):
        alone = judge(url)
    with observed(latency) as (url, _):
        together = judge(url, "-n", str(WORKERS))
    say(
        f"{latency * 1000:.0f} ms latency: sequential {alone.seconds:.1f} s, "
        f"-n {WORKERS} {together.seconds:.1f} s"
    )
    return goal("times faster", alone.seconds / together.seconds, at_least=LATENCY_GOAL)


def goal(
    what: str, value: float, *, at_most: float | None = None, at_least: float | None = None
) -> bool:
    """Print a figure beside what it should be; returns whether it is."""
    is_met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    wanted = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}"
    say(f"  {what}: {value:.2f} ({wanted}){'' if is_met else '  MISSED'}")
    return is_met


def say(text: str) -> None:
    """Print at once; a run takes minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Measure all; the exit status is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--cache", type=Path, default=Path(".nox/peers"))
    given = parser.parse_args()
    met = [beside_a_bare_client(given.rounds), on_all_cores(given.rounds)]
    beside_peers(given.cache.absolute())
    met.append(against_a_slow_target(given.latency))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
