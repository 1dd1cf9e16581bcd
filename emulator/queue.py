"""The jobs of one app: per person or pushed group in order, the same job not twice in a row.

A subject whose job was put off is held with everything that comes after it,
so that no later job overtakes an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Job(StrEnum):
    """What is to be done for a person or for a pushed group."""

    PROVISION = "provision user"
    PROFILE = "push profile"
    PASSWORD = "push password"  # noqa: S105  a job
    DEPROVISION = "deprovision user"
    PUSH = "push group"
    MEMBERS = "push memberships"
    RENAME = "rename group"
    DELETE = "delete group"

    @property
    def is_of_group(self) -> bool:
        """Whether the subject is a pushed group and not a person."""
        return self in _OF_GROUPS


_OF_GROUPS = frozenset({Job.PUSH, Job.MEMBERS, Job.RENAME, Job.DELETE})


@dataclass(slots=True)
class Patience:
    """How often a job was put off: for 429, and for other reasons to try again."""

    limited: int = 0
    #: The last wait after a 429; None before the first.
    wait: int | None = None
    repeated: int = 0


Wave = dict[str, list[Job]]


class Queue:
    """Jobs that wait to be done; those of one subject are done one after another."""

    def __init__(self) -> None:
        self._users: Wave = {}
        self._groups: Wave = {}
        #: When a subject that was put off is due, and its jobs.
        self._held: dict[str, tuple[float, list[Job]]] = {}
        self._patience: dict[tuple[str, Job], Patience] = {}

    def add(self, subject: str, job: Job) -> None:
        """Put a job behind the others of its subject; the same one at the end says it already."""
        jobs = self._jobs_of(subject, job)
        if not jobs or jobs[-1] is not job:
            jobs.append(job)

    def put_back(self, subject: str, jobs: Sequence[Job]) -> None:
        """Jobs that were taken and not done come before what was added meanwhile."""
        if jobs:
            waiting = self._jobs_of(subject, jobs[0])
            waiting[:] = _without_repetition([*jobs, *waiting])

    def put_off(self, subject: str, jobs: Sequence[Job], due: float) -> None:
        """Hold a subject until ``due``: first these jobs, then what was added meanwhile."""
        waiting = self._side(jobs[0]).pop(subject, [])
        self._held[subject] = (due, _without_repetition([*jobs, *waiting]))

    def _side(self, job: Job) -> Wave:
        return self._groups if job in _OF_GROUPS else self._users

    def _jobs_of(self, subject: str, job: Job) -> list[Job]:
        held = self._held.get(subject)
        return held[1] if held else self._side(job).setdefault(subject, [])

    def patience(self, subject: str, job: Job) -> Patience:
        """How often a job was put off since it last ended."""
        return self._patience.setdefault((subject, job), Patience())

    def ended(self, subject: str, job: Job) -> None:
        """A job succeeded or failed for good: the next one of its kind begins anew."""
        self._patience.pop((subject, job), None)

    def drop(self, subject: str, *jobs: Job) -> bool:
        """Forget jobs that have become pointless; whether there were any."""
        dropped = False
        for side in (self._users, self._groups):
            waiting = side.get(subject, [])
            kept = [one for one in waiting if one not in jobs]
            dropped |= len(kept) != len(waiting)
            if kept:
                side[subject] = kept
            else:
                side.pop(subject, None)
        due, waiting = self._held.pop(subject, (0.0, []))
        kept = [one for one in waiting if one not in jobs]
        dropped |= len(kept) != len(waiting)
        if kept and kept[0] is waiting[0]:
            self._held[subject] = (due, kept)
        elif kept:
            # Only the first one was put off; the others waited for it.
            self.put_back(subject, kept)
        for job in jobs:
            self._patience.pop((subject, job), None)
        return dropped

    def wave(self, *, groups_first: bool = False) -> Wave:
        """All jobs that can be done now: those of people, and when there are none, of groups.

        Groups that are to be deleted come before the others: one that is made
        anew must not find the old one.
        """
        is_of_groups = bool(self._groups) and (groups_first or not self._users)
        side = self._groups if is_of_groups else self._users
        taken = {one: jobs for one, jobs in side.items() if Job.DELETE in jobs} or dict(side)
        for subject in taken:
            del side[subject]
        return taken

    @property
    def next_due(self) -> float | None:
        """When the next subject that was put off is due; None when there is none."""
        return min((due for due, _ in self._held.values()), default=None)

    def wake(self, now: float) -> None:
        """Let the subjects that are due be worked on again."""
        for subject in [one for one, (due, _) in self._held.items() if due <= now]:
            _, jobs = self._held.pop(subject)
            self.put_back(subject, jobs)

    def clear(self) -> None:
        """Forget everything."""
        for one in (self._users, self._groups, self._held, self._patience):
            one.clear()

    def waiting(self) -> Iterator[tuple[str, Job]]:
        """Every job that waits, those put off last."""
        held = {subject: jobs for subject, (_, jobs) in self._held.items()}
        for side in (self._users, self._groups, held):
            for subject, jobs in side.items():
                yield from ((subject, job) for job in jobs)

    def __len__(self) -> int:
        return sum(1 for _ in self.waiting())


def _without_repetition(jobs: Iterable[Job]) -> list[Job]:
    """The same job twice in a row is one."""
    kept: list[Job] = []
    for job in jobs:
        if not kept or kept[-1] is not job:
            kept.append(job)
    return kept
