"""A push of a whole org: what it makes, counts and gives up."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.clock import FastClock
from emulator.faults import faults
from emulator.org import OktaOrg
from emulator.pushing import Outcome, Plan, prepare, push
from tests.emulator.right_server import RightServer

ORG = """
users:
  - {firstName: Ada, lastName: Lovelace, login: ada@corp.example}
  - {firstName: Mira, lastName: Voss, login: mira@corp.example}
groups:
  - {name: Crew, members: [ada@corp.example]}
"""


async def _pushed(server: RightServer, plan: Plan, rounds: int = 0, fault: str = "") -> Outcome:
    okta = OktaOrg(
        clock=FastClock(), transport=server.transport, faults=faults(fault), concurrency=4
    )
    prepare(okta, plan)
    try:
        return await push(okta, plan, rounds=rounds)
    finally:
        await okta.aclose()


@pytest.mark.anyio
async def test_a_generated_org_is_pushed_whole() -> None:
    server = RightServer()
    outcome = await _pushed(server, Plan(server.connection, users=10, groups=3, largest=5))
    assert outcome.is_complete
    assert (outcome.users_done, outcome.groups_done) == (10, 3)
    assert len(await server.users()) == 10
    assert max(len(one.get("members", ())) for one in await server.groups()) >= 5


@pytest.mark.anyio
async def test_each_person_takes_two_requests_and_each_group_three() -> None:
    server = RightServer()
    outcome = await _pushed(server, Plan(server.connection, users=10, groups=1, largest=5))
    assert outcome.requests == 2 * 10 + 3


@pytest.mark.anyio
async def test_an_org_file_is_pushed_whole(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "org.yaml"
    path.write_text(ORG, "utf-8")
    assert (await _pushed(server, Plan(server.connection, org_file=path))).is_complete
    assert {one["userName"] for one in await server.users()} == {
        "ada@corp.example",
        "mira@corp.example",
    }
    assert [one["displayName"] for one in await server.groups()] == ["Crew"]


@pytest.mark.anyio
async def test_what_failed_is_told_as_tasks() -> None:
    server = RightServer()
    outcome = await _pushed(server, Plan(server.connection, users=3), fault="server-error=1")
    assert not outcome.is_complete
    assert outcome.users_done == 0
    assert len(outcome.tasks) == 3
    assert all("Automatic provisioning of user" in one for one in outcome.tasks)
    assert outcome.to_json()["complete"] is False


@pytest.mark.anyio
async def test_rounds_of_retries_mend_what_failed() -> None:
    server = RightServer()
    plan = Plan(server.connection, users=30, groups=3, largest=10)
    outcome = await _pushed(server, plan, rounds=40, fault="all=0.05,race,reorder")
    assert outcome.is_complete
    assert len(await server.users()) == 30
    assert len(await server.groups()) == 3


def test_another_content_of_the_org_file_is_another_push(tmp_path: Path) -> None:
    server, path = RightServer(), tmp_path / "org.yaml"
    plan = Plan(server.connection, org_file=path)
    path.write_text(ORG, "utf-8")
    before = plan.to_json()
    path.write_text(ORG.replace("Ada", "Adah"), "utf-8")
    assert plan.to_json() != before
