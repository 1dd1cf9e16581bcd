"""One app of the org with everything that makes it work: client, provisioner, tasks, logs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from emulator.application import Application
from emulator.clock import Clock
from emulator.connection import Connection
from emulator.faults import Fault, Faults, FaultyTransport
from emulator.ids import Ids
from emulator.importing import ImportResult, Matching, import_now
from emulator.provisioner import Provisioner
from emulator.scim_client import LOOKUP_PAGE, OktaScimClient, RemoteError
from emulator.tasks import SystemLog, Task, Tasks, WireProfile
from emulator.transport import OktaTransport
from emulator.wirelog import WireLog

MakeTransport = Callable[[], httpx.AsyncBaseTransport]


@dataclass(frozen=True, slots=True)
class TestResult:
    """What the button "Test API Credentials" says."""

    __test__ = False

    passed: bool
    message: str


class NotConnectedError(RuntimeError):
    """The app has no API integration yet."""


class Integration:
    """An app as the admin console shows it, with buttons that do something."""

    def __init__(
        self,
        app: Application,
        *,
        clock: Clock,
        log: SystemLog,
        ids: Ids,
        transport: MakeTransport | None,
        faults: Faults | None = None,
        concurrency: int = 1,
    ) -> None:
        self.app = app
        self.log = log
        self.tasks = Tasks()
        self.wire = WireLog()
        self._clock = clock
        self._ids = ids
        self._transport = transport
        self._faults = faults
        self._concurrency = concurrency
        self._provisioner: Provisioner | None = None
        if faults is not None and faults.has(Fault.RACE):
            app.behaviours = replace(app.behaviours, groups_before_users=True)

    @property
    def provisioner(self) -> Provisioner:
        """What does the jobs; raises NotConnectedError before there is a connection."""
        if self._provisioner is None:
            raise NotConnectedError(f"{self.app.label}: configure the API integration first")
        return self._provisioner

    # Integration ----------------------------------------------------------------------

    async def configure(self, connection: Connection) -> None:
        """Enter base URL and credentials; what was entered before is forgotten."""
        await self.aclose()
        line = self._line()
        if self._faults is not None:
            line = FaultyTransport(line, self._faults)
        client = OktaScimClient(
            connection, line, behaviours=self.app.behaviours, log=self.wire, clock=self._clock
        )
        self._provisioner = Provisioner(
            self.app,
            client,
            self.tasks,
            self.log,
            self._clock,
            self._ids,
            self._concurrency,
            self._shuffle(),
        )
        self.app.enable(connection)

    def _line(self) -> httpx.AsyncBaseTransport:
        if self._transport is not None:
            return self._transport()
        return OktaTransport(
            limit=self._concurrency + 2,
            connect_timeout=self.app.behaviours.connect_seconds,
            read_timeout=self.app.behaviours.read_seconds,
        )

    def _shuffle(self) -> random.Random | None:
        if self._faults is None or not self._faults.has(Fault.REORDER):
            return None
        return random.Random(f"order {self._faults.seed}")  # noqa: S311  disturbance

    async def test_api(self) -> TestResult:
        """Test API Credentials (catalogue) or Test Connector Configuration (wizard)."""
        return await self._tested("/Users")

    async def save(self) -> TestResult:
        """Save the integration: wizard apps test again, and Import Groups has them asked for."""
        connection = self.app.connection
        is_wizard = self.app.profile is WireProfile.AIW
        if connection is not None and is_wizard and self.app.behaviours.probe_on_save:
            tested = await self._tested("/Users")
            if not tested.passed:
                return tested
        if connection is None or not connection.import_groups:
            return TestResult(True, "Saved")
        return await self._tested("/Groups")

    async def _tested(self, endpoint: str) -> TestResult:
        client = self.provisioner.client
        try:
            probe = client.probe_users if endpoint == "/Users" else client.probe_groups
            client.found(await probe(), count=2 if endpoint == "/Users" else LOOKUP_PAGE)
        except RemoteError as problem:
            message = self._test_message(problem)
            self.log.failure(
                "application.integration.authentication_failure", message, self.app.label
            )
            return TestResult(False, message)
        if self.app.profile is WireProfile.AIW:
            return TestResult(True, "Connector configured successfully")
        return TestResult(True, f"{self.app.label} was verified successfully!")

    @staticmethod
    def _test_message(problem: RemoteError) -> str:
        if problem.status is not None and 200 <= problem.status < 300:
            # A page of HTML is no list either, and Okta has the same words for both.
            is_list = problem.text and "Invalid JSON" not in problem.text
            return problem.text if is_list else "No results for users returned"
        return f"Error authenticating: {problem.text}"

    # Work -----------------------------------------------------------------------------

    async def settle(self) -> None:
        """Do every job that waits, and those that wait for a time to come."""
        if self._provisioner is not None:
            await self._provisioner.settle()

    async def import_now(self, matching: Matching = Matching()) -> ImportResult:
        """Import Now; raises RemoteError when the endpoint can't be read."""
        return await import_now(self.app, self.provisioner.client, self.log, matching)

    def retry(self, *tasks: Task) -> None:
        """Retry Selected; without tasks, all of them."""
        for task in tasks or tuple(self.tasks):
            self.provisioner.retry(task.subject, task.job)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._provisioner is not None:
            await self._provisioner.client.aclose()
            self._provisioner = None
