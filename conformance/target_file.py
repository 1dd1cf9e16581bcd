"""A target file: everything about a target, in TOML.

::

    url = "https://scim.example.com/scim/v2"
    ca_bundle = "company-ca.pem"            # where the target's certificate is private

    [auth]
    type = "bearer"                         # bearer, basic, header, oauth2-client-credentials, none
    token_env = "SCIM_TOKEN"                # secrets stay in the environment

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
    patch = true

    [second_credential]                     # a credential that may see less
    type = "bearer"
    token_env = "SCIM_SECOND_TOKEN"
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.target import TargetError, basic, bearer, header_line

_TOP = {"url", "ca_bundle", "auth", "user", "group", "limits", "claims", "second_credential"}
_LIMITS = {
    "timeout": "timeout",
    "connect_timeout": "connect_timeout",
    "retry_after": "retry_after_limit",
    "requests_per_second": "rate_limit",
    "settle": "settle",
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
    _only(document, _TOP, path)
    found: dict[str, Any] = {}
    if "url" in document:
        found["url"] = _text(document, "url", path)
    if "ca_bundle" in document:
        found["verify"] = _bundle(Path(path), _text(document, "ca_bundle", path))
    if "auth" in document:
        found["headers"] = _auth(_table(document, "auth", path), environ, f"{path}: [auth]")
    if "second_credential" in document:
        table = _table(document, "second_credential", path)
        found["second_credential"] = _auth(table, environ, f"{path}: [second_credential]")
    found |= _people(document, path) | _limits(_table(document, "limits", path), path)
    found["claims"] = _claims(_table(document, "claims", path), path)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
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
    if not bundle.is_file():
        raise TargetError(f"{file}: ca_bundle {name!r} is not there")
    return str(bundle)


def _secret(table: dict[str, Any], name: str, environ: Mapping[str, str], where: str) -> str:
    """A secret from the environment variable that ``name_env`` names, or from the file itself."""
    variable = table.get(f"{name}_env")
    if variable is None:
        return _text(table, name, where)
    value = environ.get(str(variable))
    if not value:
        raise TargetError(f"{where}: the environment variable {variable!r} is not set")
    return value


def _auth(
    table: dict[str, Any], environ: Mapping[str, str], where: str
) -> tuple[tuple[str, str], ...]:
    kind = _text(table, "type", where)
    if kind not in _AUTH:
        raise TargetError(f"{where}: type {kind!r} is none of {', '.join(_AUTH)}")
    _only(table, {"type", *_AUTH[kind]}, where)
    match kind:
        case "bearer":
            return (bearer(_secret(table, "token", environ, where)),)
        case "basic":
            return (basic(_text(table, "user", where), _secret(table, "password", environ, where)),)
        case "header":
            value = _secret(table, "value", environ, where)
            return (header_line(f"{_text(table, 'name', where)}: {value}"),)
        case "oauth2-client-credentials":
            from conformance.oauth import client_credentials_token  # noqa: PLC0415

            secret = _secret(table, "client_secret", environ, where)
            return (bearer(client_credentials_token(table, secret, where)),)
        case _:
            return ()


def _people(document: dict[str, Any], path: str) -> dict[str, Any]:
    user, group = _table(document, "user", path), _table(document, "group", path)
    _only(user, {"name_pattern", "defaults"}, f"{path}: [user]")
    _only(group, {"defaults"}, f"{path}: [group]")
    found: dict[str, Any] = {
        "user_defaults": _table(user, "defaults", f"{path}: [user]"),
        "group_defaults": _table(group, "defaults", f"{path}: [group]"),
    }
    if "name_pattern" in user:
        pattern = _text(user, "name_pattern", f"{path}: [user]")
        if "{unique}" not in pattern:
            raise TargetError(f"{path}: [user] name_pattern {pattern!r} needs {{unique}} in it")
        found["user_name_pattern"] = pattern
    return found


def _limits(table: dict[str, Any], path: str) -> dict[str, float]:
    _only(table, set(_LIMITS), f"{path}: [limits]")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise TargetError(f"{path}: [limits] {name} = {value!r} must be a number of 0 or more")
    return {_LIMITS[name]: float(value) for name, value in table.items()}


def _claims(table: dict[str, Any], path: str) -> dict[str, bool]:
    for name, value in table.items():
        if not isinstance(value, bool):
            raise TargetError(f"{path}: [claims] {name} = {value!r} must be true or false")
    return table
