"""RFC 7644, section 3.4.2.2: Filtering."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Crew, Maker, Read, Seek
from conformance.client import Response
from conformance.discovery import CORE_USER, ENTERPRISE_USER
from conformance.payloads import Payloads
from conformance.verdict import Unmet

#: Says that a filter finds what it should.
_FOUND = "rfc7644-3.4.2.2-only-matches-returned"


def _is(path: str, value: object) -> str:
    return f"{path} eq {json.dumps(value)}"


Narrowed = Callable[[str], Response]


@pytest.fixture
def narrowed(crew: Crew, seek: Seek, listed: Seek) -> Narrowed:
    """Looks among the crew only: ``narrowed("title pr")``; blocks where it is not found."""
    return lambda text: seek(f'userName sw "{crew.prefix}" and {text}')


@requirement("rfc7644-3.4.2.2-only-matches-returned")
def test_filter_returns_what_matches_and_nothing_else(crew: Crew, seek: Seek) -> None:
    response = seek(_is("userName", crew.ada.sent["userName"]))

    expect.finds(response, crew.ada.id)


@pytest.fixture
def by_name(crew: Crew, seek: Seek) -> None:
    """Blocks the check where a userName that is written as usual finds nobody either."""
    found = seek(_is("userName", crew.ada.sent["userName"]))
    if expect.ids_if_listed(found) != [crew.ada.id]:
        raise Unmet(_FOUND, f"{found.line}: not found")


@requirement("rfc7644-3.4.2.2-attribute-names-case-insensitive")
def test_attribute_names_have_no_case(crew: Crew, seek: Seek, by_name: None) -> None:
    response = seek(_is("USERNAME", crew.ada.sent["userName"]))

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operators-case-insensitive")
def test_operators_have_no_case(crew: Crew, seek: Seek, by_name: None) -> None:
    response = seek(f"userName EQ {json.dumps(crew.ada.sent['userName'])}")

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operator-eq")
def test_eq_does_not_match_a_prefix(crew: Crew, seek: Seek) -> None:
    response = seek(_is("userName", crew.prefix))

    expect.finds_nothing(response)


@requirement("rfc7644-3.4.2.2-operator-ne")
def test_ne_excludes_the_equal_value(crew: Crew, narrowed: Narrowed) -> None:
    name = json.dumps(crew.ada.sent["userName"])

    response = narrowed(f"userName ne {name}")

    expect.matches(response, crew.mia.id, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-co")
def test_co_matches_in_the_middle(crew: Crew, seek: Seek) -> None:
    response = seek(f'displayName co "{crew.prefix[3:]} ad"')

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operator-sw")
def test_sw_matches_the_beginning(crew: Crew, seek: Seek) -> None:
    response = seek(f'userName sw "{crew.prefix}"')

    expect.matches(response, *crew.ids)


@requirement("rfc7644-3.4.2.2-operator-ew")
def test_ew_matches_the_end(crew: Crew, seek: Seek) -> None:
    response = seek(f'displayName ew "{crew.prefix[3:]} zoe"')

    expect.matches(response, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-pr")
@needs_attribute("title")
def test_pr_matches_what_has_a_value(crew: Crew, narrowed: Narrowed) -> None:
    response = narrowed("title pr")

    expect.matches(response, crew.ada.id, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-gt-strings")
def test_gt_compares_strings(crew: Crew, narrowed: Narrowed) -> None:
    name = json.dumps(crew.mia.sent["userName"])

    response = narrowed(f"userName gt {name}")

    expect.matches(response, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-ge-strings")
def test_ge_compares_strings(crew: Crew, narrowed: Narrowed) -> None:
    name = json.dumps(crew.mia.sent["userName"])

    response = narrowed(f"userName ge {name}")

    expect.matches(response, crew.mia.id, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-lt-strings")
def test_lt_compares_strings(crew: Crew, narrowed: Narrowed) -> None:
    name = json.dumps(crew.mia.sent["userName"])

    response = narrowed(f"userName lt {name}")

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operator-le-strings")
def test_le_compares_strings(crew: Crew, narrowed: Narrowed) -> None:
    name = json.dumps(crew.mia.sent["userName"])

    response = narrowed(f"userName le {name}")

    expect.matches(response, crew.ada.id, crew.mia.id)


@pytest.fixture
def created(crew: Crew, read: Read) -> str:
    """When ``ada`` was created."""
    path = "meta.created"
    return str(expect.given(read(crew.ada), path, "rfc7643-3.1-server-assigns-id-meta"))


@requirement("rfc7644-3.4.2.2-operator-gt-datetime")
def test_gt_compares_times(crew: Crew, seek: Seek, created: str) -> None:
    response = seek(f'{_is("id", crew.ada.id)} and meta.created gt "2001-01-01T00:00:00Z"')

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operator-ge-datetime")
def test_ge_includes_the_same_time(crew: Crew, seek: Seek, created: str) -> None:
    response = seek(f"{_is('id', crew.ada.id)} and meta.created ge {json.dumps(created)}")

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-operator-lt-datetime")
def test_lt_excludes_the_same_time(crew: Crew, seek: Seek, created: str) -> None:
    response = seek(f"{_is('id', crew.ada.id)} and meta.created lt {json.dumps(created)}")

    expect.matches(response)


@requirement("rfc7644-3.4.2.2-operator-le-datetime")
def test_le_includes_the_same_time(crew: Crew, seek: Seek, created: str) -> None:
    response = seek(f"{_is('id', crew.ada.id)} and meta.created le {json.dumps(created)}")

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-ordering-boolean-binary")
@needs_attribute("active")
def test_booleans_have_no_order(crew: Crew, seek: Seek) -> None:
    response = seek("active gt true")

    expect.status(response, 400)


@requirement("rfc7644-3.4.2.2-boolean-equality")
@needs_attribute("active")
def test_booleans_are_compared(crew: Crew, narrowed: Narrowed) -> None:
    response = narrowed("active eq false")

    expect.matches(response, crew.mia.id)


@requirement("rfc7644-3.4.2.2-operator-and")
def test_and_needs_both_sides(crew: Crew, seek: Seek) -> None:
    ada, zoe = crew.ada.sent["userName"], crew.zoe.sent["userName"]

    response = seek(f"{_is('userName', ada)} and {_is('userName', zoe)}")

    expect.finds_nothing(response)


@requirement("rfc7644-3.4.2.2-operator-or")
def test_or_needs_one_side(crew: Crew, seek: Seek, by_name: None) -> None:
    ada, zoe = crew.ada.sent["userName"], crew.zoe.sent["userName"]

    response = seek(f"{_is('userName', ada)} or {_is('userName', zoe)}")

    expect.matches(response, crew.ada.id, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-operator-not")
def test_not_inverts(crew: Crew, narrowed: Narrowed) -> None:
    inverted = f"not ({_is('userName', crew.ada.sent['userName'])})"

    response = narrowed(inverted)

    expect.matches(response, crew.mia.id, crew.zoe.id)


@requirement("rfc7644-3.4.2.2-precedence")
def test_and_binds_tighter_than_or(crew: Crew, seek: Seek, by_name: None) -> None:
    ada, zoe = crew.ada.sent["userName"], crew.zoe.sent["userName"]

    response = seek(f"{_is('userName', ada)} or {_is('userName', zoe)} and active eq false")

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-grouping")
def test_brackets_bind_tightest(crew: Crew, seek: Seek) -> None:
    ada, mia = crew.ada.sent["userName"], crew.mia.sent["userName"]

    response = seek(f"({_is('userName', ada)} or {_is('userName', mia)}) and active eq false")

    expect.finds(response, crew.mia.id)


@requirement("rfc7644-3.4.2.2-value-path-support")
@needs_attribute("emails.type")
def test_value_path_selects(crew: Crew, seek: Seek) -> None:
    response = seek(f'emails[type eq "work" and value sw "{crew.prefix}"]')

    expect.finds(response, crew.ada.id)


@pytest.fixture
def value_paths(crew: Crew, seek: Seek) -> None:
    """Skips where value paths are refused: a provider may leave them out."""
    if seek(f'emails[value sw "{crew.prefix}"]').status != 200:
        pytest.skip("the target refuses value paths")


@requirement("rfc7644-3.4.2.2-value-path-same-element")
@needs_attribute("emails.type")
def test_conditions_of_a_value_path_hold_for_one_element(
    crew: Crew, seek: Seek, value_paths: None
) -> None:
    response = seek(f'emails[type eq "work" and value eq "{crew.prefix}-2@example.org"]')

    expect.finds_nothing(response)


@requirement("rfc7644-3.4.2.2-multi-valued-any-match")
def test_any_of_many_values_matches(crew: Crew, seek: Seek) -> None:
    response = seek(_is("emails.value", f"{crew.prefix}-2@example.org"))

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-sub-attribute-notation")
@needs_attribute("name.givenName")
def test_sub_attribute_is_named_after_a_dot(crew: Crew, seek: Seek) -> None:
    response = seek(_is("name.givenName", f"Ada {crew.prefix}"))

    expect.matches(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-qualified-names-filters")
def test_names_may_be_qualified(crew: Crew, seek: Seek, by_name: None) -> None:
    response = seek(_is(f"{CORE_USER}:userName", crew.ada.sent["userName"]))

    expect.finds(response, crew.ada.id)


@pytest.fixture
def qualified(crew: Crew, seek: Seek) -> None:
    """Blocks the check where a qualified name finds nothing in its usual case either."""
    found = seek(_is(f"{CORE_USER}:userName", crew.ada.sent["userName"]))
    if expect.ids_if_listed(found) != [crew.ada.id]:
        raise Unmet("rfc7644-3.4.2.2-qualified-names-filters", f"{found.line}: not found")


@requirement("rfc7644-3.10-case-insensitive-notation")
def test_urn_has_no_case(crew: Crew, seek: Seek, qualified: None) -> None:
    response = seek(_is(f"{CORE_USER.upper()}:userName", crew.ada.sent["userName"]))

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.10-urn-prefix")
def test_extension_attribute_is_found_by_its_urn(enterprise_user: Created, seek: Seek) -> None:
    number = enterprise_user.sent[ENTERPRISE_USER]["employeeNumber"]

    response = seek(_is(f"{ENTERPRISE_USER}:employeeNumber", number))

    expect.matches(response, enterprise_user.id)


@requirement("rfc7644-3.4.2.2-filter-id")
def test_id_can_be_looked_for(crew: Crew, seek: Seek) -> None:
    response = seek(_is("id", crew.ada.id))

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-filter-externalid")
@pytest.mark.usefixtures("external_id_in_its_case")
def test_external_id_can_be_looked_for(crew: Crew, seek: Seek) -> None:
    response = seek(_is("externalId", crew.ada.sent["externalId"]))

    expect.finds(response, crew.ada.id)


@requirement("rfc7643-3.1-externalid-case-exact")
@pytest.mark.usefixtures("external_id_in_its_case")
def test_external_id_is_compared_with_case(crew: Crew, seek: Seek) -> None:
    response = seek(_is("externalId", crew.ada.sent["externalId"].lower()))

    expect.finds_nothing(response)


@requirement("rfc7644-3.4.2.2-string-case-caseexact")
def test_user_name_is_compared_without_case(crew: Crew, seek: Seek, by_name: None) -> None:
    response = seek(_is("userName", crew.ada.sent["userName"].upper()))

    expect.finds(response, crew.ada.id)


@pytest.fixture
def display_names(crew: Crew, seek: Seek) -> None:
    """Skips where the target refuses to look for a displayName; blocks where it finds nobody."""
    found = seek(_is("displayName", crew.ada.sent["displayName"]))
    if found.status == 400:
        pytest.skip("the target refuses to look for a displayName")
    if expect.ids_if_listed(found) != [crew.ada.id]:
        raise Unmet(_FOUND, f"{found.line}: not found")


@requirement("rfc7643-2.2-caseexact-default-applies-filters")
def test_display_name_is_compared_without_case(crew: Crew, seek: Seek, display_names: None) -> None:
    response = seek(_is("displayName", crew.ada.sent["displayName"].lower()))

    expect.finds(response, crew.ada.id)


@requirement("rfc7644-3.4.2.2-literals-follow-json")
def test_escapes_in_a_value_are_those_of_json(
    make_user: Maker, seek: Seek, payloads: Payloads, display_names: None
) -> None:
    name = f'{payloads.unique()} says "hi" \\ é'
    made = make_user(displayName=name)

    response = seek(_is("displayName", name))

    expect.finds(response, made.id)


@requirement("rfc7644-3.4.2.2-unknown-operation-refused")
def test_unknown_operator_is_refused(crew: Crew, seek: Seek) -> None:
    response = seek('userName regex ".*"')

    expect.status(response, 400)


@pytest.fixture
def broken_filter(seek: Seek) -> Response:
    """The refusal of a filter that is none; blocks where it is taken for one."""
    response = seek('(userName eq "a"')
    if response.ok:
        raise Unmet("rfc7644-3.4.2.2-grammar-conformance", f"{response.line}: accepted")
    return response


@requirement("rfc7644-3.12-scimtype-invalidfilter")
def test_broken_filter_says_invalid_filter(broken_filter: Response) -> None:
    expect.status(broken_filter, 400)
    expect.scim_error(broken_filter, scim_type="invalidFilter", tolerated=(None, "invalidValue"))


@requirement("rfc7644-3.4.2.2-grammar-conformance")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("userName", id="no-operator"),
        pytest.param("userName eq", id="no-value"),
        pytest.param('eq "a"', id="no-attribute"),
        pytest.param("userName eq a", id="no-quotes"),
        pytest.param('userName eq "a', id="open-string"),
        pytest.param('userName == "a"', id="other-operator"),
        pytest.param('userName eq "a" and', id="dangling-and"),
        pytest.param('userName eq "a" xor userName eq "b"', id="other-logic"),
        pytest.param('userName eq "a")', id="closing-bracket"),
        pytest.param("()", id="empty-group"),
        pytest.param('emails[type eq "work"', id="open-value-path"),
        pytest.param("emails[]", id="empty-value-path"),
    ],
)
def test_filter_that_is_no_filter_is_refused(crew: Crew, seek: Seek, text: str) -> None:
    response = seek(text)

    expect.status(response, 400)


@requirement("rfc7644-3.4.2.2-unknown-attribute-filter")
def test_unknown_attribute_does_not_find_everybody(crew: Crew, seek: Seek) -> None:
    """Refused, or nobody found (AMB-18); everybody would be dangerous."""
    response = seek('favoriteBicycle eq "Gazelle"')

    expect.status(response, 200, 400)
    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources found")


@requirement("rfc7644-3.4.2.2-null-comparison")
def test_null_is_a_value_to_compare_with(crew: Crew, seek: Seek) -> None:
    """Found, nobody, or refused are all fine (AMB-19)."""
    response = seek(f'userName sw "{crew.prefix}" and title eq null')

    expect.status(response, 200, 400)


@requirement("rfc7644-3.4.2.2-type-mismatch-filter")
def test_number_for_a_string_finds_nobody(crew: Crew, seek: Seek) -> None:
    response = seek("userName eq 5")

    expect.status(response, 200, 400)
    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources found")


@requirement("rfc7643-4.1.1-password-equality-filter")
@needs_attribute("password")
def test_filter_on_a_password_does_not_list_everybody(crew: Crew, seek: Seek) -> None:
    response = seek('password eq "scimproof-nobody-has-this"')

    expect.status(response, 200, 400, 403)
    expect.equal(expect.ids_if_listed(response), [], f"{response.line}: resources found")
