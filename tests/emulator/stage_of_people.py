"""What the tests of accounts share: Mira on the stage, and what was logged of her."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.application import AppUser
from tests.emulator.stage import MIRA, Stage

OF_USER = "application.provision.user."
TASK = "Automatic provisioning of user mira.voss@corp.example to app Harbour App failed: "
ONE = f"/Users/{MIRA}"
APPS = pytest.mark.parametrize("app", ["oin", "aiw"])


async def assigned(
    stage: Stage, account: dict[str, Any] | None = None, **attributes: Any
) -> AppUser:
    """Mira with the app; ``account`` are changes to the account that she has already."""
    mira = stage.mira(**attributes)
    if account is not None:
        stage.account(mira, **account)
    stage.app.assign(mira)
    await stage.org.settle()
    return stage.app.app_user(mira)


def logged(stage: Stage, result: str) -> list[str]:
    return [one.removeprefix(OF_USER) for one, _ in stage.events(result)]
