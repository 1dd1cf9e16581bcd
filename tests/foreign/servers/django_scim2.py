"""Starts ``django-scim2``, a Django application, in the project of ``django_scim2_project``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.starting import Foreign, free_port, python_with, running

PROJECT = Path(__file__).parent / "django_scim2_project"


@contextmanager
def django_scim2(cache: Path) -> Iterator[Foreign]:
    """``django-scim2`` from PyPI with its own adapters and filters, on SQLite."""
    version = "0.23.0"
    folder = python_with(
        cache / f"django-scim2-{version}", f"django-scim2=={version}", "django==5.2.19"
    )
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command = [str(folder / "python"), str(PROJECT / "serve.py"), str(port), data]
        with running(command, f"http://127.0.0.1:{port}/scim/v2") as url:
            yield Foreign("django-scim2", version, url)
