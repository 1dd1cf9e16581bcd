"""``--target reference``: the reference server, started as a program of its own."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator


class ReferenceServerError(RuntimeError):
    """The reference server did not start."""


@contextlib.contextmanager
def reference_server(*options: str) -> Iterator[tuple[str, str]]:
    """Its base URL and token, for as long as the context lasts."""
    token = secrets.token_urlsafe(24)
    own = ["--port", "0", "--json", "--until-eof"]
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "reference_server", *own, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "SCIM_TOKEN": token},
        # Ctrl-C is for us: what was made there is still to be deleted.
        start_new_session=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        try:
            url = str(json.loads(line)["url"])
        except (ValueError, KeyError):
            raise ReferenceServerError("the reference server did not start") from None
        yield url, token
    finally:
        process.terminate()
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
