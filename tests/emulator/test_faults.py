"""Disturbances: what they do to one request, and that an org comes to rest after each."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from emulator.faults import OF_THE_ORDER, Fault, FaultError, Faults, FaultyTransport, faults
from emulator.org import OktaOrg
from tests.emulator.right_server import RightServer

_USERS = "https://scim.example/scim/v2/Users"
_GROUPS = "https://scim.example/scim/v2/Groups"


class _Counting(httpx.AsyncBaseTransport):
    """Answers 200, and counts."""

    def __init__(self) -> None:
        self.count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        return httpx.Response(200, json={"number": self.count}, request=request)


async def _send(
    fault: Fault, method: str = "PATCH", url: str = _USERS
) -> tuple[int, httpx.Request, httpx.Response]:
    inner = _Counting()
    line = FaultyTransport(inner, Faults({fault: 1.0}, delay=0.0))
    request = httpx.Request(method, url, content=b"{}")
    return inner.count, request, await line.handle_async_request(request)


# One request --------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_lost_response_is_lost_after_the_server_did_its_work() -> None:
    inner = _Counting()
    line = FaultyTransport(inner, Faults({Fault.LOST_RESPONSE: 1.0}))
    with pytest.raises(httpx.ReadError):
        await line.handle_async_request(httpx.Request("POST", _USERS, content=b"{}"))
    assert inner.count == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.TIMEOUT, httpx.ReadTimeout), (Fault.RESET, httpx.ReadError)]
)
async def test_a_request_that_does_not_arrive_changes_nothing(
    fault: Fault, error: type[Exception]
) -> None:
    inner = _Counting()
    line = FaultyTransport(inner, Faults({fault: 1.0}))
    with pytest.raises(error):
        await line.handle_async_request(httpx.Request("POST", _USERS, content=b"{}"))
    assert inner.count == 0


@pytest.mark.anyio
async def test_a_rate_limit_says_how_long_to_wait() -> None:
    _, request, answer = await _send(Fault.RATE_LIMIT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert request.extensions["fault"] == "rate-limit"


@pytest.mark.anyio
async def test_a_server_error_is_one_of_a_gateway() -> None:
    _, _, answer = await _send(Fault.SERVER_ERROR)
    assert answer.status_code in {500, 502, 503}
    assert answer.text == f"error code: {answer.status_code}"


@pytest.mark.anyio
async def test_a_slow_answer_is_an_answer() -> None:
    _, request, answer = await _send(Fault.SLOW)
    assert answer.status_code == 200
    assert request.extensions["fault"] == "slow"


@pytest.mark.anyio
async def test_a_duplicate_is_delivered_twice_and_answered_once() -> None:
    inner = _Counting()
    line = FaultyTransport(inner, Faults({Fault.DUPLICATE: 1.0}))
    answer = await line.handle_async_request(httpx.Request("PATCH", _USERS, content=b"{}"))
    assert inner.count == 2
    assert answer.json() == {"number": 1}


@pytest.mark.anyio
async def test_the_create_of_a_group_is_not_duplicated() -> None:
    """Two groups may have one name, so no client could mend it."""
    inner = _Counting()
    line = FaultyTransport(inner, Faults({Fault.DUPLICATE: 1.0}))
    request = httpx.Request("POST", _GROUPS, content=b"{}")
    await line.handle_async_request(request)
    assert inner.count == 1
    assert "fault" not in request.extensions


@pytest.mark.anyio
async def test_the_same_seed_strikes_the_same_requests() -> None:
    async def struck(seed: int) -> list[int]:
        line = FaultyTransport(_Counting(), Faults({Fault.RATE_LIMIT: 0.3}, seed))
        return [
            (await line.handle_async_request(httpx.Request("GET", _USERS))).status_code
            for _ in range(40)
        ]

    assert await struck(1) == await struck(1)
    assert await struck(1) != await struck(2)


# Options ------------------------------------------------------------------------------


def test_all_means_every_fault_of_a_request() -> None:
    assert set(faults("all=0.02").rates) == set(Fault) - OF_THE_ORDER


def test_a_fault_can_be_named_beside_all() -> None:
    chosen = faults("all=0.02, race, timeout=0")
    assert chosen.has(Fault.RACE)
    assert not chosen.has(Fault.TIMEOUT)
    assert chosen.rates[Fault.RESET] == 0.02


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("flood=0.1", "no fault 'flood'; choose from all, lost-response"),
        ("reset=often", "fault 'reset=often': say a rate from 0 to 1, as in reset=0.02"),
        ("reset=2", "fault 'reset=2': the rate must lie between 0 and 1"),
        ("reset=nan", "fault 'reset=nan': the rate must lie between 0 and 1"),
    ],
)
def test_a_wrong_fault_is_refused_with_the_way_out(text: str, told: str) -> None:
    with pytest.raises(FaultError, match="fault") as refused:
        faults(text)
    assert str(refused.value).startswith(told)


# An org under faults ------------------------------------------------------------------


async def _live(okta: OktaOrg) -> None:
    """People come, change and go, and groups are pushed, with retries as by an admin."""
    people = [okta.create_user("Ada", f"Number {one}") for one in range(8)]
    groups = [okta.create_group(name) for name in ("Crew", "Board")]
    okta.app.assign_group(okta.everyone)
    for group in groups:
        okta.app.pushed.push(group)
        for person in people[:6]:
            okta.add_member(group, person)
    await _rest(okta)
    okta.update_user(people[0], title="Analyst", login="ada@corp.example")
    okta.deactivate(people[1])
    okta.remove_member(groups[0], people[2])
    okta.update_group(groups[1], name="Council")
    okta.create_user("Mira", "Voss")
    await _rest(okta)


async def _rest(okta: OktaOrg) -> None:
    await okta.settle()
    for _ in range(60):
        if not len(okta.tasks):
            return
        okta.retry()
        await okta.settle()
    raise AssertionError([one.message for one in okta.tasks])


@pytest.mark.anyio
@pytest.mark.parametrize("app", ["oin", "aiw"])
@pytest.mark.parametrize("fault", list(Fault))
async def test_an_org_comes_to_rest_without_duplicates(app: str, fault: Fault) -> None:
    server = RightServer()
    async with server.org(
        app, disturbed=Faults({fault: 0.3}, seed=7, delay=0.0), concurrency=3
    ) as okta:
        await _live(okta)

        accounts = await server.users()
        by_id = {one["id"]: one for one in accounts}
        assert Counter(one["externalId"] for one in accounts) == dict.fromkeys(okta.users, 1)
        for known in okta.app.users.values():
            person = okta.users[known.user]
            account = next(one for one in accounts if one["externalId"] == known.user)
            assert account["active"] == (person.status == "ACTIVE")
            assert account["userName"] == person.login
        groups = {one["displayName"]: one for one in await server.groups()}
        assert len(await server.groups()) == 2
        for mapping in okta.app.pushed:
            members = [one["value"] for one in groups[mapping.target_name]["members"]]
            assert len(members) == len(set(members))
            active = {one for one in members if by_id[one]["active"]}
            assert active == set(okta.app.pushed.eligible(mapping))
