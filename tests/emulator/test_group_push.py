"""Each branch of a group's way into an endpoint, with what an admin reads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.emulator.stage import CREW, MIRA, Stage, group_body, listed, refused
from tests.emulator.stage_of_groups import (
    MIRA_IN,
    ONE,
    OUTSIDER,
    PUSH,
    TASK,
    crew_of,
    logged,
    operations,
    push,
)

pytestmark = pytest.mark.anyio


# Create -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "choice", "members"),
    [
        ("oin", "resolved", [MIRA_IN]),
        ("oin", "empty", []),
        ("oin", "absent", "absent"),
        ("aiw", "resolved", [MIRA_IN]),
        ("aiw", "empty", []),
    ],
)
async def test_create_has_members_as_chosen(app: str, choice: str, members: Any) -> None:
    async with Stage(app, post_members=choice) as stage:
        made = await push(stage, await crew_of(stage))

        create = stage.lines.index("POST /Groups")
        assert stage.body(create).get("members", "absent") == members
        follow = [f"GET {ONE}", f"PUT {ONE}"] if app == "aiw" else [f"PATCH {ONE}"]
        assert stage.lines == ["GET /Groups", "POST /Groups", *follow]
        assert (made.status, made.target_id) == ("ACTIVE", CREW)
        assert made.last_push is not None
        assert PUSH + "pushed" in logged(stage)
        assert PUSH + "updated" in logged(stage)


async def test_empty_group_of_a_catalogue_app_has_no_second_step() -> None:
    async with Stage() as stage:
        await push(stage, await crew_of(stage, 0))

        assert stage.lines == ["GET /Groups", "POST /Groups"]


async def test_lookup_can_be_left_out_for_a_catalogue_app_only() -> None:
    for app, first in (("oin", "POST /Groups"), ("aiw", "GET /Groups")):
        async with Stage(app, group_lookup=False) as stage:
            await push(stage, await crew_of(stage))
            assert stage.lines[0] == first


async def test_lookup_answered_404_means_not_there() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Groups", refused(404, "no such group"))
        made = await push(stage, await crew_of(stage))

        assert made.target_id == CREW


async def test_member_without_an_account_is_skipped() -> None:
    async with Stage() as stage:
        crew = await crew_of(stage)
        stage.org.add_member(crew, stage.ilya())
        await push(stage, crew)

        assert stage.body(1)["members"] == [MIRA_IN]
        assert "app.user_management.grouppush.mapping.okta.users.ignored" in logged(stage)


async def test_display_can_be_null() -> None:
    async with Stage("aiw", display_in_members="null") as stage:
        await push(stage, await crew_of(stage))

        assert stage.body(1)["members"] == [{"value": MIRA, "display": None}]


async def test_create_that_is_refused_is_told_letter_by_letter() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Groups", refused(409, "taken"))
        made = await push(stage, await crew_of(stage))

        assert stage.told == [
            (
                f"{TASK}Error while creating user group Harbour Crew: Conflict. Errors reported by "
                "remote server: taken"
            )
        ]
        (task,) = stage.org.tasks
        assert task.dated == f"Failed on 01-01-2026 12:00:00AM UTC: {stage.told[0]}"
        assert made.status == "ERROR"
        assert logged(stage, "FAILURE") == [
            "application.provision.group.add",
            PUSH + "mapping.update.or.delete.failed.with.error",
        ]


@pytest.mark.parametrize(
    "answer", [httpx.Response(201), httpx.Response(201, json={"displayName": "x"})]
)
async def test_create_answered_without_a_group_is_an_error(answer: httpx.Response) -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Groups", answer)
        await push(stage, await crew_of(stage))

        assert stage.told[0].endswith("Create new group returned empty group.")


@pytest.mark.parametrize("status", [400, 401, 501])
async def test_error_that_stays_is_not_repeated(status: int) -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Groups", refused(status, "no"))
        await push(stage, await crew_of(stage))

        assert stage.clock.slept == []
        assert logged(stage, "FAILURE")[-1].endswith("failed.with.error")


async def test_passing_error_is_repeated() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Groups", httpx.Response(503))
        made = await push(stage, await crew_of(stage))

        assert stage.clock.slept == [60]
        assert made.status == "ACTIVE"
        assert logged(stage, "FAILURE") == [
            "application.provision.group.add",
            PUSH + "mapping.update.or.delete.failed",
        ]


async def test_passing_error_that_stays_fails_in_the_end() -> None:
    async with Stage(group_retries=2) as stage:
        stage.endpoint.plan("POST", "/Groups", *(httpx.Response(503) for _ in range(3)))
        made = await push(stage, await crew_of(stage))

        assert stage.clock.slept == [60, 60]
        assert made.status == "ERROR"
        assert made.error == stage.told[0]


async def test_lookup_that_is_refused_is_a_task() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Groups", refused(403, "no groups"))
        await push(stage, await crew_of(stage))

        assert stage.told[0].startswith(f"{TASK}Error while verifying if user group Harbour Crew")
        assert logged(stage, "FAILURE")[0] == "application.provision.group.verify_exists"


async def test_group_of_a_lost_answer_is_found_and_sent_whole() -> None:
    async with Stage() as stage:
        crew = await crew_of(stage)

        def lose(request: httpx.Request) -> httpx.Response:
            stage.endpoint.stores["/Groups"][CREW] = group_body()
            raise httpx.ReadError("Connection reset")

        stage.endpoint.plan("POST", "/Groups", lose)
        made = await push(stage, crew)

        assert stage.lines == ["GET /Groups", "POST /Groups", "GET /Groups", f"PATCH {ONE}"]
        assert operations(stage, 3)[0]["op"] == "replace"
        assert made.target_id == CREW


# Link ---------------------------------------------------------------------------------


async def test_group_of_that_name_is_linked_and_keeps_its_members() -> None:
    async with Stage() as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body(members=[OUTSIDER])
        made = await push(stage, await crew_of(stage))

        assert made.is_linked
        assert stage.lines == ["GET /Groups", f"PATCH {ONE}"]
        assert operations(stage, 1) == [{"op": "add", "path": "members", "value": [MIRA_IN]}]


async def test_wizard_app_puts_the_members_of_a_linked_group_back() -> None:
    async with Stage("aiw") as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body(members=[OUTSIDER, MIRA_IN])
        await push(stage, await crew_of(stage))

        assert stage.body(2)["members"] == [OUTSIDER, MIRA_IN]


@pytest.mark.parametrize(("app", "last"), [("oin", 1), ("aiw", 2)])
async def test_members_of_a_linked_group_can_be_overwritten(app: str, last: int) -> None:
    async with Stage(app, linked_members="overwrite") as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body(members=[OUTSIDER])
        await push(stage, await crew_of(stage))

        body = stage.body(last)
        sent = body["members"] if app == "aiw" else body["Operations"][0]["value"]
        assert sent == [MIRA_IN]
        assert app == "aiw" or body["Operations"][0]["op"] == "replace"


async def test_linking_can_be_off() -> None:
    async with Stage(adopt_group=False) as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body()
        made = await push(stage, await crew_of(stage))

        assert stage.lines == ["GET /Groups"]
        assert made.target_id is None
        assert stage.told[0].endswith("a group of that name exists, and linking is off")


@pytest.mark.parametrize(
    ("app", "renames", "expected"),
    [
        ("oin", True, [f"PATCH {ONE}", f"PATCH {ONE}"]),
        ("oin", False, [f"PATCH {ONE}"]),
        ("aiw", True, [f"GET {ONE}", f"PUT {ONE}"]),
        ("aiw", False, [f"GET {ONE}", f"PUT {ONE}"]),
    ],
)
async def test_group_can_be_chosen_for_a_link(app: str, renames: bool, expected: list[str]) -> None:
    async with Stage(app) as stage:
        there = group_body(displayName="Dockers", members=[OUTSIDER])
        stage.endpoint.stores["/Groups"][CREW] = there
        stage.app.pushed.renames = renames
        await push(stage, await crew_of(stage), CREW)

        assert stage.lines == expected
        name = stage.stored(CREW, "/Groups")["displayName"]
        assert name == ("Harbour Crew" if renames else "Dockers")
        if app == "aiw":
            assert stage.body(1)["members"] == [OUTSIDER, MIRA_IN]


async def test_push_now_of_a_linked_group_overwrites() -> None:
    async with Stage() as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body(members=[OUTSIDER])
        made = await push(stage, await crew_of(stage))
        stage.mark()
        stage.app.pushed.push_now(made)
        await stage.org.settle()

        assert operations(stage) == [{"op": "replace", "path": "members", "value": [MIRA_IN]}]


@pytest.mark.parametrize(("choice", "tasks"), [("first", 0), ("error", 1)])
async def test_several_groups_of_a_name(choice: str, tasks: int) -> None:
    async with Stage(several_matches=choice) as stage:
        stage.endpoint.stores["/Groups"][CREW] = group_body()
        stage.endpoint.plan("GET", "/Groups", listed({"id": CREW}, {"id": "2"}))
        await push(stage, await crew_of(stage))

        assert len(stage.told) == tasks
        reasons = [one.reason for one in stage.org.log.events if one.reason]
        assert reasons[0] == "2 groups were found"
