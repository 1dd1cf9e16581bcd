"""What Okta's printed samples say about bytes: lengths of bodies, and the order of header lines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.connection import Credentials, connection
from emulator.org import OktaOrg
from tests.emulator.evidence import document
from tests.emulator.stage import Stage, group_body

pytestmark = pytest.mark.anyio

#: The samples of 2018 that can be built again from what is published; the others print names
#: or ids that were edited, or are of SCIM 1.1.  fixtures/okta/README.md
LENGTHS = document("lengths.json")["samples"]
NAME, KEY = "SCIM_test1", "0123456789abcdef0123456789abcdef"


def _length(stage: Stage, number: int) -> int:
    request = stage.sent[number]
    assert int(request.headers["Content-Length"]) == len(request.content)
    return len(request.content)


async def test_deactivation_has_the_length_of_the_sample() -> None:
    async with Stage("oin") as stage:
        mira = stage.mira()
        await stage.provisioned(mira)
        stage.app.unassign(mira)
        await stage.org.settle()

        assert _length(stage, 0) == LENGTHS["deactivation"]["printed"] == 118


async def test_create_of_an_empty_group_has_the_length_of_the_sample() -> None:
    async with Stage("oin") as stage:
        stage.app.pushed.push(stage.org.create_group(NAME))
        await stage.org.settle()

        assert _length(stage, 1) == LENGTHS["empty group"]["printed"] == 99


async def test_rename_has_the_length_of_the_sample() -> None:
    async with Stage("oin") as stage:
        group = stage.org.create_group("Before")
        stage.endpoint.stores["/Groups"][KEY] = group_body(id=KEY, displayName="Before")
        stage.app.pushed.push(group)
        await stage.org.settle()
        stage.mark()
        stage.org.update_group(group, name=NAME)
        await stage.org.settle()

        assert _length(stage, 0) == LENGTHS["rename"]["printed"] == 170


async def test_bodies_are_compact_and_in_utf_8() -> None:
    async with Stage("oin") as stage:
        stage.app.assign(stage.org.create_user("Zoë", "Ångström", login="zoe@corp.example"))
        await stage.org.settle()

        raw = stage.sent[1].content
        assert '"displayName":"Zoë Ångström"'.encode() in raw
        assert b": " not in raw
        assert b'", "' not in raw
        assert not raw.endswith(b"\n")


class Recorder:
    """A server on a socket that keeps every byte, and knows nobody."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer lookups with an empty list and creates with an account."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                size = next(
                    (
                        int(one[15:])
                        for one in head.split(b"\r\n")
                        if one[:15] == b"Content-Length:"
                    ),
                    0,
                )
                await reader.readexactly(size)
                status, body = b"200 OK", b'{"totalResults":0,"Resources":[]}'
                if head.startswith(b"POST"):
                    status, body = b"201 Created", b'{"id":"1","active":true}'
                length = str(len(body)).encode()
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Length: %s\r\n\r\n%s" % (status, length, body)
                )
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()


async def test_header_lines_leave_in_the_order_of_the_samples() -> None:
    recorder = Recorder()
    server = await asyncio.start_server(recorder.serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        base = f"http://127.0.0.1:{port}/scim/v2"
        org = OktaOrg.start(connection(base, Credentials(secret="t0ken")), app="oin")
        async with org as okta:
            okta.app.assign(okta.create_user("Mira", "Voss", login="mira@corp.example"))
            await okta.settle()

    lookup, create = (one.decode().split("\r\n")[:-2] for one in recorder.heads)
    assert lookup == _head(
        "GET /scim/v2/Users?filter=userName%20eq%20%22mira%40corp.example%22"
        "&startIndex=1&count=100",
        port,
    )
    length = next(one for one in create if one.startswith("Content-Length"))
    assert create == _head("POST /scim/v2/Users", port, body=length)


def _head(line: str, port: int, body: str = "") -> list[str]:
    lines: list[Any] = [
        f"{line} HTTP/1.1",
        "Accept: application/scim+json",
        "Accept-Charset: utf-8",
        body and "Content-Type: application/scim+json; charset=utf-8",
        "User-Agent: Okta SCIM Client 1.0.0",
        "Authorization: Bearer t0ken",
        body,
        f"Host: 127.0.0.1:{port}",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip,deflate",
    ]
    return [one for one in lines if one]
