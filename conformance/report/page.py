"""The page: head, verdicts, failures, areas and every requirement; readable without scripts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from conformance.report.answer import Answer, answer, coverage, number
from conformance.report.areas import area, area_order
from conformance.report.entry import Entry, badge, css_class, place_link, tally
from conformance.report.exchanges import lines
from conformance.report.failures import failures
from conformance.report.headings import TITLES, heading, reading_order
from conformance.report.okta import found_for_okta, okta_table
from conformance.report.readiness import headline, readiness
from conformance.report.results import Results
from conformance.report.suite import suite_table
from conformance.report.text import escaped, plain
from conformance.requirements import Level, digest
from conformance.verdict import Verdict

_MEANINGS = {
    Verdict.VIOLATES: "a MUST, or a rule that holds by definition, did not hold",
    Verdict.BROKEN: "the check itself crashed: a fault of the suite",
    Verdict.BLOCKED: "what the check stands on failed first",
    Verdict.DEVIATES: "a SHOULD did not hold",
    Verdict.DECLINES: "a MAY is not offered",
    Verdict.CONFORMS: "the check ran, and the sentence held",
    Verdict.NOT_APPLICABLE: "the target says that it does not offer this",
    Verdict.UNTESTED: "no check ran",
}

#: What a bar is made of, from left to right.
_BAR = (
    (Verdict.CONFORMS,),
    (Verdict.DECLINES, Verdict.NOT_APPLICABLE),
    (Verdict.DEVIATES,),
    (Verdict.BLOCKED, Verdict.BROKEN),
    (Verdict.VIOLATES,),
    (Verdict.UNTESTED,),
)


def title(results: Results) -> str:
    """The title of the document; it names the host, for those with several reports open."""
    try:
        host = urlsplit(results.run.target).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    return f"SCIM 2.0 conformance of {plain(host, 100)}" if host else "SCIM 2.0 conformance"


def page(results: Results, found: Sequence[Entry]) -> str:
    """The whole page but the table that pytest-html draws."""
    parts = [
        _head(results, found),
        okta_table(readiness(found_for_okta(found))),
        _matrix(found),
        _notes(results, found),
        failures(found, results.run.target),
        _areas([one for one in found if one.is_known]),
        _sections(found),
        suite_table(results.run.profiles),
        '<section class="screen-only"><h2>All requirements, to sort and filter</h2>',
        (
            "<noscript><p>This table needs scripts; the list above has the same rows.</p>"
            "<style>.controls, #results-table { display: none }</style></noscript></section>"
        ),
    ]
    return f'<main class="scimproof">{"".join(parts)}</main>'


def answers(results: Results, found: Sequence[Entry]) -> list[Answer]:
    """The answers in one line each: to the RFCs and to Okta, as far as the run asked."""
    of_rfcs = [one.judged for one in found if one.requirement.rfc or not one.is_known]
    told = [answer(of_rfcs, cut_off=results.is_cut_off)] if of_rfcs else []
    cells = readiness(found_for_okta(found))
    if cells:
        told.append(Answer(*headline(cells)))
    return told or [answer((), cut_off=results.is_cut_off)]


# The head -----------------------------------------------------------------------------


def _head(results: Results, found: Sequence[Entry]) -> str:
    run = results.run
    settled, testable = coverage([one.judged for one in found])
    facts = [
        ("Target", f"<code>{escaped(run.target, 500)}</code>", "fact wide-fact"),
        ("Date", _date(run.started), "fact"),
        ("Version", f"scimproof {escaped(run.version, 40)}", "fact"),
        ("Catalogue", _catalogue(results), "fact"),
        ("Profiles", escaped(", ".join(run.profiles), 100), "fact"),
        ("Run", _run(results), "fact"),
        *((name, value, "fact wide-fact") for name, value in _offers(run.features)),
    ]
    items = "".join(f'<div class="{css}"><dt>{name}</dt><dd>{value}</dd></div>'
                    for name, value, css in facts)  # fmt: skip
    outside = len(found) - testable
    return (
        f'<header class="head">{"".join(map(_answer, answers(results, found)))}'
        f'<dl class="facts">{items}</dl>'
        f'<p class="coverage">{settled} of {number(testable, "testable requirement")} '
        f"have a check and were judged. {outside} more bind clients only, "
        "or can't be seen from outside.</p>"
        f"{_bar([one for one in found if one.judged.is_testable])}</header>"
    )


def _answer(told: Answer) -> str:
    question, _, words = told.words.partition(": ")
    gist, aside = _parted(words)
    return (
        f'<p class="answer {told.mood}">{question}: '
        f'<strong>{escaped(gist)}</strong><span class="aside">{escaped(aside)}</span></p>'
    )


def _parted(words: str) -> tuple[str, str]:
    """The answer, and what qualifies it, which follows in smaller letters."""
    marks = [words.find(mark) for mark in (" (", "; ") if mark in words]
    end = min(marks, default=len(words)) + 1
    return words[:end], words[end:]


def _date(started: str) -> str:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return escaped(started, 40)
    return f'<time datetime="{escaped(started)}">{moment:%-d %B %Y, %H:%M} UTC</time>'


def _catalogue(results: Results) -> str:
    told = results.run.catalogue_sha256
    shown = f'<code title="{escaped(told, 100)}">{escaped(told[:12])}</code>'
    try:
        same = told == digest(results.run.profiles)
    except KeyError:
        same = False
    return shown if same else f"{shown} (of another version than this page)"


def _run(results: Results) -> str:
    if results.end is None:
        return "cut off before its end"
    seconds = f"{results.end.seconds:.1f} s"
    return f"{number(results.end.requests, 'request')} in {seconds}"


def _offers(features: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What discovery said, which is why some requirements do not apply."""
    types = features.get("resource_types")
    named = [str(one) for one in types] if isinstance(types, list) else []
    lists = {
        "Resource types": named,
        "Says it offers": [_short(name) for name, value in features.items() if value is True],
        "Says it does not": [_short(name) for name, value in features.items() if value is False],
    }
    return [(name, escaped(", ".join(one), 300)) for name, one in lists.items() if one]


def _short(name: str) -> str:
    return (
        name.removeprefix("ServiceProviderConfig.")
        .replace(".supported", "")
        .removesuffix(" supported")
    )


def _bar(found: Sequence[Entry]) -> str:
    """A bar with a key in words: the widths are decoration, the numbers are the text."""
    counts = tally(found)
    pieces = []
    for verdicts in _BAR:
        count = sum(counts.get(one, 0) for one in verdicts)
        if count:
            width = f"{100 * count / len(found):.2f}%"
            pieces.append(f'<i class="{css_class(verdicts[0])}" style="width:{width}"></i>')
    return f'<div class="bar" aria-hidden="true">{"".join(pieces)}</div>'


# Verdicts -----------------------------------------------------------------------------


def _matrix(found: Sequence[Entry]) -> str:
    counts = Counter((one.requirement.level, one.verdict) for one in found)
    rows = []
    for verdict in Verdict:
        numbers = [counts[level, verdict] for level in Level]
        cells = "".join(_cell(count, verdict) for count in [*numbers, sum(numbers)])
        rows.append(
            f'<tr{"" if sum(numbers) else " class=zero"}><th scope="row">{badge(verdict)}'
            f'<span class="meaning">{_MEANINGS[verdict]}</span></th>{cells}</tr>'
        )
    sums = [sum(counts[level, one] for one in Verdict) for level in Level]
    foot = "".join(f"<td>{count}</td>" for count in [*sums, sum(sums)])
    columns = [*Level, "All"]
    head = "".join(f'<th scope="col">{one}</th>' for one in columns)
    return (
        '<section><h2>Verdicts</h2><table class="matrix">'
        f'<thead><tr><th scope="col">Verdict</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>"
        f'<tfoot><tr><th scope="row">All</th>{foot}</tr></tfoot></table></section>'
    )


def _cell(count: int, verdict: Verdict) -> str:
    return f'<td class="{css_class(verdict) if count else "none"}">{count}</td>'


def _notes(results: Results, found: Sequence[Entry]) -> str:
    notes = list(results.end.notes) if results.end else ["The run was cut off before its end."]
    unknown = sum(1 for one in found if not one.is_known)
    if unknown:
        notes.append(f"{number(unknown, 'requirement')} unknown to this version of scimproof")
    if results.run.options.get("read_only"):
        notes.append("The run was read-only: nothing that writes was tested.")
    if not notes:
        return ""
    items = "".join(f"<li>{escaped(one, 1_000)}</li>" for one in notes)
    return f'<section class="notes"><h2>Notes</h2><ul>{items}</ul></section>'


# Areas --------------------------------------------------------------------------------


def _areas(found: Sequence[Entry]) -> str:
    by_area: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        if entry.judged.is_testable:
            by_area[entry.requirement.feature].append(entry)
    items = "".join(
        f'<li><div class="line"><b>{escaped(area(feature))}</b>'
        f"<span>{_summed(by_area[feature])}</span></div>{_bar(by_area[feature])}</li>"
        for feature in sorted(by_area, key=area_order)
    )
    return f'<section><h2>By area</h2><ul class="areas">{items}</ul></section>' if items else ""


def _summed(found: Sequence[Entry]) -> str:
    return ", ".join(
        f'<span class="{css_class(verdict)}">{count}&nbsp;{verdict.replace(" ", "&nbsp;")}</span>'
        for verdict, count in tally(found).items()
    )


# Every requirement --------------------------------------------------------------------


def _sections(found: Sequence[Entry]) -> str:
    by_section: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in found:
        section = entry.requirement.section if entry.is_known else ""
        by_section[entry.requirement.document, section].append(entry)
    parts, current = list[str](), ""
    for document, section in sorted(by_section, key=lambda one: reading_order(*one)):
        if document != current:
            parts.append(f"<h3>{TITLES.get(document, 'Unknown to this version')}</h3>")
            current = document
        parts.append(_section(document, section, by_section[document, section]))
    return f'<section id="requirements"><h2>Every requirement</h2>{"".join(parts)}</section>'


def _section(document: str, section: str, found: Sequence[Entry]) -> str:
    rows = "".join(_row(one) for one in found)
    name = f"<b>{escaped(section)}</b> {escaped(heading(document, section))}"
    name = name if section else "Others"
    return (
        f'<details class="rfc"><summary><span class="name">{name}</span>'
        f'<span class="tally">{_summed(found)}</span></summary>'
        f'<ul class="entries">{rows}</ul></details>'
    )


def _row(entry: Entry) -> str:
    requirement = entry.requirement
    row_id = "" if entry.is_failure else f' id="{escaped(entry.anchor)}"'
    mark = badge(entry.verdict, waived=entry.line.waived is not None)
    if entry.is_failure:
        more = f'<p class="told"><a href="#{escaped(entry.anchor)}">What came, and proof</a></p>'
    else:
        reason = escaped(entry.line.reason, 500)
        more = f'<p class="told">{reason}</p>' if reason else ""
        more += lines(entry.told, entry.untold)
    return (
        f'<li{row_id}><div class="mark">{mark}<span class="level">{requirement.level}</span></div>'
        f"<div><p>{escaped(requirement.statement)}</p>"
        f'<p class="id"><code>{escaped(requirement.id, 200)}</code> {place_link(entry)}</p>'
        f"{more}</div></li>"
    )


# The table of pytest-html -------------------------------------------------------------

#: The heads of its columns, after pytest-html's own first one, which scripts need.
COLUMNS = ("Verdict", "Level", "Requirement", "Check", "Duration")


def headers() -> list[str]:
    """The heads of the columns."""
    return [f'<th class="sortable" data-column-type="{one.lower()}">{one}</th>' for one in COLUMNS]


def cells(entry: Entry) -> list[str]:
    """The cells of a row; each on one line, or sorting by it fails."""
    check = (entry.line.check or "").rpartition("::")[2]
    seconds = f"{1000 * entry.line.seconds:.0f} ms" if entry.line.check else ""
    values = (
        badge(entry.verdict, waived=entry.line.waived is not None),
        str(entry.requirement.level),
        f"<code>{escaped(entry.requirement.id, 200)}</code> {place_link(entry)}",
        escaped(check, 200),
        seconds,
    )
    return [
        f'<td class="col-{column.lower()}">{value.replace(chr(10), " ")}</td>'
        for column, value in zip(COLUMNS, values, strict=True)
    ]


def row_body(entry: Entry) -> str:
    """What a row of the table shows when it is opened."""
    reason = (
        f"<p><strong>{escaped(entry.line.reason, 500)}</strong></p>" if entry.line.reason else ""
    )
    return (
        f'<div class="row-body"><p>{escaped(entry.requirement.statement)}</p>{reason}'
        f'<p><a href="#{escaped(entry.anchor)}">Evidence</a></p></div>'
    )
