"""The people and groups of the guide, and what the console shows of them."""

from __future__ import annotations

from emulator.application import Application, AppUserStatus
from emulator.directory import Group, User
from emulator.org import OktaOrg
from emulator.push_groups import MappingStatus, PushMapping


class UnexpectedError(Exception):
    """The console shows something else than the guide says."""


class Cast:
    """Who is in the org; everything has the tag in its name."""

    def __init__(self, org: OktaOrg, app: Application, tag: str) -> None:
        self._org = org
        self._app = app
        self._tag = tag
        self.ada, self.grace = self._person("Ada", "Lovelace"), self._person("Grace", "Hopper")
        self.linus = self._person("Linus", "Pauling")
        self.margaret = self._person("Margaret", "Hamilton")
        #: Has no account in the app, all the time.
        self.edsger = self._person("Edsger", "Dijkstra")
        self.crew = self.group("crew", self.linus, self.margaret)
        self.harbour = self.group("harbour", self.ada, self.grace)
        self.decks = [
            self.group("deck north", self.linus),
            self.group("deck south", self.margaret),
        ]
        #: The account of each person, as it was seen first.
        self._seen: dict[str, str] = {}

    def _person(self, first: str, last: str) -> User:
        return self._org.create_user(
            first, last, login=f"{first}.{self._tag}@example.com".lower(), userType="Employee"
        )

    def group(self, name: str, *members: User) -> Group:
        """A new group."""
        group = self._org.create_group(f"{self._tag} {name}")
        for one in members:
            self._org.add_member(group, one)
        return group

    def accounts(self, *people: User) -> str:
        """The rows of Assignments; raises UnexpectedError for no account, or another one."""
        shown = []
        for person in people:
            known = self._app.app_user(person)
            account = known.external_id
            if known.status is not AppUserStatus.ACTIVE or account is None or known.error:
                raise UnexpectedError(f"{person.login}: {known.error or known.status}")
            before = self._seen.setdefault(person.id, account)
            if account != before:
                raise UnexpectedError(
                    f"{person.login}: the account was {before!r} before, and is {account!r} now"
                )
            how = "Individual" if known.scope == "USER" else "Group"
            shown.append(f"{person.login} ({how}, External ID {account})")
        return "assigned: " + ", ".join(shown)

    def gone(self, *people: User) -> str:
        """Nobody is in Assignments any more; raises UnexpectedError for who is in error."""
        for person in people:
            known = self._app.app_user(person)
            if known.status is not AppUserStatus.DEPROVISIONED:
                raise UnexpectedError(f"{person.login}: {known.error or known.status}")
            if self._app.behaviours.delete_users:
                self._seen.pop(person.id, None)
        return "not assigned: " + ", ".join(one.login for one in people)

    def mapping(self, group: Group) -> PushMapping:
        mapping = self._app.pushed.of(group)
        if mapping is None:
            raise UnexpectedError(f"{group.name} is not pushed")
        return mapping

    def pushed(self, *groups: Group) -> str:
        """The rows of Push Groups; raises UnexpectedError for a group in error."""
        shown = []
        for group in groups:
            mapping = self.mapping(group)
            if mapping.status is not MappingStatus.ACTIVE or mapping.target_id is None:
                raise UnexpectedError(f"{group.name}: {mapping.error or mapping.status}")
            shown.append(f"{mapping.target_name} (Active, {_members(mapping)})")
        return "pushed: " + ", ".join(shown)


def _members(mapping: PushMapping) -> str:
    count = len(mapping.pushed or ())
    return "1 member" if count == 1 else f"{count} members"
