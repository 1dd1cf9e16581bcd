"""What must hold in every exchange, whichever check caused it.

An invariant looks at each answer the target gives and says whether its
sentence applied (True) or had nothing to look at (False); it raises through
``expect`` when the sentence does not hold.  A violation is reported once per
requirement, with the first exchanges that show it, and not once per check.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conformance.client import Response
from conformance.declared import (
    ITEMS_EXAMINED,
    Declared,
    Findings,
    Shape,
    annotated_requirements,
    ours,
)
from conformance.discovery import ResourceType
from conformance.evidence import Exchange
from conformance.requirements import Requirement
from conformance.rows import row_of
from conformance.verdict import Deviation, Withheld

Looks = Callable[["Seen"], bool]

#: What a bug of ours in the validation of bodies is reported at.
SHAPES = "rfc7644-3.8-json-shapes"

#: How many exchanges are kept as evidence for one requirement.
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, parsed once for all invariants, and what the target said of its schemas."""

    response: Response
    #: The JSON in the body; None when there is none, or it is not JSON.
    document: Any
    #: What the target declared; None before discovery has ended.
    declared: Declared | None
    #: Per requirement that a JSON Schema stands for: "" where it held, else how it did not.
    findings: Findings
    #: The resources that the answer holds.
    resources: list[dict[str, Any]]
    #: Those of them whose type is known by the endpoint that gave them.
    typed: list[tuple[dict[str, Any], ResourceType]]

    @property
    def object(self) -> dict[str, Any]:
        """The body when it is a JSON object, and an empty one when not."""
        return self.document if isinstance(self.document, dict) else {}

    def says(self, urn: str) -> bool:
        """Whether the body's ``schemas`` holds ``urn``."""
        schemas = self.object.get("schemas")
        return isinstance(schemas, list) and urn in schemas


_REGISTERED: dict[str, tuple[Looks, ...]] = {}


def invariant(requirement: str) -> Callable[[Looks], Looks]:
    """Register the decorated function as a check of ``requirement`` on every exchange."""

    def register(looks: Looks) -> Looks:
        _REGISTERED[requirement] = (*_REGISTERED.get(requirement, ()), looks)
        return looks

    return register


def invariants() -> dict[str, tuple[Looks, ...]]:
    """Every invariant, by requirement.

    They live in ``conformance/checks/always``; those that an annotation in a
    JSON Schema stands for need no function (see ``conformance.declared``).
    """
    package = importlib.import_module("conformance.checks.always")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return {**dict.fromkeys(sorted(annotated_requirements()), ()), **_REGISTERED}


@dataclass
class Sighting:
    """What the run saw of one invariant."""

    held: int = 0
    message: str = ""
    deviates: bool = False
    broken: str = ""
    examples: list[Exchange] = field(default_factory=list)

    def blame(self, message: str, exchange: Exchange, *, deviates: bool = False) -> None:
        """Note that the sentence did not hold; what comes first speaks, unless it is milder."""
        if not self.message or (self.deviates and not deviates):
            self.message, self.deviates = message, deviates
            self.examples.insert(0, exchange)
        else:
            self.examples.append(exchange)
        del self.examples[EXAMPLES:]

    def to_json(self) -> dict[str, Any]:
        """The sighting in a form that travels between processes."""
        return {
            "held": self.held,
            "message": self.message,
            "deviates": self.deviates,
            "broken": self.broken,
            "examples": [one.to_json() for one in self.examples],
        }

    def row(self, requirement: Requirement) -> dict[str, Any]:
        """The row of an invariant: what the whole run showed of one requirement."""
        error: BaseException | None = None
        if self.broken:
            error = RuntimeError(self.broken)
        elif self.message:
            error = Deviation(self.message) if self.deviates else AssertionError(self.message)
        elif not self.held:
            error = Withheld("no exchange of the run had anything to show of it")
        row = row_of(
            requirement,
            "call",
            error,
            exchanges=self.examples,
            seconds=0.0,
            check=f"conformance/checks/always::{requirement.id}",
            exchanges_needed=False,
        )
        if error is None:
            row["reason"] = ""
        return {**row, "rows": 1}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Sighting:
        """The sighting that ``to_json`` wrote."""
        examples = [Exchange.from_json(one) for one in document["examples"]]
        return cls(**{**document, "examples": examples})

    def merge(self, other: Sighting) -> None:
        """Add what another process saw; a violation outweighs a deviation."""
        self.held += other.held
        self.broken = self.broken or other.broken
        if not self.message or (self.deviates and other.message and not other.deviates):
            self.message, self.deviates = other.message, other.deviates
            self.examples = other.examples + self.examples
        else:
            self.examples = self.examples + other.examples
        self.examples = self.examples[:EXAMPLES]


class Ledger:
    """Shows every answer to every invariant, and keeps what they saw."""

    def __init__(self) -> None:
        self.declared: Declared | None = None
        self.sightings: defaultdict[str, Sighting] = defaultdict(Sighting)
        self._invariants = invariants()
        self._lock = threading.Lock()

    def watch(self, response: Response) -> None:
        """Show ``response`` to every invariant."""
        document = _document(response)
        resources = resources_in(response, document)
        findings = self._findings(response, document, resources)
        typed = _typed(self.declared, response, resources)
        seen = Seen(response, document, self.declared, findings, resources, typed)
        with self._lock:
            for requirement, finding in seen.findings.items():
                sighting = self.sightings[requirement]
                if finding:
                    sighting.blame(f"{response.line}: {finding}", response.exchange)
                else:
                    sighting.held += 1
            for requirement, functions in self._invariants.items():
                for looks in functions:
                    self._look(requirement, looks, seen)

    def _findings(
        self, response: Response, document: Any, resources: list[dict[str, Any]]
    ) -> Findings:
        if self.declared is None:
            return {}
        try:
            return _findings(self.declared, response, document, resources)
        except Exception as bug:  # noqa: BLE001  see _look
            sighting = self.sightings[SHAPES]
            sighting.broken = sighting.broken or f"{type(bug).__name__}: {bug}"
            return {}

    def _look(self, requirement: str, looks: Looks, seen: Seen) -> None:
        sighting = self.sightings[requirement]
        try:
            sighting.held += looks(seen)
        except AssertionError as problem:
            milder = isinstance(problem, Deviation)
            sighting.blame(str(problem), seen.response.exchange, deviates=milder)
        except Exception as bug:  # noqa: BLE001  a bug of ours must not look like the target's
            sighting.broken = sighting.broken or f"{type(bug).__name__}: {bug}"


def _document(response: Response) -> Any:
    try:
        return response.json() if response.content else None
    except AssertionError:
        return None


# What kind of body it is ----------------------------------------------------------------

TOTAL = "totalResults"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

_DISCOVERY = {
    "/ServiceProviderConfig": "service_provider_config",
    "/ResourceTypes": "resource_type",
    "/Schemas": "schema",
}


def resources_in(response: Response, document: Any) -> list[dict[str, Any]]:
    """The resources that an answer holds: itself, or the first items of a list.

    What answers a DELETE is none, whatever its body says.
    """
    if not response.ok or not isinstance(document, dict):
        return []
    if response.method == "DELETE":
        return []
    if is_list(document):
        items = document.get("Resources")
        found = items if isinstance(items, list) else []
        return [one for one in found[:ITEMS_EXAMINED] if isinstance(one, dict)]
    named = document.get("schemas")
    messages = isinstance(named, list) and any("api:messages" in str(one) for one in named)
    return [] if messages or is_bulk(response) else [document]


def _typed(
    declared: Declared | None, response: Response, resources: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], ResourceType]]:
    if declared is None or not resources or is_discovery(response):
        return []
    place = _endpoint(response)
    types = [one for one in declared.features.resource_types if one.endpoint == place]
    return [(resource, one) for resource in resources for one in types]


def is_list(document: dict[str, Any]) -> bool:
    """Whether a body is meant as a list of resources, well-formed or not."""
    return "totalResults" in document or "Resources" in document


def is_bulk(response: Response) -> bool:
    """Whether the request was a bulk request, whose answer is a message of its own."""
    return response.path.startswith("/Bulk")


def is_projected(response: Response) -> bool:
    """Whether the request asked for a part of the attributes only."""
    asked = (
        response.path.partition("?")[2] + (response.sent or b"").decode("utf-8", "replace")
    ).lower()
    return "attributes" in asked


def is_by_cursor(response: Response) -> bool:
    """Whether the request asked for a page by cursor."""
    return "cursor=" in response.path or b'"cursor"' in (response.sent or b"")


def is_discovery(response: Response) -> str | None:
    """Which of our schemas describes the discovery documents of an answer, if any does."""
    return _DISCOVERY.get(_endpoint(response))


def _endpoint(response: Response) -> str:
    """The first step of the path that was asked, such as ``/Users``."""
    return "/" + response.path.partition("?")[0].strip("/").partition("/")[0]


def _findings(
    declared: Declared, response: Response, document: Any, resources: list[dict[str, Any]]
) -> Findings:
    if not isinstance(document, dict) or is_bulk(response):
        return {}
    if response.status >= 400:
        return ours("error").examine(document)
    if not response.ok:
        return {}
    found: Findings = {}
    if is_list(document):
        by_cursor = "nextCursor" in document or is_by_cursor(response)
        _add(found, _list_shape(has_cursor=by_cursor).examine(document))
    kind = is_discovery(response)
    for resource in resources:
        if kind is not None:
            _add(found, ours(kind).examine(resource))
        else:
            _add(found, _resource_shape(is_partial=is_projected(response)).examine(resource))
            _add(found, declared.examine_resource(resource))
    return found


@cache
def _list_shape(*, has_cursor: bool) -> Shape:
    shape = ours("list_response")
    if not has_cursor:
        return shape
    # RFC 9865 section 2: with cursors the total may be left out; what else it is not, is its own
    # sentence there.
    known = {name: one for name, one in shape.schema["properties"].items() if name != TOTAL}
    return Shape.of({**shape.schema, "required": ["schemas"], "properties": known})


@cache
def _resource_shape(*, is_partial: bool) -> Shape:
    shape = ours("resource")
    if not is_partial:
        return shape
    # What a projection may leave out, and that it never leaves out the id, are
    # sentences of their own.
    named = {"schemas": shape.schema["properties"]["schemas"]}
    return Shape.of({**shape.schema, "required": [], "properties": named})


def _add(found: Findings, more: Findings) -> None:
    for requirement, message in more.items():
        found[requirement] = found.get(requirement) or message
