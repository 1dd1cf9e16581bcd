"""Where a product's own rules may differ from plain RFC behavior.

The plain policy adds nothing.  The other one is that of
Kantega SSO, as its guide for Okta describes it:

* Group pushes never remove members that were not provisioned over SCIM.
* A group is not linked to an existing one, and its name cannot be changed.
* Eight attributes of a user are taken: userName, name.givenName,
  name.familyName, name.middleName, emails.value, emails.type, displayName and
  userType; ``active``, ``externalId`` and ``password`` go with provisioning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from reference_server import errors
from reference_server.schemas import Attribute, ResourceType

_KANTEGA_USER = {
    "userName": (),
    "name": ("givenName", "familyName", "middleName"),
    "emails": ("value", "type", "primary"),
    "displayName": (),
    "userType": (),
    "active": (),
    "password": (),
    "groups": (),
}


class Policy(Protocol):
    """What a product may decide for itself."""

    local_members_stay: bool
    has_local_resources: bool

    def types(self, types: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """The resource types with the attributes that the product takes."""

    def check_create(self, resource_type: ResourceType, is_name_taken: bool) -> None:
        """Refuse a create that the product does not do."""

    def check_change(
        self, resource_type: ResourceType, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """Refuse a change that the product does not do."""


class PlainPolicy:
    """RFC 7644 and nothing else."""

    local_members_stay = False
    has_local_resources = False

    def types(self, types: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """All attributes."""
        return types

    def check_create(self, resource_type: ResourceType, is_name_taken: bool) -> None:
        """Anything may be created."""

    def check_change(
        self, resource_type: ResourceType, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """Anything may be changed."""


class KantegaPolicy:
    """Kantega SSO in an Atlassian product."""

    local_members_stay = True
    has_local_resources = True

    def types(self, types: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """Users with eight attributes, and groups."""
        return tuple(
            replace(one, schema=replace(one.schema, attributes=_subset(one)), extensions=())
            if one.name == "User"
            else one
            for one in types
            if one.name in {"User", "Group"}
        )

    def check_create(self, resource_type: ResourceType, is_name_taken: bool) -> None:
        """An existing group is not adopted."""
        if resource_type.name == "Group" and is_name_taken:
            raise errors.conflict("a group of this name exists and cannot be linked")

    def check_change(
        self, resource_type: ResourceType, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """A group keeps its name for life; the same name again is no change."""
        if resource_type.name == "Group" and old.get("displayName") != new.get("displayName"):
            raise errors.mutability("the name of a group cannot be changed")


def _subset(user: ResourceType) -> tuple[Attribute, ...]:
    return tuple(
        replace(
            attribute,
            sub_attributes=tuple(
                sub
                for sub in attribute.sub_attributes
                if not _KANTEGA_USER[attribute.name] or sub.name in _KANTEGA_USER[attribute.name]
            ),
        )
        for attribute in user.schema.attributes
        if attribute.name in _KANTEGA_USER
    )


POLICIES: dict[str, type[PlainPolicy] | type[KantegaPolicy]] = {
    "rfc": PlainPolicy,
    "kantega": KantegaPolicy,
}
