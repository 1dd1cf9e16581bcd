"""What the report shows, as HTML: everything from the target is text here, never markup."""

from __future__ import annotations

import html
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from conformance.evidence import Exchange, curl, pretty
from conformance.report.results import Results
from conformance.requirements import Level, Requirement
from conformance.verdict import Verdict

#: The verdicts that come first on the page, with all their evidence.
_FAILURES = (Verdict.VIOLATES, Verdict.BROKEN, Verdict.BLOCKED, Verdict.DEVIATES)

#: So many exchanges of one failure are shown in full.
_SHOWN = 6

_RFC_TITLES = {
    7643: "RFC 7643: Core Schema",
    7644: "RFC 7644: Protocol",
    9865: "RFC 9865: Cursor-Based Pagination",
}

#: Why a requirement matters, by the feature it belongs to.
_WHY = {
    "auth": "A client has to tell a wrong secret from a broken server, and nobody else may get in.",
    "bulk": "Clients that send many changes at once rely on the result of each.",
    "create": "An account that is created twice, or not found again, is repaired by hand.",
    "cursor": "Clients page through all accounts; a lost page is a lost account.",
    "delete": "An account that stays reachable after its deletion is a security finding.",
    "discovery": "Clients configure themselves from these documents.",
    "enterprise": "Departments and managers drive access rules in the customer's directory.",
    "error": "An administrator sees only what the error says.",
    "etag": "Without versions two administrators overwrite each other.",
    "filter": "Identity providers look an account up before they create it: a wrong match "
    "overwrites a stranger, a missed one makes a duplicate.",
    "group": "Group membership is what grants access.",
    "i18n": "Names in every script have to survive.",
    "media-type": "A client that cannot read the media type reads nothing.",
    "pagination": "Imports page through all accounts; a lost page is a lost account.",
    "patch": "Identity providers deactivate people and change groups with PATCH: what is applied "
    "wrongly leaves access open.",
    "projection": "Clients ask for part of a resource and rely on getting it.",
    "read": "Every change begins with reading what is there.",
    "replace": "Some identity providers write whole accounts with PUT.",
    "resource": "Every client parses these parts of every resource.",
    "schema": "Mappings are built from the published schema.",
    "search": "Queries with sensitive values belong into a body, not into a URL.",
    "security": "What leaks here is found by others.",
    "user": "These attributes are what customers map first.",
}


def plain(text: str) -> str:
    """``text`` with every control and direction character made visible."""
    return "".join(_visible(one) for one in text)


def _visible(one: str) -> str:
    code = ord(one)
    if one in "\n\t":
        return one
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    # Cc: other control characters; Cf: direction and joining marks; Cs: surrogates.
    if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co"}:
        return f"\\u{code:04x}"
    return one


def escaped(text: Any) -> str:
    """``text`` as HTML text: no markup, no control characters."""
    return html.escape(plain(str(text)), quote=True)


# The head -----------------------------------------------------------------------------


def summary(results: Results, known: dict[str, Requirement]) -> str:
    """The whole page but the table of rows: it must be readable without scripts."""
    lines = [one for one in results.verdicts() if one["requirement"] in known]
    shown = [one for one in lines if Verdict(one["verdict"]) in _FAILURES]
    parts = [
        _head(results, lines, known),
        _matrix(lines),
        _notes(results),
        _failures(shown, known),
        _sections(lines, known),
    ]
    return f'<main class="scimproof">{"".join(parts)}</main>'


def _head(results: Results, lines: list[dict[str, Any]], known: dict[str, Requirement]) -> str:
    run = results.run
    testable = sum(1 for one in lines if known[one["requirement"]].binds_the_target)
    checked = sum(1 for one in lines if one["verdict"] != Verdict.UNTESTED)
    words, mood = answer(results, lines)
    facts = [
        ("Target", f"<code>{escaped(run.get('target'))}</code>"),
        ("Date", escaped(run.get("started"))),
        ("scimproof", escaped(run.get("version"))),
        ("Catalogue", f"<code>{escaped(str(run.get('catalogue_sha256'))[:16])}</code>"),
        ("Profiles", escaped(", ".join(run.get("profiles", [])))),
        ("Judged", f"{checked} of {testable} requirements that can be seen from outside"),
    ]
    if results.end is not None:
        spent = f"{results.end.get('requests')} requests in {results.end.get('seconds')} s"
        facts.append(("Run", escaped(spent)))
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    told = f'<p class="answer {mood}">{escaped(words)}</p>'
    return f'<header>{told}<dl class="facts">{items}</dl></header>'


def answer(results: Results, lines: list[dict[str, Any]]) -> tuple[str, str]:
    """The answer in one line, and its color: bad, open or good."""
    counts = Counter(one["verdict"] for one in lines if not one.get("waived"))
    waived = sum(1 for one in lines if one.get("waived"))
    tail = f"; {waived} known failures are waived" if waived else ""
    violated = counts[Verdict.VIOLATES]
    if violated:
        plural = "MUST" if violated == 1 else "MUSTs"
        return f"Conforms to SCIM 2.0: no, {violated} {plural} violated{tail}", "bad"
    if results.is_cut_off:
        return "Conforms to SCIM 2.0: undecided, the run was cut off before its end", "open"
    undecided = counts[Verdict.BLOCKED] + counts[Verdict.BROKEN]
    if undecided:
        return f"Conforms to SCIM 2.0: undecided, {undecided} could not be judged{tail}", "open"
    return f"Conforms to SCIM 2.0: yes, in all that was judged{tail}", "good"


def _matrix(lines: list[dict[str, Any]]) -> str:
    counts = Counter((one["level"], one["verdict"]) for one in lines)
    head = "".join(f'<th scope="col">{escaped(one)}</th>' for one in Verdict)
    rows = []
    for level in Level:
        cells = "".join(
            f'<td class="{_css(one) if counts[level, one] else "none"}">{counts[level, one]}</td>'
            for one in Verdict
        )
        rows.append(f'<tr><th scope="row">{level}</th>{cells}</tr>')
    return (
        '<section><h2>Verdicts</h2><div class="wide"><table class="matrix">'
        f'<thead><tr><th scope="col">Level</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _notes(results: Results) -> str:
    notes = list((results.end or {}).get("notes", []))
    if not notes:
        return ""
    items = "".join(f"<li>{escaped(one)}</li>" for one in notes)
    return f"<section><h2>Notes</h2><ul>{items}</ul></section>"


# Failures -----------------------------------------------------------------------------


def _failures(lines: list[dict[str, Any]], known: dict[str, Requirement]) -> str:
    if not lines:
        return ""
    order = list(_FAILURES)
    lines = sorted(lines, key=lambda one: order.index(Verdict(one["verdict"])))
    parts = "".join(_failure(one, known[one["requirement"]]) for one in lines)
    return f"<section><h2>What did not hold</h2>{parts}</section>"


def _failure(line: dict[str, Any], requirement: Requirement) -> str:
    return (
        f'<article class="failure {_css(line["verdict"])}" id="{escaped(requirement.id)}">'
        f"<h3>{_badge(line)} {escaped(requirement.title)}</h3>"
        f"{row_body(line, requirement)}</article>"
    )


def _badge(line: dict[str, Any]) -> str:
    waived = ", waived" if line.get("waived") else ""
    return f'<span class="badge {_css(line["verdict"])}">{escaped(line["verdict"])}{waived}</span>'


def row_body(line: dict[str, Any], requirement: Requirement) -> str:
    """The sentence, what came instead, why it matters, and the exchanges."""
    verdict = Verdict(line["verdict"])
    where = f"{_link(requirement)} <span class=level>{requirement.level}</span>"
    parts = [f'<p class="sentence">{escaped(requirement.statement)} {where}</p>']
    if line["reason"]:
        parts.append(f'<p class="reason">{escaped(line["reason"])}</p>')
    if line.get("blocked_by"):
        blamed = escaped(line["blocked_by"])
        parts.append(f'<p>Blocked by <a href="#{blamed}">{blamed}</a>.</p>')
    if line.get("waived"):
        parts.append(_waiver(line["waived"]))
    exchanges = [Exchange.from_json(one) for one in line["exchanges"]]
    if verdict not in _FAILURES:
        parts.append(_one_line_each(exchanges))
        return f'<div class="body">{"".join(parts)}</div>'
    if requirement.feature in _WHY:
        parts.append(f'<p class="why">{escaped(_WHY[requirement.feature])}</p>')
    if requirement.grade:
        parts.append(
            f"<details><summary>How readings of the text are graded</summary>"
            f"<p>{escaped(requirement.grade)}</p></details>"
        )
    parts += [_exchange(one) for one in exchanges[-_SHOWN:]]
    if exchanges:
        command = escaped(curl(exchanges[-1]))
        parts.append(
            f"<details><summary>Send the last request again</summary><pre>{command}</pre></details>"
        )
    return f'<div class="body">{"".join(parts)}</div>'


def _waiver(waiver: dict[str, str]) -> str:
    link = waiver["link"]
    target = escaped(link)
    if urlsplit(link).scheme in {"http", "https"}:
        target = f'<a rel="noreferrer" href="{escaped(link)}">{escaped(link)}</a>'
    return (
        f"<p>Waived until {escaped(waiver['expires'])}: {escaped(waiver['reason'])} ({target})</p>"
    )


def _exchange(exchange: Exchange) -> str:
    asked = _message(
        f"{exchange.method} {exchange.url}", exchange.request_headers, exchange.request_body
    )
    if exchange.status is None:
        answered = f"<pre>{escaped(exchange.error)}</pre>"
    else:
        status = f"{exchange.status} {exchange.reason}"
        answered = _message(status, exchange.response_headers, exchange.response_body)
    cut = "<p>Bodies are cut.</p>" if exchange.truncated else ""
    return (
        f"<details class=exchange><summary>Exchange {exchange.number}: "
        f"{escaped(exchange.line)}</summary>{asked}{answered}{cut}</details>"
    )


def _message(first: str, headers: Iterable[tuple[str, str]], body: str | None) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    text = "\n".join(lines) + (f"\n\n{pretty(body)}" if body else "")
    return f"<pre>{escaped(text)}</pre>"


def _one_line_each(exchanges: list[Exchange]) -> str:
    if not exchanges:
        return ""
    items = "".join(f"<li>{escaped(one.line)}</li>" for one in exchanges[:_SHOWN])
    more = len(exchanges) - _SHOWN
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    return f"<ul class=lines>{items}{rest}</ul>"


# Every requirement --------------------------------------------------------------------


def _sections(lines: list[dict[str, Any]], known: dict[str, Requirement]) -> str:
    by_section: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        requirement = known[line["requirement"]]
        by_section[requirement.rfc, requirement.section].append(line)
    parts, current = [], 0
    for (rfc, section), entries in sorted(by_section.items(), key=_section_order):
        if rfc != current:
            parts.append(f"<h3>{escaped(_RFC_TITLES.get(rfc, f'RFC {rfc}'))}</h3>")
            current = rfc
        parts.append(_section(section, entries, known))
    return f"<section><h2>Every requirement</h2>{''.join(parts)}</section>"


def _section_order(item: tuple[tuple[int, str], Any]) -> tuple[int, list[tuple[int, str]]]:
    (rfc, section), _ = item
    steps = [(int(one), "") if one.isdigit() else (999, one) for one in section.split(".")]
    return rfc, steps


def _section(section: str, entries: list[dict[str, Any]], known: dict[str, Requirement]) -> str:
    counts = Counter(one["verdict"] for one in entries)
    tally = ", ".join(f"{counts[one]} {one}" for one in Verdict if counts[one])
    rows = "".join(_entry(one, known[one["requirement"]]) for one in entries)
    return (
        f"<details class=rfc><summary>Section {escaped(section)} "
        f"<span class=tally>{escaped(tally)}</span></summary>"
        f'<div class="wide"><table class="entries"><tbody>{rows}</tbody></table></div></details>'
    )


def _entry(line: dict[str, Any], requirement: Requirement) -> str:
    failed = Verdict(line["verdict"]) in _FAILURES
    reason = "" if failed or not line["reason"] else f"<br><small>{escaped(line['reason'])}</small>"
    seen = f' <a href="#{escaped(requirement.id)}">evidence</a>' if failed else ""
    return (
        f"<tr><td>{_badge(line)}</td><td>{requirement.level}</td>"
        f"<td>{escaped(requirement.statement)} {_link(requirement)}{seen}{reason}"
        f"<br><code>{escaped(requirement.id)}</code></td></tr>"
    )


def cells(line: dict[str, Any], requirement: Requirement) -> list[str]:
    """The cells of the sortable table, after pytest-html's own first one."""
    check = str(line["check"] or "").rpartition("::")[2]
    identifier = f"<code>{escaped(requirement.id)}</code>"
    return [
        f'<td class="col-verdict">{_badge(line)}</td>',
        f'<td class="col-level">{requirement.level}</td>',
        f'<td class="col-requirement">{identifier} {_link(requirement)}</td>',
        f'<td class="col-check">{escaped(check)}</td>',
    ]


def _link(requirement: Requirement) -> str:
    return (
        f'<a rel="noreferrer" href="{escaped(requirement.link)}">'
        f"RFC {requirement.rfc}, section {escaped(requirement.section)}</a>"
    )


def _css(verdict: str) -> str:
    return "v-" + str(verdict).replace(" ", "-")
