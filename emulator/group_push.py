"""What Okta does for one pushed group: the calls and their order, for both wire profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from emulator.accounts import JobError
from emulator.application import Application
from emulator.attributes import GROUP
from emulator.clock import Clock
from emulator.push_groups import MappingStatus, PushMapping
from emulator.replies import RemoteError
from emulator.scim_client import OktaScimClient
from emulator.tasks import SystemLog, WireProfile

GROUPS = "/Groups"
_PREFIX = "application.provision."
ADD = _PREFIX + "group.add"
UPDATE = _PREFIX + "group.update"
REMOVE = _PREFIX + "group.remove"
EXISTS = _PREFIX + "group.verify_exists"
MEMBERS = _PREFIX + "group_membership.update"


@dataclass(slots=True)
class GroupPush:
    """The jobs of pushed groups."""

    app: Application
    client: OktaScimClient
    log: SystemLog
    clock: Clock

    @property
    def _is_oin(self) -> bool:
        return self.app.profile is WireProfile.OIN

    # Jobs -----------------------------------------------------------------------------

    async def push(self, mapping: PushMapping) -> None:
        """Create the group, or link it; when it is known, send all its members again."""
        if mapping.target_id is None:
            await self._appear(mapping)
        elif mapping.is_linked and mapping.last_push is None and self._keeps_members:
            await self._link(mapping)
        else:
            await self._send_all(mapping)
        self._done(mapping)

    async def push_members(self, mapping: PushMapping) -> None:
        """Send who has joined and who has left since the last push."""
        if mapping.target_id is None:
            await self.push(mapping)
            return
        wanted = self.app.pushed.eligible(mapping)
        if mapping.pushed is None:
            await self._send_all(mapping)
        elif self._is_oin:
            leavers = [one for one in mapping.pushed if one not in wanted]
            joiners = {one: wanted[one] for one in wanted if one not in mapping.pushed}
            if leavers or joiners:
                await self._verify(mapping)
                await self._patch_members(mapping, leavers, joiners)
                if self.app.behaviours.rename_on_membership:
                    await self._rename(mapping)
        elif list(mapping.pushed) != list(wanted):
            await self._put(mapping, mapping.target_name, wanted, MEMBERS)
        self._done(mapping)

    async def rename(self, mapping: PushMapping) -> None:
        """Give the group in the endpoint the name that the source group has."""
        if mapping.target_id is None:
            mapping.target_name = self.app.pushed.source_name(mapping)
            await self.push(mapping)
            return
        name = self.app.pushed.source_name(mapping)
        if self._is_oin:
            await self._verify(mapping)
            mapping.target_name = await self._renamed(mapping, name)
        else:
            await self._put(mapping, name, self.app.pushed.eligible(mapping), UPDATE)
            mapping.target_name = name
        self.log.success(_PREFIX + "group_push.mapping.app.group.renamed", self.app.label, name)
        self._done(mapping)

    async def delete(self, mapping: PushMapping) -> None:
        """Delete the group in the endpoint; one that is gone already is no error."""
        if mapping.target_id is None and mapping.tried_as is not None:
            mapping.target_id = await self._look_up(mapping, mapping.tried_as)
        if mapping.target_id is not None:
            try:
                await self.client.delete(GROUPS, mapping.target_id)
            except RemoteError as problem:
                if problem.status != HTTPStatus.NOT_FOUND:
                    told = f"Error while deleting user group {mapping.target_name}"
                    raise self._error(mapping, f"{told}: {problem.text}", problem, REMOVE) from None
        self.app.pushed.forget(mapping)
        self.log.success(
            _PREFIX + "group_push.delete_appgroup", self.app.label, mapping.target_name
        )

    # Parts ----------------------------------------------------------------------------

    async def _appear(self, mapping: PushMapping) -> None:
        """Look for the group by its name, then adopt or create it, then send its members."""
        name = mapping.target_name = self.app.pushed.source_name(mapping)
        existing, tried_as = None, mapping.tried_as
        if not self._is_oin or self.app.behaviours.group_lookup or tried_as is not None:
            existing = await self._look_up(mapping, name)
        was_renamed = existing is None and tried_as not in {None, name}
        if was_renamed:
            existing = await self._look_up(mapping, str(tried_as))
        if existing is not None:
            if tried_as is None and not self.app.behaviours.adopt_group:
                taken = RemoteError("a group of that name exists, and linking is off", status=200)
                told = f"Error while creating user group {name}: {taken.text}"
                raise self._error(mapping, told, taken, ADD)
            mapping.target_id, mapping.is_linked = existing, tried_as is None
            mapping.tried_as = None
            if tried_as is not None:
                # The group of an earlier create whose answer got lost: all of it is Okta's.
                await self._send_all(mapping)
                if was_renamed and self._is_oin:
                    await self._rename(mapping)
            elif self._keeps_members:
                # Okta does not know who is in there; it adds its own and leaves the others.
                mapping.pushed = {}
                await self._add_all(mapping, keep=True)
            else:
                await self._send_all(mapping)
            return
        await self._create(mapping, name)
        await self._add_all(mapping)

    @property
    def _keeps_members(self) -> bool:
        return self.app.behaviours.linked_members == "keep"

    async def _link(self, mapping: PushMapping) -> None:
        """The first push to a group that an admin has chosen: who is in there stays."""
        name = self.app.pushed.source_name(mapping) if self.app.pushed.renames else None
        if not self._is_oin:
            await self._put(mapping, name, self.app.pushed.eligible(mapping), MEMBERS, keep=True)
            return
        await self._verify(mapping)
        if name is not None:
            mapping.target_name = await self._renamed(mapping, name)
        mapping.pushed = {}
        await self._add_all(mapping)

    async def _add_all(self, mapping: PushMapping, *, keep: bool = False) -> None:
        """The push of memberships that follows every create, also of members just sent."""
        wanted = self.app.pushed.eligible(mapping)
        if not self._is_oin:
            await self._put(mapping, mapping.target_name, wanted, MEMBERS, keep=keep)
        elif wanted:
            await self._patch_members(mapping, (), wanted)

    async def _send_all(self, mapping: PushMapping) -> None:
        """Push Now: the whole list, whatever is there."""
        wanted = self.app.pushed.eligible(mapping)
        if not self._is_oin:
            await self._put(mapping, mapping.target_name, wanted, MEMBERS)
            return
        await self._verify(mapping)
        first = self._first_batch(wanted)
        await self._patch(mapping, [self._replacement(mapping, self._members(first))], MEMBERS)
        mapping.pushed = dict.fromkeys(first)
        rest = {one: name for one, name in wanted.items() if one not in first}
        if rest:
            await self._patch_members(mapping, (), rest)

    def _first_batch(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """The members that one request takes."""
        if self.app.behaviours.large_groups == "whole":
            return dict(wanted)
        return dict(list(wanted.items())[: self.app.behaviours.group_batch])

    def _replacement(self, mapping: PushMapping, members: list[dict[str, Any]]) -> dict[str, Any]:
        if self.app.behaviours.push_now_form == "path":
            return {"op": "replace", "path": "members", "value": members}
        value = {"members": members, "id": mapping.target_id, "displayName": mapping.target_name}
        return {"op": "replace", "value": value}

    async def _patch_members(
        self, mapping: PushMapping, leavers: Iterable[str], joiners: Mapping[str, str]
    ) -> None:
        """One remove per leaver, then one add, in batches of the app's size."""
        size = self.app.behaviours.group_batch
        gone, new = list(leavers), list(joiners)
        known = dict(mapping.pushed or {})
        # A batch that fails half way leaves the rest unknown.
        mapping.pushed = None
        while gone or new:
            out, gone = gone[:size], gone[size:]
            room = size if self.app.behaviours.batch_counts == "apart" else size - len(out)
            into, new = new[:room], new[room:]
            operations: list[dict[str, Any]] = [
                {"op": "remove", "path": f"members[value eq {self.client.quoted(one)}]"}
                for one in out
            ]
            if into:
                added = self._members({one: joiners[one] for one in into})
                operations.append({"op": "add", "path": "members", "value": added})
            await self._patch(mapping, operations, MEMBERS)
            for one in out:
                known.pop(one, None)
            known.update(dict.fromkeys(into))
        mapping.pushed = known

    async def _rename(self, mapping: PushMapping) -> None:
        mapping.target_name = await self._renamed(mapping, mapping.target_name)

    async def _renamed(self, mapping: PushMapping, name: str) -> str:
        value: dict[str, Any] = {"displayName": name}
        if self.app.behaviours.rename_id:
            value = {"id": mapping.target_id, **value}
        await self._patch(mapping, [{"op": "replace", "value": value}], UPDATE)
        return name

    async def _verify(self, mapping: PushMapping) -> None:
        if self.app.behaviours.verify_group:
            await self._read(mapping, EXISTS)

    def _members(self, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        shown = self.app.behaviours.display_in_members == "username"
        return [
            {"value": account, "display": name if shown else None}
            for account, name in wanted.items()
        ]

    def _done(self, mapping: PushMapping) -> None:
        mapping.status, mapping.error = MappingStatus.ACTIVE, ""
        mapping.last_push = self.clock.now()
        self.log.success(_PREFIX + "group_push.updated", self.app.label, mapping.target_name)
        skipped = self.app.pushed.ignored(mapping)
        if skipped:
            self.log.success(
                "app.user_management.grouppush.mapping.okta.users.ignored",
                self.app.label,
                mapping.target_name,
            )

    # Calls ----------------------------------------------------------------------------

    async def _look_up(self, mapping: PushMapping, name: str) -> str | None:
        try:
            listed = self.client.found(await self.client.find_groups(name))
        except RemoteError as problem:
            if problem.status == HTTPStatus.NOT_FOUND:
                return None
            told = f"Error while verifying if user group {name} exists: {problem.text}"
            raise self._error(mapping, told, problem, EXISTS) from None
        if not listed.resources:
            return None
        self._warn_of_several(mapping, name, max(len(listed.resources), listed.total))
        identifier = listed.resources[0].get("id")
        if not isinstance(identifier, str) or not identifier:
            return None
        if any(one.target_id == identifier for one in self.app.pushed if one is not mapping):
            taken = RemoteError("the group that was found is that of another push", status=200)
            raise self._error(mapping, f"Group {name}: {taken.text}", taken, EXISTS)
        return identifier

    def _warn_of_several(self, mapping: PushMapping, name: str, count: int) -> None:
        """More than one group of a name: take the first, or fail."""
        if count < 2:
            return
        several = RemoteError(f"{count} groups were found", status=200)
        if self.app.behaviours.several_matches == "error":
            told = f"Error while verifying if user group {name} exists: {several.text}"
            raise self._error(mapping, told, several, EXISTS)
        self.log.warning(EXISTS, several.text, self.app.label, name)

    async def _create(self, mapping: PushMapping, name: str) -> None:
        how = self.app.behaviours.post_members
        members: dict[str, str] = {}
        if how == "resolved":
            members = self._first_batch(self.app.pushed.eligible(mapping))
        told = f"Error while creating user group {name}"
        mapping.tried_as = name
        try:
            shown = None if how == "absent" else self._members(members)
            reply = await self.client.create_group(name, shown)
        except RemoteError as problem:
            if problem.is_refusal:
                mapping.tried_as = None
            raise self._error(mapping, f"{told}: {problem.text}", problem, ADD) from None
        identifier = (reply.resource or {}).get("id")
        if not isinstance(identifier, str) or not identifier:
            # The wording for groups is not known; that for users is.
            wrong = RemoteError("Create new group returned empty group.", status=reply.status)
            raise self._error(mapping, f"{told}: {wrong.text}", wrong, ADD)
        mapping.target_id, mapping.tried_as = identifier, None
        mapping.pushed = dict.fromkeys(members)
        self.log.success(_PREFIX + "group_push.pushed", self.app.label, name)

    async def _read(self, mapping: PushMapping, event: str) -> dict[str, Any]:
        try:
            reply = await self.client.get(GROUPS, str(mapping.target_id))
        except RemoteError as problem:
            gone = problem.status == HTTPStatus.NOT_FOUND
            raise self._gone_or(mapping, problem, EXISTS if gone else event) from None
        return reply.resource or {}

    async def _put(
        self,
        mapping: PushMapping,
        name: str | None,
        wanted: Mapping[str, str],
        event: str,
        *,
        keep: bool = False,
    ) -> None:
        """GET, then PUT of the whole list, as apps of the wizard do for every change.

        A name of None is the one that the group has; ``keep`` keeps who is in it.
        """
        mapping.pushed = None
        there = await self._read(mapping, event)
        if name is None:
            found = there.get("displayName")
            name = mapping.target_name = found if isinstance(found, str) else mapping.target_name
        body = {
            "schemas": [GROUP],
            "id": mapping.target_id,
            "displayName": name,
            "members": (_others(there, wanted) if keep else []) + self._members(wanted),
        }
        try:
            await self.client.put(GROUPS, str(mapping.target_id), body)
        except RemoteError as problem:
            raise self._gone_or(mapping, problem, event) from None
        mapping.pushed = dict.fromkeys(wanted)
        if event is MEMBERS:
            self.log.success(_PREFIX + "group_push.push_memberships", self.app.label, name)

    async def _patch(
        self, mapping: PushMapping, operations: list[dict[str, Any]], event: str
    ) -> None:
        try:
            await self.client.patch(GROUPS, str(mapping.target_id), *operations)
        except RemoteError as problem:
            if event is MEMBERS:
                mapping.pushed = None
            raise self._gone_or(mapping, problem, event) from None
        if event is MEMBERS:
            told = mapping.target_name
            self.log.success(_PREFIX + "group_push.push_memberships", self.app.label, told)

    # Errors ---------------------------------------------------------------------------

    def _gone_or(self, mapping: PushMapping, problem: RemoteError, event: str) -> JobError:
        """A group that is gone is an error of its own: Okta does not make it anew."""
        name = mapping.target_name
        if problem.status == HTTPStatus.NOT_FOUND and event is not MEMBERS:
            event = EXISTS
        told = (
            f"Error while updating user group membership for group {name} {problem.text}"
            if event is MEMBERS
            else f"Error while updating user group {name}: {problem.text}"
        )
        return self._error(mapping, told, problem, event)

    def _error(self, mapping: PushMapping, told: str, problem: RemoteError, event: str) -> JobError:
        message = (
            f"Unable to update Group Push mapping target App group {mapping.target_name}: {told}"
        )
        return JobError(
            message,
            event=event,
            reason=problem.text if problem.reason_is_known else None,
            cause=problem,
        )


def _others(group: Mapping[str, Any], wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """The members of a group that Okta did not put there, as they came."""
    members = group.get("members")
    return [
        one
        for one in (members if isinstance(members, list) else [])
        if isinstance(one, dict) and one.get("value") not in wanted
    ]
