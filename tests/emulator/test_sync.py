"""The org for code that does not await."""

from __future__ import annotations

import threading

import pytest

from emulator import SettableClock, SyncOrg
from emulator.connection import ConnectionSettingsError, Credentials, connection
from emulator.org import UnknownAppError
from tests.emulator.endpoint import BASE, TOKEN, Endpoint


def start(endpoint: Endpoint, **options: object) -> SyncOrg:
    """An org that provisions into the endpoint."""
    return SyncOrg.start(
        BASE, token=TOKEN, transport=lambda: endpoint, clock=SettableClock(), **options
    )


def test_a_person_who_is_assigned_gets_an_account() -> None:
    endpoint = Endpoint()

    with start(endpoint) as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        okta.settle()

    (account,) = endpoint.resources["Users"].values()
    assert account["userName"] == "ada.lovelace@example.com"


def test_the_buttons_of_the_console_can_be_pressed() -> None:
    endpoint = Endpoint()

    with start(endpoint) as okta:
        assert okta.test_api().passed
        assert okta.save().passed
        okta.configure(connection(BASE, Credentials(secret="wrong")))
        assert not okta.test_api().passed
        okta.configure(connection(BASE, Credentials(secret=TOKEN)))
        assert okta.import_now().scanned == 0

    assert len(endpoint.requests) == 3


def test_what_failed_can_be_retried() -> None:
    endpoint = Endpoint()

    with start(endpoint) as okta:
        okta.configure(connection(BASE, Credentials(secret="wrong")))
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        okta.settle()
        assert len(okta.tasks) == 1
        okta.configure(connection(BASE, Credentials(secret=TOKEN)))
        okta.retry()
        okta.settle()
        assert len(okta.tasks) == 0

    assert len(endpoint.resources["Users"]) == 1


def test_an_org_outside_of_its_with_statement_says_so() -> None:
    okta = start(Endpoint())

    with pytest.raises(RuntimeError, match="use it in a with statement"):
        okta.settle()


def test_settings_that_cannot_be_are_told_at_once() -> None:
    with pytest.raises(ConnectionSettingsError, match="https"):
        SyncOrg.start("http://scim.example/v2", token="t")
    with pytest.raises(UnknownAppError, match="kantega"):
        SyncOrg.start(BASE, token="t", app="nosuch")


def test_no_thread_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()

    with start(Endpoint()) as okta:
        okta.test_api()

    assert threading.active_count() == before


def test_no_thread_is_left_when_the_start_fails() -> None:
    before = threading.active_count()

    def fail() -> Endpoint:
        raise ValueError("no transport today")

    okta = SyncOrg.start(BASE, token=TOKEN, transport=fail)
    with pytest.raises(ValueError, match="no transport today"), okta:
        pass

    assert threading.active_count() == before


def test_an_error_inside_gets_out_and_the_org_is_closed() -> None:
    okta = start(Endpoint())

    with pytest.raises(KeyError), okta:
        raise KeyError

    with pytest.raises(RuntimeError, match="not running"):
        okta.settle()
