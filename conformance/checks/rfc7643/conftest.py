"""Resources of types that nobody here has heard of, made from what the target declares.

A target may refuse values whose meaning it knows and its schemas don't tell.
Then there is nothing to judge, and the check is not applicable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.checks.conftest import Created, created
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_GROUP, CORE_USER, ENTERPRISE_USER, Features, ResourceType
from conformance.generated import Definition, Generator, is_writable
from conformance.payloads import Payloads
from conformance.run import Run

_KNOWN = {one.lower() for one in (CORE_USER, CORE_GROUP, ENTERPRISE_USER)}
#: RFC 7643 section 2.1; "$ref" is printed in the schemas of section 8.7.
_NAME = re.compile(r"[$A-Za-z][A-Za-z0-9_-]*")
#: So many types are tried until one takes generated values.
_TRIED = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A schema to be exercised: the base of a resource type, or an extension of one."""

    type: ResourceType
    #: The extension's URI; empty for the base schema, whose attributes are at the top.
    container: str
    definitions: tuple[Definition, ...]
    #: What a resource of the type needs besides.
    base: Callable[[], dict[str, Any]]
    generator: Generator

    def body(self, values: dict[str, Any]) -> dict[str, Any]:
        """A resource that has these values of the schema."""
        body = self.base()
        if not self.container:
            return {**body, **values}
        schemas = [one for one in body["schemas"] if one != self.container]
        return {**body, "schemas": [*schemas, self.container], self.container: values}

    def least(self, values: dict[str, Any]) -> dict[str, Any]:
        """Those of ``values`` that the schema requires."""
        required = self.generator.values(self.definitions, only_required=True)
        return {name: value for name, value in values.items() if name in required}

    def path(self, name: str) -> str:
        """An attribute's name in filters and in ``attributes``."""
        return f"{self.container}:{name}" if self.container else name

    def shown(self, response: Response) -> dict[str, Any]:
        """What an answer has of the schema's attributes."""
        found = response.body.get(self.container) if self.container else response.body
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Specimen:
    """A resource with a generated value in every attribute that a client may write."""

    kind: Kind
    made: Created
    values: dict[str, Any]

    def body(self, **changes: Any) -> dict[str, Any]:
        """The resource as it was sent, with other values for some attributes."""
        sent = {**self.made.sent, "id": self.made.id}
        if not self.kind.container:
            return {**sent, **changes}
        return {**sent, self.kind.container: {**self.values, **changes}}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a specimen: its definition and the value that was sent."""

    definition: Definition
    path: str
    sent: Any

    @property
    def name(self) -> str:
        """Its name, as the schema has it."""
        return str(self.definition["name"])


Pick = Callable[..., Attribute]


@pytest.fixture
def generator(payloads: Payloads) -> Generator:
    """Makes values for attributes of any schema."""
    return payloads.generator


def _kinds(features: Features, payloads: Payloads, *, extensions: bool) -> list[Kind]:
    found = []
    for one in features.resource_types:
        schemas = [urn for urn, _ in one.extensions] if extensions else [one.schema]
        for urn in schemas:
            # What has no name to speak of can't be written; that it has one is another sentence.
            definitions = tuple(
                one for one in features.attributes(urn) if _NAME.fullmatch(str(one.get("name")))
            )
            if urn.lower() in _KNOWN or not any(is_writable(one) for one in definitions):
                continue
            base = _base(features, payloads, one, with_required=extensions)
            container = urn if extensions else ""
            found.append(Kind(one, container, definitions, base, payloads.generator))
    return found[:_TRIED]


def _base(
    features: Features, payloads: Payloads, kind: ResourceType, *, with_required: bool
) -> Callable[[], dict[str, Any]]:
    match kind.schema.lower():
        case schema if schema == CORE_USER.lower():
            return payloads.user
        case schema if schema == CORE_GROUP.lower():
            return payloads.group

    def other() -> dict[str, Any]:
        body: dict[str, Any] = {"schemas": [kind.schema]}
        if with_required:
            body |= payloads.generator.values(features.attributes(kind.schema), only_required=True)
        for urn, required in kind.extensions:
            inner = payloads.generator.values(features.attributes(urn), only_required=True)
            if required and inner:
                body["schemas"] = [*body["schemas"], urn]
                body[urn] = inner
        return body

    return other


@pytest.fixture(params=["another-type", "an-extension"])
def specimen(
    request: pytest.FixtureRequest,
    run: Run,
    scim: ScimClient,
    payloads: Payloads,
    generator: Generator,
) -> Specimen:
    """A resource of a type of the target's own, or one with an extension of the target's own.

    Which of several types takes generated values is found out once per process.
    """
    row = str(request.param)
    kinds = _kinds(run.features, payloads, extensions=row == "an-extension")
    said = run.known.get(row, f"the target publishes no {row.replace('-', ' ')}")
    for kind in [one for one in kinds if run.known.get(row, "/").startswith("/")]:
        address = f"{kind.type.endpoint}#{kind.container}"
        if run.known.get(row, address) != address:
            continue
        values = generator.values(kind.definitions)
        sent = kind.body(values)
        response = scim.post(kind.type.endpoint, sent)
        if response.ok:
            run.known[row] = address
            return Specimen(kind, created(response, sent, kind.type.endpoint), values)
        said = f"{response.line}: generated values were refused with {response.status}"
    run.known.setdefault(row, said)
    pytest.skip(said)


@pytest.fixture
def pick(specimen: Specimen) -> Pick:
    """An attribute of the specimen that is declared so: ``pick(returned="always")``.

    Skips where there is none.  What a schema is silent about has a sentence of
    its own, so only what it says counts.
    """

    def picked(**characteristics: Any) -> Attribute:
        for one in specimen.kind.definitions:
            name = one.get("name")
            if name in specimen.values and _says(one, characteristics):
                return Attribute(one, specimen.kind.path(name), specimen.values[name])
        wanted = ", ".join(f"{name} {value}" for name, value in characteristics.items())
        pytest.skip(f"{specimen.kind.type.name} has no attribute that is declared {wanted}")

    return picked


def _says(definition: Definition, characteristics: dict[str, Any]) -> bool:
    return all(
        definition.get(name) in (value if isinstance(value, tuple) else (value,))
        for name, value in characteristics.items()
    )
