"""The Assignments tab: who has an app, directly or through groups, and with which values.

A direct assignment is above that of groups; among groups the one of the
highest priority decides.  https://help.okta.com (manage assignments)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from emulator.app_users import (
    ASSIGNED_BEFORE,
    GROUP,
    USER,
    AppUser,
    AppUserStatus,
    GroupAssignment,
    SyncState,
)
from emulator.app_values import NOW, AppValues, Before, Sent
from emulator.attributes import Scope
from emulator.behaviours import Behaviours
from emulator.directory import Directory, DirectoryError, Group, User, UserStatus
from emulator.queue import Job, Queue

if TYPE_CHECKING:
    from emulator.application import Toggles


class Assignments:
    """The assignments of one app; the rest of the app is ``Application``."""

    behaviours: Behaviours
    directory: Directory
    label: str
    toggles: Toggles
    users: dict[str, AppUser]
    values: AppValues
    queue: Queue

    @property
    def is_provisioning(self) -> bool:
        """Whether API integration is enabled, so that anything is sent at all."""
        raise NotImplementedError

    @property
    def groups(self) -> dict[str, GroupAssignment]:
        """The assigned groups, in the order of their priority."""
        return self.values.groups

    # People ---------------------------------------------------------------------------

    def assign(self, user: str | User, **values: Any) -> AppUser:
        """Assign the app to a person; ``values`` are typed into the form of the assignment.

        Somebody who has it through a group has it directly from now on.
        Raises DirectoryError for somebody who is deactivated.
        """
        person = self.directory.user(user)
        given = self.values.checked(values, of_group=False)
        if person.status is UserStatus.DEPROVISIONED:
            raise DirectoryError(f"{person.login} is deactivated and can't be assigned an app")
        known = self.users.get(person.id)
        if known is None or not known.is_assigned:
            return self._begin(person.id, USER, given)
        with self._compared((person.id,)):
            known.scope = USER
            self._type(known, given)
        return known

    def edit(self, user: str | User, **values: Any) -> AppUser:
        """Type other values into a person's assignment; None takes one back.

        Raises DirectoryError for the attribute of a group, where a group assigns the app.
        """
        known = self._assigned(user)
        given = self.values.checked(values, of_group=False)
        if known.scope == GROUP:
            of_groups = {row.variable for row in self.values.rows if row.scope is Scope.GROUP}
            wrong = of_groups & set(given)
            if wrong:
                raise DirectoryError(
                    f"attribute {min(wrong)!r} is decided by the group that assigns the app; "
                    "edit that assignment, or convert this one to a direct one"
                )
        with self._compared((known.user,)):
            self._type(known, given)
        return known

    @staticmethod
    def _type(known: AppUser, given: dict[str, Any]) -> None:
        merged = {**(known.given or {}), **given}
        known.given = {name: one for name, one in merged.items() if one is not None} or None

    def convert_to_group(self, user: str | User) -> AppUser:
        """Convert Assignments: a direct one becomes that of a group, which decides its values."""
        known = self._assigned(user)
        if not self._is_in_assigned_group(known.user):
            login = self.directory.users[known.user].login
            raise DirectoryError(f"{login} is in no group that is assigned to {self.label}")
        with self._compared((known.user,)):
            known.scope, known.given = GROUP, None
        return known

    def convert_to_direct(self, user: str | User) -> AppUser:
        """Convert Assignments: that of a group becomes a direct one, which keeps its values."""
        known = self._assigned(user)
        if known.scope == GROUP:
            known.given = self.values.given(known.user) or None
            known.scope = USER
        return known

    def unassign(self, user: str | User) -> None:
        """Take the app from a person; somebody in an assigned group keeps it through that.

        Raises DirectoryError for somebody who has it through a group only.
        """
        known = self._assigned(user)
        in_group = self._is_in_assigned_group(known.user)
        if in_group and known.scope == GROUP:
            login = self.directory.users[known.user].login
            raise DirectoryError(
                f"{login} has {self.label} through a group; take the person out of the group, or "
                "the app from the group"
            )
        if in_group:
            self.convert_to_group(known.user)
        else:
            self._revoke(known)

    def _assigned(self, user: str | User) -> AppUser:
        person = self.directory.user(user)
        known = self.users.get(person.id)
        if known is None or not known.is_assigned:
            raise DirectoryError(f"{person.login} is not assigned to {self.label}")
        return known

    def provision(self, user: str | User) -> None:
        """Provision User: for somebody who was assigned before provisioning was on."""
        known = self._assigned(user)
        if not self.is_provisioning:
            raise DirectoryError(f"{self.label}: enable API integration before provisioning users")
        if not self.directory.users[known.user].may_have_accounts:
            known.status, known.sync_state = AppUserStatus.PENDING, SyncState.OUT_OF_SYNC
            known.error = ""
            return
        known.sync_state, known.error = SyncState.OUT_OF_SYNC, ""
        self._enqueue(known, Job.PROVISION)

    def adopt(self, user: str | User, account: str) -> AppUser:
        """A person has an account already, which is as it should be: nothing is sent.

        Raises DirectoryError for a person who is deactivated, or has another account.
        """
        person = self.directory.user(user)
        if person.status is UserStatus.DEPROVISIONED:
            raise DirectoryError(f"{person.login} is deactivated and can't be assigned an app")
        known = self.users.get(person.id)
        if known is None or not known.is_assigned:
            known = self.users[person.id] = AppUser(person.id, USER)
        elif known.external_id not in {None, account}:
            raise DirectoryError(f"{person.login} has the account {known.external_id!r} already")
        self.queue.drop(person.id, Job.PROVISION)
        known.external_id, known.tried_as = account, None
        known.status, known.sync_state = AppUserStatus.ACTIVE, SyncState.SYNCHRONIZED
        known.error = ""
        return known

    def lose(self, known: AppUser) -> None:
        """An import did not find the account any more: the person has the app no more."""
        self.queue.drop(known.user, Job.PROVISION, Job.PROFILE, Job.PASSWORD)
        self._end(known)

    def force_sync(self) -> None:
        """Send the mapped attributes of every account again; creates none."""
        for known in self.users.values():
            if known.external_id and known.is_assigned:
                self._enqueue(known, Job.PROFILE)

    # Groups ---------------------------------------------------------------------------

    def assign_group(
        self, group: str | Group, *, priority: int | None = None, **values: Any
    ) -> GroupAssignment:
        """Assign the app to a group, Everyone included: every member gets it.

        ``priority`` 0 is the highest; without one the group comes last.  A
        group that is assigned already gets other values, and its place.
        """
        found = self.directory.group(group)
        given = self.values.checked(values, of_group=True)
        known = self.groups.get(found.id)
        with self._compared(self._concerned(found, given)):
            if known is None:
                known = self.groups[found.id] = GroupAssignment(found.id)
            known.values = _typed(known.values, given)
            self._place(known, len(self.groups) - 1 if priority is None else priority)
        for member in tuple(self.directory.members(found)):
            self._join(member)
        return known

    def unassign_group(self, group: str | Group) -> None:
        """Take the app from a group: members without another assignment lose their account."""
        found = self.directory.group(group)
        if found.id not in self.groups:
            raise DirectoryError(f"group {found.name!r} is not assigned to {self.label}")
        members = tuple(self.directory.members(found))
        with self._compared(self._concerned(found, {})):
            self._take_from_group(found.id)
        for member in members:
            self._leave(member)

    def update_group_assignment(self, group: str | Group, **values: Any) -> None:
        """Type other attribute values into the assignment of a group; None takes one back."""
        found = self.directory.group(group)
        if found.id not in self.groups:
            raise DirectoryError(f"group {found.name!r} is not assigned to {self.label}")
        given = self.values.checked(values, of_group=True)
        assignment = self.groups[found.id]
        with self._compared(tuple(self.directory.members(found))):
            assignment.values = _typed(assignment.values, given)

    def prioritize(self, group: str | Group, priority: int) -> None:
        """Move an assigned group up or down; 0 decides first."""
        found = self.directory.group(group)
        if found.id not in self.groups:
            raise DirectoryError(f"group {found.name!r} is not assigned to {self.label}")
        with self._compared(tuple(self.directory.members(found))):
            self._place(self.groups[found.id], priority)

    def _place(self, assignment: GroupAssignment, priority: int) -> None:
        others = [one for one in self.groups.values() if one is not assignment]
        others.insert(max(0, priority), assignment)
        self._order(others)

    def _order(self, assignments: list[GroupAssignment]) -> None:
        self.groups.clear()
        for place, one in enumerate(assignments):
            one.priority = place
            self.groups[one.group] = one

    def _take_from_group(self, group_id: str) -> None:
        self._order([one for one in self.groups.values() if one.group != group_id])

    def _concerned(self, group: Group, given: dict[str, Any]) -> tuple[str, ...]:
        """Whose values may be others when a group is assigned, or is no more."""
        if given or any(one.values for one in self.groups.values()):
            return tuple(self.directory.members(group))
        return ()

    # Inside ---------------------------------------------------------------------------

    def _begin(self, user_id: str, scope: str, values: dict[str, Any]) -> AppUser:
        last = self.users.get(user_id)
        known = self.users[user_id] = AppUser(user_id, scope, given=values or None)
        if last is not None and last.status is AppUserStatus.REVOKED:
            # The deactivation that still waits needs to know which account it is for.
            known.external_id, known.tried_as = last.external_id, last.tried_as
        if not self.is_provisioning:
            known.sync_state, known.error = SyncState.DISABLED, ASSIGNED_BEFORE
        elif not self.directory.users[user_id].may_have_accounts:
            known.status = AppUserStatus.PENDING
        else:
            self._enqueue(known, Job.PROVISION)
        return known

    def _revoke(self, known: AppUser) -> None:
        self.queue.drop(known.user, Job.PROVISION, Job.PROFILE, Job.PASSWORD)
        may_be_there = known.tried_as is not None and self.behaviours.look_before_revoke
        has_account = known.external_id is not None or may_be_there
        if not has_account or not self.is_provisioning:
            self._end(known)
        else:
            known.status = AppUserStatus.REVOKED
            self._enqueue(known, Job.DEPROVISION)

    @staticmethod
    def _end(known: AppUser) -> None:
        """The person has the app no more, and Okta forgets which account it was."""
        known.status, known.sync_state = AppUserStatus.DEPROVISIONED, SyncState.DISABLED
        known.external_id, known.before, known.password = None, None, None
        known.tried_as = None
        known.error = ""

    def _enqueue(self, known: AppUser, job: Job) -> None:
        if self.is_provisioning:
            self.queue.add(known.user, job)

    def _join(self, user_id: str) -> None:
        known = self.users.get(user_id)
        if known is not None and known.is_assigned:
            return
        if self.directory.users[user_id].status is not UserStatus.DEPROVISIONED:
            self._begin(user_id, GROUP, {})

    def _leave(self, user_id: str) -> None:
        known = self.users.get(user_id)
        if known is None or not known.is_assigned or known.scope == USER:
            return
        if not self._is_in_assigned_group(user_id):
            self._revoke(known)

    def _is_in_assigned_group(self, user_id: str) -> bool:
        return any(self.values.is_in(one, user_id) for one in self.groups)

    # Changes of values ----------------------------------------------------------------

    def _value_change(self, user_id: str, before: Before) -> None:
        """Push a profile when what the app gets of it is another now."""
        known = self.users.get(user_id)
        if known is not None and self._is_pushed(known):
            self._push_if_changed(known, self._sent(user_id, before))

    @contextmanager
    def _compared(self, users: Iterable[str], before: Before = NOW) -> Iterator[None]:
        """Push the profiles of those for whom what happens inside makes a difference."""
        known = [self.users[one] for one in users if one in self.users]
        earlier = [(one, self._sent(one.user, before)) for one in known if self._is_pushed(one)]
        yield
        for one, sent in earlier:
            self._push_if_changed(one, sent)

    def _push_if_changed(self, known: AppUser, before: Sent) -> None:
        if self._sent(known.user) == before:
            return
        if known.before is None and not isinstance(before, str):
            name, values = before
            known.before = {**values, "userName": name} if name else values
        known.sync_state = SyncState.OUT_OF_SYNC
        self._enqueue(known, Job.PROFILE)

    def _is_pushed(self, known: AppUser) -> bool:
        # An account that is being made right now was begun with the values of before.
        has_account = known.external_id is not None or known.sync_state is SyncState.SYNCING
        return self.toggles.update_user_attributes and has_account and known.is_assigned

    def _sent(self, user_id: str, before: Before = NOW) -> Sent:
        with_name = not self.toggles.exclude_username_updates
        return self.values.sent(user_id, before, with_name=with_name)


def _typed(values: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in {**values, **given}.items() if one is not None}
