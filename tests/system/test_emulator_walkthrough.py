"""The guide, played by the command line against a real server in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.endpoints import Served, emulate, served


@pytest.fixture
def endpoint() -> Iterator[Served]:
    """A server with other people's data in it."""
    with served() as started:
        ada = started.create("Users", userName="ada.lovelace@example.com", displayName="Ada")
        started.create("Groups", displayName="harbour", members=[{"value": ada["id"]}])
        yield started


@pytest.mark.parametrize("app", ["kantega", "oin", "aiw"])
def test_every_step_succeeds_and_nothing_is_left(endpoint: Served, app: str) -> None:
    before = endpoint.resources("Users"), endpoint.resources("Groups")

    done = emulate(
        *("walkthrough", "--target", endpoint.url, "--app", app, "--json"),
        environment=endpoint.environment,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["succeeded"] is True
    assert [one["title"] for one in told["steps"] if one["problems"]] == []
    assert (endpoint.resources("Users"), endpoint.resources("Groups")) == before


@pytest.mark.parametrize(
    "options",
    [("--profile", "kantega"), ("--patch-status", "204"), ("--tenant", "ra8njxzor7o2")],
    ids=" ".join,
)
def test_servers_of_other_habits_succeed_too(options: tuple[str, ...]) -> None:
    with served(*options) as endpoint:
        before = endpoint.resources("Users"), endpoint.resources("Groups")
        done = emulate("walkthrough", "--target", endpoint.url, environment=endpoint.environment)

        assert done.returncode == 0, done.stdout + done.stderr
        assert (endpoint.resources("Users"), endpoint.resources("Groups")) == before


def test_the_reference_server_is_started_and_ended(tmp_path: Path) -> None:
    # The server inherits the variable, so that it could be found if it were left.
    mark = f"walkthrough-{tmp_path.name}-{os.getpid()}"
    environment = {**os.environ, "WALKTHROUGH_MARK": mark}

    done = emulate("walkthrough", "--target", "reference", environment=environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "26 of 26 steps succeeded" in done.stdout
    assert processes_with(mark) == []


def processes_with(mark: str) -> list[str]:
    """The processes that have ``mark`` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment:
            found.append(folder.name)
    return found


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_deletes_what_it_made(endpoint: Served, sent: signal.Signals) -> None:
    before = endpoint.resources("Users"), endpoint.resources("Groups")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "emulator", "walkthrough", "--target", endpoint.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=endpoint.environment,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Assign a group" in line:
            process.send_signal(sent)
            break
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 2, errors
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert (endpoint.resources("Users"), endpoint.resources("Groups")) == before


def test_a_server_that_never_answers_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = emulate(
            *("walkthrough", "--target", f"http://127.0.0.1:{silent.getsockname()[1]}/v2"),
            *("--behaviour", "read-seconds=1"),
            environment={**os.environ, "SCIM_TOKEN": "some-token"},
        )

    assert done.returncode == 10
    assert re.fullmatch(r"error: http://\S+ can't be used: .*timed out\n", done.stderr)


def test_a_port_where_nobody_listens_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = emulate(
        *("push", "--target", f"http://127.0.0.1:{port}/v2", "--users", "3"),
        *("--journal", os.devnull),
        environment={**os.environ, "SCIM_TOKEN": "some-token"},
    )

    assert done.returncode == 10
    assert re.fullmatch(rf"error: \S+ can't be used: .*127\.0\.0\.1:{port} failed.*\n", done.stderr)
