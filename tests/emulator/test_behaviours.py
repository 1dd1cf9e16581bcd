"""Every habit says where it is known from, and every option can be chosen."""

from __future__ import annotations

from dataclasses import fields

import pytest

from emulator.behaviours import (
    FACTS,
    SOURCES,
    BehaviourError,
    Behaviours,
    Confidence,
    Habit,
    chosen,
    options,
)

HABITS = [*FACTS, *options()]


def test_names_are_unique() -> None:
    names = [one.name for one in HABITS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("habit", HABITS, ids=lambda one: one.name)
def test_habit_is_told_with_its_source(habit: Habit) -> None:
    assert habit.what
    assert habit.confidence in set(Confidence)
    # What the emulator needs for itself is nobody's habit, and can only be inferred.
    assert habit.link or (not habit.source and habit.confidence is Confidence.INFERRED)


def test_every_source_is_used() -> None:
    used = {one.source for one in HABITS}

    assert set(SOURCES) == used - {""}


@pytest.mark.parametrize("option", options(), ids=lambda one: one.name)
def test_default_is_among_the_choices(option: Habit) -> None:
    assert option.is_option
    if isinstance(option.default, str):
        assert option.default in option.choices
    else:
        assert not option.choices


@pytest.mark.parametrize("option", options(), ids=lambda one: one.name)
def test_every_choice_can_be_made(option: Habit) -> None:
    if isinstance(option.default, bool):
        texts: tuple[str, ...] = ("on", "off", "True", "FALSE")
    else:
        texts = option.choices or ("1", "86400")
    for text in texts:
        made = chosen({option.name: text})
        value = getattr(made, option.name.replace("-", "_"))
        assert type(value) is type(option.default)
        others = [one for one in fields(Behaviours) if one.name != option.name.replace("-", "_")]
        assert all(getattr(made, one.name) == one.default for one in others)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("nonsense", "on", "no behaviour 'nonsense'"),
        ("user_patch", "on", "no behaviour 'user_patch'"),
        ("user-patch", "maybe", "behaviour user-patch='maybe': say on or off"),
        ("group-batch", "0", "behaviour group-batch='0': say a number from 1 to 86400"),
        ("group-batch", "٣", "say a number"),
        ("group-batch", "9" * 5000, "say a number"),
        ("cleared", "gone", "say keep or empty-string or null or omit"),
    ],
)
def test_wrong_choice_is_named(name: str, text: str, message: str) -> None:
    with pytest.raises(BehaviourError, match=message):
        chosen({name: text})
