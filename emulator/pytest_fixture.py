"""``okta_org`` for the test suites of vendors: ``pytest_plugins = ["emulator.pytest_fixture"]``.

It asserts nothing, and may be imported before pytest sees it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from emulator.clock import SettableClock
from emulator.connection import Connection
from emulator.sync import SyncOrg

StartOrg = Callable[..., SyncOrg]


@pytest.fixture
def okta_org() -> Iterator[StartOrg]:
    """Starts an Okta org that provisions into an endpoint: ``okta_org(url, token="…")``.

    Takes what ``OktaOrg.start`` takes.  Time stands still unless a job waits,
    so that no test waits for Okta.  The org is closed after the test.
    """
    with ExitStack() as open_orgs:

        def start(target: str | Connection, **options: Any) -> SyncOrg:
            options.setdefault("clock", SettableClock())
            return open_orgs.enter_context(SyncOrg.start(target, **options))

        yield start
