"""Whatever a POST made is deleted, wherever it was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.client import Recorder, ScimClient
from conformance.created import Journal
from conformance.evidence import Redactor
from conformance.target import Target
from conformance.wire import Answer, Wire

BASE = "https://scim.example/v2"


class Making(Wire):
    """A target that makes the user 89 by every POST, and says where."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def send(
        self, method: str, url: str, headers: list[tuple[str, str]], content: bytes | None
    ) -> Answer:
        if method == "DELETE":
            self.deleted.append(url)
            return Answer(204, "", "HTTP/1.1", [], b"", 0.0)
        place = [("Location", f"{BASE}/Users/89")]
        return Answer(201, "", "HTTP/1.1", place, json.dumps({"id": "89"}).encode(), 0.0)


Post = Callable[[str], list[str]]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """POSTs a user to a path; returns what was deleted afterwards."""

    def posted(path: str) -> list[str]:
        wire = Making()
        journal = Journal(tmp_path / "created.jsonl", BASE)
        client = ScimClient(Target(BASE), wire, Recorder(Redactor(()), lambda _: None), journal)
        client.post(path, {"userName": "scimproof-1"})
        assert client.clean_up() == []
        return wire.deleted

    return posted


@pytest.mark.parametrize("path", ["/Users", "/Users?attributes=id", "/Users/88"])
def test_what_a_post_made_is_deleted_where_it_is(post: Post, path: str) -> None:
    assert post(path) == [f"{BASE}/Users/89"]


@pytest.mark.parametrize("path", ["/Users/.search", "/.search", "/Me", "/Groups/88"])
def test_what_lies_elsewhere_is_let_alone(post: Post, path: str) -> None:
    assert post(path) == []
