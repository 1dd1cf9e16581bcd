"""Lists of any shape and servers of any kind end in Okta's words, and in no traceback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from emulator.connection import Credentials, connection
from emulator.scim_client import RemoteError, Reply, found
from emulator.transport import OktaTransport
from tests.emulator.stage import TOKEN, Stage, listed

pytestmark = pytest.mark.anyio


# Lists --------------------------------------------------------------------------------


def _list(**changes: Any) -> Reply:
    return Reply(200, {"totalResults": 1, "Resources": [{"id": "1"}], **changes})


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {}, {"totalResults": 3}, {"Resources": {}}, {"Resources": ["x"]}],
)
def test_what_is_no_list_says_so(body: Any) -> None:
    with pytest.raises(RemoteError, match="No results for users returned"):
        found(Reply(200, body))


@pytest.mark.parametrize("name", ["totalResults", "startIndex", "itemsPerPage"])
def test_number_as_a_string_stops_without_a_reason(name: str) -> None:
    with pytest.raises(RemoteError) as caught:
        found(_list(**{name: "1"}))

    assert not caught.value.reason_is_known


def test_number_as_a_string_is_taken_where_that_is_chosen() -> None:
    assert found(_list(totalResults="7"), strict=False).total == 7


@pytest.mark.parametrize(
    "body",
    [
        {"totalresults": 1, "startindex": 0, "itemsperpage": 1, "resources": [{"id": "1"}]},
        {"totalResults": 1.0, "Resources": [{"id": "1"}]},
        {"totalResults": None, "Resources": [{"id": "1"}]},
        {"totalResults": True, "Resources": [{"id": "1"}]},
    ],
)
def test_keys_of_a_list_have_any_case(body: dict[str, Any]) -> None:
    assert found(Reply(200, body)).total == 1


def test_no_resources_are_none_where_the_total_is_zero() -> None:
    assert found(Reply(200, {"totalResults": 0})).resources == []


@pytest.mark.parametrize(("overflow", "expected"), [("accept", 3), ("truncate", 2)])
def test_more_resources_than_asked_for(overflow: str, expected: int) -> None:
    reply = _list(Resources=[{}, {}, {}])

    assert len(found(reply, count=2, overflow=overflow).resources) == expected


def test_more_resources_than_asked_for_may_be_an_error() -> None:
    with pytest.raises(RemoteError, match="3 resources were returned, though 2 were asked for"):
        found(_list(Resources=[{}, {}, {}]), count=2, overflow="error")


# A server on a socket -----------------------------------------------------------------

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _says(writer: asyncio.StreamWriter, head: bytes, body: bytes = b"") -> None:
    writer.write(b"HTTP/1.1 %s\r\n\r\n%s" % (head, body))
    await writer.drain()


async def html(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _says(writer, b"503 Service Unavailable\r\nContent-Length: 6", b"<html>")


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await _says(writer, b"200 OK\r\nContent-Length: 99999999")
        for _number in range(99):
            writer.write(b"[" * 2**20)
            await writer.drain()
    except ConnectionError:
        return


async def lie(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _says(writer, b"200 OK\r\nContent-Length: 50", b"{}")


async def noise(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01\x00\xff" * 10 + b"\r\n\r\n")
    await writer.drain()


async def false_gzip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _says(writer, b"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2", b"{}")


@pytest.mark.parametrize("serve", [html, hang, reset, flood, lie, noise, false_gzip])
async def test_any_server_ends_in_a_task_and_in_no_traceback(serve: Serve) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        stage = Stage(made=connection(f"http://127.0.0.1:{port}/v2", Credentials(secret=TOKEN)))
        stage.org.integration._transport = lambda: OktaTransport(read_timeout=0.05)
        async with stage:
            tested = await stage.org.test_api()
            stage.app.assign(stage.mira())
            await stage.org.settle()

            assert not tested.passed
            assert tested.message.startswith("Error authenticating: ")
            (message,) = stage.told
            assert message.startswith("Automatic provisioning of user mira.voss@corp.example to")


async def test_lie_about_every_type_ends_in_tasks_only() -> None:
    """What an endpoint may put where an account should be."""
    liars: list[Any] = [7, "x", None, [1], {"id": 7}, {"id": ""}, {"id": {"a": 1}}, {"active": 0}]
    for wrong in liars:
        async with Stage() as stage:
            stage.endpoint.plan("GET", "/Users", listed(total=0))
            text = json.dumps(wrong)
            stage.endpoint.plan("POST", "/Users", httpx.Response(201, text=text))
            stage.app.assign(stage.mira())
            await stage.org.settle()
            assert len(stage.told) == 1, wrong


@pytest.mark.parametrize("app", ["oin", "aiw"])
async def test_account_of_wrong_types_is_written_over(app: str) -> None:
    wrong = {"id": "1", "emails": 3, "name": [], "schemas": "x", "groups": None, "active": "no"}
    async with Stage(app) as stage:
        mira = stage.mira(department="Pilotage")
        stage.endpoint.stores["/Users"]["1"] = {**wrong, "userName": mira.login}
        stage.app.assign(mira)
        await stage.org.settle()

        assert stage.told == []
        written = stage.stored("1")
        assert written["name"] == {"givenName": "Mira", "familyName": "Voss"}
        assert written["emails"] == [{"primary": True, "value": mira.login, "type": "work"}]
        assert written["active"] is True
