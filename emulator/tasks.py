"""What an admin sees when something failed: tasks on the dashboard, and the System Log."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from emulator.clock import Clock, stamp


class WireProfile(StrEnum):
    """The two ways in which Okta's one SCIM client speaks.

    ``oin``: an app of the catalogue, or a SCIM 2.0 template: PATCH for status,
    password and groups.  ``aiw``: an app of the integration wizard: PUT only.
    """

    OIN = "oin"
    AIW = "aiw"


@dataclass(slots=True)
class Task:
    """Something that failed and waits for an admin."""

    subject: str
    job: str
    message: str
    created: float
    attempts: int = 1

    @property
    def dated(self) -> str:
        """The message as the list of failed pushes has it: ``Failed on 04-02-2025 … UTC: …``."""
        when = datetime.fromtimestamp(self.created, UTC)
        return f"Failed on {when:%m-%d-%Y %I:%M:%S%p} UTC: {self.message}"


class Tasks:
    """Dashboard > Tasks: one open entry per subject and job."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], Task] = {}

    def __iter__(self) -> Iterator[Task]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    def fail(self, subject: str, job: str, message: str, now: float) -> Task:
        """Open a task, or note that the same thing failed again."""
        known = self._open.get((subject, job))
        if known is None:
            known = self._open[subject, job] = Task(subject, job, message, now)
        else:
            known.message, known.attempts = message, known.attempts + 1
        return known

    def is_open(self, subject: str, job: str) -> bool:
        """Whether this waits for an admin."""
        return (subject, job) in self._open

    def settle(self, subject: str, *jobs: str) -> None:
        """What had failed is done now."""
        for job in jobs:
            self._open.pop((subject, job), None)

    def drop(self, subject: str) -> None:
        """The subject is gone, and so are its tasks."""
        for key in [one for one in self._open if one[0] == subject]:
            del self._open[key]


# System Log ---------------------------------------------------------------------------

#: Event types and their texts.  https://developer.okta.com/docs/okta-event-types.csv
EVENTS = {
    "application.provision.user.push": "Push new user to external application",
    "application.provision.user.push_profile": "Push user's profile to external application",
    "application.provision.user.push_password": "Push user's password to external application",
    "application.provision.user.sync": "Sync user in external application",
    "application.provision.user.verify_exists": "Verify user exists in external application",
    "application.provision.user.deactivate": "Push user deactivation to external application",
    "application.provision.user.reactivate": "Push user reactivation in external application",
    "application.provision.user.activate": "Activate user's application membership",
    "application.provision.user.deprovision": "Deprovision user from external application",
    "application.provision.user.delete": "Delete user from external application",
    "application.provision.user.import_profile": "Import profile from external application",
    "application.provision.group.add": "Create group in external application",
    "application.provision.group.update": "Update group in external application",
    "application.provision.group.remove": "Remove group from external application",
    "application.provision.group.verify_exists": "Verify group exists in external application",
    "application.provision.group_membership.update": "Update memberships in external application",
    "application.provision.group_push.pushed": "Push group to external application",
    "application.provision.group_push.updated": "Update pushed group in external application",
    "application.provision.group_push.removed": "Remove pushed group from external application",
    "application.provision.group_push.push_memberships": "Push memberships of a group",
    "application.provision.group_push.activate_mapping": "Activate group push mapping",
    "application.provision.group_push.deactivate_mapping": "Deactivate group push mapping",
    "application.provision.group_push.delete_appgroup": "Delete the group in the application",
    "application.provision.group_push.mapping.created": "Create group push mapping",
    "application.provision.group_push.mapping.app.group.renamed": "Rename the application's group",
    "application.provision.group_push.mapping.deactivated.source.group.renamed": (
        "Deactivate group push mapping: the source group was renamed"
    ),
    "application.provision.group_push.mapping.update.or.delete.failed": (
        "Update or delete of a pushed group failed; it will be retried"
    ),
    "application.provision.group_push.mapping.update.or.delete.failed.with.error": (
        "Update or delete of a pushed group failed; it will not be retried"
    ),
    "application.provision.group_push.mapping.created.from.rule.warning.duplicate.name": (
        "A push rule found a group whose name is taken"
    ),
    "app.user_management.grouppush.mapping.okta.users.ignored": (
        "Members without an account were skipped"
    ),
    "application.integration.authentication_failure": "Authenticate to the application",
    "application.integration.rate_limit_exceeded": "The application's rate limit was exceeded",
    "system.import.start": "Import started",
    "system.import.complete": "Import complete",
    "system.import.roadblock": "Import stopped by the safeguard",
}


# Not frozen, which takes longer to make; there are several for every account.
@dataclass(slots=True)
class Event:
    """A line of the System Log."""

    moment: float
    event_type: str
    result: str
    reason: str | None
    target: tuple[str, ...]
    app: str

    @property
    def published(self) -> str:
        """When it was, as Okta writes it."""
        return stamp(self.moment)

    @property
    def _severity(self) -> str:
        if self.result == "FAILURE":
            return "ERROR"
        return "INFO" if self.reason is None else "WARN"

    def to_json(self) -> dict[str, Any]:
        """As the System Log API shows it, as far as the emulator has it."""
        return {
            "published": self.published,
            "eventType": self.event_type,
            "displayMessage": EVENTS.get(self.event_type, self.event_type),
            "severity": self._severity,
            "outcome": {"result": self.result, "reason": self.reason},
            "target": [{"alternateId": one} for one in self.target],
            "debugContext": {"debugData": {"appname": self.app}},
        }


class SystemLog:
    """The last events of the org."""

    def __init__(self, clock: Clock, keep: int = 20_000) -> None:
        self._clock = clock
        self.events: deque[Event] = deque(maxlen=keep)

    def success(self, event_type: str, app: str, *target: str) -> None:
        """Something was done."""
        self._add(event_type, "SUCCESS", None, app, target)

    def warning(self, event_type: str, reason: str, app: str, *target: str) -> None:
        """Something was done that an admin should look at."""
        self._add(event_type, "SUCCESS", reason, app, target)

    def failure(self, event_type: str, reason: str | None, app: str, *target: str) -> None:
        """Something was not done; Okta has no reason for a list of the wrong shape."""
        self._add(event_type, "FAILURE", reason, app, target)

    def _add(
        self, event_type: str, result: str, reason: str | None, app: str, target: tuple[str, ...]
    ) -> None:
        self.events.append(Event(self._clock.now(), event_type, result, reason, target, app))

    def of(self, event_type: str) -> list[Event]:
        """The events of one type."""
        return [one for one in self.events if one.event_type == event_type]
