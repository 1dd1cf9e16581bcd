"""The benchmarks run and say what they measured; how fast is not asked here."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.replay import recorded


def test_benchmark_of_the_emulator_prints_what_it_measured() -> None:
    size = ("--users", "20", "--groups", "2", "--largest", "5", "--rounds", "1")

    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.emulator", *size],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert told.stderr == ""
    for line in ("stub: emulator", "requests per user 2.000", "reference server: 20 users"):
        assert line in told.stdout
    assert "memory per idle user" in told.stdout


def test_ids_that_a_server_gave_out_are_cut_out_of_later_requests() -> None:
    made = {"method": "POST", "target": "/Users", "headers": {}, "body": "{}", "status": 201}
    read = {
        "method": "GET",
        "target": "/Users/a1?count=1",
        "headers": {},
        "body": "",
        "status": 200,
    }

    first, second = recorded([{**made, "answer": '{"id": "a1"}'}, {**read, "answer": "{}"}])

    assert (first.makes, second.target) == ("#0", ["/Users/", "#0", "?count=1"])
