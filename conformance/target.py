"""The target: where it is, how to get in, how hard it may be asked, what it claims."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit


class TargetError(ValueError):
    """What was said of the target cannot be; the message names the thing and the way out."""


@dataclass(frozen=True, slots=True)
class Target:
    """Everything about a target.  Times are in seconds, sizes in bytes."""

    #: The base URL without a slash at its end.
    url: str
    #: Credentials, sent with every request.
    headers: tuple[tuple[str, str], ...] = ()
    #: Every string that must never be shown.
    secrets: tuple[str, ...] = ()
    #: The names of headers whose values must never be shown.
    secret_headers: tuple[str, ...] = ()
    #: True, or the path of a CA bundle.
    verify: bool | str = True
    connect_timeout: float = 10.0
    timeout: float = 30.0
    body_limit: int = 8 * 1024 * 1024
    #: Requests per second; None is as fast as it goes.
    rate_limit: float | None = None
    #: So long the suite waits for one request when told 429 with Retry-After.
    retry_after_limit: float = 60.0
    #: What the owner says it offers, whatever discovery says: ``{"patch": True}``.
    claims: dict[str, bool] = field(default_factory=dict)
    user_defaults: dict[str, Any] = field(default_factory=dict)
    group_defaults: dict[str, Any] = field(default_factory=dict)
    user_name_pattern: str = "{unique}@example.com"
    #: So long a write may take to be seen by reads.
    settle: float = 0.0
    #: The headers of a second, limited credential.
    second_credential: tuple[tuple[str, str], ...] | None = None
    #: A group with members that SCIM did not make, to which checks may push.
    local_group: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return _origin(self.url)

    def same_origin(self, url: str) -> bool:
        """Whether ``url`` has the target's scheme, host and port."""
        try:
            return _origin(url) == self.origin
        except ValueError:
            return False


def _origin(url: str) -> str:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or {"http": 80, "https": 443}.get(scheme)
    return f"{scheme}://{(parts.hostname or '').lower()}:{port}"


def target_from(
    *,
    url: str,
    token: str | None,
    auth: str | None,
    headers: Sequence[str],
    target_file: str | None,
    environ: Mapping[str, str],
) -> Target:
    """The target that the command line, the environment and a target file describe.

    The command line comes before the file, and the file before the
    environment.  Raises TargetError.
    """
    from conformance.target_file import read_target_file  # noqa: PLC0415  it needs Target

    described = read_target_file(target_file, environ) if target_file else {}
    claimed = described.pop("url", None)
    given = url if url != "file" else claimed
    if not given:
        raise TargetError(
            f"{target_file or '--target'}: name the base URL, as url in the file or by --target"
        )
    credentials = _credentials(token, auth, headers, environ, described.pop("headers", None))
    second = described.get("second_credential")
    parts = {part for line in (*credentials, *(second or ())) for part in _parts(*line)}
    secrets = {*described.pop("secrets", ()), *parts}
    return Target(
        url=checked_url(given, f"--target {shown(given)!r}"),
        headers=credentials,
        secrets=tuple(sorted({form for one in secrets for form in _forms(one)})),
        secret_headers=tuple(name for name, _ in (*credentials, *(second or ()))),
        **described,
    )


# The URL ------------------------------------------------------------------------------


def shown(url: str) -> str:
    """``url`` without user, password and query, for messages."""
    plain = re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@", r"\1", url, flags=re.DOTALL)
    return plain.partition("?")[0].partition("#")[0]


def checked_url(url: str, what: str) -> str:
    """``url`` without a slash at its end; raises TargetError, which calls it ``what``."""
    if any(not one.isprintable() or one == " " for one in url):
        raise TargetError(f"{what} has a space or control character in it")
    if "://" not in url:
        raise TargetError(
            f"{what} has no scheme; write https://{shown(url)} if that is what you mean"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its message repeats parts of the URL, which may be secret
        raise TargetError(f"{what} is no URL: its host or port cannot be read") from None
    if parts.scheme not in {"http", "https"}:
        raise TargetError(f"{what}: the scheme must be https or http")
    if not parts.hostname or port == 0:
        raise TargetError(f"{what} names no host")
    if parts.username is not None:
        raise TargetError(
            f"{what} has credentials in it; use --auth basic:USER with $SCIM_PASSWORD instead"
        )
    if parts.query or parts.fragment:
        raise TargetError(f"{what}: a base URL has no query and no fragment")
    return url.rstrip("/")


# Credentials --------------------------------------------------------------------------

# RFC 9110 section 5.6.2: what a header name cannot hold.
_SEPARATORS = set(' "(),/;<=>?@[]{}\\')


def header_line(text: str) -> tuple[str, str]:
    """A header from ``'Name: value'``; the value is never repeated in an error."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    printable = name.isascii() and name.isprintable()
    if not colon or not name or not printable or set(name) & _SEPARATORS:
        raise TargetError("a header that is to be sent must be written as 'Name: value'")
    if not value or not value.isprintable():
        raise TargetError(f"header {name!r}: the value is empty or has control characters in it")
    return name, value


def basic(user: str, password: str) -> tuple[str, str]:
    """The header of HTTP Basic authentication (RFC 7617)."""
    if ":" in user:
        raise TargetError(
            "a user of HTTP Basic has no colon; the password belongs into $SCIM_PASSWORD or "
            "the target file"
        )
    packed = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return "Authorization", f"Basic {packed}"


def bearer(token: str) -> tuple[str, str]:
    """The header of a bearer token (RFC 6750)."""
    if token.lower().startswith("bearer "):
        raise TargetError("give the token alone, without the word Bearer before it")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise TargetError("the token has a space, a control or a non-ASCII character in it")
    return "Authorization", f"Bearer {token}"


def _credentials(
    token: str | None,
    auth: str | None,
    headers: Sequence[str],
    environ: Mapping[str, str],
    from_file: Sequence[tuple[str, str]] | None,
) -> tuple[tuple[str, str], ...]:
    """The headers to send; ``from_file`` is None where the target file says nothing of them."""
    if token == "":
        raise TargetError("--token is empty; is the variable set that it comes from?")
    found = dict(from_file or ())
    known = environ.get("SCIM_TOKEN")
    if auth is not None:
        found = _with(found, *_basic(auth, token, environ))
    elif token:
        found = _with(found, *bearer(token))
    elif known and from_file is None:
        found = _with(found, *bearer(known))
    for text in headers:
        found = _with(found, *header_line(text))
    return tuple(found.items())


def _with(headers: dict[str, str], name: str, value: str) -> dict[str, str]:
    """``headers`` with one more; it takes the place of one of the same name in any case."""
    return {key: one for key, one in headers.items() if key.lower() != name.lower()} | {name: value}


def _basic(auth: str, token: str | None, environ: Mapping[str, str]) -> tuple[str, str]:
    kind, colon, user = auth.partition(":")
    if kind != "basic" or not colon or not user:
        raise TargetError("--auth: write it as basic:USER, with the password in $SCIM_PASSWORD")
    password = environ.get("SCIM_PASSWORD")
    if password and token:
        raise TargetError(
            "--auth basic takes its password from $SCIM_PASSWORD, and --token is there too: "
            "leave one of them out"
        )
    password = password or token or environ.get("SCIM_TOKEN")
    if not password:
        raise TargetError("--auth basic: put the password into $SCIM_PASSWORD")
    return basic(user, password)


# A header of another name may hold a tenant or a version, which is all over the evidence.
_TELLING = re.compile("auth|cookie|credential|key|pass|secret|session|sign|token", re.IGNORECASE)
_LONG_ENOUGH = 12


def _parts(name: str, value: str) -> set[str]:
    """A header value and its parts that are secrets by themselves."""
    if not _TELLING.search(name) and len(value) < _LONG_ENOUGH:
        return set()
    scheme, space, rest = value.partition(" ")
    parts = {value, rest} if space else {value}
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(rest).decode("utf-8")
        except ValueError:
            return parts
        parts |= {decoded, decoded.partition(":")[2]}
    return parts


def _forms(secret: str) -> set[str]:
    """A secret as it may come back: as it is, in JSON, in a URL, in base64."""
    forms = {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}
    forms.add(base64.b64encode(secret.encode()).decode("ascii"))
    return forms if secret else set()
