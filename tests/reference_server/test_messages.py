"""JSON is taken strictly, and whatever comes ends in a SCIM error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ScimError
from reference_server.messages import dumps, parse_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**60), 10**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_survives_the_round_trip(value: object) -> None:
    assert parse_json(dumps(value).encode()) == value
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'"\xed\xa0\x80"',
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b"9" * 65,
        b"9" * 5000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"\\ud800"',
        b'["\\uDFFF"]',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b'"\x00"',
    ],
    ids=lambda body: f"{body[:12].hex()}-{len(body)}",
)
def test_what_is_no_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(ScimError) as caught:
        parse_json(body)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidSyntax")


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json(b'"\\ud83d\\ude00"') == "\U0001f600"
