"""How the app of an org is connected to the target: credentials, and what every user must have."""

from __future__ import annotations

import base64
import json
from typing import Any

from conformance.run import Run
from emulator import Authentication, Connection, Credentials
from emulator.attributes import USER, AttributeMapping, mapping


def connection_to(run: Run, *, import_groups: bool = False, wrong: bool = False) -> Connection:
    """The connection of the app: the credentials of the run as they are sent, or wrong ones."""
    secret, more = "", []
    headers = tuple(_wrong(*line) for line in run.target.headers) if wrong else run.target.headers
    for name, value in headers:
        if name.lower() == "authorization":
            secret = value
        else:
            more.append((name, value))
    return Connection(
        run.target.url,
        Credentials(Authentication.HEADER, secret=secret),
        import_groups=import_groups,
        headers=tuple(more),
    )


def wanted_rows(defaults: dict[str, Any], namespace: str = USER) -> list[AttributeMapping]:
    """Rows for the attributes that the target file says every user must have.

    Texts only, at the top or in an extension: an expression of Okta makes nothing else.
    """
    rows: list[AttributeMapping] = []
    for name, value in defaults.items():
        if isinstance(value, str):
            text = json.dumps(value, ensure_ascii=False)
            rows.append(mapping(f"scimproof_{len(rows)}_{name}", name, text, namespace=namespace))
        elif isinstance(value, dict) and name.startswith("urn:"):
            rows += wanted_rows(value, namespace=name)
    return rows


def _wrong(name: str, value: str) -> tuple[str, str]:
    """A header line of the same form, with credentials that nobody has."""
    scheme, space, _ = value.partition(" ")
    if scheme.lower() == "basic":
        return name, f"{scheme} {base64.b64encode(b'scimproof:wrong').decode('ascii')}"
    return name, f"{scheme} scimproof-wrong" if space else "scimproof-wrong"
