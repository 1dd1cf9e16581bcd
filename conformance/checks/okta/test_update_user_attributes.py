"""Okta, Update User Attributes: what changes in Okta changes in the account, and nothing else."""

from __future__ import annotations

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.okta import outcome
from conformance.checks.okta.actor import Account, Okta
from conformance.checks.okta.conftest import StartOkta
from conformance.checks.okta.kinds import catalogue_app_only
from conformance.discovery import ENTERPRISE_USER
from conformance.payloads import Payloads
from emulator import Behaviours


@requirement("okta-update-accepted")
def test_update_is_accepted(okta: Okta, account: Account) -> None:
    okta.update(account.user, firstName="Augusta")

    outcome.accepted(okta, "PUT")


@requirement("okta-update-attribute")
@needs_attribute("name.givenName")
def test_changed_attribute_arrives(okta: Okta, account: Account) -> None:
    okta.updated(account, firstName="Augusta")

    expect.attribute(okta.read(account), "name.givenName", "Augusta")


@requirement("okta-update-keeps-others")
@needs_attribute("title")
def test_update_keeps_the_rest(okta: Okta) -> None:
    account = okta.account(okta.person(title="Engineer"))

    okta.updated(account, firstName="Augusta")

    expect.attribute(okta.read(account), "title", "Engineer")


@requirement("okta-update-email")
@needs_attribute("emails.value")
def test_changed_email_address_replaces_the_old_one(
    okta: Okta, account: Account, payloads: Payloads
) -> None:
    before, after = account.user.profile["email"], f"{payloads.unique('mail')}@example.com"

    okta.updated(account, email=after)

    saved = okta.read(account)
    expect.element(saved, "emails", value=after)
    expect.no_element(saved, "emails", value=before)


@requirement("okta-update-enterprise")
@needs_attribute("department", schema=ENTERPRISE_USER)
def test_changed_department_arrives(okta: Okta) -> None:
    account = okta.account(okta.person(department="Research"))

    okta.updated(account, department="Engines")

    expect.attribute(okta.read(account), f"{ENTERPRISE_USER}:department", "Engines")


@requirement("okta-update-user-name")
def test_changed_user_name_arrives(okta: Okta, account: Account, payloads: Payloads) -> None:
    okta.updated(account, firstName="Augusta")
    name = payloads.user_name("okta-renamed")

    okta.update(account.user, scimUserName=name)

    outcome.accepted(okta, "PUT")
    expect.attribute(okta.read(account), "userName", name)


@requirement("okta-update-stays-active")
def test_update_leaves_the_account_active(okta: Okta, account: Account) -> None:
    okta.updated(account, firstName="Augusta")

    expect.attribute(okta.read(account), "active", True)


@requirement("okta-update-null")
@needs_attribute("title")
def test_null_takes_a_value_away(start_okta: StartOkta) -> None:
    okta = start_okta(behaviours=Behaviours(cleared="null"))
    account = okta.account(okta.person(title="Engineer"))
    okta.updated(account, firstName="Augusta")

    okta.update(account.user, title=None)

    outcome.accepted(okta, "PUT")
    expect.absent(okta.read(account), "title")


@requirement("okta-update-patch")
@needs_attribute("name.givenName")
@catalogue_app_only
def test_update_by_patch_arrives(start_okta: StartOkta, kind: str) -> None:
    okta = start_okta(behaviours=Behaviours(user_patch=True))
    account = okta.account()

    okta.update(account.user, firstName="Augusta")

    outcome.accepted(okta, "PATCH")
    expect.attribute(okta.read(account), "name.givenName", "Augusta")
