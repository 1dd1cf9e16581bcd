"""Which attributes an answer has: RFC 7644 sections 3.4.2.5 and 3.9.

``returned`` decides (RFC 7643 section 2.2): *always* cannot be left out,
*never* cannot be had, *default* is there unless something else is asked for,
*request* only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from reference_server.paths import attribute_path
from reference_server.schemas import Attribute, ResourceType, Schema

#: Longer lists of names are cut: nobody has so many attributes.
_MOST_NAMES = 500


@dataclass(frozen=True, slots=True)
class Projection:
    """What was asked for; ``wanted`` is None when nothing was."""

    resource_type: ResourceType
    wanted: dict[str, Any] | None = None
    unwanted: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(
        cls,
        attributes: str | list[str] | None,
        excluded: str | list[str] | None,
        resource_type: ResourceType,
    ) -> Projection:
        """From the parameters as they came; where both are given, ``attributes`` decides."""
        wanted = _tree(attributes, resource_type)
        unwanted = _tree(excluded, resource_type) if wanted is None else None
        return cls(resource_type, wanted, unwanted or {})

    def apply(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The part of ``resource`` that the answer has."""
        if self.wanted is None and not self.unwanted:
            return self._as_default(resource)
        shown: dict[str, Any] = {}
        for name, value in resource.items():
            extension = self.resource_type.extension(name) if ":" in name else None
            if extension is not None:
                part = self._extension(extension, value)
            else:
                attribute = self.resource_type.find(name)
                part = None if attribute is None else self._part(attribute, name, value, ())
            if part is not None:
                shown[name] = part
        return shown

    def _as_default(self, resource: dict[str, Any]) -> dict[str, Any]:
        hidden = _hidden(self.resource_type)
        if hidden.isdisjoint(resource):
            return resource
        return {name: value for name, value in resource.items() if name not in hidden}

    def _extension(self, schema: Schema, values: Any) -> Any:
        if not isinstance(values, dict):
            return None
        shown = {}
        for name, value in values.items():
            attribute = schema.find(name)
            part = None if attribute is None else self._part(attribute, name, value, (schema.id,))
            if part is not None:
                shown[name] = part
        return shown or None

    def _part(self, attribute: Attribute, name: str, value: Any, above: tuple[str, ...]) -> Any:
        """What is shown of one attribute: all of it, some sub-attributes, or None."""
        if attribute.returned == "never":
            return None
        if attribute.returned == "always" or name == "schemas":
            return value
        steps = (*above, name)
        if self.wanted is not None:
            asked = _at(self.wanted, steps)
            if asked is None:
                return None
            return value if not asked else _subs(value, lambda sub: sub in asked)
        if attribute.returned == "request":
            return None
        refused = _at(self.unwanted, steps)
        if refused is None:
            return value
        return None if not refused else _subs(value, lambda sub: sub not in refused)


def _tree(names: str | list[str] | None, resource_type: ResourceType) -> dict[str, Any] | None:
    """Names as nested dictionaries in canonical case; an empty one stands for "all of it"."""
    if names is None:
        return None
    listed = names.split(",") if isinstance(names, str) else names
    given = [one.strip() for one in listed if one.strip()]
    if not given:
        return None
    tree: dict[str, Any] = {}
    for name in given[:_MOST_NAMES]:
        steps = _steps(name, resource_type)
        if steps:
            _plant(tree, steps)
    return tree


def _steps(name: str, resource_type: ResourceType) -> tuple[str, ...]:
    extension = resource_type.extension(name)
    if extension is not None:
        return (extension.id,)
    path = attribute_path(name)
    attribute = resource_type.find(path.name, path.schema) if path else None
    if path is None or attribute is None:
        return ()
    holder = resource_type.extension(path.schema) if path.schema else None
    steps: tuple[str, ...] = (attribute.name,) if holder is None else (holder.id, attribute.name)
    if path.sub is None:
        return steps
    sub = attribute.sub(path.sub)
    return (*steps, sub.name) if sub else ()


def _plant(tree: dict[str, Any], steps: Iterable[str]) -> None:
    """Put a name into the tree; a whole attribute swallows its sub-attributes."""
    *above, last = steps
    for step in above:
        inner = tree.get(step)
        if inner == {}:
            return
        tree = tree.setdefault(step, {})
    tree[last] = {}


def _at(tree: dict[str, Any], steps: tuple[str, ...]) -> dict[str, Any] | None:
    """What the tree says at ``steps``: nothing, all of it ({}), or some sub-attributes."""
    for step in steps:
        if step not in tree:
            return None
        tree = tree[step]
        if not tree:
            return {}
    return tree


def _subs(value: Any, is_shown: Any) -> Any:
    if isinstance(value, list):
        parts = [_subs(one, is_shown) for one in value]
        return [one for one in parts if one] or None
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if is_shown(name)} or None


def written_on_request(
    resource: dict[str, Any], written: Any, resource_type: ResourceType
) -> dict[str, Any]:
    """What is returned on request, and was named in the body of a write.

    RFC 7643 section 7: a write is such a request for the attributes it specifies.
    """
    return {
        name: resource[name]
        for name in _on_request(resource_type)
        if name in resource and _mentions(written, name.lower())
    }


def _mentions(written: Any, name: str) -> bool:
    """Whether a body names an attribute: as a member, or in the path of an operation."""
    if not isinstance(written, dict):
        return False
    members = {key.lower(): value for key, value in written.items()}
    if name in members:
        return True
    operations = members.get("operations")
    for one in operations if isinstance(operations, list) else ():
        parts = {key.lower(): value for key, value in one.items()}
        path = str(parts.get("path") or "").lower().rpartition(":")[2]
        if path.partition(".")[0].partition("[")[0] == name or _mentions(parts.get("value"), name):
            return True
    return False


@cache
def _on_request(resource_type: ResourceType) -> tuple[str, ...]:
    """The names of what an answer has only on request."""
    return tuple(one.name for one in resource_type.top_level if one.returned == "request")


@cache
def _hidden(resource_type: ResourceType) -> frozenset[str]:
    """The names that an answer has only on request, or never."""
    return frozenset(
        one.name for one in resource_type.top_level if one.returned in {"never", "request"}
    )
