"""RFC 7644, section 3.5.1: Replacing with PUT, immutable attributes and the password."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Read, Replace, created
from conformance.checks.rfc7643.conftest import Attribute, Pick, Specimen
from conformance.client import ScimClient
from conformance.generated import is_same, is_shown


@pytest.fixture
def immutable(pick: Pick) -> Attribute:
    """An immutable attribute with one simple value that a read shows."""
    found = pick(mutability="immutable", multiValued=(False, None), required=(False, None))
    if found.definition.get("type") in {"complex", "boolean"} or not is_shown(found.definition):
        pytest.skip(f"{found.name} is immutable, but not one that can be tried")
    return found


@pytest.fixture
def another(specimen: Specimen, immutable: Attribute) -> object:
    """Another value that the immutable attribute could have had."""
    return specimen.kind.generator.value(immutable.definition, unlike=immutable.sent)


@pytest.fixture
def replaceable(scim: ScimClient, specimen: Specimen) -> None:
    """Skips where the specimen can't be replaced by itself: then a refusal tells nothing."""
    response = scim.put(specimen.made.path, specimen.body())
    if not response.ok:
        pytest.skip(f"{response.line}: a replace without a change was refused")


@requirement("rfc7644-3.5.1-put-immutable-mismatch")
def test_put_of_another_immutable_value_is_refused(
    scim: ScimClient,
    specimen: Specimen,
    replaceable: None,
    immutable: Attribute,
    another: object,
) -> None:
    """Members are immutable only each for itself, so that lists of them are not tried here."""
    body = specimen.body(**{immutable.name: another})

    response = scim.put(specimen.made.path, body)

    expect.status(response, 400)
    expect.scim_error(response, scim_type="mutability")


@pytest.fixture
def without(scim: ScimClient, specimen: Specimen, immutable: Attribute) -> Specimen:
    """A resource of the specimen's type that has no value in the immutable attribute yet."""
    kind = specimen.kind
    values = kind.generator.values(kind.definitions)
    values.pop(immutable.name)
    sent = kind.body(values)
    response = scim.post(kind.type.endpoint, sent)
    if not response.ok:
        pytest.skip(f"{response.line}: a resource without {immutable.name} was refused")
    return Specimen(kind, created(response, sent, kind.type.endpoint), values)


@requirement("rfc7644-3.5.1-put-immutable-unset")
def test_put_gives_an_immutable_attribute_its_first_value(
    scim: ScimClient, without: Specimen, replaceable: None, immutable: Attribute, read: Read
) -> None:
    response = scim.put(without.made.path, without.body(**{immutable.name: immutable.sent}))

    expect.success(response)
    found = without.kind.shown(read(without.made)).get(immutable.name)
    expect.that(
        is_same(immutable.definition, immutable.sent, found),
        f"{response.line}: {immutable.name} is {expect.quoted(found)} after the replace",
    )


@requirement("rfc7644-3.5.1-put-password")
@needs_attribute("password")
def test_password_is_taken_in_a_replace(scim: ScimClient, user: Created, replace: Replace) -> None:
    """A refusal is a deviation: a password may be changeable by PATCH only (AMB-44)."""
    before = replace(user)

    response = scim.put(user.path, {**user.sent, "id": user.id, "password": "Glacier-57-violin-Zt"})

    # Which status a PUT has at all is another sentence.
    expect.status(response, 200, 204, before.status, tolerated=(400, 403, 501))
    expect.that(
        b"Glacier-57-violin-Zt" not in response.content,
        f"{response.line}: the answer shows the new password",
    )
