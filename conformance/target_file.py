"""A target file: everything about a target, in TOML.

::

    url = "https://scim.example.com/scim/v2"
    ca_bundle = "company-ca.pem"            # where the target's certificate is private

    [auth]
    type = "bearer"                         # or one of those below
    token_env = "SCIM_TOKEN"                # secrets stay in the environment; or token = "…"

    [user]
    name_pattern = "{unique}@example.com"   # how userName must look
    defaults = { title = "Engineer" }       # attributes that every user must have

    [group]
    defaults = { }

    [limits]
    timeout = 30                            # seconds for one answer
    connect_timeout = 10
    retry_after = 60                        # seconds to wait at most when told 429
    requests_per_second = 20
    settle = 0                              # seconds until a write is seen by reads

    [claims]                                # what discovery does not tell, or tells wrongly
    patch = true                            # also bulk, filter, changePassword, sort, etag
    "/Me" = false                           # also "/.search", "/", User, Group, enterprise
    group_linking = false                   # a push never adopts a group that exists
    group_rename = false                    # a group keeps its name for life

    [kantega]                               # for --profile kantega only
    local_group = "jira-users"              # a group with members that SCIM did not make;
                                            # the checks push to it, and put back what is lost

    [second_credential]                     # a credential that may see less
    type = "bearer"
    token_env = "SCIM_SECOND_TOKEN"

The types of ``[auth]`` and what each takes; every secret may be named by its
environment variable with ``_env`` after the name:

- ``bearer``: ``token``
- ``basic``: ``user``, ``password``
- ``header``: ``name``, ``value``
- ``oauth2-client-credentials``: ``token_url``, ``client_id``, ``client_secret``, and if need be
  ``scope`` and ``client_auth`` (``client_secret_basic`` or ``client_secret_post``)
- ``none``: nothing, even when ``$SCIM_TOKEN`` is set

Certificates are always checked: what is private is trusted by ``ca_bundle``.
"""

from __future__ import annotations

import difflib
import json
import math
import ssl
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.oauth import Client
from conformance.target import TargetError, basic, bearer, header_line

Headers = tuple[tuple[str, str], ...]

_TOP = {
    *("url", "ca_bundle", "auth", "user", "group", "limits", "claims", "second_credential"),
    "kantega",
}
_LIMITS = {
    "timeout": "timeout",
    "connect_timeout": "connect_timeout",
    "retry_after": "retry_after_limit",
    "requests_per_second": "rate_limit",
    "settle": "settle",
}
#: What may be claimed, and what the conditions of the catalogue call it.
_CLAIMS = {
    **{one: one for one in ("patch", "bulk", "filter", "changePassword", "sort", "etag")},
    **{one: one for one in ("User", "Group", "group_linking", "group_rename")},
    "/Me": "/Me supported",
    "/.search": "POST /.search supported",
    "/": "base-URI query supported",
    "enterprise": "User.schemaExtensions contains enterprise:2.0:User",
}
_AUTH = {
    "bearer": {"token", "token_env"},
    "basic": {"user", "password", "password_env"},
    "header": {"name", "value", "value_env"},
    "oauth2-client-credentials": {
        "token_url",
        "client_id",
        "client_secret",
        "client_secret_env",
        "scope",
        "client_auth",
    },
    "none": set[str](),
}


def read_target_file(path: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """The fields of ``Target`` that a target file sets; raises TargetError."""
    document = _read(Path(path))
    if {"insecure", "verify"} & set(document):
        raise TargetError(
            f"{path}: certificates are always checked; name the target's CA as ca_bundle"
        )
    _only(document, _TOP, path)
    found: dict[str, Any] = {"secrets": ()}
    if "url" in document:
        found["url"] = _text(document, "url", path)
    if "ca_bundle" in document:
        found["verify"] = _bundle(Path(path), _text(document, "ca_bundle", path))
    found |= _people(document, path) | _limits(_table(document, "limits", path), path)
    found["claims"] = _claims(_table(document, "claims", path), path)
    found |= _kantega(_table(document, "kantega", path), f"{path}: [kantega]")
    for name, attribute in (("auth", "headers"), ("second_credential", "second_credential")):
        if name in document:
            table = _table(document, name, path)
            headers, secrets = _auth(table, environ, f"{path}: [{name}]", found.get("verify", True))
            found[attribute] = headers
            found["secrets"] += secrets
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise TargetError(f"--target-file {str(path)!r}: {problem.strerror or problem}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise TargetError(f"--target-file {str(path)!r} is not TOML: {problem}") from None


def _only(table: dict[str, Any], allowed: set[str], where: str) -> None:
    for name in table:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TargetError(f"{where}: unknown key {name!r}{hint}")


def _table(document: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise TargetError(f"{where}: {name} must be a table, [{name}]")
    return table


def _text(table: dict[str, Any], name: str, where: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value:
        raise TargetError(f"{where}: {name} must be a string that is not empty")
    return value


def _bundle(file: Path, name: str) -> str:
    bundle = file.parent / name
    try:
        ssl.create_default_context(cafile=bundle)
    except ssl.SSLError:
        raise TargetError(f"{file}: ca_bundle {name!r} holds no certificate in PEM") from None
    except OSError as problem:
        raise TargetError(f"{file}: ca_bundle {name!r}: {problem.strerror or problem}") from None
    return str(bundle)


def _secret(table: dict[str, Any], name: str, environ: Mapping[str, str], where: str) -> str:
    """A secret from the environment variable that ``name_env`` names, or from the file itself."""
    if name not in table and f"{name}_env" not in table:
        raise TargetError(f"{where}: name {name}_env, the environment variable with the {name}")
    if name in table:
        return _text(table, name, where)
    variable = _text(table, f"{name}_env", where)
    value = environ.get(variable)
    if not value:
        raise TargetError(f"{where}: the environment variable {variable!r} is not set")
    return value


def _auth(
    table: dict[str, Any], environ: Mapping[str, str], where: str, verify: bool | str
) -> tuple[Headers, tuple[str, ...]]:
    """The headers of a credential, and the secrets that are in no header."""
    kind = _text(table, "type", where)
    if kind not in _AUTH:
        raise TargetError(f"{where}: type {kind!r} is none of {', '.join(_AUTH)}")
    _only(table, {"type", *_AUTH[kind]}, where)
    try:
        match kind:
            case "bearer":
                return (bearer(_secret(table, "token", environ, where)),), ()
            case "basic":
                password = _secret(table, "password", environ, where)
                return (basic(_text(table, "user", where), password),), ()
            case "header":
                value = _secret(table, "value", environ, where)
                return (header_line(f"{_text(table, 'name', where)}: {value}"),), ()
            case "oauth2-client-credentials":
                secret = _secret(table, "client_secret", environ, where)
                client = Client(
                    _text(table, "token_url", where),
                    _text(table, "client_id", where),
                    secret,
                    _text(table, "scope", where) if "scope" in table else "",
                    table.get("client_auth", "client_secret_basic"),
                )
                return (bearer(client.token(verify)),), (secret,)
            case _:
                return (), ()
    except TargetError as problem:
        told = str(problem)
        raise TargetError(told if told.startswith(where) else f"{where}: {told}") from None


def _people(document: dict[str, Any], path: str) -> dict[str, Any]:
    user, group = _table(document, "user", path), _table(document, "group", path)
    _only(user, {"name_pattern", "defaults"}, f"{path}: [user]")
    _only(group, {"defaults"}, f"{path}: [group]")
    found: dict[str, Any] = {
        "user_defaults": _table(user, "defaults", f"{path}: [user]"),
        "group_defaults": _table(group, "defaults", f"{path}: [group]"),
    }
    for name, defaults in (("user", user.get("defaults")), ("group", group.get("defaults"))):
        try:
            json.dumps(defaults, allow_nan=False)
        except (TypeError, ValueError):
            raise TargetError(
                f"{path}: [{name}] defaults hold a value that JSON does not have; "
                "write a date as a string"
            ) from None
    if "name_pattern" in user:
        found["user_name_pattern"] = _pattern(_text(user, "name_pattern", f"{path}: [user]"), path)
    return found


def _pattern(pattern: str, path: str) -> str:
    try:
        one, other = pattern.format(unique="1"), pattern.format(unique="2")
    except (ValueError, LookupError, AttributeError):
        one = other = ""
    if one == other:
        raise TargetError(
            f"{path}: [user] name_pattern {pattern!r} must hold {{unique}}, and no other braces"
        )
    return pattern


def _limits(table: dict[str, Any], path: str) -> dict[str, float]:
    _only(table, set(_LIMITS), f"{path}: [limits]")
    for name, value in table.items():
        may_be_none = name in {"retry_after", "settle"}
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
            or not (value > 0 or (value == 0 and may_be_none))
        ):
            least = "a number of 0 or more" if may_be_none else "a number above 0"
            raise TargetError(f"{path}: [limits] {name} = {value!r} must be {least}")
    return {_LIMITS[name]: float(value) for name, value in table.items()}


def _claims(table: dict[str, Any], path: str) -> dict[str, bool]:
    _only(table, set(_CLAIMS), f"{path}: [claims]")
    for name, value in table.items():
        if not isinstance(value, bool):
            raise TargetError(f"{path}: [claims] {name} = {value!r} must be true or false")
    return {_CLAIMS[name]: value for name, value in table.items()}


def _kantega(table: dict[str, Any], where: str) -> dict[str, str]:
    _only(table, {"local_group"}, where)
    return {"local_group": _text(table, "local_group", where)} if table else {}
