"""Import (To Okta): what is read, who is matched with whom, and the safeguard."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from emulator.application import AppUserStatus, SyncState
from emulator.behaviours import Behaviours
from emulator.clock import SettableClock
from emulator.connection import Credentials, connection
from emulator.directory import DirectoryError, UserStatus
from emulator.importing import ImportResult, Kind, Matching, confirm
from emulator.org import OktaOrg
from emulator.scim_client import RemoteError
from tests.emulator.endpoint import BASE, TOKEN, Endpoint
from tests.emulator.offline import done, person

pytestmark = pytest.mark.anyio


async def started(
    endpoint: httpx.AsyncBaseTransport, *, import_groups: bool = False, **options: Any
) -> OktaOrg:
    """An org with one app that is connected to ``endpoint``."""
    made = connection(BASE, Credentials(secret=TOKEN), import_groups=import_groups)
    org = OktaOrg.start(made, clock=SettableClock(), transport=lambda: endpoint, **options)
    return await org.__aenter__()


def account(endpoint: Endpoint, user_name: str, **values: Any) -> dict[str, Any]:
    """Somebody in the endpoint."""
    names = {"givenName": "Ada", "familyName": "X"}
    email = [{"value": user_name, "primary": True}]
    usual = {"userName": user_name, "active": True, "name": names, "emails": email}
    return endpoint.add("Users", **{**usual, **values})


# Reading ----------------------------------------------------------------------------------------


async def test_an_import_reads_pages_of_100() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["startIndex"])
        names = [f"u{number}@example.com" for number in range(start, min(start + 100, 231))]
        listed = [{"id": one, "userName": one, "name": {"familyName": "X"}} for one in names]
        return httpx.Response(200, json={"totalResults": 230, "Resources": listed})

    endpoint = Endpoint(page)
    org = await started(endpoint)

    result = await org.import_now()

    assert [one.url.query.decode() for one in endpoint.requests] == [
        "startIndex=1&count=100",
        "startIndex=101&count=100",
        "startIndex=201&count=100",
    ]
    assert (result.scanned, result.new) == (230, 230)


async def test_groups_are_read_only_when_they_are_imported() -> None:
    endpoint = Endpoint()
    endpoint.add("Groups", displayName="Sailors")
    without, with_groups = await started(endpoint), await started(endpoint, import_groups=True)

    first = await without.import_now()
    second = await with_groups.import_now()

    assert (first.groups, without.app.target_groups) == (0, {})
    assert (second.groups, with_groups.app.target_groups) == (1, {"g1": "Sailors"})
    paths = [one.url.path.rpartition("/")[2] for one in endpoint.requests]
    assert paths == ["Users", "Users", "Groups"]


async def test_a_list_that_ends_too_early_is_an_error_or_the_end() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        listed = [{"id": "1", "userName": "a", "name": {"familyName": "X"}}]
        is_first = request.url.params["startIndex"] == "1"
        return httpx.Response(
            200, json={"totalResults": 300, "Resources": listed if is_first else []}
        )

    strict = await started(Endpoint(page))
    lenient = await started(Endpoint(page), behaviours=Behaviours(import_empty_page="end"))

    with pytest.raises(RemoteError, match="startIndex=101 is empty, though totalResults is 300"):
        await strict.import_now()
    assert (await lenient.import_now()).scanned == 1


async def test_the_result_is_told_in_the_words_of_the_console() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    for number in range(9):
        account(endpoint, f"u{number}@example.com", active=number > 0)

    result = await org.import_now()

    assert result.text == (
        "8 users scanned! 8 new users imported, 0 existing users updated, 0 unchanged, "
        "0 removed, 0 groups scanned!"
    )
    assert result.inactive == 1
    assert [one.event_type for one in org.log.events][-2:] == [
        "system.import.start",
        "system.import.complete",
    ]


# Matching ---------------------------------------------------------------------------------------


async def test_an_account_is_matched_by_its_username_in_any_case() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    ada = person(org)
    found = account(endpoint, "ADA@example.com")

    result = await org.import_now()

    known = org.app.app_user(ada)
    assert result.matched == {found["id"]: "ada@example.com"}
    assert (known.external_id, known.scope) == (found["id"], "USER")
    assert (known.status, known.sync_state) == (AppUserStatus.ACTIVE, SyncState.SYNCHRONIZED)
    assert done(org.app) == []


async def test_a_person_who_waits_for_an_account_gets_the_one_that_is_there() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    org.app.assign(person(org))
    account(endpoint, "ada@example.com")

    await org.import_now()
    await org.settle()

    assert [one.method for one in endpoint.requests] == ["GET"]


async def test_an_account_is_matched_by_the_username_that_the_app_would_give() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    org.app.use_user_name_format("okta-username-prefix")
    person(org)
    account(endpoint, "ada")

    assert list((await org.import_now()).matched.values()) == ["ada@example.com"]


@pytest.mark.parametrize(
    ("attributes", "matches"),
    [
        (("email",), True),
        (("employeeNumber",), True),
        (("email", "employeeNumber"), True),
        (("login",), False),
        (("email", "title"), False),
    ],
)
async def test_accounts_are_matched_by_what_was_chosen(
    attributes: tuple[str, ...], matches: bool
) -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    person(org, email="a.x@mail.example", employeeNumber="17", title="Cook")
    account(
        endpoint,
        "countess",
        emails=[{"value": "other@mail.example"}, {"value": "A.X@mail.example", "primary": True}],
        title="Captain",
        **{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "17"}},
    )

    result = await org.import_now(Matching(attributes))

    assert bool(result.matched) == matches
    assert result.rows[0].kind is (Kind.EXACT if matches else Kind.NEW)


async def test_nobody_is_matched_by_having_nothing() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    person(org)
    account(endpoint, "countess", emails=[])

    result = await org.import_now(Matching(("employeeNumber",)))

    assert result.matched == {}


async def test_an_attribute_that_no_row_sends_can_not_match() -> None:
    org = await started(Endpoint())

    with pytest.raises(DirectoryError, match=r"'berth': no mapping row sends user\.berth"):
        await org.import_now(Matching(("berth",)))


async def test_an_account_that_fits_two_people_is_left_to_the_admin() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    for first in ("Ada", "Bob"):
        person(org, first, email="crew@mail.example")
    account(endpoint, "crew", emails=[{"value": "crew@mail.example", "primary": True}])

    result = await org.import_now(Matching(("email",)))

    assert [one.kind for one in result.waiting] == [Kind.NEW]


async def test_a_partial_match_waits_until_it_is_confirmed() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    ada = person(org)
    account(endpoint, "countess")

    strict = await org.import_now()
    assert strict.rows[0].kind is Kind.NEW
    result = await org.import_now(Matching(allow_partial=True))
    (row,) = result.waiting
    assert (row.kind, row.login, list(org.app.assigned())) == (Kind.PARTIAL, ada.login, [])
    confirm(org.app, row)

    assert result.waiting == []
    assert org.app.app_user(ada).external_id == row.account_id


async def test_an_exact_match_may_wait_too() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    person(org)
    account(endpoint, "ada@example.com")

    result = await org.import_now(Matching(confirm_exact=False))

    assert len(result.waiting) == 1
    assert list(org.app.assigned()) == []


async def test_a_person_with_another_account_is_an_error_of_that_line() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    ada = person(org, email="a@mail.example")
    org.app.adopt(ada, account(endpoint, "ada@example.com")["id"])
    account(endpoint, "countess", emails=[{"value": "a@mail.example", "primary": True}])

    result = await org.import_now(Matching(("email",)))

    assert result.errors == ["countess: ada@example.com has the account 'u1' already"]
    assert org.app.app_user(ada).external_id == "u1"


async def test_deactivated_people_are_not_matched() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    org.deactivate(person(org))
    account(endpoint, "ada@example.com")

    assert (await org.import_now()).rows[0].kind is Kind.NEW


# New users --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activate", "status"), [(True, UserStatus.ACTIVE), (False, UserStatus.STAGED)]
)
async def test_a_new_user_is_made_when_the_line_is_confirmed(
    activate: bool, status: UserStatus
) -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    org.app.assign_group("Everyone")
    account(endpoint, "countess", emails=[{"value": "ada@mail.example", "primary": True}])

    result = await org.import_now(Matching(confirm_new=True, activate_new=activate))

    (user,) = org.users.values()
    assert (user.login, user.name, user.status) == ("ada@mail.example", "Ada X", status)
    assert result.waiting == []
    # The account is there: Everyone does not provision it once more.
    assert done(org.app) == []
    assert org.app.app_user(user).external_id == "u1"


async def test_a_line_that_is_ignored_waits_no_more() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    account(endpoint, "ada@example.com")
    result = await org.import_now()

    result.rows[0].is_ignored = True

    assert result.waiting == []
    assert len(result.unmatched) == 1
    assert not org.users


async def test_accounts_that_okta_can_not_take_are_named() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    account(endpoint, "nobody", name={})
    account(endpoint, "nameless", emails=[])
    endpoint.resources["Users"]["x"] = {"userName": "idless", "active": True}
    endpoint.resources["Users"]["y"] = {"userName": "odd", "id": {"a": 1}, "active": True}

    result = await org.import_now(Matching(confirm_new=True))

    assert sorted(one.partition(":")[0] for one in result.errors) == [
        "idless",
        "nameless",
        "nobody",
        "odd",
    ]


# The safeguard ----------------------------------------------------------------------------------


async def _with_accounts(endpoint: Endpoint, count: int) -> OktaOrg:
    org = await started(endpoint)
    for number in range(count):
        user = person(org, f"P{number}")
        org.app.adopt(user, account(endpoint, user.login)["id"])
    return org


async def test_an_import_that_would_unassign_more_than_a_fifth_stops() -> None:
    endpoint = Endpoint()
    org = await _with_accounts(endpoint, 10)
    for number in range(3):
        endpoint.resources["Users"].pop(f"u{number + 1}")

    result = await org.import_now()

    assert result.is_stopped
    assert result.removed == 0
    assert sum(1 for _ in org.app.assigned()) == 10
    (event,) = org.log.of("system.import.roadblock")
    assert event.reason == "3 of 10 app users would be unassigned"


async def test_accounts_that_are_gone_or_inactive_are_unassigned_up_to_a_fifth() -> None:
    endpoint = Endpoint()
    org = await _with_accounts(endpoint, 10)
    del endpoint.resources["Users"]["u1"]
    endpoint.resources["Users"]["u2"]["active"] = False

    result = await org.import_now()

    assert (result.removed, result.unchanged, result.is_stopped) == (2, 8, False)
    assert org.app.app_user("p0@example.com").status is AppUserStatus.DEPROVISIONED
    assert done(org.app) == []


async def test_the_safeguard_can_be_set() -> None:
    endpoint = Endpoint()
    org = await _with_accounts(endpoint, 4)
    endpoint.resources["Users"].clear()

    stopped = await org.import_now(Matching(safeguard=0.99))
    result = await org.import_now(Matching(safeguard=1.0))

    assert stopped.is_stopped
    assert result.removed == 4


async def test_an_import_of_nothing_into_nothing_is_no_error() -> None:
    org = await started(Endpoint())

    result = await org.import_now()

    assert result == ImportResult()


async def test_a_confirmed_member_joins_the_pushed_group() -> None:
    endpoint = Endpoint()
    org = await started(endpoint)
    crew = org.create_group("Crew")
    org.add_member(crew, person(org))
    org.app.pushed.push(crew)
    await org.settle()
    account(endpoint, "ada@example.com")

    await org.import_now()
    await org.settle()

    (group,) = endpoint.resources["Groups"].values()
    assert [one["value"] for one in group["members"]] == ["u2"]
    assert json.loads(endpoint.requests[-1].content)["Operations"][0]["op"] == "add"
