"""An app: toggles, mappings, username formats, and what the org's changes mean for accounts."""

from __future__ import annotations

import pytest

from emulator.application import ASSIGNED_BEFORE, AppUserStatus, SyncState, Toggles
from emulator.directory import DirectoryError
from emulator.org import OktaOrg
from emulator.queue import Job
from emulator.tasks import WireProfile
from tests.emulator.offline import GUIDE, connected, done, person, somewhere

KANTEGA = [
    "givenName",
    "familyName",
    "middleName",
    "email",
    "emailType",
    "displayName",
    "userType",
]


# The catalogue --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "profile", "rows"), [("kantega", "oin", 7), ("oin", "oin", 30), ("aiw", "aiw", 30)]
)
def test_apps_of_the_catalogue_have_their_profile_and_mappings(
    name: str, profile: str, rows: int
) -> None:
    app = OktaOrg().add_app(name).app

    assert app.profile is WireProfile(profile)
    assert len(app.mappings) == rows


def test_the_app_of_the_guide_has_its_eight_attributes() -> None:
    app = OktaOrg().add_app("kantega").app

    assert app.label == "Kantega SSO"
    assert [one.variable for one in app.mappings] == KANTEGA  # and userName, of the Sign On tab
    assert app.user_name.text == "user.login"


def test_every_toggle_is_off_until_the_admin_says_otherwise() -> None:
    assert Toggles() == Toggles(False, False, False, False, False)


def test_the_features_of_an_app_follow_its_toggles() -> None:
    _, app = connected()
    assert app.features() == [
        "PUSH_NEW_USERS",
        "PUSH_USER_DEACTIVATION",
        "SCIM_PROVISIONING",
        "GROUP_PUSH",
        "REACTIVATE_USERS",
        "PUSH_PROFILE_UPDATES",
    ]

    app.disable()

    assert app.features() == []


# Toggles --------------------------------------------------------------------------------


@pytest.mark.parametrize("toggle", [*GUIDE, "sync_password", "exclude_username_updates"])
def test_switching_a_toggle_on_later_sends_nothing_for_what_has_been(toggle: str) -> None:
    org, app = connected()
    setattr(app.toggles, toggle, False)
    ada, bob = person(org), person(org, "Bob")
    app.assign(ada)
    app.assign(bob)
    done(app)
    org.update_user(ada, title="Countess")
    org.set_password(ada, "secret of Ada")
    app.unassign(bob)
    done(app)

    setattr(app.toggles, toggle, True)

    assert done(app) == []


def test_without_update_user_attributes_no_change_is_sent_until_force_sync() -> None:
    org, app = connected()
    app.toggles.update_user_attributes = False
    ada, bob = person(org), person(org, "Bob")
    app.assign(ada)
    done(app)
    app.assign(bob)
    app.queue.clear()

    org.update_user(ada, title="Countess")
    assert done(app) == []
    app.force_sync()

    # Bob has no account: Force Sync creates none.
    assert done(app) == [("ada@example.com", Job.PROFILE)]


def test_a_password_is_sent_only_when_it_is_synced() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)
    done(app)

    org.set_password(ada, "one")
    assert done(app) == []
    app.toggles.sync_password = True
    org.set_password(ada, "two")

    assert done(app) == [("ada@example.com", Job.PASSWORD)]
    assert "two" not in repr(app.app_user(ada))


def test_a_change_of_the_login_is_not_pushed_when_usernames_are_excluded() -> None:
    org, app = connected("kantega")
    ada = person(org, email="a@mail.example")
    app.assign(ada)
    done(app)
    app.toggles.exclude_username_updates = True

    org.update_user(ada, login="countess@example.com")
    assert done(app) == []
    app.toggles.exclude_username_updates = False
    org.update_user(ada, login="ada2@example.com")

    assert done(app) == [("ada2@example.com", Job.PROFILE)]


# Enabling and disabling -----------------------------------------------------------------


def test_who_was_assigned_before_provisioning_waits_for_provision_user() -> None:
    org = OktaOrg()
    app = org.add_app("oin").app
    app.toggles = Toggles(**GUIDE)
    ada = person(org)
    known = app.assign(ada)
    assert (known.sync_state, known.error) == (SyncState.DISABLED, ASSIGNED_BEFORE)
    with pytest.raises(DirectoryError, match="enable API integration before"):
        app.provision(ada)

    app.enable(somewhere())
    app.force_sync()
    org.update_user(ada, title="Countess")
    assert done(app) == []
    app.provision(ada)

    assert done(app) == [("ada@example.com", Job.PROVISION)]
    assert known.error == ""


@pytest.mark.parametrize("how", ["disable", "deactivate"])
def test_nothing_is_sent_while_provisioning_is_off(how: str) -> None:
    org, app = connected()
    ada, bob = person(org), person(org, "Bob")
    for one in (ada, bob):
        app.assign(one)
    done(app)
    app.assign(person(org, "Cem"))

    getattr(app, how)()
    org.update_user(ada, title="Countess")
    app.unassign(bob)
    app.assign(person(org, "Dan"))

    assert done(app) == []
    assert app.app_user(bob).status is AppUserStatus.DEPROVISIONED
    assert {app.app_user(f"{one}@example.com").error for one in ("cem", "dan")} == {ASSIGNED_BEFORE}


def test_an_app_that_is_activated_again_goes_on() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)
    done(app)

    app.deactivate()
    app.activate()
    org.update_user(ada, title="Countess")

    assert done(app) == [("ada@example.com", Job.PROFILE)]


def test_an_app_that_is_not_active_keeps_deactivated_people() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)
    done(app)
    app.deactivate()

    org.deactivate(ada)

    assert app.app_user(ada).is_assigned


# The life of a person --------------------------------------------------------------------


def test_a_staged_person_gets_an_account_on_activation() -> None:
    org, app = connected()
    ada = org.create_user("Ada", "X", login="ada@example.com", activate=False)
    known = app.assign(ada)
    assert (known.status, done(app)) == (AppUserStatus.PENDING, [])

    org.activate(ada, pending=True)
    assert done(app) == []
    org.set_password(ada, "x")

    assert done(app) == [("ada@example.com", Job.PROVISION)]
    assert known.status is AppUserStatus.ACTIVE


def test_suspending_sends_nothing() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)
    done(app)

    org.suspend(ada)
    org.unsuspend(ada)

    assert done(app) == []
    assert app.app_user(ada).external_id is not None


def test_deactivating_takes_the_account_away_and_forgets_it() -> None:
    org, app = connected()
    ada = person(org)
    known = app.assign(ada)
    done(app)

    org.deactivate(ada)

    assert done(app) == [("ada@example.com", Job.DEPROVISION)]
    assert (known.status, known.external_id) == (AppUserStatus.DEPROVISIONED, None)


def test_on_activation_group_assignments_come_back_and_direct_ones_do_not() -> None:
    org, app = connected()
    ada, bob, cem = (person(org, name) for name in ("Ada", "Bob", "Cem"))
    crew = org.create_group("Crew")
    app.assign_group(crew)
    org.add_member(crew, ada)
    app.assign(bob)
    org.add_member(crew, cem)
    app.assign(cem)
    done(app)
    for one in (ada, bob, cem):
        org.deactivate(one)
    done(app)

    for one in (ada, bob, cem):
        org.activate(one)

    assert done(app) == [("ada@example.com", Job.PROVISION), ("cem@example.com", Job.PROVISION)]
    assert [one.scope for one in app.assigned()] == ["GROUP", "GROUP"]


def test_deleting_a_person_sends_the_deactivation_that_still_waits_and_no_more() -> None:
    org, app = connected()
    ada, bob = person(org), person(org, "Bob")
    for one in (ada, bob):
        app.assign(one)
    done(app)
    org.deactivate(ada)
    done(app)
    org.deactivate(bob)

    org.delete_user(ada)
    org.delete_user(bob)

    assert done(app) == [(bob.id, Job.DEPROVISION)]
    assert list(app.assigned()) == []


def test_a_deactivated_person_can_not_be_assigned() -> None:
    org, app = connected()
    ada = person(org)
    org.deactivate(ada)

    with pytest.raises(DirectoryError, match="is deactivated and can't be assigned"):
        app.assign(ada)


def test_a_person_reassigned_before_the_deactivation_was_sent_gets_both_in_order() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)
    done(app)

    app.unassign(ada)
    app.assign(ada)

    assert done(app) == [("ada@example.com", Job.DEPROVISION), ("ada@example.com", Job.PROVISION)]


def test_a_person_who_never_had_an_account_loses_the_app_silently() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada)

    app.unassign(ada)

    assert done(app) == []
    assert app.app_user(ada).status is AppUserStatus.DEPROVISIONED


def test_the_values_before_a_change_are_kept_until_it_is_sent() -> None:
    org, app = connected("kantega")
    ada = person(org, middleName="M")
    known = app.assign(ada)
    done(app)

    org.update_user(ada, middleName="N")
    org.update_user(ada, middleName="O")

    assert known.before is not None
    assert known.before["middleName"] == "M"
    assert known.sync_state is SyncState.OUT_OF_SYNC
