"""A large push over a bad line, killed in the midst of it, and taken up again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.directory import Directory
from emulator.people import populate
from tests.emulator.right_server import listed

_TOKEN = "a-token-for-this-push"
_USERS, _GROUPS, _LARGEST = 2_000, 20, 500
_LIMIT = 240.0


@pytest.fixture
def url() -> Iterator[str]:
    """The base URL of a reference server of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reference_server", "--port=0", "--json", f"--token={_TOKEN}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _pushing(url: str, journal: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    arguments = [
        *(sys.executable, "-m", "emulator", "push", f"--target={url}"),
        *(f"--users={_USERS}", f"--groups={_GROUPS}", f"--largest={_LARGEST}"),
        *("--concurrency=6", "--faults=all=0.02,race,reorder", "--fast-clock", "--retries=20"),
        *(f"--journal={journal}", "--json", *options),
    ]
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SCIM_TOKEN": _TOKEN},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for_lines(process: subprocess.Popen[str], journal: Path, count: int) -> None:
    """Return when the journal shows so much progress, or the push has ended."""
    end = time.monotonic() + _LIMIT
    while time.monotonic() < end and process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.01)


def _wanted() -> tuple[list[str], dict[str, list[str]]]:
    """The logins of the org, and the logins of the members of each group."""
    org = Directory()
    populate(org, users=_USERS, groups=_GROUPS, largest=_LARGEST)
    groups = [one for one in org.groups.values() if one is not org.everyone]
    return sorted(one.login for one in org.users.values()), {
        group.name: sorted(org.users[one].login for one in org.members(group)) for group in groups
    }


def _found(url: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The names of the accounts, and each group with the names of its members."""

    async def read() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        return await listed(url, "/Users", _TOKEN), await listed(url, "/Groups", _TOKEN)

    users, groups = asyncio.run(read())
    assert all(one["active"] for one in users)
    names = {one["id"]: one["userName"] for one in users}
    return sorted(names.values()), [
        (one["displayName"], sorted(names[member["value"]] for member in one.get("members", ())))
        for one in groups
    ]


@pytest.mark.parametrize("app", ["oin", "aiw"])
def test_a_killed_push_ends_with_the_orgs_people_and_members(
    url: str, tmp_path: Path, app: str
) -> None:
    journal = tmp_path / "push.jsonl"
    with _pushing(url, journal, f"--app={app}") as first:
        _wait_for_lines(first, journal, _USERS // 2)
        first.send_signal(signal.SIGKILL)
        assert first.wait(timeout=_LIMIT) == -signal.SIGKILL

    with _pushing(url, journal, f"--app={app}", "--resume") as second:
        output, errors = second.communicate(timeout=_LIMIT)
    assert (second.returncode, errors) == (0, "")
    outcome = json.loads(output)
    assert outcome["complete"] is True
    # Who is in the journal is left alone: a push from the beginning takes two requests a person.
    assert outcome["requests"] < 2 * _USERS

    people, groups = _found(url)
    wanted_people, wanted_groups = _wanted()
    assert people == wanted_people
    assert len(groups) == len(wanted_groups)
    assert dict(groups) == wanted_groups
    assert _TOKEN not in journal.read_text("utf-8") + output
