"""The target: where it is, how to get in, how hard it may be asked, what it claims."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


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
        raise TargetError("--target file: the target file names no url")
    credentials = _credentials(token, auth, headers, environ, described.pop("headers", ()))
    second = described.get("second_credential")
    values = [value for _, value in (*credentials, *(second or ()))]
    secrets = {*described.pop("secrets", ()), *(s for value in values for s in _parts(value))}
    return Target(
        url=checked_url(given),
        headers=credentials,
        secrets=tuple(sorted(secrets)),
        secret_headers=tuple(name for name, _ in credentials),
        **described,
    )


def checked_url(url: str) -> str:
    """``url`` without a slash at its end, or a TargetError that says what is wrong with it."""
    if any(not one.isprintable() or one == " " for one in url):
        raise TargetError(f"--target {url!r} has a space or control character in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise TargetError(f"--target {url!r} is no URL: {problem}") from None
    if parts.scheme not in {"http", "https"} or "://" not in url:
        if parts.scheme in {"", "localhost"} or "." in parts.scheme or url[:1].isdigit():
            raise TargetError(
                f"--target {url!r} has no scheme; write https://{url} if that is what you mean"
            )
        raise TargetError(f"--target {url!r}: the scheme must be https or http")
    if not parts.hostname or port == 0:
        raise TargetError(f"--target {url!r} names no host")
    if parts.username is not None or parts.password is not None:
        shown = parts.hostname
        raise TargetError(
            f"--target has credentials in the URL for {shown}; use --auth basic:USER with "
            "$SCIM_PASSWORD instead"
        )
    if parts.query or parts.fragment:
        raise TargetError(
            f"--target {url.partition('?')[0]!r}: a base URL has no query and no fragment"
        )
    return url.rstrip("/")


# RFC 9110 section 5.6.2: what a header name cannot hold.
_SEPARATORS = set(' "(),/;<=>?@[]{}')


def header_line(text: str) -> tuple[str, str]:
    """A header from ``'Name: value'``; the value is never repeated in an error."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.isascii() or set(name) & _SEPARATORS:
        shown = name if colon else "its value"
        raise TargetError(f"--header {shown!r}: write it as 'Name: value'")
    if not value or any(not one.isprintable() for one in value):
        raise TargetError(f"--header {name!r}: the value is empty or has control characters in it")
    return name, value


def basic(user: str, password: str) -> tuple[str, str]:
    """The header of HTTP Basic authentication (RFC 7617)."""
    packed = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return "Authorization", f"Basic {packed}"


def bearer(token: str) -> tuple[str, str]:
    """The header of a bearer token (RFC 6750)."""
    if not token.isascii() or any(not one.isprintable() or one == " " for one in token):
        raise TargetError("the token has a space, a control or a non-ASCII character in it")
    return "Authorization", f"Bearer {token}"


def _credentials(
    token: str | None,
    auth: str | None,
    headers: Sequence[str],
    environ: Mapping[str, str],
    from_file: Sequence[tuple[str, str]],
) -> tuple[tuple[str, str], ...]:
    found = dict(from_file)
    known = environ.get("SCIM_TOKEN")
    if auth:
        kind, colon, user = auth.partition(":")
        if kind != "basic" or not colon or not user:
            raise TargetError(f"--auth {kind!r}: write it as basic:USER")
        password = environ.get("SCIM_PASSWORD") or token or known
        if not password:
            raise TargetError("--auth basic: put the password into $SCIM_PASSWORD")
        found.update([basic(user, password)])
    elif token or (known and "Authorization" not in found):
        found.update([bearer(token or known or "")])
    for text in headers:
        name, value = header_line(text)
        found = {key: one for key, one in found.items() if key.lower() != name.lower()}
        found[name] = value
    return tuple(found.items())


def _parts(value: str) -> set[str]:
    """A header value and its parts that are secrets by themselves."""
    scheme, space, rest = value.partition(" ")
    parts = {value, rest} if space else {value}
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(rest).decode("utf-8")
        except ValueError:
            return parts
        parts |= {decoded, decoded.partition(":")[2]}
    return {one for one in parts if one}
