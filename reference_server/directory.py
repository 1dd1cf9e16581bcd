"""The resources of one tenant: create, read, replace, patch, delete, represent.

Rules of SCIM are in the pure modules; this one applies them to what is stored.
What follows from other resources is not stored but computed on output: ``id``,
``meta``, a user's ``groups``, a member's ``display``, ``type`` and ``$ref``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from reference_server import errors
from reference_server.features import Features
from reference_server.folding import folded
from reference_server.messages import dumps, stored_json
from reference_server.patch import apply_patch
from reference_server.profile import Policy
from reference_server.resources import new_resource, replaced
from reference_server.schemas import Attribute, ResourceType
from reference_server.store import Keys, Record, Store, Taken

# Test data needs no strength, and Okta sends a password with every create: few
# rounds keep creates fast.  A server with real passwords takes 600,000.
PASSWORD_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Precondition:
    """If-Match and If-None-Match, RFC 7644 section 3.14.

    Tags are compared weakly: under strong comparison no weak tag, and so no tag
    of the RFC's own examples, would ever match.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, version: str) -> None:
        """Refuse a write that was meant for another version."""
        if self.if_match is not None and not _matches(self.if_match, version):
            raise errors.precondition_failed("the resource has changed; read it again")
        if self.if_none_match is not None and _matches(self.if_none_match, version):
            raise errors.precondition_failed(
                "the resource has the version that If-None-Match names"
            )

    def is_unmodified(self, version: str) -> bool:
        """The client of a GET has this version already."""
        return self.if_none_match is not None and _matches(self.if_none_match, version)


ALWAYS = Precondition()


def version_tag(record: Record) -> str:
    """The weak entity tag of a stored resource."""
    return f'W/"{record.version}"'


def now_text() -> str:
    """The time in the form of an xsd:dateTime with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_id() -> str:
    """An id that is never given twice."""
    digits = secrets.token_hex(16)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@dataclass
class Directory:
    """One tenant's resources; clock and ids are parameters."""

    store: Store
    tenant: int
    types: tuple[ResourceType, ...]
    features: Features
    policy: Policy
    clock: Callable[[], str] = now_text
    ids: Callable[[], str] = new_id
    by_name: dict[str, ResourceType] = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = {one.name: one for one in self.types}

    # Operations

    def create(self, kind: ResourceType, body: Any, resource_id: str | None = None) -> Record:
        """Store a new resource."""
        resource = new_resource(body, kind)
        password = _hashed(resource.pop("password", None))
        members = _take_members(resource, kind)
        now = self.clock()
        record = Record(0, kind.name, resource_id or self.ids(), now, now, 1, dumps(resource))
        with self.store.transaction():
            keys = _keys(resource, kind)
            self.policy.check_create(kind, self._is_name_taken(kind, keys.display_name))
            try:
                self.store.insert(self.tenant, record, keys, password)
            except Taken:
                raise _uniqueness(kind, resource) from None
            if members:
                self.store.set_members(record, members)
        record.parsed = resource
        return record

    def find(self, kind: ResourceType, resource_id: str) -> Record:
        """The resource with this id, or the error that there is none."""
        record = self.store.find(self.tenant, kind.name, resource_id)
        if record is None:
            raise errors.not_found(f"{kind.name} {resource_id[:64]!r} does not exist")
        return record

    def replace(
        self, kind: ResourceType, resource_id: str, body: Any, condition: Precondition = ALWAYS
    ) -> Record:
        """PUT: the body becomes the resource, as far as the client may decide."""
        with self.store.transaction():
            record = self.find(kind, resource_id)
            condition.check(version_tag(record))
            existing = self._editable(record)
            resource = replaced(existing, body, kind)
            if not self.features.change_password:
                resource.pop("password", None)
            return self._save(kind, record, existing, resource)

    def patch(
        self, kind: ResourceType, resource_id: str, body: Any, condition: Precondition = ALWAYS
    ) -> Record:
        """PATCH: all operations or none."""
        with self.store.transaction():
            record = self.find(kind, resource_id)
            condition.check(version_tag(record))
            existing = self._editable(record)
            resource = apply_patch(existing, body, kind)
            if "password" in resource and not self.features.change_password:
                raise errors.not_implemented("this server does not change passwords")
            return self._save(kind, record, existing, resource)

    def delete(
        self, kind: ResourceType, resource_id: str, condition: Precondition = ALWAYS
    ) -> None:
        """Remove a resource and its memberships."""
        with self.store.transaction():
            record = self.find(kind, resource_id)
            condition.check(version_tag(record))
            self.store.leave_all_groups(self.tenant, record.id, self.clock())
            self.store.delete(record)

    # Representation

    def represent(self, record: Record, base: str, wanted: str | None = None) -> dict[str, Any]:
        """The whole resource as a client sees it.

        ``wanted``, if given, is text in lower case that names the attributes of
        interest: what takes a look at other resources is left out if not named.
        """
        kind = self.by_name[record.type]
        document = stored_json(record.document) if record.parsed is None else record.parsed
        resource = {"schemas": document["schemas"], "id": record.id, **document}
        if record.type == "Group" and (wanted is None or "members" in wanted):
            members = self._members(record, base)
            if members:
                resource["members"] = members
        elif record.type == "User" and (wanted is None or "groups" in wanted):
            groups = self._groups(record, base)
            if groups:
                resource["groups"] = groups
        resource["meta"] = meta = {
            "resourceType": record.type,
            "created": record.created,
            "lastModified": record.modified,
            "location": f"{base}{kind.endpoint}/{record.id}",
        }
        if self.features.etag:
            meta["version"] = version_tag(record)
        return resource

    def location(self, record: Record, base: str) -> str:
        """The resource's URL."""
        return f"{base}{self.by_name[record.type].endpoint}/{record.id}"

    def _members(self, record: Record, base: str) -> list[dict[str, Any]]:
        members = []
        for member_id, type_name, document, _ in self.store.members(self.tenant, record):
            member: dict[str, Any] = {"value": member_id}
            kind = self.by_name.get(type_name or "")
            if document is not None and kind is not None:
                member["$ref"] = f"{base}{kind.endpoint}/{member_id}"
                display = _display(stored_json(document))
                if display:
                    member["display"] = display
            if type_name:
                member["type"] = type_name
            members.append(member)
        return members

    def _groups(self, record: Record, base: str) -> list[dict[str, Any]]:
        group_type = self.by_name.get("Group")
        if group_type is None:
            return []
        return [
            {
                "value": group_id,
                "$ref": f"{base}{group_type.endpoint}/{group_id}",
                "display": stored_json(document).get("displayName", group_id),
                "type": "direct" if is_direct else "indirect",
            }
            for group_id, document, is_direct in self.store.groups_of(self.tenant, record.id)
        ]

    # Writing

    def _editable(self, record: Record) -> dict[str, Any]:
        """What a client can change, in the form in which the client sees it."""
        resource: dict[str, Any] = stored_json(record.document)
        if record.type == "Group":
            members = self._members(record, "")
            if members:
                resource["members"] = members
        return resource

    def _save(
        self,
        kind: ResourceType,
        record: Record,
        existing: dict[str, Any],
        resource: dict[str, Any],
    ) -> Record:
        """Store a changed resource; one that is as it was keeps its version and date."""
        self.policy.check_change(kind, existing, resource)
        password = _hashed(resource.pop("password", None))
        old_members = _take_members(existing, kind)
        members = _take_members(resource, kind)
        if self.policy.local_members_stay and kind.name == "Group":
            members = {**self._local_members(record), **members}
        if resource == existing and members.keys() == old_members.keys() and password is None:
            return record
        record.document = dumps(resource)
        record.parsed = resource
        record.version += 1
        record.modified = max(self.clock(), record.modified)
        try:
            self.store.update(record, _keys(resource, kind), password)
        except Taken:
            raise _uniqueness(kind, resource) from None
        if members.keys() != old_members.keys():
            self.store.set_members(record, members)
        return record

    def _local_members(self, record: Record) -> dict[str, str | None]:
        return {
            member_id: type_name
            for member_id, type_name, _, is_local in self.store.members(self.tenant, record)
            if is_local
        }

    def _is_name_taken(self, kind: ResourceType, display_name: str | None) -> bool:
        if display_name is None or not self.policy.has_local_resources:
            return False
        return bool(self.store.find_by_key(self.tenant, kind.name, "displayName", display_name))


@cache
def unique_attribute(kind: ResourceType) -> Attribute | None:
    """The attribute, besides ``id``, whose values no two resources may share."""
    return next(
        (one for one in kind.schema.attributes if one.uniqueness in {"server", "global"}), None
    )


def index_value(kind: ResourceType, name: str, value: str) -> tuple[str, str] | None:
    """The index and the value under which the store finds ``name eq value``, if it can."""
    unique = unique_attribute(kind)
    if unique is not None and unique.name == name:
        return "unique", value if unique.case_exact else folded(value)
    if name == "displayName" and _is_named(kind):
        return name, folded(value)
    if name == "externalId":
        return name, value
    return None


@cache
def _is_named(kind: ResourceType) -> bool:
    """Resources of this type are looked up by displayName: each has one."""
    attribute = kind.schema.find("displayName")
    return attribute is not None and attribute.required


def _keys(resource: dict[str, Any], kind: ResourceType) -> Keys:
    unique = unique_attribute(kind)
    own = resource.get(unique.name) if unique else None
    display_name = resource.get("displayName") if _is_named(kind) else None
    return Keys(
        unique=(own if unique.case_exact else folded(own))
        if unique and isinstance(own, str)
        else None,
        display_name=folded(display_name) if isinstance(display_name, str) else None,
        external_id=resource.get("externalId"),
    )


def _uniqueness(kind: ResourceType, resource: dict[str, Any]) -> errors.ScimError:
    unique = unique_attribute(kind)
    name = unique.name if unique else "id"
    return errors.uniqueness(name, str(resource.get(name)))


def _take_members(resource: dict[str, Any], kind: ResourceType) -> dict[str, str | None]:
    """Take the members out of a group: id to type, each member once."""
    if kind.name != "Group":
        return {}
    members: dict[str, str | None] = {}
    for member in resource.pop("members", ()):
        value = member.get("value")
        if not isinstance(value, str) or not value:
            raise errors.invalid_value("members need a value, the id of a user or group")
        members[value] = member.get("type")
    return members


def _display(document: dict[str, Any]) -> str | None:
    name = document.get("displayName") or document.get("userName")
    return name if isinstance(name, str) else None


def _hashed(password: Any) -> str | None:
    if not isinstance(password, str):
        return None
    salt = secrets.token_bytes(16)
    secret = password.encode("utf-8", "replace")
    value = hashlib.pbkdf2_hmac("sha256", secret, salt, PASSWORD_ROUNDS)
    return f"pbkdf2-sha256${PASSWORD_ROUNDS}${salt.hex()}${value.hex()}"


def _matches(header: str, version: str) -> bool:
    wanted = version.removeprefix("W/")
    return any(tag == "*" or tag.removeprefix("W/") == wanted for tag in _tags(header))


def _tags(header: str) -> Iterable[str]:
    return (tag.strip() for tag in header.split(","))
