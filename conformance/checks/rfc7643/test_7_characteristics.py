"""RFC 7643, section 7: what attributes do, held against what the target declares of them.

The attributes are those of the target's own resource types and extensions; the
core ones have sentences of their own elsewhere, but for that they are stored at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import REPLACE_REQUIREMENT, Created, Maker, Read, created
from conformance.checks.rfc7643.conftest import Attribute, Pick, Specimen
from conformance.checks.rfc7643.test_4_1_users import CERTIFICATE
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_GROUP, CORE_USER
from conformance.generated import Definition, Generator, is_same
from conformance.payloads import Payloads
from conformance.verdict import Unmet

PROJECTION = "rfc7644-3.4.2.5-attributes-excludedattributes-supported"
SHOWN = ("always", "default")
#: What a plain filter can compare, and a target has not fixed the values of.
TEXT: dict[str, Any] = {
    "type": "string",
    "multiValued": False,
    "canonicalValues": (None, []),
    "mutability": ("readWrite", "immutable"),
}

Ask = Callable[..., Response]
Lost = Callable[[Response, dict[str, Any]], list[str]]


@pytest.fixture
def projected(scim: ScimClient, specimen: Specimen) -> Ask:
    """The specimen with ``attributes`` or ``excludedAttributes``; blocks on a refusal."""

    def asked(**params: str) -> Response:
        response = scim.get(specimen.made.path, params=params)
        if response.status != 200:
            raise Unmet(PROJECTION, f"{response.line}: {response.status}")
        return response

    return asked


@pytest.fixture
def sought(scim: ScimClient, specimen: Specimen) -> Ask:
    """Looks for the specimen by an attribute; skips where its own value does not find it."""

    def looked_for(one: Attribute, value: str) -> Response:
        for text in (one.sent, value):
            response = scim.find(specimen.kind.type.endpoint, f"{one.path} eq {json.dumps(text)}")
            if text == one.sent and specimen.made.id not in expect.ids_if_listed(response):
                pytest.skip(f"{response.line}: the target does not filter by {one.name}")
        return response

    return looked_for


@requirement("rfc7643-7-case-sensitivity-filters")
@pytest.mark.parametrize("case_exact", [True, False])
def test_filter_looks_at_case_where_the_schema_says_so(
    specimen: Specimen, pick: Pick, sought: Ask, case_exact: bool
) -> None:
    one = pick(**TEXT, caseExact=case_exact)

    response = sought(one, one.sent.swapcase())

    expect.equal(
        specimen.made.id in expect.ids_if_listed(response),
        not case_exact,
        f"{response.line}: the value in another case is found, and caseExact is {case_exact}",
    )


@requirement("rfc7643-7-case-change-case-insensitive-values")
def test_name_without_case_is_the_same_name(
    make_user: Maker, payloads: Payloads, read: Read
) -> None:
    """The target may change its case, and nothing else."""
    made = make_user(userName=payloads.user_name("MixedCase"))

    found = str(expect.present(read(made), "userName"))
    expect.equal(found.lower(), made.sent["userName"].lower(), "userName in lower case")


# Mutability -----------------------------------------------------------------------------


@pytest.fixture
def lost(specimen: Specimen) -> Lost:
    """The names of the readWrite attributes whose values an answer does not show as sent."""

    def names(response: Response, sent: dict[str, Any]) -> list[str]:
        shown = specimen.kind.shown(response)
        return [
            str(one["name"])
            for one in _free(specimen)
            if one["name"] in sent and not is_same(one, sent[one["name"]], shown.get(one["name"]))
        ]

    return names


def _free(specimen: Specimen) -> list[Definition]:
    """The definitions that state readWrite, and that a plain read shows the attribute."""
    return [
        one
        for one in specimen.kind.definitions
        if one.get("name") in specimen.values
        and one.get("mutability") == "readWrite"
        and one.get("returned") in SHOWN
    ]


@requirement("rfc7643-7-readwrite-semantics")
def test_read_write_attributes_are_stored(specimen: Specimen, lost: Lost, read: Read) -> None:
    """Another form of the same value is fine; one that says something else is a deviation."""
    response = read(specimen.made)

    missing = lost(response, specimen.values)
    shown = specimen.kind.shown(response)
    gone = [name for name in missing if shown.get(name) is None]
    expect.equal(gone, [], f"{response.line}: readWrite attributes that are not stored")
    expect.tolerable(not missing, f"{response.line}: {missing} have other values than were sent")


@pytest.fixture
def rewritten(scim: ScimClient, specimen: Specimen, generator: Generator) -> dict[str, Any]:
    """Other values, by which those of the specimen were replaced; skips on a refusal."""
    values = generator.values(_free(specimen), unlike=specimen.values)
    response = scim.put(specimen.made.path, specimen.body(**values))
    if not response.ok:
        pytest.skip(f"{response.line}: generated values were refused with {response.status}")
    return values


@requirement("rfc7643-7-readwrite-semantics")
def test_read_write_attributes_are_updated(
    specimen: Specimen, rewritten: dict[str, Any], lost: Lost, read: Read
) -> None:
    response = read(specimen.made)

    unchanged = lost(response, rewritten)
    as_before = [name for name in unchanged if name not in lost(response, specimen.values)]
    expect.equal(as_before, [], f"{response.line}: readWrite attributes that PUT did not change")
    expect.tolerable(not unchanged, f"{response.line}: {unchanged} have other values than sent")


@requirement("rfc7643-7-readwrite-semantics")
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        pytest.param(
            path,
            sent,
            marks=pytest.mark.needs_attribute(
                path, schema=CORE_USER, writable=True, removable=False
            ),
            id=path.partition(".")[0],
        )
        for path, sent in (
            ("profileUrl", {"profileUrl": "https://example.com/people/ada"}),
            ("locale", {"locale": "en-CA"}),
            ("timezone", {"timezone": "America/Los_Angeles"}),
            ("addresses.country", {"addresses": [{"country": "IS"}]}),
            ("entitlements.value", {"entitlements": [{"value": "scimproof-license"}]}),
            ("roles.value", {"roles": [{"value": "Student"}]}),
            ("x509Certificates.value", {"x509Certificates": [{"value": CERTIFICATE}]}),
        )
    ],
)
def test_published_attribute_of_a_user_is_stored(
    make_user: Maker, read: Read, path: str, sent: dict[str, Any]
) -> None:
    """In whatever form; what the value must look like are other sentences."""
    expect.present(read(make_user(**sent)), path)


@requirement("rfc7643-7-readwrite-semantics")
@needs_attribute("members", schema=CORE_GROUP)
@pytest.mark.usefixtures("members_shown")
def test_members_of_a_new_group_are_stored(group_with_member: Created, read: Read) -> None:
    expect.present(read(group_with_member), "members")


@requirement("rfc7643-7-immutable-semantics")
def test_immutable_attribute_keeps_its_first_value(
    scim: ScimClient, specimen: Specimen, pick: Pick, generator: Generator, read: Read
) -> None:
    """Whether the attempt is refused is another sentence."""
    one = pick(mutability="immutable", returned=SHOWN)
    other = generator.value(one.definition, unlike=one.sent)

    scim.put(specimen.made.path, specimen.body(**{one.name: other}))

    response = read(specimen.made)
    expect.that(
        is_same(one.definition, one.sent, specimen.kind.shown(response).get(one.name)),
        f"{response.line}: {one.name} is immutable, and no longer {expect.quoted(one.sent)}",
    )


@pytest.fixture
def forged(specimen: Specimen, generator: Generator) -> dict[str, Any]:
    """Unmistakable values for the readOnly attributes; skips where there is none."""
    writable = [
        {**one, "mutability": "readWrite"}
        for one in specimen.kind.definitions
        if one.get("mutability") == "readOnly" and one.get("type") == "string"
    ]
    found = generator.values(writable)
    if not found:
        pytest.skip(f"{specimen.kind.type.name} has no readOnly string")
    return found


@requirement("rfc7643-7-readonly-semantics")
def test_read_only_attributes_are_not_taken_from_the_client(
    scim: ScimClient, specimen: Specimen, forged: dict[str, Any], read: Read
) -> None:
    """Ignored or refused: in both cases the value is not the client's."""
    scim.put(specimen.made.path, specimen.body(**forged))

    response = read(specimen.made)
    shown = specimen.kind.shown(response)
    taken = [name for name, value in forged.items() if shown.get(name) == value]
    expect.equal(taken, [], f"{response.line}: readOnly attributes with the value of the client")


# Returned -------------------------------------------------------------------------------


@requirement("rfc7643-7-returned-always")
def test_attribute_that_is_always_returned_cannot_be_left_out(
    specimen: Specimen, pick: Pick, projected: Ask
) -> None:
    one = pick(returned="always")

    answers = [projected(attributes="id"), projected(excludedAttributes=one.path)]

    found = [specimen.kind.shown(answer).get(one.name) is not None for answer in answers]
    expect.equal(found, [True, True], f"{one.name} is there, not asked for and excluded")


@requirement("rfc7643-7-returned-default")
def test_attribute_that_is_returned_by_default_is_left_out_when_others_are_asked_for(
    specimen: Specimen, pick: Pick, projected: Ask, read: Read
) -> None:
    one = pick(returned="default", mutability="readWrite")
    before = specimen.kind.shown(read(specimen.made))

    after = specimen.kind.shown(projected(attributes="id"))

    expect.that(before.get(one.name) is not None, f"{one.name} is not there by default")
    expect.that(after.get(one.name) is None, f"{one.name} is there when only id is asked for")


@requirement("rfc7643-7-returned-request")
def test_attribute_that_is_returned_on_request_is_there_only_then(
    specimen: Specimen, pick: Pick, projected: Ask, read: Read
) -> None:
    one = pick(returned="request")
    before = specimen.kind.shown(read(specimen.made))

    after = specimen.kind.shown(projected(attributes=one.path))

    expect.that(before.get(one.name) is None, f"{one.name} is there, and nobody asked for it")
    expect.that(after.get(one.name) is not None, f"{one.name} was asked for, and is not there")


@requirement("rfc7643-7-returned-never-filterable")
def test_attribute_that_is_never_returned_can_be_filtered_by(
    scim: ScimClient, specimen: Specimen, pick: Pick
) -> None:
    one = pick(returned="never", type="string", multiValued=False)

    response = scim.find(specimen.kind.type.endpoint, f"{one.path} eq {json.dumps(one.sent)}")

    expect.contains(expect.ids_if_listed(response), specimen.made.id, f"{response.line}: the ids")


# Uniqueness -----------------------------------------------------------------------------


@pytest.fixture
def twin(scim: ScimClient, specimen: Specimen, generator: Generator) -> Specimen:
    """Another resource like the specimen, with values of its own."""
    values = generator.values(specimen.kind.definitions)
    sent = specimen.kind.body(values)
    endpoint = specimen.kind.type.endpoint
    made: Created = created(scim.post(endpoint, sent), sent, endpoint)
    return Specimen(specimen.kind, made, values)


@pytest.fixture
def replaced(scim: ScimClient, twin: Specimen) -> Specimen:
    """The other resource, replaced by what it was; blocks the check where that is refused."""
    response = scim.put(twin.made.path, twin.body())
    if not response.ok:
        raise Unmet(REPLACE_REQUIREMENT, f"{response.line}: {response.status}")
    return twin


@requirement("rfc7643-7-uniqueness-rejection")
def test_taken_value_of_a_unique_attribute_is_refused_in_a_put(
    scim: ScimClient, pick: Pick, replaced: Specimen
) -> None:
    """By 400 or by 409 (AMB-33); a create has a sentence of its own."""
    one = pick(uniqueness=("server", "global"), type="string")

    response = scim.put(replaced.made.path, replaced.body(**{one.name: one.sent}))

    expect.status(response, 400, 409)


@requirement("rfc7643-7-uniqueness-global")
def test_taken_value_of_a_globally_unique_attribute_is_refused(
    scim: ScimClient, specimen: Specimen, pick: Pick, twin: Specimen
) -> None:
    """``twin`` proves that a second resource with a value of its own is accepted."""
    one = pick(uniqueness="global")
    values = specimen.kind.generator.values(specimen.kind.definitions)

    response = scim.post(
        specimen.kind.type.endpoint, specimen.kind.body({**values, one.name: one.sent})
    )

    expect.that(
        not response.ok, f"{response.line}: a taken {one.name} was accepted with {response.status}"
    )
