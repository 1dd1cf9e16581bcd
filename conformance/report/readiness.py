"""Ready for Okta: what an administrator could switch on today, and what would go wrong.

A capability is ready for a kind of app when every MUST it stands on held for
that kind.  ``oin`` is an app of Okta's catalogue, ``aiw`` one of its wizard;
the two speak differently, so a server can be ready for one and not for the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conformance.report.results import Row
from conformance.requirements import CAPABILITIES, Level, Requirement
from conformance.verdict import Verdict, worst

#: The kinds of apps, and what a reader calls them.
KINDS = {"oin": "Catalogue app", "aiw": "Wizard app"}


class State(StrEnum):
    """Whether a capability can be switched on."""

    READY = "ready"
    NOT_READY = "not ready"
    NOT_OFFERED = "not offered"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Told:
    """What a run says of one requirement, as far as readiness needs it."""

    requirement: Requirement
    verdict: Verdict
    reason: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a capability is not ready: the requirement, and what was seen."""

    requirement: Requirement
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """One cell of the table: a capability for a kind of app."""

    capability: str
    kind: str
    state: State
    causes: tuple[Cause, ...] = ()


def readiness(told: Iterable[Told]) -> list[Readiness]:
    """Every capability for every kind of app; nothing when the run did not judge Okta's rules."""
    found = [one for one in told if one.requirement.profile == "okta"]
    if not found:
        return []
    return [
        _cell(capability, kind, [one for one in found if one.requirement.capability == capability])
        for capability in CAPABILITIES
        for kind in KINDS
    ]


def headline(cells: Iterable[Readiness]) -> tuple[str, str]:
    """The answer in one line, and its mood: ``good``, ``bad`` or ``open``."""
    states: dict[str, set[State]] = {}
    for one in cells:
        states.setdefault(one.capability, set()).add(one.state)
    unready = [name for name, found in states.items() if State.NOT_READY in found]
    unclear = [name for name, found in states.items() if State.UNDECIDED in found]
    if unready:
        return f"Ready for Okta: no, {_listed(unready)}", "bad"
    if unclear:
        return f"Ready for Okta: undecided, {_listed(unclear)}", "open"
    ready = [name for name, found in states.items() if State.READY in found]
    if not ready:
        return "Ready for Okta: no, it offers nothing of what Okta does", "bad"
    return f"Ready for Okta: yes, with {_listed(ready)}", "good"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _cell(capability: str, kind: str, told: list[Told]) -> Readiness:
    binding = [
        one
        for one in told
        if one.requirement.level is Level.MUST and one.requirement.binds_the_target
    ]
    causes = [_for_kind(one, kind) for one in binding]
    for state, verdicts in _BY_VERDICT:
        blamed = [one for one in causes if one.verdict in verdicts]
        if blamed:
            return Readiness(capability, kind, state, tuple(blamed))
    applicable = [one for one in causes if one.verdict is not Verdict.NOT_APPLICABLE]
    # What applies to the other kind of app, and not to this one, this one can't do.
    lacking = [
        cause
        for one, cause in zip(binding, causes, strict=True)
        if cause.verdict is Verdict.NOT_APPLICABLE
        and one.verdict is not Verdict.NOT_APPLICABLE
        and cause.reason
    ]
    if lacking or (causes and not applicable):
        return Readiness(capability, kind, State.NOT_OFFERED, tuple(lacking or causes[:1]))
    return Readiness(capability, kind, State.READY if causes else State.UNDECIDED)


#: What decides a cell, the weightiest first.
_BY_VERDICT = (
    (State.NOT_READY, {Verdict.VIOLATES}),
    (State.UNDECIDED, {Verdict.BLOCKED, Verdict.BROKEN, Verdict.UNTESTED}),
)


def _for_kind(told: Told, kind: str) -> Cause:
    """What was seen with one kind of app; what holds for both is told without rows."""
    rows = [one for one in told.rows if one.name.split("-")[0] == kind]
    others = [one for one in told.rows if one.name.split("-")[0] in KINDS]
    if not rows:
        if others:
            return Cause(told.requirement, Verdict.NOT_APPLICABLE, "")
        return Cause(told.requirement, told.verdict, told.reason)
    verdict = worst(one.verdict for one in rows)
    reason = next(one.reason for one in rows if one.verdict is verdict)
    return Cause(told.requirement, verdict, reason)
