"""A row of the report: a verdict of the run beside the sentence it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from conformance.evidence import Exchange
from conformance.report.answer import Judged
from conformance.report.results import Results, VerdictLine
from conformance.report.text import escaped, plain
from conformance.requirements import PROFILES, Requirement, catalogue
from conformance.verdict import Verdict

#: The verdicts that are shown with all their evidence, in the order of the page.
FAILURES = (Verdict.VIOLATES, Verdict.BROKEN, Verdict.BLOCKED, Verdict.DEVIATES)

#: So many exchanges of one requirement are shown.
_SHOWN = 6
#: So many are told in one line each.
_TOLD = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement of the report: the sentence, the verdict, and the evidence that is shown."""

    requirement: Requirement
    line: VerdictLine
    anchor: str
    exchanges: tuple[Exchange, ...]
    told: tuple[str, ...]
    untold: int
    is_known: bool = True

    @property
    def verdict(self) -> Verdict:
        """What the run says."""
        return self.line.verdict

    @property
    def is_failure(self) -> bool:
        """Whether it is shown among what did not hold."""
        return self.verdict in FAILURES

    @property
    def judged(self) -> Judged:
        """What the answer in one line needs of it."""
        testable = self.requirement.binds_the_target
        return Judged(self.verdict, self.line.waived is not None, testable)


def known_to(results: Results) -> dict[str, Requirement]:
    """The catalogue of the profiles that the run was judged by, as far as this version has them."""
    return catalogue([one for one in results.run.profiles if one in PROFILES])


def entries(results: Results, known: Mapping[str, Requirement]) -> Iterator[Entry]:
    """A row for every verdict of the run, then one for every sentence the run says nothing of."""
    seen: set[str] = set()
    base = results.run.target
    for number, line in enumerate(results.verdicts(), start=1):
        requirement = known.get(line.requirement)
        if requirement is None:
            yield _entry(_stranger(line), line, f"unknown-{number}", base, is_known=False)
        elif requirement.id not in seen:
            seen.add(requirement.id)
            yield _entry(requirement, line, requirement.id, base)
    reason = "the run was cut off before this" if results.is_cut_off else "not in these results"
    for requirement in known.values():
        if requirement.id not in seen:
            yield _entry(requirement, _silent(requirement, reason), requirement.id, base)


def _entry(
    requirement: Requirement, line: VerdictLine, anchor: str, base: str, *, is_known: bool = True
) -> Entry:
    exchanges = line.exchanges
    return Entry(
        requirement,
        # The rest of the evidence stays in the file: a long run must not fill the memory.
        replace(line, exchanges=()),
        anchor,
        exchanges[-_SHOWN:] if line.verdict in FAILURES else (),
        tuple(one_line(one, base) for one in exchanges[:_TOLD]),
        max(0, len(exchanges) - _TOLD),
        is_known,
    )


def one_line(exchange: Exchange, base: str) -> str:
    """Method, path below the target, and status, as text."""
    path = exchange.url.removeprefix(base) or exchange.url
    outcome = exchange.error if exchange.status is None else str(exchange.status)
    return plain(f"{exchange.method} {path} → {outcome} {exchange.reason}".rstrip(), 300)


def _stranger(line: VerdictLine) -> Requirement:
    """What can be said of a requirement that another version's catalogue has."""
    return Requirement(
        id=line.requirement,
        title=line.requirement,
        document="unknown",
        section=line.section,
        level=line.level,
        origin="",
        feature="",
        actor="server",
        testable="yes",
        statement="The catalogue of this version of scimproof does not have this requirement.",
        profile=line.profile,
    )


def _silent(requirement: Requirement, reason: str) -> VerdictLine:
    return VerdictLine(
        requirement=requirement.id,
        level=requirement.level,
        profile=requirement.profile,
        section=requirement.section,
        verdict=Verdict.UNTESTED,
        check=None,
        reason=reason,
        seconds=0.0,
    )


# How a row is named on the page -------------------------------------------------------


def badge(verdict: Verdict, *, waived: bool = False) -> str:
    """The verdict as a word with a color; the color adds nothing that the word does not say."""
    tail = ", waived" if waived else ""
    return f'<span class="badge {css_class(verdict)}">{verdict}{tail}</span>'


def css_class(verdict: Verdict) -> str:
    """The class of what is colored by a verdict."""
    return "v-" + verdict.replace(" ", "-")


def place_link(entry: Entry) -> str:
    """A link to where it stands, or its section where the document is not known."""
    requirement = entry.requirement
    if not entry.is_known:
        return f"section {escaped(requirement.section, 40)}"
    place = escaped(requirement.place)
    told = f" ({escaped(requirement.confidence)})" if requirement.confidence else ""
    if not requirement.link.startswith("https://"):
        return f"{place}{told}"
    return f'<a rel="noreferrer" href="{escaped(requirement.link)}">{place}</a>{told}'


def tally(found: Iterable[Entry]) -> dict[Verdict, int]:
    """How often each verdict was given, only those that were."""
    counts = dict.fromkeys(Verdict, 0)
    for entry in found:
        counts[entry.verdict] += 1
    return {verdict: count for verdict, count in counts.items() if count}
