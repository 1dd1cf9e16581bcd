"""An app that is connected to nothing: its jobs are looked at, and taken for done."""

from __future__ import annotations

from typing import Any

from emulator.application import Application, AppUserStatus, SyncState, Toggles
from emulator.connection import Connection, Credentials, connection
from emulator.directory import Directory, User
from emulator.org import OktaOrg
from emulator.queue import Job

#: The toggles of the guide.
GUIDE = {"create_users": True, "update_user_attributes": True, "deactivate_users": True}


def somewhere(*, import_groups: bool = False) -> Connection:
    """A connection that is never opened."""
    credentials = Credentials(secret="token-of-the-test-7d1f")
    return connection("https://scim.example/v2", credentials, import_groups=import_groups)


def connected(name: str = "oin") -> tuple[OktaOrg, Application]:
    """An org with one connected app, its toggles as in the guide."""
    org = OktaOrg()
    app = org.add_app(name).app
    app.toggles = Toggles(**GUIDE)
    app.enable(somewhere())
    return org, app


def done(app: Application) -> list[tuple[str, Job]]:
    """Take every job for done, and say which there were: login or group name, and job."""
    found: list[tuple[str, Job]] = []
    while wave := app.queue.wave():
        for subject, jobs in wave.items():
            for job in jobs:
                found.append((_name(app, subject), job))
                _take_for_done(app, subject, job)
    return found


def _name(app: Application, subject: str) -> str:
    if subject in app.directory.users:
        return app.directory.users[subject].login
    if subject in app.pushed.mappings:
        return app.pushed.source_name(app.pushed.mappings[subject])
    return subject


def _take_for_done(app: Application, subject: str, job: Job) -> None:
    if job.is_of_group:
        mapping = app.pushed.mappings[subject]
        if job is Job.DELETE:
            app.pushed.forget(mapping)
            return
        mapping.target_id = mapping.target_id or f"group-{subject}"
        mapping.pushed = dict.fromkeys(app.pushed.eligible(mapping))
        mapping.target_name = app.pushed.source_name(mapping)
        mapping.last_push = 1.0
        return
    known = app.users[subject]
    if job is Job.DEPROVISION:
        known.external_id = None
        if known.status is AppUserStatus.REVOKED:
            known.status = AppUserStatus.DEPROVISIONED
        return
    known.external_id = known.external_id or f"account-{subject}"
    known.status, known.sync_state = AppUserStatus.ACTIVE, SyncState.SYNCHRONIZED
    known.before = None


def person(org: Directory, first: str = "Ada", **values: Any) -> User:
    """Somebody whose login is short."""
    return org.create_user(first, "X", login=f"{first.lower()}@example.com", **values)
