"""A waiver holds until its day, names what it waives, and is reported when it is not needed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from conformance.verdict import Verdict
from conformance.waivers import WaiverError, Waivers, load_waivers

_TODAY = dt.date(2027, 1, 15)
_KNOWN = ["rfc7644-3.3-created", "rfc7644-3.6-deleted"]


def waiver(**changes: str | None) -> str:
    """A waiver in TOML; a change of None leaves a line out."""
    lines: dict[str, str | None] = {
        "requirement": '"rfc7644-3.3-created"',
        "reason": '"comes with the new store"',
        "link": '"https://tracker.example.com/1"',
        "expires": "2027-03-31",
    }
    told = {name: value for name, value in (lines | changes).items() if value is not None}
    return "\n".join(["[[waiver]]", *(f"{name} = {value}" for name, value in told.items()), ""])


def load(folder: Path, *waivers: str) -> Waivers:
    path = folder / "waivers.toml"
    path.write_text("\n".join(waivers), encoding="utf-8")
    return load_waivers(str(path), _KNOWN, today=_TODAY)


def test_no_file_waives_nothing() -> None:
    assert load_waivers(None, _KNOWN) == Waivers()


def test_a_waiver_holds_with_its_reason(tmp_path: Path) -> None:
    waivers = load(tmp_path, waiver())

    assert waivers.of("rfc7644-3.3-created") == {
        "reason": "comes with the new store",
        "link": "https://tracker.example.com/1",
        "expires": "2027-03-31",
    }
    assert waivers.of("rfc7644-3.6-deleted") is None


@pytest.mark.parametrize(("day", "holds"), [("2027-01-15", True), ("2027-01-14", False)])
def test_a_waiver_holds_on_its_last_day_and_not_after(
    tmp_path: Path, day: str, holds: bool
) -> None:
    waivers = load(tmp_path, waiver(expires=day))

    assert (waivers.of("rfc7644-3.3-created") is not None) is holds
    notes = waivers.notes({"rfc7644-3.3-created": Verdict.VIOLATES})
    assert [one.partition(" fails")[0] for one in notes] == (
        [] if holds else ["expired waiver: rfc7644-3.3-created"]
    )


def test_a_waiver_of_what_conforms_is_stale(tmp_path: Path) -> None:
    waivers = load(tmp_path, waiver())

    assert waivers.notes({"rfc7644-3.3-created": Verdict.CONFORMS}) == [
        "stale waiver: rfc7644-3.3-created conforms; take it out"
    ]
    assert waivers.notes({"rfc7644-3.3-created": Verdict.UNTESTED}) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (waiver(requirement='"rfc7644-3.3-create"'), "did you mean 'rfc7644-3.3-created'?"),
        (waiver(requirement='"x"'), "no catalogue has the requirement 'x'"),
        (waiver(requirement="[1]"), "no catalogue has the requirement [1]"),
        (waiver(requirement=None), "no catalogue has the requirement None"),
        (waiver(reason=None), "has no reason"),
        (waiver(reason='"  "'), "has no reason"),
        (waiver(link=None), "has no link"),
        (waiver(link="7"), "has no link"),
        (waiver(expires=None), "needs expires as a date"),
        (waiver(expires='"2027-03-31"'), "needs expires as a date"),
        (waiver(expires="2027-03-31T00:00:00Z"), "needs expires as a date"),
        (waiver(because='"x"'), "has an unknown 'because'"),
        (waiver() + waiver(), "is waived twice"),
        (waiver() + waiver(expires="2020-01-01"), "is waived twice"),
        ("[waiver]\nx = 1", "write each waiver as a [[waiver]] table"),
        ('waiver = ["x"]', "write each waiver as a [[waiver]] table"),
        ("[[waivers]]\nx = 1", "write each waiver as a [[waiver]] table"),
        ("waiver", "is not TOML"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WaiverError) as caught:
        load(tmp_path, text)

    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match="No such file"):
        load_waivers(str(tmp_path / "nowhere.toml"), _KNOWN)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WaiverError, match="is not TOML"):
        load_waivers(str(tmp_path / "binary.toml"), _KNOWN)
