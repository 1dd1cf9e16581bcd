"""What the server says of itself is what it does."""

from __future__ import annotations

import pytest

from tests.reference_server.conftest import USER, Client, Serve

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize("feature", ["patch", "bulk", "filter", "sort", "etag", "changePassword"])
def test_the_configuration_follows_the_switches(serve: Serve, feature: str) -> None:
    assert serve().get("/ServiceProviderConfig").json[feature]["supported"] is True
    assert serve(feature).get("/ServiceProviderConfig").json[feature]["supported"] is False


@pytest.mark.parametrize(
    ("off", "cursor", "index", "default"),
    [
        ((), True, True, "index"),
        (("cursor",), False, True, "index"),
        (("index",), True, False, "cursor"),
        (("index", "cursor"), False, False, None),
    ],
)
def test_paging_is_published(
    serve: Serve, off: tuple[str, ...], cursor: bool, index: bool, default: str | None
) -> None:
    paging = serve(*off).get("/ServiceProviderConfig").json["pagination"]
    assert (paging["cursor"], paging["index"]) == (cursor, index)
    assert paging.get("defaultPaginationMethod") == default


def test_a_server_from_before_cursors_does_not_speak_of_paging(serve: Serve) -> None:
    scim = serve("pagination")
    assert "pagination" not in scim.get("/ServiceProviderConfig").json
    answer = scim.get("/Users", cursor="", count="1").json
    assert (answer["startIndex"], answer["itemsPerPage"]) == (1, 0)


def test_schemas_and_types_can_be_read_one_by_one(scim: Client) -> None:
    for path in ("/Schemas", "/ResourceTypes"):
        listed = scim.get(path).json
        assert listed["totalResults"] == len(listed["Resources"])
        for one in listed["Resources"]:
            single = scim.get(f"{path}/{one['id']}")
            assert single.json == one
            assert one["meta"]["location"] == f"http://scim.example/scim/v2{path}/{one['id']}"


def test_messages_have_no_schema(scim: Client) -> None:
    ids = [one["id"] for one in scim.get("/Schemas").json["Resources"]]
    assert not [one for one in ids if one.startswith("urn:ietf:params:scim:api:")]
    assert scim.get("/Schemas/urn:ietf:params:scim:api:messages:2.0:Error").status == 404
    assert scim.get("/ResourceTypes/Nothing").status == 404
    assert scim.get("/ServiceProviderConfig/x").status == 404


@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"])
def test_discovery_is_not_filtered_sorted_or_paged(scim: Client, path: str) -> None:
    assert scim.get(path, filter="id pr").status == 403
    plain = scim.get(path).json
    assert scim.get(path, startIndex="2", count="1", sortBy="id").json == plain


def test_types_can_be_switched_off(serve: Serve) -> None:
    scim = serve("groups", "device", "enterprise")
    types = scim.get("/ResourceTypes").json["Resources"]
    assert [one["name"] for one in types] == ["User"]
    assert [one["id"] for one in scim.get("/Schemas").json["Resources"]] == [USER]
    assert scim.get("/Groups").status == 404
    assert scim.get("/Schemas/" + ENTERPRISE).status == 404
    assert scim.get(f"/Users/{scim.user('ada')['id']}").status == 200
