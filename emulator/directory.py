"""The org's people, groups and memberships: pure, in memory; every change is told to the listeners.

Groups are filled by hand and by rules (``rules.py``).  ``Everyone`` is not filled: who has not
been deleted is in it.  Each person knows their groups and each group its members, so that no
question about one membership looks at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from emulator.changes import (
    Activated,
    Change,
    Deactivated,
    Deleted,
    GroupCreated,
    GroupDeleted,
    GroupRenamed,
    Listener,
    MembershipChanged,
    PasswordChanged,
    ProfileChanged,
)
from emulator.ids import Ids
from emulator.lifecycle import Act, DirectoryError, UserStatus, after
from emulator.profiles import BASE_ATTRIBUTES, ProfileSchema
from emulator.records import Group, GroupKind, User
from emulator.rules import BY_HAND, Rule, Rules

__all__ = [
    "BASE_ATTRIBUTES",
    "BY_HAND",
    "EVERYONE",
    "Directory",
    "DirectoryError",
    "Group",
    "GroupKind",
    "User",
    "UserStatus",
]

EVERYONE = "Everyone"
_BY_HAND_ONLY = (BY_HAND,)


class Directory:
    """The people and groups of one org."""

    def __init__(self, ids: Ids | None = None) -> None:
        self.ids = ids or Ids()
        self.schema = ProfileSchema()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.rules = Rules(self)
        self.listeners: list[Listener] = []
        self._by_login: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self.everyone = self._add_group(EVERYONE, "All users in your organization")
        self.everyone.kind = GroupKind.BUILT_IN

    def tell(self, change: Change) -> None:
        """Let every listener know, and then the rules, which may change more."""
        for listener in self.listeners:
            listener(change)
        self.rules.react(change)

    # People ---------------------------------------------------------------------------

    def add_attribute(self, name: str, data_type: str = "string") -> None:
        """Profile Editor > Add Attribute: a custom attribute of every person."""
        self.schema.add(name, data_type)

    def create_user(
        self,
        first_name: str,
        last_name: str,
        *,
        login: str | None = None,
        email: str | None = None,
        status: UserStatus = UserStatus.ACTIVE,
        activate: bool = True,
        **attributes: Any,
    ) -> User:
        """A new person, active unless ``activate`` is off or ``status`` says otherwise.

        ``login`` and ``email`` default to ``first.last@example.com``; more
        ``attributes`` are names of Okta's base profile, or custom ones.
        Raises DirectoryError for a login that is taken or is no address, and
        for an attribute that the profile does not have.
        """
        made = f"{first_name}.{last_name}@example.com".replace(" ", "").lower()
        login = login or email or made
        given = {name: value for name, value in attributes.items() if value is not None}
        profile = self.schema.checked(
            {
                "login": login,
                "firstName": first_name,
                "lastName": last_name,
                "email": email or login,
                **given,
            }
        )
        self._check_login(login)
        user = User(self.ids.make("00u"), profile, status if activate else UserStatus.STAGED)
        self.users[user.id] = user
        self._by_login[_key(login)] = user.id
        self.tell(MembershipChanged(self.everyone.id, user.id, True))
        self.rules.evaluate(user.id)
        return user

    def _check_login(self, login: str, holder: User | None = None) -> None:
        if "@" not in login:
            raise DirectoryError(
                f"login {login!r}: a username must be in the form of an email address", "E0000001"
            )
        found = self._by_login.get(_key(login))
        if found is not None and (holder is None or found != holder.id):
            raise DirectoryError(f"login {login!r} exists in this org; choose another", "E0000001")

    def user(self, key: str | User) -> User:
        """The person with an id or a login; raises DirectoryError."""
        if isinstance(key, User):
            if self.users.get(key.id) is not key:
                raise DirectoryError(f"{key.login} is not in this org any more", "E0000007")
            return key
        found = self.users.get(key) or self.users.get(self._by_login.get(_key(key), ""))
        if found is None:
            raise DirectoryError(
                f"there is no user with the id or login {key!r} in the org", "E0000007"
            )
        return found

    def update_user(self, key: str | User, **changes: Any) -> User:
        """Change a profile; None removes an attribute."""
        user = self.user(key)
        if user.status is UserStatus.DEPROVISIONED:
            raise DirectoryError(f"{user.login} is deactivated; activate the user first")
        wanted = self.schema.checked(changes)
        if "login" in wanted:
            self._check_login(wanted["login"], user)
        profile = {**user.profile, **wanted}
        profile = {name: value for name, value in profile.items() if value is not None}
        before = user.profile
        if before == profile:
            return user
        del self._by_login[_key(user.login)]
        user.profile = profile
        self._by_login[_key(user.login)] = user.id
        self.tell(ProfileChanged(user.id, before))
        self.rules.evaluate(user.id)
        return user

    # Life cycle -----------------------------------------------------------------------

    def activate(self, key: str | User, *, pending: bool = False) -> None:
        """STAGED or DEPROVISIONED becomes ACTIVE, as when the person has a password.

        With ``pending`` it becomes PROVISIONED, until the person sets one.
        """
        user = self.user(key)
        status = after(Act.ACTIVATE, user.status, user.login)
        self._become(user, UserStatus.PROVISIONED if pending else status)

    def reactivate(self, key: str | User) -> None:
        """Send the invitation of a PROVISIONED or RECOVERY user again."""
        self._do(Act.REACTIVATE, key)

    def set_password(self, key: str | User, password: str) -> None:
        """The person has chosen a password, which ends everything that waited for one."""
        user = self.user(key)
        if user.status is UserStatus.DEPROVISIONED:
            raise DirectoryError(f"{user.login} is deactivated; activate the user first")
        if user.status not in {UserStatus.STAGED, UserStatus.SUSPENDED}:
            self._become(user, UserStatus.ACTIVE)
        self.tell(PasswordChanged(user.id, password))

    def deactivate(self, key: str | User) -> None:
        """Any state but DEPROVISIONED becomes DEPROVISIONED; memberships stay."""
        self._do(Act.DEACTIVATE, key)

    def suspend(self, key: str | User) -> None:
        """ACTIVE becomes SUSPENDED; groups and apps stay, and nothing is sent."""
        self._do(Act.SUSPEND, key)

    def unsuspend(self, key: str | User) -> None:
        """SUSPENDED becomes ACTIVE."""
        self._do(Act.UNSUSPEND, key)

    def lock_out(self, key: str | User) -> None:
        """Too many wrong passwords: ACTIVE becomes LOCKED_OUT."""
        self._do(Act.LOCK_OUT, key)

    def unlock(self, key: str | User) -> None:
        """LOCKED_OUT becomes ACTIVE."""
        self._do(Act.UNLOCK, key)

    def reset_password(self, key: str | User) -> None:
        """The person is to choose a new password: RECOVERY."""
        self._do(Act.RESET_PASSWORD, key)

    def expire_password(self, key: str | User) -> None:
        """The password is of no use any more: ACTIVE becomes PASSWORD_EXPIRED."""
        self._do(Act.EXPIRE_PASSWORD, key)

    def _do(self, act: Act, key: str | User) -> None:
        user = self.user(key)
        self._become(user, after(act, user.status, user.login))

    def _become(self, user: User, status: UserStatus) -> None:
        had_accounts, user.status = user.may_have_accounts, status
        if status is UserStatus.DEPROVISIONED:
            self.tell(Deactivated(user.id))
            return
        self.rules.evaluate(user.id)
        if user.may_have_accounts and not had_accounts:
            self.tell(Activated(user.id))

    def delete_user(self, key: str | User) -> None:
        """Remove a deactivated person from the org."""
        user = self.user(key)
        after(Act.DELETE, user.status, user.login)
        for group in user.groups:
            del group.members[user.id]
        self.rules.forget(user.id)
        del self.users[user.id]
        del self._by_login[_key(user.login)]
        self.tell(Deleted(user.id))

    # Groups ---------------------------------------------------------------------------

    def create_group(
        self, name: str, description: str = "", kind: GroupKind = GroupKind.OKTA_GROUP
    ) -> Group:
        """A new, empty group; raises DirectoryError for a name that is taken."""
        group = self._add_group(name, description)
        group.kind = kind
        self.tell(GroupCreated(group.id))
        return group

    def _add_group(self, name: str, description: str) -> Group:
        self._check_name(name)
        group = Group(self.ids.make("00g"), name, description)
        self.groups[group.id] = group
        self._by_name[name] = group.id
        return group

    def _check_name(self, name: str) -> None:
        if not name.strip():
            raise DirectoryError("name: a group needs one; the field cannot be left blank")
        if name in self._by_name:
            raise DirectoryError(f"group {name!r} exists in this org; choose another name")

    def group(self, key: str | Group) -> Group:
        """The group with an id or a name; raises DirectoryError."""
        if isinstance(key, Group):
            if self.groups.get(key.id) is not key:
                raise DirectoryError(f"group {key.name!r} is not in this org any more", "E0000007")
            return key
        found = self.groups.get(key) or self.groups.get(self._by_name.get(key, ""))
        if found is None:
            raise DirectoryError(
                f"there is no group with the id or name {key!r} in the org", "E0000007"
            )
        return found

    def update_group(
        self, key: str | Group, *, name: str | None = None, description: str | None = None
    ) -> Group:
        """Rename a group, or describe it anew."""
        group = self._editable(key)
        before, is_other = group.name, False
        if name is not None and name != before:
            self._check_name(name)
            del self._by_name[before]
            self._by_name[name] = group.id
            group.name, is_other = name, True
        if description is not None and description != group.description:
            group.description, is_other = description, True
        if is_other:
            self.tell(GroupRenamed(group.id, before))
        return group

    def delete_group(self, key: str | Group) -> None:
        """Remove a group; its members stay in the org."""
        group = self._editable(key)
        members = tuple(group.members)
        for member in members:
            user = self.users[member]
            user.groups = tuple(one for one in user.groups if one is not group)
        del self.groups[group.id]
        del self._by_name[group.name]
        self.tell(GroupDeleted(group.id, group.name, members))

    def _editable(self, key: str | Group) -> Group:
        group = self.group(key)
        if group.kind is not GroupKind.OKTA_GROUP:
            code = "E0000060" if group.kind is GroupKind.BUILT_IN else "E0000006"
            raise DirectoryError(f"group {group.name!r} is {group.kind} and can't be edited", code)
        return group

    # Memberships ----------------------------------------------------------------------

    def add_member(self, group: str | Group, user: str | User) -> None:
        """Put a person into a group by hand."""
        into, who = self._editable(group), self.user(user)
        self.add_reason(into, who, BY_HAND)

    def remove_member(self, group: str | Group, user: str | User) -> None:
        """Take a person out of a group; rules that had put them there skip them from now on."""
        out_of, who = self._editable(group), self.user(user)
        reasons = out_of.reasons(who.id)
        if reasons:
            self.rules.exclude(reasons, who.id)
            self._remove(out_of, who)
            self.rules.evaluate(who.id)

    def add_reason(self, group: Group, user: User, reason: str) -> bool:
        """A person is in a group by hand, or by a rule; whether they were not before."""
        reasons = group.reasons(user.id)
        if reason in reasons:
            return False
        group.members[user.id] = (
            _BY_HAND_ONLY if reason == BY_HAND and not reasons else (*reasons, reason)
        )
        if reasons:
            return False
        user.groups = (*user.groups, group)
        self.tell(MembershipChanged(group.id, user.id, True))
        return True

    def remove_reason(self, group: Group, user: User, reason: str) -> bool:
        """Take one reason away; whether the person is not in the group any more."""
        reasons = tuple(one for one in group.reasons(user.id) if one != reason)
        if reasons or user.id not in group.members:
            if reasons:
                group.members[user.id] = reasons
            return False
        self._remove(group, user)
        return True

    def _remove(self, group: Group, user: User) -> None:
        del group.members[user.id]
        user.groups = tuple(one for one in user.groups if one is not group)
        self.tell(MembershipChanged(group.id, user.id, False))

    def members(self, key: str | Group) -> Iterable[str]:
        """The ids of a group's members, in the order they joined."""
        group = self.group(key)
        return self.users.keys() if group is self.everyone else group.members.keys()

    def is_member(self, group: Group, user: str) -> bool:
        """Whether a person is in a group, by hand or by rule."""
        return user in (self.users if group is self.everyone else group.members)

    def groups_of(self, user: str) -> Iterator[Group]:
        """The groups that a person is in, Everyone first."""
        found = self.users.get(user)
        if found is not None:
            yield self.everyone
            yield from found.groups

    # Rules: the same names as in the console ------------------------------------------

    def create_rule(
        self, name: str, expression: str, *groups: str | Group, exclude: Iterable[str | User] = ()
    ) -> Rule:
        """A group rule, not active yet; raises ExpressionError or DirectoryError."""
        targets = tuple(dict.fromkeys(self._editable(one).id for one in groups))
        excluded = {self.user(one).id for one in exclude}
        return self.rules.create(self.ids.make("0pr"), name, expression, targets, excluded)


def _key(login: str) -> str:
    """Logins are the same in upper and lower case."""
    folded = login.casefold()
    return login if folded == login else folded
