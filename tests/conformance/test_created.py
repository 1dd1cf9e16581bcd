"""The journal knows what is left in a target, whoever was killed while writing it."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from conformance.created import Journal, Leftover

_URL = "https://scim.example.com/scim/v2"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "created.jsonl"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path, _URL)


def test_nothing_was_made_where_there_is_no_file(journal: Journal) -> None:
    assert journal.remaining() == []
    journal.forget_if_empty()


def test_what_was_made_is_left_until_it_is_deleted(journal: Journal) -> None:
    token = journal.intend("/Users", {"userName": "scimproof-1"})
    journal.created(token, f"{_URL}/Users/1")

    assert journal.remaining() == [
        Leftover(f"{_URL}/Users/1", "/Users", "userName", "scimproof-1", token)
    ]

    journal.deleted(f"{_URL}/Users/1")
    assert journal.remaining() == []


def test_what_got_no_answer_may_be_left(journal: Journal) -> None:
    token = journal.intend("/Groups", {"displayName": "scimproof-2", "members": []})

    assert journal.remaining() == [Leftover(None, "/Groups", "displayName", "scimproof-2", token)]

    journal.refused(token)
    assert journal.remaining() == []


@pytest.mark.parametrize("body", [{}, {"userName": 7}, {"title": "x"}])
def test_what_nobody_could_find_again_is_not_looked_for(
    journal: Journal, body: dict[str, object]
) -> None:
    journal.intend("/Users", body)

    assert journal.remaining() == []


def test_targets_do_not_mix(journal: Journal, path: Path) -> None:
    other = Journal(path, "https://other.example/v2")
    journal.created(journal.intend("/Users", {"userName": "a"}), f"{_URL}/Users/1")
    other.intend("/Users", {"userName": "b"})

    assert [one.value for one in journal.remaining()] == ["a"]
    assert [one.value for one in other.remaining()] == ["b"]


def test_the_file_goes_when_nothing_is_left_in_any_target(journal: Journal, path: Path) -> None:
    other = Journal(path, "https://other.example/v2")
    journal.created(journal.intend("/Users", {"userName": "a"}), f"{_URL}/Users/1")
    token = other.intend("/Users", {"userName": "b"})

    journal.deleted(f"{_URL}/Users/1")
    journal.forget_if_empty()
    assert path.exists()

    other.refused(token)
    journal.forget_if_empty()
    assert not path.exists()


def test_half_a_line_and_foreign_lines_are_passed_over(journal: Journal, path: Path) -> None:
    journal.created(journal.intend("/Users", {"userName": "a"}), f"{_URL}/Users/1")
    foreign = '[1]\n{"created": {}, "target": 7}\n'
    path.write_text(path.read_text("utf-8") + foreign + '{"deleted": "htt', "utf-8")

    assert [one.url for one in journal.remaining()] == [f"{_URL}/Users/1"]


def test_only_its_owner_may_read_it(journal: Journal, path: Path) -> None:
    journal.intend("/Users", {"userName": "a"})

    assert path.stat().st_mode & 0o077 == 0


def _write(path: str, worker: int) -> None:
    journal = Journal(Path(path), _URL)
    for number in range(200):
        journal.intend("/Users", {"userName": f"{worker}-{number}-" + "é" * 300})


def test_several_processes_write_whole_lines(journal: Journal, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(str(path), one)) for one in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert len(lines) == len(journal.remaining()) == 600
