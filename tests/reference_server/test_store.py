"""The store keeps, finds, and never half-writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.folding import folded
from reference_server.store import Keys, Record, Store, Taken
from reference_server.tenants import open_tenant

NOW = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def store() -> Store:
    store = Store()
    for name in ("", "other"):
        open_tenant(store, name, "s")
    return store


def insert(store: Store, name: str, *, tenant: int = 1, type_name: str = "User") -> Record:
    record = Record(0, type_name, f"id-{tenant}-{name}", NOW, NOW, 1, "{}")
    return store.insert(tenant, record, Keys(folded(name), folded(name), "x"), None)


def insert_and_fail(store: Store, name: str) -> None:
    with store.transaction():
        insert(store, name)
        raise ZeroDivisionError


def test_a_name_is_free_in_another_tenant_and_type(store: Store) -> None:
    insert(store, "Ada")
    insert(store, "Ada", tenant=2)
    insert(store, "ada2", type_name="Group")
    with pytest.raises(Taken):
        store.insert(1, Record(0, "User", "id-9", NOW, NOW, 1, "{}"), Keys("ada"), None)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        insert_and_fail(store, "Ada")
    assert store.count(1, ("User",)) == 0


def test_a_failed_savepoint_undoes_only_itself(store: Store) -> None:
    with store.transaction():
        insert(store, "Ada")
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(store, "Bob")
    assert [record.id for record in store.scan(1, ("User",))] == ["id-1-Ada"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada", "aDA"), ("e\u0301", "\u00e9"), ("\uff21da", "ada"), ("STRASSE", "straße")],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_nested_groups_are_found_by_every_path_and_circles_end(store: Store) -> None:
    user = insert(store, "Ada")
    groups = [insert(store, name, type_name="Group") for name in ("inner", "outer", "apart")]
    inner, outer, _ = groups
    store.set_members(inner, {user.id: "User", outer.id: "Group"})
    store.set_members(outer, {inner.id: "Group"})
    found = [(group_id, is_direct) for group_id, _, is_direct in store.groups_of(1, user.id)]
    assert found == [(inner.id, True), (outer.id, False)]


def test_a_deleted_group_takes_its_member_list_along(store: Store) -> None:
    user = insert(store, "Ada")
    group = insert(store, "inner", type_name="Group")
    store.set_members(group, {user.id: "User"})
    store.delete(group)
    assert store.groups_of(1, user.id) == []


def test_leaving_all_groups_changes_their_version(store: Store) -> None:
    user = insert(store, "Ada")
    group = insert(store, "inner", type_name="Group")
    store.set_members(group, {user.id: "User", "unknown": None})
    store.leave_all_groups(1, user.id, "later")
    changed = store.find(1, "Group", group.id)
    assert changed is not None
    assert (changed.version, changed.modified) == (2, "later")
    assert [member[0] for member in store.members(1, group)] == ["unknown"]


def test_a_file_is_read_again(tmp_path: Path) -> None:
    path = str(tmp_path / "scim.db")
    first = Store(path)
    open_tenant(first, "", "s")
    insert(first, "Ada")
    first.close()
    second = Store(path)
    assert second.count(1, ("User",)) == 1
    second.close()
