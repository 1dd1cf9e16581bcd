"""The options that commands share, and what they mean."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from emulator.application import CATALOGUE
from emulator.behaviours import Behaviours, chosen
from emulator.complaints import UsageError, complain
from emulator.connection import (
    Authentication,
    Connection,
    Credentials,
    connection,
    warnings,
)
from emulator.har import HarFile
from emulator.reference import reference_server
from emulator.transport import OktaTransport
from emulator.wirelog import CurlFile, Entry

Target = Annotated[
    str, typer.Option(help="Base URL of the endpoint, or 'reference' for the reference server.")
]
Token = Annotated[
    str,
    typer.Option(
        help="Token, password or client secret of the endpoint; others can see it here, "
        "so better put it into the variable.",
        envvar="SCIM_TOKEN",
        show_default=False,
    ),
]
Auth = Annotated[
    str,
    typer.Option(
        help="bearer, header (the token is the whole Authorization value), basic:USER, or "
        "oauth2:CLIENT_ID:TOKEN_URL (client credentials)."
    ),
]
AppName = Annotated[
    str, typer.Option("--app", help=f"App of the catalogue: {', '.join(CATALOGUE)}.")
]
Choices = Annotated[
    list[str] | None,
    typer.Option(
        "--behaviour",
        metavar="NAME=VALUE",
        help="Decide an option of `okta-emulator behaviours`; may be repeated.",
    ),
]
Har = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the wire log as HAR, without secrets.")
]
Curl = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the requests as curl lines, without secrets."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Do not verify the certificate; Okta would.")
]


@contextlib.contextmanager
def endpoint(target: str, token: str) -> Iterator[tuple[str, str]]:
    """Base URL and token of the target; the reference server runs as long as the context lasts."""
    if target == "reference":
        with reference_server() as started:
            yield started
        return
    yield target, token


def connection_of(url: str, token: str, auth: str) -> Connection:
    """The connection that the options mean; raises UsageError and ConnectionSettingsError."""
    kind, _, rest = auth.partition(":")
    if kind not in set(Authentication):
        raise UsageError(
            f"--auth {auth!r}: say bearer, header, basic:USER or oauth2:CLIENT_ID:TOKEN_URL"
        )
    name, _, token_url = rest.partition(":")
    if kind == "basic":
        name, token = rest, token or os.environ.get("SCIM_PASSWORD", "")
    if kind in {"basic", "oauth2"} and not name:
        raise UsageError(f"--auth {auth!r} names nobody; say basic:USER or oauth2:CLIENT_ID:URL")
    if kind == "oauth2":
        _require_https(token_url)
    if not token:
        raise UsageError("there is no token; put it into $SCIM_TOKEN")
    if kind in {"bearer", "header"} and not re.fullmatch(r"[!-~]([ -~]*[!-~])?", token):
        raise UsageError(
            "the token has a blank, a line break or a letter that no header can have at an end "
            "or inside; paste it again"
        )
    made = connection(
        url, Credentials(Authentication(kind), secret=token, name=name, token_url=token_url)
    )
    for warning in warnings(made):
        complain("warning", warning)
    return made


def _require_https(token_url: str) -> None:
    parts = urlsplit(token_url)
    is_local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise UsageError(f"token URL {token_url!r}: give an https address")


def behaviours_of(given: list[str] | None) -> Behaviours:
    """The behaviours that were chosen; raises BehaviourError."""
    pairs = [one.partition("=") for one in given or ()]
    return chosen({name: value for name, _, value in pairs})


def transport_of(settings: Behaviours, *, insecure: bool, limit: int = 3) -> OktaTransport:
    """A transport with Okta's patience, or the one that was chosen."""
    return OktaTransport(
        verify=not insecure,
        limit=limit,
        connect_timeout=settings.connect_seconds,
        read_timeout=settings.read_seconds,
    )


class Recording:
    """Writes each exchange to the files that were asked for."""

    def __init__(self, *files: HarFile | CurlFile) -> None:
        self._files = files

    def write(self, entry: Entry) -> None:
        """Append an entry to every file."""
        for one in self._files:
            one.write(entry)


@contextlib.contextmanager
def recording(har: Path | None, curl: Path | None) -> Iterator[Recording]:
    """Opens the files before anything is sent; raises OSError."""
    with contextlib.ExitStack() as files:
        opened: list[HarFile | CurlFile] = []
        if har is not None:
            opened.append(files.enter_context(contextlib.closing(HarFile(har, release()))))
        if curl is not None:
            opened.append(files.enter_context(contextlib.closing(CurlFile(curl))))
        yield Recording(*opened)


def release() -> str:
    """The version of the program."""
    return version("scimproof")
