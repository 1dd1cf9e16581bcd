"""What status codes, keywords, URNs and cookies stand for, seen to hold and seen to fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.rfc7644.test_7_security import is_on_this_machine
from conformance.invariants import Ledger
from tests.conformance.samples import EXCHANGE, response

API = "urn:ietf:params:scim:api:messages:2.0:"
JSON = ("Content-Type", "application/scim+json")


def seen(body: Any = None, **more: Any) -> dict[str, str]:
    """What each invariant says of an answer: a message where it does not hold, "" where it does."""
    watching = Ledger()
    watching.watch(response(json.dumps(body).encode() if body is not None else b"", **more))
    assert not [one.broken for one in watching.sightings.values() if one.broken]
    return {
        name: one.message for name, one in watching.sightings.items() if one.held or one.message
    }


def error(status: int, keyword: str | None = None) -> dict[str, Any]:
    body = {"schemas": [f"{API}Error"], "status": str(status)}
    return body | ({"scimType": keyword} if keyword else {})


@pytest.mark.parametrize(
    ("requirement", "held", "failed"),
    [
        ("rfc7644-3.12-http-409", {"method": "POST"}, {"method": "GET"}),
        ("rfc7644-3.12-http-409", {"method": "PUT"}, {"method": "POST", "path": "/Users/.search"}),
        ("rfc7644-3.12-http-413", {"method": "POST", "sent": b"{}"}, {"method": "GET"}),
        ("rfc7644-3.12-http-307", {"headers": (("Location", "/Users/1"),)}, {}),
        ("rfc7644-3.12-http-308", {"headers": (("location", "/Users/1"),)}, {"headers": ()}),
    ],
)
def test_status_stands_for_what_table_8_says(
    requirement: str, held: dict[str, Any], failed: dict[str, Any]
) -> None:
    status = int(requirement[-3:])
    assert seen(error(status), status=status, **held)[requirement] == ""
    assert seen(error(status), status=status, **failed)[requirement] != ""


@pytest.mark.parametrize(
    ("keyword", "held", "failed"), [("tooMany", 400, 403), ("sensitive", 403, 404)]
)
def test_keyword_comes_with_the_status_of_table_9(keyword: str, held: int, failed: int) -> None:
    requirement = f"rfc7644-3.12-scimtype-{keyword.lower()}"
    assert seen(error(held, keyword), status=held)[requirement] == ""
    assert seen(error(failed, keyword), status=failed)[requirement] != ""
    assert requirement not in seen(error(400), status=400)


@pytest.mark.parametrize(
    ("extra", "broken"),
    [
        ("urn:ietf:params:scim:schemas:core:2.0:User", "rfc7644-3.1-message-schema-prefix"),
        ("urn:example:page", "rfc7644-3.1-message-schema-prefix"),
        (f"{API}Page", "rfc7644-8.2-message-urns"),
        (f"{API}listresponse", "rfc7644-8.2-message-urns"),
    ],
)
def test_message_names_nothing_but_messages(extra: str, broken: str) -> None:
    plain = {"schemas": [f"{API}ListResponse"], "totalResults": 0}
    both = {"rfc7644-3.1-message-schema-prefix", "rfc7644-8.2-message-urns"}
    assert {one: seen(plain, path="/Users")[one] for one in both} == dict.fromkeys(both, "")
    found = seen({**plain, "schemas": [*plain["schemas"], extra]}, path="/Users")  # type: ignore[misc]
    assert {one for one in both if found[one]} == {broken}


def test_message_without_its_own_urn_breaks_another_sentence() -> None:
    found = seen({"schemas": ["urn:x:y"], "totalResults": 0}, path="/Users")
    assert "rfc7644-3.1-message-schema-prefix" not in found


@pytest.mark.parametrize(
    ("cookie", "broken"),
    [
        ("a=1; Secure; HttpOnly", set()),
        ("a=1; HttpOnly", {"rfc7644-7.4-tokens-over-tls"}),
        ("a=1; secure; Max-Age=60", {"rfc7644-7.4-cookie-lifetime"}),
        ("a=1; Secure; Expires=Thu, 01 Jan 2099 00:00:00 GMT", {"rfc7644-7.4-cookie-lifetime"}),
        ("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", set()),
    ],
)
def test_cookie_is_of_the_session_and_secure(cookie: str, broken: set[str]) -> None:
    found = seen({}, headers=(JSON, ("Set-Cookie", cookie)))
    told = {name: message for name, message in found.items() if "-7.4-" in name and message}
    assert set(told) == broken
    assert not any("1" in message.partition("cookie")[2] for message in told.values())


def test_not_acceptable_is_no_answer_to_scim_json(monkeypatch: pytest.MonkeyPatch) -> None:
    requirement = "rfc7644-3.8-accept-application-scim-json"
    asked = replace(EXCHANGE, request_headers=(("Accept", "application/scim+json"),))
    monkeypatch.setattr("tests.conformance.samples.EXCHANGE", asked)
    assert seen({})[requirement] == ""
    assert seen(error(406), status=406)[requirement] != ""


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080/v2", True),
        ("http://[::1]/v2", True),
        ("http://localhost/v2", True),
        ("http://scim.localhost/v2", True),
        ("http://10.0.0.1/v2", False),
        ("http://scim.example.com/v2", False),
        ("http://localhost.example.com/v2", False),
    ],
)
def test_only_this_machine_needs_no_tls(url: str, here: bool) -> None:
    assert is_on_this_machine(url) is here


@pytest.mark.parametrize(
    "sent",
    [
        {"userName": "a", "password": "Fjord-93-x"},
        {"Operations": [{"op": "replace", "path": "password", "value": "Fjord-93-x"}]},
        {"Operations": [{"method": "POST", "data": {"Password": "Fjord-93-x"}}]},
    ],
)
def test_password_that_was_sent_is_in_no_answer(sent: dict[str, Any]) -> None:
    requirement = "rfc7643-4.1.1-password-never-returned"
    body = json.dumps(sent).encode()
    told = {**error(400), "detail": f"cannot read {sent}"}
    found = seen(told, status=400, method="POST", sent=body)
    assert "repeats the password" in found[requirement]
    assert "Fjord" not in found[requirement]
    assert requirement not in seen(error(400), status=400, method="POST", sent=body)


def test_word_that_happens_to_be_a_password_is_no_leak() -> None:
    told = {**error(400), "detail": "password is too simple"}
    found = seen(told, status=400, method="POST", sent=b'{"password":"password"}')
    assert "rfc7643-4.1.1-password-never-returned" not in found
