"""Right in another way: legal readings that the server itself does not follow.

The texts leave choices, and servers that were written by others make them
differently.  A judge must find all of them conforming, or it cries wolf.  Each
variant is an async function between client and server, as a defect is; its
docstring says which reading it follows::

    @variant("calls-an-unknown-attribute-no-target", of="AMB-16")
    async def calls_an_unknown_attribute_no_target(request: Request, forward: Forward) -> Response:
        \"\"\"An unknown attribute in a PATCH path is refused with noTarget.\"\"\"

``of`` is the place where the text leaves the choice: an entry of the project's
list of ambiguities (AMB-01 to AMB-61), or a section.  Readings that the text
does not clearly forbid, but does not support either, name in ``deviates`` the
requirements that may be graded *deviates* (or *declines*, where they are
optional); nothing else may turn red.  ``profiles`` is narrower where a client
relies on another reading: that client's rules are then no measure.

What ``settled`` lists has one legal reading only, the server's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from reference_server.defects import registry
from reference_server.defects.wire import Behavior, Forward, Request, Response, around

__all__ = ["Forward", "Request", "Response", "Variant", "all_variants", "variant", "wrap"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One legal reading, where the text leaves it open, and what may deviate by it."""

    name: str
    of: str
    description: str
    behavior: Behavior
    deviates: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ("rfc", "okta")


_registered: list[Variant] = []


def variant(
    name: str,
    *,
    of: str,
    deviates: Sequence[str] = (),
    profiles: Sequence[str] = ("rfc", "okta"),
) -> Callable[[Behavior], Behavior]:
    """Register a variant under a name in kebab case; the docstring says what it does."""

    def register(behavior: Behavior) -> Behavior:
        description = registry.said(behavior, f"variant {name!r}")
        one = Variant(name, of, description, behavior, tuple(deviates), tuple(profiles))
        _registered.append(one)
        return behavior

    return register


def all_variants() -> dict[str, Variant]:
    """Every variant of every module in this package, by name."""
    registry.load(__name__, __path__)
    return registry.by_name(_registered, "variant")


def wrap(app: ASGIApp, chosen: Sequence[Variant]) -> ASGIApp:
    """The application with these variants in front of it."""
    return around(app, *(one.behavior for one in chosen))
