"""Identity of resources: schemas, id, meta, secrets, in every exchange."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urljoin

from conformance import expect
from conformance.client import shown
from conformance.invariants import Seen, invariant

#: So long a password must be that its return is no coincidence.
_TELLING = 8


def _schemas(resource: dict[str, Any]) -> list[str]:
    """The schema URIs a resource names, in lower case; what is no URI has its own sentence."""
    named = resource.get("schemas")
    listed = named if isinstance(named, list) else []
    return [one.lower() for one in listed if isinstance(one, str) and ":" in one]


@invariant("rfc7643-3.3-base-schema-schemas")
def resource_names_the_base_schema_of_its_type(seen: Seen) -> bool:
    """Judged only where ``schemas`` has something in it; that it has is another sentence."""
    found = [(one, kind) for one, kind in seen.typed if _schemas(one)]
    for resource, kind in found:
        expect.that(
            kind.schema.lower() in _schemas(resource),
            f"{seen.response.line}: schemas of a {kind.name} is {shown(resource['schemas'])}, "
            f"without {kind.schema}",
        )
    return bool(found)


@invariant("rfc7643-3-schemas-restricted-resource-type")
def resource_names_no_schema_that_its_type_does_not_have(seen: Seen) -> bool:
    """The base schema and the extensions that ``/ResourceTypes`` lists, and no others."""
    if seen.declared is None or not seen.declared.features.types_are_published:
        return False
    found = [(one, kind) for one, kind in seen.typed if _schemas(one)]
    for resource, kind in found:
        allowed = {kind.schema.lower(), *(urn.lower() for urn, _ in kind.extensions)}
        # A schema that the client named and the target echoes is a sentence of creates.
        sent = (seen.response.sent or b"").decode("utf-8", "replace").lower()
        foreign = sorted(one for one in set(_schemas(resource)) - allowed if one not in sent)
        expect.that(
            not foreign,
            f"{seen.response.line}: a {kind.name} names {shown(foreign)}, "
            "which /ResourceTypes does not list for it",
        )
    return bool(found)


@invariant("rfc7643-3.1-meta-resourcetype-names-type")
def meta_names_the_resource_type(seen: Seen) -> bool:
    """Exactly the ``name`` that ``/ResourceTypes`` has; what a create says is its own sentence."""
    if seen.response.method == "POST":
        return False
    found = [(one["meta"], kind) for one, kind in seen.typed if isinstance(one.get("meta"), dict)]
    # That a type has a name at all is a sentence of its own.
    found = [(meta, kind) for meta, kind in found if "resourceType" in meta and kind.name]
    for meta, kind in found:
        expect.equal(meta["resourceType"], kind.name, f"{seen.response.line}: meta.resourceType")
    return bool(found)


@invariant("rfc7643-3.1-id-stable")
def answer_for_a_resource_has_the_id_that_was_asked_for(seen: Seen) -> bool:
    """Reads, replaces and patches answer with the resource at that URL.

    A POST there makes nothing, which is another sentence.  So is a URL that names the resource
    by its userName: what differs there is not the id.
    """
    if seen.response.method == "POST":
        return False
    steps = seen.response.path.partition("?")[0].strip("/").split("/")
    identifier = seen.object.get("id")
    if len(steps) != 2 or steps[1].startswith(".") or not identifier:
        return False
    if not seen.typed:
        return False
    # The format may be chosen by a suffix (RFC 7644 section 3.8).
    asked = unquote(steps[1]).removesuffix(".scim")
    if asked in (seen.object.get("userName"), seen.object.get("displayName")):
        return False
    expect.equal(identifier, asked, f"{seen.response.line}: id")
    return True


@invariant("rfc7643-3.1-meta-location-matches-content-location")
def content_location_is_meta_location(seen: Seen) -> bool:
    """The header is optional; where it is, it says the same (AMB-41)."""
    told = seen.response.header("Content-Location")
    meta = seen.object.get("meta")
    if told is None or not isinstance(meta, dict) or not isinstance(meta.get("location"), str):
        return False
    base = seen.response.url
    expect.equal(
        urljoin(base, told),
        urljoin(base, meta["location"]),
        f"{seen.response.line}: Content-Location",
    )
    return True


@invariant("rfc7643-3.1-meta-version-matches-etag")
def etag_is_meta_version(seen: Seen) -> bool:
    """Byte for byte, quotes and ``W/`` included, where both are there."""
    told = seen.response.header("ETag")
    meta = seen.object.get("meta")
    if told is None or not seen.typed or not isinstance(meta, dict) or not meta.get("version"):
        return False
    expect.equal(meta["version"], told, f"{seen.response.line}: meta.version beside ETag")
    return True


@invariant("rfc7643-4.1.1-password-never-returned")
def password_is_never_returned(seen: Seen) -> bool:
    """Neither in a resource nor, as it was sent, in an error or the answer to a bulk job."""
    for secret in _passwords_in(seen.response.sent):
        expect.that(
            secret.encode() not in seen.response.content,
            f"{seen.response.line}: the answer repeats the password that was sent",
        )
    if "password" in seen.response.path:  # who asks for it is a sentence of its own
        return False
    found = seen.resources
    for resource in found:
        names = [name for name in resource if name.lower() == "password"]
        expect.that(
            not any(resource[name] is not None for name in names),
            f"{seen.response.line}: the answer has a password in it",
        )
    return bool(seen.typed)


def _passwords_in(sent: bytes | None) -> list[str]:
    """The passwords in a request, wherever in it they are; a word may be in an answer by chance."""
    if not sent or b"password" not in sent.lower():
        return []
    try:
        found = list(_passwords(json.loads(sent)))
        return [one for one in found if len(one) >= _TELLING and not one.isalpha()]
    except (ValueError, RecursionError):
        return []


def _passwords(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _passwords(one)
    if isinstance(value, dict):
        at = "value" if str(value.get("path")).lower() == "password" else "password"
        for name, one in value.items():
            if name.lower() == at and isinstance(one, str):
                yield one
            else:
                yield from _passwords(one)


@invariant("rfc7643-7-writeonly-semantics")
def write_only_attribute_is_never_returned(seen: Seen) -> bool:
    """What ``/Schemas`` marks writeOnly; the password has a sentence of its own."""
    if seen.declared is None:
        return False
    looked = False
    for resource, kind in seen.typed:
        for attribute in seen.declared.features.attributes(kind.schema):
            name = str(attribute.get("name"))
            if attribute.get("mutability") != "writeOnly" or name == "password":
                continue
            looked = True
            expect.that(
                resource.get(name) is None,
                f"{seen.response.line}: {name} is writeOnly, and the answer has it",
            )
    return looked
