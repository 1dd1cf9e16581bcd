"""Members and ``groups`` are two views of one thing."""

from __future__ import annotations

from tests.reference_server.conftest import GROUP, Client


def members(scim: Client, group_id: str) -> list[str]:
    return [one["value"] for one in scim.get(f"/Groups/{group_id}").json.get("members", [])]


def test_members_are_described(scim: Client) -> None:
    ada = scim.user("ada", displayName="Ada")
    inner = scim.group("inner", ada["id"])
    outer = scim.group("outer", inner["id"])
    assert inner["members"] == [
        {
            "value": ada["id"],
            "$ref": ada["meta"]["location"],
            "display": "Ada",
            "type": "User",
        }
    ]
    assert outer["members"][0]["type"] == "Group"
    assert outer["members"][0]["$ref"] == inner["meta"]["location"]


def test_a_user_shows_direct_and_indirect_groups(scim: Client) -> None:
    ada = scim.user("ada")
    inner = scim.group("inner", ada["id"])
    outer = scim.group("outer", inner["id"])
    groups = scim.get(f"/Users/{ada['id']}").json["groups"]
    assert [(one["value"], one["type"], one["display"]) for one in groups] == [
        (inner["id"], "direct", "inner"),
        (outer["id"], "indirect", "outer"),
    ]
    assert groups[0]["$ref"] == inner["meta"]["location"]


def test_groups_follow_every_write(scim: Client) -> None:
    ada, bob = scim.user("ada"), scim.user("bob")
    group = scim.group("staff", ada["id"])
    path = f"/Groups/{group['id']}"

    scim.patch(path, {"op": "add", "path": "members", "value": [{"value": bob["id"]}]})
    assert members(scim, group["id"]) == [ada["id"], bob["id"]]
    scim.patch(path, {"op": "remove", "path": f'members[value eq "{ada["id"]}"]'})
    assert "groups" not in scim.get(f"/Users/{ada['id']}").json
    scim.put(path, {"schemas": [GROUP], "displayName": "staff", "members": [{"value": ada["id"]}]})
    assert members(scim, group["id"]) == [ada["id"]]
    scim.delete(path)
    assert "groups" not in scim.get(f"/Users/{ada['id']}").json


def test_a_deleted_user_leaves_its_groups(scim: Client) -> None:
    ada = scim.user("ada")
    group = scim.group("staff", ada["id"])
    scim.delete(f"/Users/{ada['id']}")
    answer = scim.get(f"/Groups/{group['id']}").json
    assert "members" not in answer
    assert answer["meta"]["version"] != group["meta"]["version"]


def test_an_existing_member_is_added_without_effect(scim: Client) -> None:
    ada = scim.user("ada")
    group = scim.group("staff", ada["id"])
    operation = {"op": "add", "path": "members", "value": [{"value": ada["id"]}]}
    answer = scim.patch(f"/Groups/{group['id']}", operation)
    assert answer.json == group


def test_members_nobody_knows_are_kept(scim: Client) -> None:
    group = scim.group("staff", "nobody", "nobody")
    assert group["members"] == [{"value": "nobody"}]


def test_a_member_without_a_value_is_refused(scim: Client) -> None:
    value = {"schemas": [GROUP], "displayName": "staff", "members": [{"display": "Ada"}]}
    assert scim.post("/Groups", value).json["scimType"] == "invalidValue"


def test_what_okta_sends_to_a_group_is_accepted(scim: Client) -> None:
    ada = scim.user("ada")
    group = scim.group("staff")
    path = f"/Groups/{group['id']}"
    rename = {"op": "replace", "value": {"id": group["id"], "displayName": "staff"}}
    assert scim.patch(path, rename).json == group
    pushed = {"op": "replace", "path": "members", "value": [{"value": ada["id"], "display": None}]}
    assert scim.patch(path, pushed).json["members"][0]["value"] == ada["id"]
    emptied = scim.patch(path, {"op": "replace", "path": "members", "value": []})
    assert (emptied.status, "members" in emptied.json) == (200, False)


def test_groups_are_filtered_by_member_and_users_by_group(scim: Client) -> None:
    ada = scim.user("ada")
    scim.user("bob")
    group = scim.group("staff", ada["id"])
    scim.group("other")
    found = scim.get("/Groups", filter=f'members.value eq "{ada["id"]}"').json
    assert [one["id"] for one in found["Resources"]] == [group["id"]]
    found = scim.get("/Users", filter=f'groups.value eq "{group["id"]}"').json
    assert [one["id"] for one in found["Resources"]] == [ada["id"]]


def test_members_can_be_left_out(scim: Client) -> None:
    group = scim.group("staff", scim.user("ada")["id"])
    path = f"/Groups/{group['id']}"
    assert "members" not in scim.get(path, excludedAttributes="members").json
    assert "members" in scim.get(path, attributes="MEMBERS.value").json
    listed = scim.get("/Groups", excludedAttributes="members,meta").json["Resources"]
    assert "members" not in listed[0]
