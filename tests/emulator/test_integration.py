"""The Integration page: connecting, testing, saving, and what becomes of what is connected."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from emulator.behaviours import Behaviours
from emulator.clock import SettableClock
from emulator.connection import Connection, Credentials, connection
from emulator.faults import faults
from emulator.integration import Integration, NotConnectedError
from emulator.org import OktaOrg
from tests.emulator.endpoint import BASE, TOKEN, Endpoint
from tests.emulator.offline import person

pytestmark = pytest.mark.anyio


def to(base: str = BASE, token: str = TOKEN, *, import_groups: bool = False) -> Connection:
    return connection(base, Credentials(secret=token), import_groups=import_groups)


def integrated(endpoint: httpx.AsyncBaseTransport, app: str = "oin", **options: Any) -> Integration:
    org = OktaOrg(clock=SettableClock(), transport=lambda: endpoint)
    return org.add_app(app, **options)


def paths(endpoint: Endpoint) -> list[str]:
    return [one.url.raw_path.decode().partition("/v2")[2] for one in endpoint.requests]


# Test API ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "told"),
    [
        ("kantega", "Kantega SSO was verified successfully!"),
        ("aiw", "Connector configured successfully"),
    ],
)
async def test_a_right_endpoint_passes_with_one_request(app: str, told: str) -> None:
    endpoint = Endpoint()
    made = integrated(endpoint, app)
    await made.configure(to())

    result = await made.test_api()

    assert (result.passed, result.message) == (True, told)
    assert paths(endpoint) == ["/Users?startIndex=1&count=2"]


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_none_one_or_two_users_pass(count: int) -> None:
    endpoint = Endpoint()
    for number in range(count):
        endpoint.add("Users", userName=f"u{number}")
    made = integrated(endpoint)
    await made.configure(to())

    assert (await made.test_api()).passed


async def test_a_wrong_secret_fails_and_is_not_told() -> None:
    made = integrated(Endpoint())
    await made.configure(to(token="a-wrong-secret-91"))

    result = await made.test_api()

    assert not result.passed
    assert result.message.startswith("Error authenticating: ")
    assert "a-wrong-secret-91" not in result.message
    (event,) = made.log.of("application.integration.authentication_failure")
    assert event.result == "FAILURE"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<html></html>", b'{"x": 1}'])
async def test_an_answer_without_users_says_so(body: bytes) -> None:
    made = integrated(Endpoint(lambda _: httpx.Response(200, content=body)))
    await made.configure(to())

    result = await made.test_api()

    assert not result.passed
    assert "No results for users returned" in result.message or "Invalid JSON" in result.message


async def test_an_endpoint_that_is_not_there_fails() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    made = integrated(Endpoint(refuse))
    await made.configure(to())

    result = await made.test_api()

    assert not result.passed
    assert result.message.startswith("Error authenticating: ")


# Save -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "import_groups", "expected"),
    [
        ("kantega", False, []),
        ("kantega", True, ["/Groups?startIndex=1&count=100"]),
        ("aiw", False, ["/Users?startIndex=1&count=2"]),
        ("aiw", True, ["/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"]),
    ],
)
async def test_saving_asks_for_groups_only_when_they_are_imported(
    app: str, import_groups: bool, expected: list[str]
) -> None:
    endpoint = Endpoint()
    made = integrated(endpoint, app)
    await made.configure(to(import_groups=import_groups))

    assert (await made.save()).passed
    assert paths(endpoint) == expected


async def test_a_wizard_app_need_not_repeat_the_probe() -> None:
    endpoint = Endpoint()
    made = integrated(endpoint, "aiw", behaviours=Behaviours(probe_on_save=False))
    await made.configure(to())

    assert (await made.save()).passed
    assert endpoint.requests == []


async def test_an_endpoint_without_groups_fails_to_save_when_they_are_imported() -> None:
    def no_groups(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(404) if request.url.path.endswith("/Groups") else None

    made = integrated(Endpoint(no_groups))
    await made.configure(to(import_groups=True))

    assert (await made.test_api()).passed
    assert not (await made.save()).passed


# Connections ------------------------------------------------------------------------------------


async def test_an_app_without_a_connection_has_nothing_to_test() -> None:
    made = integrated(Endpoint())

    with pytest.raises(NotConnectedError, match="configure the API integration first"):
        await made.test_api()
    await made.settle()


@pytest.mark.parametrize(
    "base", [BASE, f"{BASE}/", "https://proxy.example/confluence-test/scim/ra8njxzor7o2/v2"]
)
async def test_paths_are_appended_with_one_slash(base: str) -> None:
    endpoint = Endpoint()
    made = integrated(endpoint)
    await made.configure(to(base))

    await made.test_api()

    assert str(endpoint.requests[0].url) == f"{base.rstrip('/')}/Users?startIndex=1&count=2"


async def test_another_connection_takes_over_and_accounts_stay() -> None:
    endpoint = Endpoint()
    made = integrated(endpoint, "kantega")
    made.app.toggles.create_users = made.app.toggles.update_user_attributes = True
    org = made.app.directory
    ada = person(org)
    await made.configure(to())
    made.app.assign(ada)
    await made.settle()

    await made.configure(to(token="rotated"))
    org.update_user(ada, middleName="M")
    await made.settle()
    assert len(made.tasks) == 1
    await made.configure(to())
    made.retry()
    await made.settle()

    assert len(made.tasks) == 0
    assert endpoint.resources["Users"]["u1"]["name"]["middleName"] == "M"
    assert made.app.app_user(ada).external_id == "u1"


async def test_closing_leaves_the_app_without_a_connection() -> None:
    made = integrated(Endpoint())
    await made.configure(to())

    await made.aclose()
    await made.aclose()

    with pytest.raises(NotConnectedError):
        await made.test_api()


async def test_a_race_is_a_fault_that_pushes_groups_first() -> None:
    org = OktaOrg(transport=Endpoint, faults=faults("race=1"))

    made = org.add_app("oin")

    assert made.app.behaviours.groups_before_users
