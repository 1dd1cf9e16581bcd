"""Push Groups: which groups of the org are in the endpoint too, by name and by rule; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.attributes import MappingError
from emulator.directory import DirectoryError, Group, GroupKind
from emulator.queue import Job

if TYPE_CHECKING:
    from emulator.application import Application


class MappingStatus(StrEnum):
    """Push Status in the console."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ERROR = "ERROR"


@dataclass(slots=True, eq=False)
class PushMapping:
    """One pushed group: where it comes from, and what it is in the endpoint."""

    id: str
    source: str
    #: The name of the group in the endpoint, which differs from the source's after a link.
    target_name: str
    target_id: str | None = None
    status: MappingStatus = MappingStatus.ACTIVE
    error: str = ""
    last_push: float | None = None
    rule: str | None = None
    #: The accounts that were pushed last; None when that is not known for sure.
    pushed: dict[str, None] | None = None
    #: The group was there before the push, and keeps whom Okta did not put there.
    is_linked: bool = False
    #: The name of a create that was sent and of which nobody knows what became.
    tried_as: str | None = None
    #: Unlinked with "delete the group in the target app".
    is_leaving: bool = False


class Match(StrEnum):
    """How a push rule compares."""

    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    CONTAINS = "contains"


@dataclass(slots=True, eq=False)
class PushRule:
    """Groups whose name or description matches are pushed, now and in future."""

    id: str
    name: str
    match: Match
    value: str
    #: ``name`` or ``description``.
    attribute: str = "name"
    is_active: bool = True

    def matches(self, group: Group) -> bool:
        """Whether the rule is about this group; upper and lower case are the same."""
        text = group.name if self.attribute == "name" else group.description
        text, value = text.casefold(), self.value.casefold()
        match self.match:
            case Match.STARTS_WITH:
                return text.startswith(value)
            case Match.ENDS_WITH:
                return text.endswith(value)
            case Match.CONTAINS:
                return value in text


_HELD_BACK = (Job.PUSH, Job.MEMBERS, Job.RENAME)


class PushGroups:
    """The pushed groups of one app."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.mappings: dict[str, PushMapping] = {}
        self.rules: dict[str, PushRule] = {}
        #: Rename app groups to match group name in Okta.
        self.renames = True
        #: Push group memberships immediately.
        self.is_immediate = True
        #: What the System Log should say: event type, reason, group name.
        self.notices: list[tuple[str, str | None, str]] = []
        #: Source group → its mappings, of which all but one are leaving.
        self._by_source: dict[str, list[str]] = {}
        #: Name in the endpoint → mappings that have, or once had, that name.
        self._by_name: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[PushMapping]:
        return iter(list(self.mappings.values()))

    # What an admin does ---------------------------------------------------------------

    def push(self, group: str | Group, *, target_id: str | None = None) -> PushMapping:
        """Push a group by name; with ``target_id`` link it to a group of the endpoint.

        A linked group keeps its members, and its name too unless groups are
        renamed.  Raises DirectoryError for a group that is pushed already.
        """
        found = self._app.directory.group(group)
        if self.of(found.id) is not None:
            raise DirectoryError(f"group {found.name!r} is pushed already")
        return self._create(found, target_id=target_id)

    def of(self, group: str | Group) -> PushMapping | None:
        """The mapping of a source group, by id or name."""
        key = group.id if isinstance(group, Group) else group
        if key not in self._by_source:
            try:
                key = self._app.directory.group(key).id
            except DirectoryError:
                return None
        return next((one for one in self._from(key) if not one.is_leaving), None)

    def push_now(self, mapping: PushMapping) -> None:
        """Send all members, whatever was sent before."""
        if mapping.status is MappingStatus.INACTIVE:
            raise DirectoryError(f"the push of {mapping.target_name!r} is deactivated; activate it")
        self._add(mapping, Job.PUSH)

    def deactivate(self, *mappings: PushMapping) -> None:
        """Hold changes back; several at once are a bulk edit."""
        for mapping in mappings:
            mapping.status = MappingStatus.INACTIVE
            self._app.queue.drop(mapping.id, *_HELD_BACK)
            self._note("group_push.deactivate_mapping", mapping)

    def activate(self, *mappings: PushMapping) -> None:
        """Let changes through again; memberships are pushed at once."""
        for mapping in mappings:
            mapping.status, mapping.error = MappingStatus.ACTIVE, ""
            self._note("group_push.activate_mapping", mapping)
            if mapping.target_name != self.source_name(mapping) and self.renames:
                self._add(mapping, Job.RENAME)
            self._add(mapping, Job.PUSH)

    def unlink(self, *mappings: PushMapping, delete: bool) -> None:
        """Push no more; ``delete`` the group in the target app, or leave it."""
        for mapping in mappings:
            self._app.queue.drop(mapping.id, *_HELD_BACK)
            if delete and self._app.is_provisioning:
                mapping.is_leaving = True
                self._add(mapping, Job.DELETE)
            else:
                self.forget(mapping)

    def add_rule(
        self, name: str, match: Match | str, value: str, *, attribute: str = "name"
    ) -> PushRule:
        """Push groups by rule: every group that matches, now and in future."""
        if attribute not in {"name", "description"}:
            raise DirectoryError(f"a push rule looks at name or description, not at {attribute!r}")
        if match not in set(Match):
            known = ", ".join(Match)
            raise DirectoryError(f"push rule {name!r}: {match!r} is none of {known}")
        if not value:
            raise DirectoryError(f"push rule {name!r} has nothing to compare with")
        self._check_provisioning()
        rule = PushRule(self._app.directory.ids.make("gPr"), name, Match(match), value, attribute)
        self.rules[rule.id] = rule
        self._apply_to_all(rule)
        return rule

    def deactivate_rule(self, rule: PushRule) -> None:
        """No new matches; what is pushed stays pushed."""
        rule.is_active = False

    def activate_rule(self, rule: PushRule) -> None:
        """Match again, also what has come meanwhile."""
        rule.is_active = True
        self._apply_to_all(rule)

    def delete_rule(self, rule: PushRule, *, delete_groups: bool) -> None:
        """Forget a rule and unlink its groups, deleting them in the target app or not."""
        del self.rules[rule.id]
        for mapping in self:
            if mapping.rule == rule.id and not mapping.is_leaving:
                if delete_groups:
                    self._note("group_push.mapping.and.groups.deleted.rule.deleted", mapping)
                self.unlink(mapping, delete=delete_groups)

    def retry_all(self) -> None:
        """Retry All Groups: push every mapping in error again."""
        for mapping in self:
            if mapping.status is MappingStatus.ERROR:
                self.take_up_again(mapping, Job.DELETE if mapping.is_leaving else Job.PUSH)

    def take_up_again(self, mapping: PushMapping, job: Job) -> None:
        """Retry Selected: out of the error, a job again, and what was missed meanwhile.

        After a failed push of memberships the whole list goes out: what became
        of the last one is not known.
        """
        mapping.status, mapping.error = MappingStatus.ACTIVE, ""
        if job is Job.MEMBERS:
            job, mapping.pushed = Job.PUSH, None
        is_renamed = self.renames and mapping.target_name != self.source_name(mapping)
        if job is Job.PUSH and mapping.target_id is not None and is_renamed:
            self._add(mapping, Job.RENAME)
        self._add(mapping, job)
        if job is Job.RENAME:
            self._add(mapping, Job.MEMBERS)

    # What happens in the org ----------------------------------------------------------

    def membership_changed(self, group_id: str) -> None:
        """Somebody joined or left."""
        if self.is_immediate and group_id in self._by_source:
            self._push_members(group_id)

    def account_appeared(self, user_id: str) -> None:
        """Somebody got an account, and may now be a member where the groups are pushed."""
        if self.mappings:
            for group in self._app.directory.groups_of(user_id):
                self.membership_changed(group.id)

    def _push_members(self, group_id: str) -> None:
        for mapping in self._from(group_id):
            if mapping.status is MappingStatus.ACTIVE and not mapping.is_leaving:
                self._add(mapping, Job.MEMBERS)

    def group_appeared(self, group_id: str) -> None:
        """A new group may match a rule."""
        for rule in self.rules.values():
            self._apply(rule, self._app.directory.groups[group_id])

    def group_renamed(self, group_id: str, before: str) -> None:
        """A source group has another name: rename in the endpoint, or stop pushing."""
        group = self._app.directory.groups[group_id]
        mapping = self.of(group_id)
        if mapping is not None and group.name != before:
            self._by_name.setdefault(group.name.casefold(), []).append(mapping.id)
            if self.renames:
                if mapping.status is MappingStatus.ACTIVE:
                    self._add(mapping, Job.RENAME)
            else:
                mapping.status = MappingStatus.INACTIVE
                self._app.queue.drop(mapping.id, *_HELD_BACK)
                self._note("group_push.mapping.deactivated.source.group.renamed", mapping)
        self.group_appeared(group_id)

    def group_deleted(self, group_id: str) -> None:
        """A source group is gone, and with it the group in the endpoint."""
        mapping = next((one for one in self._from(group_id) if not one.is_leaving), None)
        if mapping is not None:
            self.unlink(mapping, delete=True)

    # Members --------------------------------------------------------------------------

    def eligible(self, mapping: PushMapping) -> dict[str, str]:
        """Who is to be a member: account id → username, in the order of the source group.

        In the group, assigned to the app, with an account, and not deactivated.
        """
        app = self._app
        group = app.directory.groups.get(mapping.source)
        found: dict[str, str] = {}
        for user_id in app.directory.members(group) if group else ():
            known = app.users.get(user_id)
            if known is not None and known.external_id and known.is_assigned:
                found[known.external_id] = self._display(user_id)
        return found

    def _display(self, user_id: str) -> str:
        try:
            return self._app.user_name_of(user_id)
        except MappingError:
            # The account's own push has the error; the membership does not hang on it.
            return self._app.directory.users[user_id].login

    def ignored(self, mapping: PushMapping) -> int:
        """How many members of the source group have no account, and are skipped."""
        app = self._app
        group = app.directory.groups.get(mapping.source)
        known = (app.users.get(one) for one in app.directory.members(group)) if group else ()
        return sum(1 for one in known if one is None or not (one.external_id and one.is_assigned))

    def source_name(self, mapping: PushMapping) -> str:
        """The name of the source group, or its last known one."""
        group = self._app.directory.groups.get(mapping.source)
        return group.name if group else mapping.target_name

    # Inside ---------------------------------------------------------------------------

    def forget(self, mapping: PushMapping) -> None:
        """The mapping is over."""
        if self.mappings.pop(mapping.id, None) is None:
            return
        others = [one for one in self._by_source[mapping.source] if one != mapping.id]
        if others:
            self._by_source[mapping.source] = others
        else:
            del self._by_source[mapping.source]

    def forget_leaving(self) -> None:
        """Nothing is sent any more: what was to be deleted stays where it is."""
        for mapping in self:
            if mapping.is_leaving:
                self.forget(mapping)

    def _from(self, group_id: str) -> list[PushMapping]:
        known = self._by_source.get(group_id, ())
        return [self.mappings[one] for one in known if one in self.mappings]

    def _create(
        self, group: Group, *, target_id: str | None = None, rule: str | None = None
    ) -> PushMapping:
        self._check_provisioning()
        name = self._app.target_groups.get(target_id or "", group.name)
        mapping = PushMapping(
            self._app.directory.ids.make("gPm"),
            group.id,
            name,
            target_id,
            rule=rule,
            is_linked=target_id is not None,
        )
        self.mappings[mapping.id] = mapping
        self._by_source.setdefault(group.id, []).append(mapping.id)
        for one in {name.casefold(), group.name.casefold()}:
            self._by_name.setdefault(one, []).append(mapping.id)
        self._note("group_push.mapping.created", mapping)
        self._add(mapping, Job.PUSH)
        return mapping

    def _check_provisioning(self) -> None:
        if not self._app.is_provisioning:
            raise DirectoryError(f"{self._app.label}: enable API integration before pushing groups")

    def _apply_to_all(self, rule: PushRule) -> None:
        for group in list(self._app.directory.groups.values()):
            self._apply(rule, group)

    def _apply(self, rule: PushRule, group: Group) -> None:
        """Push a group if a rule says so: one of the org's own, that is not pushed yet."""
        if not rule.is_active or group.kind is not GroupKind.OKTA_GROUP:
            return
        if not rule.matches(group) or self.of(group.id) is not None:
            return
        if not self._app.is_provisioning:
            return
        if self._is_taken(group.name):
            event = "group_push.mapping.created.from.rule.warning.duplicate.name"
            self.notices.append((event, f"{group.name} is pushed already", group.name))
            return
        self._create(group, rule=rule.id)

    def _is_taken(self, name: str) -> bool:
        """Whether a group of that name is pushed already, whatever its source is called."""
        key = name.casefold()
        return any(
            self.mappings[one].target_name.casefold() == key
            for one in self._by_name.get(key, ())
            if one in self.mappings
        )

    def _add(self, mapping: PushMapping, job: Job) -> None:
        if self._app.is_provisioning:
            self._app.queue.add(mapping.id, job)

    def _note(self, event: str, mapping: PushMapping) -> None:
        self.notices.append((event, None, self.source_name(mapping)))
