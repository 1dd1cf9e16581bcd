"""What the terminal shows; everything that comes from an endpoint is hostile to it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from emulator.behaviours import FACTS, Habit, options
from emulator.faults import MEANING
from emulator.pushing import Outcome
from emulator.walkthrough import Step

_SHOWN = 20


def printable(text: str) -> str:
    """``text`` without the control characters by which an endpoint could paint the terminal."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)


def print_step(console: Console, step: Step) -> None:
    """A step with its requests, and what an admin would see."""
    mark = "[green]ok[/green]    " if step.succeeded else "[red]failed[/red]"
    console.print(f"{mark} [bold]{step.number:>2}. {escape(step.title)}[/bold]")
    console.print(f"           {escape(step.clicks)}", style="dim")
    for entry in step.entries:
        console.print(f"           {escape(printable(entry.line))}")
    for told in step.problems or (step.shows,):
        console.print(f"           {escape(printable(told))}")


def step_json(step: Step) -> dict[str, object]:
    """A step for machines."""
    return {
        "step": step.number,
        "title": step.title,
        "clicks": step.clicks,
        "succeeded": step.succeeded,
        "expected": list(step.expected),
        "requests": [printable(one.line) for one in step.entries],
        "shows": printable(step.shows),
        "problems": [printable(one) for one in step.problems],
    }


def print_outcome(console: Console, outcome: Outcome, journal: Path) -> None:
    """What a push has done, and what failed."""
    rate = outcome.requests / outcome.seconds if outcome.seconds else 0
    console.print(
        f"{outcome.users_done} of {outcome.users} people and {outcome.groups_done} of "
        f"{outcome.groups} groups in {outcome.seconds:.1f} s: {outcome.requests} requests, "
        f"{rate:.0f} a second"
    )
    for message in outcome.tasks[:_SHOWN]:
        console.print(f"[red]task[/red] {escape(printable(message))}")
    if len(outcome.tasks) > _SHOWN:
        console.print(f"and {len(outcome.tasks) - _SHOWN} more tasks")
    if not outcome.is_complete:
        console.print(f"go on with --resume --journal {escape(str(journal))}")


def print_habits(console: Console) -> None:
    """Every habit of Okta, and every fault, as tables."""
    facts = Table("fact", "what Okta does", "known from", title="Facts")
    for one in FACTS:
        facts.add_row(one.name, escape(one.what), f"{one.source} ({one.confidence})")
    choices = Table(
        "option", "what it decides", "default", "choices", "known from", title="Options"
    )
    for one in options():
        choices.add_row(
            one.name,
            escape(one.what),
            _shown(one.default),
            _choices(one),
            f"{one.source} ({one.confidence})",
        )
    disturbances = Table("fault", "what goes wrong", title="Faults")
    for fault, meaning in MEANING.items():
        disturbances.add_row(str(fault), meaning)
    for table in (facts, choices, disturbances):
        console.print(table)


def habit_json(one: Habit) -> dict[str, object]:
    """A habit for machines."""
    return {
        "name": one.name,
        "what": one.what,
        "source": one.link,
        "confidence": str(one.confidence),
        "option": one.is_option,
        **({"default": one.default, "choices": list(one.choices)} if one.is_option else {}),
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _choices(one: Habit) -> str:
    if isinstance(one.default, bool):
        return "on, off"
    return ", ".join(map(str, one.choices)) or "a number"
