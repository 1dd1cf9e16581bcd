"""When jobs are done again, when they are given up, and who is told."""

from __future__ import annotations

import httpx
import pytest

from emulator.app_users import AppUserStatus
from emulator.application import Toggles
from emulator.behaviours import Behaviours
from emulator.push_groups import MappingStatus
from emulator.queue import Job
from tests.emulator.line import CREATE, FOUND, LOOKUP, MADE, Line, answers, slept

pytestmark = pytest.mark.anyio

RATE_LIMIT = "application.integration.rate_limit_exceeded"
WILL_BE_RETRIED = "application.provision.group_push.mapping.update.or.delete.failed"
NOT_RETRIED = f"{WILL_BE_RETRIED}.with.error"


# 429 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [
        ({"Retry_After": "7"}, [7, 14, 28]),
        ({"Retry_After": "0"}, []),
        ({}, [300, 600, 1200]),
        ({"Retry_After": "1.5"}, [300, 600, 1200]),
        ({"Retry_After": "Wed, 25 Mar 2026 06:09:44 GMT"}, [300, 600, 1200]),
        ({"Retry_After": "-5"}, [300, 600, 1200]),
        ({"Retry_After": "null"}, [300, 600, 1200]),
    ],
)
async def test_each_further_429_doubles_the_wait(
    retry_after: dict[str, str], waits: list[float]
) -> None:
    line = Line()
    line.before = answers(429, 3, **retry_after)
    async with line.org() as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
        assert slept(okta) == pytest.approx(waits)
        assert len(okta.tasks) == 0
        assert len(okta.log.of(RATE_LIMIT)) == 3
    assert line.sent == [LOOKUP] * 4 + [CREATE]


async def test_a_job_that_waits_says_so_in_its_task() -> None:
    line, told = Line(), list[str]()
    line.before = answers(429, 1)
    async with line.org() as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        observers = okta.integration.provisioner.observers
        observers.append(lambda *_: told.extend(one.message for one in okta.tasks))
        await okta.settle()
    assert len(told) == 1
    assert told[0].endswith(": error 429 Paused because of API rate limiting.")


@pytest.mark.parametrize(("counting", "calls"), [("calls", 10), ("retries", 11)])
async def test_the_tenth_429_fails_for_good(counting: str, calls: int) -> None:
    line = Line()
    line.before = answers(429, 99, Retry_After="1")
    async with line.org(behaviours=Behaviours(rate_limit_attempts=counting)) as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
        assert line.sent == [LOOKUP] * calls
        assert slept(okta) == pytest.approx([2**one for one in range(calls - 1)])
        assert [one.job for one in okta.tasks] == [Job.PROVISION]
        await okta.settle()
        assert len(line.sent) == calls

        line.before = lambda _: None
        okta.retry()
        await okta.settle()
        assert len(okta.tasks) == 0


async def test_a_retry_after_a_final_429_begins_to_count_anew() -> None:
    line = Line()
    line.before = answers(429, 12, Retry_After="1")
    async with line.org() as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
        okta.retry()
        await okta.settle()
        assert len(okta.tasks) == 0
        assert slept(okta)[-2:] == pytest.approx([1, 2])


async def test_a_later_retry_after_can_be_obeyed() -> None:
    line = Line()
    line.before = answers(429, 3, Retry_After="7")
    async with line.org(behaviours=Behaviours(rate_limit_again="retry-after")) as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
        assert slept(okta) == pytest.approx([7, 7, 7])


async def test_a_429_holds_up_nobody_else() -> None:
    line = Line()
    line.before = answers(429, 1, Retry_After="60")
    async with line.org() as okta:
        for name in ("Ada", "Mira"):
            okta.app.assign(okta.create_user(name, "Voss"))
        await okta.settle()
        assert line.sent == [LOOKUP, LOOKUP, CREATE, LOOKUP, CREATE]
        assert slept(okta) == [60]


async def test_a_group_push_waits_after_429_too() -> None:
    line = Line()
    line.before = answers(429, 2, on="Groups", Retry_After="5")
    async with line.org() as okta:
        okta.app.pushed.push(okta.create_group("Crew"))
        await okta.settle()
        assert slept(okta) == pytest.approx([5, 10])
        assert len(await line.server.groups()) == 1


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500, 501, 503])
async def test_a_persons_job_is_not_done_again_after_an_error(status: int) -> None:
    line = Line()
    line.before = answers(status, 1, on=LOOKUP)
    async with line.org() as okta:
        known = okta.app.assign(okta.create_user("Ada", "Lovelace"))
        await okta.settle()
        await okta.settle()
        assert line.sent == [LOOKUP]
        assert slept(okta) == []
        assert [one.job for one in okta.tasks] == [Job.PROVISION]
        assert (known.status, known.sync_state) == (AppUserStatus.STAGED, "ERROR")


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_group_push_is_repeated_after_a_passing_error(status: int) -> None:
    line = Line()
    line.before = answers(status, 3, on="Groups")
    async with line.org() as okta:
        mapping = okta.app.pushed.push(okta.create_group("Crew"))
        await okta.settle()
        assert line.sent == [FOUND] * 4 + [MADE]
        assert slept(okta) == pytest.approx([60, 60, 60])
        assert mapping.status is MappingStatus.ACTIVE
        assert len(okta.log.of(WILL_BE_RETRIED)) == 3


async def test_a_group_push_is_given_up_after_its_repetitions() -> None:
    line = Line()
    line.before = answers(503, 99, on="Groups")
    async with line.org(behaviours=Behaviours(group_retries=2, group_retry_seconds=5)) as okta:
        mapping = okta.app.pushed.push(okta.create_group("Crew"))
        await okta.settle()
        assert line.sent == [FOUND] * 3
        assert slept(okta) == pytest.approx([5, 5])
        assert mapping.status is MappingStatus.ERROR
        assert len(okta.log.of(NOT_RETRIED)) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 409, 501])
async def test_a_group_push_is_not_repeated_after_other_errors(status: int) -> None:
    line = Line()
    line.before = answers(status, 1, on="Groups")
    async with line.org() as okta:
        mapping = okta.app.pushed.push(okta.create_group("Crew"))
        await okta.settle()
        assert line.sent == [FOUND]
        assert mapping.status is MappingStatus.ERROR
        assert len(okta.log.of(NOT_RETRIED)) == 1


async def test_an_account_that_stays_inactive_is_tried_again_by_itself() -> None:
    line = Line()

    def says_inactive(request: httpx.Request) -> httpx.Response | None:
        if request.method == "PATCH" and b'"active":true' in request.content:
            return httpx.Response(200, json={"id": "1", "active": False})
        return None

    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        okta.app.unassign(ada)
        await okta.settle()
        line.before = says_inactive
        line.take()
        okta.app.assign(ada)
        await okta.settle()
        assert line.take() == [LOOKUP, "PATCH Users/{id}"] * 3
        assert slept(okta) == pytest.approx([300, 300])
        (task,) = okta.tasks
        assert task.message.endswith(
            "provision to app failed due to delay in reactivating remote User. "
            "Rescheduling provision job."
        )
        line.before = lambda _: None
        okta.retry()
        await okta.settle()
        assert len(okta.tasks) == 0


async def test_a_failed_change_keeps_no_other_from_being_sent() -> None:
    line = Line()
    async with line.org(toggles=Toggles(True, True, True, True)) as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        line.take()
        line.before = answers(400, 1)
        okta.set_password(ada, "a-new-password")
        okta.update_user(ada, title="Analyst")
        await okta.settle()
        assert [one.job for one in okta.tasks] == [Job.PASSWORD]
        assert (await line.server.users())[0]["title"] == "Analyst"


# Retry Selected -----------------------------------------------------------------------


async def test_only_selected_tasks_are_retried() -> None:
    line = Line()
    line.before = answers(400, 2, on=LOOKUP)
    async with line.org() as okta:
        for name in ("Ada", "Mira"):
            okta.app.assign(okta.create_user(name, "Voss"))
        await okta.settle()
        first, second = okta.tasks
        okta.retry(second)
        await okta.settle()
        assert list(okta.tasks) == [first]
        assert [one["name"]["givenName"] for one in await line.server.users()] == ["Mira"]


async def test_a_task_of_somebody_who_lost_the_app_creates_nothing() -> None:
    line = Line()
    line.before = answers(400, 1, on=LOOKUP)
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        okta.app.unassign(ada)
        okta.retry()
        await okta.settle()
        assert await line.server.users() == []
        assert len(okta.tasks) == 0


async def test_a_failed_deactivation_is_not_retried_for_somebody_who_is_back() -> None:
    line = Line()
    async with line.org() as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
        line.before = answers(400, 2)
        okta.app.unassign(ada)
        await okta.settle()
        okta.app.assign(ada)
        await okta.settle()
        assert [one.job for one in okta.tasks] == [Job.DEPROVISION, Job.PROVISION]
        okta.retry(*[one for one in okta.tasks if one.job == Job.DEPROVISION])
        await okta.settle()
        assert (await line.server.users())[0]["active"] is True
        okta.retry()
        await okta.settle()
        assert len(okta.tasks) == 0
        assert (await line.server.users())[0]["active"] is True


async def test_a_retried_group_gets_what_it_missed() -> None:
    line = Line()
    async with line.org() as okta:
        crew, ada = okta.create_group("Crew"), okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        mapping = okta.app.pushed.push(crew)
        await okta.settle()
        line.before = answers(400, 1)
        okta.add_member(crew, ada)
        await okta.settle()
        assert mapping.status is MappingStatus.ERROR
        okta.update_group(crew, name="Harbour Crew")
        okta.retry()
        await okta.settle()
        (group,) = await line.server.groups()
        assert group["displayName"] == "Harbour Crew"
        assert [one["value"] for one in group["members"]] == [okta.app.app_user(ada).external_id]
