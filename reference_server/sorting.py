"""Sorting: RFC 7644 section 3.4.2.3.

Without case unless the attribute is case-exact; of several values the primary
one counts, or the first; what has no value comes last, or first when
descending.
"""

from __future__ import annotations

from typing import Any

from reference_server import errors
from reference_server.filters import instant
from reference_server.paths import attribute_path
from reference_server.schemas import Attribute, ResourceType, Type

Key = tuple[bool, Any]


def sort_resources(
    resources: list[dict[str, Any]], path_text: str, order: str | None, resource_type: ResourceType
) -> list[dict[str, Any]]:
    """The resources in the order of the values at ``path_text``; raises invalidPath."""
    keyed = [(sort_key(one, path_text, resource_type), one) for one in resources]
    descending = is_descending(order)
    keyed.sort(key=lambda pair: pair[0], reverse=descending)
    return [one for _, one in keyed]


def is_descending(order: str | None) -> bool:
    """Whether ``sortOrder`` asks for descending; anything else than the two words is refused."""
    if order is None or order.lower() == "ascending":
        return False
    if order.lower() == "descending":
        return True
    raise errors.invalid_value(f"sortOrder is ascending or descending, not {order[:50]!r}")


def sort_key(resource: dict[str, Any], path_text: str, resource_type: ResourceType) -> Key:
    """What a resource is sorted by; a missing value sorts after all others."""
    path = attribute_path(path_text)
    attribute = resource_type.find(path.name, path.schema) if path else None
    if path is None or attribute is None:
        raise errors.invalid_path(f"{resource_type.name} has no attribute {path_text[:100]!r}")
    sub = attribute.sub(path.sub or "value") if attribute.type is Type.COMPLEX else None
    if attribute.type is Type.COMPLEX and sub is None:
        raise errors.invalid_path(f"{attribute.name} is complex; name a sub-attribute to sort by")
    extension = resource_type.extension(path.schema) if path.schema else None
    holder = resource if extension is None else resource.get(extension.id, {})
    value = holder.get(attribute.name)
    if isinstance(value, list):
        value = _chosen(value)
    if sub is not None and isinstance(value, dict):
        value = value.get(sub.name)
    return _comparable(value, sub or attribute)


def _chosen(values: list[Any]) -> Any:
    primary = (one for one in values if isinstance(one, dict) and one.get("primary") is True)
    return next(primary, values[0] if values else None)


def _comparable(value: Any, attribute: Attribute) -> Key:
    if value is None:
        return (True, 0)
    if attribute.type is Type.DATE_TIME and isinstance(value, str):
        found = instant(value)
        return (False, found.timestamp()) if found else (True, 0)
    if isinstance(value, str) and not attribute.case_exact:
        return (False, value.casefold())
    return (False, value)
