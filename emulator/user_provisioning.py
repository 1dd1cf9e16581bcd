"""What Okta does for one person's account: the calls and their order, for both wire profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from emulator.accounts import (
    DEACTIVATE,
    DELETE,
    DEPROVISION,
    IMPORT_PROFILE,
    PASSWORD,
    PROFILE,
    PUSH,
    REACTIVATE,
    SYNC,
    USERS,
    VERIFY,
    Accounts,
    JobError,
)
from emulator.application import AppUser, AppUserStatus, SyncState
from emulator.bodies import changed_values, created_body, merged_body
from emulator.replies import Found, RemoteError
from emulator.tasks import WireProfile

__all__ = ["JobError", "UserProvisioning"]


@dataclass(slots=True)
class UserProvisioning(Accounts):
    """The jobs of people."""

    # Jobs -----------------------------------------------------------------------------

    async def provision(self, known: AppUser) -> None:
        """Give a person an account: look for one, then create or link it."""
        app, name = self.app, self.app.user_name_of(known.user)
        known.sync_state = SyncState.SYNCING
        values = app.values_of(known.user)
        account = await self._look_up(known, name) or await self._remembered(known, name)
        if _has_lost_the_app(known):
            return
        if account is not None:
            await self._link(known, name, account, values)
        elif not app.toggles.create_users:
            raise self.error(known, "Matching user not found.", event=SYNC)
        else:
            await self._create(known, name, values)
        if _has_lost_the_app(known):
            return
        known.status, known.sync_state = AppUserStatus.ACTIVE, SyncState.SYNCHRONIZED
        known.before, known.error = None, ""
        self.log.success(SYNC, app.label, name)
        if app.behaviours.push_after_join:
            app.pushed.account_appeared(known.user)

    async def push_profile(self, known: AppUser) -> None:
        """Send what has changed of a person."""
        if known.external_id is None or not self.app.toggles.update_user_attributes:
            return
        known.sync_state = SyncState.SYNCING
        values, name = self.app.values_of(known.user), self.app.user_name_of(known.user)
        uses_patch = self.app.behaviours.user_patch and self.app.profile is WireProfile.OIN
        try:
            if await self._moved_on(known, name):
                return
            if uses_patch and known.before is not None:
                await self._patch_profile(known, name, values, known.before)
            else:
                await self._put_profile(known, name, values)
        except JobError as problem:
            if not self._is_to_begin_anew(problem):
                raise
            known.external_id = None
            await self.provision(known)
            return
        known.sync_state, known.before, known.error = SyncState.SYNCHRONIZED, None, ""
        self.log.success(PROFILE, self.app.label, name)

    async def push_password(self, known: AppUser) -> None:
        """Send a password that the person has just set."""
        password = known.password
        if known.external_id is None or password is None or not self.app.toggles.sync_password:
            known.password = None
            return
        if self.app.profile is WireProfile.OIN:
            await self.patch(known, {"password": password}, "push password for", PASSWORD)
        else:
            body = await self.read(known, "push password for", PASSWORD)
            name, values = self.app.user_name_of(known.user), self.app.values_of(known.user)
            body = self._merged(known, body, name, values) | {"password": password}
            await self.put(known, body, "push password for", PASSWORD)
        if known.password == password:
            known.password = None
        self.log.success(PASSWORD, self.app.label, self.app.user_name_of(known.user))

    async def deprovision(self, known: AppUser) -> None:
        """Take a person's account away: deactivate it, and forget which it was."""
        if known.external_id is None and known.tried_as and self.app.toggles.deactivate_users:
            account = await self._look_up(known, known.tried_as)
            known.external_id = None if account is None else str(account["id"])
        known.tried_as = None
        if known.external_id is not None and self.app.toggles.deactivate_users:
            try:
                if self.app.behaviours.delete_users:
                    await self._delete(known)
                else:
                    await self._set_active(known, False, DEACTIVATE)
                    self.log.success(DEACTIVATE, self.app.label, known.user)
            except JobError:
                known.sync_state = SyncState.ERROR
                raise
            self.log.success(DEPROVISION, self.app.label, known.user)
        known.external_id = None
        if known.status is AppUserStatus.REVOKED:
            known.status, known.sync_state = AppUserStatus.DEPROVISIONED, SyncState.SYNCHRONIZED
            if known.user not in self.app.directory.users:
                self.app.users.pop(known.user, None)

    # Parts ----------------------------------------------------------------------------

    async def _look_up(self, known: AppUser, name: str) -> dict[str, Any] | None:
        """The account of that name, or None when there is none."""
        okta = f"Error while verifying if user {name} exists"
        try:
            listed = self.client.found(await self.client.find_users(*self._asked(known, name)))
        except RemoteError as problem:
            # The documentation takes 404 for "not there" too.
            if problem.status == HTTPStatus.NOT_FOUND:
                return None
            raise self.failed(known, okta, problem, SYNC) from None
        if not listed.resources:
            return None
        self._warn_of_several(known, okta, name, listed)
        account = listed.resources[0]
        self._require(known, f"{okta}: the user that was found", account, SYNC)
        holder = self._holder(known, account)
        if holder is not None:
            told = f"{okta}: the user that was found is the account of {holder}"
            raise self.error(known, told, event=SYNC)
        return account

    def _holder(self, known: AppUser, account: Mapping[str, Any]) -> str | None:
        """Whose account this is, when it is somebody else's."""
        if account.get("externalId") == known.user:
            return None
        users = self.app.users.values()
        holder = next((one.user for one in users if one.external_id == account["id"]), known.user)
        if holder == known.user:
            return None
        person = self.app.directory.users.get(holder)
        return person.login if person else holder

    async def _remembered(self, known: AppUser, name: str) -> dict[str, Any] | None:
        """An account that may be there under another name, because a job before this failed."""
        if known.external_id is not None:
            try:
                return await self.read(known, "import profile of", IMPORT_PROFILE)
            except JobError as problem:
                if problem.cause is None or problem.cause.status != HTTPStatus.NOT_FOUND:
                    raise
                known.external_id = None
        if known.tried_as in {None, name}:
            return None
        return await self._look_up(known, str(known.tried_as))

    def _asked(self, known: AppUser, name: str) -> tuple[str, str]:
        """What a lookup compares: an attribute, and the value of the person's that goes with it."""
        connection = self.app.connection
        identifier = connection.unique_identifier if connection else "userName"
        value = name
        if identifier != "userName" and known.user in self.app.directory.users:
            value = str(self.app.values_of(known.user).get(identifier, name))
        is_fixed = self.app.behaviours.lookup_attribute == "userName"
        return ("userName" if is_fixed else identifier), value

    def _warn_of_several(self, known: AppUser, okta: str, name: str, listed: Found) -> None:
        """More than one account of a name: take the first, or fail."""
        count = max(len(listed.resources), listed.total)
        if count < 2:
            return
        told = f"{count} users were found"
        if self.app.behaviours.several_matches == "error":
            raise self.error(known, f"{okta}: {told}", event=SYNC)
        self.log.warning(VERIFY, told, self.app.label, name)

    def _require(self, known: AppUser, what: str, account: Mapping[str, Any], event: str) -> None:
        """An account must have an id, and where the app is strict, more."""
        if not isinstance(account.get("id"), str) or not account["id"]:
            raise self.error(known, f"{what} has no id", event=event)
        if self.app.behaviours.strict_resources:
            for key in ("schemas", "userName", "active"):
                if key not in account:
                    raise self.error(known, f"{what} has no {key}", event=event)

    async def _create(self, known: AppUser, name: str, values: Mapping[str, Any]) -> None:
        person = self.app.directory.users[known.user]
        body = created_body(
            self.app.mappings,
            values,
            user_name=name,
            external_id=person.id,
            password=self.ids.password() if self.app.behaviours.create_password else None,
        )
        okta = f"Error while creating user {values.get('displayName') or person.name}"
        known.tried_as = name
        try:
            reply = await self.client.create_user(body)
        except RemoteError as problem:
            if problem.is_refusal:
                known.tried_as = None
            raise self.failed(known, okta, problem, PUSH) from None
        made = reply.resource
        if not made:
            raise self.error(known, f"{okta}: Create new user returned empty user.", event=PUSH)
        self._require(known, f"{okta}: the user that was created", made, PUSH)
        if reply.status != HTTPStatus.CREATED and self.app.behaviours.create_status == "201":
            raise self.error(known, f"{okta}: the answer was {reply.status}", event=PUSH)
        known.external_id, known.tried_as = made["id"], None
        if known.is_assigned:
            known.status = AppUserStatus.PROVISIONED
        self.log.success(PUSH, self.app.label, name)

    async def _link(
        self, known: AppUser, name: str, account: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Adopt an account that is there: activate it if need be, then send the profile."""
        toggles, behaviours = self.app.toggles, self.app.behaviours
        is_inactive = account.get("active") is False
        if is_inactive and not toggles.deactivate_users:
            raise self.error(known, "User account is inactive", event=REACTIVATE)
        known.external_id, known.tried_as = str(account["id"]), None
        if toggles.deactivate_users and (is_inactive or behaviours.reactivate_on_link == "always"):
            await self._set_active(known, True, REACTIVATE)
            self.log.success(REACTIVATE, self.app.label, name)
        if toggles.update_user_attributes:
            await self._put_profile(known, name, values)
            self.log.success(PROFILE, self.app.label, name)
        else:
            await self.read(known, "import profile of", IMPORT_PROFILE)
            self.log.success(IMPORT_PROFILE, self.app.label, name)

    async def _set_active(self, known: AppUser, active: bool, event: str) -> None:
        """Activate or deactivate an account, and see that an activation took."""
        what = "reactivate" if active else "deactivate"
        if self.app.profile is WireProfile.OIN:
            answer = await self._patch_active(known, active, what, event)
        else:
            answer = await self._put_active(known, active, what, event)
        if not active:
            return
        if answer is None or "active" not in answer or self._reads_again:
            answer = await self.read(known, what, event)
        if answer.get("active") is False:
            failure = self.error(
                known,
                f"User {self.app.user_name_of(known.user)} provision to app failed due to delay "
                "in reactivating remote User. Rescheduling provision job.",
                event=event,
            )
            failure.again_in = self.app.behaviours.reactivation_seconds
            raise failure

    @property
    def _reads_again(self) -> bool:
        return self.app.behaviours.reactivation_read == "get"

    async def _patch_active(
        self, known: AppUser, active: bool, what: str, event: str
    ) -> dict[str, Any] | None:
        if self.app.behaviours.get_before_patch:
            await self.read(known, what, event)
        try:
            return await self.patch(known, {"active": active}, what, event)
        except JobError as problem:
            refused = problem.cause is not None and problem.cause.status == 501
            if not refused or not self.app.behaviours.put_fallback:
                raise
        return await self._put_active(known, active, what, event)

    async def _put_active(
        self, known: AppUser, active: bool, what: str, event: str
    ) -> dict[str, Any] | None:
        body = await self.read(known, what, event)
        return await self.put(known, {**body, "active": active}, what, event)

    async def _delete(self, known: AppUser) -> None:
        """Granular deprovisioning; an account that is gone already is no error."""
        try:
            await self.client.delete(USERS, str(known.external_id))
        except RemoteError as problem:
            if problem.status != HTTPStatus.NOT_FOUND:
                raise self.while_doing(known, "delete", problem, DELETE) from None
        self.log.success(DELETE, self.app.label, known.user)

    async def _moved_on(self, known: AppUser, name: str) -> bool:
        """Whether a new username has led to a new account, as some apps were seen to do."""
        if self.app.behaviours.username_change != "new-account" or known.before is None:
            return False
        if known.before.get("userName") in {None, name}:
            return False
        if self.app.toggles.deactivate_users:
            await self._set_active(known, False, DEACTIVATE)
            self.log.success(DEACTIVATE, self.app.label, known.user)
        known.external_id = known.before = None
        await self.provision(known)
        return True

    def _is_to_begin_anew(self, problem: JobError) -> bool:
        gone = problem.cause is not None and problem.cause.status == HTTPStatus.NOT_FOUND
        return gone and self.app.behaviours.vanished_account == "provision"

    async def _patch_profile(
        self, known: AppUser, name: str, values: Mapping[str, Any], before: Mapping[str, Any]
    ) -> None:
        changes = changed_values(self.app.mappings, before, values, self.app.behaviours.cleared)
        if not self.app.toggles.exclude_username_updates and before.get("userName", name) != name:
            changes = {"userName": name, **changes}
        if changes:
            await self.patch(known, changes, "push profile update for", PROFILE)

    async def _put_profile(self, known: AppUser, name: str, values: Mapping[str, Any]) -> None:
        try:
            body = await self.read(known, "push profile update for", PROFILE)
            merged = self._merged(known, body, name, values)
            await self.put(known, merged, "push profile update for", PROFILE)
        finally:
            # What changed meanwhile is compared with values that may not have arrived.
            known.before = None

    def _merged(
        self, known: AppUser, body: Mapping[str, Any], name: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        return merged_body(
            body,
            self.app.mappings,
            values,
            user_name=None if self.app.toggles.exclude_username_updates else name,
            external_id=known.user,
            active=True,
            cleared=self.app.behaviours.cleared,
            echo_non_primary=self.app.behaviours.echo_non_primary,
        )


def _has_lost_the_app(known: AppUser) -> bool:
    """Asked after every wait: the person may have been unassigned meanwhile."""
    return not known.is_assigned
