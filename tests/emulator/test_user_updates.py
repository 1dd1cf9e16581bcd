"""What becomes of an account: updates, passwords, and its end, with what an admin reads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from emulator.attributes import Apply
from emulator.mapping_table import altered
from tests.emulator.stage import MIRA, Stage, refused
from tests.emulator.stage_of_people import APPS, ONE, TASK, logged

pytestmark = pytest.mark.anyio


# Updates ------------------------------------------------------------------------------


async def test_unchanged_attribute_sends_nothing() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, secondEmail="mira@home.example")
        await stage.org.settle()

        assert stage.lines == []


async def test_row_that_applies_on_create_sends_no_update() -> None:
    async with Stage() as stage:
        stage.app.mappings = altered(stage.app.mappings, "title", apply=Apply.CREATE)
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.lines == []


async def test_updates_off_sends_no_update() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.app.toggles.update_user_attributes = False
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.lines == []


async def test_refused_update_is_told_letter_by_letter() -> None:
    async with Stage() as stage:
        mira = stage.mira(email="mira@home.example")
        await stage.provisioned(mira)
        stage.endpoint.plan("PUT", "/Users", refused(400, "no titles here"))
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.told == [
            (
                f"{TASK}Error while trying to push profile update for mira@home.example: Bad "
                "Request. Errors reported by remote server: no titles here"
            )
        ]
        assert logged(stage, "FAILURE") == ["push_profile"]


@pytest.mark.parametrize(
    ("cleared", "expected"),
    [("keep", "Pilot"), ("empty-string", ""), ("null", None), ("omit", "absent")],
)
async def test_cleared_attribute_is_written_as_chosen(cleared: str, expected: Any) -> None:
    async with Stage(cleared=cleared) as stage:
        mira = stage.mira(title="Pilot")
        await stage.provisioned(mira)
        stage.org.update_user(mira, title=None)
        await stage.org.settle()

        assert stage.body(1).get("title", "absent") == expected


@pytest.mark.parametrize(("cleared", "count"), [("keep", 0), ("null", 1), ("empty-string", 1)])
async def test_cleared_attribute_is_patched_where_there_is_a_value_for_it(
    cleared: str, count: int
) -> None:
    async with Stage(user_patch=True, cleared=cleared) as stage:
        mira = stage.mira(title="Pilot")
        await stage.provisioned(mira)
        stage.org.update_user(mira, title=None)
        await stage.org.settle()

        assert len(stage.sent) == count
        assert stage.told == []


async def test_patch_of_a_profile_has_the_username_only_when_that_changed() -> None:
    async with Stage(user_patch=True) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()
        stage.org.update_user(mira, login="mira.lind@corp.example")
        await stage.org.settle()

        values = [stage.body(number)["Operations"][0]["value"] for number in (0, 1)]
        assert values == [{"title": "Pilot"}, {"userName": "mira.lind@corp.example"}]


async def test_wizard_app_has_no_patch_whatever_is_chosen() -> None:
    async with Stage("aiw", user_patch=True) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.lines == [f"GET {ONE}", f"PUT {ONE}"]


@APPS
async def test_excluded_username_stays_as_it_is(app: str) -> None:
    async with Stage(app) as stage:
        stage.app.toggles.exclude_username_updates = True
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, login="mira.lind@corp.example", title="Pilot")
        await stage.org.settle()

        assert stage.body(1)["userName"] == "mira.voss@corp.example"
        assert stage.body(1)["title"] == "Pilot"


async def test_new_username_can_lead_to_a_new_account() -> None:
    async with Stage(username_change="new-account") as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, login="mira.lind@corp.example")
        await stage.org.settle()

        assert stage.lines == [f"PATCH {ONE}", "GET /Users", "POST /Users"]
        assert stage.stored(MIRA)["active"] is False
        assert stage.app.app_user(mira).external_id != MIRA


async def test_force_sync_sends_every_account_again_and_creates_none() -> None:
    async with Stage() as stage:
        await stage.provisioned(stage.mira())
        stage.app.force_sync()
        await stage.org.settle()

        assert stage.lines == [f"GET {ONE}", f"PUT {ONE}"]


@pytest.mark.parametrize(
    ("choice", "last"), [("error", f"GET {ONE}"), ("provision", "POST /Users")]
)
async def test_vanished_account_is_an_error_or_made_anew(choice: str, last: str) -> None:
    async with Stage(vanished_account=choice) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.stores["/Users"].clear()
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.lines[-1] == last
        assert len(stage.told) == (choice == "error")


@pytest.mark.parametrize(("choice", "expected"), [("ignore", MIRA), ("adopt", "other")])
async def test_other_id_in_the_answer_is_ignored_or_adopted(choice: str, expected: str) -> None:
    async with Stage(changed_id=choice) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("PUT", "/Users", httpx.Response(200, json={"id": "other"}))
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.app.app_user(mira).external_id == expected


async def test_put_can_have_the_order_of_objects() -> None:
    async with Stage(put_order="object") as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert list(stage.body(1))[:4] == ["id", "externalId", "meta", "schemas"]


async def test_account_that_comes_back_empty_is_an_error() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("GET", "/Users", httpx.Response(200))
        stage.org.update_user(mira, title="Pilot")
        await stage.org.settle()

        assert stage.told[0].endswith("the user came back empty")


# Passwords ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "expected"), [("oin", [f"PATCH {ONE}"]), ("aiw", [f"GET {ONE}", f"PUT {ONE}"])]
)
async def test_password_is_sent_with_sync_password_on(app: str, expected: list[str]) -> None:
    async with Stage(app) as stage:
        stage.app.toggles.sync_password = True
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.set_password(mira, "Fjord-93-lantern")
        await stage.org.settle()

        assert stage.lines == expected
        assert "push_password" in logged(stage, "SUCCESS")
        assert "Fjord-93-lantern" not in repr(list(stage.org.integration.wire.entries))


@APPS
async def test_password_is_not_sent_with_sync_password_off(app: str) -> None:
    async with Stage(app) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.org.set_password(mira, "Fjord-93-lantern")
        await stage.org.settle()

        assert stage.lines == []


async def test_refused_password_is_tried_again_on_retry() -> None:
    async with Stage() as stage:
        stage.app.toggles.sync_password = True
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("PATCH", "/Users", refused(400, "too weak"))
        stage.org.set_password(mira, "Fjord-93-lantern")
        await stage.org.settle()
        assert "Fjord" not in stage.told[0]
        stage.org.retry()
        await stage.org.settle()

        values = [stage.body(number)["Operations"][0]["value"] for number in (0, 1)]
        assert values == [{"password": "Fjord-93-lantern"}] * 2
        assert stage.told == []


# Deprovisioning -----------------------------------------------------------------------


async def test_wizard_app_changes_active_and_nothing_else() -> None:
    async with Stage("aiw") as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        foreign = {
            "id": MIRA,
            "userName": "other",
            "emails": [{"value": "x"}],
            "active": True,
            "x": [1],
        }
        stage.endpoint.plan("GET", "/Users", httpx.Response(200, json=foreign))
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.body(1) == {**foreign, "active": False}


@APPS
async def test_deactivate_users_off_sends_nothing(app: str) -> None:
    async with Stage(app) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.app.toggles.deactivate_users = False
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.lines == []
        assert stage.app.app_user(mira).external_id is None


async def test_get_can_come_before_the_patch() -> None:
    async with Stage(get_before_patch=True) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.lines == [f"GET {ONE}", f"PATCH {ONE}"]


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [(False, [f"PATCH {ONE}"]), (True, [f"PATCH {ONE}", f"GET {ONE}", f"PUT {ONE}"])],
)
async def test_patch_not_implemented_is_an_error_or_a_put(
    fallback: bool, expected: list[str]
) -> None:
    async with Stage(put_fallback=fallback) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("PATCH", "/Users", refused(501, "no PATCH"))
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.lines == expected
        assert len(stage.told) == (not fallback)


async def test_failed_deactivation_keeps_the_account_for_the_retry() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("PATCH", "/Users", refused(500, "oops"))
        stage.app.unassign(mira)
        await stage.org.settle()
        known = stage.app.app_user(mira)
        assert (known.status, known.external_id) == ("REVOKED", MIRA)
        assert stage.told == [
            (
                f"{TASK}Error while trying to deactivate mira.voss@corp.example: Internal Server "
                "Error. Errors reported by remote server: oops"
            )
        ]
        stage.org.retry()
        await stage.org.settle()

        assert stage.lines == [f"PATCH {ONE}"] * 2
        assert (known.status, known.external_id) == ("DEPROVISIONED", None)
        assert logged(stage, "SUCCESS")[-2:] == ["deactivate", "deprovision"]


@pytest.mark.parametrize("answer", [httpx.Response(204), refused(404, "gone")])
async def test_account_can_be_deleted(answer: httpx.Response) -> None:
    async with Stage(delete_users=True) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("DELETE", "/Users", answer)
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.lines == [f"DELETE {ONE}"]
        assert stage.told == []
        assert logged(stage, "SUCCESS")[-2:] == ["delete", "deprovision"]


async def test_account_that_cannot_be_deleted_is_a_task() -> None:
    async with Stage(delete_users=True) as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.endpoint.plan("DELETE", "/Users", refused(403, "never"))
        stage.app.unassign(mira)
        await stage.org.settle()

        assert "Error while trying to delete mira.voss@corp.example: Forbidden." in stage.told[0]


async def test_create_without_an_answer_is_looked_for_when_the_app_is_lost() -> None:
    async with Stage() as stage:
        mira = stage.mira()

        def lose(request: httpx.Request) -> httpx.Response:
            stage.account(mira)
            raise httpx.ReadError("Connection reset")

        stage.endpoint.plan("POST", "/Users", lose)
        stage.app.assign(mira)
        await stage.org.settle()
        assert len(stage.told) == 1
        stage.app.unassign(mira)
        await stage.org.settle()

        assert stage.stored(MIRA)["active"] is False
        assert stage.told == []
