"""Attribute characteristics as data (RFC 7643 sections 2.2, 3.1 and 7).

Everything the server knows of an attribute is here: its type, whether it is
required, compared with or without case, writable, returned, unique.  The
rules elsewhere look at these records and never at a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Type(StrEnum):
    """The data types of RFC 7643 section 2.3."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class Attribute:
    """The definition of one attribute; the defaults are those of section 2.2."""

    name: str
    type: Type = Type.STRING
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple[Attribute, ...] = ()
    description: str = ""
    _subs: Mapping[str, Attribute] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {one.name.lower(): one for one in self.sub_attributes}
        object.__setattr__(self, "_subs", MappingProxyType(by_name))

    def sub(self, name: str) -> Attribute | None:
        """The sub-attribute called ``name``, in any case."""
        return self._subs.get(name.lower())

    @property
    def is_read_only(self) -> bool:
        """Clients cannot write it."""
        return self.mutability == "readOnly"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema: a URI and the attributes that live under it."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    _by_name: Mapping[str, Attribute] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {one.name.lower(): one for one in self.attributes}
        object.__setattr__(self, "_by_name", MappingProxyType(by_name))

    def find(self, name: str) -> Attribute | None:
        """The attribute called ``name``, in any case."""
        return self._by_name.get(name.lower())


@dataclass(frozen=True, slots=True)
class Extension:
    """A schema that a resource type adds to its base schema."""

    schema: Schema
    required: bool = False


# Types are told apart by identity: hashing all attributes of one takes long.
@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """A kind of resource: its endpoint, its base schema and its extensions."""

    name: str
    endpoint: str
    schema: Schema
    extensions: tuple[Extension, ...] = ()
    description: str = ""
    _by_name: Mapping[str, Attribute] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name = {one.name: one for one in (*self.schema.attributes, *COMMON)}
        object.__setattr__(self, "_by_name", MappingProxyType(by_name))

    def find(self, name: str, schema_uri: str | None = None) -> Attribute | None:
        """The attribute called ``name``: a common or base one, or one of the named schema."""
        # Nearly every name comes in its canonical case.
        if schema_uri is None and name in self._by_name:
            return self._by_name[name]
        if schema_uri is None or schema_uri.lower() == self.schema.id.lower():
            return _COMMON.get(name.lower()) or self.schema.find(name)
        extension = self.extension(schema_uri)
        return extension.find(name) if extension else None

    def extension(self, uri: str) -> Schema | None:
        """The extension schema called ``uri``, in any case."""
        if ":" not in uri:
            return None
        wanted = uri.lower()
        return next(
            (one.schema for one in self.extensions if one.schema.id.lower() == wanted), None
        )

    @property
    def top_level(self) -> tuple[Attribute, ...]:
        """The common attributes and those of the base schema."""
        return (*COMMON, *self.schema.attributes)


def _complex(name: str, *subs: Attribute, **more: Any) -> Attribute:
    return Attribute(name, Type.COMPLEX, sub_attributes=subs, **more)


def _values(name: str, types: tuple[str, ...] = (), value: Attribute | None = None) -> Attribute:
    """A multi-valued attribute with the sub-attributes of RFC 7643 section 2.4."""
    return _complex(
        name,
        value or Attribute("value"),
        Attribute("display"),
        Attribute("type", canonical_values=types),
        Attribute("primary", Type.BOOLEAN),
        multi_valued=True,
    )


# RFC 7643 section 3.1.  "schemas" has no characteristics in the text; it is always returned.
COMMON: tuple[Attribute, ...] = (
    Attribute(
        "schemas",
        Type.REFERENCE,
        multi_valued=True,
        required=True,
        case_exact=True,
        returned="always",
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        case_exact=True,
        mutability="readOnly",
        returned="always",
        uniqueness="global",
    ),
    Attribute("externalId", case_exact=True),
    _complex(
        "meta",
        Attribute("resourceType", case_exact=True, mutability="readOnly"),
        Attribute("created", Type.DATE_TIME, mutability="readOnly"),
        Attribute("lastModified", Type.DATE_TIME, mutability="readOnly"),
        Attribute(
            "location",
            Type.REFERENCE,
            case_exact=True,
            mutability="readOnly",
            reference_types=("uri",),
        ),
        Attribute("version", case_exact=True, mutability="readOnly"),
        mutability="readOnly",
    ),
)
_COMMON = {one.name.lower(): one for one in COMMON}

# RFC 7643 section 4.1, with the verified errata on its printed form.
USER_SCHEMA = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "User",
    "A person's account",
    (
        Attribute("userName", required=True, uniqueness="server", description="Sign-in name"),
        _complex(
            "name",
            Attribute("formatted"),
            Attribute("familyName"),
            Attribute("givenName"),
            Attribute("middleName"),
            Attribute("honorificPrefix"),
            Attribute("honorificSuffix"),
            description="The parts of the person's name",
        ),
        Attribute("displayName", description="The name to show"),
        Attribute("nickName"),
        Attribute("profileUrl", Type.REFERENCE, case_exact=True, reference_types=("external",)),
        Attribute("title"),
        Attribute("userType"),
        Attribute("preferredLanguage"),
        Attribute("locale"),
        Attribute("timezone"),
        Attribute("active", Type.BOOLEAN, description="Whether the account may be used"),
        Attribute("password", mutability="writeOnly", returned="never"),
        _values("emails", ("work", "home", "other")),
        _values("phoneNumbers", ("work", "home", "mobile", "fax", "pager", "other")),
        _values("ims", ("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other")),
        _values(
            "photos",
            ("photo", "thumbnail"),
            Attribute("value", Type.REFERENCE, case_exact=True, reference_types=("external",)),
        ),
        _complex(
            "addresses",
            Attribute("formatted"),
            Attribute("streetAddress"),
            Attribute("locality"),
            Attribute("region"),
            Attribute("postalCode"),
            Attribute("country"),
            Attribute("type", canonical_values=("work", "home", "other")),
            Attribute("primary", Type.BOOLEAN),
            multi_valued=True,
        ),
        _complex(
            "groups",
            Attribute("value", case_exact=True, mutability="readOnly"),
            Attribute(
                "$ref",
                Type.REFERENCE,
                case_exact=True,
                mutability="readOnly",
                reference_types=("Group",),
            ),
            Attribute("display", mutability="readOnly"),
            Attribute("type", mutability="readOnly", canonical_values=("direct", "indirect")),
            multi_valued=True,
            mutability="readOnly",
            description="The groups the person is in; changed through the groups",
        ),
        _values("entitlements"),
        _values("roles"),
        _values("x509Certificates", (), Attribute("value", Type.BINARY, case_exact=True)),
    ),
)

ENTERPRISE_SCHEMA = Schema(
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "EnterpriseUser",
    "What a company knows of the people who work there",
    (
        Attribute("employeeNumber"),
        Attribute("costCenter"),
        Attribute("organization"),
        Attribute("division"),
        Attribute("department"),
        _complex(
            "manager",
            Attribute("value", case_exact=True),
            Attribute("$ref", Type.REFERENCE, case_exact=True, reference_types=("User",)),
            Attribute("displayName", mutability="readOnly"),
        ),
    ),
)

GROUP_SCHEMA = Schema(
    "urn:ietf:params:scim:schemas:core:2.0:Group",
    "Group",
    "A set of users and groups",
    (
        Attribute("displayName", required=True, description="The name of the group"),
        _complex(
            "members",
            Attribute("value", case_exact=True, mutability="immutable"),
            Attribute(
                "$ref",
                Type.REFERENCE,
                case_exact=True,
                mutability="immutable",
                reference_types=("User", "Group"),
            ),
            Attribute("type", mutability="immutable", canonical_values=("User", "Group")),
            Attribute("display", mutability="immutable"),
            multi_valued=True,
        ),
    ),
)

# A type of our own, so that every data type and characteristic can be exercised.
DEVICE_SCHEMA = Schema(
    "urn:scimproof:params:scim:schemas:reference:1.0:Device",
    "Device",
    "A device that a person uses; it has an attribute of every kind",
    (
        Attribute(
            "serialNumber",
            required=True,
            case_exact=True,
            returned="always",
            uniqueness="server",
        ),
        Attribute("displayName"),
        Attribute("managed", Type.BOOLEAN),
        Attribute("weight", Type.DECIMAL, description="Kilograms"),
        Attribute("cores", Type.INTEGER),
        Attribute("purchased", Type.DATE_TIME),
        Attribute("firmwareHash", Type.BINARY, case_exact=True),
        Attribute("manual", Type.REFERENCE, case_exact=True, reference_types=("external",)),
        Attribute("manufacturer", mutability="immutable"),
        Attribute("lastSeen", mutability="readOnly", description="Where; nobody has told yet"),
        Attribute("pin", mutability="writeOnly", returned="never"),
        Attribute("notes", returned="request"),
        Attribute("tags", multi_valued=True),
        Attribute("readings", Type.DECIMAL, multi_valued=True),
        _complex(
            "owner",
            Attribute("value", case_exact=True),
            Attribute("$ref", Type.REFERENCE, case_exact=True, reference_types=("User",)),
        ),
        _values("addresses", ("mac", "ip")),
    ),
)

# An extension of our own, with an attribute that whoever uses it must give.
SUPPORT_SCHEMA = Schema(
    "urn:scimproof:params:scim:schemas:extension:reference:1.0:Device",
    "DeviceSupport",
    "Who helps when the device fails",
    (
        Attribute("contract", required=True, case_exact=True),
        Attribute("level", canonical_values=("gold", "silver")),
        Attribute("endsOn", Type.DATE_TIME),
    ),
)

USER = ResourceType(
    "User", "/Users", USER_SCHEMA, (Extension(ENTERPRISE_SCHEMA),), "Accounts of people"
)
GROUP = ResourceType("Group", "/Groups", GROUP_SCHEMA, (), "Sets of users and groups")
DEVICE = ResourceType(
    "Device", "/Devices", DEVICE_SCHEMA, (Extension(SUPPORT_SCHEMA),), "Devices that people use"
)


# Discovery documents ------------------------------------------------------------------


def schema_document(schema: Schema, location: str) -> dict[str, Any]:
    """The Schema resource (RFC 7643 section 7); erratum 8417 wants schemas and meta in it."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [_definition(one) for one in schema.attributes],
        "meta": {"resourceType": "Schema", "location": location},
    }


def resource_type_document(resource_type: ResourceType, location: str) -> dict[str, Any]:
    """The ResourceType resource (RFC 7643 section 6)."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": resource_type.name,
        "name": resource_type.name,
        "description": resource_type.description,
        "endpoint": resource_type.endpoint,
        "schema": resource_type.schema.id,
        "schemaExtensions": [
            {"schema": one.schema.id, "required": one.required} for one in resource_type.extensions
        ],
        "meta": {"resourceType": "ResourceType", "location": location},
    }


def _definition(attribute: Attribute) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "name": attribute.name,
        "type": str(attribute.type),
        "multiValued": attribute.multi_valued,
        "description": attribute.description or f"The {attribute.name}",
        "required": attribute.required,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
    }
    if attribute.type not in {Type.COMPLEX, Type.BOOLEAN}:
        definition["caseExact"] = attribute.case_exact
    if attribute.type not in {Type.COMPLEX, Type.BOOLEAN, Type.BINARY}:
        definition["uniqueness"] = attribute.uniqueness
    if attribute.canonical_values:
        definition["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        definition["referenceTypes"] = list(attribute.reference_types)
    if attribute.sub_attributes:
        definition["subAttributes"] = [_definition(one) for one in attribute.sub_attributes]
    return definition
