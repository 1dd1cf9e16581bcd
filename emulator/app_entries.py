"""The apps of an org file: what an entry says, what of it waits for a connection, and back.

Without a connection nothing can be assigned for good, as who was assigned
before provisioning was enabled is not provisioned.  So an entry is planned
when it is read, and applied when the app is connected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emulator.app_users import GROUP, USER
from emulator.application import (
    ASSIGNED_BEFORE,
    CATALOGUE,
    Application,
    AppUser,
    SyncState,
    Toggles,
)
from emulator.attributes import USER as CORE
from emulator.attributes import Apply, AttributeMapping, Scope, mapping
from emulator.directory import User
from emulator.push_groups import MappingStatus, PushMapping, PushRule
from emulator.queue import Job

if TYPE_CHECKING:
    from emulator.org import OktaOrg

#: Lists of an entry and what they are called in the plan.
_PLANNED = {
    "assigned users": "users",
    "edited users": "edits",
    "assigned groups": "groups",
    "not provisioned": "waiting",
    "push groups": "push",
    "push rules": "rules",
    "accounts": "accounts",
    "groups in target": "targets",
}


def load_app(entry: Mapping[str, Any], org: OktaOrg) -> None:
    """Add an app; raises MappingError, DirectoryError and UnknownAppError."""
    app = org.add_app(
        entry["catalogue"],
        label=entry.get("label"),
        settings=entry.get("settings"),
        user_name_format=entry.get("username format", "okta-username"),
    ).app
    app.toggles = Toggles(**{one.replace(" ", "_"): True for one in entry.get("toggles", ())})
    if "mappings" in entry:
        app.mappings = tuple(_row(one) for one in entry["mappings"])
    app.pushed.renames = entry.get("rename groups", True)
    app.pushed.is_immediate = entry.get("push immediately", True)
    app.planned = {short: entry[name] for name, short in _PLANNED.items() if name in entry}
    _check(app)


def _check(app: Application) -> None:
    """Find wrong names when the file is read, not when the app is connected."""
    plan, directory = app.planned, app.directory
    for one in (*plan.get("users", ()), *plan.get("edits", ())):
        directory.user(_named(one, "user"))
        app.values.checked(_values(one), of_group=False)
    for one in plan.get("groups", ()):
        directory.group(_named(one, "group"))
        app.values.checked(_values(one), of_group=True)
    for one in plan.get("push", ()):
        directory.group(_named(one, "group"))
    for login in (*plan.get("waiting", ()), *plan.get("accounts", ())):
        directory.user(login)
    for name in plan.get("targets", ()):
        directory.group(name)


def _named(one: str | Mapping[str, Any], key: str) -> str:
    return one if isinstance(one, str) else str(one[key])


def _values(one: str | Mapping[str, Any]) -> dict[str, Any]:
    return {} if isinstance(one, str) else dict(one.get("values", {}))


def _row(entry: Mapping[str, Any]) -> AttributeMapping:
    return mapping(
        entry["variable"],
        entry["external name"],
        entry["expression"],
        namespace=entry.get("namespace", CORE),
        apply=Apply(entry.get("apply", Apply.CREATE_AND_UPDATE)),
        scope=Scope(entry.get("scope", Scope.PERSONAL)),
    )


# Applying -----------------------------------------------------------------------------


def apply_plan(app: Application) -> None:
    """Assign and push what the file of the org says, now that the app is connected.

    Accounts that the file knows are taken as they are: nothing is sent for them.
    """
    plan, app.planned = app.planned, {}
    for one in plan.get("users", ()):
        app.assign(_named(one, "user"), **_values(one))
    for one in plan.get("groups", ()):
        app.assign_group(_named(one, "group"), **_values(one))
    for one in plan.get("edits", ()):
        app.edit(_named(one, "user"), **_values(one))
    for login, account in plan.get("accounts", {}).items():
        adopt_account(app, app.directory.user(login), account)
    for login in plan.get("waiting", ()):
        _hold(app, app.app_user(login))
    targets: Mapping[str, str] = plan.get("targets", {})
    by_name = [one for one in plan.get("push", ()) if not _is_by_rule(one)]
    for one in by_name:
        _push(app, one, targets)
    rules = [_add_rule(app, one, targets) for one in plan.get("rules", ())]
    for one in plan.get("push", ()):
        if _is_by_rule(one):
            _push(app, one, targets)
    for rule, is_active in rules:
        if not is_active:
            app.pushed.deactivate_rule(rule)


def _is_by_rule(entry: str | Mapping[str, Any]) -> bool:
    return not isinstance(entry, str) and entry.get("by rule") is True


def _hold(app: Application, known: AppUser) -> None:
    app.queue.drop(known.user, Job.PROVISION)
    known.sync_state, known.error = SyncState.DISABLED, ASSIGNED_BEFORE


def _push(app: Application, entry: str | Mapping[str, Any], targets: Mapping[str, str]) -> None:
    name = _named(entry, "group")
    made = app.pushed.of(name) or app.pushed.push(name)
    if name in targets:
        adopt_group(app, made, targets[name])
    if isinstance(entry, str):
        return
    made.target_name = entry.get("target name", made.target_name)
    made.is_linked = entry.get("linked", False)
    if entry.get("status") == "INACTIVE":
        app.pushed.deactivate(made)


def _add_rule(
    app: Application, entry: Mapping[str, Any], targets: Mapping[str, str]
) -> tuple[PushRule, bool]:
    rule = app.pushed.add_rule(
        entry.get("name", entry["value"]),
        entry["match"],
        entry["value"],
        attribute=entry.get("attribute", "name"),
    )
    for made in app.pushed:
        name = app.pushed.source_name(made)
        if made.rule == rule.id and name in targets:
            adopt_group(app, made, targets[name])
    return rule, entry.get("status", "ACTIVE") == "ACTIVE"


def adopt_account(app: Application, user: User, account: str) -> None:
    """A person has an account already, which is as it should be."""
    known = app.users.get(user.id)
    if known is not None and known.is_assigned:
        app.adopt(user, account)


def adopt_group(app: Application, mapping: PushMapping, target_id: str) -> None:
    """A group is in the endpoint already, with the members it should have."""
    app.queue.drop(mapping.id, Job.PUSH, Job.MEMBERS)
    mapping.target_id, mapping.tried_as = target_id, None
    mapping.pushed = dict.fromkeys(app.pushed.eligible(mapping))
    mapping.status = MappingStatus.ACTIVE


# Saving -------------------------------------------------------------------------------


def app_entry(app: Application) -> dict[str, Any]:
    """An app as a file has it; what is empty, or as the catalogue has it, is left out."""
    entry: dict[str, Any] = {"label": app.label, "catalogue": app.catalogue_name}
    if app.values.format_name != "okta-username":
        entry["username format"] = app.values.format_name
    if app.settings:
        entry["settings"] = dict(app.settings)
    names = Toggles.__dataclass_fields__
    entry["toggles"] = [one.replace("_", " ") for one in names if getattr(app.toggles, one)]
    if app.mappings != CATALOGUE[app.catalogue_name][2]:
        entry["mappings"] = [_row_entry(one) for one in app.mappings]
    if not app.pushed.renames:
        entry["rename groups"] = False
    if not app.pushed.is_immediate:
        entry["push immediately"] = False
    plan = app.planned or _state(app)
    for name, short in _PLANNED.items():
        if plan.get(short):
            entry[name] = plan[short]
    return entry


def _row_entry(row: AttributeMapping) -> dict[str, str]:
    entry = {
        "variable": row.variable,
        "external name": row.external_name,
        "expression": row.source.text,
    }
    if row.namespace != CORE:
        entry["namespace"] = row.namespace
    if row.apply is not Apply.CREATE_AND_UPDATE:
        entry["apply"] = str(row.apply)
    if row.scope is not Scope.PERSONAL:
        entry["scope"] = str(row.scope)
    return entry


def _state(app: Application) -> dict[str, Any]:
    """What an app has, in the words of a plan."""
    users, pushed = app.directory.users, app.pushed
    assigned = [(users[one.user].login, one) for one in app.assigned() if one.user in users]
    mappings = [one for one in pushed if not one.is_leaving]
    return {
        "users": [
            {"user": login, "values": dict(one.given)} if one.given else login
            for login, one in assigned
            if one.scope == USER
        ],
        "edits": [
            {"user": login, "values": dict(one.given)}
            for login, one in assigned
            if one.scope == GROUP and one.given
        ],
        "groups": [_group_entry(app, group) for group in app.groups],
        "waiting": [
            login
            for login, one in assigned
            if one.sync_state is SyncState.DISABLED and one.external_id is None
        ],
        "push": [_push_entry(app, one) for one in mappings if _is_worth_saving(app, one)],
        "rules": [_rule_entry(one) for one in pushed.rules.values()],
        "accounts": {login: one.external_id for login, one in assigned if one.external_id},
        "targets": {pushed.source_name(one): one.target_id for one in mappings if one.target_id},
    }


def _group_entry(app: Application, group_id: str) -> str | dict[str, Any]:
    name, values = app.directory.groups[group_id].name, app.groups[group_id].values
    return {"group": name, "values": dict(values)} if values else name


def _is_worth_saving(app: Application, one: PushMapping) -> bool:
    """Whether a push rule alone would not bring a mapping back as it is."""
    return one.rule not in app.pushed.rules or len(_push_entry(app, one)) > 2


def _push_entry(app: Application, one: PushMapping) -> str | dict[str, Any]:
    name = app.pushed.source_name(one)
    entry: dict[str, Any] = {"group": name}
    if one.rule in app.pushed.rules:
        entry["by rule"] = True
    if one.target_name != name:
        entry["target name"] = one.target_name
    if one.is_linked:
        entry["linked"] = True
    if one.status is MappingStatus.INACTIVE:
        entry["status"] = "INACTIVE"
    return entry if len(entry) > 1 else name


def _rule_entry(rule: PushRule) -> dict[str, Any]:
    entry = {"name": rule.name, "match": str(rule.match), "value": rule.value}
    if rule.attribute != "name":
        entry["attribute"] = rule.attribute
    if not rule.is_active:
        entry["status"] = "INACTIVE"
    return entry
