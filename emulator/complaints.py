"""How the command line ends: exit statuses that CI jobs rely on, and one line per problem."""

from __future__ import annotations

import contextlib
import errno
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import NoReturn

import typer

from emulator.behaviours import BehaviourError
from emulator.connection import ConnectionSettingsError
from emulator.faults import FaultError
from emulator.journal import JournalError
from emulator.org import UnknownAppError
from emulator.printing import printable
from emulator.reference import ReferenceServerError
from emulator.snapshot import OrgFileError

#: Something did not succeed in the endpoint.
FAILED = 1
#: Ctrl-C or SIGTERM.
INTERRUPTED = 2
#: The emulator's own bug.
INTERNAL = 3
#: Something was asked that can't be.
USAGE = 4
#: The endpoint can't be reached, does not let us in, or is not SCIM.
UNREACHABLE = 10

#: What Typer says, and what the judge's command line says for the same.
_OF_TYPER = {2: USAGE, 130: INTERRUPTED}


class UsageError(ValueError):
    """Options that do not go together, or a value that can't be."""


class UnreachableError(RuntimeError):
    """The endpoint is of no use."""


_OF_THE_USER = (
    UsageError,
    BehaviourError,
    ConnectionSettingsError,
    FaultError,
    JournalError,
    OrgFileError,
    ReferenceServerError,
    UnknownAppError,
)


def complain(kind: str, text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{kind}: {printable(text)}\n")


@contextlib.contextmanager
def friendly() -> Iterator[None]:
    """One line for what a user can mend, instead of a traceback."""
    try:
        yield
    except _OF_THE_USER as problem:
        complain("error", str(problem))
        raise typer.Exit(USAGE) from None
    except UnreachableError as problem:
        complain("error", str(problem))
        raise typer.Exit(UNREACHABLE) from None
    except OSError as problem:
        if problem.errno == errno.EPIPE:
            raise
        complain("error", f"{problem.filename or 'error'}: {problem.strerror or problem}")
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise typer.Exit(130) from None


def run(app: Callable[..., object], name: str) -> NoReturn:
    """Run a Typer app as a program: with our exit statuses, and no traceback in any case."""
    # A job that is cancelled cleans up as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        app(prog_name=name)
    except SystemExit as end:
        status = end.code
        if isinstance(status, int):
            sys.exit(_OF_TYPER.get(status, status))
        raise
    except Exception as bug:  # noqa: BLE001  the last resort: whatever it is, no traceback
        place = traceback.extract_tb(bug.__traceback__)[-1]
        complain(
            "internal error",
            f"{type(bug).__name__} in {place.name}, line {place.lineno} of {place.filename}; "
            "please report it",
        )
        sys.exit(INTERNAL)
    sys.exit(0)
