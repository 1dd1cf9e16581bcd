"""The checks: one function per requirement, one folder per document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from conformance.discovery import CORE_USER

Check = TypeVar("Check", bound=Callable[..., Any])


def requirement(identifier: str) -> Callable[[Check], Check]:
    """Say which requirement of the catalogue the decorated check tests; exactly one each."""
    mark: Callable[[Check], Check] = pytest.mark.requirement(identifier)
    return mark


def needs_attribute(
    *paths: str, schema: str = CORE_USER, writable: bool = True, removable: bool = False
) -> Callable[[Check], Check]:
    """Say which attributes the decorated check writes.

    Where the target publishes ``schema`` without one of ``paths``, or with one that is readOnly,
    the check is not applicable: a provider may leave attributes out (RFC 7644 section 3.1), and
    give them other characteristics (RFC 7643 section 8.7).  ``writable`` is false where the
    check is about an attribute that is readOnly; ``removable`` is true where the check takes
    one away, which can't be done with one that is required.
    """
    mark: Callable[[Check], Check] = pytest.mark.needs_attribute(
        *paths, schema=schema, writable=writable, removable=removable
    )
    return mark
