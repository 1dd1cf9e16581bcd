"""The org as one object: apps, time, and what happens from a change to a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator import OktaOrg, SettableClock
from emulator.application import AppUserStatus, Toggles
from emulator.connection import ConnectionSettingsError, Credentials, connection
from emulator.integration import NotConnectedError
from emulator.org import UnknownAppError
from tests.emulator.endpoint import BASE, TOKEN, Endpoint
from tests.emulator.offline import person


def org_at(endpoint: Endpoint, app: str = "oin", *, toggles: Toggles | None = None) -> OktaOrg:
    return OktaOrg.start(
        BASE,
        token=TOKEN,
        app=app,
        toggles=toggles,
        clock=SettableClock(),
        transport=lambda: endpoint,
    )


def methods(endpoint: Endpoint) -> list[str]:
    return [one.method for one in endpoint.requests]


@pytest.mark.anyio
@pytest.mark.parametrize("app", ["oin", "aiw", "kantega"])
async def test_a_person_and_a_group_reach_the_endpoint(app: str) -> None:
    endpoint = Endpoint()
    async with org_at(endpoint, app) as okta:
        ada, crew = person(okta), okta.create_group("Crew")
        okta.add_member(crew, ada)
        okta.app.assign(ada)
        okta.app.pushed.push(crew)
        await okta.settle()

    (account,), (group,) = (list(one.values()) for one in endpoint.resources.values())
    assert account["externalId"] == ada.id
    assert [one["value"] for one in group["members"]] == [account["id"]]
    assert len(okta.tasks) == 0


@pytest.mark.anyio
async def test_start_switches_the_toggles_of_the_guide_on() -> None:
    async with org_at(Endpoint()) as okta:
        assert okta.app.toggles == Toggles(
            create_users=True, update_user_attributes=True, deactivate_users=True
        )
    async with org_at(Endpoint(), toggles=Toggles()) as okta:
        assert okta.app.toggles == Toggles()


@pytest.mark.anyio
async def test_without_create_users_nobody_is_created() -> None:
    endpoint = Endpoint()
    async with org_at(endpoint, toggles=Toggles()) as okta:
        ada = person(okta)
        okta.app.assign(ada)
        await okta.settle()
        (task,) = okta.tasks
        okta.app.toggles.create_users = True
        okta.retry()
        await okta.settle()

    assert task.message.endswith("failed: Matching user not found.")
    assert methods(endpoint) == ["GET", "GET", "POST"]
    assert len(okta.tasks) == 0


@pytest.mark.anyio
async def test_without_deactivate_users_nothing_is_sent_on_unassign() -> None:
    endpoint = Endpoint()
    async with org_at(endpoint, toggles=Toggles(create_users=True)) as okta:
        ada = person(okta)
        okta.app.assign(ada)
        await okta.settle()
        endpoint.requests.clear()
        okta.app.unassign(ada)
        await okta.settle()

    assert methods(endpoint) == []
    assert okta.app.app_user(ada).status is AppUserStatus.DEPROVISIONED


@pytest.mark.anyio
async def test_a_person_deleted_at_once_is_deactivated_in_the_endpoint() -> None:
    endpoint = Endpoint()
    async with org_at(endpoint) as okta:
        ada = person(okta)
        okta.app.assign(ada)
        await okta.settle()
        okta.deactivate(ada)
        okta.delete_user(ada)
        await okta.settle()

    assert endpoint.resources["Users"]["u1"]["active"] is False
    assert len(okta.tasks) == 0


@pytest.mark.anyio
async def test_a_person_who_comes_back_gets_the_same_account() -> None:
    endpoint = Endpoint()
    async with org_at(endpoint) as okta:
        ada = person(okta)
        okta.app.assign_group("Everyone")
        await okta.settle()
        okta.deactivate(ada)
        await okta.settle()
        assert endpoint.resources["Users"]["u1"]["active"] is False
        okta.activate(ada)
        await okta.settle()

    assert okta.app.app_user(ada).external_id == "u1"
    assert endpoint.resources["Users"]["u1"]["active"] is True


@pytest.mark.anyio
async def test_every_app_hears_of_every_change() -> None:
    one, other = Endpoint(), Endpoint()
    lines = iter((one, other))
    okta = OktaOrg(clock=SettableClock(), transport=lambda: next(lines))
    for name in ("oin", "aiw"):
        made = okta.add_app(name)
        made.app.toggles.create_users = True
        await made.configure(connection(BASE, Credentials(secret=TOKEN)))
        made.app.assign_group("Everyone")
    person(okta)

    await okta.settle()

    assert methods(one) == methods(other) == ["GET", "POST"]
    await okta.aclose()


def test_an_app_that_the_catalogue_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownAppError, match="no app 'entra' in the catalogue; choose from kante"):
        OktaOrg().add_app("entra")


def test_an_org_without_an_app_says_so() -> None:
    with pytest.raises(NotConnectedError, match="the org has no app; add one"):
        _ = OktaOrg().app


def test_a_base_url_that_okta_would_not_take_is_refused() -> None:
    with pytest.raises(ConnectionSettingsError, match="https only"):
        OktaOrg.start("http://scim.example/v2", token=TOKEN)


def test_the_same_seed_gives_the_same_ids() -> None:
    ids = [[person(OktaOrg(seed=seed)).id, OktaOrg(seed=seed).everyone.id] for seed in (1, 1, 2)]

    assert ids[0] == ids[1]
    assert ids[0] != ids[2]


def test_an_org_saves_what_it_loads(tmp_path: Path) -> None:
    org, again = OktaOrg(), OktaOrg()
    person(org)

    org.save(tmp_path / "org.yaml")
    again.load(tmp_path / "org.yaml")

    assert [one.login for one in again.users.values()] == ["ada@example.com"]
