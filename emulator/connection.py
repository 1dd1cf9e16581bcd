"""The connection of an app to its endpoint, as the Integration page of the console asks for it."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from emulator.expressions import Context, ExpressionError, parse

# RFC 9110 sections 5.6.2 and 5.5; beyond ASCII, servers do not agree what a value means.
_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOT_IN_A_LINE = re.compile(r"[^\t\x20-\x7e]")


class ConnectionSettingsError(ValueError):
    """Settings that can't be; the message names the field and the way out."""


class Authentication(StrEnum):
    """How Okta shows who it is.

    Okta itself has the authorization code grant only; ``oauth2`` here takes
    client credentials, which need no browser, and is the emulator's own.
    """

    BEARER = "bearer"
    HEADER = "header"
    BASIC = "basic"
    OAUTH2 = "oauth2"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is pasted into the console; never shown in a ``repr``."""

    kind: Authentication = Authentication.BEARER
    #: The bearer token, the whole header value, or the client secret.
    secret: str = field(default="", repr=False)
    #: The user of Basic, or the client id.
    name: str = ""
    token_url: str = ""
    scope: str = ""

    @property
    def authorization(self) -> str:
        """The value of the Authorization header; for OAuth 2.0 it is fetched instead."""
        match self.kind:
            case Authentication.BEARER:
                return f"Bearer {self.secret}"
            case Authentication.BASIC:
                pair = f"{self.name}:{self.secret}".encode()
                return f"Basic {base64.b64encode(pair).decode('ascii')}"
            case _:
                return self.secret

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may appear in no log and no message."""
        shown = (self.secret, self.authorization.partition(" ")[2])
        return tuple(dict.fromkeys(one for one in shown if len(one) > 2))


@dataclass(frozen=True, slots=True)
class Connection:
    """Base URL, credentials and options of one app.

    Raises ConnectionSettingsError for what no header line can carry.
    """

    base_url: str
    credentials: Credentials = Credentials()
    import_groups: bool = False
    #: The field that AIW apps call "Unique identifier field for users".
    unique_identifier: str = "userName"
    #: Further header lines, which Okta does not have; some gateways want one.
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if _NOT_IN_A_LINE.search(self.base_url):
            raise ConnectionSettingsError(
                f"base URL {self.base_url!r} is not all ASCII; write a host in its xn-- form, and "
                "what a path has as %XX"
            )
        if self.credentials.kind in {Authentication.BEARER, Authentication.HEADER}:
            _require_sendable("token", self.credentials.secret)
        for name, value in self.headers:
            if not _FIELD_NAME.fullmatch(name):
                raise ConnectionSettingsError(
                    f"header {name!r} is no name of a header; write letters, digits and hyphens"
                )
            _require_sendable(f"header {name}", value)

    @property
    def host(self) -> str:
        """``host[:port]`` as the Host header has it."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may appear in no log and no message."""
        return self.credentials.secrets + tuple(value for _, value in self.headers)


def _require_sendable(what: str, value: str) -> None:
    """Refuse a value with a line end or a character beyond ASCII, without telling the value."""
    found = _NOT_IN_A_LINE.search(value)
    if found:
        kind = "a control character" if found.group().isascii() else "not ASCII"
        raise ConnectionSettingsError(
            f"character {found.start() + 1} of the {what} is {kind}, which no header line can "
            "carry; enter it anew"
        )


def connection(
    base_url: str,
    credentials: Credentials = Credentials(),
    *,
    settings: Mapping[str, str] | None = None,
    import_groups: bool = False,
    unique_identifier: str = "userName",
    headers: tuple[tuple[str, str], ...] = (),
) -> Connection:
    """A connection from what was typed; raises ConnectionSettingsError.

    ``base_url`` may be an expression over the app's ``settings``, as in
    ``'https://' + app.subdomain + '.example.com/scim/v2'``.
    """
    url = _resolved(base_url.strip(), settings or {})
    parts = _parts(url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise ConnectionSettingsError(
            f"base URL {url!r}: Okta connects over https only; give the https address"
        )
    return Connection(url, credentials, import_groups, unique_identifier, headers)


def warnings(made: Connection) -> list[str]:
    """What Okta's guides advise against in a base URL."""
    found = []
    if "_" in urlsplit(made.base_url).path:
        found.append("the base URL has an underscore; Okta's guide says that it must not")
    if len(made.base_url) > 1024:
        found.append("the base URL is longer than the 1024 characters that Okta takes")
    return found


def _resolved(text: str, settings: Mapping[str, str]) -> str:
    if not text.startswith(("'", '"', "app.")):
        return text
    try:
        value = parse(text).evaluate(Context(roots={"app": settings}, internal={}))
    except ExpressionError as problem:
        raise ConnectionSettingsError(f"base URL {text!r}: {problem}") from None
    return str(value)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise ConnectionSettingsError(f"base URL {url!r}: {problem}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConnectionSettingsError(
            f"base URL {url!r} is no address of a web server; write https://host/scim/v2"
        )
    if parts.username or parts.password:
        raise ConnectionSettingsError("the base URL has credentials in it; give them as a token")
    if parts.query or parts.fragment:
        raise ConnectionSettingsError(f"base URL {url!r} has a query; paths are appended to it")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
