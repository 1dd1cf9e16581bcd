"""A SCIM app integration: toggles, mappings, assignments and pushed groups; pure, in memory.

It hears of every change in the org, decides what that means for its accounts
and groups, and puts jobs into its queue.  ``provisioner.py`` does them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.app_users import (
    ASSIGNED_BEFORE,
    AppUser,
    AppUserStatus,
    GroupAssignment,
    SyncState,
)
from emulator.app_values import USER_NAME_FORMATS, AppValues, Before
from emulator.assignments import Assignments
from emulator.attributes import KANTEGA_MAPPINGS, TEMPLATE_MAPPINGS, AttributeMapping
from emulator.behaviours import Behaviours
from emulator.changes import (
    Activated,
    Change,
    Deactivated,
    Deleted,
    GroupCreated,
    GroupDeleted,
    GroupRenamed,
    MembershipChanged,
    PasswordChanged,
    ProfileChanged,
)
from emulator.connection import Connection
from emulator.directory import Directory, DirectoryError, User
from emulator.expressions import Expression
from emulator.mapping_table import altered, removed
from emulator.push_groups import PushGroups
from emulator.queue import Job, Queue
from emulator.tasks import WireProfile

__all__ = [
    "ASSIGNED_BEFORE",
    "CATALOGUE",
    "USER_NAME_FORMATS",
    "AppUser",
    "AppUserStatus",
    "Application",
    "GroupAssignment",
    "SyncState",
    "Toggles",
]


@dataclass(slots=True)
class Toggles:
    """To App: what the app may do in the endpoint; all off until the admin says otherwise.

    A toggle that is switched on later acts on what comes after: nothing is
    sent for what has been.  Provision User, Retry Selected and Force Sync are
    how an admin catches up.
    """

    create_users: bool = False
    update_user_attributes: bool = False
    deactivate_users: bool = False
    sync_password: bool = False
    exclude_username_updates: bool = False


class Application(Assignments):
    """One app of the org."""

    def __init__(
        self,
        directory: Directory,
        label: str,
        *,
        profile: WireProfile = WireProfile.OIN,
        mappings: tuple[AttributeMapping, ...] = TEMPLATE_MAPPINGS,
        behaviours: Behaviours = Behaviours(),
        user_name_format: str = "okta-username",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.id = directory.ids.make("0oa")
        self.label = label
        self.profile = profile
        self.behaviours = behaviours
        self.connection: Connection | None = None
        self.is_active = True
        self.toggles = Toggles()
        self.users: dict[str, AppUser] = {}
        self.values = AppValues(directory, mappings, user_name_format, settings or {}, self.users)
        self.queue = Queue()
        self.pushed = PushGroups(self)
        self.catalogue_name = "oin"
        #: Groups of the endpoint that an import has found: id → name.
        self.target_groups: dict[str, str] = {}
        #: What the file of the org wants assigned and pushed once there is a connection.
        self.planned: dict[str, Any] = {}
        directory.listeners.append(self.react)

    # Integration ----------------------------------------------------------------------

    @property
    def is_provisioning(self) -> bool:
        """Whether API integration is enabled, so that anything is sent at all."""
        return self.connection is not None and self.is_active

    def enable(self, connection: Connection) -> None:
        """Enable API integration; who was assigned before is not provisioned by that."""
        self.connection = connection

    def disable(self) -> None:
        """Disable API integration: nothing is sent any more."""
        self.connection = None
        self._forget_jobs()

    def deactivate(self) -> None:
        """Deactivate the app: nothing is sent, and nobody's assignment changes."""
        self.is_active = False
        self._forget_jobs()

    def activate(self) -> None:
        """Activate the app again."""
        self.is_active = True

    def _forget_jobs(self) -> None:
        self.queue.clear()
        for known in self.users.values():
            if known.status is AppUserStatus.REVOKED:
                self._end(known)
            elif known.external_id is None and known.is_assigned:
                known.sync_state, known.error = SyncState.DISABLED, ASSIGNED_BEFORE
        self.pushed.forget_leaving()

    def features(self) -> list[str]:
        """The features of the app, in the words of the Management API."""
        toggles = self.toggles
        found = {
            "PUSH_NEW_USERS": toggles.create_users,
            "PUSH_USER_DEACTIVATION": toggles.deactivate_users,
            "SCIM_PROVISIONING": True,
            "GROUP_PUSH": True,
            "REACTIVATE_USERS": toggles.deactivate_users,
            "PUSH_PROFILE_UPDATES": toggles.update_user_attributes,
            "PUSH_PASSWORD_UPDATES": toggles.sync_password,
            "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH": toggles.exclude_username_updates,
        }
        return [name for name, is_on in found.items() if is_on] if self.is_provisioning else []

    # Mappings -------------------------------------------------------------------------

    @property
    def mappings(self) -> tuple[AttributeMapping, ...]:
        """The rows of the mapping table."""
        return self.values.rows

    @mappings.setter
    def mappings(self, rows: tuple[AttributeMapping, ...]) -> None:
        self.values.rows = rows

    @property
    def settings(self) -> dict[str, str]:
        """The app's own settings, which expressions see as ``app``."""
        return self.values.settings

    @property
    def user_name(self) -> Expression:
        """What gives a person's username."""
        return self.values.user_name

    def use_user_name_format(self, name: str, *, apply_now: bool = False) -> None:
        """Sign On > Application username format: a known one, or an expression."""
        with self._compared(self._all(apply_now)):
            self.values.use_format(name)

    def add_mapping(self, row: AttributeMapping, *, apply_now: bool = False) -> None:
        """Map one attribute more; ``apply_now`` pushes it to the accounts there are.

        Raises MappingError.
        """
        with self._compared(self._all(apply_now)):
            self.values.add_row(row)

    def remove_mapping(self, variable: str, *, apply_now: bool = False) -> None:
        """Map an attribute no more; raises MappingError for a base attribute."""
        with self._compared(self._all(apply_now)):
            self.mappings = removed(self.mappings, variable)

    def alter_mapping(self, variable: str, *, apply_now: bool = False, **changes: str) -> None:
        """Give a row another ``expression``, ``apply`` or ``scope``; raises MappingError."""
        with self._compared(self._all(apply_now)):
            self.mappings = altered(self.mappings, variable, **changes)

    def _all(self, apply_now: bool) -> Iterable[str]:
        return tuple(self.users) if apply_now else ()

    # Values ---------------------------------------------------------------------------

    def values_of(self, user_id: str, profile: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The app's attributes of a person; raises MappingError.

        ``profile`` stands for the person's own, to see what an earlier one gave.
        """
        return self.values.values(user_id, Before(profile))

    def user_name_of(self, user_id: str) -> str:
        """The name by which the endpoint knows a person; raises MappingError."""
        return self.values.name(user_id)

    # Changes in the org ---------------------------------------------------------------

    def react(self, change: Change) -> None:
        """Decide what a change in the org means for this app."""
        match change:
            case MembershipChanged(group, user, joined):
                self._membership_changed(group, user, joined)
            case ProfileChanged(user, before):
                self._value_change(user, Before(before))
            case PasswordChanged(user, password):
                self._password_changed(user, password)
            case Activated(user):
                self._activated(user)
            case Deactivated(user):
                self._deactivated(user)
            case Deleted(user):
                self._deleted(user)
            case GroupCreated(group):
                self.pushed.group_appeared(group)
            case GroupRenamed(group, name_before):
                self.pushed.group_renamed(group, name_before)
            case GroupDeleted(group, _, members):
                self._group_deleted(group, members)

    def _membership_changed(self, group: str, user: str, joined: bool) -> None:
        known = self.users.get(user)
        had_it = known is not None and known.is_assigned
        if group in self.groups:
            if joined:
                self._join(user)
            else:
                self._leave(user)
        if had_it and (group in self.groups or self.values.asks_groups):
            self._value_change(user, Before(group=group))
        self.pushed.membership_changed(group)

    def _password_changed(self, user: str, password: str) -> None:
        known = self.users.get(user)
        if known and known.is_assigned and known.external_id and self.toggles.sync_password:
            known.password = password
            self._enqueue(known, Job.PASSWORD)

    def _deactivated(self, user: str) -> None:
        known = self.users.get(user)
        # https://support.okta.com: an app that is not active is left alone.
        if known is not None and known.is_assigned and self.is_active:
            self._revoke(known)

    def _deleted(self, user: str) -> None:
        # A deactivation that still waits is sent; deleting sends nothing more.
        known = self.users.get(user)
        if known is not None and known.status is not AppUserStatus.REVOKED:
            del self.users[user]

    def _group_deleted(self, group: str, members: tuple[str, ...]) -> None:
        if group in self.groups:
            with self._compared(members, Before(group=group)):
                self._take_from_group(group)
            for member in members:
                self._leave(member)
        self.pushed.group_deleted(group)

    def _activated(self, user_id: str) -> None:
        known = self.users.get(user_id)
        if known is not None and known.status is AppUserStatus.PENDING:
            known.status = AppUserStatus.STAGED
            self._enqueue(known, Job.PROVISION)
        elif self._is_in_assigned_group(user_id):
            self._join(user_id)

    # What the console shows -----------------------------------------------------------

    def assigned(self) -> Iterator[AppUser]:
        """The people who have the app."""
        return (one for one in self.users.values() if one.is_assigned)

    def app_user(self, user: str | User) -> AppUser:
        """A person's assignment; raises DirectoryError when there never was one."""
        person = self.directory.user(user)
        known = self.users.get(person.id)
        if known is None:
            raise DirectoryError(f"{person.login} was never assigned to {self.label}")
        return known


#: The apps of the catalogue that the emulator knows: label, wire profile, mapping rows.
CATALOGUE: dict[str, tuple[str, WireProfile, tuple[AttributeMapping, ...]]] = {
    "kantega": ("Kantega SSO", WireProfile.OIN, KANTEGA_MAPPINGS),
    "oin": ("SCIM 2.0 Test App (OAuth Bearer Token)", WireProfile.OIN, TEMPLATE_MAPPINGS),
    "aiw": ("Custom SAML app with SCIM", WireProfile.AIW, TEMPLATE_MAPPINGS),
}
