"""Secrets go out of the evidence when it is recorded, and never come back."""

from __future__ import annotations

import base64
import json
import shlex
from dataclasses import replace

import pytest

from conformance.evidence import BODY_LIMIT, Exchange, Redactor, curl
from tests.conformance.samples import EXCHANGE

TOKEN = "super-secret-token"
REDACTOR = Redactor([TOKEN, base64.b64encode(b"ada:hunter22").decode()], ["X-Api-Key"])


def test_credentials_are_redacted_and_their_scheme_is_kept() -> None:
    found = dict(
        REDACTOR.headers(
            [("Authorization", f"Bearer {TOKEN}"), ("x-api-key", "abc"), ("Set-Cookie", "s=1")]
        )
    )
    assert found == {
        "Authorization": "Bearer [redacted]",
        "x-api-key": "[redacted]",
        "Set-Cookie": "[redacted]",
    }


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"password": "hunter22", "userName": "a"}),
        json.dumps({"PassWord": 'hun"ter22'}),
        json.dumps({"Operations": [{"op": "replace", "path": "password", "value": "hunter22"}]}),
        json.dumps({"Operations": [{"op": "add", "value": {"password": "hunter22"}}]}),
        '{"password":"hunter22',
        f"the token is {TOKEN}",
    ],
)
def test_secrets_leave_a_body(body: str) -> None:
    safe = REDACTOR.exchange(replace(EXCHANGE, request_body=body, response_body=body))
    for text in (safe.request_body, safe.response_body):
        assert text is not None
        assert "hunter22" not in text
        assert "ter22" not in text
        assert TOKEN not in text
        assert "[redacted]" in text


def test_long_bodies_are_cut_after_the_secrets_are_out() -> None:
    body = "x" * (BODY_LIMIT - 5) + TOKEN + "y" * 100_000
    safe = REDACTOR.exchange(replace(EXCHANGE, response_body=body))
    assert safe.truncated
    assert safe.response_body is not None
    assert len(safe.response_body) == BODY_LIMIT
    assert "super" not in safe.response_body


def test_an_exchange_survives_the_results_file() -> None:
    assert Exchange.from_json(json.loads(json.dumps(EXCHANGE.to_json()))) == EXCHANGE


def test_the_curl_line_reads_the_token_from_the_environment_and_quotes_the_rest() -> None:
    hostile = replace(EXCHANGE, request_body='{"a":"\'; rm -rf / #"}')
    words = shlex.split(curl(hostile).replace("\\\n", " "))
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert "Authorization: Bearer $SCIM_TOKEN" in words
    assert hostile.request_body in words
    assert words[-1] == hostile.url


def test_basic_credentials_are_named_as_such() -> None:
    basic = replace(EXCHANGE, request_headers=(("Authorization", "Basic [redacted]"),))
    assert '-u "$SCIM_USER:$SCIM_PASSWORD"' in curl(basic)
