"""Judge the foreign servers: ``python -m tests.foreign.judge [--cache DIR] [--only NAME]``.

Each run must end without a *broken*, leave the server's resources as they
were, and what it calls *violates* must be what ``confirmed.toml`` has: somebody
has re-read the RFC about it.  Writes ``docs/foreign-servers.md``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.foreign.page import Finding, Judged, render
from tests.foreign.servers import SERVERS
from tests.foreign.servers.starting import TOKEN, Foreign

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "foreign-servers.md"


def main() -> int:
    """Judge, compare with what is confirmed, write the page; 1 when something is open."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(".nox/foreign"))
    parser.add_argument("--only", choices=sorted(SERVERS))
    given = parser.parse_args()
    names = [given.only] if given.only else list(SERVERS)
    judged, problems = [], []
    for name in names:
        with SERVERS[name](given.cache.absolute()) as server:
            one, wrong = judge(name, server)
        judged.append(one)
        problems += [f"{name}: {problem}" for problem in wrong]
    if not given.only:
        PAGE.write_text(render(judged, (HERE / "mended.md").read_text("utf-8")), "utf-8")
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems else 0


def judge(name: str, server: Foreign) -> tuple[Judged, list[str]]:
    """Run the judge on one server; returns what it said, and what is not as it should be."""
    before = resources(server)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "--no-views",
                f"--target={server.url}",
                f"--token={TOKEN}",
                f"--report-dir={folder}",
                *server.options,
            ],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        text = (Path(folder) / "results.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    verdicts = [line for line in lines if line["type"] == "verdict"]
    problems = [f"{one['requirement']} is broken" for one in verdicts if one["verdict"] == "broken"]
    if lines[-1]["type"] != "end":
        problems.append("the run was cut off")
    if resources(server) != before:
        problems.append("the run left resources behind, or took some away")
    confirmed = notes(name)
    findings = [
        _finding(one, confirmed, server.url) for one in verdicts if one["verdict"] == "violates"
    ]
    problems += [f"{one.requirement} is not confirmed" for one in findings if not one.note]
    seen = {one.requirement for one in findings}
    problems += [f"{one} is confirmed, and not violated" for one in confirmed if one not in seen]
    counts: dict[str, int] = lines[-1].get("counts", {})
    return Judged(server.name, server.version, counts, findings), problems


def notes(name: str) -> dict[str, str]:
    """Why each violation of a server is one, by requirement."""
    document = tomllib.loads((HERE / "confirmed.toml").read_text("utf-8"))
    return {one["requirement"]: one["note"] for one in document.get(name, [])}


def _finding(line: dict[str, Any], confirmed: dict[str, str], base: str) -> Finding:
    shown = [
        f"{one['method']} {_path(one, base)} {one['request_body'] or ''}".strip()
        + f"\n  {one['status']} {' '.join((one['response_body'] or '').split())}".rstrip()
        for one in _telling(line, base)
    ]
    requirement = line["requirement"]
    return Finding(
        requirement, line["section"], line["reason"], shown, confirmed.get(requirement, "")
    )


def _telling(line: dict[str, Any], base: str) -> list[dict[str, Any]]:
    """The two exchanges that show a violation best.

    An invariant keeps the one that it speaks of first.  A check ends with it, unless it looks
    at a discovery document, which was read long before.
    """
    exchanges: list[dict[str, Any]] = line["exchanges"]
    if "/always::" in line["check"]:
        return exchanges[:2]
    named = [one for one in exchanges if f"in {_path(one, base)}:" in line["reason"]]
    return named[-1:] or exchanges[-2:]


def _path(exchange: dict[str, Any], base: str) -> str:
    return str(exchange["url"]).removeprefix(base)


def resources(server: Foreign) -> list[str]:
    """The ids of all users and groups; what was made of no object has none to delete it by."""
    found = []
    for path in ("/Users", "/Groups"):
        try:
            document = _read(server.url + path + "?count=1000")
        except urllib.error.HTTPError:  # canaille fails at any count, and lists all without
            document = _read(server.url + path)
        listed = document.get("Resources", [])
        found += [str(one["id"]) for one in listed if isinstance(one, dict)]
    return sorted(found)


def _read(url: str) -> dict[str, Any]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        document: dict[str, Any] = json.loads(answer.read())
    return document


if __name__ == "__main__":
    sys.exit(main())
