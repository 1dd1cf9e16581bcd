"""What the checks of Kantega SSO stand on: an org of Okta with that product's app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from conformance.checks.conftest import Created, Maker
from conformance.checks.okta.actor import Account, Okta
from conformance.checks.okta.outcome import members
from conformance.client import ScimClient
from conformance.payloads import Payloads
from conformance.run import Run
from conformance.verdict import Unmet
from emulator.directory import Group

#: What Okta asks when its administrator presses Test API integration.
PROBE = {"startIndex": 1, "count": 2}


@dataclass(frozen=True, slots=True)
class LocalGroup:
    """A group of the target, with members that SCIM did not make."""

    name: str
    path: str
    members: list[str]


@pytest.fixture
def kantega(
    run: Run, scim: ScimClient, filters_offered: None, patch_offered: None
) -> Iterator[Okta]:
    """An org whose app is that of Kantega SSO, one of the catalogue."""
    with ExitStack() as exits:
        yield Okta(run, scim, "oin", exits, app="kantega")


@pytest.fixture
def account(kantega: Okta) -> Account:
    """A person's account."""
    return kantega.account()


@pytest.fixture
def plain_push(kantega: Okta, account: Account) -> None:
    """Blocks the check where Okta cannot push a group with a member at all."""
    kantega.pushed(account)


@pytest.fixture
def employee(kantega: Okta) -> Account:
    """The account of a person with a value in each of the eight attributes."""
    return kantega.account(
        kantega.person(middleName="King", displayName="Countess Ada", userType="Employee")
    )


@pytest.fixture
def other_employee(kantega: Okta) -> Account:
    """Another one."""
    return kantega.account(kantega.person("Grace", "Hopper", userType="Employee"))


@pytest.fixture
def stranger(make_user: Maker) -> Created:
    """A user that Okta knows nothing of."""
    return make_user()


@pytest.fixture
def existing(make_group: Maker, stranger: Created, payloads: Payloads) -> Created:
    """A group that was there before Okta came."""
    return make_group(displayName=payloads.unique("jira-users"), members=[stranger.member])


@pytest.fixture
def twin(kantega: Okta, account: Account, existing: Created) -> Group:
    """A group of the org with the name of ``existing``."""
    return kantega.group(account, name=existing.sent["displayName"])


@pytest.fixture
def local_group(
    run: Run, scim: ScimClient, groups: str, groups_offered: None, patch_offered: None
) -> Iterator[LocalGroup]:
    """The group that the target file opens to the checks; it is left as it was found."""
    name = run.target.local_group
    if not name:
        pytest.skip("the target file names no local_group under [kantega]")
    found = scim.find(groups, f'displayName eq "{name}"')
    if found.status != 200 or len(found.resources) != 1:
        raise Unmet("", f"{found.line}: expected one group, the local_group of the target file")
    path = f"{groups}/{found.resources[0].get('id')}"
    before = members(scim.get(path))
    if not before:
        raise Unmet("", f"GET {path}: the local_group of the target file has no members")
    yield LocalGroup(name, path, before)
    _restore(scim, path, before)


def _restore(scim: ScimClient, path: str, before: list[str]) -> None:
    """Take out who has come, and put back who has gone."""
    now = members(scim.get(path))
    operations = [
        {"op": "remove", "path": f'members[value eq "{one}"]'} for one in now if one not in before
    ]
    missing = [{"value": one} for one in before if one not in now]
    if missing:
        operations.append({"op": "add", "path": "members", "value": missing})  # type: ignore[dict-item]
    if operations:
        scim.patch(path, *operations)


@pytest.fixture
def open_to_others(run: Run) -> None:
    """Skips the check on a target of this machine, which needs no certificate."""
    host = run.target.origin.partition("://")[2].rpartition(":")[0].strip("[]")
    if host in {"localhost", "::1"} or host.startswith("127."):
        pytest.skip("the target is on this machine, where nobody else listens")


@pytest.fixture
def other_tenant(run: Run, payloads: Payloads) -> str:
    """The base URL with another tenant's id; skips the check where it has none."""
    base, slash, version = run.target.url.rpartition("/")
    place, _, tenant = base.rpartition("/")
    if not slash or place.endswith(("/", ":")) or not tenant:
        pytest.skip("the base URL has no segment before the version that could name a tenant")
    return f"{place}/{payloads.unknown_id(tenant)}/{version}"


@pytest.fixture
def nearly_right(run: Run, scim: ScimClient, users: str) -> ScimClient:
    """A client whose secret differs from the right one in its last character.

    Blocks the check where any secret at all is taken.
    """
    if not run.target.headers:
        pytest.skip("the run was given no credentials")
    entirely = scim.with_credentials([(name, _other(value)) for name, value in run.target.headers])
    response = entirely.get(users, params=PROBE)
    if response.status not in {401, 403}:
        raise Unmet("okta-test-api-wrong-credentials", f"{response.line}: {response.status}")
    wrong = [(name, _other_end(value)) for name, value in run.target.headers]
    return scim.with_credentials(wrong)


def _other(text: str) -> str:
    scheme, space, secret = text.rpartition(" ")
    return f"{scheme}{space}{'x' * len(secret)}"


def _other_end(text: str) -> str:
    return text[:-1] + ("x" if text[-1:] != "x" else "y")
