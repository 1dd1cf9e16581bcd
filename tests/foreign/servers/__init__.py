"""SCIM servers that others wrote, installed and started each in an environment of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.foreign.servers.better_auth import better_auth
from tests.foreign.servers.canaille import canaille
from tests.foreign.servers.django_scim2 import django_scim2
from tests.foreign.servers.jackson import jackson
from tests.foreign.servers.scim2_server import scim2_server
from tests.foreign.servers.scimmy import scimmy
from tests.foreign.servers.starting import Foreign

#: Every server that is judged, by name; each is started with a folder to install it in.
SERVERS: dict[str, Callable[[Path], AbstractContextManager[Foreign]]] = {
    "scim2-server": scim2_server,
    "scimmy": scimmy,
    "django-scim2": django_scim2,
    "better-auth": better_auth,
    "jackson": jackson,
    "canaille": canaille,
}
