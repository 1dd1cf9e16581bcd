"""Whether an endpoint has what the org says: nobody more, nobody less, and nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from emulator.app_users import AppUserStatus
from emulator.org import OktaOrg
from emulator.push_groups import MappingStatus, PushMapping
from tests.emulator.right_server import RightServer

Resource = dict[str, Any]


async def agree(
    okta: OktaOrg,
    server: RightServer,
    *,
    renamed: Collection[str] = (),
    left: Collection[str] = (),
) -> None:
    """Assert that an org at rest and its endpoint agree.

    Somebody of ``renamed`` may have accounts under earlier names, deactivated.
    ``left`` has the ids or names of groups that were unlinked and left.
    """
    accounts = {one["id"]: one for one in await server.users()}
    groups = {one["id"]: one for one in await server.groups()}
    _agree_on_people(okta, accounts, renamed)
    active = {account for account, one in accounts.items() if one["active"]}
    mappings = [one for one in okta.app.pushed if not one.is_leaving]
    for mapping in mappings:
        assert mapping.status is not MappingStatus.ERROR
        if mapping.status is MappingStatus.ACTIVE:
            assert mapping.target_id is not None
            _agree_on_group(okta, mapping, groups[mapping.target_id], active)
    targets = Counter(one.target_id for one in mappings if one.target_id is not None)
    assert all(count == 1 for count in targets.values())
    assert set(targets) <= set(groups)
    # The push of a group may have been deactivated before the answer to its create came.
    may_be_there = {*left, *(one.tried_as for one in mappings)}
    for identifier in set(groups) - set(targets):
        assert {identifier, groups[identifier]["displayName"]} & may_be_there


def _agree_on_people(
    okta: OktaOrg, accounts: dict[str, Resource], renamed: Collection[str]
) -> None:
    assigned = list(okta.app.assigned())
    provisioned = [one for one in assigned if one.status is not AppUserStatus.PENDING]
    assert all(one.status is AppUserStatus.ACTIVE for one in provisioned)
    assert {one.external_id for one in provisioned} == {
        account for account, one in accounts.items() if one["active"]
    }
    for known in provisioned:
        person, account = okta.users[known.user], accounts[str(known.external_id)]
        assert account["externalId"] == known.user
        assert account["userName"] == person.login
        assert account["name"]["familyName"] == person.profile["lastName"]
        assert account.get("title") == person.profile.get("title")
        assert account["emails"][0]["value"] == person.profile["email"]
    per_person = Counter(one["externalId"] for one in accounts.values())
    assert all(count == 1 or one in renamed for one, count in per_person.items())


def _agree_on_group(okta: OktaOrg, mapping: PushMapping, group: Resource, active: set[str]) -> None:
    eligible = set(okta.app.pushed.eligible(mapping))
    members = Counter(one["value"] for one in group.get("members", ()))
    assert group["displayName"] == okta.groups[mapping.source].name
    assert all(count == 1 for count in members.values())
    assert eligible <= set(members)
    if not mapping.is_linked:
        # Who has lost the app stays where the group is until its next push, deactivated.
        assert set(members) & active == eligible
