"""Okta, Test API Credentials: without it no capability can be switched on."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Crew
from conformance.checks.okta import outcome
from conformance.checks.okta.conftest import StartOkta
from conformance.client import Response
from conformance.verdict import Unmet
from emulator import Behaviours

#: Numbers that are strings have a sentence of their own.
LENIENT = Behaviours(strict_numbers=False)


@pytest.fixture
def probe(connect: StartOkta) -> Response:
    """The answer to Test API Credentials; blocks the check when the test fails."""
    okta = connect(behaviours=LENIENT)
    result = okta.test_api()
    if not result.passed:
        raise Unmet("okta-test-api-passes", f"Okta would show: {result.message}")
    return okta.sent_with("GET")


@requirement("okta-test-api-passes")
def test_credentials_are_verified(connect: StartOkta) -> None:
    okta = connect(behaviours=LENIENT)

    result = okta.test_api()

    expect.that(result.passed, f"{okta.sent[-1].line}: Okta would show: {result.message}")


@requirement("okta-test-api-numbers")
def test_list_of_the_test_has_numbers(probe: Response) -> None:
    outcome.numbers(probe)


@requirement("okta-test-api-count")
def test_test_gets_no_more_users_than_it_asks_for(crew: Crew, probe: Response) -> None:
    found = len(probe.resources)

    expect.that(found <= 2, f"{probe.line}: expected no more than 2 resources, got {found}")


@requirement("okta-test-api-wrong-credentials")
def test_wrong_credentials_are_answered_401(connect: StartOkta) -> None:
    okta = connect(wrong_credentials=True)

    okta.test_api()

    expect.status(okta.sent_with("GET"), 401, tolerated={403})


@requirement("okta-test-api-groups")
def test_groups_are_listed_when_import_groups_is_saved(connect: StartOkta) -> None:
    okta = connect(import_groups=True, behaviours=LENIENT)

    result = okta.save()

    expect.that(result.passed, f"{okta.sent[-1].line}: Okta would show: {result.message}")
