"""The order of jobs, how many are done at once, and what overtakes what."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from emulator.app_users import AppUserStatus
from emulator.behaviours import Behaviours
from emulator.org import OktaOrg
from emulator.queue import Job
from tests.emulator.line import CREATE, FOUND, LOOKUP, MADE, MEMBERS, Line, answers, line_of

pytestmark = pytest.mark.anyio


# Order --------------------------------------------------------------------------------


async def test_people_are_provisioned_before_their_group_is_pushed() -> None:
    line = Line()
    async with line.org() as okta:
        crew, ada = okta.create_group("Crew"), okta.create_user("Ada", "Lovelace")
        okta.app.pushed.push(crew)
        okta.add_member(crew, ada)
        okta.app.assign_group(crew)
        await okta.settle()
    assert line.sent == [LOOKUP, CREATE, FOUND, MADE, MEMBERS]


async def test_in_a_race_the_group_comes_first_without_its_members() -> None:
    line = Line()
    async with line.org(behaviours=Behaviours(groups_before_users=True)) as okta:
        crew, ada = okta.create_group("Crew"), okta.create_user("Ada", "Lovelace")
        okta.app.pushed.push(crew)
        okta.add_member(crew, ada)
        okta.app.assign_group(crew)
        await okta.settle()
        assert line.sent == [FOUND, MADE, LOOKUP, CREATE, MEMBERS]
        assert len((await line.server.groups())[0]["members"]) == 1


async def test_somebody_unassigned_before_provisioning_is_never_sent() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        okta.app.unassign(ada)
        await okta.settle()
    assert line.sent == []


async def test_somebody_unassigned_during_the_lookup_is_not_created() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)

        def unassign(_: httpx.Request) -> None:
            okta.app.unassign(ada)

        line.before = unassign
        await okta.settle()
        assert line.sent == [LOOKUP]
        assert not okta.app.app_user(ada).is_assigned


async def test_somebody_unassigned_during_the_create_is_deactivated() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)

        def unassign(request: httpx.Request) -> None:
            if request.method == "POST":
                okta.app.unassign(ada)

        line.before = unassign
        await okta.settle()
        assert line.sent == [LOOKUP, CREATE, "PATCH Users/{id}"]
        assert (await line.server.users())[0]["active"] is False
        assert okta.app.app_user(ada).status is AppUserStatus.DEPROVISIONED


async def test_a_change_during_the_create_is_sent_afterwards() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)

        def promote(request: httpx.Request) -> None:
            if request.method == "POST":
                okta.update_user(ada, title="Countess")

        line.before = promote
        await okta.settle()
        assert (await line.server.users())[0]["title"] == "Countess"


async def test_a_change_during_a_profile_push_that_fails_hides_nothing() -> None:
    """Else a PATCH would send only what is new since values that never arrived."""
    line, changes = Line(), iter([{"title": "Countess"}, {"lastName": "King"}])
    async with line.org(behaviours=Behaviours(user_patch=True)) as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()

        def change_and_refuse(request: httpx.Request) -> httpx.Response | None:
            if request.method == "PUT":
                return httpx.Response(500)
            for change in changes:
                okta.update_user(ada, **change)
                break
            return None

        okta.update_user(ada, nickName="Enchantress")
        line.before = change_and_refuse
        await okta.settle()
        line.before = lambda _: None
        okta.retry()
        await okta.settle()
        (account,) = await line.server.users()
        assert account["title"] == "Countess"
        assert account["name"]["familyName"] == "King"


async def test_a_reassignment_waits_for_the_deactivation_before_it() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        line.take()
        line.before = answers(429, 1, Retry_After="30")
        okta.app.unassign(ada)
        okta.app.assign(ada)
        await okta.settle()
        deactivate = "PATCH Users/{id}"
        assert line.take() == [
            deactivate,
            deactivate,
            LOOKUP,
            "PATCH Users/{id}",
            "GET Users/{id}",
            "PUT Users/{id}",
        ]
        assert (await line.server.users())[0]["active"] is True


# At once ------------------------------------------------------------------------------


@pytest.mark.parametrize(("concurrency", "most"), [(1, 1), (4, 4), (50, 6)])
async def test_no_more_subjects_are_worked_on_at_once_than_allowed(
    concurrency: int, most: int
) -> None:
    line = Line()

    async def wait_for_company(_: httpx.Request) -> None:
        for __ in range(20):
            if line.running >= most:
                return
            await asyncio.sleep(0)

    line.gate = wait_for_company
    async with line.org(concurrency=concurrency) as okta:
        for number in range(6):
            okta.app.assign(okta.create_user("Ada", f"Number {number}"))
        await okta.settle()
        assert line.most == most
        assert len(await line.server.users()) == 6


async def test_two_who_settle_at_once_do_not_mix_the_jobs_of_a_person() -> None:
    line = Line()
    async with line.org(concurrency=4) as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)

        async def change_and_settle() -> None:
            await asyncio.sleep(0)
            okta.update_user(ada, title="Countess")
            await okta.settle()

        async with asyncio.TaskGroup() as group:
            group.create_task(okta.settle())
            group.create_task(change_and_settle())
        assert line.most == 1
        assert (await line.server.users())[0]["title"] == "Countess"


@pytest.mark.parametrize("app", ["oin", "aiw"])
@pytest.mark.parametrize("cut", range(1, 14))
async def test_a_cancelled_run_loses_nothing(app: str, cut: int) -> None:
    line = Line()
    async with line.org(app, concurrency=2) as okta:
        crew = okta.create_group("Crew")
        okta.app.assign_group(crew)
        okta.app.pushed.push(crew)
        for number in range(4):
            okta.add_member(crew, okta.create_user("Ada", f"Number {number}"))
        work = asyncio.create_task(okta.settle())

        async def cut_off(_: httpx.Request) -> None:
            if len(line.sent) == cut:
                work.cancel()

        line.gate = cut_off
        await asyncio.wait([work])
        line.gate = None
        await okta.settle()

        assert len(await line.server.users()) == 4
        (group,) = await line.server.groups()
        accounts = [one["value"] for one in group["members"]]
        assert set(accounts) == set(okta.app.pushed.eligible(next(iter(okta.app.pushed))))
        assert len(okta.app.queue) == len(okta.tasks) == 0


async def test_an_error_of_an_observer_is_told_as_it_is() -> None:
    line = Line()
    async with line.org(concurrency=2) as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))

        def refuse(_: str, __: Job) -> None:
            raise OSError("no space left")

        okta.integration.provisioner.observers.append(refuse)
        with pytest.raises(OSError, match="no space left"):
            await okta.settle()


# People who are gone ------------------------------------------------------------------


@pytest.mark.parametrize("app", ["oin", "aiw"])
async def test_somebody_deleted_before_the_deactivation_went_out_is_deactivated(app: str) -> None:
    line = Line()
    async with line.org(app) as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        okta.deactivate(ada)
        okta.delete_user(ada)
        await okta.settle()
        assert (await line.server.users())[0]["active"] is False
        assert ada.id not in okta.app.users


async def test_somebody_unassigned_after_a_lost_create_is_looked_for() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await _lose_the_answer(line, okta, CREATE)
        okta.update_user(ada, login="ada.king@corp.example")
        okta.app.unassign(ada)
        await okta.settle()
        assert (await line.server.users())[0]["active"] is False


async def test_a_rename_after_a_lost_create_leads_to_no_second_account() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await _lose_the_answer(line, okta, CREATE)
        okta.update_user(ada, login="ada.king@corp.example")
        okta.retry()
        await okta.settle()
        names = [one["userName"] for one in await line.server.users()]
        assert names == ["ada.king@corp.example"]


async def test_the_account_of_somebody_else_is_not_taken() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Voss", login="voss@corp.example")
        okta.app.assign(ada)
        await okta.settle()
        line.before = answers(400, 1, on="Users/{id}")
        okta.update_user(ada, login="ada@corp.example")
        await okta.settle()
        mira = okta.create_user("Mira", "Voss", login="voss@corp.example")
        okta.app.assign(mira)
        await okta.settle()
        assert [one.job for one in okta.tasks] == [Job.PROFILE, Job.PROVISION]
        okta.retry()
        await okta.settle()
        assert len(okta.tasks) == 0
        assert len(await line.server.users()) == 2


async def _lose_the_answer(line: Line, okta: OktaOrg, kind: str) -> None:
    """Settle, with the answer to a request lost after the server did its work."""

    async def send_twice(request: httpx.Request) -> None:
        if line_of(request) == kind:
            line.gate = None
            again = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.content
            )
            await line.server.transport().handle_async_request(again)
            raise httpx.ReadError("Connection reset", request=request)

    line.gate = send_twice
    await okta.settle()
    line.take()
