"""Bulk: references in any order, failures that stay where they are, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server.features import MAX_OPERATIONS
from tests.reference_server.conftest import GROUP, PATCH_OP, USER, Client, Serve

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def user(name: str, bulk_id: str | None = None) -> dict[str, Any]:
    data = {"schemas": [USER], "userName": name}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id or name, "data": data}


def group(name: str, *members: str) -> dict[str, Any]:
    values = [{"value": f"bulkId:{one}"} for one in members]
    data = {"schemas": [GROUP], "displayName": name, "members": values}
    return {"method": "POST", "path": "/Groups", "bulkId": name, "data": data}


def send(scim: Client, *operations: Any, **more: Any) -> Any:
    return scim.post("/Bulk", {"schemas": [BULK], "Operations": list(operations), **more})


def statuses(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["status"] for one in answer.json["Operations"]]


def read(scim: Client, operation: dict[str, Any]) -> Any:
    return scim.get(operation["location"].split("/scim/v2")[1]).json


def test_each_method(scim: Client) -> None:
    ada = scim.user("ada")
    path = f"/Users/{ada['id']}"
    operation = {"op": "replace", "path": "title", "value": "Dr"}
    answer = send(
        scim,
        user("bob"),
        {"method": "PUT", "path": path, "data": {"schemas": [USER], "userName": "ada2"}},
        {
            "method": "patch",
            "path": path,
            "data": {"schemas": [PATCH_OP], "Operations": [operation]},
        },
        {"method": "DELETE", "path": path, "bulkId": "gone"},
    )
    assert statuses(answer) == ["201", "200", "200", "204"]
    created, replaced, patched, deleted = answer.json["Operations"]
    assert (created["bulkId"], created["version"], created["method"]) == ("bob", 'W/"1"', "POST")
    assert replaced["location"] == patched["location"] == deleted["location"]
    assert patched["version"] == 'W/"3"'
    assert deleted["bulkId"] == "gone"
    assert read(scim, created)["userName"] == "bob"
    assert scim.get(path).status == 404


@pytest.mark.parametrize("order", [1, -1])
def test_references_in_any_order(scim: Client, order: int) -> None:
    operations = [user("ada"), group("staff", "ada")][::order]
    answer = send(scim, *operations)
    assert statuses(answer) == ["201", "201"]
    created = {one["bulkId"]: read(scim, one) for one in answer.json["Operations"]}
    assert created["staff"]["members"][0]["value"] == created["ada"]["id"]


def test_references_in_a_circle(scim: Client) -> None:
    answer = send(scim, group("a", "b"), group("b", "c"), group("c", "a"), group("d", "d"))
    assert statuses(answer) == ["201"] * 4
    created = {one["bulkId"]: read(scim, one) for one in answer.json["Operations"]}
    for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")):
        assert created[name]["members"][0]["value"] == created[other]["id"]


def test_references_in_paths_extensions_and_filters(scim: Client) -> None:
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    worker = user("bob")
    worker["data"][enterprise] = {"manager": {"value": "bulkId:ada"}}
    worker["data"]["schemas"] = [USER, enterprise]
    removal = {"op": "remove", "path": 'members[value eq "bulkId:ada"]'}
    answer = send(
        scim,
        worker,
        user("ada"),
        group("staff", "ada", "bob"),
        {
            "method": "PATCH",
            "path": "/Groups/bulkId:staff",
            "data": {"schemas": [PATCH_OP], "Operations": [removal]},
        },
    )
    assert statuses(answer) == ["201", "201", "201", "200"]
    bob, ada, staff, _ = (read(scim, one) for one in answer.json["Operations"])
    assert bob[enterprise]["manager"]["value"] == ada["id"]
    assert [one["value"] for one in staff["members"]] == [bob["id"]]


def test_who_refers_to_a_failure_fails_too(scim: Client) -> None:
    scim.user("ada")
    answer = send(scim, group("staff", "ada"), user("ADA", "ada"), group("other", "none"))
    assert statuses(answer) == ["409", "409", "400"]
    for one in answer.json["Operations"]:
        assert one["response"]["status"] == one["status"]
        assert one["response"]["detail"]
        assert "location" not in one
    assert scim.get("/Groups").json["totalResults"] == 0


def test_a_failing_circle_leaves_nothing(scim: Client) -> None:
    bad = group("b", "a")
    bad["data"]["displayName"] = 5
    answer = send(scim, group("a", "b"), bad, user("ada"))
    assert statuses(answer) == ["409", "400", "201"]
    assert scim.get("/Groups").json["totalResults"] == 0
    bad_first = group("a", "b")
    bad_first["data"]["displayName"] = 5
    assert statuses(send(scim, bad_first, group("b", "a"))) == ["400", "409"]
    assert scim.get("/Groups").json["totalResults"] == 0


def test_fail_on_errors_stops(scim: Client) -> None:
    scim.user("ada")
    operations = [user("x"), user("ada"), user("y"), user("ada", "again"), user("z")]
    assert statuses(send(scim, *operations, failOnErrors=1)) == ["201", "409"]
    operations[0] = user("x2")
    operations[2] = user("y2")
    assert statuses(send(scim, *operations, failOnErrors=2)) == ["201", "409", "201", "409"]
    operations[0] = user("x3")
    operations[2] = user("y3")
    assert statuses(send(scim, *operations)) == ["201", "409", "201", "409", "201"]


def test_a_version_is_a_precondition(scim: Client) -> None:
    path = f"/Users/{scim.user('ada')['id']}"
    put = {"method": "PUT", "path": path, "data": {"schemas": [USER], "userName": "b"}}
    answer = send(scim, {**put, "version": 'W/"9"'}, {**put, "version": 'W/"1"'})
    assert statuses(answer) == ["412", "200"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"method": "POST", "path": "/Nope", "bulkId": "a", "data": {}}, "404"),
        ({"method": "POST", "path": "/Users/1", "bulkId": "a", "data": {}}, "405"),
        ({"method": "PUT", "path": "/Users", "data": {}}, "405"),
        ({"method": "DELETE", "path": "/Users/none"}, "404"),
        ({"method": "DELETE", "path": "/Users/1/2"}, "404"),
    ],
)
def test_a_wrong_target_fails_alone(scim: Client, operation: Any, status: str) -> None:
    assert statuses(send(scim, operation, user("ada"))) == [status, "201"]


@pytest.mark.parametrize(
    "operation",
    [
        1,
        {},
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Users", "data": {}},
        {"method": "POST", "path": "/Users", "bulkId": "", "data": {}},
        {"method": "POST", "path": 5, "bulkId": "a", "data": {}},
        {"method": "POST", "path": "/Users", "bulkId": "a"},
        {"method": "DELETE", "path": "/Users/1", "version": 1},
    ],
)
def test_a_malformed_operation_spoils_the_request(scim: Client, operation: Any) -> None:
    answer = send(scim, user("ada"), operation)
    assert (answer.status, answer.json["scimType"]) == (400, "invalidSyntax")
    assert scim.get("/Users").json["totalResults"] == 0


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"Operations": []},
        {"schemas": [BULK]},
        {"schemas": [BULK], "Operations": {}},
        {"schemas": [BULK], "Operations": [], "failOnErrors": "1"},
        {"schemas": [BULK], "Operations": [user("a"), user("b", "a")]},
    ],
)
def test_a_malformed_request_is_refused(scim: Client, value: Any) -> None:
    assert scim.post("/Bulk", value).status == 400


def test_limits(scim: Client) -> None:
    answer = send(scim, *[{"method": "DELETE", "path": "/Users/1"}] * (MAX_OPERATIONS + 1))
    assert answer.status == 413
    assert str(MAX_OPERATIONS) in answer.json["detail"]
    body = json.dumps({"schemas": [BULK], "Operations": [], "x": "x" * 1_048_576}).encode()
    answer = scim.request("POST", "/Bulk", body=body)
    assert answer.status == 413
    assert "1048576" in answer.json["detail"]


def test_a_long_chain_of_references(scim: Client) -> None:
    chain = [group(f"g{n}", f"g{n + 1}") for n in range(200)]
    answer = send(scim, *chain, user("last", "g200"))
    assert set(statuses(answer)) <= {"201", "409"}
    assert statuses(answer)[-1] == "201"


def test_without_patch_bulk_does_not_patch(serve: Serve) -> None:
    scim = serve("patch")
    path = f"/Users/{scim.user('ada')['id']}"
    assert statuses(send(scim, {"method": "PATCH", "path": path, "data": {}})) == ["501"]
