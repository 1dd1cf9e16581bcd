"""Okta, Create Users: an assigned person gets one account, and the right one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Maker
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import OKTA_MEDIA_TYPE, Account, Okta
from conformance.checks.okta.conftest import StartOkta
from conformance.client import Response, ScimClient
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads
from conformance.run import Run
from conformance.verdict import Unmet
from emulator import Behaviours

#: Numbers that are strings, and the password, have sentences of their own.
PLAIN = Behaviours(strict_numbers=False, create_password=False)
HEADERS = {
    "Accept": "application/scim+json",
    "Accept-Charset": "utf-8",
    "Content-Type": OKTA_MEDIA_TYPE,
}


@pytest.fixture
def headers_understood(run: Run, users: str) -> None:
    """Blocks the check when Okta's headers are refused; asked once per process."""
    if "okta headers" not in run.known:
        scim = run.client()
        plain, answer = (
            scim.post(users, run.payloads.user()),
            scim.post(users, run.payloads.user(), headers=HEADERS),
        )
        refused = plain.ok and not answer.ok
        run.known["okta headers"] = f"{answer.line}: {answer.status}" if refused else ""
        run.left += scim.clean_up()
    if run.known["okta headers"]:
        raise Unmet("okta-create-headers", f"Okta's headers: {run.known['okta headers']}")


@pytest.fixture
def plain_okta(connect: StartOkta, looking_up: None) -> Okta:
    """An org that sends no passwords, and reads numbers in any form."""
    return connect(behaviours=PLAIN)


@pytest.fixture
def lookup(plain_okta: Okta) -> Response:
    """The answer to the lookup of somebody who has no account."""
    plain_okta.assign(plain_okta.person())
    return plain_okta.sent_with("GET")


@pytest.fixture
def new_account(any_okta: Okta) -> Account:
    """An account that Okta has just made."""
    return any_okta.account()


@pytest.fixture
def saved(any_okta: Okta, new_account: Account) -> Response:
    """The same, as it is read afterwards."""
    return any_okta.read(new_account)


# The lookup ---------------------------------------------------------------------------


@requirement("okta-create-lookup-nobody")
def test_lookup_of_nobody_is_an_empty_list(lookup: Response) -> None:
    expect.status(lookup, 200, tolerated={404})
    expect.equal(lookup.resources, [], f"{lookup.line}: Resources")
    expect.that(
        lookup.body.get("totalResults") in {0, "0"}, f"{lookup.line}: expected totalResults to be 0"
    )


@requirement("okta-create-lookup-numbers")
def test_lookup_has_numbers(plain_okta: Okta) -> None:
    account = plain_okta.account()

    response = plain_okta.look_up(plain_okta.name_of(account.user))

    outcome.numbers(response)


@requirement("okta-create-lookup-that-name-only")
def test_lookup_does_not_find_a_longer_name(plain_okta: Okta, make_user: Maker) -> None:
    person = plain_okta.person()
    longer = make_user(userName=f"{plain_okta.name_of(person)}x")

    plain_okta.assign(person)

    found = plain_okta.account_of(person)
    expect.that(
        found is None or found.id != longer.id,
        f"{plain_okta.sent[0].line}: found {longer.sent['userName']!r}, which is another userName",
    )


@pytest.fixture
def with_plus(plain_okta: Okta, scim: ScimClient, users: str, payloads: Payloads) -> Account:
    """An account with a plus sign in its userName, and the person it is for."""
    name, at, domain = payloads.user_name("okta").partition("@")
    person = plain_okta.person(scimUserName=f"{name}+okta{at}{domain}")
    body = payloads.user(
        userName=plain_okta.name_of(person), externalId=payloads.unique("external"), active=True
    )
    response = scim.post(users, body)
    if not response.ok:
        pytest.skip(f"{response.line}: {response.status}: no + in a userName")
    made = expect.given(response, "id", "rfc7643-3.1-id-present-non-empty")
    return Account(person, made, f"{users}/{made}")


@requirement("okta-create-lookup-plus")
def test_plus_sign_in_a_user_name_is_found(plain_okta: Okta, with_plus: Account) -> None:
    plain_okta.assign(with_plus.user)

    outcome.linked(plain_okta, with_plus)


@pytest.fixture
def in_capitals(plain_okta: Okta, make_user: Maker, payloads: Payloads) -> Account:
    """An account, and the person it is for, whose name Okta has in capitals."""
    name = payloads.user_name("okta")
    made = make_user(userName=name, externalId=payloads.unique("external"), active=True)
    return Account(plain_okta.person(scimUserName=name.upper()), made.id, made.path)


@requirement("okta-create-lookup-any-case")
def test_user_name_is_found_in_any_case(plain_okta: Okta, in_capitals: Account) -> None:
    plain_okta.assign(in_capitals.user)

    outcome.linked(plain_okta, in_capitals)


# The create ---------------------------------------------------------------------------


@requirement("okta-create-headers")
def test_headers_of_okta_are_understood(
    scim: ScimClient, users: str, user: Created, payloads: Payloads
) -> None:
    response = scim.post(users, payloads.user(), headers=HEADERS)

    expect.success(response)


@requirement("okta-create-new-account")
def test_assigned_person_gets_an_account(start_okta: StartOkta, headers_understood: None) -> None:
    okta = start_okta(behaviours=PLAIN)

    okta.assign(okta.person())

    outcome.accepted(okta, "POST")


@requirement("okta-create-password")
def test_create_with_a_password_is_accepted(
    plain_okta: Okta, connect: StartOkta, headers_understood: None
) -> None:
    plain_okta.account()
    okta = connect(behaviours=replace(PLAIN, create_password=True))

    okta.assign(okta.person())

    outcome.accepted(okta, "POST")


@requirement("okta-create-answer-is-the-user")
def test_answer_to_a_create_is_the_user(create: Response) -> None:
    expect.that(bool(create.content), f"{create.line}: expected the new user, got an empty body")
    expect.present(create, "id")


@requirement("okta-create-answer-status")
def test_create_is_answered_201(create: Response) -> None:
    expect.status(create, 201)


@requirement("okta-create-answer-complete")
def test_answer_to_a_create_has_user_name_active_and_schemas(
    create: Response, new_account: Account
) -> None:
    expect.present(create, "userName")
    expect.present(create, "active")
    expect.present(create, "schemas")


@requirement("okta-create-password-not-shown")
def test_password_of_a_create_is_not_shown(create: Response) -> None:
    outcome.shows_no_password(create)


@requirement("okta-create-taken-name")
def test_taken_user_name_is_answered_409(any_okta: Okta, create: Response) -> None:
    response = any_okta.again(create)

    expect.status(response, 409)


# What is stored -----------------------------------------------------------------------


@requirement("okta-create-readable")
def test_new_account_is_found_by_its_id_and_active(okta: Okta, account: Account) -> None:
    response = okta.scim.get(account.path)

    expect.status(response, 200)
    expect.attribute(response, "active", True)


@requirement("okta-create-user-name")
def test_user_name_is_stored_as_sent(any_okta: Okta, new_account: Account, saved: Response) -> None:
    expect.attribute(saved, "userName", any_okta.name_of(new_account.user))


@requirement("okta-create-name")
@needs_attribute("name.givenName", "name.familyName")
def test_names_are_stored_as_sent(saved: Response) -> None:
    expect.attribute(saved, "name.givenName", "Ada")
    expect.attribute(saved, "name.familyName", "Lovelace")


@requirement("okta-create-name-unicode")
@needs_attribute("name.givenName", "name.familyName")
def test_names_of_every_script_survive(any_okta: Okta) -> None:
    account = any_okta.account(any_okta.person("Zoë Łucja", "Þór-李"))

    saved = any_okta.read(account)

    expect.attribute(saved, "name.givenName", "Zoë Łucja")
    expect.attribute(saved, "name.familyName", "Þór-李")


@requirement("okta-create-email")
@needs_attribute("emails.value")
def test_email_is_stored_as_sent(new_account: Account, saved: Response) -> None:
    expect.element(saved, "emails", value=new_account.user.profile["email"])


@requirement("okta-create-display-name")
@needs_attribute("displayName")
def test_display_name_is_stored_as_sent(saved: Response) -> None:
    expect.attribute(saved, "displayName", "Ada Lovelace")


@requirement("okta-create-external-id")
def test_external_id_is_kept(new_account: Account, saved: Response) -> None:
    expect.attribute(saved, "externalId", new_account.user.id)


@requirement("okta-create-enterprise")
@needs_attribute("department", "employeeNumber", schema=ENTERPRISE_USER)
def test_enterprise_attributes_are_stored(any_okta: Okta, payloads: Payloads) -> None:
    number = payloads.unique("number")
    person = any_okta.person(department="Research", employeeNumber=number)

    saved = any_okta.read(any_okta.account(person))

    expect.attribute(saved, f"{ENTERPRISE_USER}:department", "Research")
    expect.attribute(saved, f"{ENTERPRISE_USER}:employeeNumber", number)


@requirement("okta-create-manager")
@needs_attribute("manager", schema=ENTERPRISE_USER)
def test_manager_who_is_only_a_text_is_taken(any_okta: Okta, new_account: Account) -> None:
    any_okta.assign(any_okta.person(managerId="scimproof-manager", manager="Grace Hopper"))

    outcome.accepted(any_okta, "POST")


@requirement("okta-create-shared-email")
@needs_attribute("emails.value")
def test_two_people_may_share_an_address(any_okta: Okta, new_account: Account) -> None:
    any_okta.assign(any_okta.person("Grace", "Hopper", email=new_account.user.profile["email"]))

    outcome.accepted(any_okta, "POST")
