"""What the target says it can do, and which requirements that makes applicable.

The answer to "does this requirement apply?" is yes, no, or unknown: a target
whose discovery is broken has not said no.  Claims in the target file come
before discovery, because the owner of a target knows it best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Response, ScimClient
from conformance.verdict import Unmet

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

#: The requirements that discovery itself stands on, named when it fails.
CONFIGURATION_REQUIREMENT = "rfc7644-4-serviceproviderconfig-endpoint"
SCHEMAS_REQUIREMENT = "rfc7644-4-schemas-endpoint"
RESOURCE_TYPES_REQUIREMENT = "rfc7644-4-resourcetypes-endpoint"

_CONFIG = "ServiceProviderConfig."
#: What no document can tell; it holds until the target file says otherwise.
_CLAIMED = ("group_linking", "group_rename")


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a condition holds: True, False, or None when the target did not say."""

    holds: bool | None
    reason: str
    #: The requirement to name when the target did not say.
    blamed: str = ""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type as ``/ResourceTypes`` has it, or assumed where that is missing."""

    name: str
    endpoint: str
    schema: str
    extensions: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Features:
    """The discovery documents as they came, and what was found by asking."""

    config: dict[str, Any] | None = None
    schemas: tuple[dict[str, Any], ...] | None = None
    resource_types: tuple[ResourceType, ...] = ()
    types_are_published: bool = False
    probes: dict[str, bool] = field(default_factory=dict)
    claims: dict[str, bool] = field(default_factory=dict)
    base_url: str = ""
    authenticated: bool = True
    second_credential: bool = False

    # Resource types ------------------------------------------------------------------

    def resource_type(self, schema: str) -> ResourceType | None:
        """The resource type whose base schema is ``schema``."""
        return next(
            (one for one in self.resource_types if one.schema.lower() == schema.lower()), None
        )

    def extends_user_with(self, schema: str) -> bool:
        """Whether the User type lists the extension ``schema``."""
        user = self.resource_type(CORE_USER)
        return user is not None and any(one.lower() == schema.lower() for one, _ in user.extensions)

    # Schemas -------------------------------------------------------------------------

    def schema(self, urn: str) -> dict[str, Any] | None:
        """The published schema document called ``urn``."""
        return next(
            (
                one
                for one in self.schemas or ()
                if isinstance(one.get("id"), str) and one["id"].lower() == urn.lower()
            ),
            None,
        )

    def attributes(self, urn: str) -> list[dict[str, Any]]:
        """The attribute definitions at the top of the published schema ``urn``."""
        found = (self.schema(urn) or {}).get("attributes")
        return [one for one in found or () if isinstance(one, dict)]

    def attribute(self, urn: str, path: str) -> dict[str, Any] | None:
        """The definition of ``name`` or ``name.sub`` in the published schema ``urn``."""
        name, _, sub = path.partition(".")
        found = _named(self.attributes(urn), name)
        if found is None or not sub:
            return found
        return _named(
            [one for one in found.get("subAttributes") or () if isinstance(one, dict)], sub
        )

    def each_attribute(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every published definition, sub-attributes too: (schema, dotted name, definition)."""
        for schema in self.schemas or ():
            urn = str(schema.get("id"))
            for attribute in self.attributes(urn):
                name = str(attribute.get("name"))
                yield urn, name, attribute
                for sub in attribute.get("subAttributes") or ():
                    if isinstance(sub, dict):
                        yield urn, f"{name}.{sub.get('name')}", sub

    # Conditions ----------------------------------------------------------------------

    def setting(self, path: str) -> Any:
        """The value at a dotted ``path`` of the configuration; None when it is not there."""
        found: Any = self.config
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def applies(self, condition: str) -> Applicability:
        """Whether every term of a requirement's ``condition`` holds."""
        unknown = None
        for term in filter(None, condition.split(" && ")):
            answer = self._term(term.strip())
            if answer.holds is False:
                return answer
            unknown = unknown or (answer if answer.holds is None else None)
        return unknown or Applicability(True, "")

    def _term(self, term: str) -> Applicability:
        if term.startswith(_CONFIG):
            return self._config_term(term.removeprefix(_CONFIG))
        if term in self.claims:
            return Applicability(self.claims[term], f"the target file says {term} = false")
        if term in self.probes:
            return Applicability(self.probes[term], f"{term}: the target declined when asked")
        match term:
            case "ResourceTypes contains User":
                return self._has_type(CORE_USER, "User")
            case "ResourceTypes contains Group":
                return self._has_type(CORE_GROUP, "Group")
            case "User.schemaExtensions contains enterprise:2.0:User":
                has = self.extends_user_with(ENTERPRISE_USER)
                return Applicability(has, "/ResourceTypes does not list the enterprise extension")
            case _ if term.partition(" == ")[0] in _CLAIMED:
                return self._claimed_term(term)
            case _ if term in self._circumstances:
                return self._circumstances[term]
            case _ if term.startswith("a schema attribute with "):
                return self._attribute_term(term)
            case _ if term.startswith("ResourceTypes[].schemaExtensions[].required"):
                wanted = term.endswith("true")
                found = any(r is wanted for one in self.resource_types for _, r in one.extensions)
                return Applicability(found, f"no resource type has an extension with {term[16:]}")
            case "value paths accepted":
                return self._config_term("filter.supported")
            case _:
                raise ValueError(f"the catalogue has an unknown condition {term!r}")

    @property
    def _circumstances(self) -> dict[str, Applicability]:
        return {
            "target requires authentication": Applicability(
                self.authenticated, "the run was given no credentials"
            ),
            "a second, limited credential is supplied": Applicability(
                self.second_credential, "the target file names no second credential"
            ),
            "base URI ends in /v2": Applicability(
                self.base_url.endswith("/v2"), "the base URL names no version"
            ),
        }

    def _claimed_term(self, term: str) -> Applicability:
        """A term of ``_CLAIMED``, or one that wants it to be false: ``group_rename == false``."""
        name, equals, _ = term.partition(" == ")
        offered = self.claims.get(name, True)
        said = f"says {name} = false" if not offered else f"does not say {name} = false"
        return Applicability(offered is not bool(equals), f"the target file {said}")

    def _config_term(self, term: str) -> Applicability:
        path, equals, wanted = term.partition(" == ")
        if path.endswith(" present"):
            path = path.removesuffix(" present")
            found: Any = self.setting(path)
            return self._told(found is not None, f"ServiceProviderConfig has no {path}")
        if path.startswith("pagination."):
            # RFC 9865 section 4: a server without "pagination" says nothing of cursors,
            # and index-based paging is what RFC 7644 gives it.
            value = self.setting(path)
            if value is None and path.endswith(".index"):
                value = True
            return self._told(value is True, f"ServiceProviderConfig does not say {path} is true")
        feature = path.partition(".")[0]
        if feature in self.claims:
            offered = self.claims[feature]
            reason = f"the target file says {feature} = {str(offered).lower()}"
        else:
            if self.config is None:
                return Applicability(
                    None,
                    "/ServiceProviderConfig gave no usable answer, so nobody knows whether "
                    f"{feature} is offered; say so under [claims] in a target file",
                    CONFIGURATION_REQUIREMENT,
                )
            # A string that says true is wrong (it has a sentence of its own), and clear.
            offered = str(self.setting(path)).lower() == "true"
            reason = f"ServiceProviderConfig says {path} is {str(offered).lower()}"
        return Applicability(offered is (wanted != "false" if equals else True), reason)

    def _told(self, holds: bool, reason: str) -> Applicability:
        if self.config is None:
            return Applicability(
                None, "/ServiceProviderConfig gave no usable answer", CONFIGURATION_REQUIREMENT
            )
        return Applicability(holds, reason)

    def _has_type(self, schema: str, name: str) -> Applicability:
        if name in self.claims:
            return Applicability(self.claims[name], f"the target file says {name} = false")
        has = self.resource_type(schema) is not None
        return Applicability(has, f"the target has no resource type for {schema}")

    def _attribute_term(self, term: str) -> Applicability:
        name, _, value = term.removeprefix("a schema attribute with ").partition(" == ")
        wanted = value.strip('"')
        found = any(one.get(name) == wanted for _, _, one in self.each_attribute())
        return Applicability(found, f"no published attribute has {name} {wanted!r}")

    # Between processes ---------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """What the head of ``results.jsonl`` says of the target's features."""
        said: dict[str, Any] = {
            f"{_CONFIG}{name}.supported": self.setting(f"{name}.supported") is True
            for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
            if self.config is not None
        }
        said["resource_types"] = [one.name for one in self.resource_types]
        return said | self.probes


def _named(attributes: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((one for one in attributes if str(one.get("name")).lower() == name.lower()), None)


def discover(scim: ScimClient) -> Features:
    """Read the discovery documents, and ask for what no document tells.

    Never raises over a bad document: that a document is missing or wrong is
    for the checks to say.
    """
    target = scim.target
    config = _object(scim, "/ServiceProviderConfig")
    schemas = _listed(scim, "/Schemas")
    published = _listed(scim, "/ResourceTypes")
    types = tuple(_resource_types(published or ()))
    return Features(
        config=config,
        schemas=None if schemas is None else tuple(schemas),
        resource_types=types or tuple(_assumed_types(scim)),
        types_are_published=bool(types),
        probes=_probe(scim, target.claims),
        claims=dict(target.claims),
        base_url=target.url,
        authenticated=bool(target.headers),
        second_credential=target.second_credential is not None,
    )


def _object(scim: ScimClient, path: str) -> dict[str, Any] | None:
    try:
        response = scim.get(path)
        return response.body if response.status == 200 else None
    except (AssertionError, Unmet):
        return None


def _listed(scim: ScimClient, path: str) -> list[dict[str, Any]] | None:
    try:
        response = scim.get(path)
        return response.resources if response.status == 200 else None
    except (AssertionError, Unmet):
        return None


def _resource_types(documents: list[dict[str, Any]] | tuple[()]) -> Iterator[ResourceType]:
    for one in documents:
        name, endpoint, schema = one.get("name"), one.get("endpoint"), one.get("schema")
        if not (isinstance(name, str) and isinstance(endpoint, str) and isinstance(schema, str)):
            continue
        listed = one.get("schemaExtensions")
        extensions = tuple(
            (extension["schema"], extension.get("required") is True)
            for extension in (listed if isinstance(listed, list) else ())
            if isinstance(extension, dict) and isinstance(extension.get("schema"), str)
        )
        # Both "Users" and "/Users" are printed in RFC 7643 (sections 6 and 8.6), and an
        # absolute address is tolerated: what counts is the last segment.
        plain = "/" + endpoint.rstrip("/").rpartition("/")[2]
        yield ResourceType(name, plain, schema, extensions)


def _assumed_types(scim: ScimClient) -> Iterator[ResourceType]:
    """Users and Groups, where ``/ResourceTypes`` says nothing but the endpoints answer."""
    for name, endpoint, schema in (
        ("User", "/Users", CORE_USER),
        ("Group", "/Groups", CORE_GROUP),
    ):
        try:
            found = scim.get(endpoint, params={"startIndex": 1, "count": 1})
        except Unmet:
            continue
        if found.status == 200:
            yield ResourceType(name, endpoint, schema)


def _probe(scim: ScimClient, claims: dict[str, bool]) -> dict[str, bool]:
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1}
    questions: dict[str, Callable[[], Response]] = {
        "POST /.search supported": lambda: scim.post("/Users/.search", search),
        "/Me supported": lambda: scim.get("/Me"),
        "base-URI query supported": lambda: scim.get("/", params={"count": 1}),
    }
    found = {}
    for term, ask in questions.items():
        if term in claims:
            found[term] = claims[term]
            continue
        try:
            answer = ask()
        except Unmet:
            found[term] = False
            continue
        redirected = term.startswith("/Me") and answer.status in {307, 308}
        found[term] = redirected or (answer.status == 200 and b'"' in answer.content)
    return found
