"""What a product with its own directory has before the first client comes.

Under ``--profile kantega`` each tenant starts with a local administrator and a
local group, so that it can be seen that pushes neither link to the group nor
take the administrator out of one.
"""

from __future__ import annotations

from reference_server.directory import new_id, now_text
from reference_server.folding import folded
from reference_server.messages import dumps
from reference_server.store import Keys, Record, Store

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

ADMINISTRATOR = "local-administrator"
GROUP = "local-administrators"


def add_local_resources(store: Store, tenant: int) -> None:
    """Make the local user and group unless they are there."""
    if store.find_by_key(tenant, "User", "unique", ADMINISTRATOR):
        return
    with store.transaction():
        user = _insert(
            store, tenant, "User", {"schemas": [_USER], "userName": ADMINISTRATOR, "active": True}
        )
        group = _insert(store, tenant, "Group", {"schemas": [_GROUP], "displayName": GROUP})
        store.set_members(group, {user.id: "User"})


def _insert(store: Store, tenant: int, type_name: str, document: dict[str, object]) -> Record:
    now = now_text()
    unique = document.get("userName")
    display_name = document.get("displayName")
    keys = Keys(
        folded(unique) if isinstance(unique, str) else None,
        folded(display_name) if isinstance(display_name, str) else None,
    )
    record = Record(0, type_name, new_id(), now, now, 1, dumps(document), 1)
    return store.insert(tenant, record, keys, None)
