"""The table "Ready for Okta": what an administrator could switch on, and what would go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.report.entry import Entry
from conformance.report.readiness import KINDS, Readiness, State, Told
from conformance.report.text import escaped

_SHOWN = 3

#: The color of a state is that of a verdict; the word says it without.
_CLASSES = {
    State.READY: "v-conforms",
    State.NOT_READY: "v-violates",
    State.NOT_OFFERED: "v-not-applicable",
    State.UNDECIDED: "v-blocked",
}


def found_for_okta(found: Iterable[Entry]) -> list[Told]:
    """What the page's entries say, as readiness wants it."""
    return [
        Told(one.requirement, one.verdict, one.line.reason, one.line.rows)
        for one in found
        if one.is_known
    ]


def okta_table(cells: Sequence[Readiness]) -> str:
    """The table; nothing when the run did not judge Okta's rules."""
    if not cells:
        return ""
    rows: dict[str, list[Readiness]] = {}
    for one in cells:
        rows.setdefault(one.capability, []).append(one)
    head = "".join(
        f'<th scope="col">{name} <span class="kind-of-app">{kind}</span></th>'
        for kind, name in KINDS.items()
    )
    body = "".join(
        f'<tr><th scope="row">{escaped(name)}</th>{"".join(map(_cell, found))}</tr>'
        for name, found in rows.items()
    )
    return (
        '<section id="okta"><h2>Ready for Okta</h2>'
        '<p class="meaning">What an administrator of Okta could switch on today. '
        "A catalogue app (oin) writes status, passwords and groups with PATCH; an app of the "
        "integration wizard (aiw) reads and replaces. Played by an emulator from what is "
        "published of Okta, not by Okta itself.</p>"
        f'<table class="readiness"><thead><tr><th scope="col">To switch on</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></section>"
    )


def _cell(cell: Readiness) -> str:
    causes = "".join(_cause(cell, number) for number in range(min(_SHOWN, len(cell.causes))))
    more = len(cell.causes) - _SHOWN
    causes += f"<li>and {more} more</li>" if more > 0 else ""
    why = f"<ul>{causes}</ul>" if causes else ""
    return f'<td><span class="badge {_CLASSES[cell.state]}">{cell.state}</span>{why}</td>'


def _cause(cell: Readiness, number: int) -> str:
    cause = cell.causes[number]
    title = escaped(cause.requirement.title, 200)
    anchor = escaped(cause.requirement.id, 200)
    link = title if cell.state is State.NOT_OFFERED else f'<a href="#{anchor}">{title}</a>'
    reason = f": {escaped(cause.reason, 300)}" if cause.reason else ""
    return f"<li>{link}{reason}</li>"
