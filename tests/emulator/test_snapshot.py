"""Org files: seeds that people write, snapshots that the org writes, and that both are one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emulator.application import Application, AppUserStatus, SyncState, Toggles
from emulator.attributes import Apply, mapping
from emulator.directory import GroupKind, UserStatus
from emulator.org import OktaOrg
from emulator.push_groups import MappingStatus
from emulator.queue import Job
from emulator.snapshot import OrgFileError, apply_plan, document_of, load, save
from tests.emulator.offline import GUIDE, connected, done, person, somewhere

ORGS = Path(__file__).parents[2] / "fixtures" / "orgs"


def loaded(path: Path) -> OktaOrg:
    org = OktaOrg()
    load(path, org)
    return org


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "org.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def people(org: OktaOrg) -> dict[str, Any]:
    """Everything about people and groups that has no id in it."""
    rules = {one.id: one.name for one in org.rules}
    return {
        "users": {one.login: (one.profile, one.status) for one in org.users.values()},
        "groups": {
            one.name: (
                one.description,
                one.kind,
                {
                    org.users[user].login: {rules.get(reason, reason) for reason in reasons}
                    for user, reasons in one.members.items()
                },
            )
            for one in org.groups.values()
        },
        "rules": {
            one.name: (
                one.expression.text,
                one.status,
                {org.groups[group].name for group in one.groups},
                {org.users[user].login for user in one.excluded},
            )
            for one in org.rules
        },
        "attributes": org.schema.custom,
    }


# The sample files -----------------------------------------------------------------------------


def test_the_small_org_is_what_its_file_says() -> None:
    org = loaded(ORGS / "small.yaml")

    assert len(org.users) == 7
    assert {one.status for one in org.users.values()} == {
        UserStatus.ACTIVE,
        UserStatus.STAGED,
        UserStatus.SUSPENDED,
        UserStatus.DEPROVISIONED,
    }
    crew = {org.users[one].login.split("@")[0] for one in org.members("Harbour Crew")}
    assert crew == {"mira.voss", "soren.aakre"}
    assert org.user("li.ming@example.com").name == "李明"
    assert org.user("mira.voss@example.com").profile["hasKeys"] is True


def test_the_small_org_provisions_what_its_file_says() -> None:
    org = loaded(ORGS / "small.yaml")
    org.app.enable(somewhere())

    apply_plan(org.app)

    assert [(login.split("@")[0], job) for login, job in done(org.app)] == [
        ("li.ming", Job.PROVISION),
        ("mira.voss", Job.PROVISION),
        ("soren.aakre", Job.PROVISION),
        ("zoe.obrien", Job.PROVISION),
        ("Night Watch", Job.PUSH),
        ("Lost & Found – Ωmega", Job.PUSH),
        ("Harbour Crew", Job.PUSH),
        ("Harbour Office", Job.PUSH),
    ]
    zoe, amira = org.user("zoe.obrien@example.com"), org.user("amira.haddad@example.com")
    assert org.app.values_of(zoe.id)["userType"] == "Office"
    assert org.app.app_user(amira).status is AppUserStatus.PENDING


def test_the_company_has_500_people_with_managers_and_groups_by_rule() -> None:
    org = loaded(ORGS / "company.yaml")

    assert len(org.users) == 500
    assert len(org.groups) == 1 + 12 + 4 + 1 + 4
    sizes = {one.name: len(one.members) for one in org.groups.values()}
    departments: dict[str, int] = {}
    for user in org.users.values():
        departments[user.profile["department"]] = departments.get(user.profile["department"], 0) + 1
        assert user.login.endswith("@example.com")
    assert all(sizes[name] == count for name, count in departments.items())
    assert sum(1 for one in org.users.values() if "managerId" in one.profile) == 499


@pytest.mark.parametrize("name", ["small.yaml", "company.yaml"])
def test_a_sample_that_is_loaded_and_saved_is_the_same(tmp_path: Path, name: str) -> None:
    org = loaded(ORGS / name)
    save(tmp_path / "again.yaml", org)

    again = loaded(tmp_path / "again.yaml")

    assert people(again) == people(org)
    assert document_of(again) == document_of(org)


# Round trips ------------------------------------------------------------------------------------


def full_org() -> tuple[OktaOrg, Application]:
    """An org with one of everything that a snapshot has to keep."""
    org, app = connected("kantega")
    org.add_attribute("berth")
    ada, bob, cem, dan, eva = (person(org, one) for one in ("Ada", "Bob", "Cem", "Dan", "Eva"))
    org.update_user(ada, berth="no", department="Crew", employeeNumber="00123")
    org.update_user(cem, department="Crew", email="cem@mail.example")
    org.update_user(dan, department="Crew")
    for name in ("Crew", "Office", "Deck 1", "Deck 2", "Boats"):
        org.create_group(name, f"the {name}" if name != "Office" else "")
    org.create_group("Imported", kind=GroupKind.APP_GROUP)
    for one in (ada, bob):
        org.add_member("Office", one)
    rule = org.create_rule("crew", 'user.department == "Crew"', "Crew", exclude=[dan])
    org.rules.activate(rule)
    off = org.create_rule("boats", 'user.department == "Crew"', "Boats")
    org.rules.activate(off)
    org.rules.deactivate(off)
    org.update_user(cem, department="Office", title="Cook")
    app.add_mapping(mapping("berth", "berth", "user.berth", namespace="urn:example:harbour"))
    app.alter_mapping("middleName", apply=Apply.CREATE)
    app.use_user_name_format("email")
    app.settings["tenant"] = "north"
    app.assign(ada, displayName="The Countess")
    app.assign(bob)
    app.assign_group("Office", userType="Clerk")
    app.assign_group("Crew")
    app.assign_group("Everyone", priority=0)
    app.edit(dan, middleName="M")
    app.pushed.push("Office")
    app.pushed.deactivate(app.pushed.push("Boats", target_id="t-boats"))
    app.pushed.add_rule("decks", "starts with", "Deck")
    app.pushed.deactivate_rule(app.pushed.add_rule("quays", "contains", "quay", attribute="name"))
    done(app)
    app.pushed.deactivate(*filter(None, [app.pushed.of("Deck 2")]))
    org.deactivate(eva)
    done(app)
    app.disable()
    app.assign(person(org, "Fay"))
    app.enable(somewhere())
    return org, app


def accounts(app: Application) -> dict[str, Any]:
    """Everything about an app that has no id of the org in it."""
    users, pushed = app.directory.users, app.pushed
    rules = {one.id: one.name for one in pushed.rules.values()}
    return {
        "people": {
            users[one.user].login: (one.scope, one.external_id, one.given, one.sync_state)
            for one in app.assigned()
        },
        "groups": [
            (app.directory.groups[one.group].name, one.priority, one.values)
            for one in app.groups.values()
        ],
        "pushed": {
            pushed.source_name(one): (
                one.target_id,
                one.target_name,
                one.status,
                one.is_linked,
                rules.get(one.rule or ""),
                one.pushed,
            )
            for one in pushed
        },
        "rules": [(one.name, one.match, one.value, one.is_active) for one in pushed.rules.values()],
        "settings": (app.settings, app.values.format_name, app.mappings, app.toggles),
        "flags": (pushed.renames, pushed.is_immediate),
    }


def test_a_snapshot_brings_everything_back_and_sends_nothing(tmp_path: Path) -> None:
    org, app = full_org()
    app.pushed.renames, app.pushed.is_immediate = False, False
    # Accounts keep their ids, groups too.
    for known in app.assigned():
        known.external_id = known.external_id and f"acc-{org.users[known.user].login}"
    for one in app.pushed:
        one.target_id = one.target_id and f"grp-{app.pushed.source_name(one)}"
        one.pushed = dict.fromkeys(app.pushed.eligible(one))
    org.save(tmp_path / "org.yaml")

    again = loaded(tmp_path / "org.yaml")
    again.app.enable(somewhere())
    apply_plan(again.app)

    assert done(again.app) == []
    assert people(again) == people(org)
    assert accounts(again.app) == accounts(app)
    assert document_of(again) == document_of(org)


def test_a_seed_that_is_saved_before_it_is_connected_keeps_its_plan(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
users: [{firstName: Ada, lastName: X}]
groups: [{name: Crew}]
apps: [{catalogue: aiw, assigned users: [ada.x@example.com], push groups: [Crew]}]
""",
    )
    org = loaded(path)
    save(path, org)

    again = loaded(path)
    again.app.enable(somewhere())
    apply_plan(again.app)

    assert done(again.app) == [("ada.x@example.com", Job.PROVISION), ("Crew", Job.PUSH)]
    assert again.app.planned == {}


def test_who_was_not_provisioned_stays_so(tmp_path: Path) -> None:
    org = OktaOrg()
    app = org.add_app("oin").app
    app.toggles = Toggles(**GUIDE)
    app.assign(person(org))
    save(tmp_path / "org.yaml", org)

    again = loaded(tmp_path / "org.yaml")
    again.app.enable(somewhere())
    apply_plan(again.app)

    assert done(again.app) == []
    assert again.app.app_user("ada@example.com").sync_state is SyncState.DISABLED


def test_a_mapping_that_was_made_by_a_rule_comes_back_by_it(tmp_path: Path) -> None:
    org, _ = full_org()
    save(tmp_path / "org.yaml", org)

    again = loaded(tmp_path / "org.yaml")
    again.app.enable(somewhere())
    apply_plan(again.app)

    deck = again.app.pushed.of("Deck 2")
    assert deck is not None
    assert again.app.pushed.rules[deck.rule or ""].name == "decks"
    assert deck.status is MappingStatus.INACTIVE


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)


@given(first=_TEXT.filter(str.strip), title=_TEXT, group=_TEXT.filter(str.strip))
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, first: str, title: str, group: str
) -> None:
    org = OktaOrg()
    org.create_user(first, "X", login="ada@example.com", title=title)
    if group != "Everyone":
        org.create_group(group, title)
    path = tmp_path_factory.mktemp("texts") / "org.yaml"
    save(path, org)

    assert people(loaded(path)) == people(org)


# Wrong files --------------------------------------------------------------------------------------

_ADA = "users: [{firstName: Ada, lastName: X, login: ada@example.com}]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("users: [", "is no YAML"),
        ("- a", 'the document: ["a"] is not of type "object"'),
        ("people: []", "'people' was unexpected"),
        ("users: [{firstName: Ada}]", 'users/0: "lastName" is a required property'),
        ("users: [{firstName: Ada, lastName: X, status: GONE}]", 'users/0/status: "GONE"'),
        ("users: [{firstName: Ada, lastName: X, titel: x}]", "users/0: attribute 'titel' is not"),
        ("users: [{firstName: Ada, lastName: X, title: 7}]", "users/0: title 7 is no string"),
        ("users: [{firstName: Ada, lastName: X, activate: x}]", "attribute 'activate' is not"),
        ("users: [{firstName: A, lastName: X}, {firstName: A, lastName: X}]", "users/1: login"),
        ("users: [{firstName: Ada, lastName: X, hired: 2026-99-99}]", "attribute 'hired'"),
        ("users: [{firstName: Ada, lastName: 2026-01-31, 7: x}]", "a value that JSON has not: "),
        (_ADA + "groups: [{name: Crew, members: [bob@example.com]}]", "groups/0: there is no user"),
        ("groups: [{name: Everyone}]", "groups/0: group 'Everyone' exists"),
        ("rules: [{name: r, expression: 'user.', groups: [X]}]", "rules/0: there is no group"),
        (
            "groups: [{name: X}]\nrules: [{name: r, expression: 'user.', groups: [X]}]",
            "rules/0: expression 'user.'",
        ),
        ("attributes: [{name: title}]", "attributes/0: attribute 'title' is in the profile"),
        ("apps: [{catalogue: entra}]", 'apps/0/catalogue: "entra" is not one of'),
        ("apps: [{catalogue: oin, assigned users: [bob]}]", "apps/0: there is no user"),
        ("apps: [{catalogue: oin, assigned groups: [Crew]}]", "apps/0: there is no group"),
        ("apps: [{catalogue: oin, push groups: [Crew]}]", "apps/0: there is no group"),
        ("apps: [{catalogue: oin, accounts: {bob: '1'}}]", "apps/0: there is no user"),
        ("apps: [{catalogue: oin, groups in target: {Crew: '1'}}]", "apps/0: there is no group"),
        ("apps: [{catalogue: oin, username format: 'user.'}]", "apps/0: username format"),
        (
            _ADA + "apps: [{catalogue: oin, assigned users: [{user: ada@example.com, "
            "values: {shoeSize: '43'}}]}]",
            "Property 'shoeSize' not found",
        ),
        (
            (
                "apps: [{catalogue: kantega,\n"
                "        assigned groups: [{group: Everyone, values: {displayName: x}}]}]"
            ),
            "'displayName' is personal",
        ),
        (
            (
                "apps: [{catalogue: oin, mappings: [{variable: x, external name: 'a..b', "
                "expression: user.title}]}]"
            ),
            "apps/0: ",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(OrgFileError) as refused:
        loaded(path)

    assert str(refused.value).startswith(str(path))
    assert told in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OrgFileError, match="No such file"):
        loaded(tmp_path / "nothing.yaml")
    path = tmp_path / "org.yaml"
    path.write_bytes(b"users: \xff")
    with pytest.raises(OrgFileError, match="is not text in UTF-8"):
        loaded(path)


def test_an_empty_file_is_an_empty_org(tmp_path: Path) -> None:
    org = loaded(written(tmp_path, ""))

    assert not org.users
    assert document_of(org) == {}


def test_a_file_may_not_run_code(tmp_path: Path) -> None:
    path = written(tmp_path, "users: !!python/object/apply:os.getcwd []")

    with pytest.raises(OrgFileError, match="is no YAML"):
        loaded(path)


def test_a_snapshot_is_yaml_that_people_read(tmp_path: Path) -> None:
    org = OktaOrg()
    org.create_user("Søren", "Åkre", login="soren@example.com", employeeNumber="00123")
    save(tmp_path / "org.yaml", org)

    text = (tmp_path / "org.yaml").read_text(encoding="utf-8")

    assert "Søren" in text
    assert yaml.safe_load(text)["users"][0]["employeeNumber"] == "00123"
