"""Okta, Sync Password: a new password is taken, and never shown."""

from __future__ import annotations

import pytest

from conformance.checks import requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from conformance.client import Response
from conformance.verdict import Unmet

pytestmark = pytest.mark.usefixtures("patching")

#: Long and mixed, so that few rules for passwords are against it.
PASSWORD = "Fjord-93-lantern-Quill"


@requirement("okta-password-accepted")
def test_new_password_is_accepted(okta: Okta, account: Account) -> None:
    okta.set_password(account, PASSWORD)

    outcome.done(okta)


@pytest.fixture
def changed(okta: Okta, account: Account) -> Response:
    """The answer to a new password; blocks the check when it was refused."""
    okta.set_password(account, PASSWORD)
    if okta.complaints:
        raise Unmet("okta-password-accepted", f"Okta would show: {okta.complaint}")
    return okta.sent[-1]


@requirement("okta-password-not-shown")
def test_new_password_is_not_shown(okta: Okta, account: Account, changed: Response) -> None:
    outcome.shows_no_password(changed)
    outcome.shows_no_password(okta.read(account))
