"""Random histories of an org, with and without faults, and what is in the endpoint after them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from emulator.behaviours import Behaviours
from emulator.directory import Group, User, UserStatus
from emulator.faults import Fault, Faults
from emulator.org import OktaOrg
from emulator.push_groups import MappingStatus, PushMapping
from emulator.rules import RuleStatus
from tests.emulator.agreement import agree
from tests.emulator.right_server import RightServer

_Thing = TypeVar("_Thing")

_TITLES = ["Engineer", "Analyst", "Counsel"]
_PREFIXES = ["Team", "Crew"]
#: Rounds of Retry Selected after which an admin would give up; faults strike up to one in three.
_ROUNDS = 100

_place = strategies.integers(0, 30)


def _pick(things: Sequence[_Thing], place: int) -> _Thing:
    return things[place % len(things)]


class History(RuleBasedStateMachine):
    """What an admin does to people, groups and an app, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.endpoint = RightServer()
        self.runner = asyncio.Runner()
        self.okta: OktaOrg | None = None
        self.number = 0
        self.renamed: set[str] = set()
        #: Groups that were left in the endpoint, by id, or by name where the id was not known.
        self.left: set[str] = set()

    @initialize(
        app=strategies.sampled_from(["oin", "aiw"]),
        rates=strategies.dictionaries(
            strategies.sampled_from([one for one in Fault if one is not Fault.SLOW]),
            strategies.sampled_from([0.02, 0.1, 0.3]),
            max_size=3,
        ),
        seed=strategies.integers(0, 1000),
        concurrency=strategies.sampled_from([1, 3]),
        patches=strategies.booleans(),
        post_members=strategies.sampled_from(["resolved", "empty"]),
        is_busy=strategies.booleans(),
    )
    def begin(
        self,
        app: str,
        rates: dict[Fault, float],
        seed: int,
        concurrency: int,
        patches: bool,
        post_members: str,
        is_busy: bool,
    ) -> None:
        self.okta = self.endpoint.org(
            app,
            disturbed=Faults(rates, seed),
            concurrency=concurrency,
            behaviours=Behaviours(user_patch=patches, post_members=post_members, group_batch=2),
        )
        self.runner.run(self.okta.__aenter__())
        for _ in range(3):
            self.create_person("ACTIVE")
            self.create_group(0)
        if is_busy:
            self.org.app.assign_group(self.org.everyone)
            for place in range(3):
                self.push_group(place)
                self.join_or_leave(place, place)

    # What there is --------------------------------------------------------------------

    @property
    def org(self) -> OktaOrg:
        assert self.okta is not None
        return self.okta

    @property
    def people(self) -> list[User]:
        return list(self.org.users.values())

    @property
    def groups(self) -> list[Group]:
        return [one for one in self.org.groups.values() if one is not self.org.everyone]

    @property
    def mappings(self) -> list[PushMapping]:
        return [one for one in self.org.app.pushed if not one.is_leaving]

    def person(self, place: int) -> User:
        return _pick(self.people, place)

    def group(self, place: int) -> Group:
        return _pick(self.groups, place)

    def new_number(self) -> int:
        self.number += 1
        return self.number

    # People ---------------------------------------------------------------------------

    @rule(status=strategies.sampled_from(["ACTIVE", "ACTIVE", "STAGED"]))
    def create_person(self, status: str) -> None:
        number = self.new_number()
        self.org.create_user(
            "Ada",
            f"Number {number}",
            login=f"ada.{number}@corp.example",
            status=UserStatus(status),
            title=_pick(_TITLES, number),
        )

    @rule(place=_place, title=strategies.sampled_from(_TITLES))
    def change_title(self, place: int, title: str) -> None:
        user = self.person(place)
        if user.status is not UserStatus.DEPROVISIONED:
            self.org.update_user(user, title=title)

    @rule(place=_place)
    def rename_person(self, place: int) -> None:
        user = self.person(place)
        if user.status is not UserStatus.DEPROVISIONED:
            number = self.new_number()
            self.renamed.add(user.id)
            self.org.update_user(
                user, login=f"ada.{number}@corp.example", lastName=f"Number {number}"
            )

    @rule(place=_place)
    def deactivate_or_activate(self, place: int) -> None:
        user = self.person(place)
        if user.status in {UserStatus.DEPROVISIONED, UserStatus.STAGED}:
            self.org.activate(user)
        else:
            self.org.deactivate(user)

    @rule(place=_place)
    def suspend_or_unsuspend(self, place: int) -> None:
        user = self.person(place)
        if user.status is UserStatus.ACTIVE:
            self.org.suspend(user)
        elif user.status is UserStatus.SUSPENDED:
            self.org.unsuspend(user)

    @precondition(lambda self: len(self.people) > 3)
    @rule(place=_place)
    def delete_person(self, place: int) -> None:
        user = self.person(place)
        if user.status is not UserStatus.DEPROVISIONED:
            self.org.deactivate(user)
        self.org.delete_user(user)

    # Assignments ----------------------------------------------------------------------

    @rule(place=_place)
    def assign_or_unassign(self, place: int) -> None:
        user, app = self.person(place), self.org.app
        known = app.users.get(user.id)
        if known is not None and known.is_assigned and known.scope == "USER":
            app.unassign(user)
        elif user.status is not UserStatus.DEPROVISIONED:
            app.assign(user)

    @rule(place=_place)
    def assign_or_unassign_group(self, place: int) -> None:
        group, app = _pick([self.org.everyone, *self.groups], place), self.org.app
        if group.id in app.groups:
            app.unassign_group(group)
        else:
            app.assign_group(group)

    # Groups ---------------------------------------------------------------------------

    @rule(place=_place)
    def create_group(self, place: int) -> None:
        self.org.create_group(f"{_pick(_PREFIXES, place)} {self.new_number()}")

    @rule(place=_place, prefix=strategies.sampled_from(_PREFIXES))
    def rename_group(self, place: int, prefix: str) -> None:
        self.org.update_group(self.group(place), name=f"{prefix} {self.new_number()}")

    @precondition(lambda self: len(self.groups) > 2)
    @rule(place=_place)
    def delete_group(self, place: int) -> None:
        self.org.delete_group(self.group(place))

    @rule(group=_place, person=_place)
    def join_or_leave(self, group: int, person: int) -> None:
        into, user = self.group(group), self.person(person)
        if self.org.is_member(into, user.id):
            self.org.remove_member(into, user)
        else:
            self.org.add_member(into, user)

    @rule(place=_place, title=strategies.sampled_from(_TITLES))
    def create_rule(self, place: int, title: str) -> None:
        made = self.org.create_rule(
            f"rule {self.new_number()}", f'user.title=="{title}"', self.group(place)
        )
        self.org.rules.activate(made)

    @precondition(lambda self: any(True for _ in self.org.rules))
    @rule(place=_place)
    def switch_rule(self, place: int) -> None:
        chosen = _pick(list(self.org.rules), place)
        if chosen.status is RuleStatus.ACTIVE:
            self.org.rules.deactivate(chosen)
        elif chosen.status is RuleStatus.INACTIVE:
            self.org.rules.activate(chosen)

    # Push groups ----------------------------------------------------------------------

    @rule(place=_place)
    def push_group(self, place: int) -> None:
        group = self.group(place)
        mapping = self.org.app.pushed.of(group)
        if mapping is None:
            self.org.app.pushed.push(group)
        elif mapping.status is MappingStatus.ACTIVE:
            self.org.app.pushed.push_now(mapping)

    @rule(prefix=strategies.sampled_from(_PREFIXES))
    def push_by_rule(self, prefix: str) -> None:
        self.org.app.pushed.add_rule(f"rule {self.new_number()}", "starts with", prefix)

    @precondition(lambda self: self.org.app.pushed.rules)
    @rule(place=_place, delete_groups=strategies.booleans())
    def delete_push_rule(self, place: int, delete_groups: bool) -> None:
        pushed = self.org.app.pushed
        chosen = _pick(list(pushed.rules.values()), place)
        if not delete_groups:
            self.leave(*(one for one in self.mappings if one.rule == chosen.id))
        pushed.delete_rule(chosen, delete_groups=delete_groups)

    @precondition(lambda self: self.mappings)
    @rule(place=_place)
    def switch_mapping(self, place: int) -> None:
        mapping = _pick(self.mappings, place)
        if mapping.status is MappingStatus.INACTIVE:
            self.org.app.pushed.activate(mapping)
        else:
            self.org.app.pushed.deactivate(mapping)

    @precondition(lambda self: self.mappings)
    @rule(place=_place, delete=strategies.booleans())
    def unlink(self, place: int, delete: bool) -> None:
        mapping = _pick(self.mappings, place)
        if not delete:
            self.leave(mapping)
        self.org.app.pushed.unlink(mapping, delete=delete)

    def leave(self, *mappings: PushMapping) -> None:
        for one in mappings:
            self.left |= {name for name in (one.target_id, one.tried_as) if name is not None}

    # Work -----------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        self.runner.run(self.org.settle())
        self.org.wire.observers.clear()

    @rule(
        act=strategies.sampled_from(
            [
                "rename_person",
                "change_title",
                "deactivate_or_activate",
                "delete_person",
                "assign_or_unassign",
                "assign_or_unassign_group",
                "rename_group",
                "delete_group",
                "push_group",
                "switch_mapping",
            ]
        ),
        place=_place,
        after=strategies.integers(1, 6),
    )
    def settle_while_things_happen(self, act: str, place: int, after: int) -> None:
        """Something happens in the org after so many requests, in the midst of jobs."""
        self.make_work()
        self.on_request(after, lambda: self.do(act, place))
        self.settle()

    @rule(after=strategies.integers(1, 6))
    def settle_in_part(self, after: int) -> None:
        """A run that is cancelled after so many requests."""
        self.make_work()

        async def run() -> None:
            work = asyncio.current_task()
            assert work is not None
            self.on_request(after, work.cancel)
            with contextlib.suppress(asyncio.CancelledError):
                await self.org.settle()
            self.org.wire.observers.clear()

        self.runner.run(run())

    def make_work(self) -> None:
        """Change everybody, and push everything."""
        for place in range(len(self.people)):
            self.change_title(place, _pick(_TITLES, self.new_number()))
        for mapping in self.mappings:
            if mapping.status is MappingStatus.ACTIVE:
                self.org.app.pushed.push_now(mapping)

    def do(self, act: str, place: int) -> None:
        """An act, where there is something for it."""
        if act == "switch_mapping" and not self.mappings:
            return
        if act == "delete_person" and len(self.people) < 4:
            return
        if act == "delete_group" and len(self.groups) < 3:
            return
        more = {"rename_group": {"prefix": "Crew"}, "change_title": {"title": _TITLES[place % 3]}}
        getattr(self, act)(place=place, **more.get(act, {}))

    def on_request(self, number: int, act: Callable[[], object]) -> None:
        """Act once, when so many more requests have been answered."""
        observers = self.org.wire.observers
        observers.clear()
        left = number

        def observe(_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                observers.clear()
                act()

        observers.append(observe)

    @rule()
    def retry(self) -> None:
        self.org.retry()
        self.settle()

    def teardown(self) -> None:
        try:
            if self.okta is not None:
                self.come_to_rest()
                work = agree(self.okta, self.endpoint, renamed=self.renamed, left=self.left)
                self.runner.run(work)
                self.runner.run(self.okta.aclose())
        finally:
            self.runner.close()

    def come_to_rest(self) -> None:
        self.settle()
        for _ in range(_ROUNDS):
            if not len(self.org.tasks):
                break
            self.retry()
        assert [one.message for one in self.org.tasks] == []
        assert len(self.org.app.queue) == 0


TestHistories = History.TestCase
TestHistories.settings = settings(
    max_examples=int(os.environ.get("HISTORIES", "60")),
    stateful_step_count=int(os.environ.get("STEPS", "40")),
    phases=[Phase.generate] if "NOSHRINK" in os.environ else list(Phase),
    deadline=None,
    derandomize="HISTORIES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
