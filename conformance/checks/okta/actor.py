"""Okta as the checks see it: an org with one app that is connected to the target.

A check acts here (assign, rename, leave …) and looks at the target with the suite's own
client.  What an administrator of Okta would read of a failure is in ``complaints``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote

from conformance.checks.okta.connecting import connection_to, wanted_rows
from conformance.checks.okta.line import ObservedLine, PatientClock
from conformance.client import Recorder, Response, ScimClient
from conformance.run import Run
from conformance.settling import taped
from conformance.verdict import Unmet
from emulator import Behaviours, SyncOrg
from emulator.directory import Group, User
from emulator.importing import ImportResult
from emulator.integration import TestResult
from emulator.push_groups import Match, PushMapping

#: What is named when an arrangement of a check fails.
CREATE_REQUIREMENT = "okta-create-new-account"
PUSH_REQUIREMENT = "okta-push-new-group"
#: The same, when the group was created and what Okta sent next was refused.
PUSH_AGAIN_REQUIREMENT = {"oin": "okta-push-first-member", "aiw": "okta-push-whole-list"}
READ_REQUIREMENT = "okta-create-readable"
UPDATE_REQUIREMENT = "okta-update-accepted"
DEACTIVATE_REQUIREMENT = "okta-deactivate-accepted"
#: The media type of everything Okta writes.
OKTA_MEDIA_TYPE = "application/scim+json; charset=utf-8"

#: A group is created without members, as Okta's samples have it: what is pushed to it then is
#: not there yet, and no check stands on how a target takes a member twice.
LEAST = Behaviours(post_members="empty")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the org, and the account they were given in the target."""

    user: User
    id: str
    path: str


@dataclass(frozen=True, slots=True)
class PushedGroup:
    """A group of the org, and what it is in the target."""

    group: Group
    mapping: PushMapping
    id: str
    path: str


class Okta:
    """An Okta org with one app; ``kind`` is ``oin`` (catalogue) or ``aiw`` (wizard).

    ``app`` names another app of that kind, such as ``kantega``.
    """

    def __init__(
        self,
        run: Run,
        scim: ScimClient,
        kind: str,
        exits: ExitStack,
        *,
        import_groups: bool = False,
        behaviours: Behaviours = LEAST,
        app: str = "",
        wrong_credentials: bool = False,
    ) -> None:
        self.kind = kind
        self.scim = scim
        self._run = run
        clock = PatientClock(run.target.retry_after_limit)
        self.line = ObservedLine(scim, clock)
        self.org = exits.enter_context(
            SyncOrg.start(
                connection_to(run, import_groups=import_groups, wrong=wrong_credentials),
                app=app or kind,
                label="scimproof",
                clock=clock,
                transport=lambda: self.line,
                behaviours=behaviours,
                seed=run.payloads.random.randrange(2**32),
            )
        )
        self.app = self.org.app
        self.org.add_attribute("scimUserName")
        # How a userName must look is the target's affair; the login of an org is an address.
        self.app.use_user_name_format("user.scimUserName")
        # Before the others, so that a person's own value counts more.
        self.app.mappings = (*wanted_rows(run.target.user_defaults), *self.app.mappings)
        self._mark = 0

    @property
    def recorder(self) -> Recorder:
        """Where what is sent is recorded."""
        return self.scim.recorder

    # People ---------------------------------------------------------------------------

    @taped
    def person(self, first: str = "Ada", last: str = "Lovelace", **attributes: Any) -> User:
        """A person in the org, with a login nobody has; not assigned yet."""
        unique = self._run.payloads.unique("okta")
        name = self._run.target.user_name_pattern.format(unique=unique)
        made: User = self.org.create_user(
            first,
            last,
            login=f"{unique}@example.com",
            **{"scimUserName": name, **attributes},
        )
        return made

    @taped
    def assign(self, user: User, **values: Any) -> None:
        """Assign the app to a person, and let Okta work."""
        self.app.assign(user, **values)
        self.settle()

    @taped
    def unassign(self, user: User) -> None:
        """Take the app from a person, and let Okta work."""
        self.app.unassign(user)
        self.settle()

    @taped
    def update(self, user: User, **changes: Any) -> None:
        """Change a person's profile in the org, and let Okta work."""
        self.org.update_user(user, **changes)
        self.settle()

    def account(self, user: User | None = None) -> Account:
        """The account of a person who is assigned now; blocks the check when there is none."""
        user = user or self.person()
        self.assign(user)
        found = self.app.app_user(user).external_id
        if self.complaints or not found:
            raise Unmet(CREATE_REQUIREMENT, f"Okta would show: {self.complaint}")
        self.forget()
        return Account(user, found, f"/Users/{quote(found, safe='')}")

    def account_of(self, user: User) -> Account | None:
        """The account that a person has according to Okta."""
        found = self.app.app_user(user).external_id
        return Account(user, found, f"/Users/{quote(found, safe='')}") if found else None

    @taped
    def provision_again(self, account: Account) -> None:
        """Press Provision User for somebody who has an account; blocks where that fails."""
        self.app.provision(account.user)
        self.settle()
        if self.complaints:
            raise Unmet(UPDATE_REQUIREMENT, f"Okta would show: {self.complaint}")

    @taped
    def set_password(self, account: Account, password: str) -> None:
        """Let a person set a password, with Sync Password on, and let Okta work."""
        self.app.toggles.sync_password = True
        self.org.set_password(account.user, password)
        self.settle()

    def name_of(self, user: User) -> str:
        """The userName by which Okta asks for a person."""
        return str(self.app.user_name_of(user.id))

    @taped
    def close(self, user: User) -> None:
        """Deactivate a person in the org."""
        self.org.deactivate(user)

    @taped
    def reopen(self, user: User) -> None:
        """Activate a person in the org again."""
        self.org.activate(user)

    def updated(self, account: Account, **changes: Any) -> Response:
        """Change a person's profile; blocks the check unless the target took the PUT of it."""
        self.update(account.user, **changes)
        answer = self.sent_with("PUT")
        if not answer.ok:
            raise Unmet(UPDATE_REQUIREMENT, f"{answer.line}: {answer.status}; {self.complaint}")
        return answer

    def deactivated(self, account: Account) -> Account:
        """Take the app from a person; blocks the check unless the target took that."""
        self.unassign(account.user)
        if self.complaints:
            raise Unmet(DEACTIVATE_REQUIREMENT, f"Okta would show: {self.complaint}")
        self.forget()
        return account

    def look_up(self, name: str) -> Response:
        """Ask for a userName as Okta does, by the suite's own client."""
        text = f"userName eq {json.dumps(name, ensure_ascii=False)}"
        return self.scim.find("/Users", text, startIndex=1, count=100)

    def again(self, sent: Response) -> Response:
        """Send a request of Okta's once more, by the suite's own client."""
        lines = {"Content-Type": OKTA_MEDIA_TYPE}
        return self.scim.request(
            sent.method, sent.path, json.loads(sent.sent or b""), headers=lines
        )

    # Groups ---------------------------------------------------------------------------

    @taped
    def group(self, *members: Account | User, name: str = "", description: str = "") -> Group:
        """A group in the org, with a name nobody has unless one is given; not pushed yet."""
        name = name or self._run.payloads.unique("crew")
        made: Group = self.org.create_group(name, description)
        for one in members:
            self.org.add_member(made, one.user if isinstance(one, Account) else one)
        return made

    @taped
    def push(self, group: Group) -> PushMapping:
        """Push a group by name, and let Okta work."""
        made: PushMapping = self.app.pushed.push(group)
        self.settle()
        return made

    def pushed(self, *members: Account, group: Group | None = None) -> PushedGroup:
        """A group that is in the target now; blocks the check when it is not."""
        group = group or self.group(*members)
        made = self.push(group)
        if self.complaints or not made.target_id:
            blamed = PUSH_AGAIN_REQUIREMENT[self.kind] if made.target_id else PUSH_REQUIREMENT
            raise Unmet(blamed, f"Okta would show: {self.complaint}")
        self.forget()
        return self.target_of(made)

    def target_of(self, mapping: PushMapping) -> PushedGroup:
        """What a pushed group is in the target; blocks the check when Okta was told no id."""
        if not mapping.target_id:
            raise Unmet(PUSH_REQUIREMENT, f"Okta would show: {self.complaint}")
        path = f"/Groups/{quote(mapping.target_id, safe='')}"
        return PushedGroup(self.org.group(mapping.source), mapping, mapping.target_id, path)

    @taped
    def join(self, pushed: PushedGroup, *accounts: Account) -> None:
        """Put people into the group in the org, and let Okta work."""
        for one in accounts:
            self.org.add_member(pushed.group, one.user)
        self.settle()

    @taped
    def leave(self, pushed: PushedGroup, *accounts: Account) -> None:
        """Take people out of the group in the org, and let Okta work."""
        for one in accounts:
            self.org.remove_member(pushed.group, one.user)
        self.settle()

    @taped
    def swap(
        self, pushed: PushedGroup, leavers: Iterable[Account], joiners: Iterable[Account]
    ) -> None:
        """Some leave the group and others join it before Okta works."""
        for one in leavers:
            self.org.remove_member(pushed.group, one.user)
        for one in joiners:
            self.org.add_member(pushed.group, one.user)
        self.settle()

    @taped
    def join_while_paused(self, pushed: PushedGroup, *accounts: Account) -> None:
        """The push is deactivated, people join, and it is activated again."""
        self.app.pushed.deactivate(pushed.mapping)
        self.join(pushed, *accounts)
        self.app.pushed.activate(pushed.mapping)
        self.settle()

    @taped
    def push_by_rule(self, start: str) -> list[PushMapping]:
        """Push every group whose name starts with this, and let Okta work."""
        rule = self.app.pushed.add_rule("scimproof", Match.STARTS_WITH, start)
        self.settle()
        return [one for one in self.app.pushed if one.rule == rule.id]

    @taped
    def rename(self, pushed: PushedGroup) -> str:
        """Rename the group in the org, and let Okta work; returns the new name."""
        name = f"{pushed.group.name} East"
        self.org.update_group(pushed.group, name=name)
        self.settle()
        return name

    @taped
    def unlink(self, pushed: PushedGroup, *, delete: bool) -> None:
        """Unlink the group, deleting it in the target or not, and let Okta work."""
        self.app.pushed.unlink(pushed.mapping, delete=delete)
        self.settle()

    @taped
    def push_now(self, pushed: PushedGroup) -> None:
        """Press Push Now, and let Okta work."""
        self.app.pushed.push_now(pushed.mapping)
        self.settle()

    # Work -----------------------------------------------------------------------------

    @taped
    def behave(self, **habits: Any) -> None:
        """From now on the app has other habits; ``behaviours.py`` has their names."""
        self.app.behaviours = replace(self.app.behaviours, **habits)

    @taped
    def settle(self) -> None:
        """Let Okta send what has happened, until nothing is left to do."""
        self._call(self.org.settle)

    def test_api(self) -> TestResult:
        """Press Test API Credentials."""
        return self._call(self.org.test_api)

    def save(self) -> TestResult:
        """Save the integration, which asks for the groups when they are to be imported."""
        return self._call(self.org.save)

    def import_now(self) -> ImportResult:
        """Press Import Now; raises RemoteError when the target can't be read."""
        return self._call(self.org.import_now)

    @staticmethod
    def _call(work: Callable[[], Value]) -> Value:
        """Let Okta work; what the suite itself forbids comes out of the crowd."""
        try:
            return work()
        except BaseExceptionGroup as several:
            raise _first(several) from None

    # What there is to see -------------------------------------------------------------

    @property
    def complaints(self) -> list[str]:
        """What an administrator of Okta sees of failures, one line each."""
        return [one.message for one in self.org.tasks]

    @property
    def complaint(self) -> str:
        """The same as one text."""
        return "; ".join(self.complaints) or "nothing, and yet it is not done"

    @property
    def failures(self) -> list[str]:
        """What the System Log says of failures, also of those that were mended since."""
        return [one.reason for one in self.org.log.events if one.reason and one.result == "FAILURE"]

    @taped
    def forget(self) -> None:
        """What was sent so far is the arrangement; ``sent`` begins anew."""
        self._mark = len(self.line.exchanges)

    @property
    def sent(self) -> list[Response]:
        """What Okta has sent since the arrangement, with the answers."""
        return self.line.exchanges[self._mark :]

    @property
    def first_sent(self) -> Response:
        """The first of these requests; blocks the check when there is none."""
        if not self.sent:
            raise Unmet("", f"Okta has sent nothing; {self.complaint}")
        return self.sent[0]

    def sent_with(self, method: str) -> Response:
        """The last of these requests with a method; blocks the check when there is none."""
        found = [one for one in self.sent if one.method == method]
        if not found:
            raise Unmet("", f"Okta has sent no {method}; {self.complaint}")
        return found[-1]

    def read(self, what: Account | PushedGroup) -> Response:
        """The resource as it is in the target; blocks the check when it can't be read."""
        response = self.scim.get(what.path)
        if response.status != 200:
            raise Unmet(
                READ_REQUIREMENT,
                f"{response.line}: expected to read the resource back, got {response.status}",
            )
        return response


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one that was raised first, however deep it lies."""
    found: BaseException = several
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
