"""Whatever is sent, the answer is one of SCIM and never a failure of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_server.defects.wire import Response
from tests.reference_server.conftest import PATCH_OP, USER, Client, serve

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
DEVICE = "/Devices"
NAMES = [
    "userName", "externalId", "id", "meta", "schemas", "name", "name.givenName", "emails",
    "emails.value", "emails[type eq \"work\"]", "emails[type eq \"work\"].value", "members",
    "members[value eq \"x\"]", "members.value", "groups", "active", "password", "displayName",
    "meta.created", "$ref", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "x", "", "a[", "a[b",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from([*NAMES, "1e999", "2020-01-01T00:00:00Z", "\x00", "A" * 3000])
)
KEYS = st.sampled_from([*NAMES, "value", "type", "primary", "USERNAME"]) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["add", "remove", "replace", "Add", "move"]) | SCALARS,
        "path": st.sampled_from(NAMES) | SCALARS,
        "value": VALUES,
    },
)
WORDS = st.sampled_from([*NAMES, "eq", "ne", "co", "gt", "pr", "and", "or", "not", "(", ")", '"x"',
    "true", "null", "1", "1e400", "]", "meta.lastModified", '"2020-01-01T00:00:00Z"'])  # fmt: skip
FILTERS = st.lists(WORDS | st.text(max_size=5), max_size=9).map(" ".join)

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def shared() -> Client:
    """One server for all examples, with something in it."""
    scim = serve(me="ada")
    ada = scim.user("ada", emails=[{"value": "a@example.com", "type": "work"}], password="x")
    scim.group("staff", ada["id"])
    return scim


def proper(answer: Response) -> None:
    """A SCIM answer that is no failure of the server."""
    assert answer.status < 500 or answer.status == 501, answer.body
    if answer.body:
        assert answer.headers["content-type"] == "application/scim+json"
        value = answer.json
        assert value is not None
        if answer.status >= 400:
            assert value["status"] == str(answer.status)
            assert value["detail"]


def first(scim: Client, endpoint: str) -> str:
    """The path of some resource."""
    listed = scim.get(endpoint, count="1").json["Resources"]
    return f"{endpoint}/{listed[0]['id']}" if listed else f"{endpoint}/none"


@QUICK
@given(st.sampled_from(["/Users", "/Groups", DEVICE]), OBJECTS, st.booleans())
def test_bodies_of_creates_and_replaces(
    shared: Client, endpoint: str, value: dict[str, Any], is_named: bool
) -> None:
    schemas = [one["schema"] for one in shared.get("/ResourceTypes").json["Resources"]]
    named = (
        {"schemas": [schemas[["/Users", "/Groups", DEVICE].index(endpoint)]]} if is_named else {}
    )
    proper(shared.post(endpoint, {**value, **named}))
    proper(shared.put(first(shared, endpoint), {**value, **named}))


@QUICK
@given(st.sampled_from(["/Users", "/Groups", DEVICE]), st.lists(OPERATIONS, max_size=4))
def test_patches(shared: Client, endpoint: str, operations: list[dict[str, Any]]) -> None:
    proper(shared.patch(first(shared, endpoint), *operations))


@QUICK
@given(
    st.sampled_from(["/Users", "/Groups", DEVICE, ""]),
    FILTERS,
    st.sampled_from(NAMES) | st.text(max_size=9),
    st.sampled_from(["ascending", "descending", "", "x"]),
    st.text(max_size=6) | st.integers().map(str),
)
def test_queries(
    shared: Client, endpoint: str, text: str, sort_by: str, order: str, number: str
) -> None:
    shared_query = {"attributes": sort_by, "excludedAttributes": text}
    proper(shared.get(endpoint, filter=text))
    proper(shared.get(endpoint, sortBy=sort_by, sortOrder=order, **shared_query))
    proper(shared.get(endpoint, startIndex=number, count=number))
    proper(shared.get(endpoint, cursor=number, count="2"))


@QUICK
@given(
    st.sampled_from(["/.search", "/Users/.search", "/Bulk", "/Me", "/Users"]),
    VALUES | st.dictionaries(
        st.sampled_from(["schemas", "Operations", "failOnErrors", "filter", "count", "cursor",
                         "sortBy", "attributes", "startIndex"]), VALUES),
)  # fmt: skip
def test_any_json_anywhere(shared: Client, path: str, value: Any) -> None:
    proper(shared.post(path, value))
    proper(shared.request("PATCH", "/Me", value))


@QUICK
@given(st.lists(st.fixed_dictionaries({}, optional={
    "method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]) | SCALARS,
    "path": st.sampled_from(["/Users", "/Groups", "/Users/x", "/Users/bulkId:a", ""]) | SCALARS,
    "bulkId": st.sampled_from(["a", "b", "c"]) | SCALARS,
    "data": OBJECTS | st.fixed_dictionaries({"schemas": st.just([USER]), "userName":
        st.sampled_from(["bulkId:a", "bulkId:b", "u"])}) | SCALARS,
    "version": SCALARS,
}), max_size=4))  # fmt: skip
def test_bulk_operations(shared: Client, operations: list[dict[str, Any]]) -> None:
    proper(shared.post("/Bulk", {"schemas": [BULK], "Operations": operations}))


@QUICK
@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.binary(max_size=200),
    st.sampled_from(
        ["if-match", "if-none-match", "content-type", "host", "accept", "authorization"]
    ),
    st.text(st.characters(codec="latin-1"), max_size=30),
)
def test_any_bytes_anywhere(
    shared: Client, method: str, path: str, body: bytes, name: str, value: str
) -> None:
    target = "/" + quote(path, safe="/")
    for where in (target, "/Users", first(shared, "/Users")):
        if method == "DELETE" and where.count("/") > 1:
            continue
        proper(shared.request(method, where, body=body, headers={name: value}))


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "members",
    [
        '"userName": "a", "name": {"givenName": 1}',
        '"userName": ["a"]',
        '"userName": "a", "emails": "x"',
        f'"userName": "a", "x": {deep(900)}',
        f'"userName": "a", "name": {deep(900)}',
        f'"userName": "a", "x": {deep(20_000)}',
        '"userName": "\\ud800"',
        '"userName": "a", "active": 1e999',
        f'"Operations": {deep(900)}',
        f'"Operations": [{{"op": "add", "value": {deep(900)}}}]',
        f'"Operations": [{{"op": "add", "path": "name", "value": {deep(900)}}}]',
        f'"Operations": [{{"op": "add", "path": "{"a." * 5000}", "value": 1}}]',
    ],
    ids=range(12),
)
def test_known_traps(shared: Client, members: str) -> None:
    for urn, path in ((USER, "/Users"), (USER, "/Me"), (PATCH_OP, "/Me"), (BULK, "/Bulk")):
        body = f'{{"schemas": ["{urn}"], {members}}}'.encode()
        for method in ("POST", "PUT", "PATCH"):
            proper(shared.request(method, path, body=body))
