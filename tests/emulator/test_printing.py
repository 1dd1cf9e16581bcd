"""What the terminal shows."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from emulator.behaviours import FACTS, options
from emulator.faults import Fault
from emulator.printing import (
    habit_json,
    print_habits,
    print_outcome,
    print_step,
    printable,
    step_json,
)
from emulator.pushing import Outcome
from emulator.walkthrough import Step
from tests.emulator.test_wirelog import ENTRY

HOSTILE = "\x1b[2Jcleared\r\n[red]painted[/red]"
STEP = Step(
    7, "Assign a group", "Assignments > Assign", ("POST /Users",), (ENTRY,), "assigned: ada", ()
)


def console() -> tuple[Console, io.StringIO]:
    """A console that writes into a text."""
    text = io.StringIO()
    return Console(file=text, width=200, soft_wrap=True, highlight=False), text


def test_control_characters_are_spelled_out() -> None:
    assert printable(HOSTILE) == "\\x1b[2Jcleared\\x0d\\x0a[red]painted[/red]"
    assert printable("Ærø 中") == "Ærø 中"


def test_a_step_shows_its_requests_and_what_an_admin_sees() -> None:
    shown, text = console()

    print_step(shown, STEP)

    lines = [one.strip() for one in text.getvalue().splitlines()]
    assert lines == ["ok      7. Assign a group", STEP.clicks, ENTRY.line, STEP.shows]


def test_a_failed_step_shows_its_problems() -> None:
    shown, text = console()

    print_step(shown, replace(STEP, problems=("no people today", "sent nothing")))

    assert "failed  7. Assign a group" in text.getvalue()
    assert "no people today" in text.getvalue()
    assert "sent nothing" in text.getvalue()


def test_nothing_of_an_endpoint_paints_the_terminal() -> None:
    shown, text = console()

    print_step(shown, replace(STEP, entries=(replace(ENTRY, reason=HOSTILE),), shows=HOSTILE))
    print_outcome(shown, Outcome(users=1, tasks=[HOSTILE]), Path("journal"))

    assert "\x1b" not in text.getvalue()
    assert text.getvalue().count("[red]painted[/red]") == 3


def test_a_step_for_machines_has_everything() -> None:
    told = step_json(STEP)

    assert told == {
        "step": 7,
        "title": "Assign a group",
        "clicks": "Assignments > Assign",
        "succeeded": True,
        "expected": ["POST /Users"],
        "requests": [ENTRY.line],
        "shows": "assigned: ada",
        "problems": [],
    }


def test_a_push_tells_its_rate_and_the_first_tasks() -> None:
    shown, text = console()
    tasks = [f"task number {one}" for one in range(25)]

    print_outcome(shown, Outcome(30, 5, 2, 2, 100, 4.0, tasks), Path("my.jsonl"))

    assert "5 of 30 people and 2 of 2 groups in 4.0 s: 100 requests, 25 a second" in text.getvalue()
    assert text.getvalue().count("task number") == 20
    assert "and 5 more tasks" in text.getvalue()
    assert "go on with --resume --journal my.jsonl" in text.getvalue()


def test_a_push_that_is_complete_is_not_to_be_resumed() -> None:
    shown, text = console()

    print_outcome(shown, Outcome(1, 1, 0, 0, 2, 0.0), Path("my.jsonl"))

    assert "--resume" not in text.getvalue()


def test_every_habit_and_fault_is_in_the_tables() -> None:
    shown, text = console()

    print_habits(shown)

    told = text.getvalue()
    for one in (*FACTS, *options()):
        assert one.name in told
    for fault in Fault:
        assert str(fault) in told


def test_every_habit_says_how_well_it_is_known() -> None:
    for one in (*FACTS, *options()):
        told = habit_json(one)
        assert told["confidence"] in {"documented", "sample", "observed", "inferred"}
        assert ("default" in told) == one.is_option
