"""Defects are found, listed, unique, and change nothing but what they say."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from reference_server import defects
from reference_server.defects import Defect, all_defects, defect, wrap
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    exchange,
    is_create,
    is_list,
    is_resource,
    read_request,
)
from tests.reference_server.conftest import USER, Client


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> list[Defect]:
    """The list of registered defects, put back afterwards."""
    all_defects()
    found = list(defects._registered)
    monkeypatch.setattr(defects, "_registered", found)
    return found


def test_every_defect_names_what_it_does_and_what_it_breaks() -> None:
    for name, one in all_defects().items():
        assert one.name == name
        assert name.replace("-", "").isalnum()
        assert one.requirement.startswith(("rfc", "okta-", "kantega-"))
        assert one.description.endswith(".")


@pytest.mark.usefixtures("registry")
def test_a_name_is_used_once() -> None:
    @defect("answers-duplicates-with-400", breaks="rfc7644-3.3-duplicate-create")
    async def again(request: Request, forward: Forward) -> Response:
        """Something else."""
        return await forward(request)

    with pytest.raises(ValueError, match="there twice"):
        all_defects()


def test_a_defect_needs_words() -> None:
    async def silent(request: Request, forward: Forward) -> Response:
        return await forward(request)

    with pytest.raises(ValueError, match="docstring"):
        defect("silent", breaks="rfc7644-3.3-duplicate-create")(silent)


def with_defect(scim: Client, name: str) -> Client:
    return Client(wrap(scim.app, [all_defects()[name]]), scim.store)


def test_the_examples_break_one_thing(scim: Client) -> None:
    wrong = with_defect(scim, "answers-duplicates-with-400")
    wrong.user("ada")
    answer = wrong.post("/Users", {"schemas": [USER], "userName": "ada"})
    assert (answer.status, answer.json["status"]) == (400, "400")
    forgetful = with_defect(scim, "forgets-the-location")
    answer = forgetful.post("/Users", {"schemas": [USER], "userName": "bob"})
    assert (answer.status, "location" in answer.headers) == (201, False)
    assert answer.json["meta"]["location"]


def wrapped(scim: Client, behavior: defects.wire.Behavior) -> Client:
    return Client(wrap(scim.app, [Defect("x", "rfc", "x", behavior)]), scim.store)


def test_an_untouched_exchange_passes_through(scim: Client) -> None:
    async def nothing(request: Request, forward: Forward) -> Response:
        return await forward(request)

    through = wrapped(scim, nothing)
    user = through.user("ada \u00e9+&", title="100 %")
    path = f"/Users/{user['id']}"
    for client in (scim, through):
        assert client.get(path).json == user
        assert client.get("/Users", filter='title eq "100 %"').json["totalResults"] == 1
        assert client.request("HEAD", path).headers == scim.request("HEAD", path).headers
        assert client.get(path).headers == scim.get(path).headers
        assert client.request("POST", "/Users", body=b" " * 3_000_000).status == 413
    assert through.delete(path).status == 204


def test_a_defect_may_ask_for_itself_and_remember(scim: Client) -> None:
    async def counts(request: Request, forward: Forward) -> Response:
        response = await forward(request)
        if is_create(request) and response.is_success:
            listed = await forward(request.get("/Users", [("count", "0")]))
            request.state["users"] = listed.json["totalResults"]
            again = request.like(
                "PUT",
                f"/Users/{response.json['id']}",
                json={"schemas": [USER], "userName": "renamed"},
            )
            response = await forward(again)
            response.headers["x-users"] = str(request.state["users"])
        return response

    client = wrapped(scim, counts)
    answer = client.post("/Users", {"schemas": [USER], "userName": "ada"})
    assert (answer.headers["x-users"], answer.json["userName"]) == ("1", "renamed")


def test_each_resource_changes_lists_and_single_resources(scim: Client) -> None:
    async def shouts(request: Request, forward: Forward) -> Response:
        response = await forward(request)
        for one in each_resource(response):
            one["userName"] = one["userName"].upper()
        return response

    client = wrapped(scim, shouts)
    user = client.user("ada")
    assert user["userName"] == "ADA"
    assert client.get("/Users").json["Resources"][0]["userName"] == "ADA"
    assert client.delete(f"/Users/{user['id']}").status == 204


def test_what_a_request_is() -> None:
    assert is_resource(Request("GET", "/Users/1"), "/Users")
    assert not is_resource(Request("POST", "/Users/.search"), "/Users")
    assert not is_resource(Request("GET", "/Users"), "/Users")
    assert is_create(Request("POST", "/Users"), "/Users")
    assert not is_create(Request("POST", "/Users"), "/Groups")
    assert not is_create(Request("POST", "/Bulk"))
    assert not is_create(Request("POST", "/.search"))
    assert is_list(Request("GET", "/Users"), "/Users")
    assert is_list(Request("POST", "/Users/.search"), "/Users")
    assert not is_list(Request("GET", "/Users/1"))
    assert not is_list(Request("GET", "/Schemas"))
    assert not is_list(Request("PUT", "/Users"))


def test_parameters_of_a_request() -> None:
    request = Request("GET", "/Users", query=[("a", "1"), ("b", "2"), ("a", "3")])
    assert (request.param("a"), request.param("c")) == ("1", None)
    assert request.without_param("a").query == [("b", "2")]
    assert request.with_param("b", "9").query == [("a", "1"), ("a", "3"), ("b", "9")]
    assert len(request.query) == 3


def test_a_body_that_is_no_json_is_none() -> None:
    assert Response(200, body=b"<html>").json is None
    assert Response(200, body=b"[" * 100_000).json is None
    assert Response.error(400, "invalidValue").json["scimType"] == "invalidValue"
    assert Response.of(204).body == b""
    copy = (one := Response.of(200, {"a": 1}, x_y="z")).copy()
    copy.headers["x-y"] = "other"
    assert one.headers["x-y"] == "z"


def test_the_path_below_the_base_of_a_tenant() -> None:
    seen: list[Request] = []

    async def spy(request: Request, _forward: Forward) -> Response:
        seen.append(request)
        return Response.of(200, {})

    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError

    app = wrap(never, [Defect("x", "rfc", "x", spy)])
    scope: Scope = {"type": "http", "scheme": "http"}
    for base in ("/scim/v2", "/scim/acme/v2"):
        answer = asyncio.run(exchange(app, scope, Request("GET", "/Users/1", base)))
        assert answer.status == 200
        assert (seen[-1].base, seen[-1].path) == (base, "/Users/1")


def test_a_body_comes_in_pieces() -> None:
    pieces = [b"a", b"b", b"c"]

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/scim/v2/Users",
        "query_string": b"a=%2B+x&cursor",
        "headers": [],
    }
    request = asyncio.run(read_request(scope, receive, 10))
    assert (request.body, request.query) == (b"abc", [("a", "+ x"), ("cursor", "")])
