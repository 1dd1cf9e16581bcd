"""Exchanges as HTML: the request and its answer side by side, readable, and never too many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.evidence import BODY_LIMIT, Exchange, curl
from conformance.report.entry import one_line
from conformance.report.text import escaped, plain

#: Characters of HTML that all evidence of a page may take.
_ROOM = 3_500_000

#: An exchange takes about so much at least.
_SMALL = 1_000

#: A body is indented no deeper than this, and not at all when that would make it huge.
_DEEPEST = 12
_WIDEST = 40_000

# The parts of a JSON text, as far as its layout goes: strings, brackets, commas, the rest.
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],]|[^"{}\[\],]+')


@dataclass
class Room:
    """How much of the page is left for evidence; the worst failures are shown first."""

    left: int = _ROOM

    @property
    def is_full(self) -> bool:
        """Whether making another block is no longer worth the time."""
        return self.left < _SMALL

    def take(self, html: str) -> bool:
        """Whether there was room for ``html``, which is then taken."""
        if len(html) > self.left:
            return False
        self.left -= len(html)
        return True


def evidence(exchanges: Sequence[Exchange], base: str, room: Room) -> str:
    """The exchanges of a failure, the last one open, and how to send that one again."""
    if not exchanges:
        return ""
    parts = []
    for exchange in exchanges:
        block = "" if room.is_full else _exchange(exchange, base, exchange is exchanges[-1])
        if not block or not room.take(block):
            block = f'<p class="told">{escaped(one_line(exchange, base))}</p>'
        parts.append(block)
    again = _again(exchanges[-1])
    if room.take(again):
        parts.append(again)
    return f'<div class="evidence"><h4>Exchanges</h4>{"".join(parts)}</div>'


def lines(told: Iterable[str], untold: int) -> str:
    """Exchanges in one line each, folded away."""
    items = "".join(f"<li>{escaped(one)}</li>" for one in told)
    if not items:
        return ""
    rest = f"<li>and {untold} more</li>" if untold else ""
    count = items.count("<li>") + untold
    noun = "exchange" if count == 1 else "exchanges"
    return (
        f'<details class="told"><summary>{count} {noun}</summary><ul>{items}{rest}</ul></details>'
    )


def _exchange(exchange: Exchange, base: str, is_open: bool) -> str:
    asked = _message(
        f"{exchange.method} {exchange.url}", exchange.request_headers, exchange.request_body
    )
    if exchange.status is None:
        answered = f"<pre>{escaped(exchange.error or 'no answer')}</pre>"
    else:
        status = f"{exchange.status} {exchange.reason}".rstrip()
        answered = _message(status, exchange.response_headers, exchange.response_body)
    cut = f'<p class="cut">Bodies are cut at {BODY_LIMIT:,} characters.</p>'
    return (
        f'<details class="exchange"{" open" if is_open else ""}>'
        f'<summary><span class="number">{escaped(exchange.number)}</span> '
        f"<code>{escaped(one_line(exchange, base))}</code></summary>"
        f'<div class="sides"><div><h5>Request</h5>{asked}</div>'
        f"<div><h5>Answer</h5>{answered}</div></div>{cut if exchange.truncated else ''}</details>"
    )


def _message(first: str, headers: Iterable[tuple[str, str]], body: str | None) -> str:
    head = "\n".join(f"{escaped(name)}: {escaped(value)}" for name, value in headers)
    text = f"\n\n{escaped(laid_out(body), 2 * _WIDEST)}" if body else ""
    return f'<pre><b>{escaped(first, 5_000)}</b>\n<span class="headers">{head}</span>{text}</pre>'


def _again(exchange: Exchange) -> str:
    cut = len(exchange.request_body or "") >= BODY_LIMIT
    warning = "<p>The body was longer; this sends its beginning only.</p>" if cut else ""
    return (
        '<details class="again"><summary>Send the last request again with curl</summary>'
        f"<pre>{escaped(curl(exchange))}</pre>{warning}</details>"
    )


def laid_out(body: str) -> str:
    """``body`` with line breaks and indents when it looks like JSON, and as it is when not.

    Nothing but white space between the parts changes: a name that is there
    twice, a number's spelling, and a body that was cut stay what they were.
    """
    if body.lstrip()[:1] not in ("{", "["):
        return body
    depth, out = 0, list[str]()
    for part in _PARTS.findall(body):
        if part in ("{", "["):
            depth += 1
            out += [part, _break(depth)]
        elif part in ("}", "]"):
            depth -= 1
            _drop_break(out)
            out += [part] if out and out[-1] in ("{", "[") else [_break(depth), part]
        elif part == ",":
            out += [part, _break(depth)]
        elif part.startswith('"'):
            out.append(part)
        else:
            out.append(re.sub(r"\s*:\s*", ": ", part.strip()) if part.strip() != ":" else ": ")
    text = "".join(out)
    return text if len(text) <= _WIDEST else plain(body)


def _break(depth: int) -> str:
    return "\n" + "  " * max(0, min(depth, _DEEPEST))


def _drop_break(out: list[str]) -> None:
    while out and not out[-1].strip():
        out.pop()
