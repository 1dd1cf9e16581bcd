"""A whole org into an endpoint: as fast as it takes it, with what failed as Okta's tasks."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.application import Toggles
from emulator.connection import Connection
from emulator.integration import Integration
from emulator.journal import PushJournal
from emulator.org import OktaOrg
from emulator.people import populate
from emulator.queue import Job
from emulator.snapshot import apply_plan
from emulator.wirelog import WireLog

#: Exchanges that stay in memory.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be pushed."""

    connection: Connection
    app: str = "oin"
    org_file: Path | None = None
    users: int = 0
    groups: int = 0
    #: Members of the first generated group.
    largest: int | None = None
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """What a journal compares, to see that it belongs to the same push."""
        return {
            "target": self.connection.base_url,
            "app": self.app,
            "org": None if self.org_file is None else _digest(self.org_file),
            "users": self.users,
            "groups": self.groups,
            "largest": self.largest,
            "seed": self.seed,
        }


def _digest(path: Path) -> str:
    """What is in a file: the ids that a journal has are right for no other; raises OSError."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:20]


@dataclass(slots=True)
class Outcome:
    """What a push has done."""

    users: int = 0
    users_done: int = 0
    groups: int = 0
    groups_done: int = 0
    requests: int = 0
    seconds: float = 0.0
    #: The open tasks, in the words of the console.
    tasks: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether everybody and everything is in the endpoint."""
        return not self.tasks and self.users_done == self.users and self.groups_done == self.groups

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "users": self.users,
            "users_done": self.users_done,
            "groups": self.groups,
            "groups_done": self.groups_done,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "requests_per_second": round(self.requests / self.seconds, 1) if self.seconds else 0,
            "tasks": self.tasks,
            "complete": self.is_complete,
        }


def prepare(org: OktaOrg, plan: Plan) -> Integration:
    """Fill the org and add its app; raises OrgFileError and UnknownAppError.

    A file without apps, and a generated org, gets one app, with Everyone
    assigned and every group pushed.
    """
    if plan.org_file is not None:
        org.load(plan.org_file)
    else:
        populate(org, users=plan.users, groups=plan.groups, seed=plan.seed, largest=plan.largest)
    if not org.integrations:
        app = org.add_app(plan.app).app
        app.toggles = Toggles(create_users=True, update_user_attributes=True, deactivate_users=True)
        app.planned = {
            "groups": [org.everyone.name],
            "push": [one.name for one in org.groups.values() if one is not org.everyone],
        }
    # A large push would fill the memory with what it has sent.
    org.integration.wire = WireLog(keep=_KEPT)
    return org.integration


async def push(
    org: OktaOrg,
    plan: Plan,
    *,
    journal: PushJournal | None = None,
    rounds: int = 0,
    progress: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Push the prepared org; ``rounds`` is how often what failed is retried, as by an admin."""
    integration = org.integration
    app = integration.app
    await integration.configure(plan.connection)
    apply_plan(app)
    if journal is not None:
        journal.take_up(app)
    outcome = Outcome(users=sum(1 for _ in app.assigned()), groups=len(app.pushed.mappings))

    def observe(subject: str, job: Job) -> None:
        if journal is not None:
            journal.note(app, subject, job)
        progress(outcome)

    integration.provisioner.observers.append(observe)
    began = time.perf_counter()
    await integration.settle()
    for _ in range(rounds):
        if not len(integration.tasks):
            break
        integration.retry()
        await integration.settle()
    outcome.seconds = time.perf_counter() - began
    outcome.requests = integration.wire.count
    outcome.users_done = sum(1 for one in app.assigned() if one.external_id)
    outcome.groups_done = sum(1 for one in app.pushed if one.last_push or one.pushed is not None)
    outcome.tasks = [one.message for one in integration.tasks]
    return outcome
