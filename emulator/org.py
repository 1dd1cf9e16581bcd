"""The Okta org: people, groups and apps in one object, and time that can be set.

What happens in the org is told at once and costs nothing; ``settle`` then lets
every app send what that means::

    async with OktaOrg.start("https://example.com/scim/v2", token="…") as okta:
        ada = okta.create_user("Ada", "Lovelace")
        okta.app.assign(ada)
        await okta.settle()
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from emulator.application import CATALOGUE, Application, Toggles
from emulator.behaviours import Behaviours
from emulator.clock import Clock, RealClock
from emulator.connection import Connection, Credentials, connection
from emulator.directory import Directory
from emulator.faults import Faults
from emulator.ids import Ids
from emulator.importing import ImportResult, Matching
from emulator.integration import Integration, MakeTransport, NotConnectedError, TestResult
from emulator.tasks import SystemLog, Task, Tasks
from emulator.wirelog import WireLog


class UnknownAppError(ValueError):
    """An app was asked for that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no app {name!r} in the catalogue; choose from {', '.join(CATALOGUE)}")


class OktaOrg(Directory):
    """A directory with apps that provision."""

    def __init__(
        self,
        *,
        seed: int = 0,
        clock: Clock | None = None,
        transport: MakeTransport | None = None,
        faults: Faults | None = None,
        concurrency: int = 1,
    ) -> None:
        """An empty org.

        ``seed`` decides every id and placeholder password; ``clock`` defaults
        to the real one; ``transport`` makes the connections; ``concurrency``
        is how many subjects are worked on at once.
        """
        super().__init__(Ids(seed))
        self.clock: Clock = clock or RealClock()
        self.log = SystemLog(self.clock)
        self.integrations: list[Integration] = []
        self._transport = transport
        self._faults = faults
        self._concurrency = concurrency
        self._first: Connection | None = None

    @classmethod
    def start(
        cls,
        target: str | Connection,
        *,
        token: str = "",
        app: str = "oin",
        behaviours: Behaviours = Behaviours(),
        label: str | None = None,
        toggles: Toggles | None = None,
        **options: Any,
    ) -> OktaOrg:
        """An org with one app that is connected and provisions, for ``async with``.

        ``app`` is ``oin``, ``aiw`` or ``kantega``.  Create Users, Update User
        Attributes and Deactivate Users are on.  ``options`` are those of the
        class.  Raises ConnectionSettingsError and UnknownAppError.
        """
        org = cls(**options)
        made = org.add_app(app, label=label, behaviours=behaviours)
        made.app.toggles = toggles or Toggles(
            create_users=True, update_user_attributes=True, deactivate_users=True
        )
        if isinstance(target, str):
            target = connection(target, Credentials(secret=token))
        org._first = target
        return org

    async def __aenter__(self) -> OktaOrg:
        if self._first is not None:
            await self.integration.configure(self._first)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for one in self.integrations:
            await one.aclose()

    # Apps -----------------------------------------------------------------------------

    def add_app(
        self,
        name: str,
        *,
        label: str | None = None,
        behaviours: Behaviours = Behaviours(),
        settings: Mapping[str, str] | None = None,
        user_name_format: str = "okta-username",
    ) -> Integration:
        """Browse App Catalog > Add integration; raises UnknownAppError."""
        if name not in CATALOGUE:
            raise UnknownAppError(name)
        usual, profile, mappings = CATALOGUE[name]
        app = Application(
            self,
            label or usual,
            profile=profile,
            mappings=mappings,
            behaviours=behaviours,
            settings=settings,
            user_name_format=user_name_format,
        )
        app.catalogue_name = name
        made = Integration(
            app,
            clock=self.clock,
            log=self.log,
            ids=self.ids,
            transport=self._transport,
            faults=self._faults,
            concurrency=self._concurrency,
        )
        self.integrations.append(made)
        return made

    @property
    def integration(self) -> Integration:
        """The first app, with its buttons; raises NotConnectedError when there is none."""
        if not self.integrations:
            raise NotConnectedError("the org has no app; add one with add_app first")
        return self.integrations[0]

    @property
    def app(self) -> Application:
        """The first app: assignments, toggles, pushed groups."""
        return self.integration.app

    @property
    def wire(self) -> WireLog:
        """What the first app has sent."""
        return self.integration.wire

    @property
    def tasks(self) -> Tasks:
        """What failed in the first app."""
        return self.integration.tasks

    # Work -----------------------------------------------------------------------------

    async def test_api(self) -> TestResult:
        """Test API Credentials of the first app."""
        return await self.integration.test_api()

    async def settle(self) -> None:
        """Let every app send what has happened, until nothing is left to do."""
        for one in self.integrations:
            await one.settle()

    async def import_now(self, matching: Matching = Matching()) -> ImportResult:
        """Import Now of the first app; raises RemoteError."""
        return await self.integration.import_now(matching)

    def retry(self, *tasks: Task) -> None:
        """Retry Selected in the first app; without tasks, all of them."""
        self.integration.retry(*tasks)

    def load(self, path: Path) -> None:
        """Fill the org from a seed file; raises OrgFileError."""
        from emulator.snapshot import load  # noqa: PLC0415  it needs this class

        load(path, self)

    def save(self, path: Path) -> None:
        """Write the org into a file, which ``load`` reads; let it settle before."""
        from emulator.snapshot import save  # noqa: PLC0415  it needs this class

        save(path, self)
