"""The calls on one account, each failure of which becomes a job that failed in Okta's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.application import Application, AppUser
from emulator.bodies import in_object_order
from emulator.ids import Ids
from emulator.replies import RemoteError
from emulator.scim_client import OktaScimClient
from emulator.tasks import SystemLog

USERS = "/Users"
PUSH = "application.provision.user.push"
SYNC = "application.provision.user.sync"
PROFILE = "application.provision.user.push_profile"
DEACTIVATE = "application.provision.user.deactivate"
REACTIVATE = "application.provision.user.reactivate"
PASSWORD = "application.provision.user.push_password"  # noqa: S105  an event
IMPORT_PROFILE = "application.provision.user.import_profile"
VERIFY = "application.provision.user.verify_exists"
DEPROVISION = "application.provision.user.deprovision"
DELETE = "application.provision.user.delete"

#: What Okta says of a 401 that explains itself no further.
BAD_CREDENTIALS = (
    "The credentials used to connect to the API were invalid; please check your configuration"
)


class JobError(Exception):
    """A job failed; ``message`` is what the task says, ``event`` what the System Log names."""

    def __init__(
        self, message: str, *, event: str, reason: str | None, cause: RemoteError | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.event = event
        self.reason = reason
        self.cause = cause
        #: Try again without an admin, after so many seconds.
        self.again_in: int | None = None


@dataclass(slots=True)
class Accounts:
    """Reads and writes accounts for one app."""

    app: Application
    client: OktaScimClient
    log: SystemLog
    ids: Ids

    async def read(self, known: AppUser, what: str, event: str) -> dict[str, Any]:
        """GET the account; raises JobError, also for an answer without a resource."""
        try:
            reply = await self.client.get(USERS, str(known.external_id))
        except RemoteError as problem:
            raise self.while_doing(known, what, problem, event) from None
        if reply.resource is None:
            raise self.while_doing(known, what, RemoteError("the user came back empty"), event)
        return reply.resource

    async def put(
        self, known: AppUser, body: Mapping[str, Any], what: str, event: str
    ) -> dict[str, Any] | None:
        """PUT the account; raises JobError."""
        if self.app.behaviours.put_order == "object":
            body = in_object_order(body)
        try:
            answer = (await self.client.put(USERS, str(known.external_id), body)).resource
        except RemoteError as problem:
            raise self.while_doing(known, what, problem, event) from None
        other = (answer or {}).get("id")
        if self.app.behaviours.changed_id == "adopt" and isinstance(other, str) and other:
            known.external_id = other
        return answer

    async def patch(
        self, known: AppUser, value: Mapping[str, Any], what: str, event: str
    ) -> dict[str, Any] | None:
        """PATCH the account without a path; raises JobError."""
        operation = {"op": "replace", "value": value}
        try:
            reply = await self.client.patch(USERS, str(known.external_id), operation)
        except RemoteError as problem:
            raise self.while_doing(known, what, problem, event) from None
        return reply.resource

    # Errors ---------------------------------------------------------------------------

    def while_doing(self, known: AppUser, what: str, problem: RemoteError, event: str) -> JobError:
        """The job failed while Okta was trying to do something."""
        person = self.app.directory.users.get(known.user)
        email = person.profile.get("email", "") if person else known.user
        return self.failed(known, f"Error while trying to {what} {email}", problem, event)

    def failed(self, known: AppUser, okta: str, problem: RemoteError, event: str) -> JobError:
        """The job failed because of what the endpoint answered."""
        return self.error(known, f"{okta}: {problem.text}", event=event, cause=problem)

    def error(
        self, known: AppUser, told: str, *, event: str, cause: RemoteError | None = None
    ) -> JobError:
        """The job failed; ``told`` follows the words that every such task begins with."""
        person = self.app.directory.users.get(known.user)
        name = self.app.user_name_of(known.user) if person else known.user
        if cause is not None and cause.is_unexplained_refusal:
            told = BAD_CREDENTIALS
        message = f"Automatic provisioning of user {name} to app {self.app.label} failed: {told}"
        reason = cause.text if cause is not None else told
        if cause is not None and not cause.reason_is_known:
            message, reason = message.removesuffix(": ") + ".", ""
        return JobError(message, event=event, reason=reason or None, cause=cause)
