"""The journal of a push: what it remembers, and that no cut line confuses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.journal import JournalError, PushJournal
from emulator.org import OktaOrg
from emulator.pushing import Outcome, Plan, prepare, push
from tests.emulator.right_server import RightServer

PLAN = {"target": "https://scim.example/scim/v2", "users": 4, "seed": 0}


def _plan(server: RightServer, **values: Any) -> Plan:
    return Plan(server.connection, **{"users": 6, "groups": 2, "largest": 4, **values})


async def _push(server: RightServer, path: Path, *, resume: bool = False) -> Outcome:
    okta = OktaOrg(transport=server.transport)
    plan = _plan(server)
    prepare(okta, plan)
    journal = PushJournal(path, plan.to_json(), resume=resume)
    try:
        return await push(okta, plan, journal=journal)
    finally:
        journal.close()
        await okta.aclose()


async def _is_complete(server: RightServer) -> bool:
    groups = {one["displayName"]: one for one in await server.groups()}
    sizes = sorted(len(one.get("members", ())) for one in groups.values())
    return len(await server.users()) == 6 and len(await server.groups()) == 2 and sizes[-1] >= 4


@pytest.mark.anyio
async def test_a_finished_push_that_is_resumed_sends_nothing(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "push.jsonl"
    assert (await _push(server, path)).is_complete
    again = await _push(server, path, resume=True)
    assert again.is_complete
    assert again.requests == 0


@pytest.mark.anyio
async def test_a_journal_may_be_cut_at_any_byte(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "push.jsonl"
    await _push(server, path)
    whole = path.read_bytes()
    # Some dozens of places, among them every byte of the first line's end and of the last line.
    first, last = whole.index(b"\n"), whole.rindex(b"\n", 0, -1)
    places = {*range(0, len(whole), 97), *range(first - 2, first + 3), *range(last, len(whole), 25)}
    for place in sorted(places):
        path.write_bytes(whole[:place])
        resumed = await _push(server, path, resume=True)
        assert resumed.is_complete
        assert await _is_complete(server)
        assert all(_is_line(one) for one in path.read_text("utf-8").splitlines()[-1:])


def _is_line(text: str) -> bool:
    return isinstance(json.loads(text), dict)


@pytest.mark.anyio
async def test_what_the_journal_has_not_is_looked_for_and_adopted(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "push.jsonl"
    await _push(server, path)
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    before = {one["id"] for one in [*await server.users(), *await server.groups()]}
    assert (await _push(server, path, resume=True)).is_complete
    assert {one["id"] for one in [*await server.users(), *await server.groups()]} == before


@pytest.mark.anyio
async def test_members_whose_accounts_came_after_their_group_are_not_forgotten(
    tmp_path: Path,
) -> None:
    """The group was noted with fewer members than there should be now."""
    server, path = RightServer(), tmp_path / "push.jsonl"
    await _push(server, path)
    lines = path.read_text("utf-8").splitlines()
    early = next(one for one in lines if '"group"' in one and '"members"' in one)
    wrong = json.dumps({**json.loads(early), "members": "digest-of-fewer"})
    path.write_text("\n".join(wrong if one == early else one for one in lines) + "\n", "utf-8")
    resumed = await _push(server, path, resume=True)
    assert resumed.is_complete
    assert resumed.requests == 1


@pytest.mark.anyio
async def test_members_that_are_not_oktas_survive_a_resume(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "push.jsonl"
    okta = OktaOrg(transport=server.transport)
    prepare(okta, _plan(server))
    name = next(one.name for one in okta.groups.values() if one is not okta.everyone)
    local = await server.post("/Users", {"userName": "local@corp.example"})
    await server.post("/Groups", {"displayName": name, "members": [{"value": local}]})
    await _push(server, path)
    lines = [one for one in path.read_text("utf-8").splitlines() if '"group"' not in one]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert (await _push(server, path, resume=True)).is_complete
    (group,) = [one for one in await server.groups() if one["displayName"] == name]
    assert local in [one["value"] for one in group["members"]]


def test_a_journal_of_another_push_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "push.jsonl"
    PushJournal(path, PLAN, resume=False).close()
    with pytest.raises(JournalError, match="belongs to another push; repeat --target"):
        PushJournal(path, {**PLAN, "seed": 1}, resume=True)


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="does not exist; there is nothing to resume"):
        PushJournal(tmp_path / "none.jsonl", PLAN, resume=True)


@pytest.mark.parametrize("resume", [True, False])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path: Path, resume: bool) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("chapter one\n", "utf-8")
    with pytest.raises(JournalError, match="is no journal of a push; name another file"):
        PushJournal(path, PLAN, resume=resume)
    assert path.read_text("utf-8") == "chapter one\n"


def test_a_journal_is_begun_anew_without_resume(tmp_path: Path) -> None:
    path = tmp_path / "push.jsonl"
    for _ in range(2):
        PushJournal(path, PLAN, resume=False).close()
    assert path.read_text("utf-8").count("\n") == 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "push.jsonl"
    with pytest.raises(JournalError, match="No such file or directory") as refused:
        PushJournal(path, PLAN, resume=False)
    assert str(path) in str(refused.value)


def test_lines_that_are_no_objects_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "push.jsonl"
    PushJournal(path, PLAN, resume=False).close()
    with path.open("a", encoding="utf-8") as file:
        file.write('[1]\n{"user":7,"account":"a"}\n\x00\n{"user":"00u1","account":"a1"}\n')
        file.write('{"group":"00g1","target":"g1","members":3}\n' + "[" * 100_000 + "\n")
    journal = PushJournal(path, PLAN, resume=True)
    journal.close()
    assert journal.accounts == {"00u1": "a1"}
    assert journal.groups == {}


def test_a_device_is_no_journal() -> None:
    with pytest.raises(JournalError, match="/dev/full is no ordinary file"):
        PushJournal(Path("/dev/full"), PLAN, resume=False)


@pytest.mark.anyio
async def test_a_full_disk_ends_the_push_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, path = RightServer(), tmp_path / "push.jsonl"
    written = PushJournal._write_text

    def full(journal: PushJournal, text: str) -> None:
        if '"user"' in text and not journal._file.closed and journal._file.name != "/dev/full":
            journal._file.close()
            journal._file = Path("/dev/full").open("a", encoding="utf-8")  # noqa: SIM115
        written(journal, text)

    monkeypatch.setattr(PushJournal, "_write_text", full)
    with pytest.raises(JournalError, match=r"push\.jsonl: No space left on device"):
        await _push(server, path)
