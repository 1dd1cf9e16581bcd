"""What Okta's checks stand on: an org that is connected to the target, people and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from conformance.checks.conftest import REPLACE_REQUIREMENT, Created, Maker
from conformance.checks.okta.actor import CREATE_REQUIREMENT, Account, Okta, PushedGroup
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_GROUP
from conformance.report.readiness import KINDS
from conformance.run import Run
from conformance.verdict import Unmet
from emulator.sync import LOOP

StartOkta = Callable[..., Okta]
Drift = Callable[..., None]


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of app: ``oin`` (catalogue, PATCH) or ``aiw`` (wizard, PUT)."""
    return str(request.param)


@pytest.fixture(scope="session")
def loop() -> Iterator[None]:
    """Keeps the loop of the orgs; a new thread for each took longer than what it sent."""
    with LOOP:
        yield


@pytest.fixture
def connect(run: Run, scim: ScimClient, loop: None) -> Iterator[StartOkta]:
    """Connects an app of either kind: ``connect(import_groups=True)``.

    For what both kinds send alike, so that it is asked once; nothing is looked up yet.
    """
    with ExitStack() as exits:

        def start(kind: str = "oin", **options: Any) -> Okta:
            return Okta(run, scim, kind, exits, **options)

        yield start


@pytest.fixture
def looking_up(run: Run) -> None:
    """Skips the check when the target says that it does not filter."""
    _skip_without(run, "ServiceProviderConfig.filter.supported", "Okta looks accounts up by filter")


@pytest.fixture
def start_okta(connect: StartOkta, looking_up: None, kind: str) -> StartOkta:
    """Starts an org whose app is connected: ``start_okta(import_groups=True)``."""
    return partial(connect, kind)


@pytest.fixture
def any_okta(connect: StartOkta, looking_up: None) -> Okta:
    """An org whose app is of either kind, for what both send alike."""
    return connect()


@pytest.fixture
def okta(start_okta: StartOkta) -> Okta:
    """An Okta org whose app may create, update and deactivate users in the target."""
    return start_okta()


@pytest.fixture
def patching(run: Run, kind: str) -> None:
    """Skips a catalogue app's row when the target says that it has no PATCH."""
    if kind == "oin":
        _skip_without(run, "ServiceProviderConfig.patch.supported", "a catalogue app sends PATCH")


@pytest.fixture
def pushing(groups_offered: None, patching: None) -> None:
    """Skips the check when the target has no groups, or can't change them as this app does."""


@pytest.fixture
def account(okta: Okta) -> Account:
    """A person's account in the target, made by Okta."""
    return okta.account()


@pytest.fixture
def create(any_okta: Okta) -> Response:
    """The answer to Okta's create of an account; blocks the check when it was refused."""
    any_okta.assign(any_okta.person())
    answer = any_okta.sent_with("POST")
    if not answer.ok:
        raise Unmet(CREATE_REQUIREMENT, f"{answer.line}: {answer.status}; {any_okta.complaint}")
    return answer


@pytest.fixture
def other_account(okta: Okta) -> Account:
    """Another person's account."""
    return okta.account(okta.person("Grace", "Hopper"))


@pytest.fixture
def pushed_group(okta: Okta, pushing: None, account: Account) -> PushedGroup:
    """A pushed group whose only member is ``account``."""
    return okta.pushed(account)


@pytest.fixture
def stranger(make_user: Maker) -> Created:
    """A user that Okta knows nothing of."""
    return make_user()


@pytest.fixture
def drift(scim: ScimClient) -> Drift:
    """Writes the members of a pushed group behind Okta's back: ``drift(pushed, stranger)``."""

    def drifted(pushed: PushedGroup, *everybody: Account | Created) -> None:
        members = [{"value": one.id} for one in everybody]
        body = {"schemas": [CORE_GROUP], "displayName": pushed.group.name, "members": members}
        response = scim.put(pushed.path, body)
        if not response.ok:
            raise Unmet(
                REPLACE_REQUIREMENT,
                f"{response.line}: a plain replace was refused with {response.status}",
            )

    return drifted


def _skip_without(run: Run, condition: str, why: str) -> None:
    answer = run.features.applies(condition)
    if answer.holds is False:
        pytest.skip(f"{answer.reason}; {why}")
