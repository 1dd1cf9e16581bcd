"""Every documented exchange that is the client's comes about, header by header and byte by byte."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.directory import User
from tests.emulator.evidence import Wire, differences, document, documented, sent
from tests.emulator.plays import stage_for
from tests.emulator.plays_of_groups import PLAYS
from tests.emulator.stage import Stage

pytestmark = pytest.mark.anyio

BOOK = document("exchanges.json")
NOT_PLAYED = document("not_played.json")["exchanges"]
REASONS = document("differences.json")["differences"]
EXCHANGES: dict[str, dict[str, Any]] = {one["id"]: one for one in BOOK["exchanges"]}
PLAYED = [
    pytest.param(name, profile, id=f"{name}-{profile}")
    for name, one in EXCHANGES.items()
    if name not in NOT_PLAYED
    for profile in one["profiles"]
]


async def played(name: str, profile: str) -> tuple[Wire | None, Wire | None]:
    """The request that is documented, and the one that was sent."""
    play, exchange = PLAYS[name], EXCHANGES[name]
    known = documented(exchange, BOOK)
    async with stage_for(play, profile) as stage:
        number = await play.act(stage)
        if number is None:
            assert stage.lines == []
            return known, None
        request = stage.sent[number]
        if known is not None and request.method != known.method:
            # The exchange is the other one of a pair.
            request = next(one for one in stage.sent[number:] if one.method == known.method)
        return known, sent(request, _mira(stage).id if stage.org.users else "")


def _mira(stage: Stage) -> User:
    return next(iter(stage.org.users.values()))


@pytest.mark.parametrize(("name", "profile"), PLAYED)
async def test_request_is_the_documented_one(name: str, profile: str) -> None:
    known, seen = await played(name, profile)

    if known is None or seen is None:
        assert known is seen
        return
    found = [{"exchange": name, "profile": profile, **one} for one in differences(known, seen)]
    listed = [
        {key: one[key] for key in ("exchange", "profile", "part", "documented", "sent")}
        for one in REASONS
        if (one["exchange"], one["profile"]) == (name, profile)
    ]
    assert found == listed


def test_every_exchange_is_played_or_has_a_reason_not_to_be() -> None:
    assert set(PLAYS) | set(NOT_PLAYED) == set(EXCHANGES)
    assert not set(PLAYS) & set(NOT_PLAYED)
    assert (len(EXCHANGES), len(PLAYS), len(NOT_PLAYED)) == (84, 54, 30)
    assert all(NOT_PLAYED.values())


def test_every_difference_has_a_reason_and_an_exchange() -> None:
    cases = {(one.values[0], one.values[1]) for one in PLAYED}

    for one in REASONS:
        assert one["reason"]
        assert (one["exchange"], one["profile"]) in cases
