"""The command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reference_server.features import SWITCHES, Features, without
from reference_server.profile import POLICIES

_EPILOG = """\
Each tenant's base URL and, if one was generated, its secret are printed once the
server takes connections.  SCIM_TOKEN in the environment does what --token does.
Features that can be switched off: """


class UsageError(Exception):
    """The command line asks for something that cannot be."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    host: str
    port: int
    database: str
    tenants: tuple[str, ...]
    token: str | None
    second_token: str | None
    profile: str
    features: Features
    me: str | None
    defects: tuple[str, ...]
    list_defects: bool
    variants: tuple[str, ...]
    list_variants: bool
    as_json: bool
    ready_fd: int | None
    until_eof: bool

    @property
    def is_loopback(self) -> bool:
        """Only this machine can reach the server."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options; argparse itself answers --help and mistakes."""
    parser = _parser()
    given = parser.parse_args(arguments)
    names = [name.strip() for text in given.without for name in text.split(",") if name.strip()]
    try:
        features = without(Features(), names)
    except ValueError as problem:
        parser.error(f"--without: {problem}")
    features = replace(
        features,
        patch_status=given.patch_status,
        cursor_timeout=given.cursor_timeout,
        anonymous_creates=given.anonymous_creates,
    )
    token = given.token if given.token is not None else os.environ.get("SCIM_TOKEN") or None
    for one in (token, given.second_token):
        if one is not None and (not one.isascii() or not one.isprintable() or one != one.strip()):
            parser.error("the token must be visible ASCII characters")
    return Options(
        host=given.host,
        port=given.port,
        database=given.database or ":memory:",
        tenants=tuple(dict.fromkeys(given.tenant)) or ("",),
        token=token,
        second_token=given.second_token,
        profile=given.profile,
        features=features,
        me=given.me,
        defects=tuple(given.defect),
        list_defects=given.list_defects,
        variants=tuple(given.variant),
        list_variants=given.list_variants,
        as_json=given.json,
        ready_fd=given.ready_fd,
        until_eof=given.until_eof,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scim-reference-server",
        description="A SCIM 2.0 server that is right; on request wrong in a named way.",
        epilog=_EPILOG + ", ".join(SWITCHES) + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_place(parser)
    _add_behavior(parser)
    parser.add_argument(
        "--json", action="store_true", help="print JSON, a line for each tenant, defect or variant"
    )
    parser.add_argument(
        "--ready-fd",
        metavar="FD",
        type=int,
        help="write the JSON lines to this open file descriptor instead",
    )
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="end when the standard input does, as it does when the program behind it was killed",
    )
    return parser


def _add_place(parser: argparse.ArgumentParser) -> None:
    """Where the server is, and whose data it has."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8080, help="port, 0 for a free one (default: %(default)s)")
    add("--database", metavar="FILE", help="keep the data in this file (default: in memory)")
    add(
        "--tenant",
        metavar="NAME",
        action="append",
        default=[],
        help="a directory of its own at /scim/NAME/v2; may be repeated",
    )
    add("--token", metavar="T", help="the secret (default: $SCIM_TOKEN, or one is generated)")
    add(
        "--second-token",
        metavar="T",
        help="another secret for the same URL, with a directory of its own",
    )


def _add_behavior(parser: argparse.ArgumentParser) -> None:
    """What the server does."""
    add = parser.add_argument
    add("--profile", choices=sorted(POLICIES), default="rfc", help="whose rules (default: rfc)")
    add(
        "--without",
        metavar="FEATURE,...",
        action="append",
        default=[],
        help="switch features off; see below",
    )
    add(
        "--patch-status",
        type=int,
        choices=(200, 204),
        default=200,
        help="how a successful PATCH is answered (default: %(default)s)",
    )
    add(
        "--cursor-timeout",
        metavar="SECONDS",
        type=_seconds,
        default=3600,
        help="how long a cursor is valid (default: %(default)s)",
    )
    add("--anonymous-creates", action="store_true", help="anybody may create a user")
    add("--me", metavar="USERNAME", help="the user that /Me stands for with a bearer token")
    add(
        "--defect",
        metavar="NAME",
        action="append",
        default=[],
        help="be wrong in this way; may be repeated",
    )
    add("--list-defects", action="store_true", help="print the defects, and what each breaks")
    add(
        "--variant",
        metavar="NAME",
        action="append",
        default=[],
        help="be right in this other way; may be repeated",
    )
    add("--list-variants", action="store_true", help="print the variants, and what each is of")


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return number


def _seconds(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 31_536_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 31536000")
    return number
