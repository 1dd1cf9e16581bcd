"""Expectations of multi-valued attributes; checks use them as ``expect.values`` and so on.

The order of elements has no meaning, and a target may add sub-attributes of
its own to each.
"""

from __future__ import annotations

from typing import Any

from conformance.client import Response, shown


def elements(response: Response, name: str) -> list[dict[str, Any]]:
    """The objects in the multi-valued attribute ``name``; no value is no elements."""
    __tracebackhide__ = True
    found = response.body.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def values(response: Response, name: str, *expected: str) -> None:
    """The elements of ``name`` have exactly these ``value``s, in any order."""
    __tracebackhide__ = True
    found = [str(one.get("value")) for one in elements(response, name)]
    if sorted(found) != sorted(expected):
        raise AssertionError(
            f"{response.line}: expected {name} to hold the values {shown(sorted(expected))}, "
            f"got {shown(sorted(found))}"
        )


def has_element(response: Response, name: str, **parts: Any) -> bool:
    """Whether some element of ``name`` has all of these sub-attributes."""
    return any(
        all(one.get(sub) == value for sub, value in parts.items())
        for one in elements(response, name)
    )


def element(response: Response, name: str, **parts: Any) -> None:
    """Some element of ``name`` has all of these sub-attributes."""
    __tracebackhide__ = True
    if not has_element(response, name, **parts):
        raise AssertionError(
            f"{response.line}: expected {name} to have an element with {shown(parts)}, "
            f"got {shown(response.body.get(name))}"
        )


def no_element(response: Response, name: str, **parts: Any) -> None:
    """No element of ``name`` has all of these sub-attributes."""
    __tracebackhide__ = True
    if has_element(response, name, **parts):
        raise AssertionError(
            f"{response.line}: expected {name} to have no element with {shown(parts)}, "
            f"got {shown(response.body.get(name))}"
        )
