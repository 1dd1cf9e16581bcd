"""Lists: filtered, sorted, paged and projected."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server.features import MAX_RESULTS
from tests.reference_server.conftest import USER, Client, Serve

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def names(answer: Any) -> list[str]:
    return [one.get("userName") or one["displayName"] for one in answer.json.get("Resources", [])]


@pytest.fixture
def five(scim: Client) -> Client:
    """A server with five users, not in alphabetical order."""
    for name in ("eve", "ada", "dan", "bob", "cat"):
        scim.user(name, title=f"of {name}" if name != "dan" else None)
    return scim


def test_an_empty_list(scim: Client) -> None:
    answer = scim.get("/Users").json
    assert answer == {
        "schemas": [LIST],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 0,
        "Resources": [],
    }


def test_a_list_is_in_the_order_of_creation(five: Client) -> None:
    assert names(five.get("/Users")) == ["eve", "ada", "dan", "bob", "cat"]


@pytest.mark.parametrize(
    ("start", "count", "expected", "start_shown"),
    [
        ("1", "2", ["eve", "ada"], 1),
        ("4", "2", ["bob", "cat"], 4),
        ("5", "9", ["cat"], 5),
        ("6", "2", [], 6),
        ("0", "1", ["eve"], 1),
        ("-7", "1", ["eve"], 1),
        ("1", "0", [], 1),
        ("1", "-1", [], 1),
        ("999999999999999999", "1", [], 999999999999999999),
    ],
)
def test_index_pages(
    five: Client, start: str, count: str, expected: list[str], start_shown: int
) -> None:
    for parameters in ({}, {"filter": "userName pr"}):
        answer = five.get("/Users", startIndex=start, count=count, **parameters)
        assert names(answer) == expected
        assert answer.json["totalResults"] == 5
        assert answer.json["startIndex"] == start_shown
        assert answer.json["itemsPerPage"] == len(expected)


@pytest.mark.parametrize("name", ["count", "startIndex"])
@pytest.mark.parametrize("value", ["abc", "1.5", "", "1e3", "9" * 30, "\u0661"])
def test_paging_parameters_are_integers(five: Client, name: str, value: str) -> None:
    answer = five.get("/Users", **{name: value})
    assert (answer.status, answer.json["scimType"]) == (400, "invalidValue")


def follow(scim: Client, parameter: str = "nextCursor", **query: str) -> list[list[str]]:
    """The names on all pages from the first one on."""
    answer = scim.get("/Users", **{"cursor": "", **query})
    pages = [names(answer)]
    while cursor := answer.json.get(parameter):
        answer = scim.get("/Users", **{**query, "cursor": cursor})
        assert answer.status == 200
        pages.append(names(answer))
    return pages


def test_cursor_pages(five: Client) -> None:
    expected = [["eve", "ada"], ["dan", "bob"], ["cat"]]
    assert follow(five, count="2") == expected
    assert follow(five, count="2", filter="userName pr") == expected
    assert follow(five, count="2", sortBy="userName") == [["ada", "bob"], ["cat", "dan"], ["eve"]]
    assert follow(five, count="5") == [["eve", "ada", "dan", "bob", "cat"]]
    assert follow(five, count="0") == [[]]
    assert follow(five, count="-3") == [[]]
    assert follow(five) == [["eve", "ada", "dan", "bob", "cat"]]


def test_the_way_back(five: Client) -> None:
    first = five.get("/Users", cursor="", count="2").json
    assert "previousCursor" not in first
    second = five.get("/Users", cursor=first["nextCursor"]).json
    third = five.get("/Users", cursor=second["nextCursor"]).json
    assert "nextCursor" not in third
    back = five.get("/Users", cursor=third["previousCursor"])
    assert names(back) == ["dan", "bob"]
    assert names(five.get("/Users", cursor=back.json["previousCursor"])) == ["eve", "ada"]
    assert names(five.get("/Users", cursor=back.json["nextCursor"])) == ["cat"]


def test_cursor_pages_stay_together_when_others_write(five: Client) -> None:
    for query in ({}, {"filter": "userName pr"}):
        first = five.get("/Users", cursor="", count="2", **query).json
        gone = first["Resources"][0]
        five.delete(f"/Users/{gone['id']}")
        five.user("new" + str(len(query)))
        rest = five.get("/Users", cursor=first["nextCursor"], **query)
        assert names(rest)[0] == names(five.get("/Users"))[1]


def test_bad_cursors(five: Client) -> None:
    def refusal(**query: str) -> str | None:
        answer = five.get("/Users", **query)
        assert answer.status == 400
        kind: str | None = answer.json["scimType"]
        return kind

    cursor = five.get("/Users", cursor="", count="2").json["nextCursor"]
    assert refusal(cursor="not-a-cursor") == "invalidCursor"
    assert refusal(cursor=cursor, filter="userName pr") == "invalidCursor"
    assert refusal(cursor=cursor, count="3") == "invalidCount"
    assert refusal(cursor="", count=str(MAX_RESULTS + 1)) == "invalidCount"
    assert five.get("/Groups", cursor=cursor).status == 400
    assert five.get("/Users", cursor=cursor, count="2").status == 200


def test_cursors_of_another_tenant_are_refused(serve: Serve, five: Client) -> None:
    cursor = five.get("/Users", cursor="", count="1").json["nextCursor"]
    other = serve()
    for name in ("ada", "bob"):
        other.user(name)
    assert other.get("/Users", cursor=cursor).json["scimType"] == "invalidCursor"


def test_an_old_cursor_has_expired(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    scim = serve(cursor_timeout=10)
    for name in ("ada", "bob"):
        scim.user(name)
    now = [1000.0]
    lists = scim.app._sites[""].lists  # type: ignore[attr-defined]
    monkeypatch.setattr(type(lists), "now", lambda _self: now[0])
    cursor = scim.get("/Users", cursor="", count="1").json["nextCursor"]
    now[0] += 10
    assert scim.get("/Users", cursor=cursor).status == 200
    now[0] += 2
    assert scim.get("/Users", cursor=cursor).json["scimType"] == "expiredCursor"


def test_sorting(five: Client) -> None:
    up = ["ada", "bob", "cat", "dan", "eve"]
    assert names(five.get("/Users", sortBy="userName")) == up
    assert names(five.get("/Users", sortBy="USERNAME", sortOrder="Descending")) == up[::-1]
    assert names(five.get("/Users", sortBy="title"))[-1] == "dan"
    assert names(five.get("/Users", sortBy="title", sortOrder="descending"))[0] == "dan"
    assert names(five.get("/Users", sortBy="meta.created")) == names(five.get("/Users"))
    page = five.get("/Users", sortBy="userName", startIndex="2", count="2")
    assert names(page) == ["bob", "cat"]
    filtered = five.get("/Users", sortBy="userName", filter='userName gt "bob"')
    assert names(filtered) == ["cat", "dan", "eve"]
    assert five.get("/Users", sortBy="nosuch").status == 400
    assert five.get("/Users", sortBy="userName", sortOrder="sideways").status == 400


def test_indexed_and_scanned_lookups_agree(five: Client) -> None:
    target = five.user("Zoe", externalId="Ext-1")
    for text in (
        'userName eq "ZOE"',
        'externalId eq "Ext-1"',
        f'id eq "{target["id"]}"',
        'userName eq "zoe" and active pr or userName eq "zoe"',
        'userName sw "z"',
        f'meta.location eq "{target["meta"]["location"]}"',
        'not (userName lt "z")',
    ):
        assert names(five.get("/Users", filter=text)) == ["Zoe"], text
    for text in ('externalId eq "ext-1"', 'userName eq "zoe" and externalId eq "other"'):
        assert names(five.get("/Users", filter=text)) == []
    indexed = five.get("/Users", filter='userName eq "zoe"', cursor="", count="1")
    assert (names(indexed), "nextCursor" in indexed.json) == (["Zoe"], False)


@pytest.mark.parametrize(
    "text",
    ["", "userName", "userName xx 1", "(" * 60, "a" * 100_000, 'nosuch eq "x"', "userName eq 1 or"],
)
def test_bad_filters(scim: Client, text: str) -> None:
    answer = scim.get("/Users", filter=text)
    assert (answer.status, answer.json["scimType"]) == (400, "invalidFilter")


def test_projection_of_lists(five: Client) -> None:
    only = five.get("/Users", attributes="userName").json["Resources"]
    assert {frozenset(one) for one in only} == {frozenset({"schemas", "id", "userName"})}
    less = five.get("/Users", excludedAttributes="meta,userName,id").json["Resources"][0]
    assert set(less) == {"schemas", "id", "title"}


def test_a_root_query_spans_all_types(five: Client) -> None:
    five.group("staff")
    assert five.get("").json["totalResults"] == 6
    found = five.get("/", filter='userName eq "ada" or displayName eq "staff"')
    assert names(found) == ["ada", "staff"]
    assert names(five.get("", filter='meta.resourceType eq "Group"')) == ["staff"]
    ordered = five.get("", sortBy="displayName")
    assert names(ordered)[0] == "staff"
    assert five.get("", sortBy="active").status == 200


def search(scim: Client, path: str = "/Users/.search", **request: Any) -> Any:
    return scim.post(path, {"schemas": [SEARCH], **request})


def test_search_is_a_query_in_a_body(five: Client) -> None:
    answer = search(
        five,
        filter='userName gt "a"',
        sortBy="userName",
        sortOrder="descending",
        startIndex=2,
        count=2,
        attributes=["userName"],
    )
    assert (answer.status, names(answer)) == (200, ["dan", "cat"])
    assert set(answer.json["Resources"][0]) == {"schemas", "id", "userName"}
    assert search(five, "/.search").json["totalResults"] == 5
    first = search(five, cursor="", count=3).json
    assert names(search(five, cursor=first["nextCursor"], count=3)) == ["bob", "cat"]
    less = search(five, excludedAttributes=["title"]).json["Resources"][0]
    assert "title" not in less


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "1"},
        {"count": True},
        {"startIndex": 1.5},
        {"filter": 1},
        {"sortBy": []},
        {"attributes": "userName"},
        {"attributes": [1]},
        {"cursor": 5},
        {"schemas": []},
        {"schemas": "x"},
        {"count": 10**30},
    ],
)
def test_a_search_request_has_types(scim: Client, wrong: dict[str, Any]) -> None:
    assert search(scim, **wrong).status == 400


def test_a_search_request_is_an_object(scim: Client) -> None:
    assert scim.post("/Users/.search", [1]).json["scimType"] == "invalidSyntax"


def test_without_filters_a_filter_is_not_ignored(serve: Serve) -> None:
    assert serve("filter").get("/Users", filter="userName pr").status == 501


def test_without_sorting_the_order_stays(serve: Serve) -> None:
    scim = serve("sort")
    for name in ("bob", "ada"):
        scim.user(name)
    assert names(scim.get("/Users", sortBy="userName")) == ["bob", "ada"]


def test_without_index_paging_cursors_come_unasked(serve: Serve) -> None:
    scim = serve("index")
    for name in ("bob", "ada"):
        scim.user(name)
    answer = scim.get("/Users", count="1", startIndex="2").json
    assert "startIndex" not in answer
    assert names(scim.get("/Users", cursor=answer["nextCursor"])) == ["ada"]


def test_without_cursors_they_are_ignored(serve: Serve) -> None:
    scim = serve("cursor")
    scim.user("ada")
    answer = scim.get("/Users", cursor="x").json
    assert (answer["startIndex"], "nextCursor" in answer) == (1, False)


def test_without_paging_there_is_everything_or_too_much(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    scim = serve("index", "cursor")
    for name in ("bob", "ada", "cat"):
        scim.user(name)
    assert len(scim.get("/Users", count="1").json["Resources"]) == 3
    monkeypatch.setattr("reference_server.queries.MAX_RESULTS", 2)
    assert scim.get("/Users").json["scimType"] == "tooMany"


def test_no_page_is_longer_than_the_maximum(five: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference_server.queries.MAX_RESULTS", 2)
    answer = five.get("/Users", count="1000").json
    assert (answer["itemsPerPage"], answer["totalResults"]) == (2, 5)


def test_every_type_is_there(scim: Client) -> None:
    types = scim.get("/ResourceTypes").json["Resources"]
    assert [one["name"] for one in types] == ["User", "Group", "Device"]
    for one in types:
        assert scim.get(one["endpoint"]).status == 200
    assert USER in {one["schema"] for one in types}
