"""The org for code that does not await: the same object, with a loop of its own behind it.

::

    with SyncOrg.start("https://example.com/scim/v2", token="…") as okta:
        okta.app.assign(okta.create_user("Ada", "Lovelace"))
        okta.settle()
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any

from anyio.from_thread import BlockingPortal, BlockingPortalProvider

from emulator.connection import Connection
from emulator.importing import ImportResult, Matching
from emulator.integration import Integration, TestResult
from emulator.org import OktaOrg

#: The loop of all orgs, in a thread of its own; it runs as long as somebody is inside.
LOOP = BlockingPortalProvider()


class SyncOrg:
    """Everything of an ``OktaOrg``; what is awaited there is called here."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        self._exits = contextlib.ExitStack()
        self._portal: BlockingPortal | None = None

    @classmethod
    def start(cls, target: str | Connection, **options: Any) -> SyncOrg:
        """See ``OktaOrg.start``."""
        return cls(OktaOrg.start(target, **options))

    def __enter__(self) -> SyncOrg:
        with contextlib.ExitStack() as starting:
            portal = starting.enter_context(LOOP)
            portal.call(self.org.__aenter__)
            # From here on the thread is ended by leaving, and no more by failing.
            self._exits = starting.pop_all()
        self._portal = portal
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._running.call(self.org.aclose)
        finally:
            self._exits.close()
            self._portal = None

    @property
    def _running(self) -> BlockingPortal:
        if self._portal is None:
            raise RuntimeError("the org is not running; use it in a with statement")
        return self._portal

    def __getattr__(self, name: str) -> Any:
        return getattr(self.org, name)

    def settle(self) -> None:
        """Let every app send what has happened, until nothing is left to do."""
        self._running.call(self.org.settle)

    def test_api(self) -> TestResult:
        """Test API Credentials of the first app."""
        return self._running.call(self.org.test_api)

    def save(self, integration: Integration | None = None) -> TestResult:
        """Save the integration of the first app, or of another."""
        return self._running.call((integration or self.org.integration).save)

    def configure(self, made: Connection, integration: Integration | None = None) -> None:
        """Enter base URL and credentials of the first app, or of another."""
        self._running.call((integration or self.org.integration).configure, made)

    def import_now(self, matching: Matching = Matching()) -> ImportResult:
        """Import Now of the first app; raises RemoteError."""
        return self._running.call(self.org.import_now, matching)
