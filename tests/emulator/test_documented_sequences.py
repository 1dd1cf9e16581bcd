"""Every documented sequence that is the client's comes about, in each of its forms."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.emulator import plays
from tests.emulator import plays_of_groups as of_groups
from tests.emulator.evidence import Wire, document, documented, sent
from tests.emulator.stage import MIRA, Stage

pytestmark = pytest.mark.anyio

BOOK = document("exchanges.json")
SEQUENCES: dict[str, str] = document("sequences.json")["sequences"]
NOT_PLAYED = document("not_played.json")["sequences"]

Act = Callable[[Stage], Awaitable[object]]


def kind(wire: Wire) -> tuple[str, str, str]:
    """A request without its head; a list of members stands for any list that is not empty."""
    body = json.loads(wire.body) if wire.body else None
    for place in [body, *(body or {}).get("Operations", [])]:
        for key in ("members", "value"):
            members = (place or {}).get(key)
            if isinstance(members, list) and members:
                place[key] = ["…"]
    return wire.method, wire.target, json.dumps(body)


KINDS = {
    one["id"]: kind(wire)
    for one in BOOK["exchanges"]
    if (wire := documented(one, BOOK)) is not None
}


def matches(pattern: str, requests: list[tuple[str, str, str]]) -> bool:
    """Whether the requests are in the order of a sequence: ``A B? C* D|E``."""
    head, _, rest = pattern.partition(" ")
    if not head:
        return not requests
    names = head.rstrip("?*").split("|")
    is_next = bool(requests) and any(KINDS[name] == requests[0] for name in names)
    if head.endswith("*"):
        return matches(rest, requests) or (is_next and matches(pattern, requests[1:]))
    if head.endswith("?") and matches(rest, requests):
        return True
    return is_next and matches(rest, requests[1:])


# What happens -------------------------------------------------------------------------


async def link(stage: Stage) -> None:
    await plays.found_by_lookup(stage)


async def link_with_title(stage: Stage) -> None:
    mira = stage.mira(title="Harbour Pilot")
    stage.account(mira)
    stage.app.assign(mira)
    await stage.org.settle()


async def reassign(stage: Stage) -> None:
    """Unassigned, given a title, and assigned again: all of one person and one account."""
    mira = stage.mira()
    await stage.provisioned(mira)
    stage.app.unassign(mira)
    await stage.org.settle()
    stage.org.update_user(mira, title="Harbour Pilot")
    stage.mark()
    stage.app.assign(mira)
    await stage.org.settle()
    assert stage.stored(MIRA)["active"] is True


async def read_list(stage: Stage) -> None:
    await stage.org.import_now()


async def push_empty(stage: Stage) -> None:
    await of_groups.empty_group(stage)


async def push_one(stage: Stage) -> None:
    await of_groups.members_after_create(stage)


async def push_now(stage: Stage) -> None:
    crew = await stage.pushed(stage.mira(), stage.ilya())
    made = stage.app.pushed.of(crew)
    assert made is not None
    stage.app.pushed.push_now(made)
    await stage.org.settle()


async def join(stage: Stage) -> None:
    mira, ilya = stage.mira(), stage.ilya()
    crew = await stage.pushed(ilya)
    await stage.provisioned(mira)
    stage.org.add_member(crew, mira)
    await stage.org.settle()


PROBED: dict[str, Any] = {"import_groups": True}
CASES: list[tuple[str, str, Act, dict[str, Any]]] = [
    ("test", "oin", plays.test_button, {}),
    ("test", "aiw", plays.test_button, {}),
    ("test", "oin", plays.save_with_import_groups, PROBED),
    ("test", "aiw", plays.save_with_import_groups, {**PROBED, "probe_on_save": False}),
    ("assign_new", "oin", plays.created, {}),
    ("assign_new", "aiw", plays.created, {}),
    ("assign_existing_aiw", "aiw", link, {}),
    ("assign_existing_aiw", "aiw", link_with_title, {"reactivate_on_link": "always"}),
    ("assign_existing_oin", "oin", link_with_title, {}),
    ("assign_existing_oin", "oin", link_with_title, {"reactivate_on_link": "always"}),
    ("update", "oin", plays.updated, {}),
    ("update", "aiw", plays.updated, {}),
    ("unassign_aiw", "aiw", plays.deactivated, {}),
    ("unassign_oin", "oin", plays.deactivated, {}),
    ("reassign_aiw", "aiw", reassign, {}),
    ("reassign_oin", "oin", reassign, {}),
    ("password_aiw", "aiw", plays.password_set, {}),
    ("password_oin", "oin", plays.password_set, {}),
    ("import", "oin", of_groups.imported, {}),
    ("import", "aiw", of_groups.imported_page_by_page, {}),
    ("import", "oin", of_groups.imported_with_groups, PROBED),
    ("push_new_group_aiw", "aiw", push_one, {}),
    ("push_new_group_aiw", "aiw", of_groups.group_with_members, {"post_members": "empty"}),
    ("push_new_group_oin", "oin", push_one, {}),
    ("push_new_group_oin", "oin", push_one, {"post_members": "empty"}),
    ("push_new_group_oin", "oin", push_one, {"group_lookup": False}),
    ("membership_aiw", "aiw", join, {}),
    ("membership_oin", "oin", join, {}),
    ("membership_oin", "oin", of_groups.members_left_and_joined, {}),
    ("push_now_aiw", "aiw", push_now, {}),
    ("push_now_oin", "oin", push_now, {}),
    ("push_now_oin", "oin", of_groups.pushed_now_without_members, {}),
    ("rename_aiw", "aiw", of_groups.group_renamed, {}),
    ("rename_oin", "oin", of_groups.group_renamed, {}),
    ("unlink_delete", "oin", of_groups.unlinked_and_deleted, {}),
    ("unlink_delete", "aiw", of_groups.unlinked_and_deleted, {}),
]


@pytest.mark.parametrize(
    ("name", "app", "act", "options"),
    [pytest.param(*one, id=f"{one[0]}-{one[1]}-{number}") for number, one in enumerate(CASES)],
)
async def test_requests_come_in_the_documented_order(
    name: str, app: str, act: Act, options: dict[str, Any]
) -> None:
    settings = {key: value for key, value in options.items() if key != "import_groups"}
    play = plays.Play(plays.test_button, settings, options.get("import_groups", False))

    async with plays.stage_for(play, app) as stage:
        await act(stage)

        people = list(stage.org.users.values())
        okta_id = people[0].id if people else ""
        requests = [kind(sent(one, okta_id)) for one in stage.sent]
        assert matches(SEQUENCES[name], requests), requests


async def test_reactivation_by_put_reads_the_account_no_third_time() -> None:
    async with Stage("aiw") as stage:
        await reassign(stage)

        assert [one.split()[0] for one in stage.lines] == ["GET", "GET", "PUT", "GET", "PUT"]


def test_every_sequence_is_played_or_has_a_reason_not_to_be() -> None:
    assert {one[0] for one in CASES} | set(NOT_PLAYED) == set(SEQUENCES)
    assert not {one[0] for one in CASES} & set(NOT_PLAYED)
    assert (len(SEQUENCES), len(NOT_PLAYED)) == (24, 3)


@pytest.mark.parametrize(
    ("pattern", "length", "expected"),
    [
        ("USER-06", 1, True),
        ("USER-06 USER-08?", 1, True),
        ("USER-06 USER-08", 1, False),
        ("USER-06*", 3, True),
        ("USER-01|USER-06", 1, True),
        ("USER-06", 2, False),
        ("USER-06?", 0, True),
    ],
)
def test_matcher_reads_its_signs(pattern: str, length: int, expected: bool) -> None:
    assert matches(pattern, [KINDS["USER-06"]] * length) is expected
