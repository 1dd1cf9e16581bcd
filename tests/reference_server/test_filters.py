"""Filters and paths: the grammar, what matches, and that nothing but a ScimError comes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ScimError
from reference_server.filters import (
    And,
    Compare,
    Filter,
    Not,
    Or,
    Present,
    ValuePath,
    compile_filter,
    equality_lookup,
    parse,
    render,
)
from reference_server.paths import AttributePath, PatchPath, parse_path
from reference_server.schemas import DEVICE, USER

GRAMMAR = json.loads((Path(__file__).parent / "grammar.json").read_text("utf-8"))
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

ADA: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "Id-1",
    "externalId": "AbC",
    "userName": "Ada@example.com",
    "displayName": "Ada",
    "active": True,
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [
        {"value": "ada@example.com", "type": "work", "primary": True},
        {"value": "ada@example.org", "type": "home"},
    ],
    "meta": {"created": "2026-11-24T10:00:00Z"},
    ENTERPRISE: {"department": "Research", "manager": {"value": "M-1"}},
}


def tree(node: Any) -> str:
    """The notation in which the examples have their parse."""
    match node:
        case Present(path):
            return f"PR({name(path)})"
        case Compare(path, word, value):
            return f"{word.upper()}({name(path)}, {json.dumps(value, ensure_ascii=False)})"
        case Not(operand):
            return f"NOT({tree(operand)})"
        case And(operands):
            return f"AND({', '.join(map(tree, operands))})"
        case Or(operands):
            return f"OR({', '.join(map(tree, operands))})"
        case ValuePath(path, where):
            return f"VALUEPATH({name(path)}, {tree(where)})"
        case PatchPath(attribute, None, sub):
            whole = AttributePath(attribute.schema, attribute.name, sub)
            return f"TARGET({name(whole)})"
        case PatchPath(attribute, where, sub):
            target = f"TARGET({name(attribute)} WHERE {tree(where)})"
            return target + (f" SUB({sub})" if sub else "")
    raise AssertionError(node)


def name(path: AttributePath) -> str:
    prefix = f"{{{path.schema}}}" if path.schema else ""
    return prefix + path.name + (f".{path.sub}" if path.sub else "")


def _read(example: dict[str, Any]) -> Any:
    return parse_path(example["text"]) if example["kind"] == "path" else parse(example["text"])


@pytest.mark.parametrize(
    "example", GRAMMAR["valid"], ids=lambda one: f"{one['kind']} {one['text']}"
)
def test_valid_text_has_this_tree(example: dict[str, Any]) -> None:
    expected = example["tree"].replace('say \\"hi\\"', 'say \\"hi\\"')
    found = tree(_read(example))
    assert _normal(found) == _normal(expected)


def _normal(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


@pytest.mark.parametrize(
    "example", GRAMMAR["invalid"], ids=lambda one: f"{one['kind']} {one['text']}"
)
def test_invalid_text_is_refused(example: dict[str, Any]) -> None:
    with pytest.raises(ScimError) as refused:
        _read(example)
    assert refused.value.status == 400
    assert refused.value.scim_type in example["scimType"].split(" or ")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ('userName eq "ADA@EXAMPLE.COM"', True),
        ('externalId eq "abc"', False),
        ('externalId eq "AbC"', True),
        ('userName co "@example"', True),
        ('userName sw "example"', False),
        ('userName ew ".com"', True),
        ("title pr", False),
        ("name pr", True),
        ("not (title pr)", True),
        ('title ne "x"', True),
        ('displayName ne "ada"', False),
        ("active eq true", True),
        ("active eq false", False),
        ("title eq null", True),
        ("displayName eq null", False),
        ('meta.created gt "2026-11-24T09:59:59.5Z"', True),
        ('meta.created eq "2026-11-24T12:00:00+02:00"', True),
        ('meta.created lt "2026-11-24T12:00:00+02:00"', False),
        ('emails.value eq "ada@example.org"', True),
        ('emails co "example.org"', True),
        ('emails[type eq "work" and value ew ".org"]', False),
        ('emails[type eq "home" and value ew ".org"]', True),
        ('emails[not (type eq "work") and not (type eq "home")]', False),
        (f'{ENTERPRISE}:department eq "research"', True),
        (f'{ENTERPRISE.upper()}:manager.value eq "M-1"', True),
        (f'{ENTERPRISE}:manager.value eq "m-1"', False),
        ('displayName eq "Ada" or title pr and title pr', True),
        ('(displayName eq "Ada" or title pr) and title pr', False),
        ('id eq "id-1"', False),
    ],
)
def test_filter_on_a_person(text: str, matches: bool) -> None:
    assert compile_filter(parse(text), USER)(ADA) is matches


@pytest.mark.parametrize(
    "text",
    [
        "active gt true",
        'x509Certificates.value lt "MII"',
        'favoriteBicycle eq "x"',
        'name eq "x"',
        'emails[bicycle eq "x"]',
        "userName eq 5",
        'active eq "true"',
        'meta.created gt "yesterday"',
        "title gt null",
    ],
)
def test_comparison_that_makes_no_sense_is_an_invalid_filter(text: str) -> None:
    with pytest.raises(ScimError) as refused:
        compile_filter(parse(text), USER)
    assert refused.value.scim_type == "invalidFilter"


def test_numbers_are_compared_as_numbers() -> None:
    device = {"serialNumber": "1", "cores": 10, "weight": 1.5}
    assert compile_filter(parse("cores gt 9"), DEVICE)(device)
    assert compile_filter(parse("weight le 1.50"), DEVICE)(device)


def test_in_a_query_over_types_an_unknown_attribute_has_no_value() -> None:
    assert not compile_filter(parse("cores pr"), USER, strict=False)(ADA)
    assert compile_filter(parse("not (cores pr)"), USER, strict=False)(ADA)


def test_long_and_deep_filters_are_refused() -> None:
    for text in ("a eq 1 or " * 20_000 + "a eq 1", "(" * 200 + "a pr" + ")" * 200):
        with pytest.raises(ScimError) as refused:
            parse(text)
        assert refused.value.scim_type == "invalidFilter"


def test_an_index_serves_an_equality() -> None:
    assert equality_lookup(parse('userName eq "Ada"')) == ("userName", "Ada")
    assert equality_lookup(parse('active eq true and externalId eq "1"')) == ("externalId", "1")
    assert equality_lookup(parse('userName eq "a" or userName eq "b"')) is None


# Properties ---------------------------------------------------------------------------

_names = st.sampled_from(["userName", "title", "emails", "active"])
_paths = st.builds(AttributePath, st.just(None), _names, st.sampled_from([None, "value"]))
_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]))
)
_words = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
_leaves: st.SearchStrategy[Any] = st.builds(Present, _paths) | st.builds(
    Compare, _paths, _words, _values
)


def _logic(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    # "a or (b or c)" is another tree than "a or b or c", and is written with brackets.
    return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)


_filters = st.recursive(_leaves, _logic, max_leaves=8)


@given(_filters)
def test_rendered_filter_parses_to_the_same_tree(node: Filter) -> None:
    assert parse(render(node)) == node


@given(st.text())
def test_any_text_is_a_filter_or_a_scim_error(text: str) -> None:
    for read in (parse, parse_path):
        try:
            read(text)
        except ScimError as refused:
            assert refused.status == 400
