"""PATCH: RFC 7644 section 3.5.2.

Operations are applied one after the other to a copy, so that the resource
changes as a whole or not at all.  What an operation does is decided by three
questions: to which values does its path lead, what is the operation, and does
the attribute allow it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reference_server import errors
from reference_server.filters import And, Compare, Filter, compile_value_filter
from reference_server.paths import AttributePath, PatchPath, attribute_path, parse_path
from reference_server.resources import check_required
from reference_server.schemas import Attribute, ResourceType, Schema, Type
from reference_server.values import conformed, conformed_list, distinct

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MAX_OPERATIONS = 1_000

# Sent along by clients in a value without a path, and nobody means them as a change:
# Okta renames a group with its id beside the new name.
_IGNORED = {"id", "meta", "schemas"}


def apply_patch(resource: dict[str, Any], body: Any, resource_type: ResourceType) -> dict[str, Any]:
    """``resource`` after the operations in ``body``; raises ScimError and changes nothing."""
    changed: dict[str, Any] = _copied(resource)
    for operation in _operations(body):
        _apply(changed, operation, resource_type)
    _tidy(changed, resource_type)
    check_required(changed, resource_type)
    return changed


def _copied(value: Any) -> Any:
    """A deep copy of JSON, which has no circles."""
    match value:
        case dict():
            return {name: _copied(one) for name, one in value.items()}
        case list():
            return [_copied(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class _Operation:
    op: str
    path: str | None
    value: Any
    has_value: bool


def _operations(body: Any) -> list[_Operation]:
    if not isinstance(body, dict):
        raise errors.invalid_syntax("the body must be a JSON object")
    members = {name.lower(): value for name, value in body.items()}
    schemas = members.get("schemas")
    if not isinstance(schemas, list) or PATCH_OP.lower() not in {
        one.lower() for one in schemas if isinstance(one, str)
    }:
        raise errors.invalid_syntax(f"schemas must hold {PATCH_OP}")
    operations = members.get("operations")
    if not isinstance(operations, list) or not operations:
        raise errors.invalid_syntax("Operations must be an array with at least one operation")
    if len(operations) > MAX_OPERATIONS:
        raise errors.invalid_syntax(f"there are more than {MAX_OPERATIONS} operations")
    return [_operation(one) for one in operations]


def _operation(value: Any) -> _Operation:
    if not isinstance(value, dict):
        raise errors.invalid_syntax("an operation must be an object")
    members = {name.lower(): one for name, one in value.items()}
    op = members.get("op")
    if not isinstance(op, str) or op.lower() not in {"add", "remove", "replace"}:
        raise errors.invalid_syntax(f"op must be add, remove or replace, not {str(op)[:50]!r}")
    path = members.get("path")
    if path is not None and not isinstance(path, str):
        raise errors.invalid_path("path must be a string")
    if op.lower() == "remove" and path is None:
        # Section 3.5.2.2: without a path a remove fails with noTarget.
        raise errors.no_target("remove needs a path")
    if op.lower() != "remove" and "value" not in members:
        raise errors.invalid_value(f"{op} needs a value")
    return _Operation(op.lower(), path, members.get("value"), "value" in members)


def _apply(resource: dict[str, Any], operation: _Operation, resource_type: ResourceType) -> None:
    if operation.path is None:
        _apply_set(resource, operation, resource_type)
        return
    extension = resource_type.extension(operation.path)
    if extension is not None:
        _apply_to_extension(resource, operation, extension)
        return
    _apply_at(resource, operation, parse_path(operation.path), resource_type)


# Without a path: a set of attributes ---------------------------------------------------


def _apply_set(
    resource: dict[str, Any], operation: _Operation, resource_type: ResourceType
) -> None:
    if not isinstance(operation.value, dict):
        raise errors.invalid_value("without a path the value must be an object")
    for name, value in operation.value.items():
        one = _Operation(operation.op, name, value, has_value=True)
        extension = resource_type.extension(name)
        if extension is not None:
            _apply_to_extension(resource, one, extension)
            continue
        if name.lower() in _IGNORED:
            continue
        # Some clients write paths as keys: "name.givenName", "urn:…:User:department".
        path = attribute_path(name)
        if path is None:
            raise errors.invalid_path(f"{name[:100]!r} is no attribute")
        attribute = resource_type.find(path.name, path.schema)
        if attribute is not None and attribute.is_read_only and not value:
            continue  # Okta sends "groups": [] with everything
        _apply_at(
            resource,
            one,
            PatchPath(AttributePath(path.schema, path.name), None, path.sub),
            resource_type,
        )


def _apply_to_extension(resource: dict[str, Any], operation: _Operation, schema: Schema) -> None:
    if operation.op == "remove" or (operation.op == "replace" and operation.value is None):
        resource.pop(schema.id, None)
        return
    if not isinstance(operation.value, dict):
        raise errors.invalid_value(f"the value of {schema.id} must be an object")
    container = resource.setdefault(schema.id, {})
    for name, value in operation.value.items():
        attribute = schema.find(name)
        if attribute is None:
            raise errors.invalid_path(f"{schema.id} has no attribute {name[:100]!r}")
        one = _Operation(operation.op, name, value, has_value=True)
        _change(container, attribute, one, PatchPath(AttributePath(schema.id, name)))


# With a path --------------------------------------------------------------------------


def _apply_at(
    resource: dict[str, Any],
    operation: _Operation,
    path: PatchPath,
    resource_type: ResourceType,
) -> None:
    attribute = resource_type.find(path.attribute.name, path.attribute.schema)
    if attribute is None:
        raise errors.invalid_path(f"{resource_type.name} has no {str(path.attribute)[:100]!r}")
    schema = resource_type.extension(path.attribute.schema) if path.attribute.schema else None
    if attribute.name == "schemas":
        _check_schemas(operation, resource_type)
        return
    container = resource if schema is None else resource.setdefault(schema.id, {})
    _change(container, attribute, operation, path)


def _check_schemas(operation: _Operation, resource_type: ResourceType) -> None:
    """``schemas`` follows the data in the resource; a change that goes with that is accepted."""
    listed = operation.value if isinstance(operation.value, list) else [operation.value]
    known = {resource_type.schema.id.lower()}
    known |= {one.schema.id.lower() for one in resource_type.extensions}
    if operation.op == "remove":
        raise errors.mutability("schemas follows the data of the resource")
    if not all(isinstance(one, str) and one.lower() in known for one in listed):
        raise errors.invalid_value(f"{resource_type.name} has no such schema")


def _change(
    container: dict[str, Any], attribute: Attribute, operation: _Operation, path: PatchPath
) -> None:
    sub = None
    if path.sub is not None:
        sub = attribute.sub(path.sub)
        if sub is None:
            raise errors.invalid_path(f"{attribute.name} has no sub-attribute {path.sub[:100]!r}")
    _check_mutability(container, attribute, sub, operation)
    if path.where is not None:
        _change_selected(container, attribute, sub, operation, path.where)
    elif sub is not None and attribute.multi_valued:
        _change_in_all(container, attribute, sub, operation)
    elif sub is not None:
        _change_sub_attribute(container, attribute, sub, operation)
    else:
        _change_attribute(container, attribute, operation)


def _check_mutability(
    container: dict[str, Any], attribute: Attribute, sub: Attribute | None, operation: _Operation
) -> None:
    for one in (attribute, sub):
        if one is not None and one.is_read_only:
            raise errors.mutability(f"{one.name} is readOnly")
    if attribute.mutability == "immutable" and attribute.name in container:
        value = None if operation.op == "remove" else operation.value
        if value != container[attribute.name]:
            raise errors.mutability(f"{attribute.name} is immutable and has a value")


def _change_attribute(
    container: dict[str, Any], attribute: Attribute, operation: _Operation
) -> None:
    """A whole attribute: singular, complex or multi-valued."""
    old, name = container.get(attribute.name), attribute.name
    if operation.op == "remove":
        if attribute.required:
            # Section 3.5.2.2 names mutability for it (AMB-13).
            raise errors.mutability(f"{name} is required and can't be removed")
        _remove(container, attribute, operation)
        return
    new: Any
    if attribute.multi_valued:
        sent = operation.value if isinstance(operation.value, list | None) else [operation.value]
        new = _added(attribute, old or [], sent) if operation.op == "add" else None
        new = new if operation.op == "add" else conformed(attribute, sent)
    elif attribute.type is Type.COMPLEX:
        new = _merged(attribute, old, operation.value)
    else:
        new = conformed(attribute, operation.value)
    _put(container, name, new)


def _remove(container: dict[str, Any], attribute: Attribute, operation: _Operation) -> None:
    """Some clients list the members to remove as a value: then only these go (AMB-11)."""
    listed = operation.value
    if not (attribute.multi_valued and isinstance(listed, list) and listed):
        container.pop(attribute.name, None)
        return
    values = [one.get("value") for one in listed if isinstance(one, dict)]
    if len(values) != len(listed) or not all(isinstance(one, str) for one in values):
        raise errors.invalid_value("what a remove lists must be objects with a value")
    gone = set(values)
    kept = [one for one in container.get(attribute.name, []) if one.get("value") not in gone]
    _put(container, attribute.name, kept)


def _added(attribute: Attribute, old: list[Any], sent: Any) -> list[Any]:
    """The old values and the new ones, each once; a new primary replaces the old."""
    new = conformed_list(attribute, sent or []) or []
    if attribute.name == "members":
        # What a group shows of a member is filled in by the server: the id decides.
        known = {one.get("value") for one in old}
        return [*old, *(one for one in new if one.get("value") not in known)]
    return distinct([*_without_primary(old, new), *new])


def _without_primary(old: list[Any], new: list[Any]) -> list[Any]:
    """Section 3.5.2: when a value becomes primary, the others cease to be."""
    if not any(isinstance(one, dict) and one.get("primary") is True for one in new):
        return old
    cleared = []
    for one in old:
        if isinstance(one, dict) and one.get("primary") is True and one not in new:
            cleared.append({**one, "primary": False})
        else:
            cleared.append(one)
    return cleared


def _merged(attribute: Attribute, old: Any, sent: Any) -> dict[str, Any] | None:
    """Section 3.5.2.3: sub-attributes that are not mentioned stay; null clears one."""
    if sent is None:
        return None
    new = conformed(attribute, sent) or {}
    cleared = {
        sub.name
        for name, value in sent.items()
        if (value is None or value == []) and (sub := attribute.sub(name)) is not None
    }
    kept = {name: value for name, value in (old or {}).items() if name not in cleared}
    return {**kept, **new}


def _change_sub_attribute(
    container: dict[str, Any], attribute: Attribute, sub: Attribute, operation: _Operation
) -> None:
    parent = dict(container.get(attribute.name) or {})
    _set(parent, sub, operation)
    _put(container, attribute.name, parent)


def _change_in_all(
    container: dict[str, Any], attribute: Attribute, sub: Attribute, operation: _Operation
) -> None:
    """``emails.type`` without a filter has no meaning in the text: every element (AMB-14)."""
    elements = container.get(attribute.name) or []
    if not elements and operation.op != "remove":
        elements = [{}]
    _edit(container, attribute, elements, lambda _element: True, sub, operation)


def _change_selected(
    container: dict[str, Any],
    attribute: Attribute,
    sub: Attribute | None,
    operation: _Operation,
    where: Filter,
) -> None:
    if not attribute.multi_valued:
        raise errors.invalid_path(f"{attribute.name} has one value: brackets select nothing in it")
    matches = compile_value_filter(where, attribute)
    elements = container.get(attribute.name) or []
    # By identity: comparing each element with each selected one takes minutes in a large group.
    selected = {
        id(one) for one in elements if matches(one if isinstance(one, dict) else {"value": one})
    }
    if not selected:
        if operation.op == "replace":
            raise errors.no_target("no value matches the filter in the path")
        if operation.op == "remove":
            return
        elements = [*elements, _made_from(where, attribute)]
        made = elements[-1]
        _edit(container, attribute, elements, lambda one: one is made, sub, operation)
        return
    if operation.op == "remove" and sub is None:
        _put(container, attribute.name, [one for one in elements if id(one) not in selected])
        return
    _edit(container, attribute, elements, lambda one: id(one) in selected, sub, operation)


def _made_from(where: Filter, attribute: Attribute) -> dict[str, Any]:
    """A new element for an add that selects nothing: what the filter demands (AMB-05)."""
    made: dict[str, Any] = {}
    for one in where.operands if isinstance(where, And) else (where,):
        match one:
            case Compare(path, "eq", value) if (sub := attribute.sub(path.name)) is not None:
                made[sub.name] = value
            case _:
                raise errors.no_target("no value matches the filter, and none can be made from it")
    return made


def _edit(
    container: dict[str, Any],
    attribute: Attribute,
    elements: list[Any],
    is_selected: Callable[[Any], bool],
    sub: Attribute | None,
    operation: _Operation,
) -> None:
    """Change the selected elements: one sub-attribute of each, or the whole."""
    edited: list[Any] = []
    fresh: list[Any] = []
    for element in elements:
        if not is_selected(element):
            edited.append(element)
            continue
        changed = _edited(attribute, element, sub, operation)
        if changed is not None:
            edited.append(changed)
            fresh.append(changed)
    _put(container, attribute.name, distinct(_without_primary_but(edited, fresh)))


def _without_primary_but(elements: list[Any], fresh: list[Any]) -> list[Any]:
    if not any(isinstance(one, dict) and one.get("primary") is True for one in fresh):
        return elements
    return [
        {**one, "primary": False}
        if isinstance(one, dict)
        and one.get("primary") is True
        and not any(one is it for it in fresh)
        else one
        for one in elements
    ]


def _edited(
    attribute: Attribute, element: Any, sub: Attribute | None, operation: _Operation
) -> Any:
    if sub is not None:
        changed = dict(element)
        if sub.mutability == "immutable" and sub.name in changed:
            value = None if operation.op == "remove" else operation.value
            if changed[sub.name] != value:
                raise errors.mutability(f"{attribute.name}.{sub.name} is immutable")
        _set(changed, sub, operation)
        return changed or None
    if operation.op == "remove":
        return None
    fitting = conformed_list(attribute, [operation.value])
    new = fitting[0] if fitting else None
    if isinstance(new, dict) and isinstance(element, dict):
        _check_immutable(attribute, element, new)
        if operation.op == "add":
            return {**element, **new}
    return new


def _check_immutable(attribute: Attribute, old: dict[str, Any], new: dict[str, Any]) -> None:
    """RFC 7643 section 4.2: a member is added or removed, not turned into another."""
    for sub in attribute.sub_attributes:
        is_fixed = sub.mutability == "immutable" and sub.name == "value"
        if is_fixed and sub.name in old and sub.name in new and old[sub.name] != new[sub.name]:
            raise errors.mutability(f"{attribute.name}.{sub.name} is immutable")


def _set(parent: dict[str, Any], sub: Attribute, operation: _Operation) -> None:
    if operation.op == "remove":
        parent.pop(sub.name, None)
    else:
        _put(parent, sub.name, conformed(sub, operation.value))


def _put(container: dict[str, Any], name: str, value: Any) -> None:
    if value is None or value in ([], {}):
        container.pop(name, None)
    else:
        container[name] = value


def _tidy(resource: dict[str, Any], resource_type: ResourceType) -> None:
    """``schemas`` names the extensions that have data, and no others; one primary is left."""
    in_use = []
    for extension in resource_type.extensions:
        if not resource.get(extension.schema.id):
            resource.pop(extension.schema.id, None)
        else:
            in_use.append(extension.schema.id)
    resource["schemas"] = [resource_type.schema.id, *in_use]
    for attribute in resource_type.schema.attributes:
        values = resource.get(attribute.name)
        if not (attribute.multi_valued and isinstance(values, list)):
            continue
        if sum(1 for one in values if isinstance(one, dict) and one.get("primary") is True) > 1:
            raise errors.invalid_value(f"{attribute.name} has more than one primary value")
