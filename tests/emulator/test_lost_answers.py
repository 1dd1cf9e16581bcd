"""After an answer that got lost Okta looks before it writes, so that nothing is there twice."""

from __future__ import annotations

import json

import httpx
import pytest

from emulator.application import AppUser
from tests.emulator.stage import CREW, MIRA, Stage, group_body, listed, refused

pytestmark = pytest.mark.anyio

LOST = httpx.ReadError("Connection reset")


def lose_create_of(stage: Stage, endpoint: str) -> None:
    """The next create is done, and its answer lost."""

    def lose(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        key = MIRA if endpoint == "/Users" else CREW
        stage.endpoint.stores[endpoint][key] = {**body, "id": key}
        raise LOST

    stage.endpoint.plan("POST", endpoint, lose)


async def lost_user(stage: Stage) -> AppUser:
    lose_create_of(stage, "/Users")
    mira = stage.mira()
    stage.app.assign(mira)
    await stage.org.settle()
    assert len(stage.told) == 1
    stage.mark()
    return stage.app.app_user(mira)


async def test_retry_links_the_account_that_was_made() -> None:
    async with Stage() as stage:
        known = await lost_user(stage)
        stage.org.retry()
        await stage.org.settle()

        assert stage.lines == ["GET /Users", f"GET /Users/{MIRA}", f"PUT /Users/{MIRA}"]
        assert known.external_id == MIRA
        assert len(stage.endpoint.stores["/Users"]) == 1


async def test_account_that_was_made_is_found_under_its_old_name() -> None:
    async with Stage() as stage:
        known = await lost_user(stage)
        stage.org.update_user("mira.voss@corp.example", login="mira.lind@corp.example")
        stage.org.retry()
        await stage.org.settle()

        assert stage.lines[:2] == ["GET /Users", "GET /Users"]
        assert known.external_id == MIRA
        assert stage.stored(MIRA)["userName"] == "mira.lind@corp.example"


async def test_create_that_was_refused_is_not_looked_for() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        stage.endpoint.plan("POST", "/Users", refused(400, "no"))
        stage.app.assign(mira)
        await stage.org.settle()
        stage.mark()
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.lines == []


async def test_looking_before_revoking_can_be_off() -> None:
    async with Stage(look_before_revoke=False) as stage:
        known = await lost_user(stage)
        stage.app.unassign(known.user)
        await stage.org.settle()

        assert stage.lines == []


async def test_account_of_somebody_else_is_not_taken() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("GET", "/Users", listed({"id": MIRA, "userName": "x"}))
        stage.app.assign(stage.ilya())
        await stage.org.settle()

        (message,) = stage.told
        assert message.endswith("the user that was found is the account of mira.voss@corp.example")


async def test_reassigned_person_whose_deactivation_failed_keeps_the_account() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("PATCH", "/Users", refused(500, "oops"))
        stage.app.unassign(mira)
        await stage.org.settle()
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.app.app_user(mira).external_id == MIRA
        assert stage.stored(MIRA)["active"] is True


# Groups -------------------------------------------------------------------------------


async def lost_group(stage: Stage, *answers: httpx.Response) -> None:
    mira = stage.mira()
    await stage.provisioned(mira)
    crew = stage.org.create_group("Harbour Crew")
    stage.org.add_member(crew, mira)
    lose_create_of(stage, "/Groups")
    stage.endpoint.plan("GET", "/Groups", listed(), *answers)
    stage.app.pushed.push(crew)
    await stage.org.settle()


async def test_group_that_was_made_is_found_under_its_old_name() -> None:
    async with Stage(group_retries=1) as stage:
        await lost_group(stage, refused(403, "later"))
        assert len(stage.told) == 1
        stage.mark()
        stage.org.update_group("Harbour Crew", name="Dockers")
        stage.app.pushed.retry_all()
        await stage.org.settle()

        one = f"PATCH /Groups/{CREW}"
        assert stage.lines[:4] == ["GET /Groups", "GET /Groups", one, one]
        assert stage.stored(CREW, "/Groups")["displayName"] == "Dockers"
        assert len(stage.endpoint.stores["/Groups"]) == 1


async def test_group_that_was_made_is_deleted_on_unlink() -> None:
    async with Stage() as stage:
        await lost_group(stage, refused(403, "later"))
        (made,) = stage.app.pushed
        stage.mark()
        stage.app.pushed.unlink(made, delete=True)
        await stage.org.settle()

        assert stage.lines == ["GET /Groups", f"DELETE /Groups/{CREW}"]
        assert stage.endpoint.stores["/Groups"] == {}


async def test_group_of_another_push_is_not_taken() -> None:
    async with Stage() as stage:
        await stage.pushed()
        stage.endpoint.plan("GET", "/Groups", listed(group_body()))
        stage.app.pushed.push(stage.org.create_group("Dockers"))
        await stage.org.settle()

        assert stage.told[0].endswith("the group that was found is that of another push")


async def test_group_without_an_id_is_not_linked() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Groups", listed({"displayName": "Harbour Crew"}))
        stage.app.pushed.push(stage.org.create_group("Harbour Crew"))
        await stage.org.settle()

        assert stage.lines == ["GET /Groups", "POST /Groups"]


async def test_what_a_demonstration_made_is_removed_without_a_trace() -> None:
    async with Stage() as stage:
        await stage.pushed(stage.mira())
        client = stage.org.integration.provisioner.client
        count = len(stage.org.integration.wire.entries)
        stage.endpoint.plan("DELETE", "/Users", refused(403, "never"), refused(404, "gone"))
        left = await client.remove([("/Groups", CREW), ("/Users", "1"), ("/Users", "2")])

        assert left == 1
        assert len(stage.org.integration.wire.entries) == count
