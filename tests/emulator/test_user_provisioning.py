"""Each branch of a person's way into an account and out of it, with what an admin reads."""

from __future__ import annotations

import copy

import httpx
import pytest

from emulator.connection import Credentials, connection
from tests.emulator.stage import BASE, MIRA, TOKEN, Stage, listed, refused
from tests.emulator.stage_of_people import APPS, OF_USER, ONE, TASK, assigned, logged

pytestmark = pytest.mark.anyio


# Create -------------------------------------------------------------------------------


@APPS
async def test_new_account_is_created_and_remembered(app: str) -> None:
    async with Stage(app) as stage:
        known = await assigned(stage)

        assert stage.lines == ["GET /Users", "POST /Users"]
        assert (known.status, known.sync_state) == ("ACTIVE", "SYNCHRONIZED")
        assert known.external_id == MIRA
        assert logged(stage, "SUCCESS") == ["push", "sync"]


@APPS
async def test_create_users_off_finds_nobody(app: str) -> None:
    async with Stage(app) as stage:
        stage.app.toggles.create_users = False
        known = await assigned(stage)

        assert stage.lines == ["GET /Users"]
        assert stage.told == [f"{TASK}Matching user not found."]
        assert known.sync_state == "ERROR"


async def test_lookup_answered_404_means_not_there() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", refused(404, "no such user"))
        known = await assigned(stage)

        assert known.external_id == MIRA


async def test_lookup_refused_is_told_letter_by_letter() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", refused(401, "Token expired"))
        await assigned(stage)

        assert stage.told == [
            (
                f"{TASK}Error while verifying if user mira.voss@corp.example exists: Unauthorized. "
                "Errors reported by remote server: Token expired"
            )
        ]
        assert logged(stage, "FAILURE") == ["sync"]


async def test_401_without_a_word_blames_the_credentials() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", httpx.Response(401))
        await assigned(stage)

        assert stage.told == [
            (
                f"{TASK}The credentials used to connect to the API were invalid; please check your "
                "configuration"
            )
        ]


async def test_conflict_stops_the_job_and_waits_for_an_admin() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Users", refused(409, "taken"))
        await assigned(stage)

        assert stage.lines == ["GET /Users", "POST /Users"]
        assert stage.told == [
            (
                f"{TASK}Error while creating user Mira Voss: Conflict. Errors reported by remote "
                "server: taken"
            )
        ]
        assert logged(stage, "FAILURE") == ["push", "sync"]
        stage.mark()
        stage.org.retry()
        await stage.org.settle()
        assert stage.lines == ["GET /Users", "POST /Users"]
        assert stage.told == []


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_create_answered_without_a_body_is_an_error(status: int) -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Users", httpx.Response(status))
        await assigned(stage)

        assert stage.told == [
            f"{TASK}Error while creating user Mira Voss: Create new user returned empty user."
        ]


async def test_create_without_an_id_is_an_error() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("POST", "/Users", httpx.Response(201, json={"userName": "x"}))
        await assigned(stage)

        assert stage.told[0].endswith("the user that was created has no id")


@pytest.mark.parametrize(("choice", "count"), [("any", 0), ("201", 1)])
async def test_create_answered_200_is_taken_or_not(choice: str, count: int) -> None:
    async with Stage(create_status=choice) as stage:
        stage.endpoint.plan("POST", "/Users", httpx.Response(200, json={"id": "1"}))
        await assigned(stage)

        assert len(stage.told) == count


async def test_password_can_be_left_out_of_a_create() -> None:
    async with Stage() as with_one, Stage(create_password=False) as without:
        await assigned(with_one)
        await assigned(without)

        assert len(with_one.body(1)["password"]) == 8
        assert "password" not in without.body(1)


async def test_placeholder_passwords_differ() -> None:
    async with Stage() as stage:
        stage.app.assign(stage.mira())
        stage.app.assign(stage.ilya())
        await stage.org.settle()

        first, second = stage.body(1)["password"], stage.body(3)["password"]
        assert first != second


# Lists --------------------------------------------------------------------------------


async def test_string_numbers_fail_without_a_reason() -> None:
    wrong = {"totalResults": "0", "Resources": []}
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", httpx.Response(200, json=wrong))
        await assigned(stage)

        assert stage.lines == ["GET /Users"]
        assert stage.events("FAILURE") == [(f"{OF_USER}sync", None)]


async def test_string_numbers_can_be_taken() -> None:
    wrong = {"totalResults": "0", "Resources": []}
    async with Stage(strict_numbers=False) as stage:
        stage.endpoint.plan("GET", "/Users", httpx.Response(200, json=wrong))
        await assigned(stage)

        assert stage.told == []


async def test_keys_in_lower_case_are_read() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        lower = {"totalresults": 1, "resources": [stage.account(mira)]}
        stage.endpoint.plan("GET", "/Users", httpx.Response(200, json=lower))
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.app.app_user(mira).external_id == MIRA


async def test_several_accounts_have_the_first_taken_with_a_warning() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        account = stage.account(mira)
        stage.endpoint.plan("GET", "/Users", listed(account, {**account, "id": "2"}))
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.app.app_user(mira).external_id == MIRA
        (warning,) = stage.org.log.of(f"{OF_USER}verify_exists")
        assert (warning.reason, warning.to_json()["severity"]) == ("2 users were found", "WARN")


async def test_several_accounts_can_be_an_error() -> None:
    async with Stage(several_matches="error") as stage:
        stage.endpoint.plan("GET", "/Users", listed({"id": "1"}, {"id": "2"}))
        await assigned(stage)

        assert stage.told[0].endswith("exists: 2 users were found")


async def test_account_without_an_id_is_an_error() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", listed({"userName": "mira.voss@corp.example"}))
        await assigned(stage)

        assert stage.told[0].endswith("the user that was found has no id")


async def test_strict_app_wants_more_than_an_id() -> None:
    async with Stage(strict_resources=True) as stage:
        stage.endpoint.plan("GET", "/Users", listed({"id": "1", "schemas": [], "userName": "x"}))
        await assigned(stage)

        assert stage.told[0].endswith("the user that was found has no active")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("identifier", 'email eq "mira@home.example"'),
        ("userName", 'userName eq "mira@home.example"'),
    ],
)
async def test_unique_identifier_decides_what_is_looked_for(choice: str, expected: str) -> None:
    made = connection(BASE, Credentials(secret=TOKEN), unique_identifier="email")
    async with Stage("aiw", made=made, lookup_attribute=choice) as stage:
        await assigned(stage, email="mira@home.example")

        assert stage.sent[0].url.params["filter"] == expected


# Link ---------------------------------------------------------------------------------


@APPS
async def test_active_account_gets_the_profile_once(app: str) -> None:
    async with Stage(app) as stage:
        await assigned(stage, {}, title="Pilot")

        assert stage.lines == ["GET /Users", f"GET {ONE}", f"PUT {ONE}"]
        assert stage.stored(MIRA)["title"] == "Pilot"
        assert logged(stage, "SUCCESS") == ["push_profile", "sync"]


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ("oin", ["GET /Users", f"PATCH {ONE}", f"GET {ONE}", f"PUT {ONE}"]),
        ("aiw", ["GET /Users", f"GET {ONE}", f"PUT {ONE}", f"GET {ONE}", f"PUT {ONE}"]),
    ],
)
@pytest.mark.parametrize("active", [False, True])
async def test_inactive_account_is_activated_first(
    app: str, expected: list[str], active: bool
) -> None:
    """And one that is active too, where that is chosen."""
    always = "always" if active else "when-inactive"
    async with Stage(app, reactivate_on_link=always) as stage:
        await assigned(stage, {"active": active})

        assert stage.lines == expected
        assert stage.stored(MIRA)["active"] is True
        assert logged(stage, "SUCCESS") == ["reactivate", "push_profile", "sync"]


@APPS
async def test_deactivate_users_off_leaves_an_inactive_account(app: str) -> None:
    async with Stage(app) as stage:
        stage.app.toggles.deactivate_users = False
        await assigned(stage, {"active": False})

        assert stage.lines == ["GET /Users"]
        assert stage.told == [f"{TASK}User account is inactive"]


@APPS
async def test_updates_off_reads_the_account_and_writes_nothing(app: str) -> None:
    async with Stage(app) as stage:
        stage.app.toggles.update_user_attributes = False
        known = await assigned(stage, {})

        assert stage.lines == ["GET /Users", f"GET {ONE}"]
        assert logged(stage, "SUCCESS") == ["import_profile", "sync"]
        assert known.status == "ACTIVE"


@pytest.mark.parametrize(
    ("app", "method", "answer", "reads"),
    [
        ("oin", "PATCH", httpx.Response(204), 2),
        ("oin", "PATCH", httpx.Response(200, json={"id": MIRA}), 2),
        ("oin", "PATCH", httpx.Response(200, json={"id": MIRA, "active": True}), 1),
        ("aiw", "PUT", httpx.Response(204), 3),
    ],
)
async def test_reactivation_is_read_from_the_answer_or_by_a_get(
    app: str, method: str, answer: httpx.Response, reads: int
) -> None:
    async with Stage(app) as stage:
        mira = stage.mira()
        account = stage.account(mira, active=False)

        def take(request: httpx.Request) -> httpx.Response:
            account["active"] = True
            return httpx.Response(answer.status_code, content=answer.content)

        stage.endpoint.plan(method, "/Users", take)
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.told == []
        assert stage.lines.count(f"GET {ONE}") == reads


async def test_reactivation_can_always_be_read_by_a_get() -> None:
    async with Stage(reactivation_read="get") as stage:
        await assigned(stage, {"active": False})

        assert stage.lines == [
            "GET /Users", f"PATCH {ONE}", f"GET {ONE}", f"GET {ONE}", f"PUT {ONE}",
        ]  # fmt: skip


@APPS
async def test_account_that_stays_inactive_puts_the_job_off(app: str) -> None:
    async with Stage(app) as stage:
        mira = stage.mira()
        sleepy = copy.deepcopy(stage.account(mira, active=False))
        answers = [httpx.Response(200, json=sleepy) for _ in range(3)]
        stage.endpoint.plan("PATCH" if app == "oin" else "PUT", "/Users", *answers)
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.told == [
            (
                f"{TASK}User mira.voss@corp.example provision to app failed due to delay in "
                "reactivating remote User. Rescheduling provision job."
            )
        ]
        assert stage.clock.slept == [300, 300]
        assert (logged(stage, "FAILURE").count("reactivate")) == 3


async def test_account_that_wakes_up_late_is_taken_at_the_next_try() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        sleepy = copy.deepcopy(stage.account(mira, active=False))
        stage.endpoint.plan("PATCH", "/Users", httpx.Response(200, json=sleepy))
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.told == []
        assert stage.clock.slept == [300]
        assert stage.app.app_user(mira).status == "ACTIVE"
