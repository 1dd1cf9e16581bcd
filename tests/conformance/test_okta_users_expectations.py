"""What the checks of Okta's users say when a target is wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account
from conformance.checks.okta.connecting import connection_to
from emulator.replies import RemoteError
from tests.conformance.samples import response


def _okta(account: Account | None, *methods: str) -> Any:
    """As much of an Okta as an expectation looks at."""
    sent = [response(method=one, path="/Users") for one in methods]
    return SimpleNamespace(sent=sent, account_of=lambda _: account)


def _account(identifier: str) -> Account:
    user: Any = None
    return Account(user, identifier, f"/Users/{identifier}")


def test_list_without_optional_counts_has_numbers() -> None:
    outcome.numbers(response(b'{"totalResults":3}'))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"totalResults":"3"}', 'totalResults: expected an integer, got "3"'),
        (b'{"totalResults":3,"startIndex":"1"}', 'startIndex: expected an integer, got "1"'),
        (b'{"totalResults":3,"itemsPerPage":true}', "itemsPerPage: expected an integer, got true"),
        (b"{}", "expected totalResults to have a value, but it has none"),
    ],
)
def test_counts_that_are_no_numbers_are_named(body: bytes, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        outcome.numbers(response(body))


def test_account_that_okta_took_over_is_linked() -> None:
    outcome.linked(_okta(_account("1"), "GET", "PUT"), _account("1"))


def test_create_beside_an_account_that_was_there_is_no_link() -> None:
    with pytest.raises(AssertionError, match="the account 1; Okta went on to create"):
        outcome.linked(_okta(_account("1"), "GET", "POST"), _account("1"))


def test_account_of_somebody_else_is_no_link() -> None:
    with pytest.raises(AssertionError, match='expected "1", got "2"'):
        outcome.linked(_okta(_account("2"), "GET"), _account("1"))


def test_answer_without_a_body_shows_no_password() -> None:
    outcome.shows_no_password(response(b"", status=204))


def test_password_in_an_answer_is_named() -> None:
    with pytest.raises(AssertionError, match="expected password to have no value"):
        outcome.shows_no_password(response(b'{"id":"1","password":"x"}'))


def test_failed_import_is_told_in_the_words_of_okta() -> None:
    def fail() -> None:
        raise RemoteError("No results for users returned")

    okta: Any = SimpleNamespace(sent=[], import_now=fail)
    with pytest.raises(AssertionError, match="Okta would show: No results for users returned"):
        outcome.imports(okta)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Bearer abc", "Bearer scimproof-wrong"),
        ("Basic YTpi", "Basic c2NpbXByb29mOndyb25n"),
        ("abc", "scimproof-wrong"),
    ],
)
def test_wrong_credentials_have_the_form_of_the_right_ones(given: str, sent: str) -> None:
    target = SimpleNamespace(
        url="https://scim.example/v2", headers=(("Authorization", given), ("X-Key", "k"))
    )
    run: Any = SimpleNamespace(target=target)

    made = connection_to(run, wrong=True)

    assert made.credentials.authorization == sent
    assert made.headers == (("X-Key", "scimproof-wrong"),)
