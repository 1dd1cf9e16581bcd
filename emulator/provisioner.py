"""From jobs to calls: order, concurrency, retries, tasks and the System Log.

People come before groups, the jobs of one subject one after another.  After an
error a person's job waits for an admin; a 429 waits by itself, and a group
push that met a passing error is repeated (``behaviours.py`` has the sources).
A run that is cancelled leaves in the queue what it has not ended.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from emulator.application import Application, SyncState
from emulator.attributes import MappingError
from emulator.clock import Clock
from emulator.expressions import ExpressionError
from emulator.group_push import GroupPush
from emulator.ids import Ids
from emulator.push_groups import MappingStatus
from emulator.queue import Job, Wave
from emulator.scim_client import OktaScimClient, RemoteError
from emulator.tasks import SystemLog, Tasks
from emulator.user_provisioning import JobError, UserProvisioning

#: https://developer.okta.com/docs/concepts/scim/ (rate limits)
RATE_LIMIT_ATTEMPTS = 10
RATE_LIMIT_WAIT = 300

_FAILED = "application.provision.group_push.mapping.update.or.delete.failed"
_SYNC = "application.provision.user.sync"


class _End(Enum):
    """How a job ended that was not put off."""

    DONE = auto()
    FAILED = auto()


@dataclass(slots=True)
class Progress:
    """What a run has done so far."""

    done: int = 0
    failed: int = 0


@dataclass(slots=True)
class Provisioner:
    """Does the jobs of one app."""

    app: Application
    client: OktaScimClient
    tasks: Tasks
    log: SystemLog
    clock: Clock
    ids: Ids
    concurrency: int = 1
    #: Does the jobs of a wave in another order; a disturbance.
    shuffle: random.Random | None = None
    progress: Progress = field(default_factory=Progress)
    #: Called after every job with its subject.
    observers: list[Callable[[str, Job], None]] = field(default_factory=list)
    _users: UserProvisioning = field(init=False)
    _groups: GroupPush = field(init=False)
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._users = UserProvisioning(self.app, self.client, self.log, self.ids)
        self._groups = GroupPush(self.app, self.client, self.log, self.clock)

    async def settle(self) -> None:
        """Do every job that can be done, also those that wait for a time to come.

        Somebody who settles while another does waits for their turn: two at
        once could do the jobs of one subject at the same time.
        """
        async with self._settling:
            while await self._advance():
                pass

    async def _advance(self) -> bool:
        """Do a wave, or wait for one; False when nothing is left."""
        queue, behaviours = self.app.queue, self.app.behaviours
        queue.wake(self.clock.now())
        wave = queue.wave(groups_first=behaviours.groups_before_users)
        if wave:
            await self._run(wave)
            return True
        due = queue.next_due
        if due is None:
            return False
        await self.clock.sleep(max(0.0, due - self.clock.now()))
        queue.wake(max(due, self.clock.now()))
        return True

    async def _run(self, wave: Wave) -> None:
        """Do one wave, several subjects at a time."""
        waiting = list(wave.items())
        if self.shuffle is not None:
            self.shuffle.shuffle(waiting)
        waiting.reverse()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.concurrency, len(waiting))):
                    group.create_task(self._work(waiting))
        except BaseExceptionGroup as several:
            # Whoever called is to see what went wrong, not how many worked.
            raise several.exceptions[0] from None
        finally:
            for subject, jobs in reversed(waiting):
                self.app.queue.put_back(subject, jobs)

    async def _work(self, waiting: list[tuple[str, list[Job]]]) -> None:
        while waiting:
            subject, jobs = waiting.pop()
            try:
                while jobs:
                    end = await self._do(subject, jobs[0])
                    if isinstance(end, float):
                        self.app.queue.put_off(subject, jobs, end)
                        jobs = []
                    else:
                        jobs = jobs[1:] if end is _End.DONE else _left(jobs)
            finally:
                # Of a cancelled run; the job that was cut off is done anew.
                self.app.queue.put_back(subject, jobs)

    async def _do(self, subject: str, job: Job) -> _End | float:
        """Do one job; a time when it is to be done again then."""
        end: _End | float
        if self._is_moot(subject, job):
            self._settle(subject, job)
            return _End.DONE
        try:
            await self._work_of(subject, job)
        except JobError as problem:
            end = self._handle(subject, job, problem)
        except (MappingError, ExpressionError) as problem:
            told = JobError(str(problem), event=_SYNC, reason=str(problem))
            end = self._fail(subject, job, told)
        else:
            self.progress.done += 1
            self._settle(subject, *SETTLED_BY[job])
            end = _End.DONE
        self._tell_notices()
        for observer in self.observers:
            observer(subject, job)
        return end

    def _is_moot(self, subject: str, job: Job) -> bool:
        """Whether a job has been overtaken: its subject is gone, or is to be left alone."""
        if job.is_of_group:
            mapping = self.app.pushed.mappings.get(subject)
            if mapping is None or job is Job.DELETE:
                return mapping is None
            return mapping.is_leaving or mapping.status is not MappingStatus.ACTIVE
        known = self.app.users.get(subject)
        if known is None or job is Job.DEPROVISION:
            return known is None
        return not known.is_assigned

    def _work_of(self, subject: str, job: Job) -> Awaitable[None]:
        """What doing a job means."""
        if job.is_of_group:
            mapping = self.app.pushed.mappings[subject]
            match job:
                case Job.PUSH:
                    return self._groups.push(mapping)
                case Job.MEMBERS:
                    return self._groups.push_members(mapping)
                case Job.RENAME:
                    return self._groups.rename(mapping)
                case _:
                    return self._groups.delete(mapping)
        known = self.app.users[subject]
        match job:
            case Job.PROVISION:
                return self._users.provision(known)
            case Job.PROFILE:
                return self._users.push_profile(known)
            case Job.PASSWORD:
                return self._users.push_password(known)
            case _:
                return self._users.deprovision(known)

    def _settle(self, subject: str, *jobs: Job) -> None:
        """Nothing of these jobs waits for anybody any more."""
        for job in jobs:
            self.app.queue.ended(subject, job)
        self.tasks.settle(subject, *jobs)
        known = self.app.users.get(subject)
        if known is None or known.sync_state is not SyncState.ERROR:
            return
        if not any(self.tasks.is_open(subject, job) for job in Job):
            known.sync_state, known.error = SyncState.SYNCHRONIZED, ""

    # Failures -------------------------------------------------------------------------

    def _handle(self, subject: str, job: Job, problem: JobError) -> _End | float:
        """Put a job off, or fail it."""
        cause, behaviours = problem.cause, self.app.behaviours
        if self._is_moot(subject, job):
            self.log.failure(problem.event, problem.reason, self.app.label, subject)
            return _End.FAILED
        if cause is not None and cause.is_rate_limit:
            wait = self._wait(subject, job, cause)
            if wait is not None:
                return self._pause(subject, job, problem, wait)
        elif problem.again_in is not None:
            if self._may_repeat(subject, job, behaviours.reactivation_attempts - 1):
                self._note(subject, job, problem)
                return self.clock.now() + problem.again_in
        elif (
            job.is_of_group
            and cause is not None
            and cause.is_passing
            and self._may_repeat(subject, job, behaviours.group_retries)
        ):
            # The call that failed, and then what becomes of the mapping.
            self.log.failure(problem.event, problem.reason, self.app.label, subject)
            self.log.failure(_FAILED, problem.reason, self.app.label, subject)
            return self.clock.now() + behaviours.group_retry_seconds
        return self._fail(subject, job, problem)

    def _wait(self, subject: str, job: Job, cause: RemoteError) -> int | None:
        """Okta's rule for 429: how long to wait; None when the attempts are used up."""
        patience, behaviours = self.app.queue.patience(subject, job), self.app.behaviours
        patience.limited += 1
        counts_first = behaviours.rate_limit_attempts == "calls"
        if patience.limited >= RATE_LIMIT_ATTEMPTS + (0 if counts_first else 1):
            return None
        told = cause.wait if cause.wait is not None else RATE_LIMIT_WAIT
        is_doubled = behaviours.rate_limit_again == "double" or cause.wait is None
        if patience.wait is None or not is_doubled:
            patience.wait = told
        else:
            patience.wait *= 2
        return patience.wait

    def _pause(self, subject: str, job: Job, problem: JobError, wait: int) -> float:
        """The task of a job that waits says why."""
        text = f"{problem.message} Paused because of API rate limiting."
        self.tasks.fail(subject, job, text, self.clock.now())
        event = "application.integration.rate_limit_exceeded"
        self.log.failure(event, problem.reason, self.app.label, subject)
        return self.clock.now() + wait

    def _may_repeat(self, subject: str, job: Job, times: int) -> bool:
        patience = self.app.queue.patience(subject, job)
        patience.repeated += 1
        return patience.repeated <= times

    def _note(self, subject: str, job: Job, problem: JobError) -> None:
        self.tasks.fail(subject, job, problem.message, self.clock.now())
        self.log.failure(problem.event, problem.reason, self.app.label, subject)

    def _fail(self, subject: str, job: Job, problem: JobError) -> _End:
        """Open a task, and mark the app user or the mapping."""
        self.progress.failed += 1
        self.app.queue.ended(subject, job)
        self._note(subject, job, problem)
        if job.is_of_group:
            mapping = self.app.pushed.mappings.get(subject)
            if mapping is not None:
                mapping.status, mapping.error = MappingStatus.ERROR, problem.message
            self.log.failure(f"{_FAILED}.with.error", problem.reason, self.app.label, subject)
            return _End.FAILED
        known = self.app.users.get(subject)
        if known is not None:
            known.sync_state, known.error = SyncState.ERROR, problem.message
        if job is Job.PROVISION and problem.event != _SYNC:
            # A failed create is followed by a failed sync in the log.
            self.log.failure(_SYNC, problem.reason, self.app.label, subject)
        return _End.FAILED

    def retry(self, subject: str, job: str) -> None:
        """Retry Selected: do a failed job again, unless it was overtaken."""
        wanted = Job(job)
        if wanted.is_of_group:
            mapping = self.app.pushed.mappings.get(subject)
            if mapping is None or (mapping.is_leaving and wanted is not Job.DELETE):
                self.tasks.settle(subject, wanted)
            else:
                self.app.pushed.take_up_again(mapping, wanted)
            return
        known = self.app.users.get(subject)
        is_back = wanted is Job.DEPROVISION and known is not None and known.is_assigned
        if is_back or self._is_moot(subject, wanted):
            self.tasks.settle(subject, wanted)
        else:
            self.app.queue.add(subject, wanted)

    def _tell_notices(self) -> None:
        for event, reason, name in self.app.pushed.notices:
            full = f"application.provision.{event}"
            if reason is None:
                self.log.success(full, self.app.label, name)
            else:
                self.log.failure(full, reason, self.app.label, name)
        self.app.pushed.notices.clear()


def _left(jobs: list[Job]) -> list[Job]:
    """What is still done of a subject's jobs when the first of them has failed.

    A group in error waits for an admin.  What follows the making of an account
    stands on it; a change that failed keeps no other from being sent.
    """
    failed, rest = jobs[0], jobs[1:]
    if failed.is_of_group:
        beginnings: tuple[Job, ...] = (Job.DELETE,)
    elif failed is Job.PROVISION:
        beginnings = (Job.PROVISION, Job.DEPROVISION)
    else:
        return rest
    place = next((place for place, job in enumerate(rest) if job in beginnings), len(rest))
    return rest[place:]


#: Which open tasks a job that succeeded makes pointless.
SETTLED_BY: dict[Job, tuple[Job, ...]] = {
    Job.PROVISION: (Job.PROVISION, Job.PROFILE, Job.DEPROVISION),
    Job.PROFILE: (Job.PROFILE,),
    Job.PASSWORD: (Job.PASSWORD,),
    Job.DEPROVISION: (Job.PROVISION, Job.PROFILE, Job.PASSWORD, Job.DEPROVISION),
    Job.PUSH: (Job.PUSH, Job.MEMBERS),
    Job.MEMBERS: (Job.PUSH, Job.MEMBERS),
    Job.RENAME: (Job.RENAME,),
    Job.DELETE: (Job.PUSH, Job.MEMBERS, Job.RENAME, Job.DELETE),
}
