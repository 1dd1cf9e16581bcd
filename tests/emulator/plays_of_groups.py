"""The plays of imports, groups and errors; ``plays.py`` has what a play is."""

from __future__ import annotations

import httpx

from emulator.directory import Group
from tests.emulator.plays import PLAYS, assigned, plays
from tests.emulator.stage import CREW, Stage, group_body, refused

#: With the plays of this module among them.
__all__ = ["PLAYS"]

# Import -------------------------------------------------------------------------------


def _crowd(stage: Stage, count: int) -> None:
    for number in range(count):
        name = f"p{number}@corp.example"
        stage.endpoint.stores["/Users"][str(number)] = {
            "id": str(number),
            "userName": name,
            "name": {"givenName": "P", "familyName": str(number)},
            "active": number != 0,
        }


@plays("IMP-01")
async def imported(stage: Stage) -> int:
    _crowd(stage, 9)
    result = await stage.org.import_now()
    assert stage.lines == ["GET /Users"]
    assert result.scanned == 8
    return 0


@plays("IMP-02")
async def imported_page_by_page(stage: Stage) -> int:
    _crowd(stage, 150)
    result = await stage.org.import_now()
    assert len(stage.sent) == 2
    assert result.scanned == 149
    return 1


@plays("IMP-03", import_groups=True)
async def imported_with_groups(stage: Stage) -> int:
    _crowd(stage, 2)
    stage.endpoint.stores["/Groups"][CREW] = group_body()
    result = await stage.org.import_now()
    assert stage.lines == ["GET /Users", "GET /Groups"]
    assert result.groups == 1
    return 1


# Groups -------------------------------------------------------------------------------


async def _crew(stage: Stage, *, members: int = 2) -> Group:
    people = [stage.mira(), stage.ilya()][:members]
    await stage.provisioned(*people)
    crew = stage.org.create_group("Harbour Crew")
    for person in people:
        stage.org.add_member(crew, person)
    return crew


@plays("GRP-01")
async def group_looked_for(stage: Stage) -> int:
    stage.app.pushed.push(await _crew(stage))
    await stage.org.settle()
    assert stage.lines[:2] == ["GET /Groups", "POST /Groups"]
    return 0


@plays("GRP-02")
async def group_found(stage: Stage) -> int:
    stage.endpoint.stores["/Groups"][CREW] = group_body()
    crew = await _crew(stage)
    made = stage.app.pushed.push(crew)
    await stage.org.settle()
    assert made.target_id == CREW
    assert "POST /Groups" not in stage.lines
    return 0


@plays("GRP-03")
async def empty_group(stage: Stage) -> int:
    stage.app.pushed.push(await _crew(stage, members=0))
    await stage.org.settle()
    return 1


@plays("GRP-04")
async def group_with_members(stage: Stage) -> int:
    stage.app.pushed.push(await _crew(stage))
    await stage.org.settle()
    assert len(stage.sent) == (4 if stage.app.profile == "aiw" else 3)
    return 1


@plays("GRP-04C")
async def group_conflict(stage: Stage) -> int:
    stage.endpoint.plan("POST", "/Groups", refused(409, "Harbour Crew is taken"))
    made = stage.app.pushed.push(await _crew(stage, members=0))
    await stage.org.settle()
    assert made.status == "ERROR"
    assert stage.told == [
        (
            "Unable to update Group Push mapping target App group Harbour Crew: Error while "
            "creating user group Harbour Crew: Conflict. Errors reported by remote server: Harbour "
            "Crew is taken"
        )
    ]
    return 1


@plays("GRP-05", verify_group=True)
async def group_read(stage: Stage) -> int:
    """Wizard apps read before each PUT; for catalogue apps ``verify-group`` has it."""
    mira, ilya = stage.mira(), stage.ilya()
    crew = await stage.pushed(mira)
    await stage.provisioned(ilya)
    stage.org.add_member(crew, ilya)
    await stage.org.settle()
    return 0


@plays("GRP-06")
async def member_joined(stage: Stage) -> int:
    await group_read(stage)
    return 1


@plays("GRP-07")
async def members_after_create(stage: Stage) -> int:
    stage.app.pushed.push(await _crew(stage, members=1))
    await stage.org.settle()
    return stage.lines.index("POST /Groups") + 1


@plays("GRP-08")
async def members_left_and_joined(stage: Stage) -> int:
    mira, ilya = stage.mira(), stage.ilya()
    crew = await stage.pushed(ilya)
    await stage.provisioned(mira)
    stage.org.remove_member(crew, ilya)
    stage.org.add_member(crew, mira)
    await stage.org.settle()
    assert len(stage.sent) == 1
    return 0


@plays("GRP-09")
async def pushed_now(stage: Stage) -> int:
    crew = await stage.pushed(stage.mira(), stage.ilya())
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.push_now(made)
    await stage.org.settle()
    assert len(stage.sent) == 1
    return 0


@plays("GRP-10")
async def pushed_now_without_members(stage: Stage) -> int:
    crew = await stage.pushed()
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.push_now(made)
    await stage.org.settle()
    return 0


@plays("GRP-11", "GRP-12")
async def group_renamed(stage: Stage) -> int:
    crew = await stage.pushed(stage.mira(), stage.ilya())
    stage.org.update_group(crew, name="Harbour Crew East")
    await stage.org.settle()
    assert stage.stored(CREW, "/Groups")["displayName"] == "Harbour Crew East"
    return len(stage.sent) - 1


@plays("GRP-13")
async def unlinked_and_deleted(stage: Stage) -> int:
    crew = await stage.pushed()
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.unlink(made, delete=True)
    await stage.org.settle()
    assert CREW not in stage.endpoint.stores["/Groups"]
    return 0


@plays("GRP-14")
async def unlinked_and_left(stage: Stage) -> None:
    crew = await stage.pushed()
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.unlink(made, delete=False)
    await stage.org.settle()


@plays("GRP-15")
async def mapping_deactivated(stage: Stage) -> None:
    mira = stage.mira()
    crew = await stage.pushed(mira)
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.deactivate(made)
    stage.org.remove_member(crew, mira)
    await stage.org.settle()
    assert stage.sent == []
    stage.app.pushed.activate(made)
    await stage.org.settle()
    by_patch = [f"PATCH /Groups/{CREW}"]
    by_put = [f"GET /Groups/{CREW}", f"PUT /Groups/{CREW}"]
    assert stage.lines == (by_put if stage.app.profile == "aiw" else by_patch)
    stage.mark()


# Errors -------------------------------------------------------------------------------


@plays("ERR-01")
async def rate_limited(stage: Stage) -> int:
    late = {"Retry-After": "120"}
    stage.endpoint.plan("POST", "/Users", refused(429, **late), refused(429, **late))
    stage.app.assign(stage.mira())
    await stage.org.settle()
    assert stage.clock.slept == [120, 240]
    assert stage.lines.count("POST /Users") == 3
    return 1


@plays("ERR-02")
async def rate_limited_without_a_time(stage: Stage) -> int:
    date = {"Retry-After": "Wed, 25 Nov 2026 10:00:00 GMT"}
    stage.endpoint.plan("POST", "/Users", refused(429), refused(429, **date))
    stage.app.assign(stage.mira())
    await stage.org.settle()
    assert stage.clock.slept == [300, 600]
    return 1


@plays("ERR-03")
async def server_error(stage: Stage) -> int:
    stage.endpoint.plan("POST", "/Users", httpx.Response(500))
    await assigned(stage)
    assert len(stage.told) == 1
    assert stage.clock.slept == []
    stage.org.retry()
    await stage.org.settle()
    assert stage.told == []
    return 1


@plays("ERR-04")
async def no_json(stage: Stage) -> int:
    gateway = [httpx.Response(502, text="error code: 502") for _ in range(3)]
    stage.endpoint.plan("POST", "/Groups", *gateway)
    stage.app.pushed.push(await _crew(stage, members=0))
    await stage.org.settle()
    reason = (
        "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error' "
        "... line: 1, column: 6"
    )
    assert ("application.provision.group.add", reason) in stage.events("FAILURE")
    return 1


@plays("ERR-05")
async def silence(stage: Stage) -> int:
    stage.endpoint.plan("GET", "/Users", httpx.ReadTimeout("Read timed out"))
    stage.app.assign(stage.mira())
    await stage.org.settle()
    assert stage.lines == ["GET /Users"]
    assert stage.told[0].endswith("exists: Read timed out")
    return 0
