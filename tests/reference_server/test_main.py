"""The program: its command line, its limits, and what survives a kill."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from reference_server.__main__ import main
from reference_server.defects import all_defects
from reference_server.protocol import MAX_HEAD
from tests.reference_server.conftest import GROUP, PATCH_OP, USER

TOKEN = "secret-of-the-test"


@dataclass
class Server:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    token: str

    def request(self, method: str, path: str, value: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer, over a new connection."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {"authorization": f"Bearer {self.token}", **headers}
        body = None
        if value is not None:
            body = json.dumps(value)
            named["content-type"] = "application/scim+json"
        connection.request(method, f"/scim/v2{path}", body, named)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None

    def raw(self, *pieces: bytes) -> bytes:
        """What comes back when these bytes are sent and nothing else."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
            except OSError:
                pass  # the server has said enough
            received = b""
            try:
                while more := connection.recv(65536):
                    received += more
            except ConnectionResetError:
                pass
        return received

    def memory(self) -> int:
        """Resident memory in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(*options: str, token: str | None = TOKEN) -> Iterator[Server]:
    environment = {**os.environ, "SCIM_TOKEN": token or ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "reference_server", "--port", "0", "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    try:
        yield Server(process, int(line["url"].split(":")[2].split("/")[0]), token or line["token"])
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as one:
        yield one


def user(name: str) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name}


def test_a_generated_token_opens_the_server() -> None:
    with running(token=None) as server:
        assert len(server.token) > 40
        assert server.request("GET", "/Users")[0] == 200
        server.token = "other"
        assert server.request("GET", "/Users")[0] == 401


def test_it_stops_when_told() -> None:
    with running() as server:
        server.request("GET", "/Users")
        server.process.send_signal(signal.SIGINT)
        _, said = server.process.communicate(timeout=10)
        assert (server.process.returncode, said) == (0, "")


def test_people_read_lines() -> None:
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--tenant", "acme"]
    environment = {key: value for key, value in os.environ.items() if key != "SCIM_TOKEN"}
    with subprocess.Popen(
        [*command, "--tenant", "other"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.terminate()
    assert lines[0].startswith("SCIM base URL: http://127.0.0.1:")
    assert lines[0].endswith("/scim/acme/v2\n")
    assert lines[1].startswith("Token: ")
    assert lines[2].endswith("/scim/other/v2\n")
    assert lines[3] != lines[1]


def test_readiness_goes_to_a_file_descriptor() -> None:
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--token", "t"]
    with subprocess.Popen([*command, "--ready-fd", str(writer)], pass_fds=[writer]) as process:
        os.close(writer)
        with os.fdopen(reader) as stream:
            line = json.loads(stream.read())
        process.terminate()
    assert line["url"].startswith("http://127.0.0.1:")
    assert line["token"] is None


def test_server_ends_with_its_standard_input() -> None:
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--token", "t"]
    with subprocess.Popen(
        [*command, "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"SCIM base URL")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    database = str(tmp_path / "scim.db")
    with running("--database", database) as server:
        names = []
        for number in range(20):
            assert server.request("POST", "/Users", user(f"user{number}"))[0] == 201
            names.append(f"user{number}")
        server.process.kill()
    with running("--database", database, token=None) as server:
        server.token = TOKEN
        listed = server.request("GET", "/Users")[1]
        assert [one["userName"] for one in listed["Resources"]] == names
        assert server.request("POST", "/Users", user("USER7"))[0] == 409


def test_parallel_creates_of_one_name_make_one_user(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: server.request("POST", "/Users", user("twin"))[0], range(24))
    assert sorted(answers) == [201] + [409] * 23


def test_parallel_member_adds_lose_none(server: Server) -> None:
    group = server.request("POST", "/Groups", {"schemas": [GROUP], "displayName": "g"})[1]

    def add(number: int) -> int:
        operation = {"op": "add", "path": "members", "value": [{"value": f"member{number}"}]}
        value = {"schemas": [PATCH_OP], "Operations": [operation]}
        return server.request("PATCH", f"/Groups/{group['id']}", value)[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(40))) == {200}
    members = server.request("GET", f"/Groups/{group['id']}")[1]["members"]
    assert len(members) == 40


def head(*lines: str) -> bytes:
    return "\r\n".join(
        [*lines, f"authorization: Bearer {TOKEN}", "connection: close", "", ""]
    ).encode()


def scim_error(answer: bytes) -> tuple[int, Any]:
    """Status and error of a raw answer."""
    start, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/scim+json" in start
    error = json.loads(body)
    status = int(start.split()[1])
    assert error["status"] == str(status)
    return status, error


def test_an_endless_head_is_refused(server: Server) -> None:
    before = server.memory()
    endless = [b"GET /scim/v2/Users HTTP/1.1\r\nx: "] + [b"x" * 65536] * 400
    assert scim_error(server.raw(*endless))[0] == 431
    many = [b"GET /scim/v2/Users HTTP/1.1\r\n"] + [b"x: y\r\n" * 10_000] * 200
    assert scim_error(server.raw(*many))[0] == 431
    assert scim_error(server.raw(b"GET /" + b"x" * 65536, *[b"x" * 65536] * 400))[0] == 431
    assert server.memory() - before < 20_000_000


def test_endless_trailers_are_refused(server: Server) -> None:
    start = head("POST /scim/v2/Users HTTP/1.1", "transfer-encoding: chunked")
    answer = server.raw(start, b"0\r\nx: ", *[b"x" * 65536] * 100)
    assert int(answer.split()[1]) in {400, 431}


def test_a_long_filter_is_refused(server: Server) -> None:
    for length in (10_000, 100_000, MAX_HEAD + 10_000):
        line = f"GET /scim/v2/Users?filter={'a' * length} HTTP/1.1"
        status, error = scim_error(server.raw(head(line)))
        assert (status, error.get("scimType")) in {(400, "invalidFilter"), (414, None), (431, None)}


def test_a_large_body_is_refused_before_it_is_read(server: Server) -> None:
    before = server.memory()
    start = head("POST /scim/v2/Users HTTP/1.1", "content-length: 100000000")
    assert scim_error(server.raw(start))[0] == 413
    chunked = head("POST /scim/v2/Users HTTP/1.1", "transfer-encoding: chunked")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert int(server.raw(chunked, *[chunk] * 200, b"0\r\n\r\n").split()[1]) == 413
    assert server.memory() - before < 20_000_000


@pytest.mark.parametrize("line", ["nonsense", "GET /\x01 HTTP/1.1", "GET * HTTP/9.9", "\x00\x01"])
def test_what_is_no_http_is_refused(server: Server, line: str) -> None:
    assert scim_error(server.raw(head(line)))[0] == 400


def test_an_interim_answer_is_sent_at_once(server: Server) -> None:
    body = json.dumps(user("patient")).encode()
    start = head(
        "POST /scim/v2/Users HTTP/1.1", "expect: 100-continue", f"content-length: {len(body)}"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(start)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 201 ")


def test_requests_may_be_pipelined(server: Server) -> None:
    one = f"GET /scim/v2/Users?count=0 HTTP/1.1\r\nauthorization: Bearer {TOKEN}\r\n\r\n".encode()
    answers = server.raw(one * 5 + head("GET /scim/v2/Groups?count=0 HTTP/1.1"))
    assert answers.count(b"HTTP/1.1 200 OK") == 6


def test_large_answers_are_compressed_for_who_can_read_it(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"authorization": f"Bearer {TOKEN}", "accept-encoding": "gzip"}
    connection.request("GET", "/scim/v2/Schemas", headers=headers)
    answer = connection.getresponse()
    assert answer.getheader("content-encoding") == "gzip"
    assert json.loads(gzip.decompress(answer.read()))["totalResults"] > 2
    connection.request("GET", "/scim/v2/Users?count=0", headers=headers)
    small = connection.getresponse()
    assert small.getheader("content-encoding") is None
    assert json.loads(small.read())["totalResults"] >= 0
    connection.close()


def test_a_defect_is_served() -> None:
    with running("--defect", "answers-duplicates-with-400") as server:
        assert server.request("POST", "/Users", user("ada"))[0] == 201
        assert server.request("POST", "/Users", user("ada"))[0] == 400


def test_defects_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-defects"]) == 0
    text = capsys.readouterr().out
    assert main(["--list-defects", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["name"] for one in listed} == set(all_defects())
    for one in listed:
        assert one["name"] in text
        assert one["does"] in text
        assert one["requirement"] in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--defect", "nothing"], "no defect 'nothing'"),
        (["--host", "203.0.113.1", "--token", "t"], "cannot listen on 203.0.113.1"),
        (["--database", "/nowhere/scim.db"], "cannot be opened"),
        (["--tenant", "a/b", "--token", "t"], "does not fit"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["--port", "0", *options]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_others_need_a_chosen_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCIM_TOKEN", raising=False)
    assert main(["--host", "0.0.0.0", "--port", "0"]) == 2
    assert "choose a secret" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--without", "nothing"],
        ["--port", "65536"],
        ["--port", "x"],
        ["--patch-status", "202"],
        ["--cursor-timeout", "0"],
        ["--token", "with space "],
        ["--profile", "other"],
    ],
)
def test_mistakes_on_the_command_line(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2
