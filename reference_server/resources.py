"""From what a client sends to a resource: RFC 7644 sections 3.3 and 3.5.1.

A resource is a JSON object with canonical attribute names.  ``id`` and
``meta``, a user's groups and what a group shows of its members are no part of
it: the server fills them in when it answers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from reference_server import errors
from reference_server.schemas import Attribute, ResourceType, Schema
from reference_server.values import conformed


def new_resource(body: Any, resource_type: ResourceType) -> dict[str, Any]:
    """The resource that a create asks for; raises ScimError."""
    resource = _read(body, resource_type)
    check_required(resource, resource_type)
    return resource


def replaced(existing: dict[str, Any], body: Any, resource_type: ResourceType) -> dict[str, Any]:
    """The resource that a PUT asks for; raises ScimError.

    What the client leaves out is cleared; readOnly values are ignored, and an
    immutable value that is set must be the same (section 3.5.1).
    """
    resource = _read(body, resource_type)
    for attribute in resource_type.schema.attributes:
        if attribute.mutability == "immutable" and attribute.name in existing:
            sent = resource.setdefault(attribute.name, existing[attribute.name])
            if sent != existing[attribute.name]:
                raise errors.mutability(f"{attribute.name} is immutable and has another value")
    check_required(resource, resource_type)
    return resource


def _read(body: Any, resource_type: ResourceType) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise errors.invalid_syntax("the body must be a JSON object")
    named = named_schemas(body, resource_type)
    resource: dict[str, Any] = {"schemas": [resource_type.schema.id]}
    containers: dict[str, dict[str, Any]] = {}
    for name, value in body.items():
        extension = resource_type.extension(name)
        if extension is not None:
            containers[extension.id] = _extension(extension, value)
            continue
        attribute = resource_type.find(name)
        if attribute is None or attribute.is_read_only or attribute.name == "schemas":
            continue
        _keep(resource, attribute, value)
    for extension in (one.schema for one in resource_type.extensions):
        values = containers.get(extension.id)
        if values:
            resource[extension.id] = values
        if values or (extension.id.lower() in named and extension.id in containers):
            resource["schemas"].append(extension.id)
    for extension_schema in [one for one in resource["schemas"][1:] if one not in resource]:
        resource["schemas"].remove(extension_schema)
    return resource


def _keep(resource: dict[str, Any], attribute: Attribute, value: Any) -> None:
    fitting = conformed(attribute, value)
    if fitting is not None:
        resource[attribute.name] = fitting


def named_schemas(body: dict[str, Any], resource_type: ResourceType) -> set[str]:
    """The schemas that a body names, in lower case; raises when they can't be right."""
    schemas = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    if not isinstance(schemas, list) or not schemas:
        raise errors.invalid_syntax("schemas must be an array with the URIs of the resource")
    if not all(isinstance(one, str) for one in schemas):
        raise errors.invalid_syntax("schemas must hold nothing but strings")
    if schemas == [resource_type.schema.id]:
        return {resource_type.schema.id.lower()}
    named = {one.lower() for one in schemas}
    known = {resource_type.schema.id.lower()}
    known |= {one.schema.id.lower() for one in resource_type.extensions}
    foreign = sorted(named - known)
    if foreign:
        raise errors.invalid_value(f"{resource_type.name} has no schema {foreign[0][:200]!r}")
    if resource_type.schema.id.lower() not in named:
        raise errors.invalid_value(f"schemas must name {resource_type.schema.id}")
    return named


def _extension(schema: Schema, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.invalid_value(f"{schema.id} holds an object with the extension's attributes")
    found: dict[str, Any] = {}
    for name, one in value.items():
        attribute = schema.find(name)
        if attribute is not None and not attribute.is_read_only:
            _keep(found, attribute, one)
    return found


def check_required(resource: dict[str, Any], resource_type: ResourceType) -> None:
    """Every required attribute has a value; raises invalidValue."""
    for name in _required(resource_type):
        if _is_empty(resource.get(name)):
            raise errors.invalid_value(f"{name} is required")
    for extension in resource_type.extensions:
        values = resource.get(extension.schema.id)
        if values is None:
            if extension.required:
                raise errors.invalid_value(f"{extension.schema.id} is required")
            continue
        for attribute in extension.schema.attributes:
            if attribute.required and _is_empty(values.get(attribute.name)):
                raise errors.invalid_value(f"{extension.schema.id}:{attribute.name} is required")


@cache
def _required(resource_type: ResourceType) -> tuple[str, ...]:
    return tuple(one.name for one in resource_type.schema.attributes if one.required)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
