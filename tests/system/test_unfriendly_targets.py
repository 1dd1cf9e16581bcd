"""Targets that cannot be judged: one clear sentence, exit status 10, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.unfriendly import (
    Behavior,
    answering,
    dripping,
    flooding,
    hanging,
    hanging_up,
    resetting,
    serving,
    tls_self_signed,
)
from tests.system.conftest import Judge, Judged

_PAGE = b"<!DOCTYPE html><html><title>Welcome</title></html>"

#: The memory that a run may have, in bytes; 1 GiB would not fit.
_MEMORY = 700 * 1024 * 1024

_LIMITED = f"""
import resource, runpy
resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
runpy.run_module("pytest", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def hasty(tmp_path: Path) -> str:
    """The option that names a target file with little patience."""
    path = tmp_path / "hasty.toml"
    path.write_text("[limits]\ntimeout = 1\nconnect_timeout = 1\nretry_after = 1\n", "utf-8")
    return f"--target-file={path}"


def sentence(judged: Judged) -> str:
    """The one line that a run has printed which could not begin."""
    assert judged.status == 10, judged.output
    assert judged.output.count("\n") == 1, judged.output
    assert "Traceback" not in judged.output
    assert not (judged.folder / "results.jsonl").exists()
    return judged.output


@pytest.mark.parametrize(
    ("behavior", "told"),
    [
        pytest.param(answering("404 Not Found"), "is the base URL right?", id="wrong-url"),
        pytest.param(
            answering("200 OK", _PAGE, "Content-Type: text/html"), "is a web site", id="html"
        ),
        pytest.param(
            answering("401 Unauthorized"), "refuses the credentials (401", id="wrong-token"
        ),
        pytest.param(hanging, "did not answer within 1 s", id="hangs"),
        pytest.param(resetting, "broke the connection off", id="resets"),
        pytest.param(
            dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "did not answer", id="never-ends"
        ),
        pytest.param(
            answering("429 Slow Down", b"", "Retry-After: 60"), "wants 60 s of pause", id="429"
        ),
    ],
)
def test_a_target_that_cannot_be_judged(
    judge: Judge, hasty: str, behavior: Behavior, told: str
) -> None:
    with serving(behavior) as server:
        judged = judge("--target", server.url, hasty, SCIM_TOKEN="s3cret-token")

    assert told in sentence(judged)
    assert server.url in judged.output
    assert "s3cret" not in judged.output


def test_workers_do_not_say_it_again(judge: Judge, hasty: str) -> None:
    with serving(hanging_up) as server:
        assert "closed the connection" in sentence(judge("--target", server.url, hasty, "-n", "2"))


def test_a_host_that_is_nowhere(judge: Judge, hasty: str) -> None:
    assert "nobody.invalid has no address" in sentence(
        judge("--target=https://nobody.invalid/scim/v2", hasty)
    )


def test_a_port_where_nothing_listens(judge: Judge, hasty: str) -> None:
    with serving(hanging) as server:
        url = server.url

    assert "refuses connections" in sentence(judge("--target", url, hasty))


def test_a_self_signed_certificate(judge: Judge, hasty: str, tmp_path: Path) -> None:
    with serving(answering("200 OK"), tls_self_signed(tmp_path)) as server:
        judged = judge("--target", server.url, hasty)

    assert "is self-signed; if it is right, name it as ca_bundle" in sentence(judged)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_a_flood_fits_into_little_memory(tmp_path: Path) -> None:
    with serving(flooding) as server:
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, "--target", server.url, "--report-dir", tmp_path],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert done.returncode == 10, done.stdout + done.stderr
    assert "the answer is larger than 8,388,608 bytes" in done.stderr
    assert server.sent < 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--target=https://u:s3cret@scim.example.com"], "has credentials in it"),
        (["--target=https://a.example", "--header=s3cret"], "'Name: value'"),
        (["--target-file=nowhere.toml"], "No such file"),
        (["--target=https://a.example", "--waivers=nowhere.toml"], "No such file"),
    ],
)
def test_a_mistake_on_the_command_line(judge: Judge, options: list[str], told: str) -> None:
    judged = judge(*options)

    assert judged.status == 4
    assert told in judged.output
    assert len(judged.output.split("\n")) <= 3, judged.output
    assert "s3cret" not in judged.output
    assert "Traceback" not in judged.output
