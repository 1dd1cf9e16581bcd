"""RFC 7644, section 3.5.2: Modifying with PATCH, whether it is offered, and ``schemas``."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Maker, Patch, Read
from conformance.client import ScimClient
from conformance.discovery import ENTERPRISE_USER, Features
from conformance.payloads import Payloads
from conformance.run import Run
from conformance.verdict import Unmet

SUPPORTED = "ServiceProviderConfig.patch.supported"


@pytest.fixture
def offers_patch(features: Features) -> bool:
    """Whether the target says that it supports PATCH; blocks when it does not say."""
    answer = features.applies(SUPPORTED)
    if answer.holds is None:
        raise Unmet(answer.blamed, answer.reason)
    return answer.holds


@requirement("rfc7644-3.5-patch-recommended")
def test_patch_is_offered(offers_patch: bool) -> None:
    expect.that(offers_patch, f"{SUPPORTED} is not true")


@requirement("rfc7644-3.5.2-patch-unsupported")
def test_patch_that_is_not_offered_is_not_implemented(scim: ScimClient, user: Created) -> None:
    """What Okta is told so that it uses PUT; other refusals are deviations (AMB-49)."""
    response = scim.patch(user.path, {"op": "replace", "path": "displayName", "value": "Patched"})

    expect.status(response, 501, tolerated=(200, 204, 403, 404, 405))


@pytest.fixture
def user_with_all_schemas(run: Run, make_user: Maker, payloads: Payloads) -> Created:
    """A user with the enterprise extension where the target has it, else a plain one."""
    if run.features.extends_user_with(ENTERPRISE_USER):
        return make_user({**payloads.enterprise_user(), "displayName": "Before"})
    return make_user(displayName="Before")


@requirement("rfc7644-3.5.2-patch-schemas-attribute-default")
def test_patch_leaves_the_schemas_of_the_resource(
    user_with_all_schemas: Created, patch: Patch, read: Read
) -> None:
    """The message carries the URN of the message only."""
    before = read(user_with_all_schemas).body.get("schemas") or []

    patch(user_with_all_schemas, {"op": "replace", "path": "displayName", "value": "After"})

    now = read(user_with_all_schemas)
    expect.equal(
        sorted(now.body.get("schemas") or []), sorted(before), f"{now.line}: schemas afterwards"
    )


@requirement("rfc7644-3.5.2-patch-modifies-schemas")
def test_extension_that_a_patch_adds_to_schemas_can_be_filled_by_it(
    user: Created, refuse: Patch, read: Read
) -> None:
    """A target that keeps ``schemas`` itself may refuse the operation on it (AMB-15).

    Data under a URN that it does not list is a deviation (AMB-31).
    """
    response = refuse(
        user,
        {"op": "add", "path": "schemas", "value": [ENTERPRISE_USER]},
        {"op": "add", "path": f"{ENTERPRISE_USER}:department", "value": "Research"},
    )

    expect.status(response, 200, 204, 400)
    now = read(user)
    expect.equal(
        (now.body.get(ENTERPRISE_USER) or {}).get("department"),
        "Research" if response.ok else None,
        f"{now.line}: department after {response.status}",
    )
    expect.tolerable(
        (ENTERPRISE_USER in (now.body.get("schemas") or [])) == response.ok,
        f"{now.line}: after {response.status} schemas does not go with the data of the extension",
    )
