"""The guide, played: from "Add integration" to "Push Groups", as an admin would click it.

Every step has the requests that Okta's documents and captures give for it; a
step succeeds when just those went out, and Okta would show no error.  What
was made in the endpoint has the tag in its name, and is deleted afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from emulator.behaviours import Behaviours
from emulator.cast import UnexpectedError
from emulator.connection import Connection
from emulator.directory import DirectoryError
from emulator.guide import Guide, Scene
from emulator.integration import NotConnectedError
from emulator.org import OktaOrg
from emulator.queue import Job
from emulator.replies import RemoteError, found
from emulator.scim_client import OktaScimClient
from emulator.sequences import Requests, fits, kind
from emulator.wirelog import Entry

#: The steps up to the test of the endpoint, behind which nothing goes on without it.
_BEFORE_PROVISIONING = 2
#: Seconds that the clean-up may take in all.
_CLEAN_UP_LIMIT = 120

#: An endpoint and an id, or a name.
Resource = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide, played."""

    number: int
    title: str
    #: Where an admin clicks.
    clicks: str
    expected: Requests
    entries: tuple[Entry, ...]
    #: What the admin console says now.
    shows: str
    problems: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether just the documented requests went out, and nothing failed."""
        return not self.problems


def succeeded(steps: Sequence[Step]) -> bool:
    """Whether the whole guide was played, and every step went well."""
    return len(steps) > _BEFORE_PROVISIONING and all(one.succeeded for one in steps)


def stopped(steps: Sequence[Step]) -> str:
    """Why the guide ended at its test of the endpoint; empty when it went on."""
    if not steps or len(steps) > _BEFORE_PROVISIONING or steps[-1].succeeded:
        return ""
    return steps[-1].problems[0]


class Walkthrough:
    """Plays the guide with one app of an org, which must do one thing at a time."""

    def __init__(
        self,
        org: OktaOrg,
        connection: Connection,
        *,
        app: str = "kantega",
        tag: str = "okta-walkthrough",
        behaviours: Behaviours = Behaviours(),
    ) -> None:
        """``tag`` is in every name; raises UnknownAppError."""
        self.integration = org.add_app(app, behaviours=behaviours)
        self._guide = Guide(org, self.integration, connection, tag)
        #: How many requests there had been at the end of each job of a step.
        self._ends: list[int] = []

    async def play(self) -> AsyncIterator[Step]:
        """Every step, one after another; it ends early when the endpoint fails its test."""
        for number, scene in enumerate(self._guide.scenes(), 1):
            step = await self._play(number, scene)
            yield step
            if scene.is_vital and not step.succeeded:
                return

    async def _play(self, number: int, scene: Scene) -> Step:
        wire, tasks = self.integration.wire, self._tasks()
        before = wire.count
        self._watch()
        problems: list[str] = []
        try:
            shows = await scene.act()
        except (UnexpectedError, DirectoryError) as problem:
            shows = str(problem)
            problems.append(shows)
        entries = tuple(wire.since(before))
        told = {key: one for key, one in self._tasks().items() if one != tasks.get(key)}
        problems += [text for text, _ in told.values() if text not in shows]
        sent = self._heeded(before, entries)
        if not fits(sent, scene.expected):
            problems.append(f"sent {_listed(sent)}; documented is {_listed(scene.expected)}")
        return Step(
            number, scene.title, scene.clicks, scene.expected, entries, shows, tuple(problems)
        )

    def _tasks(self) -> dict[tuple[str, str], tuple[str, int]]:
        return {
            (one.subject, one.job): (one.message, one.attempts) for one in self.integration.tasks
        }

    def _watch(self) -> None:
        """Note the ends of jobs; another connection has another provisioner."""
        self._ends.clear()
        with contextlib.suppress(NotConnectedError):
            observers = self.integration.provisioner.observers
            if self._note not in observers:
                observers.append(self._note)

    def _note(self, _subject: str, _job: Job) -> None:
        self._ends.append(self.integration.wire.count)

    def _heeded(self, before: int, entries: tuple[Entry, ...]) -> list[str]:
        """The kinds of requests, without the tries that a 429 put off: Okta begins them anew."""
        places = [before, *self._ends, before + len(entries)]
        sent: list[str] = []
        for start, end in pairwise(places):
            attempt = entries[start - before : end - before]
            if attempt and attempt[-1].status != HTTPStatus.TOO_MANY_REQUESTS:
                sent += map(kind, attempt)
        return sent

    # Clean-up -------------------------------------------------------------------------

    async def clean_up(self) -> int:
        """Delete what was made, and only that, groups first; how many resources are left.

        Okta never deletes accounts; this is the emulator's own.
        """
        with contextlib.suppress(NotConnectedError):
            client = self.integration.provisioner.client
            made, uncertain = _created(self.integration.wire.entries)
            try:
                async with asyncio.timeout(_CLEAN_UP_LIMIT):
                    for endpoint, name in uncertain:
                        made += await _named(client, endpoint, name)
                    return await client.remove(sorted(set(made)))
            except TimeoutError:
                return len(made)
        return 0


def _created(entries: Iterable[Entry]) -> tuple[list[Resource], list[Resource]]:
    """What creates have made, by id, and what they may have made, by name."""
    made: list[Resource] = []
    uncertain: list[Resource] = []
    for entry in entries:
        if entry.method != "POST" or (entry.status and 300 <= entry.status < 500):
            continue
        endpoint = "/Groups" if entry.path.endswith("/Groups") else "/Users"
        identifier = _member(entry.response_body, "id")
        if identifier and entry.status and entry.status < 300:
            made.append((endpoint, identifier))
        else:
            name = "displayName" if endpoint == "/Groups" else "userName"
            uncertain.append((endpoint, _member(entry.request_body, name)))
    return made, uncertain


def _member(text: str | None, name: str) -> str:
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError):
        return ""
    value = document.get(name) if isinstance(document, dict) else None
    return value if isinstance(value, str) else ""


async def _named(client: OktaScimClient, endpoint: str, name: str) -> list[Resource]:
    """The resources of just that name."""
    attribute = "displayName" if endpoint == "/Groups" else "userName"
    try:
        if endpoint == "/Groups":
            listed = found(await client.find_groups(name))
        else:
            listed = found(await client.find_users(attribute, name))
    except RemoteError:
        return []
    return [(endpoint, str(one["id"])) for one in listed.resources if _is(one, attribute, name)]


def _is(resource: dict[str, Any], attribute: str, name: str) -> bool:
    value = resource.get(attribute)
    has_id = isinstance(resource.get("id"), str) and bool(resource["id"])
    return has_id and isinstance(value, str) and value.casefold() == name.casefold()


def _listed(requests: Iterable[str]) -> str:
    return ", ".join(requests) or "nothing"
