"""The requests of a run of the judge, sent again by a bare client.

    python -m benchmarks.replay FILE URL

FILE holds a JSON array of what ``recorded`` makes.  The ids that the server gives out
now take the place of those it gave out then.  Prints how many requests were answered
with the same status as then.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

#: What httpx says itself of the connection.
_OWN = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that the judge sent, in pieces between the ids that the server had given out."""

    method: str
    target: list[str]
    headers: dict[str, str]
    body: list[str]
    status: int
    #: What its id is called in the pieces, when the request made a resource.
    makes: str


def recorded(asked: Sequence[dict[str, Any]]) -> Iterator[Recorded]:
    """The requests, cut where they have an id that an earlier answer gave out."""
    ids: dict[str, str] = {}
    for one in asked:
        made = _id_in(one)
        yield Recorded(
            one["method"],
            _cut(one["target"], ids),
            {name: value for name, value in one["headers"].items() if name not in _OWN},
            _cut(one["body"], ids),
            one["status"],
            ids.setdefault(made, f"#{len(ids)}") if made else "",
        )


def write(path: Path, asked: Sequence[dict[str, Any]]) -> int:
    """Write the FILE for what ``benchmarks.observed_server`` saw; returns how many requests."""
    requests = [asdict(one) for one in recorded(asked)]
    path.write_text(json.dumps(requests), "utf-8")
    return len(requests)


def _id_in(exchange: dict[str, Any]) -> str:
    if exchange["method"] != "POST" or exchange["status"] != httpx.codes.CREATED:
        return ""
    return str(json.loads(exchange["answer"]).get("id", ""))


def _cut(text: str, ids: dict[str, str]) -> list[str]:
    for one, name in ids.items():
        if one in text:
            text = text.replace(one, f"\0{name}\0")
    return text.split("\0")


def replay(url: str, requests: Sequence[Recorded]) -> int:
    """Send the requests one after the other; returns how many were answered alike."""
    ids: dict[str, str] = {}
    alike = 0
    with httpx.Client() as client:
        for one in requests:
            target = "".join(ids.get(part, part) for part in one.target)
            body = "".join(ids.get(part, part) for part in one.body)
            answer = client.request(
                one.method, url + target, headers=one.headers, content=body.encode()
            )
            alike += answer.status_code == one.status
            if one.makes and answer.status_code == httpx.codes.CREATED:
                ids[one.makes] = str(answer.json().get("id"))
    return alike


def main() -> None:
    """Replay FILE to URL."""
    requests = [Recorded(**one) for one in json.loads(Path(sys.argv[1]).read_text("utf-8"))]
    sys.stdout.write(f"{replay(sys.argv[2], requests)}\n")


if __name__ == "__main__":
    main()
