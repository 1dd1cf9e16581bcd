"""A tenant's secret is compared, never kept."""

from __future__ import annotations

from base64 import b64encode

import pytest

from reference_server.store import Store
from reference_server.tenants import Tenant, is_known, open_tenant


def reopened(store: Store) -> Tenant:
    """The tenant as a new process finds it."""
    tenant, secret = open_tenant(store, "a", None)
    assert secret is None
    return tenant


def test_a_generated_secret_is_told_once() -> None:
    store = Store()
    assert not is_known(store, "a")
    _, secret = open_tenant(store, "a", None)
    assert secret is not None
    assert len(secret) > 40
    assert reopened(store).accepts(secret)
    assert is_known(store, "a")


def test_a_chosen_secret_replaces_the_old_one() -> None:
    store = Store()
    open_tenant(store, "a", "old")
    changed, secret = open_tenant(store, "a", "new")
    assert secret is None
    assert changed.accepts("new")
    assert not changed.accepts("old")
    assert reopened(store).accepts("new")


def test_wrong_secrets_are_refused_every_time() -> None:
    tenant, _ = open_tenant(Store(), "a", "right")
    for _ in range(2):
        assert tenant.user_of(b"Bearer wrong") is None
        assert tenant.user_of(b"Bearer ") is None
        assert tenant.user_of(b"right") is None
        assert tenant.user_of(b"Basic !") is None
        assert tenant.user_of(b"Basic " + b64encode(b"ada:wrong")) is None
        assert tenant.user_of(b"Digest right") is None
        assert tenant.user_of(b"bearer right") == ""
        assert tenant.user_of(b"BASIC " + b64encode(b"ada:right")) == "ada"


def test_many_different_headers_are_not_remembered_for_ever() -> None:
    tenant, _ = open_tenant(Store(), "a", "right")
    for number in range(300):
        assert tenant.user_of(b"Basic nonsense%d" % number) is None
    assert tenant.user_of(b"Bearer right") == ""


def test_the_database_does_not_hold_the_secret() -> None:
    store = Store()
    open_tenant(store, "a", "a-very-secret-secret")
    rows = store.execute("SELECT * FROM tenant").fetchall()
    assert "a-very-secret-secret" not in repr(rows)


@pytest.mark.parametrize("name", ["v2", "a/b", "a b", "-a", "x" * 65, "a_b", "ä"])
def test_a_name_must_fit_into_a_url(name: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        open_tenant(Store(), name, "s")
