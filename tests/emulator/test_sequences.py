"""The documented sequences, and how a log is held against them."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from emulator.behaviours import Behaviours
from emulator.sequences import Requests, Sequences, fits, kind
from emulator.tasks import WireProfile
from emulator.wirelog import Entry

FIXTURES = Path(__file__).parents[2] / "fixtures" / "okta"
OIN, AIW = Sequences(WireProfile.OIN), Sequences(WireProfile.AIW)


def entry(method: str, path: str) -> Entry:
    """An exchange of which only the request line matters."""
    url = f"https://scim.example{path}"
    return Entry(1, "", 0.0, 0.0, method, url, (), None, 200, "OK", (), None)


# What the documents and captures of habits.py give, written out once more.
@pytest.mark.parametrize(
    ("known", "documented"),
    [
        (OIN.test, "LIST /Users"),
        (OIN.save, ""),
        (AIW.save, "LIST /Users"),
        (OIN.assign_new, "FIND /Users, POST /Users"),
        (AIW.assign_new, "FIND /Users, POST /Users"),
        (OIN.link, "FIND /Users, GET /Users/{id}, PUT /Users/{id}"),
        (OIN.update, "GET /Users/{id}, PUT /Users/{id}"),
        (AIW.update, "GET /Users/{id}, PUT /Users/{id}"),
        (OIN.unassign, "PATCH /Users/{id}"),
        (AIW.unassign, "GET /Users/{id}, PUT /Users/{id}"),
        (
            OIN.reassign,
            "FIND /Users, PATCH /Users/{id}, [GET /Users/{id}], GET /Users/{id}, PUT /Users/{id}",
        ),
        (
            AIW.reassign,
            "FIND /Users, GET /Users/{id}, PUT /Users/{id}, [GET /Users/{id}], "
            + ", ".join(AIW.update),
        ),
        (OIN.push_new(2), "FIND /Groups, POST /Groups, PATCH /Groups/{id}"),
        (OIN.push_new(0), "FIND /Groups, POST /Groups"),
        (OIN.push_new(101), "FIND /Groups, POST /Groups, PATCH /Groups/{id}, PATCH /Groups/{id}"),
        (AIW.push_new(0), "FIND /Groups, POST /Groups, GET /Groups/{id}, PUT /Groups/{id}"),
        (OIN.membership(), "PATCH /Groups/{id}"),
        (AIW.membership(), "GET /Groups/{id}, PUT /Groups/{id}"),
        (OIN.push_now, "PATCH /Groups/{id}"),
        (AIW.push_now, "GET /Groups/{id}, PUT /Groups/{id}"),
        (OIN.rename, "PATCH /Groups/{id}"),
        (AIW.rename, "GET /Groups/{id}, PUT /Groups/{id}"),
        (OIN.unlink_and_delete, "DELETE /Groups/{id}"),
    ],
)
def test_an_event_sends_what_is_documented(known: Requests, documented: str) -> None:
    assert ", ".join(known) == documented


def test_a_person_who_was_deleted_comes_back_as_another_member() -> None:
    known = Sequences(WireProfile.OIN, Behaviours(delete_users=True))

    assert known.unassign == ("DELETE /Users/{id}",)
    assert known.reassign == ("FIND /Users", "POST /Users", "PATCH /Groups/{id}")


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/scim/v2/Users?startIndex=1&count=2", "LIST /Users"),
        ("GET", "/Groups?filter=displayName%20eq%20%22a%22&startIndex=1", "FIND /Groups"),
        ("POST", "/scim/v2/Users", "POST /Users"),
        ("PUT", "/scim/v2/Users/a%2Fb", "PUT /Users/{id}"),
        ("DELETE", "/Users/tenant/Groups/7", "DELETE /Groups/{id}"),
        ("GET", "/scim/v2/Schemas", "GET /scim/v2/Schemas"),
    ],
)
def test_a_request_is_known_by_its_kind(method: str, path: str, told: str) -> None:
    assert kind(entry(method, path)) == told


@pytest.mark.parametrize(
    ("sent", "expected", "does_fit"),
    [
        ([], (), True),
        (["A"], (), False),
        ([], ("A",), False),
        (["A", "B"], ("A", "B"), True),
        (["B", "A"], ("A", "B"), False),
        (["A", "A"], ("A",), False),
        (["A", "B"], ("A", "[X]", "B"), True),
        (["A", "X", "B"], ("A", "[X]", "B"), True),
        (["A", "X", "X", "B"], ("A", "[X]", "B"), False),
        (["X", "X"], ("[X]", "X"), True),
        (["X"], ("[X]", "X"), True),
    ],
)
def test_only_what_stands_in_brackets_may_be_missing(
    sent: list[str], expected: Requests, does_fit: bool
) -> None:
    assert fits(sent, expected) is does_fit


# The sequences of fixtures/okta, which have their sources there -------------------------


def fixture(name: str) -> Any:
    """What one of the files of fixtures/okta has under its own name."""
    return json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))[name]


def pattern_of(sequence: str) -> str:
    """A sequence of exchange ids as a pattern of kinds, each with a line end."""
    kinds = {
        one["id"]: kind(entry(one["request"]["method"], one["request"]["target"]))
        for one in fixture("exchanges")
        if one["request"]
    }
    pattern = ""
    for part in sequence.split():
        names = part.rstrip("?*").split("|")
        told = "|".join(re.escape(kinds[name]) for name in names)
        pattern += f"(?:(?:{told})\n){part[-1] if part[-1] in '?*' else ''}"
    return pattern


def variants(expected: Requests) -> set[str]:
    """With and without what stands in brackets."""
    choices = [("", f"{one[1:-1]}\n") if one[0] == "[" else (f"{one}\n",) for one in expected]
    return {"".join(one) for one in itertools.product(*choices)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test", OIN.test),
        ("test", AIW.test),
        ("assign_new", OIN.assign_new),
        ("assign_new", AIW.assign_new),
        ("assign_existing_oin", OIN.link),
        ("assign_existing_aiw", AIW.link),
        ("update", OIN.update),
        ("update", AIW.update),
        ("unassign_oin", OIN.unassign),
        ("unassign_aiw", AIW.unassign),
        ("reassign_oin", OIN.reassign),
        ("reassign_aiw", AIW.reassign),
        ("push_new_group_oin", OIN.push_new(2)),
        ("push_new_group_aiw", AIW.push_new(2)),
        ("push_new_group_aiw", AIW.push_new(0)),
        ("membership_oin", OIN.membership()),
        ("membership_aiw", AIW.membership()),
        ("push_now_oin", OIN.push_now),
        ("push_now_aiw", AIW.push_now),
        ("rename_oin", OIN.rename),
        ("rename_aiw", AIW.rename),
        ("unlink_delete", OIN.unlink_and_delete),
    ],
)
def test_an_expectation_is_one_of_the_collected_sequences(name: str, expected: Requests) -> None:
    pattern = pattern_of(fixture("sequences")[name])

    assert any(re.fullmatch(pattern, one) for one in variants(expected))
