"""What did not hold: for each failure what was expected, what came, why it matters, and proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from conformance.report.answer import number
from conformance.report.areas import why
from conformance.report.entry import FAILURES, Entry, badge, css_class, place_link
from conformance.report.exchanges import Room, evidence
from conformance.report.results import Waiver
from conformance.report.text import escaped
from conformance.verdict import Verdict

# How expectations speak: "POST /Users: expected 409 Conflict, got 201 Created".
_EXPECTED = re.compile(
    r"(?P<where>.*?): expected (?P<expected>.+?)(?:, got |, but |; got )(?P<came>.+)", re.DOTALL
)

_HEADINGS = {
    Verdict.VIOLATES: ("Violated", "A MUST, or a rule that holds by definition, did not hold."),
    Verdict.BROKEN: ("Broken checks", "A check crashed. That is the suite's fault."),
    Verdict.BLOCKED: ("Blocked", "What the check stands on failed first, so it could not judge."),
    Verdict.DEVIATES: ("Deviations", "A SHOULD did not hold, or a reading that not all share."),
}


def failures(found: Iterable[Entry], base: str) -> str:
    """The list of failures, then each with its evidence; nothing when there is none."""
    entries = list(found)
    failing = [one for one in entries if one.is_failure]
    if not failing:
        return ""
    anchors = {one.requirement.id: one.anchor for one in entries}
    room, parts = Room(), list[str]()
    for verdict in FAILURES:
        groups = _groups([one for one in failing if one.verdict is verdict])
        if not groups:
            continue
        title, meaning = _HEADINGS[verdict]
        count = sum(len(one) for one in groups)
        parts.append(
            f'<section class="kind"><h3>{title} <span class="count">{count}</span></h3>'
            f'<p class="meaning">{meaning}</p>{_contents(groups)}'
        )
        parts += [_card(one, base, room, anchors) for one in groups]
        parts.append("</section>")
    return f'<section id="failures"><h2>What did not hold</h2>{"".join(parts)}</section>'


def _groups(found: Sequence[Entry]) -> list[list[Entry]]:
    """Failures one by one, but what the same thing blocks together: one cause, one card."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in found:
        blocked = entry.verdict is Verdict.BLOCKED and bool(entry.line.blocked_by)
        waived = "waived" if entry.line.waived else ""
        key = (entry.line.blocked_by, waived) if blocked else ("", entry.anchor)
        groups.setdefault(key, []).append(entry)
    return list(groups.values())


def _contents(groups: Sequence[Sequence[Entry]]) -> str:
    if len(groups) < 4:
        return ""
    items = "".join(
        f'<li><a href="#{escaped(one[0].anchor)}">{escaped(_title(one), 200)}</a></li>'
        for one in groups
    )
    return f'<ol class="contents">{items}</ol>'


def _title(group: Sequence[Entry]) -> str:
    if len(group) == 1:
        return group[0].requirement.title
    return f"{number(len(group), 'requirement')} blocked by {group[0].line.blocked_by}"


def _card(group: Sequence[Entry], base: str, room: Room, anchors: dict[str, str]) -> str:
    first = group[0]
    mark = badge(first.verdict, waived=first.line.waived is not None)
    where = f'<p class="where">{first.requirement.level}, {place_link(first)}</p>'
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _facts(group, anchors))
    return (
        f'<article class="failure {css_class(first.verdict)}" id="{escaped(first.anchor)}">'
        f"<h4>{mark} {escaped(_title(group), 300)}</h4>{where if len(group) == 1 else ''}"
        f'<dl class="what">{facts}</dl>{_list_of(group)}'
        f"{evidence(first.exchanges, base, room)}"
        f'<p class="id"><code>{escaped(first.requirement.id, 200)}</code>'
        f"{_check(first)}</p></article>"
    )


def _facts(group: Sequence[Entry], anchors: dict[str, str]) -> list[tuple[str, str]]:
    first = group[0]
    requirement, line = first.requirement, first.line
    facts = []
    if len(group) == 1:
        facts.append(("Required", escaped(requirement.statement)))
    facts += _came(line.reason)
    if line.blocked_by:
        facts.append(("Blocked by", _reference(line.blocked_by, anchors)))
    reason = why(requirement.feature, requirement.level, line.verdict)
    if reason and len(group) == 1:
        facts.append(("Why it matters", escaped(reason)))
    if line.waived:
        facts.append(("Waived", _waiver(line.waived)))
    if requirement.grade and len(group) == 1:
        note = f"<br>{escaped(requirement.note)}" if requirement.note else ""
        graded = f"Readers of the RFC differ here. {escaped(requirement.grade)}{note}"
        facts.append(("How it is graded", graded))
    if requirement.errata and len(group) == 1:
        facts.append(("Errata", ", ".join(_erratum(one) for one in requirement.errata)))
    return facts


def _came(reason: str) -> list[tuple[str, str]]:
    found = _EXPECTED.fullmatch(reason)
    if found is None:
        return [("What came", f"<strong>{escaped(reason, 2_000)}</strong>")] if reason else []
    return [
        ("Asked", f"<code>{escaped(found['where'], 1_000)}</code>"),
        ("Expected", escaped(found["expected"], 1_000)),
        ("What came", f"<strong>{escaped(found['came'], 2_000)}</strong>"),
    ]


def _list_of(group: Sequence[Entry]) -> str:
    if len(group) == 1:
        return ""
    # The card itself has the anchor of the first.
    anchors = ["", *(f' id="{escaped(one.anchor)}"' for one in group[1:])]
    items = "".join(
        f"<li{anchor}>{escaped(one.requirement.title, 200)} "
        f"<small>{one.requirement.level}, {place_link(one)}</small></li>"
        for one, anchor in zip(group, anchors, strict=True)
    )
    return (
        f'<details class="blocked"><summary>The {number(len(group), "requirement")}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _reference(identifier: str, anchors: dict[str, str]) -> str:
    name = f"<code>{escaped(identifier, 200)}</code>"
    if identifier in anchors:
        return f'<a href="#{escaped(anchors[identifier])}">{name}</a>'
    return name


def _check(entry: Entry) -> str:
    name = (entry.line.check or "").rpartition("::")[2]
    if name in {"", entry.requirement.id}:
        return ""
    return f" checked by <code>{escaped(name, 200)}</code>"


def _waiver(waiver: Waiver) -> str:
    # The link is the user's own, but an address is opened only if it is one of the web.
    link = escaped(waiver.link, 1_000)
    if _scheme(waiver.link) in {"http", "https"}:
        link = f'<a rel="noreferrer" href="{link}">{link}</a>'
    return f"{escaped(waiver.reason)} ({link}), until {escaped(waiver.expires, 40)}"


def _scheme(link: str) -> str:
    try:
        return urlsplit(link).scheme
    except ValueError:
        return ""


def _erratum(text: str) -> str:
    number_, _, _ = text.partition(" ")
    if not number_.isdecimal():
        return escaped(text)
    address = f"https://www.rfc-editor.org/errata/eid{number_}"
    return f'<a rel="noreferrer" href="{address}">{escaped(text)}</a>'
