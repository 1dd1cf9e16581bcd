"""``okta_org``, as the test suite of a vendor uses it."""

from __future__ import annotations

import pytest

from emulator.clock import SettableClock
from emulator.pytest_fixture import StartOrg
from tests.emulator.endpoint import BASE, TOKEN, Endpoint

pytest_plugins = ["emulator.pytest_fixture", "pytester"]


def test_the_fixture_starts_an_org(okta_org: StartOrg) -> None:
    endpoint = Endpoint()

    okta = okta_org(BASE, token=TOKEN, transport=lambda: endpoint)
    okta.app.assign(okta.create_user("Ada", "Lovelace"))
    okta.settle()

    assert len(endpoint.resources["Users"]) == 1


def test_one_test_may_have_several_orgs(okta_org: StartOrg) -> None:
    endpoint = Endpoint()

    for app in ("oin", "aiw"):
        okta = okta_org(BASE, token=TOKEN, app=app, transport=lambda: endpoint)
        okta.app.assign(okta.create_user(app, "Person"))
        okta.settle()

    assert len(endpoint.resources["Users"]) == 2


def test_waiting_costs_no_time(okta_org: StartOrg) -> None:
    okta = okta_org(BASE, token=TOKEN, transport=Endpoint)

    assert isinstance(okta.clock, SettableClock)
    before = okta.clock.now()
    okta.clock.advance(3600)
    assert okta.clock.now() == before + 3600


def test_the_org_is_closed_after_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from tests.emulator.endpoint import BASE, TOKEN, Endpoint

        pytest_plugins = ["emulator.pytest_fixture"]
        started = []

        def test_start(okta_org):
            started.append(okta_org(BASE, token=TOKEN, transport=Endpoint))

        def test_closed():
            with pytest.raises(RuntimeError):
                started[0].settle()
        """
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly").assert_outcomes(
        passed=2
    )
