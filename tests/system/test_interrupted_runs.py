"""Runs that end before their end: what was found is kept, and what was made can be deleted."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conformance.unfriendly import Server, serving
from tests.system.conftest import Judge

_TOKEN = "a-token-for-this-test"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference server that outlives the run."""

    url: str

    def names(self) -> list[str]:
        """The user names and group names that are there."""
        return [one["userName"] for one in self._listed("/Users")] + [
            one["displayName"] for one in self._listed("/Groups")
        ]

    def _listed(self, path: str) -> list[dict[str, Any]]:
        request = urllib.request.Request(
            self.url + path, headers={"Authorization": f"Bearer {_TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer).get("Resources", [])
        return found


@pytest.fixture
def reference() -> Iterator[Reference]:
    process = subprocess.Popen(
        [sys.executable, "-m", "reference_server", "--port=0", "--json", f"--token={_TOKEN}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Reference(json.loads(process.stdout.readline())["url"])
    finally:
        process.kill()
        process.communicate()


@dataclass
class Front:
    """Passes requests on to a server, until it is told to be silent."""

    port: int
    passed: int = 0
    last: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, server: Server, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as behind:
            answers = threading.Thread(target=self._answer, args=(behind, client), daemon=True)
            answers.start()
            while request := server.ask(client):
                with self.lock:
                    self.passed += 1
                    silent = self.last is not None and self.passed > self.last
                if silent:
                    server.closing.wait(5)
                    break
                behind.sendall(request)
            with suppress(OSError):
                behind.shutdown(socket.SHUT_RDWR)
            answers.join(timeout=5)

    def _answer(self, behind: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := behind.recv(65_536):
                client.sendall(data)


@contextmanager
def fronted(reference: Reference, last: int) -> Iterator[tuple[Server, Front]]:
    """The reference server behind a front that is silent after its ``last`` request."""
    front = Front(urlsplit(reference.url).port or 80, last=last)
    with serving(front) as server:
        yield server, front


def clean(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conformance.cli", "clean", "--target", url]
    return subprocess.run(
        [*command, "--report-dir", str(folder), "--token", _TOKEN],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until ``holds``; a minute is for slow machines."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_target_that_dies_on_the_way(judge: Judge, reference: Reference, tmp_path: Path) -> None:
    hasty = tmp_path / "hasty.toml"
    hasty.write_text("[limits]\ntimeout = 1\nconnect_timeout = 1\n", "utf-8")
    with fronted(reference, last=150) as (server, front):
        judged = judge(
            "--target", server.url, f"--target-file={hasty}", "--no-views", SCIM_TOKEN=_TOKEN
        )

        assert judged.status == 10, judged.output
        assert "Traceback" not in judged.output
        assert judged.counts["conforms"] > 20
        assert judged.counts["violates"] == judged.counts["broken"] == 0, judged.output
        end = judged.lines[-1]
        assert (end["type"], end["exit"]) == ("end", 10)
        assert any("gave no answer" in note for note in end["notes"])
        assert reference.names() != []

        front.last = None
        cleaned = clean(server.url, judged.folder)

    assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
    assert reference.names() == []
    assert not (judged.folder / "created.jsonl").exists()


def begun(reference: Reference, folder: Path) -> subprocess.Popen[bytes]:
    """A run in the middle of its checks."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-views"]
    run = subprocess.Popen(
        [*command, "--target", reference.url, "--token", _TOKEN, "--report-dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    results = folder / "results.jsonl"
    eventually(lambda: results.exists() and results.read_bytes().count(b"\n") > 20)
    return run


def test_a_run_that_is_killed(reference: Reference, tmp_path: Path) -> None:
    run = begun(reference, tmp_path)
    run.kill()
    run.wait()

    assert (tmp_path / "created.jsonl").exists()
    assert reference.names() != []
    assert '"type":"end"' not in (tmp_path / "results.jsonl").read_text("utf-8")

    cleaned = clean(reference.url, tmp_path)

    assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
    assert reference.names() == []
    assert not (tmp_path / "created.jsonl").exists()


def test_a_run_that_is_interrupted_cleans_up_itself(reference: Reference, tmp_path: Path) -> None:
    run = begun(reference, tmp_path)
    run.send_signal(signal.SIGINT)

    assert run.wait(timeout=60) == 2
    assert reference.names() == []
    assert not (tmp_path / "created.jsonl").exists()
    end = json.loads((tmp_path / "results.jsonl").read_text("utf-8").splitlines()[-1])
    assert (end["type"], end["exit"]) == ("end", 2)
