"""``scimproof`` and what it does with results: one line per mistake, and the right exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__, cli
from conformance.created import Journal
from tests.conformance.unfriendly import answering, hanging_up, routing, scim, serving

_USER = "rfc7644-3.3-created-201"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no credentials in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("SCIM_TOKEN", "SCIM_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("scimproof")
    return told.err


def results(path: Path, verdicts: dict[str, str], *, cut_off: bool = False, **head: Any) -> str:
    """A results file with these verdicts; returns its path."""
    run = {
        "type": "run",
        "tool": "scimproof",
        "version": __version__,
        "catalogue_sha256": "0" * 64,
        "target": "https://scim.example.com",
        "started": "2026-11-24T12:00:00Z",
        "profiles": ["rfc"],
        "features": {},
        "options": {},
    }
    lines = [run | head]
    lines += [
        {
            "type": "verdict",
            "requirement": requirement,
            "level": "MUST",
            "profile": "rfc7644",
            "section": "3.3",
            "verdict": verdict,
            "check": None,
            "reason": "",
            "seconds": 0.0,
            "exchanges": [],
        }
        for requirement, verdict in verdicts.items()
    ]
    end = {"type": "end", "counts": {}, "requests": 1, "seconds": 1.0, "exit": 0, "notes": []}
    text = "".join(json.dumps(one) + "\n" for one in (lines if cut_off else [*lines, end]))
    path.write_text(text, "utf-8")
    return str(path)


# Usage --------------------------------------------------------------------------------


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for option, told in (("--version", __version__), ("--help", "scimproof URL [options]")):
        with pytest.raises(SystemExit) as left:
            cli.main([option])
        assert left.value.code == 0
        assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["diff", "one.jsonl"], ["report"], ["clean", "--nonsense"]]
)
def test_a_wrong_command_line_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)

    assert left.value.code == cli.USAGE
    assert "--help" in complaint(capsys)


def test_a_target_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-m", "must"]) == cli.USAGE
    assert "name what to judge" in complaint(capsys)
    assert cli.main(["clean"]) == cli.USAGE
    assert "name the target by --target" in complaint(capsys)


@pytest.mark.parametrize("first", [["{url}"], ["--target={url}"]])
def test_it_judges_without_the_settings_of_the_folder(tmp_path: Path, first: list[str]) -> None:
    """A product's own pytest settings and conftest must not get in the way."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", "utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not ours')\n", "utf-8")
    with serving(answering("404 Not Found")) as server:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "conformance.cli",
                *(one.format(url=server.url) for one in first),
                "-q",
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == cli.UNREACHABLE, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "has neither /Users nor /ServiceProviderConfig" in done.stderr


# report and diff ----------------------------------------------------------------------


def test_report_makes_the_views_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = results(tmp_path / "results.jsonl", {_USER: "conforms"})

    assert cli.main(["report", given, "--report-dir", str(tmp_path / "new" / "folder")]) == 0

    written = capsys.readouterr().out.split()
    assert [Path(one).name for one in written] == ["report.html", "junit.xml"]
    assert all(Path(one).stat().st_size for one in written)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b'{"type":"run"}\n{'])
def test_results_that_are_none_are_told(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.jsonl"
    if content is not None:
        path.write_bytes(content)

    assert cli.main(["report", str(path)]) == cli.USAGE
    assert str(path) in complaint(capsys)


def test_a_folder_that_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = results(tmp_path / "results.jsonl", {})

    assert cli.main(["report", given, "--report-dir", f"{given}/below"]) == cli.USAGE
    assert "results.jsonl" in complaint(capsys)


def test_the_same_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = results(tmp_path / "one.jsonl", {_USER: "violates"})
    two = results(tmp_path / "two.jsonl", {_USER: "violates"})

    assert cli.main(["diff", one, two]) == 0
    assert capsys.readouterr().out == "0 got worse\n"


@pytest.mark.parametrize(
    ("was", "now", "status"),
    [
        ("conforms", "violates", 1),
        ("conforms", "deviates", 1),
        ("conforms", "blocked", 1),
        ("deviates", "violates", 1),
        ("violates", "conforms", 0),
        ("violates", "deviates", 0),
        ("blocked", "conforms", 0),
        ("untested", "conforms", 0),
    ],
)
def test_a_difference_is_told_and_weighed(
    tmp_path: Path, was: str, now: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    old = results(tmp_path / "old.jsonl", {_USER: was})
    new = results(tmp_path / "new.jsonl", {_USER: now})

    assert cli.main(["diff", old, new]) == status
    mark = "worse" if status else "     "
    assert f"{mark}  {_USER}: {was} -> {now}\n" in capsys.readouterr().out


def test_what_came_and_went_is_told_and_is_not_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = results(tmp_path / "old.jsonl", {"a": "conforms"})
    new = results(tmp_path / "new.jsonl", {"b": "violates"}, catalogue_sha256="1", target="t")

    assert cli.main(["diff", old, new]) == 0
    told = capsys.readouterr().out
    assert "the catalogues differ" in told
    assert "different targets" in told
    assert "a: conforms -> not there" in told
    assert "b: not there -> violates" in told


def test_a_cut_off_run_is_not_compared_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = results(tmp_path / "old.jsonl", {_USER: "conforms"})
    new = results(tmp_path / "new.jsonl", {_USER: "conforms"}, cut_off=True)

    assert cli.main(["diff", old, new]) == cli.USAGE
    assert "was cut off" in complaint(capsys)
    assert cli.main(["diff", "--allow-cut-off", old, new]) == 0


# clean --------------------------------------------------------------------------------


def test_nothing_to_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["clean", "--target", "https://scim.example.com"]) == 0
    assert "nothing is left" in capsys.readouterr().out


def test_what_is_left_is_deleted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {"Resources": [{"id": "7", "userName": "scimproof-7"}]}
    routes = {
        "/Users/1": scim("204 No Content", b""),
        "/Users/2": scim("404 Not Found", b""),
        "/Users": scim("200 OK", json.dumps(found).encode()),
        "/Users/7": scim("204 No Content", b""),
    }
    with serving(routing(routes)) as server:
        folder = tmp_path / "scimproof-report"
        folder.mkdir()
        journal = Journal(folder / "created.jsonl", server.url)
        journal.created(journal.intend("/Users", {}), f"{server.url}/Users/1")
        journal.created(journal.intend("/Users", {}), f"{server.url}/Users/2")
        journal.intend("/Users", {"userName": "scimproof-7"})
        journal.intend("/Users", {"userName": "scimproof-8"})
        status = cli.main(["clean", "--target", server.url + "/", "--token", "abc"])

    assert status == 0
    assert capsys.readouterr().out == "3 deleted, 1 never made or already gone, 0 left\n"
    assert not (folder / "created.jsonl").exists()
    asked = [request.decode().split("\r\n")[0] for request in server.asked]
    assert asked == [
        "DELETE /scim/v2/Users/1 HTTP/1.1",
        "DELETE /scim/v2/Users/2 HTTP/1.1",
        "GET /scim/v2/Users?filter=userName%20eq%20%22scimproof-7%22 HTTP/1.1",
        "DELETE /scim/v2/Users/7 HTTP/1.1",
        "GET /scim/v2/Users?filter=userName%20eq%20%22scimproof-8%22 HTTP/1.1",
    ]
    assert all(b"Authorization: Bearer abc" in request for request in server.asked)


def test_nobody_elses_account_is_deleted(tmp_path: Path) -> None:
    """Not by a target that ignores the filter, nor for a name without our tag."""
    everybody = {"Resources": [{"id": "1", "userName": "ada"}, {"userName": "scimproof-1"}, 7]}
    routes = {"/Users": scim("200 OK", json.dumps(everybody).encode())}
    with serving(routing(routes)) as server:
        journal = Journal(tmp_path / "created.jsonl", server.url)
        journal.intend("/Users", {"userName": "scimproof-1"})
        journal.intend("/Users", {"userName": "ada"})
        assert cli.main(["clean", "--target", server.url, "--report-dir", str(tmp_path)]) == 0

    assert [request.split()[0] for request in server.asked] == [b"GET"]


def test_an_address_elsewhere_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answering("204 No Content")) as server:
        journal = Journal(tmp_path / "created.jsonl", "http://scim.example.com")
        journal.created(journal.intend("/Users", {}), f"{server.url}/Users/1")
        arguments = ["clean", "--target", "http://scim.example.com", "--report-dir", str(tmp_path)]
        assert cli.main(arguments) == 1

    assert server.asked == []
    assert "is not touched" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ({"/Users/1": scim("403 Forbidden", b"")}, "Users/1: DELETE answered 403"),
        ({"/Users": scim("400 No", b"{}")}, "the target did not say whether it is there"),
        ({"/Users": scim("200 OK", b"[]")}, "the target did not say whether it is there"),
        ({"/Users": scim("200 OK", b'{"Resources":7}')}, "did not say whether it is there"),
    ],
)
def test_what_cannot_be_deleted_stays_on_the_list(
    tmp_path: Path, routes: dict[str, bytes], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(routing(routes)) as server:
        journal = Journal(tmp_path / "created.jsonl", server.url)
        token = journal.intend("/Users", {"userName": "scimproof-\x1b[31m"})
        if "/Users/1" in routes:
            journal.created(token, f"{server.url}/Users/1")
        assert cli.main(["clean", "--target", server.url, "--report-dir", str(tmp_path)]) == 1

    shown = capsys.readouterr().out
    assert told in shown
    assert "\x1b" not in shown
    assert len(journal.remaining()) == 1


def test_a_target_that_falls_silent_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(hanging_up) as server:
        journal = Journal(tmp_path / "created.jsonl", server.url)
        journal.created(journal.intend("/Users", {}), f"{server.url}/Users/1")
        arguments = ["clean", "--target", server.url, "--report-dir", str(tmp_path)]
        assert cli.main(arguments) == cli.UNREACHABLE

    assert "closed the connection" in complaint(capsys)
    assert len(journal.remaining()) == 1


def test_a_mistake_in_the_target_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["clean", "--target", "scim.example.com"]) == cli.USAGE
    assert "has no scheme" in complaint(capsys)


def test_an_interrupted_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "read", interrupted)

    assert cli.main(["diff", "a", "b"]) == cli.INTERRUPTED
    assert complaint(capsys) == "scimproof: interrupted\n"
