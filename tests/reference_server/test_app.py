"""HTTP: who may ask what where, and how the answers are dressed."""

from __future__ import annotations

from base64 import b64encode

import pytest

from reference_server.errors import ScimError
from reference_server.messages import Request
from tests.reference_server.conftest import BASE, PATCH_OP, TOKEN, USER, Client, Serve

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
RENAME = {"op": "replace", "path": "displayName", "value": "Ada"}


def test_a_user_is_created_read_replaced_patched_and_deleted(scim: Client) -> None:
    answer = scim.post("/Users", {"schemas": [USER], "userName": "ada", "id": "mine"})
    created = answer.json
    assert answer.status == 201
    assert created["id"] != "mine"
    assert answer.headers["location"] == created["meta"]["location"]
    assert answer.headers["location"] == f"http://scim.example{BASE}/Users/{created['id']}"
    assert created["meta"]["created"] == created["meta"]["lastModified"]

    path = f"/Users/{created['id']}"
    assert scim.get(path).json == created
    replaced = scim.put(path, {"schemas": [USER], "userName": "ada", "title": "Dr"})
    assert (replaced.status, replaced.json["title"]) == (200, "Dr")
    patched = scim.patch(path, RENAME)
    assert (patched.status, patched.json["displayName"]) == (200, "Ada")
    assert scim.delete(path).status == 204
    for gone in (scim.get(path), scim.delete(path), scim.patch(path, RENAME)):
        assert gone.status == 404
    assert scim.user("ada")["id"] != created["id"]


def test_every_answer_with_a_body_is_scim_json(scim: Client) -> None:
    created = scim.post("/Users", {"schemas": [USER], "userName": "ada"})
    answers = [created, scim.get("/Users"), scim.get("/nope"), scim.get("/Schemas")]
    assert {one.headers["content-type"] for one in answers} == {"application/scim+json"}


@pytest.mark.parametrize(
    "path", ["/Users", "/Users/1", "/", "", "/Schemas", "/ResourceTypes", "/Me", "/Bulk", "/nope"]
)
@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic bm8=", "Bearer", "x"])
def test_without_the_secret_there_is_nothing_to_see(
    scim: Client, path: str, authorization: str | None
) -> None:
    scim.token = None
    headers = {"authorization": authorization} if authorization else {}
    answer = scim.request("GET", path, headers=headers)
    assert answer.status == 401
    assert answer.json["status"] == "401"
    assert "Bearer" in answer.headers["www-authenticate"]
    assert "Basic" in answer.headers["www-authenticate"]


def test_the_configuration_is_public(scim: Client) -> None:
    scim.token = None
    assert scim.get("/ServiceProviderConfig").status == 200


def test_the_secret_is_taken_as_a_password_too(scim: Client) -> None:
    scim.token = None
    basic = b64encode(f"ada:{TOKEN}".encode()).decode()
    answer = scim.request("GET", "/Users", headers={"authorization": f"Basic {basic}"})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/Users/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("GET", "/Bulk", "OPTIONS, POST"),
        ("GET", "/Users/.search", "OPTIONS, POST"),
        ("POST", "/Schemas", "GET, HEAD, OPTIONS"),
        ("DELETE", "/ServiceProviderConfig", "GET, HEAD, OPTIONS"),
        ("BREW", "/Users/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    scim: Client, method: str, path: str, allowed: str
) -> None:
    answer = scim.request(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    assert answer.json["schemas"] == [ERROR]
    options = scim.request("OPTIONS", path)
    assert (options.status, options.headers["allow"], options.body) == (204, allowed, b"")


def test_head_is_get_without_the_body(scim: Client) -> None:
    path = f"/Users/{scim.user('ada')['id']}"
    get, head = scim.get(path), scim.request("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(get.body)
    assert head.headers["etag"] == get.headers["etag"]


@pytest.mark.parametrize("path", ["/nope", "/Users/1/2", "/users", "/Me/1", "/Schemas/x/y"])
def test_unknown_paths_are_not_found(scim: Client, path: str) -> None:
    answer = scim.get(path)
    assert (answer.status, answer.json["status"]) == (404, "404")


def test_versions_in_the_path(scim: Client) -> None:
    def ask(base: str) -> tuple[int, str | None]:
        scim.base = base
        answer = scim.get("/Users")
        return answer.status, answer.json.get("scimType")

    assert ask("/scim/v2") == (200, None)
    assert ask("/scim") == (200, None)
    assert ask("/scim/v9") == (400, "invalidVers")
    assert ask("/other/v2") == (404, None)


def test_a_named_tenant_has_a_base_of_its_own(serve: Serve) -> None:
    scim = serve(tenant="acme")
    assert scim.base == "/scim/acme/v2"
    created = scim.user("ada")
    assert f"/scim/acme/v2/Users/{created['id']}" in created["meta"]["location"]
    scim.base = "/scim/v2"
    assert scim.get("/Users").status == 404
    scim.base = "/scim/acme/v1"
    assert scim.get("/Users").status == 400


@pytest.mark.parametrize("host", ["evil/<script>", "a b", "", "x" * 300])
def test_a_strange_host_is_not_repeated(scim: Client, host: str) -> None:
    value = {"schemas": [USER], "userName": "ada"}
    answer = scim.request("POST", "/Users", value, headers={"host": host})
    assert answer.json["meta"]["location"].startswith("http://127.0.0.1:80/scim/v2/")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/scim+json", 201),
        ("application/scim+json; charset=utf-8", 201),
        ("Application/JSON;charset=UTF-8", 201),
        ("application/scim+json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ],
)
def test_media_types_of_requests(scim: Client, content_type: str, status: int) -> None:
    value = {"schemas": [USER], "userName": "ada"}
    answer = scim.request("POST", "/Users", value, headers={"content-type": content_type})
    assert answer.status == status


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", "application/xml"])
def test_any_accept_header_is_tolerated(scim: Client, accept: str) -> None:
    answer = scim.request("GET", "/Users", headers={"accept": accept})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/scim+json")


def test_a_body_above_the_limit_is_refused(scim: Client) -> None:
    answer = scim.request("POST", "/Users", body=b" " * 1_048_577)
    assert (answer.status, answer.json["status"]) == (413, "413")


def test_a_taken_name_is_refused_in_any_case(scim: Client) -> None:
    scim.user("ada")
    bob = scim.user("bob")
    answer = scim.post("/Users", {"schemas": [USER], "userName": "ADA"})
    assert (answer.status, answer.json["scimType"]) == (409, "uniqueness")
    renamed = scim.put(f"/Users/{bob['id']}", {"schemas": [USER], "userName": "Ada"})
    assert (renamed.status, renamed.json["scimType"]) == (409, "uniqueness")
    operation = {"op": "replace", "value": {"userName": "aDa"}}
    assert scim.patch(f"/Users/{bob['id']}", operation).status == 409
    assert scim.get(f"/Users/{bob['id']}").json == bob


def test_a_password_is_never_shown(scim: Client) -> None:
    user = scim.user("ada", password="t1meMa$heen")
    path = f"/Users/{user['id']}"
    answers = [
        scim.get(path),
        scim.get(path, attributes="password"),
        scim.patch(path, {"op": "replace", "path": "password", "value": "t1meMa$heen"}),
        scim.put(path, {"schemas": [USER], "userName": "ada", "password": "t1meMa$heen"}),
    ]
    assert "password" not in user
    for answer in answers:
        assert answer.status == 200
        assert b"password" not in answer.body
    assert b"t1meMa" not in repr(scim.store.execute("SELECT * FROM resource").fetchall()).encode()


def test_preconditions(scim: Client) -> None:
    user = scim.user("ada")
    path, tag = f"/Users/{user['id']}", user["meta"]["version"]
    assert scim.get(path).headers["etag"] == tag

    def get(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return scim.request("GET", path, headers=named).status

    assert get(if_none_match=tag) == 304
    assert get(if_none_match='W/"9", ' + tag) == 304
    assert get(if_none_match='W/"9"') == 200
    body = {"schemas": [USER], "userName": "ada", "title": "Dr"}
    stale = scim.request("PUT", path, body, headers={"if-match": 'W/"9"'})
    assert stale.status == 412
    assert scim.request("PUT", path, body, headers={"if-match": tag}).status == 200
    patch = {"schemas": [PATCH_OP], "Operations": [RENAME]}
    assert scim.request("PATCH", path, patch, headers={"if-match": tag}).status == 412
    assert scim.request("PATCH", path, patch, headers={"if-match": "*"}).status == 200
    assert scim.request("PATCH", path, patch, headers={"if-none-match": "*"}).status == 412
    assert scim.request("DELETE", path, headers={"if-match": tag}).status == 412
    assert scim.request("DELETE", path, headers={"if-match": "*"}).status == 204


def test_what_changes_nothing_keeps_version_and_date(scim: Client) -> None:
    user = scim.user("ada", displayName="Ada")
    path = f"/Users/{user['id']}"
    assert scim.patch(path, RENAME).json["meta"] == user["meta"]
    assert scim.put(path, user).json["meta"] == user["meta"]
    changed = scim.patch(path, {**RENAME, "value": "Bob"}).json["meta"]
    assert changed["version"] != user["meta"]["version"]


def test_a_patch_may_be_answered_204(serve: Serve) -> None:
    scim = serve(patch_status=204)
    path = f"/Users/{scim.user('ada')['id']}"
    answer = scim.patch(path, RENAME)
    assert (answer.status, answer.body, answer.headers["etag"]) == (204, b"", 'W/"2"')
    value = {"schemas": [PATCH_OP], "Operations": [{**RENAME, "value": "Bob"}]}
    asked = scim.request("PATCH", path, value, query={"attributes": "displayName"})
    assert (asked.status, asked.json["displayName"]) == (200, "Bob")


def test_writes_are_projected(scim: Client) -> None:
    value = {"schemas": [USER], "userName": "ada", "title": "Dr"}
    answer = scim.request("POST", "/Users", value, query={"attributes": "title"})
    assert set(answer.json) == {"schemas", "id", "title"}
    assert answer.headers["location"].endswith(answer.json["id"])


@pytest.mark.parametrize(
    ("feature", "method", "path"),
    [
        ("patch", "PATCH", "/Users/1"),
        ("bulk", "POST", "/Bulk"),
        ("search", "POST", "/.search"),
        ("search", "POST", "/Users/.search"),
        ("me", "GET", "/Me"),
        ("root-query", "GET", ""),
    ],
)
def test_what_is_switched_off_is_not_implemented(
    serve: Serve, feature: str, method: str, path: str
) -> None:
    answer = serve(feature).request(method, path, {} if method != "GET" else None)
    assert (answer.status, answer.json["status"]) == (501, "501")


def test_without_etags_there_are_no_versions(serve: Serve) -> None:
    scim = serve("etag")
    user = scim.user("ada")
    assert "version" not in user["meta"]
    answer = scim.request("GET", f"/Users/{user['id']}", headers={"if-none-match": 'W/"1"'})
    assert answer.status == 200
    assert "etag" not in answer.headers


def test_without_change_password_only_a_create_sets_one(serve: Serve) -> None:
    scim = serve("changePassword")
    path = f"/Users/{scim.user('ada', password='one')['id']}"
    refused = scim.patch(path, {"op": "replace", "path": "password", "value": "two"})
    assert refused.status == 501
    kept = scim.put(path, {"schemas": [USER], "userName": "ada", "password": "two"})
    assert (kept.status, kept.json["meta"]["version"]) == (200, 'W/"1"')


def test_me_is_who_asks(serve: Serve) -> None:
    scim = serve(me="Ada")
    assert scim.get("/Me").status == 404
    ada, bob = scim.user("ada"), scim.user("bob")
    answer = scim.get("/Me")
    assert (answer.json, answer.headers["location"]) == (ada, ada["meta"]["location"])
    basic = b64encode(f"bob:{TOKEN}".encode()).decode()
    answer = scim.request("GET", "/Me", headers={"authorization": f"Basic {basic}"})
    assert answer.json["id"] == bob["id"]
    assert scim.patch("/Me", RENAME).json["displayName"] == "Ada"
    assert scim.post("/Me", {}).status == 501
    assert scim.delete("/Me").status == 204
    assert scim.get(f"/Users/{ada['id']}").status == 404


def test_me_without_a_user_is_not_implemented(scim: Client) -> None:
    assert scim.get("/Me").status == 501


def test_a_bug_of_ours_shows_nothing(scim: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr("reference_server.app.Query.of_parameters", fail)
    answer = scim.get("/Users")
    assert (answer.status, answer.json["detail"]) == (500, "internal error")


@pytest.mark.parametrize("query", ["filter=%ff", "%zz=%80", "a=\xe4"])
def test_query_strings_that_are_no_text_are_refused(query: str) -> None:
    async def receive() -> dict[str, object]:
        return {}

    request = Request("GET", "/", query.encode("latin-1"), {}, "http", receive)
    with pytest.raises(ScimError) as caught:
        request.query()
    assert caught.value.status == 400


def test_unknown_ids_are_not_found(scim: Client) -> None:
    for identifier in (UNKNOWN, "x" * 5000, "%00", "'; --", "\x00"):
        assert scim.get(f"/Users/{identifier}").status == 404
