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


def needs_attribute(*paths: str, schema: str = CORE_USER) -> Callable[[Check], Check]:
    """Say which attributes the decorated check writes.

    Where the target publishes ``schema`` without one of ``paths``, the check is
    not applicable: a provider may leave attributes out (RFC 7644 section 3.1).
    """
    mark: Callable[[Check], Check] = pytest.mark.needs_attribute(*paths, schema=schema)
    return mark
