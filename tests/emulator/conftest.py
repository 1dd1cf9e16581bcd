"""What every test of the emulator stands on."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The emulator runs on asyncio."""
    return "asyncio"
