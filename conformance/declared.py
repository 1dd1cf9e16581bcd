"""JSON Schemas for what the target answers: ours, and those derived from its own ``/Schemas``.

Every part of such a schema is annotated with the requirement it stands for
(``x-requirement``).  ``Shape.examine`` validates a body with jsonschema-rs and
says, per requirement, whether its part was seen to hold or how it did not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from conformance.client import shown
from conformance.discovery import (
    CORE_GROUP,
    CORE_USER,
    ENTERPRISE_USER,
    Features,
    ResourceType,
)

ANNOTATION = "x-requirement"

#: So many items of a list are examined; a page may hold thousands.
ITEMS_EXAMINED = 20

_NULL = "null"

#: The JSON shape of a value, and the requirement it stands for, by attribute type.
_TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "string": ("rfc7644-3.8-json-shapes", {"type": "string"}),
    "boolean": ("rfc7643-2.3.2-booleans-json-literals", {"type": "boolean"}),
    "decimal": ("rfc7643-2.3.3-decimal-form", {"type": "number"}),
    "integer": ("rfc7643-2.3.4-integer-form", {"type": "integer"}),
    "dateTime": (
        "rfc7643-2.3.5-datetime-xsd-datetime",
        {
            "type": "string",
            "pattern": r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$",
        },
    ),
    "binary": (
        "rfc7643-2.3.6-binary-base64",
        {"type": "string", "pattern": r"^[A-Za-z0-9+/_\s-]*={0,2}\s*$"},
    ),
    "reference": ("rfc7643-2.3.7-reference-uri", {"type": "string", "pattern": r"^\S*$"}),
    "complex": ("rfc7644-3.8-json-shapes", {"type": "object"}),
}
_MULTI_VALUED = "rfc7643-2.4-multi-valued-attributes-arrays"
#: The sentence of its own that the specification has for one boolean.
_OWN_SENTENCE = {"active": "rfc7643-4.1.1-active-boolean"}

#: What RFC 7643 section 8.7.1 fixes: type, and whether there are many values.  A schema that
#: publishes them otherwise has broken that sentence, and not those of every value.
_CORE: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(
        ("userName", "displayName", "nickName", "title", "userType"), ("string", False)
    ),
    **dict.fromkeys(("preferredLanguage", "locale", "timezone", "password"), ("string", False)),
    "profileUrl": ("reference", False),
    "active": ("boolean", False),
    "name": ("complex", False),
    **dict.fromkeys(("emails", "phoneNumbers", "ims", "photos", "addresses"), ("complex", True)),
    **dict.fromkeys(("groups", "entitlements", "roles", "x509Certificates"), ("complex", True)),
    "members": ("complex", True),
    **dict.fromkeys(("employeeNumber", "costCenter", "organization"), ("string", False)),
    **dict.fromkeys(("division", "department"), ("string", False)),
    "manager": ("complex", False),
}
_CORE_SCHEMAS = {CORE_USER.lower(), CORE_GROUP.lower(), ENTERPRISE_USER.lower()}

Findings = dict[str, str]


def fixtures() -> Path:
    """The folder with the JSON Schemas: in a wheel inside the package, in a checkout beside it."""
    packaged = Path(__file__).parent / "_fixtures" / "schemas"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "fixtures" / "schemas"


@dataclass(frozen=True, slots=True)
class Shape:
    """An annotated JSON Schema, compiled once to be held against many bodies."""

    schema: dict[str, Any]
    validator: Draft202012Validator

    @classmethod
    def of(cls, schema: dict[str, Any]) -> Shape:
        """Compile ``schema``."""
        return cls(schema, Draft202012Validator(schema))

    def examine(self, document: Any) -> Findings:
        """Per requirement annotated in the schema: "" where it held, else how it did not."""
        try:
            errors = list(self.validator.iter_errors(document))
        except ValueError:
            # Half a surrogate pair, or nesting without end: no text that shows any of this.
            return {}
        findings = dict.fromkeys(_applied(self.schema, document, self.schema), "")
        for error in errors:
            for requirement, message in _blamed(error, self.schema):
                findings[requirement] = findings.get(requirement) or message
        return findings


@cache
def ours(name: str) -> Shape:
    """Our JSON Schema called ``name``, such as ``error`` or ``list_response``."""
    return Shape.of(json.loads((fixtures() / f"{name}.json").read_text("utf-8")))


#: Our schemas that are held against bodies; each annotation in them is an invariant.
OURS = (
    "error",
    "list_response",
    "resource",
    "service_provider_config",
    "resource_type",
    "schema",
)


def annotated_requirements() -> set[str]:
    """Every requirement that a part of our schemas, or of a derived one, stands for."""
    found = {_MULTI_VALUED, *_OWN_SENTENCE.values(), *(one for one, _ in _TYPES.values())}
    for name in OURS:
        found |= {annotation for annotation, _ in _annotations(ours(name).schema)}
    return found


def _annotations(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if ANNOTATION in schema:
            yield schema[ANNOTATION], schema
        for value in schema.values():
            yield from _annotations(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _annotations(value)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the target declared of its resources, ready to hold bodies against."""

    features: Features
    _derived: dict[str, Shape] = field(default_factory=dict)

    @classmethod
    def of(cls, features: Features) -> Declared:
        """The declarations in ``features``."""
        derived = {one.schema: derive(features, one) for one in features.resource_types}
        return cls(features, {urn: Shape.of(schema) for urn, schema in derived.items()})

    def resource_type_of(self, document: dict[str, Any]) -> ResourceType | None:
        """The resource type whose base schema a resource names in ``schemas``."""
        named = document.get("schemas")
        if not isinstance(named, list):
            return None
        for one in named:
            found = self.features.resource_type(one) if isinstance(one, str) else None
            if found is not None:
                return found
        return None

    def examine_resource(self, document: dict[str, Any]) -> Findings:
        """Hold a resource against the schema derived from the target's own ``/Schemas``."""
        found = self.resource_type_of(document)
        return {} if found is None else self._derived[found.schema].examine(document)


def derive(features: Features, resource_type: ResourceType) -> dict[str, Any]:
    """A JSON Schema for a resource type, from the target's schema documents."""
    properties = _properties(_fixed(features, resource_type.schema))
    for urn, _ in resource_type.extensions:
        inner = _properties(_fixed(features, urn))
        properties[urn] = {"type": ["object", _NULL], "properties": inner}
    # RFC 7643 section 3.1 fixes the common attributes, whatever a schema lists.
    properties |= {
        "meta": {
            "properties": _properties(
                [
                    {"name": "created", "type": "dateTime"},
                    {"name": "lastModified", "type": "dateTime"},
                    {"name": "location", "type": "reference"},
                ]
            )
        }
    }
    for name in ("schemas", "id", "externalId"):
        properties.pop(name, None)
    return {"properties": properties}


def _fixed(features: Features, urn: str) -> list[dict[str, Any]]:
    """The published attributes of a schema, the core ones with the type that the RFC fixes."""
    published = features.attributes(urn)
    if urn.lower() not in _CORE_SCHEMAS:
        return published
    return [
        {**one, "type": _CORE[one["name"]][0], "multiValued": _CORE[one["name"]][1]}
        if one.get("name") in _CORE
        else one
        for one in published
    ]


def _properties(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        str(attribute["name"]): _property(attribute)
        for attribute in attributes
        if isinstance(attribute.get("name"), str) and attribute.get("type") in _TYPES
    }


def _property(attribute: dict[str, Any]) -> dict[str, Any]:
    requirement, shape = _TYPES[attribute["type"]]
    requirement = _OWN_SENTENCE.get(attribute["name"], requirement)
    single = {ANNOTATION: requirement, **shape}
    subs = attribute.get("subAttributes")
    if attribute["type"] == "complex" and isinstance(subs, list):
        single["properties"] = _properties([one for one in subs if isinstance(one, dict)])
    if attribute.get("multiValued") is True:
        return {ANNOTATION: _MULTI_VALUED, "type": ["array", _NULL], "items": single}
    # null and absent are the same state (RFC 7643 section 2.5).
    return {**single, "type": [single["type"], _NULL]}


def _applied(schema: Any, value: Any, root: dict[str, Any]) -> set[str]:
    """The annotated requirements whose part of the schema has a value to look at."""
    if "$ref" in schema:
        return _applied(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    found = {schema[ANNOTATION]} if ANNOTATION in schema and value is not None else set()
    for part in schema.get("allOf", ()):
        found |= _applied(part, value, root)
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                found |= _applied(part, value[name], root)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, dict):
        for one in value[:ITEMS_EXAMINED]:
            found |= _applied(items, one, root)
    return found


def _blamed(error: ValidationError, root: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The requirements that a validation error speaks of, each with a message."""
    place = ".".join(str(step) for step in error.instance_path) or "the body"
    schema, nearest = _at(error, root)
    if error.kind.name == "required":
        missing = str(error.kind.value)
        blamed = schema.get("properties", {}).get(missing, {}).get(ANNOTATION) or nearest
        if blamed:
            yield blamed, f"{place} lacks {missing!r}"
    elif nearest:
        yield nearest, f"{place}: {_wanted(schema, error.kind.name)}, got {shown(error.instance)}"


def _at(error: ValidationError, root: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The part of the schema that failed, and the annotation nearest above it."""
    at: Any = root
    found: str | None = root.get(ANNOTATION)
    for step in error.evaluation_path[:-1]:
        at = at[step]
        # A reference is a text; an attribute of that name, as members have it, is no reference.
        if step == "$ref" and isinstance(at, str):
            at = root["$defs"][at.rpartition("/")[2]]
        if isinstance(at, dict):
            found = at.get(ANNOTATION, found)
    return at, found


def _wanted(schema: dict[str, Any], keyword: str) -> str:
    value: Any = schema.get(keyword)
    match keyword:
        case "type":
            kinds = [value] if isinstance(value, str) else [one for one in value if one != _NULL]
            return f"expected {' or '.join(kinds)}"
        case "enum":
            return f"expected one of {', '.join(str(one) for one in value if one is not None)}"
        case "contains":
            return f"expected it to hold {shown(value.get('const'))}"
        case "pattern":
            return f"expected the form {value}"
        case "minLength" | "minItems":
            return "expected it not to be empty"
        case "uniqueItems":
            return "expected no value twice"
        case _:
            return f"expected {keyword} {shown(value)}"
