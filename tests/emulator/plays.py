"""How each exchange of ``fixtures/okta`` comes about: what an admin does, and what Okta does then.

A play ends with the number of the request that the exchange is about, counted
from the last mark, or with None when nothing may be sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from emulator.attributes import AttributeMapping
from emulator.connection import Credentials, connection
from emulator.directory import UserStatus
from tests.emulator.stage import BASE, MIRA, TOKEN, Stage, refused

Act = Callable[[Stage], Awaitable[int | None]]
Played = TypeVar("Played", bound=Act)


@dataclass(frozen=True)
class Play:
    """An act, and how the app is set for it."""

    act: Act
    options: dict[str, Any] = field(default_factory=dict)
    import_groups: bool = False


PLAYS: dict[str, Play] = {}


def plays(
    *exchanges: str, import_groups: bool = False, **options: Any
) -> Callable[[Played], Played]:
    """Register an act for exchanges."""

    def register(act: Played) -> Played:
        PLAYS.update(dict.fromkeys(exchanges, Play(act, options, import_groups)))
        return act

    return register


def stage_for(play: Play, app: str) -> Stage:
    """The stage that a play wants."""
    made = connection(BASE, Credentials(secret=TOKEN), import_groups=play.import_groups)
    return Stage(app, made=made, **play.options)


def without(stage: Stage, *variables: str) -> tuple[AttributeMapping, ...]:
    """The app's mapping rows but for some."""
    return tuple(one for one in stage.app.mappings if one.variable not in variables)


# Connection ---------------------------------------------------------------------------


@plays("CONN-01")
async def test_button(stage: Stage) -> int:
    tested = await stage.org.test_api()
    assert tested.passed
    return 0


@plays("CONN-02", import_groups=True)
async def save_with_import_groups(stage: Stage) -> int:
    await stage.org.test_api()
    saved = await stage.org.integration.save()
    assert saved.passed
    return len(stage.sent) - 1


@plays("CONN-03")
async def wrong_token(stage: Stage) -> int:
    stage.endpoint.plan("GET", "/Users", refused(401, "Authorization failure."))
    tested = await stage.org.test_api()
    assert not tested.passed
    assert tested.message.startswith("Error authenticating: Unauthorized.")
    return 0


@plays("CONN-04")
async def no_list(stage: Stage) -> int:
    for text in ("", "null", "[]", "{}", '{"schemas": []}', "<html>"):
        stage.endpoint.plan("GET", "/Users", httpx.Response(200, text=text))
        tested = await stage.org.test_api()
        assert (tested.passed, tested.message) == (False, "No results for users returned")
    return 0


# People -------------------------------------------------------------------------------


@plays("USER-01")
async def assigned(stage: Stage) -> int:
    stage.app.assign(stage.mira())
    await stage.org.settle()
    assert stage.lines == ["GET /Users", "POST /Users"]
    return 0


@plays("USER-03")
async def created(stage: Stage) -> int:
    await assigned(stage)
    person = stage.org.user("mira.voss@corp.example")
    assert stage.app.app_user(person).external_id == MIRA
    return 1


@plays("USER-02")
async def found_by_lookup(stage: Stage) -> int:
    mira = stage.mira()
    stage.account(mira)
    stage.app.assign(mira)
    await stage.org.settle()
    assert stage.app.app_user(mira).external_id == MIRA
    return 0


@plays("USER-02S")
async def numbers_as_strings(stage: Stage) -> int:
    wrong = {"totalResults": "0", "startIndex": "1", "itemsPerPage": "0", "Resources": []}
    stage.endpoint.plan("GET", "/Users", httpx.Response(200, json=wrong))
    stage.app.assign(stage.mira())
    await stage.org.settle()
    assert stage.lines == ["GET /Users"]
    assert ("application.provision.user.sync", None) in stage.events("FAILURE")
    return 0


@plays("USER-03A")
async def created_with_few_mappings(stage: Stage) -> int:
    stage.app.mappings = without(stage, "emailType", "displayName", "locale")
    return await created(stage)


@plays("USER-03E")
async def created_with_extension(stage: Stage) -> int:
    mira = stage.mira(
        middleName="Ann",
        title="Harbour Pilot",
        employeeNumber="4411",
        department="Pilotage",
        managerId="4002",
        manager="Ilya Brandt",
    )
    stage.app.assign(mira)
    await stage.org.settle()
    return 1


@plays("USER-04")
async def conflict(stage: Stage) -> int:
    stage.endpoint.plan("POST", "/Users", refused(409, "mira.voss is taken"))
    await assigned(stage)
    reason = "Conflict. Errors reported by remote server: mira.voss is taken"
    assert stage.events("FAILURE") == [
        ("application.provision.user.push", reason),
        ("application.provision.user.sync", reason),
    ]
    return 1


@plays("USER-05")
async def empty_answer(stage: Stage) -> int:
    stage.endpoint.plan("POST", "/Users", httpx.Response(201))
    await assigned(stage)
    assert stage.told == [
        (
            "Automatic provisioning of user mira.voss@corp.example to app Harbour App failed: "
            "Error while creating user Mira Voss: Create new user returned empty user."
        )
    ]
    return 1


@plays("USER-06", "USER-07")
async def linked(stage: Stage) -> int:
    """GET and PUT; ``which`` of them an exchange is about follows from its method."""
    await found_by_lookup(stage)
    return 1


@plays("USER-08")
async def updated(stage: Stage) -> int:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.update_user(mira, title="Harbour Pilot")
    await stage.org.settle()
    assert stage.lines == [f"GET /Users/{MIRA}", f"PUT /Users/{MIRA}"]
    assert stage.app.app_user(mira).sync_state == "SYNCHRONIZED"
    return 1


@plays("USER-09", user_patch=True)
async def updated_by_patch(stage: Stage) -> int:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.update_user(mira, title="Harbour Pilot")
    await stage.org.settle()
    assert len(stage.sent) == 1
    return 0


@plays("USER-10", "USER-11")
async def reactivated(stage: Stage) -> int:
    mira = stage.mira()
    stage.account(mira, active=False)
    stage.app.assign(mira)
    await stage.org.settle()
    assert stage.stored(MIRA)["active"] is True
    return 2 if stage.app.profile == "aiw" else 1


@plays("USER-12", "USER-13")
async def deactivated(stage: Stage) -> int:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.app.unassign(mira)
    await stage.org.settle()
    known = stage.app.app_user(mira)
    assert (known.status, known.external_id) == ("DEPROVISIONED", None)
    return len(stage.sent) - 1


@plays("USER-14")
async def deactivated_in_vain(stage: Stage) -> int:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.endpoint.plan("PATCH", "/Users", refused(501, "PATCH is not supported"))
    stage.app.unassign(mira)
    await stage.org.settle()
    assert len(stage.sent) == 1
    assert [one.job for one in stage.org.tasks] == ["deprovision user"]
    return 0


@plays("USER-15")
async def inactive_account(stage: Stage) -> None:
    stage.app.toggles.deactivate_users = False
    mira = stage.mira()
    stage.account(mira, active=False)
    stage.app.assign(mira)
    await stage.org.settle()
    assert stage.lines == ["GET /Users"]
    assert stage.told[0].endswith(" failed: User account is inactive")
    stage.mark()


@plays("USER-16")
async def linked_without_updates(stage: Stage) -> int:
    stage.app.toggles.update_user_attributes = False
    mira = stage.mira()
    stage.account(mira)
    stage.app.assign(mira)
    await stage.org.settle()
    assert stage.lines == ["GET /Users", f"GET /Users/{MIRA}"]
    return 1


@plays("USER-17", "USER-18")
async def password_set(stage: Stage) -> int:
    stage.app.toggles.sync_password = True
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.set_password(mira, "Fjord-93-lantern")
    await stage.org.settle()
    return len(stage.sent) - 1


@plays("USER-19")
async def renamed(stage: Stage) -> int:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.update_user(mira, login="mira.lind@corp.example", email="mira.lind@corp.example")
    await stage.org.settle()
    assert stage.stored(MIRA)["id"] == MIRA
    return 1


@plays("USER-20")
async def suspended(stage: Stage) -> None:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.suspend(mira)
    await stage.org.settle()
    stage.org.unsuspend(mira)
    await stage.org.settle()


@plays("USER-21")
async def deleted_in_okta(stage: Stage) -> None:
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.org.deactivate(mira)
    await stage.org.settle()
    assert mira.status is UserStatus.DEPROVISIONED
    stage.mark()
    stage.org.delete_user(mira)
    await stage.org.settle()


@plays("USER-22", delete_users=True)
async def deleted_downstream(stage: Stage) -> int:
    await deactivated(stage)
    assert any(one == "application.provision.user.delete" for one, _ in stage.events("SUCCESS"))
    return 0


@plays("USER-23")
async def assigned_too_early(stage: Stage) -> None:
    made = stage.app.connection
    assert made is not None
    stage.app.disable()
    mira = stage.mira()
    stage.app.assign(mira)
    stage.app.enable(made)
    await stage.org.settle()
    assert stage.sent == []
    assert "Click Provision User." in stage.app.app_user(mira).error
    stage.app.provision(mira)
    await stage.org.settle()
    assert stage.lines == ["GET /Users", "POST /Users"]
    stage.mark()
