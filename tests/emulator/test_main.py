"""The command line, with an endpoint in this process behind it."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from emulator import complaints
from emulator.__main__ import main
from tests.emulator.endpoint import BASE, TOKEN, Endpoint, Gossip
from tests.emulator.test_har import check


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """What answers whatever URL is given."""
    made = Endpoint()
    monkeypatch.setattr("emulator.__main__.transport_of", lambda *_, **__: made)
    return made


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Command]:
    """Runs ``okta-emulator`` in a folder of its own: ``command("push", "--users", "3")``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("SCIM_PASSWORD", raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["okta-emulator", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ended(int(end.value.code or 0), out, err)

    yield run
    signal.signal(signal.SIGTERM, before)


# walkthrough --------------------------------------------------------------------------


def test_the_guide_is_played_and_exits_0(command: Command, endpoint: Endpoint) -> None:
    ended = command("walkthrough", "--target", BASE)

    assert ended.status == 0
    assert "26 of 26 steps succeeded" in ended.out
    assert ended.err == ""
    assert endpoint.resources == {"Users": {}, "Groups": {}}


def test_the_guide_for_machines(command: Command, endpoint: Endpoint) -> None:
    ended = command("walkthrough", "--target", BASE, "--app", "aiw", "--json", "--tag", "Tag-7")

    told = json.loads(ended.out)
    assert ended.status == 0
    assert told["succeeded"] is True
    assert told["tag"] == "Tag-7"
    assert [one["step"] for one in told["steps"]] == list(range(1, 28))
    assert all(one["succeeded"] for one in told["steps"])


def test_a_step_that_fails_exits_1(command: Command, endpoint: Endpoint) -> None:
    endpoint.before = lambda one: httpx.Response(501) if one.method == "PATCH" else None

    ended = command("walkthrough", "--target", BASE)

    assert ended.status == 1
    assert "failed" in ended.out
    assert "Not Implemented" in ended.out


def test_what_was_made_may_be_kept(command: Command, endpoint: Endpoint) -> None:
    command("walkthrough", "--target", BASE, "--keep", "--tag", "kept")

    assert len(endpoint.resources["Users"]) == 4
    assert all("kept" in one["userName"] for one in endpoint.resources["Users"].values())


def test_two_runs_do_not_share_names_or_ids(command: Command, endpoint: Endpoint) -> None:
    for _ in range(2):
        assert command("walkthrough", "--target", BASE, "--keep").status == 0

    users = endpoint.resources["Users"].values()
    assert len({one["userName"] for one in users}) == 8
    assert len({one["externalId"] for one in users}) == 8


def test_what_cannot_be_deleted_is_told(command: Command, endpoint: Endpoint) -> None:
    endpoint.before = lambda one: httpx.Response(405) if one.method == "DELETE" else None

    ended = command("walkthrough", "--target", BASE, "--tag", "okta-7")

    assert "warning: 8 resources could not be deleted; okta-7 is in their names" in ended.err


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.ConnectError("refused"), "Connect to scim.example:443 failed: refused"),
        (httpx.ReadTimeout(""), "Read timed out"),
        (httpx.Response(200, html="<html>\x1b[2Jsign in"), "No results for users returned"),
        (httpx.Response(404, text="no such page"), "Not Found"),
        (httpx.Response(401, json={"detail": "the token has expired"}), "the token has expired"),
    ],
    ids=["refused", "hanging", "html", "wrong-url", "expired"],
)
@pytest.mark.parametrize("what", [("walkthrough",), ("push", "--users", "2")], ids=str)
def test_an_endpoint_of_no_use_is_told_in_one_line_and_exits_10(
    command: Command,
    endpoint: Endpoint,
    what: tuple[str, ...],
    answer: httpx.Response | Exception,
    told: str,
    as_json: tuple[str, ...],
) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    endpoint.before = refuse
    ended = command(*what, "--target", BASE, *as_json)

    assert ended.status == 10
    assert len(ended.err.splitlines()) == 1
    assert ended.err.startswith(f"error: {BASE} can't be used: ")
    assert told in ended.err
    assert "\x1b" not in ended.err + ended.out


# Wrong options ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "scim.example/v2"], "write https://host/scim/v2"),
        (["--target", "http://scim.example/v2"], "give the https address"),
        (["--target", "https://a:b@scim.example/v2"], "give them as a token"),
        (["--target", BASE + "?a=b"], "has a query"),
        (["--target", BASE, "--token", ""], "put it into $SCIM_TOKEN"),
        (["--target", BASE, "--token", "two\nlines"], "paste it again"),
        (["--target", BASE, "--token", "ge\u00e4nderter-schl\u00fcssel"], "paste it again"),
        (["--target", BASE, "--auth", "digest"], "say bearer, header, basic:USER"),
        (["--target", BASE, "--auth", "basic"], "names nobody"),
        (["--target", BASE, "--auth", "oauth2:id:http://evil.example/t"], "give an https address"),
        (["--target", BASE, "--app", "nosuch"], "choose from kantega, oin, aiw"),
        (["--target", BASE, "--behaviour", "nosuch=1"], "okta-emulator behaviours"),
        (["--target", BASE, "--behaviour", "user-patch=maybe"], "say on or off"),
        (["--target", BASE, "--tag", "a b"], "letters, digits and hyphens"),
        (["--target", BASE, "--har", "no/such/folder.har"], "no/such/folder.har"),
        (["--target", BASE, "--curl", "no/such/folder.sh"], "no/such/folder.sh"),
    ],
)
def test_a_wrong_option_is_told_in_one_line_and_exits_4(
    command: Command, endpoint: Endpoint, arguments: list[str], told: str
) -> None:
    ended = command("walkthrough", *arguments)

    assert ended.status == 4
    assert len(ended.err.splitlines()) == 1
    assert ended.err.startswith("error: ")
    assert told in ended.err
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "either --org FILE or --users N"),
        (["--users", "2", "--org", "o.yaml"], "either --org FILE or --users N"),
        (["--org", "missing.yaml"], "missing.yaml"),
        (["--users", "2", "--faults", "nosuch=1"], "choose from all"),
        (["--users", "2", "--faults", "all=7"], "between 0 and 1"),
        (["--users", "2", "--resume"], "leave --resume out"),
    ],
)
def test_a_push_with_wrong_options_exits_4(
    command: Command, endpoint: Endpoint, arguments: list[str], told: str
) -> None:
    ended = command("push", "--target", BASE, *arguments)

    assert ended.status == 4
    assert told in ended.err
    assert endpoint.resources["Users"] == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["walkthrough"],
        ["walkthrough", "--nosuch"],
        ["nosuch"],
        ["push", "--target", BASE, "--users", "-1"],
        ["push", "--target", BASE, "--users", "many"],
    ],
    ids=" ".join,
)
def test_what_the_parser_refuses_exits_4_too(command: Command, arguments: list[str]) -> None:
    assert command(*arguments).status == 4


# push ---------------------------------------------------------------------------------


def test_a_push_makes_everybody_and_everything(command: Command, endpoint: Endpoint) -> None:
    ended = command("push", "--target", BASE, "--users", "5", "--groups", "2", "--json")

    told = json.loads(ended.out)
    assert ended.status == 0
    assert told["complete"] is True
    assert (told["users_done"], told["groups_done"]) == (5, 2)
    assert len(endpoint.resources["Users"]) == 5
    assert len(endpoint.resources["Groups"]) == 2


def test_a_push_with_tasks_left_exits_1_and_says_how_to_go_on(
    command: Command, endpoint: Endpoint
) -> None:
    endpoint.before = lambda one: (
        httpx.Response(400, json={"detail": "not \x1b[31mtoday"}) if one.method == "POST" else None
    )

    ended = command("push", "--target", BASE, "--users", "2")

    assert ended.status == 1
    assert "not \\x1b[31mtoday" in ended.out
    assert "go on with --resume" in ended.out


def test_a_push_goes_on_where_it_had_stopped(command: Command, endpoint: Endpoint) -> None:
    def only_three(request: httpx.Request) -> httpx.Response | None:
        is_full = len(endpoint.resources["Users"]) == 3
        return httpx.Response(507) if request.method == "POST" and is_full else None

    endpoint.before = only_three
    assert command("push", "--target", BASE, "--users", "6").status == 1
    endpoint.before = lambda _: None
    endpoint.requests.clear()

    assert command("push", "--target", BASE, "--users", "6", "--resume").status == 0

    assert len(endpoint.resources["Users"]) == 6
    creates = [one for one in endpoint.requests if one.method == "POST"]
    assert len(creates) == 3


def test_the_race_that_a_fault_asks_for_stays(command: Command, endpoint: Endpoint) -> None:
    ended = command(
        *("push", "--target", BASE, "--users", "3", "--groups", "1", "--largest", "3"),
        *("--faults", "race=1"),
    )

    kinds = [one.url.path.rpartition("/")[2] for one in endpoint.requests if one.method == "POST"]
    assert ended.status == 0
    assert kinds[0] == "Groups"
    (group,) = endpoint.resources["Groups"].values()
    assert len(group["members"]) == 3


# Logs and secrets ---------------------------------------------------------------------


@pytest.mark.parametrize("what", [("walkthrough",), ("push", "--users", "3", "--groups", "1")])
def test_the_wire_log_is_written_as_har_and_as_curl_lines(
    command: Command, endpoint: Endpoint, tmp_path: Path, what: tuple[str, ...]
) -> None:
    ended = command(*what, "--target", BASE, "--har", "log.har", "--curl", "log.sh")

    document = json.loads((tmp_path / "log.har").read_bytes())
    lines = [one for one in (tmp_path / "log.sh").read_text().splitlines() if one[0] != "#"]
    entries = document["log"]["entries"]
    assert ended.status == 0
    assert check(document) == []
    assert len(entries) == len(lines) > 3
    assert [shlex.split(one)[-1] for one in lines] == [one["request"]["url"] for one in entries]
    assert "DELETE /Users" not in json.dumps(entries)


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("auth", ["bearer", "header", "basic:okta"])
@pytest.mark.parametrize("what", [("walkthrough",), ("push", "--users", "3")], ids=str)
def test_no_secret_gets_anywhere(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    what: tuple[str, ...],
    auth: str,
    as_json: tuple[str, ...],
) -> None:
    gossip = Gossip()
    monkeypatch.setattr("emulator.__main__.transport_of", lambda *_, **__: gossip)
    if auth == "header":
        monkeypatch.setenv("SCIM_TOKEN", f"Bearer {TOKEN}")

    ended = command(
        *(*what, "--target", BASE, "--auth", auth, "--har", "log.har", "--curl", "log.sh"), *as_json
    )

    written = [one.read_text("utf-8") for one in tmp_path.iterdir() if one.is_file()]
    told = "\n".join([ended.out, ended.err, *written])
    assert ended.status == 1
    assert len(gossip.heard) > 3
    assert [one for one in {*gossip.heard, TOKEN} if one in told] == []


# The rest -----------------------------------------------------------------------------


def test_the_version_is_told(command: Command) -> None:
    ended = command("--version")

    assert ended.status == 0
    assert re.fullmatch(r"okta-emulator \d+\.\d+\.\d+\n", ended.out)


@pytest.mark.parametrize("name", ["walkthrough", "push", "behaviours"])
def test_every_option_has_a_help_text(command: Command, name: str) -> None:
    ended = command(name, "--help")

    rows = re.findall(r"^│ [ *]*\s*(--[a-z-]+)\s+(.*)│$", ended.out, re.MULTILINE)
    assert ended.status == 0
    assert len(rows) > 1
    for option, text in rows:
        assert re.search(r"[a-z]{2,}.*[a-z]{2,}", text), option


def test_the_help_names_the_program_and_its_exit_statuses(command: Command) -> None:
    ended = command("--help")

    assert "Usage: okta-emulator " in ended.out
    for told in ("walkthrough", "push", "behaviours", "0 everything", "10 the endpoint"):
        assert told in ended.out


def test_the_habits_are_listed(command: Command) -> None:
    assert "user-patch" in command("behaviours").out
    habits = json.loads(command("behaviours", "--json").out)
    assert {"name", "what", "source", "confidence", "option"} <= set(habits[0])


def test_a_bug_of_our_own_is_no_traceback(
    command: Command, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError(TOKEN)

    monkeypatch.setattr("emulator.__main__.Walkthrough", break_down)
    ended = command("walkthrough", "--target", BASE)

    assert ended.status == complaints.INTERNAL
    assert ended.err.startswith("internal error: ZeroDivisionError in break_down, line ")
    assert TOKEN not in ended.err
