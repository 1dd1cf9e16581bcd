"""Named behaviors that are found by themselves: what defects and variants have in common."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol, TypeVar

from reference_server.defects.wire import Behavior


class Named(Protocol):
    """Something that is chosen by its name."""

    @property
    def name(self) -> str:
        """Its name in kebab case."""
        ...


Entry = TypeVar("Entry", bound=Named)


def said(behavior: Behavior, what: str) -> str:
    """The first line of the docstring, which says what ``what`` does."""
    lines = (behavior.__doc__ or "").strip().splitlines()
    if not lines:
        raise ValueError(f"{what} has no docstring that says what it does")
    return lines[0]


def load(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, so that what is in it registers itself."""
    for module in pkgutil.walk_packages(path, f"{package}."):
        importlib.import_module(module.name)


def by_name(entries: Iterable[Entry], kind: str) -> dict[str, Entry]:
    """The entries in the order of their names; a name that is there twice raises ValueError."""
    found: dict[str, Entry] = {}
    for one in entries:
        if one.name in found:
            raise ValueError(f"{kind} {one.name!r} is there twice")
        found[one.name] = one
    return dict(sorted(found.items()))
