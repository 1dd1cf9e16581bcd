"""An org in a file: one YAML format for seeds that people write and for snapshots.

People are named by their login, groups by their name.  A snapshot differs
from a seed only in what the org knows of the endpoint: ``accounts``, ``groups
in target`` and who is ``not provisioned``.  Jobs that wait are not in it: let
the org settle before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

from emulator.app_entries import adopt_account, adopt_group, app_entry, apply_plan, load_app
from emulator.attributes import MappingError
from emulator.directory import BY_HAND, Directory, DirectoryError, Group, GroupKind, User
from emulator.expressions import ExpressionError
from emulator.lifecycle import UserStatus
from emulator.org import OktaOrg, UnknownAppError
from emulator.rules import Rule, RuleStatus

__all__ = ["OrgFileError", "adopt_account", "adopt_group", "apply_plan", "load", "save"]

_SCHEMA = json.loads(Path(__file__).with_name("org.schema.json").read_text(encoding="utf-8"))
_SHAPE = Draft202012Validator(_SCHEMA)
_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
# Dates stay text: a profile holds no others.
_Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_LIMIT = 100_000_000


class OrgFileError(ValueError):
    """An org file that can't be read; the message says where and why."""


def load(path: Path, org: OktaOrg) -> None:
    """Fill ``org`` from a file; raises OrgFileError.

    Apps of the file are added with their toggles and mappings; they get a
    connection afterwards, and only then ``apply_plan`` assigns and pushes.
    """
    document = _document(path)
    for place, entry in enumerate(document.get("attributes", ())):
        with _at(path, f"attributes/{place}"):
            org.add_attribute(entry["name"], entry.get("type", "string"))
    for place, entry in enumerate(document.get("users", ())):
        with _at(path, f"users/{place}"):
            _load_user(entry, org)
    for place, entry in enumerate(document.get("groups", ())):
        with _at(path, f"groups/{place}"):
            _load_group(entry, org)
    for place, entry in enumerate(document.get("rules", ())):
        with _at(path, f"rules/{place}"):
            _load_rule(entry, org)
    for place, entry in enumerate(document.get("apps", ())):
        with _at(path, f"apps/{place}"):
            load_app(entry, org)


@contextmanager
def _at(path: Path, where: str) -> Iterator[None]:
    try:
        yield
    except (DirectoryError, ExpressionError, MappingError, UnknownAppError) as problem:
        raise OrgFileError(f"{path}: {where}: {problem}") from None


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LIMIT:
            raise OrgFileError(f"{path} is larger than {_LIMIT} bytes; generate such an org")
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise OrgFileError(f"{path}: {problem.strerror or problem}") from None
    except UnicodeDecodeError:
        raise OrgFileError(f"{path} is not text in UTF-8") from None
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe one
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise OrgFileError(f"{path} is no YAML: {' '.join(str(problem).split())}") from None
    try:
        found = next(iter(_SHAPE.iter_errors(document or {})), None)
    except ValueError as problem:
        raise OrgFileError(f"{path}: a value that JSON has not: {problem}") from None
    if found is not None:
        where = "/".join(str(one) for one in found.instance_path) or "the document"
        raise OrgFileError(f"{path}: {where}: {found.message[:300]}")
    return document or {}


def _load_user(entry: Mapping[str, Any], org: Directory) -> None:
    values = dict(entry)
    status = UserStatus(values.pop("status", "ACTIVE"))
    for name in ("first_name", "last_name", "activate"):
        if name in values:
            raise DirectoryError(f"attribute {name!r} is not defined in the profile")
    first, last = values.pop("firstName"), values.pop("lastName")
    org.create_user(first, last, status=status, **values)


def _load_group(entry: Mapping[str, Any], org: Directory) -> None:
    kind = GroupKind(entry.get("kind", GroupKind.OKTA_GROUP))
    group = org.create_group(entry["name"], entry.get("description", ""), kind)
    for login in entry.get("members", ()):
        org.add_reason(group, org.user(login), BY_HAND)


def _load_rule(entry: Mapping[str, Any], org: Directory) -> None:
    rule = org.create_rule(
        entry["name"], entry["expression"], *entry["groups"], exclude=entry.get("excluded", ())
    )
    for name, logins in entry.get("members", {}).items():
        for login in logins:
            org.add_reason(org.group(name), org.user(login), rule.id)
    if entry.get("status", "ACTIVE") == "ACTIVE":
        org.rules.activate(rule)


# Saving -------------------------------------------------------------------------------


def save(path: Path, org: OktaOrg) -> None:
    """Write ``org`` as it is now; raises OSError."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(
        document_of(org), Dumper=dumper, sort_keys=False, allow_unicode=True, width=100
    )
    path.write_text(text, encoding="utf-8")


def document_of(org: OktaOrg) -> dict[str, Any]:
    """The org as a file has it; what is empty is left out."""
    custom = [{"name": name, "type": kind} for name, kind in org.schema.custom.items()]
    document: dict[str, Any] = {
        "attributes": custom,
        "users": [_user_entry(one) for one in org.users.values()],
        "groups": [_group_entry(one, org) for one in org.groups.values() if one != org.everyone],
        "rules": [
            _rule_entry(one, org) for one in org.rules if one.status is not RuleStatus.INVALID
        ],
        "apps": [app_entry(one.app) for one in org.integrations],
    }
    return {name: value for name, value in document.items() if value}


def _user_entry(user: User) -> dict[str, Any]:
    profile = dict(user.profile)
    entry = {name: profile.pop(name) for name in ("login", "firstName", "lastName", "email")}
    if entry["email"] == entry["login"]:
        del entry["email"]
    entry |= profile
    if user.status is not UserStatus.ACTIVE:
        entry["status"] = str(user.status)
    return entry


def _group_entry(group: Group, org: Directory) -> dict[str, Any]:
    # A rule that is INVALID is not saved; whom it had put there stays.
    rules = {one.id for one in org.rules if one.status is not RuleStatus.INVALID}
    by_hand = [
        org.users[user].login
        for user, reasons in group.members.items()
        if any(reason not in rules for reason in reasons)
    ]
    return {
        "name": group.name,
        **({"description": group.description} if group.description else {}),
        **({"kind": str(group.kind)} if group.kind is not GroupKind.OKTA_GROUP else {}),
        **({"members": by_hand} if by_hand else {}),
    }


def _rule_entry(rule: Rule, org: Directory) -> dict[str, Any]:
    groups = [org.groups[one] for one in rule.groups]
    kept = {one.name: _kept(rule, one, org) for one in groups}
    entry: dict[str, Any] = {
        "name": rule.name,
        "expression": rule.expression.text,
        "groups": [one.name for one in groups],
    }
    if rule.status is not RuleStatus.ACTIVE:
        entry["status"] = str(rule.status)
    if rule.excluded:
        entry["excluded"] = sorted(org.users[user].login for user in rule.excluded)
    if any(kept.values()):
        entry["members"] = {name: logins for name, logins in kept.items() if logins}
    return entry


def _kept(rule: Rule, group: Group, org: Directory) -> list[str]:
    """Whom a rule has put into a group, and would not put there again when it is loaded."""
    is_active = rule.status is RuleStatus.ACTIVE
    return [
        org.users[user].login
        for user, reasons in group.members.items()
        if rule.id in reasons
        and not (is_active and org.users[user].status is not UserStatus.DEPROVISIONED)
    ]
