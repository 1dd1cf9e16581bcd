"""``--profile kantega`` behaves as Kantega SSO's guide says."""

from __future__ import annotations

import pytest

from reference_server.local import ADMINISTRATOR
from reference_server.local import GROUP as LOCAL_GROUP
from tests.reference_server.conftest import GROUP, USER, Client, Serve


@pytest.fixture
def kantega(serve: Serve) -> Client:
    return serve(profile="kantega")


def administrator(scim: Client) -> str:
    found = scim.get("/Users", filter=f'userName eq "{ADMINISTRATOR}"').json["Resources"]
    identifier: str = found[0]["id"]
    return identifier


def test_an_existing_group_is_not_linked(kantega: Client) -> None:
    kantega.group("staff")
    for name in ("staff", "STAFF", LOCAL_GROUP):
        value = {"schemas": [GROUP], "displayName": name}
        assert kantega.post("/Groups", value).status == 409


def test_a_group_keeps_its_name(kantega: Client) -> None:
    group = kantega.group("staff")
    path = f"/Groups/{group['id']}"
    same = {"op": "replace", "value": {"id": group["id"], "displayName": "staff"}}
    other = {"op": "replace", "value": {"id": group["id"], "displayName": "crew"}}
    assert kantega.patch(path, same).json == group
    refused = kantega.patch(path, other)
    assert (refused.status, refused.json["scimType"]) == (400, "mutability")
    assert kantega.put(path, {"schemas": [GROUP], "displayName": "crew"}).status == 400


def test_local_members_stay_when_members_are_pushed(kantega: Client) -> None:
    ada = kantega.user("ada")["id"]
    local = administrator(kantega)
    group = kantega.group("staff", local, ada)
    path = f"/Groups/{group['id']}"

    def members() -> set[str]:
        return {one["value"] for one in kantega.get(path).json["members"]}

    kantega.patch(path, {"op": "replace", "path": "members", "value": []})
    assert members() == {local}
    kantega.put(path, {"schemas": [GROUP], "displayName": "staff", "members": [{"value": ada}]})
    assert members() == {local, ada}
    kantega.patch(path, {"op": "remove", "path": f'members[value eq "{local}"]'})
    assert members() == {local, ada}


def test_other_attributes_are_not_taken(kantega: Client) -> None:
    user = kantega.user(
        "ada",
        externalId="x",
        active=True,
        title="Dr",
        name={"givenName": "Ada", "middleName": "B", "familyName": "L", "formatted": "no"},
        emails=[{"value": "a@example.com", "type": "work", "display": "no"}],
        userType="person",
    )
    assert "title" not in user
    assert user["name"] == {"givenName": "Ada", "middleName": "B", "familyName": "L"}
    assert user["emails"] == [{"value": "a@example.com", "type": "work"}]
    assert (user["externalId"], user["userType"], user["active"]) == ("x", "person", True)


def test_the_schema_says_so(kantega: Client) -> None:
    attributes = kantega.get(f"/Schemas/{USER}").json["attributes"]
    assert {one["name"] for one in attributes} == {
        "userName",
        "name",
        "emails",
        "displayName",
        "userType",
        "active",
        "password",
        "groups",
    }


def test_plain_servers_do_link_rename_and_replace(scim: Client) -> None:
    group = scim.group("staff", scim.user("ada")["id"])
    value = {"schemas": [GROUP], "displayName": "staff"}
    assert scim.post("/Groups", value).status == 201
    renamed = scim.put(f"/Groups/{group['id']}", {**value, "displayName": "crew"})
    assert (renamed.json["displayName"], "members" in renamed.json) == ("crew", False)
