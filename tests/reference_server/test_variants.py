"""Variants are found, listed, combined, account for every ambiguity, and do something."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Scope

from conformance.requirements import catalogue
from reference_server import tenants
from reference_server.__main__ import main
from reference_server.defects.wire import Forward, Request, Response
from reference_server.variants import Variant, all_variants, variant, wrap
from reference_server.variants.settled import SETTLED
from tests.reference_server.conftest import GROUP, PATCH_OP, USER, Client, serve

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DEVICE = "urn:scimproof:params:scim:schemas:reference:1.0:Device"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
AMBIGUITIES = {f"AMB-{number:02}" for number in range(1, 62)}


def test_every_variant_says_which_reading_it_follows() -> None:
    for name, one in all_variants().items():
        assert one.name == name
        assert name.replace("-", "").isalnum()
        assert one.of in AMBIGUITIES or one.of.startswith("RFC ")
        assert one.description.endswith(".")


def test_every_ambiguity_has_a_variant_or_one_legal_reading() -> None:
    of_variants = {one.of for one in all_variants().values() if one.of.startswith("AMB-")}

    assert of_variants | set(SETTLED) == AMBIGUITIES
    assert of_variants & set(SETTLED) == set()
    assert all(SETTLED.values())


def test_every_ambiguity_of_the_catalogue_is_accounted_for() -> None:
    named = {one for entry in catalogue().values() for one in entry.ambiguity}

    assert named <= AMBIGUITIES


def test_what_may_deviate_is_a_requirement_of_the_catalogue() -> None:
    known = catalogue(("rfc", "okta"))
    unknown = {one for each in all_variants().values() for one in each.deviates} - set(known)

    assert unknown == set()


def test_a_variant_needs_words() -> None:
    async def silent(request: Request, forward: Forward) -> Response:
        return await forward(request)

    with pytest.raises(ValueError, match="docstring"):
        variant("silent", of="AMB-01")(silent)


def test_variants_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-variants"]) == 0
    text = capsys.readouterr().out
    assert main(["--list-variants", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["name"] for one in listed} == set(all_variants())
    assert all(one["name"] in text and one["does"] in text for one in listed)


def test_an_unknown_variant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--variant", "nonsense", "--port", "0"]) == 2
    assert "there is no variant 'nonsense'" in capsys.readouterr().err


def test_several_variants_work_together_and_remember_apart(scim: Client) -> None:
    async def counts(request: Request, forward: Forward) -> Response:
        """It counts requests."""
        response = await forward(request)
        request.state["seen"] = request.state.get("seen", 0) + 1
        name = "x-outer" if "x-inner" in response.headers else "x-inner"
        response.headers[name] = str(request.state["seen"])
        return response

    two = [Variant("one", "RFC", "x.", counts), Variant("two", "RFC", "x.", counts)]
    client = Client(wrap(scim.app, two), scim.store)
    for number in ("1", "2"):
        headers = client.get("/Users").headers
        assert (headers["x-inner"], headers["x-outer"]) == (number, number)


# What every variant is asked: each must answer something in its own way -----------------


def _fixed(client: Client) -> Client:
    """A server whose ids and clock are the same in every run."""
    directory = client.app._sites[""].directory  # type: ignore[attr-defined]
    ids, ticks = itertools.count(1), itertools.count(1)
    directory.ids = lambda: f"{next(ids):08x}-0000-4000-8000-000000000000"
    directory.clock = lambda: f"2026-01-01T00:00:{next(ticks) % 60:02}.120Z"
    return client


def _patch(client: Client, path: str, *operations: dict[str, Any], **query: str) -> Response:
    value = {"schemas": [PATCH_OP], "Operations": list(operations)}
    return client.request("PATCH", path, value, query=query)


def _people(client: Client) -> list[Response]:
    ada = {
        "schemas": [USER, ENTERPRISE],
        "userName": "Ada@example.com",
        "externalId": "x1",
        "title": "Countess",
        "active": True,
        "name": {"givenName": "Ada", "familyName": "King"},
        "emails": [
            {"value": "Ada@work.example", "type": "work", "primary": True},
            {"value": "ada@home.example", "type": "home"},
        ],
        ENTERPRISE: {"department": "Sums", "costCenter": "7"},
    }
    unlisted = {**ada, "schemas": [USER], "userName": "unlisted"}
    foreign = {"schemas": [USER, "urn:example:none"], "userName": "foreign"}
    both = [{"value": "a@x.example", "primary": True}, {"value": "b@x.example", "primary": True}]
    bodies = [
        ada,
        {"schemas": [USER], "userName": "bob", "externalId": "x2"},
        {"schemas": [USER], "userName": "again", "externalId": "x2"},
        unlisted,
        foreign,
        {"schemas": [USER], "userName": "two", "emails": both},
        {"schemas": [USER], "userName": "word", "active": "False"},
        {"schemas": [USER], "USERNAME": "case"},
        {"schemas": [USER], "userName": "odd", "favoriteBicycle": "red"},
        {"schemas": [USER], "userName": "chosen", "id": "42"},
        {"schemas": [USER], "userName": "   "},
        {"schemas": [USER], "userName": "blank", "displayName": ""},
        {"schemas": [USER], "userName": "caf\u00e9"},
        {"schemas": [USER], "userName": "cafe\u0301"},
    ]
    return [client.post("/Users", one) for one in bodies]


def _writes(client: Client, ada: str, bob: str) -> list[Response]:
    name = "Ada@example.com"
    plain = {"schemas": [USER], "userName": name}
    tagged = [
        client.request(
            "PUT", bob, {"schemas": [USER], "userName": "bob"}, headers={"if-match": one}
        )
        for one in ('W/"9"', "*", '"1"')
    ]
    one_device = {"schemas": [DEVICE], "serialNumber": "s1"}
    return [
        *tagged,
        client.put(bob, {"schemas": [USER], "userName": name}),
        client.put(bob, {"schemas": [USER]}),
        client.put(bob, {"schemas": [USER], "userName": "bob", "id": "9"}),
        client.put(bob, {"schemas": [USER], "userName": "bob", "title": "x"}),
        client.put(bob, {"schemas": [USER], "userName": "bob"}),
        client.put(bob, {"schemas": [USER], "userName": "bob"}),
        client.get(bob),
        client.post("/Devices", one_device),
        client.post(ada, plain),
        client.request("POST", "/Users", body=b"{}", headers={"content-type": "text/plain"}),
        client.request("POST", "/Users", plain, headers={"content-type": "application/json"}),
    ]


def _patches(client: Client, ada: str, bob: str) -> list[Response]:
    added = {"value": "c@x.example", "type": "other", "primary": True}
    email = {"value": "Ada@work.example", "type": "work", "primary": True}
    asked: list[list[dict[str, Any]]] = [
        [{"op": "remove", "path": 'emails[type eq "none"]'}],
        [{"op": "remove", "path": "nickName"}],
        [{"op": "add", "path": "emails", "value": [email]}],
        [{"op": "replace", "path": 'emails[type eq "none"]', "value": {"value": "n@x.example"}}],
        [{"op": "add", "path": 'emails[type eq "other"].value', "value": "o@x.example"}],
        [{"op": "Add", "path": "title", "value": "Lady"}],
        [{"op": "replace", "path": 'emails[type eq "home"]', "value": {"value": "h@x.example"}}],
        [{"op": "add", "value": {"name.givenName": "Augusta", f"{ENTERPRISE}:division": "D"}}],
        [{"op": "add", "path": ENTERPRISE, "value": {"organization": "O"}}],
        [{"op": "replace", "path": "id", "value": ada.rpartition("/")[2]}],
        [{"op": "replace", "path": "id", "value": "42"}],
        [{"op": "replace", "value": {"id": "42", "title": "Dame"}}],
        [{"op": "replace", "path": "emails", "value": []}],
        [{"op": "remove", "path": "userName"}],
        [{"op": "replace", "path": "userName", "value": None}],
        [{"op": "add", "path": "emails", "value": [email, {"value": "z@x.example"}]}],
        [{"op": "replace", "path": "emails.type", "value": "home"}],
        [{"op": "add", "path": "schemas", "value": [ENTERPRISE]}],
        [{"op": "remove", "path": "schemas"}],
        [{"op": "add", "path": "favoriteBicycle", "value": "red"}],
        [{"op": "add", "path": "emails", "value": [added]}],
        [{"op": "add", "path": "name", "value": {"middleName": "B"}}],
        [{"op": "replace", "path": "active", "value": "False"}],
        [{"op": "replace", "path": "userName", "value": "bob"}],
        [{"op": "jump"}],
        [],
    ]
    return [
        *(_patch(client, ada, *one) for one in asked),
        _patch(client, bob, {"op": "replace", "path": "title", "value": "y"}, attributes="title"),
        client.get(ada),
    ]


def _groups(client: Client, ada: str, bob: str) -> list[Response]:
    first, second = ada.rpartition("/")[2], bob.rpartition("/")[2]
    made = client.post(
        "/Groups", {"schemas": [GROUP], "displayName": "g", "members": [{"value": first}]}
    )
    inner = made.json["id"]
    group = f"/Groups/{inner}"
    nested = {"schemas": [GROUP], "displayName": "outer", "members": [{"value": inner}]}
    stranger = {"schemas": [GROUP], "displayName": "s", "members": [{"value": "none"}]}
    return [
        made,
        client.post("/Groups", {"schemas": [GROUP], "displayName": "empty"}),
        client.post("/Groups", nested),
        client.post("/Groups", stranger),
        client.get(ada),
        _patch(client, group, {"op": "remove", "path": f'members[value eq "{second}"]'}),
        _patch(client, group, {"op": "add", "path": "members", "value": [{"value": second}]}),
        _patch(
            client,
            group,
            {"op": "replace", "path": f'members[value eq "{second}"].value', "value": first},
        ),
        _patch(client, group, {"op": "remove", "path": "members", "value": [{"value": first}]}),
        client.get(group),
    ]


def _lists(client: Client) -> list[Response]:
    filters = [
        'favoriteBicycle eq "red"',
        "title eq null",
        'title ne "x"',
        'emails co "example"',
        'name eq "Ada"',
        'title  eq "x"',
        'not(title eq "x")',
        'active eq "true"',
        'password eq "x"',
        'title eq "nobody"',
    ]
    answers = [client.get("/Users", filter=one) for one in filters]
    answers += [
        client.get("/Users", **query)
        for query in (
            {"sortBy": "favoriteBicycle"},
            {"sortBy": "userName", "sortOrder": "sideways"},
            {"startIndex": "900"},
            {"count": "50"},
            {"count": "5000"},
            {"count": "5000", "cursor": ""},
            {"attributes": "userName"},
            {"attributes": "emails.value"},
            {"attributes": "favoriteBicycle"},
            {"attributes": "userName,title", "excludedAttributes": "title"},
        )
    ]
    return answers


def _discovery(client: Client) -> list[Response]:
    stranger = Client(client.app, client.store, token=None)
    elsewhere = Client(client.app, client.store, base="")
    paths = ("/ServiceProviderConfig", "/ServiceProviderConfigs", "/Schemas", "/ResourceTypes")
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    odd: dict[str, str] = {"accept": "text/html"}
    return [
        *(client.get(path) for path in (*paths, "/Me", "", "/Users/odd")),
        *(stranger.get(path) for path in paths),
        client.get("/Schemas", filter='id eq "x"'),
        client.post("/.search", search),
        client.request("OPTIONS", "/Users"),
        client.request("DELETE", "/Users"),
        elsewhere.get("/scim/v9/Users"),
        client.request("GET", "/Users", headers={"accept": "application/json"}),
        client.request("GET", "/Users", headers={"accept-encoding": "gzip"}),
        client.request("GET", "/Users", headers=odd),
    ]


def _bulk(client: Client) -> list[Response]:
    def job(*operations: dict[str, Any]) -> Response:
        return client.post("/Bulk", {"schemas": [BULK], "Operations": list(operations)})

    def group(name: str, member: str) -> dict[str, Any]:
        data = {"schemas": [GROUP], "displayName": name, "members": [{"value": f"bulkId:{member}"}]}
        return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}

    user = {"schemas": [USER], "userName": "bulky"}
    return [
        job(group("f1", "f2"), {"method": "POST", "path": "/Users", "bulkId": "f2", "data": user}),
        job(group("c1", "c2"), group("c2", "c1")),
        job({"method": "DELETE", "path": "/Users/none"}),
    ]


def _last(client: Client, ada: str, bob: str) -> list[Response]:
    member = [{"value": bob.rpartition("/")[2]}]
    again = {"schemas": [USER], "userName": "bob"}
    return [
        client.post("/Groups", {"schemas": [GROUP], "displayName": "last", "members": member}),
        client.request("DELETE", ada, headers={"if-match": 'W/"999"'}),
        client.delete(bob),
        client.get("/Groups"),
        client.post("/Users", again),
        client.request("GET", f"/Users/0000000f{_REST}", headers={"authorization": "Bearer no"}),
        *(client.get("/Users", count="1") for _ in range(6)),
    ]


_REST = "-0000-4000-8000-000000000000"
Answers = list[tuple[int, dict[str, str], bytes]]


def asked_everything(client: Client) -> Iterator[Answers]:
    """What a server answers to a long list of questions, topic by topic."""
    ada, bob = f"/Users/00000001{_REST}", f"/Users/00000002{_REST}"
    topics: list[Callable[[], list[Response]]] = [
        lambda: _people(client),
        lambda: _groups(client, ada, bob),
        lambda: _lists(client),
        lambda: _patches(client, ada, bob),
        lambda: _discovery(client),
        lambda: _writes(client, ada, bob),
        lambda: _bulk(client),
        lambda: _last(client, ada, bob),
    ]
    for ask in topics:
        yield [(one.status, one.headers, one.body) for one in ask()]


def test_the_same_server_answers_the_same() -> None:
    assert list(asked_everything(_fixed(serve()))) == list(asked_everything(_fixed(serve())))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One event loop for thousands of requests, and secrets that are stored in a moment."""
    monkeypatch.setattr(tenants, "ITERATIONS", 1)
    with asyncio.Runner() as runner:
        monkeypatch.setattr(asyncio, "run", runner.run)
        yield


@pytest.mark.usefixtures("quick")
def test_every_variant_answers_something_in_its_own_way() -> None:
    plain = list(asked_everything(_fixed(serve())))
    # The client of these tests neither compresses nor keeps the case of header names.
    unseen = {"compresses-every-answer", "writes-header-names-in-capitals"}
    same, failing = [], []
    for name, one in all_variants().items():
        if name in unseen:
            continue
        client = _fixed(serve())
        topics = asked_everything(Client(wrap(client.app, [one]), client.store))
        # The first answer that differs is enough.
        answers = next(
            (found for found, usual in zip(topics, plain, strict=True) if found != usual), None
        )
        if answers is None:
            same.append(name)
        elif any(status == 500 for status, _, _ in answers):
            failing.append(name)

    assert (same, failing) == ([], [])


async def _on_the_wire(app: ASGIApp) -> list[Message]:
    sent: list[Message] = []
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/scim/v2/ServiceProviderConfig",
        "raw_path": b"/scim/v2/ServiceProviderConfig",
        "query_string": b"",
        "headers": [(b"host", b"scim.example"), (b"accept-encoding", b"gzip")],
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def test_what_only_the_wire_shows(scim: Client) -> None:
    variants = all_variants()
    compressed = wrap(scim.app, [variants["compresses-every-answer"]])
    start, body = asyncio.run(_on_the_wire(compressed))
    assert (b"content-encoding", b"gzip") in start["headers"]
    assert json.loads(gzip.decompress(body["body"]))["patch"] == {"supported": True}

    loud = wrap(scim.app, [variants["writes-header-names-in-capitals"]])
    start, _ = asyncio.run(_on_the_wire(loud))
    assert (b"CONTENT-TYPE", b"application/scim+json") in start["headers"]
