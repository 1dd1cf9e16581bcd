"""RFC 7644, section 3.10: Attribute Notation."""

from __future__ import annotations

import json

import pytest

from conformance import expect
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Crew, Seek
from conformance.discovery import CORE_USER
from conformance.verdict import Unmet


@pytest.fixture
def each_half(crew: Crew, seek: Seek) -> None:
    """Blocks where a dot, or a schema before the name, does not work by itself."""
    given = json.dumps(f"Ada {crew.prefix}")
    name = json.dumps(crew.ada.sent["userName"])
    for text, blamed in (
        (f"name.givenName eq {given}", "rfc7644-3.4.2.2-sub-attribute-notation"),
        (f"{CORE_USER}:userName eq {name}", "rfc7644-3.4.2.2-qualified-names-filters"),
    ):
        found = seek(text)
        if expect.ids_if_listed(found) != [crew.ada.id]:
            raise Unmet(blamed, f"{found.line}: not found")


@requirement("rfc7644-3.10-dot-notation")
@needs_attribute("name.givenName")
def test_sub_attribute_follows_a_dot_after_a_qualified_name(
    crew: Crew, seek: Seek, each_half: None
) -> None:
    response = seek(f"{CORE_USER}:name.givenName eq {json.dumps(f'Ada {crew.prefix}')}")

    expect.finds(response, crew.ada.id)
