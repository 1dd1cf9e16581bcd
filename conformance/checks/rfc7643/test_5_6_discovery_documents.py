"""RFC 7643, sections 5 and 6: Service Provider Configuration, and required extensions."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.client import Response, ScimClient
from conformance.discovery import (
    CONFIGURATION_REQUIREMENT,
    CORE_GROUP,
    CORE_USER,
    Features,
    ResourceType,
)
from conformance.payloads import Payloads
from conformance.verdict import Unmet


@pytest.fixture
def config(features: Features) -> dict[str, Any]:
    """The configuration, where it could be read."""
    if features.config is None:
        raise Unmet(CONFIGURATION_REQUIREMENT, "/ServiceProviderConfig gave no usable answer")
    return features.config


@requirement("rfc7643-5-id-not-required")
def test_configuration_has_no_id(config: dict[str, Any]) -> None:
    """It needs none; one that is there does no harm."""
    expect.lacks(config, "id", "the configuration")


@pytest.fixture
def demanding(features: Features) -> tuple[ResourceType, str]:
    """A resource type with a required extension, and the URI of that."""
    return next(
        (one, urn)
        for one in features.resource_types
        for urn, required in one.extensions
        if required
    )


@pytest.fixture
def without_extension(
    scim: ScimClient, payloads: Payloads, features: Features, demanding: tuple[ResourceType, str]
) -> dict[str, Any]:
    """A resource that lacks the extension; skips where the same with it is refused."""
    kind, urn = demanding
    builders = {CORE_USER.lower(): payloads.user, CORE_GROUP.lower(): payloads.group}
    build = builders.get(kind.schema.lower())

    def least() -> dict[str, Any]:
        if build is not None:
            return build(**{urn: None})
        values = payloads.generator.values(features.attributes(kind.schema), only_required=True)
        return {"schemas": [kind.schema], **values}

    inner = payloads.generator.values(features.attributes(urn))
    whole = least()
    whole |= {"schemas": [*whole["schemas"], urn], urn: inner}
    response = scim.post(kind.endpoint, whole)
    if not response.ok:
        pytest.skip(f"{response.line}: generated values were refused with {response.status}")
    return least()


@requirement("rfc7643-6-required-extension-present")
def test_resource_without_a_required_extension_is_refused(
    scim: ScimClient, demanding: tuple[ResourceType, str], without_extension: dict[str, Any]
) -> None:
    """The RFC's own example calls an extension required that many then don't demand."""
    response: Response = scim.post(demanding[0].endpoint, without_extension)

    expect.status(response, 400, tolerated=(200, 201))
