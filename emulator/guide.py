"""What the admin of the guide does, from "Add integration" to "Push Groups", scene by scene.

A scene clicks, lets the org send, and tells what the console shows then.
Which requests that may cost stands beside it (``sequences.py``).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

from emulator.application import Toggles
from emulator.cast import Cast, UnexpectedError
from emulator.connection import Authentication, Connection, Credentials
from emulator.directory import Group
from emulator.integration import Integration
from emulator.org import OktaOrg
from emulator.push_groups import Match
from emulator.sequences import NOTHING, Requests, Sequences
from emulator.tasks import WireProfile

_REFUSED = {401, 403}


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the guide, not played yet."""

    title: str
    #: Where an admin clicks.
    clicks: str
    expected: Requests
    #: Plays it, and says what the console shows; raises UnexpectedError.
    act: Callable[[], Awaitable[str]]
    #: Without success here, nothing that follows makes sense.
    is_vital: bool = False


class Guide:
    """What happens to the people and groups of the guide."""

    def __init__(
        self, org: OktaOrg, integration: Integration, connection: Connection, tag: str
    ) -> None:
        self.integration = integration
        self._org = org
        self._app = integration.app
        self._connection = connection
        self._tag = tag
        self._sequences = Sequences(self._app.profile, self._app.behaviours)
        #: The guide of Kantega SSO says that a group there can't get another name.
        self._can_rename = self._app.catalogue_name != "kantega"
        self._cast = Cast(org, self._app, tag)

    def scenes(self) -> Iterator[Scene]:
        """Every step, in the order of the guide."""
        yield from self._integrating()
        yield from self._assigning()
        yield from self._pushing()
        yield from self._changing_members()
        yield from self._leaving()

    # Add integration, Provisioning ----------------------------------------------------

    def _integrating(self) -> Iterator[Scene]:
        is_oin = self._app.profile is WireProfile.OIN
        button = "Test API Credentials" if is_oin else "Test Connector Configuration"
        yield Scene(
            "Add integration",
            f"Applications > Browse App Catalog > {self._app.label} > Add integration > Next > Done"
            if is_oin
            else "Applications > Create App Integration; General > Edit > Provisioning: SCIM",
            NOTHING,
            self._add_integration,
        )
        yield Scene(
            "Test API integration",
            "Provisioning > Configure API Integration > Enable API integration, base URL, token, "
            f"Import Groups unchecked > {button}",
            self._sequences.test,
            self._test,
            is_vital=True,
        )
        if self._connection.credentials.kind is not Authentication.OAUTH2:
            yield Scene(
                "Test with a wrong token",
                f"another token > {button}; then the right one again",
                self._sequences.test,
                self._test_wrongly,
            )
        yield Scene("Save the integration", "Save", self._sequences.save, self._save)
        yield Scene(
            "Configure To App",
            "Settings > To App > Edit > Create Users, Update User Attributes, Deactivate Users > "
            "Save",
            NOTHING,
            self._configure_to_app,
        )

    async def _add_integration(self) -> str:
        return f"{self._app.label}: provisioning is not configured"

    async def _test(self) -> str:
        await self.integration.configure(self._connection)
        tested = await self.integration.test_api()
        if not tested.passed:
            raise UnexpectedError(tested.message)
        return tested.message

    async def _test_wrongly(self) -> str:
        wrong = replace(self._connection, credentials=_wrong(self._connection.credentials))
        await self.integration.configure(wrong)
        try:
            tested = await self.integration.test_api()
        finally:
            await self.integration.configure(self._connection)
        entries = self.integration.wire.entries
        if tested.passed or not entries or entries[-1].status not in _REFUSED:
            raise UnexpectedError(f"a wrong token was not refused: {tested.message}")
        return tested.message

    async def _save(self) -> str:
        saved = await self.integration.save()
        if not saved.passed:
            raise UnexpectedError(saved.message)
        return saved.message

    async def _configure_to_app(self) -> str:
        self._app.toggles = Toggles(
            create_users=True, update_user_attributes=True, deactivate_users=True
        )
        return "on: Create Users, Update User Attributes, Deactivate Users; off: Sync Password"

    # Assignments ----------------------------------------------------------------------

    def _assigning(self) -> Iterator[Scene]:
        known = self._sequences
        yield Scene(
            "Assign people",
            "Assignments > Assign > Assign to People > Assign > Save and Go Back > Done",
            known.assign_new * 2,
            self._assign_people,
        )
        yield Scene(
            "Assign a group",
            "Assignments > Assign > Assign to Groups > Assign > Save and Go Back > Done",
            known.assign_new * 2,
            self._assign_group,
        )
        yield Scene(
            "Take the app from a person, Deactivate Users off",
            "To App > Deactivate Users off; Assignments > X; To App > Deactivate Users on",
            NOTHING,
            self._leave_account,
        )
        yield Scene(
            "Assign a person who has an account already",
            "Assignments > Assign > Assign to People",
            known.link,
            self._link,
        )
        yield Scene(
            "Change an attribute",
            "Directory > People > Profile > Edit > Save",
            known.update,
            self._change_attribute,
        )

    async def _assign_people(self) -> str:
        self._app.assign(self._cast.ada)
        self._app.assign(self._cast.grace)
        await self._settle()
        return self._cast.accounts(self._cast.ada, self._cast.grace)

    async def _assign_group(self) -> str:
        self._app.assign_group(self._cast.crew)
        await self._settle()
        return self._cast.accounts(self._cast.linus, self._cast.margaret)

    async def _leave_account(self) -> str:
        self._app.toggles.deactivate_users = False
        try:
            self._app.unassign(self._cast.grace)
            await self._settle()
        finally:
            self._app.toggles.deactivate_users = True
        return f"{self._cast.grace.login} is not assigned; the account stays as it is"

    async def _link(self) -> str:
        self._app.assign(self._cast.grace)
        await self._settle()
        return self._cast.accounts(self._cast.grace)

    async def _change_attribute(self) -> str:
        self._org.update_user(self._cast.ada, lastName="King")
        await self._settle()
        return self._cast.accounts(self._cast.ada)

    # Push Groups ----------------------------------------------------------------------

    def _pushing(self) -> Iterator[Scene]:
        known = self._sequences
        yield Scene(
            "Push a group by name",
            "Push Groups > Push Groups > Find groups by name > Push group memberships immediately "
            "> Save",
            known.push_new(2),
            self._push_by_name,
        )
        yield Scene(
            "Push groups by rule",
            f'Push Groups > Push Groups > Find groups by rule > name starts with "{self._tag} deck"'
            " > Create rule",
            known.push_new(1) * 2,
            self._push_by_rule,
        )
        yield Scene(
            "A new, empty group matches the rule",
            "Directory > Groups > Add group",
            known.push_new(0),
            self._push_empty,
        )

    async def _push_by_name(self) -> str:
        self._app.pushed.push(self._cast.harbour)
        await self._settle()
        return self._cast.pushed(self._cast.harbour)

    async def _push_by_rule(self) -> str:
        self._app.pushed.add_rule("decks", Match.STARTS_WITH, f"{self._tag} deck")
        await self._settle()
        return self._cast.pushed(*self._cast.decks)

    async def _push_empty(self) -> str:
        self._cast.decks.append(self._cast.group("deck empty"))
        await self._settle()
        return self._cast.pushed(self._cast.decks[-1])

    def _changing_members(self) -> Iterator[Scene]:
        known = self._sequences
        where = "Directory > Groups > Assign people"
        yield Scene("A member joins", where, known.membership(), self._join)
        yield Scene(
            "Somebody without an account joins", where, NOTHING, self._join_without_an_account
        )
        yield Scene(
            "A member leaves",
            "Directory > Groups > X beside the person",
            known.membership(),
            self._leave,
        )
        yield Scene(
            "Push now",
            "Push Groups > Push Status > Push now",
            known.push_now,
            lambda: self._push_now(self._cast.harbour),
        )
        yield Scene(
            "Push an empty group now",
            "Push Groups > Push Status > Push now",
            known.push_now,
            lambda: self._push_now(self._cast.decks[-1]),
        )
        if self._can_rename:
            yield Scene(
                "Rename a group", "Directory > Groups > Edit > Save", known.rename, self._rename
            )

    async def _join(self) -> str:
        self._org.add_member(self._cast.harbour, self._cast.linus)
        await self._settle()
        return self._cast.pushed(self._cast.harbour)

    async def _join_without_an_account(self) -> str:
        self._org.add_member(self._cast.harbour, self._cast.edsger)
        await self._settle()
        return self._cast.pushed(self._cast.harbour) + ", 1 without an account skipped"

    async def _leave(self) -> str:
        self._org.remove_member(self._cast.harbour, self._cast.grace)
        await self._settle()
        return self._cast.pushed(self._cast.harbour)

    async def _push_now(self, group: Group) -> str:
        self._app.pushed.push_now(self._cast.mapping(group))
        await self._settle()
        return self._cast.pushed(group)

    async def _rename(self) -> str:
        self._org.update_group(self._cast.harbour, name=f"{self._tag} harbour east")
        await self._settle()
        return self._cast.pushed(self._cast.harbour)

    # Leaving --------------------------------------------------------------------------

    def _leaving(self) -> Iterator[Scene]:
        known = self._sequences
        where = "Directory > People > More Actions"
        yield Scene("Suspend a person, and back", where, NOTHING, self._suspend)
        yield Scene("Deactivate a person", where, known.unassign, self._deactivate)
        yield Scene("Activate the person again", where, NOTHING, self._activate)
        yield Scene(
            "Assign the person again",
            "Assignments > Assign > Assign to People",
            known.reassign,
            self._reassign,
        )
        yield Scene(
            "Take the app from a person",
            "Assignments > X beside the person",
            known.unassign,
            self._unassign,
        )
        yield Scene(
            "Take the app from a group",
            "Assignments > Groups > X beside the group",
            known.unassign * 2,
            self._unassign_group,
        )
        yield Scene(
            "Unlink a group and leave it in the app",
            "Push Groups > Push Status > Unlink pushed group > Leave the group in the target app",
            NOTHING,
            lambda: self._unlink(self._cast.decks[0], delete=False),
        )
        yield Scene(
            "Unlink a group and delete it",
            "Push Groups > Push Status > Unlink pushed group > Delete the group in the target app",
            known.unlink_and_delete,
            lambda: self._unlink(self._cast.harbour, delete=True),
        )

    async def _suspend(self) -> str:
        self._org.suspend(self._cast.ada)
        self._org.unsuspend(self._cast.ada)
        await self._settle()
        return self._cast.accounts(self._cast.ada)

    async def _deactivate(self) -> str:
        self._org.deactivate(self._cast.ada)
        await self._settle()
        return self._cast.gone(self._cast.ada)

    async def _activate(self) -> str:
        self._org.activate(self._cast.ada)
        await self._settle()
        return f"{self._cast.ada.login} is active in Okta, and not assigned"

    async def _reassign(self) -> str:
        self._app.assign(self._cast.ada)
        await self._settle()
        return self._cast.accounts(self._cast.ada)

    async def _unassign(self) -> str:
        self._app.unassign(self._cast.grace)
        await self._settle()
        return self._cast.gone(self._cast.grace)

    async def _unassign_group(self) -> str:
        self._app.unassign_group(self._cast.crew)
        await self._settle()
        return self._cast.gone(self._cast.linus, self._cast.margaret)

    async def _unlink(self, group: Group, *, delete: bool) -> str:
        self._app.pushed.unlink(self._cast.mapping(group), delete=delete)
        await self._settle()
        if self._app.pushed.of(group) is not None:
            raise UnexpectedError(f"{group.name} is pushed still")
        return f"{group.name} is not pushed any more"

    async def _settle(self) -> None:
        await self.integration.settle()


def _wrong(known: Credentials) -> Credentials:
    """Credentials of the same form that let nobody in."""
    made = secrets.token_urlsafe(24)
    scheme, blank, _ = known.secret.partition(" ")
    if known.kind is Authentication.HEADER and blank:
        made = f"{scheme} {made}"
    return replace(known, secret=made)
