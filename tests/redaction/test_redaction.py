"""No text that passes the redactor tells a secret, in whatever encoding it stood there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import conformance.redaction
import emulator.redaction
from conformance.redaction import REDACTED, Redactor
from tests.redaction.encodings import ENCODINGS, Encoding, longest_part, told

TOKEN = "sk_live_9fQz7LmX2bVt4KpR8wYc/1HdN+"

#: What may be left of a secret: it tells little, and more would hide words that tell nothing.
LEFT = 6

tokens = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._~+/=", min_size=7, max_size=80)
passwords = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=7, max_size=40)
secrets = st.one_of(tokens, passwords)
surroundings = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="%&\\"), max_size=20
)
encodings = st.sampled_from(ENCODINGS)


def test_both_programs_have_the_same_redactor() -> None:
    judge, actor = conformance.redaction.__file__, emulator.redaction.__file__

    assert Path(judge).read_text() == Path(actor).read_text()


@pytest.mark.parametrize("outer", ENCODINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("inner", ENCODINGS, ids=lambda one: one.name)
def test_a_secret_is_hidden_in_any_two_encodings(inner: Encoding, outer: Encoding) -> None:
    text = f"before {outer.encode(inner.encode(TOKEN))} after"

    safe = Redactor([TOKEN]).text(text)

    assert REDACTED in safe
    assert safe.startswith("before ")
    assert safe.endswith(" after")
    assert len(longest_part(TOKEN, "\n".join(told(safe, outer, inner)))) <= LEFT


@settings(max_examples=1000, deadline=None)
@given(secrets, encodings, encodings, surroundings, surroundings, st.data())
def test_nothing_longer_than_six_characters_is_left_of_a_cut_text(
    secret: str, inner: Encoding, outer: Encoding, before: str, after: str, data: Any
) -> None:
    text = before + outer.encode(after + inner.encode(secret) + before) + after
    first = data.draw(st.integers(0, len(text)), label="first")
    end = data.draw(st.integers(first, len(text)), label="end")
    redactor = Redactor([secret])

    for safe in (redactor.text(text[first:end]), redactor.text(text)[first:end]):
        for plain in told(safe, outer, inner):
            assert len(longest_part(secret, plain.replace(REDACTED, "\n"))) <= LEFT
        assert len(longest_part(secret, safe.replace(REDACTED, "\n"))) <= LEFT


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_a_text_that_has_nothing_of_a_secret_stays_as_it_is(text: str) -> None:
    assert Redactor(["\x00never-there\x00"]).text(text) == text


@given(st.lists(tokens, max_size=3), st.text(max_size=100))
def test_what_is_safe_stays_as_it_is(known: list[str], text: str) -> None:
    redactor = Redactor(known)
    safe = redactor.text(text)

    assert redactor.text(safe) == safe


def test_a_secret_learned_later_is_hidden_from_then_on() -> None:
    redactor = Redactor(["first-secret-value"])
    assert redactor.text("granted: 2nd-token-0815") == "granted: 2nd-token-0815"

    redactor.learn("2nd-token-0815")

    assert redactor.text("granted: 2nd-token-0815") == f"granted: {REDACTED}"
    assert redactor.text("had first-secret-value") == f"had {REDACTED}"


def test_a_secret_in_another_case_is_hidden() -> None:
    redactor = Redactor([TOKEN])

    assert redactor.text(TOKEN.lower()) == redactor.text(TOKEN.upper()) == REDACTED


def test_a_short_secret_is_hidden_whole() -> None:
    assert Redactor(["pw12"]).text("user:pw12, pw1") == f"user:{REDACTED}, pw1"


def test_a_secret_too_short_to_tell_from_words_is_left() -> None:
    assert Redactor(["abc"]).text("abc") == "abc"


@pytest.mark.parametrize(
    "text",
    [
        "https://scim.example.com/v2/Users",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "User-Agent: scimproof-suite",
    ],
)
def test_a_part_that_everybody_may_see_stays(text: str) -> None:
    redactor = Redactor(
        ["example.com-token", "urn:ietf:params:x", "scimproof-17"],
        public=["https://scim.example.com/v2"],
    )

    assert redactor.text(text) == text


def test_a_public_text_with_the_secret_in_it_hides_nothing() -> None:
    url = "https://scim.example.com/t/9fQz7LmX2bVt4KpR/v2"

    assert Redactor(["9fQz7LmX2bVt4KpR"], public=[url]).text("9fQz7LmX2b") == REDACTED


@pytest.mark.parametrize(
    "name",
    ["Set-Cookie", "set-cookie2", "X-Auth-Token", "X-Api-Key", "X-Session-Id", "Client-Secret"],
)
def test_a_header_line_that_is_secret_by_its_name_keeps_no_value(name: str) -> None:
    assert Redactor([]).headers([(name, "sid=1; Path=/")]) == ((name, REDACTED),)


def test_of_a_credential_the_scheme_is_left() -> None:
    lines = [("Authorization", "Bearer abcdefgh"), ("Proxy-Authorization", "Basic eDp5")]

    assert Redactor([]).headers(lines) == (
        ("Authorization", f"Bearer {REDACTED}"),
        ("Proxy-Authorization", f"Basic {REDACTED}"),
    )


def test_a_challenge_is_shown() -> None:
    lines = (("WWW-Authenticate", 'Bearer realm="scim"'),)

    assert Redactor([]).headers(lines) == lines


def test_a_secret_in_the_name_of_a_header_line_is_hidden() -> None:
    found = Redactor([TOKEN]).headers([(f"X-{TOKEN.title()}", "1"), (f"x-{TOKEN.lower()}", "1")])

    assert all(len(longest_part(TOKEN.lower(), name.lower())) <= LEFT for name, _ in found)


@pytest.mark.parametrize(
    "text",
    ['{"password": "s3cr"}', '{"path":"name.password","value":"s3cr"}', '{"Access_Token":"s3cr"}'],
)
def test_members_that_are_secret_by_their_name_are_hidden(text: str) -> None:
    assert "s3cr" not in Redactor([]).text(text)
