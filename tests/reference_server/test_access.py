"""Who may come in besides the one with the secret, and other ways to ask for the same."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from reference_server.app import ScimServer, Site
from reference_server.features import Features
from reference_server.profile import POLICIES
from reference_server.schemas import USER as USER_TYPE
from reference_server.store import Store
from reference_server.tenants import open_tenant
from tests.reference_server.conftest import TOKEN, USER, Client

SECOND = "another-secret-of-the-test"


def shared() -> tuple[Client, Client, Client]:
    """Two clients whose secrets open two directories at one URL, and one without a secret."""
    store = Store()
    features = Features(anonymous_creates=True)
    sites = []
    for name, secret in (("", TOKEN), ("second", SECOND)):
        tenant, _ = open_tenant(store, name, secret)
        policy = POLICIES["rfc"]()
        sites.append(Site.of(tenant, store, (USER_TYPE,), features=features, policy=policy))
    first = Client(ScimServer([replace(sites[0], second=sites[1])]), store)
    return first, replace(first, token=SECOND), replace(first, token=None)


def test_second_secret_opens_a_directory_of_its_own() -> None:
    first, second, _ = shared()
    ada = first.user("ada")
    bob = second.user("bob")
    assert second.get(f"/Users/{ada['id']}").status == 404
    assert second.delete(f"/Users/{ada['id']}").status == 404
    assert second.get("/Users").json["totalResults"] == 1
    assert second.get(f"/Users/{bob['id']}").json["meta"] == bob["meta"]
    assert first.get(f"/Users/{bob['id']}").status == 404
    assert second.user("ada")["id"] != ada["id"]


def test_wrong_secret_opens_neither() -> None:
    first, _, _ = shared()
    assert replace(first, token="wrong").get("/Users").status == 401


def test_anybody_may_create_a_user_and_nothing_else() -> None:
    first, _, nobody = shared()
    made = nobody.user("ada")
    assert nobody.get(f"/Users/{made['id']}").status == 401
    assert nobody.get("/Users").status == 401
    assert nobody.post("/Users/.search", {}).status == 401
    assert first.get(f"/Users/{made['id']}").json["userName"] == "ada"
    wrong = replace(nobody, token="wrong")
    assert wrong.post("/Users", {"schemas": [USER], "userName": "bob"}).status == 401


def test_strangers_create_nothing_unless_that_is_offered(scim: Client) -> None:
    nobody = replace(scim, token=None)
    assert nobody.post("/Users", {"schemas": [USER], "userName": "ada"}).status == 401


def test_suffix_chooses_the_only_format(scim: Client) -> None:
    user = scim.user("ada")
    assert scim.get(f"/Users/{user['id']}.scim").json == user
    assert scim.get("/Users/nobody.scim").status == 404


def test_filter_compares_prepared_strings(scim: Client) -> None:
    scim.user("jose", displayName="Jos\u00e9")
    for text in (unicodedata.normalize("NFD", "jos\u00e9"), "\uff2a\uff2f\uff33\u00c9"):
        assert scim.get("/Users", filter=f'displayName eq "{text}"').json["totalResults"] == 1
        assert scim.get("/Users", filter=f'displayName sw "{text}"').json["totalResults"] == 1
