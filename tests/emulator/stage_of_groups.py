"""What the tests of pushed groups share: the crew on the stage, what was sent, what was logged."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.directory import Group
from emulator.push_groups import PushMapping
from tests.emulator.stage import CREW, ILYA, MIRA, Stage

PUSH = "application.provision.group_push."
TASK = "Unable to update Group Push mapping target App group Harbour Crew: "
ONE = f"/Groups/{CREW}"
MIRA_IN = {"value": MIRA, "display": "mira.voss@corp.example"}
ILYA_IN = {"value": ILYA, "display": "ilya.brandt@corp.example"}
OUTSIDER = {"value": "99", "display": "outsider", "type": "User"}
APPS = pytest.mark.parametrize("app", ["oin", "aiw"])


async def crew_of(stage: Stage, count: int = 1) -> Group:
    """A group with people who have accounts, not pushed yet."""
    people = [make() for make in (stage.mira, stage.ilya)[:count]]
    await stage.provisioned(*people)
    crew = stage.org.create_group("Harbour Crew")
    for person in people:
        stage.org.add_member(crew, person)
    return crew


async def push(stage: Stage, crew: Group, target_id: str | None = None) -> PushMapping:
    made = stage.app.pushed.push(crew, target_id=target_id)
    await stage.org.settle()
    return made


def mapping_of(stage: Stage, crew: Group) -> PushMapping:
    made = stage.app.pushed.of(crew)
    assert made is not None
    return made


def operations(stage: Stage, number: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.body(number)["Operations"]
    return found


def logged(stage: Stage, result: str = "SUCCESS") -> list[str]:
    return [one for one, _ in stage.events(result) if "group" in one]
