"""Options of the connection, of lists and of waiting; others are tested with what they change."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

import emulator
from emulator.behaviours import Behaviours
from emulator.connection import Credentials, connection
from emulator.org import OktaOrg
from emulator.replies import RemoteError
from tests.emulator.stage import BASE, TOKEN, Stage, listed, refused

pytestmark = pytest.mark.anyio


def test_every_option_is_read_somewhere() -> None:
    folder = Path(emulator.__file__).parent
    text = "".join(one.read_text(encoding="utf-8") for one in folder.glob("*.py"))
    known = {one.name for one in fields(Behaviours)}

    read = set(re.findall(r"(?:behaviours|chosen|options)\.(\w+)", text)) & known
    assert read == known


@pytest.mark.parametrize(
    ("app", "probes", "expected"),
    [
        ("aiw", True, ["GET /Users"]),
        ("aiw", False, []),
        ("oin", True, []),
    ],
)
async def test_wizard_app_probes_again_when_it_is_saved(
    app: str, probes: bool, expected: list[str]
) -> None:
    async with Stage(app, probe_on_save=probes) as stage:
        saved = await stage.org.integration.save()

        assert saved.passed
        assert stage.lines == expected


async def test_save_that_is_refused_asks_for_no_groups() -> None:
    made = connection(BASE, Credentials(secret=TOKEN), import_groups=True)
    async with Stage("aiw", made=made) as stage:
        stage.endpoint.plan("GET", "/Users", refused(401, "no"))
        saved = await stage.org.integration.save()

        assert (
            saved.message
            == "Error authenticating: Unauthorized. Errors reported by remote server: no"
        )
        assert stage.lines == ["GET /Users"]


@pytest.mark.parametrize(
    ("app", "text"),
    [
        ("aiw", "Connector configured successfully"),
        ("oin", "Harbour App was verified successfully!"),
    ],
)
async def test_each_kind_of_app_has_its_words(app: str, text: str) -> None:
    async with Stage(app) as stage:
        assert (await stage.org.test_api()).message == text


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_probe_passes_with_any_list(count: int) -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", listed(*({"id": str(n)} for n in range(count))))

        assert (await stage.org.test_api()).passed


@pytest.mark.parametrize(
    ("overflow", "passed"), [("accept", True), ("truncate", True), ("error", False)]
)
async def test_probe_that_gets_more_than_it_asked_for(overflow: str, passed: bool) -> None:
    async with Stage(count_overflow=overflow) as stage:
        stage.endpoint.plan("GET", "/Users", listed({}, {}, {}))

        assert (await stage.org.test_api()).passed is passed


def _person(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "userName": f"p{number}",
        "name": {"familyName": "P"},
        "active": True,
    }


@pytest.mark.parametrize(("advance", "second"), [("page", 101), ("received", 3)])
async def test_import_moves_on_by_a_page_or_by_what_came(advance: str, second: int) -> None:
    async with Stage(import_advance=advance) as stage:
        pages = [listed(_person(1), _person(2), total=103), listed(_person(3), total=3)]
        stage.endpoint.plan("GET", "/Users", *pages)
        await stage.org.import_now()

        assert [one.url.params["startIndex"] for one in stage.sent] == ["1", str(second)]


async def test_empty_page_before_the_end_is_an_error_or_the_end() -> None:
    async with Stage() as stage:
        stage.endpoint.plan("GET", "/Users", listed(_person(1), total=150), listed(total=150))
        with pytest.raises(RemoteError, match="the page at startIndex=101 is empty"):
            await stage.org.import_now()

    async with Stage(import_empty_page="end") as stage:
        stage.endpoint.plan("GET", "/Users", listed(_person(1), total=150), listed(total=150))
        assert (await stage.org.import_now()).scanned == 1


async def test_patience_of_the_connection_can_be_chosen() -> None:
    org = OktaOrg.start(
        "http://127.0.0.1:1", behaviours=Behaviours(connect_seconds=3, read_seconds=7)
    )
    async with org:
        line: Any = org.integration.provisioner.client._transport

        assert (line._connect_timeout, line._read_timeout) == (3, 7)


async def test_patience_goes_with_the_request_to_other_transports() -> None:
    async with Stage(read_seconds=7) as stage:
        await stage.org.test_api()

        assert stage.sent[0].extensions["timeout"]["read"] == 7


@pytest.mark.parametrize(
    ("options", "waits"),
    [
        ({}, [5, 10, 20]),
        ({"rate_limit_again": "retry-after"}, [5, 5, 5]),
    ],
)
async def test_later_429_doubles_or_begins_again(options: dict[str, Any], waits: list[int]) -> None:
    async with Stage(**options) as stage:
        late = {"Retry-After": "5"}
        stage.endpoint.plan("GET", "/Users", *(refused(429, **late) for _ in range(3)))
        stage.app.assign(stage.mira())
        await stage.org.settle()

        assert stage.clock.slept == waits
        assert stage.told == []


@pytest.mark.parametrize(("counts", "requests"), [("calls", 10), ("retries", 11)])
async def test_tenth_attempt_is_the_last(counts: str, requests: int) -> None:
    async with Stage(rate_limit_attempts=counts) as stage:
        stage.endpoint.plan("GET", "/Users", *(httpx.Response(429) for _ in range(20)))
        stage.app.assign(stage.mira())
        await stage.org.settle()

        assert len(stage.sent) == requests
        assert stage.told[0].endswith("exists: Too Many Requests")
