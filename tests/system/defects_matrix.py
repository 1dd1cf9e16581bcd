"""Every defect against the whole judge: is it found, by its requirement, and by no other?

``python tests/system/defects_matrix.py [--only NAME …] [--workers N] [--sample N]``
prints the table and exits 1 when a defect is missed, or reddens a requirement
that it does not break.

Several defects, far apart in the list, are put into one server (``--together``).
When exactly their requirements turn red and nothing is blocked, each of them is
found by its own requirement and by no other; in any other case the group is
judged again in halves, down to each defect alone.  ``--together 1`` judges each
alone from the start, and so are those of ``blocking_defects.txt``: they are known
to block other checks, so no group with one of them would do.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conformance.plugin import CHECKS
from conformance.requirements import PROFILES, catalogue

#: The verdicts by which a check says that its sentence did not hold.
RED = {"violates", "deviates", "declines", "broken"}

#: Plugins that a run of the judge does without.
_IDLE = ("hypothesispytest", "anyio", "respx", "faker", "html", "metadata", "randomly")

Verdicts = dict[str, str]
#: Options of the judge.
Setting = tuple[str, ...]
#: The defects of one server, and how it is judged.
Task = tuple[tuple[str, ...], Setting]

_TARGETS = Path(__file__).parents[2] / "fixtures" / "targets"
_KANTEGA = (
    f"--target-file={_TARGETS / 'kantega.toml'}",
    "--reference-option=--profile=kantega",
)

_SECOND = (
    f"--target-file={_TARGETS / 'second_credential.toml'}",
    "--reference-option=--second-token=scimproof-second-token",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the judge said of the reference server with one defect."""

    defect: str
    requirement: str
    verdict: str
    #: Requirements that turned red though the defect does not break them.
    others: tuple[str, ...]
    blocked: int

    @property
    def is_right(self) -> bool:
        """Found by its requirement, and by no other."""
        return self.verdict in RED and not self.others


@cache
def _listed() -> tuple[dict[str, Any], ...]:
    command = [sys.executable, "-m", "reference_server", "--list-defects", "--json"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return tuple(found[0] if found and isinstance(found[0], list) else found)


def listed_defects() -> dict[str, str]:
    """Every defect of the reference server: its name, and the requirement it breaks."""
    return {one["name"]: one["requirement"] for one in _listed()}


def needed_options() -> dict[str, Setting]:
    """What the reference server must be started with so that a defect shows, by its name."""
    return {
        one["name"]: tuple(f"--reference-option={option}" for option in one["options"])
        for one in _listed()
    }


@cache
def blocking_defects() -> frozenset[str]:
    """The defects that are known to block other checks."""
    text = Path(__file__).with_name("blocking_defects.txt").read_text("utf-8")
    return frozenset(text.split())


def setting_of(requirement: str) -> Setting:
    """The options with which a defect of a requirement is judged.

    Whoever breaks an RFC breaks what stands on it, so Okta's rules are left out there; what
    breaks a rule of Okta's must break none but that.  Rules of Kantega's own are judged where
    they hold, on the server in the manner of that product.
    """
    if requirement.startswith("rfc"):
        condition = catalogue()[requirement].condition
        return ("--profile=rfc", *(_SECOND if "second, limited" in condition else ()))
    if requirement.startswith("kantega"):
        return ("--profile=okta,kantega", *_KANTEGA)
    return ("--profile=okta,kantega",)


def judged(options: Sequence[str], setting: Setting) -> Verdicts:
    """Run the judge in this process against the reference server with ``options``."""
    import pytest

    with tempfile.TemporaryDirectory() as directory, _silence():
        pytest.main(
            [
                "--target=reference",
                *setting,
                f"--report-dir={directory}",
                "--no-views",
                "-q",
                "-p",
                "no:cacheprovider",
                # Nothing here asserts but by expectations, and other plugins are of no use.
                "--assert=plain",
                *(part for one in _IDLE for part in ("-p", f"no:{one}")),
                *(f"--reference-option={one}" for one in options),
            ]
        )
        path = Path(directory) / "results.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return {row["requirement"]: row["verdict"] for row in rows if row["type"] == "verdict"}


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        yield


def _judged_with(task: Task) -> tuple[Task, Verdicts]:
    names, setting = task
    return task, judged([word for name in names for word in ("--defect", name)], setting)


def outcomes_of(defects: dict[str, str], right: Verdicts, wrong: Verdicts) -> list[Outcome]:
    """Compare the verdicts on a server with these defects with those on the right one."""
    changed = {
        one for one, verdict in wrong.items() if verdict in RED and right.get(one) not in RED
    }
    others = tuple(sorted(changed - set(defects.values())))
    blocked = sum(1 for one in wrong.values() if one == "blocked")
    return [
        Outcome(name, requirement, wrong.get(requirement, "no verdict"), others, blocked)
        for name, requirement in defects.items()
    ]


def by_setting(defects: dict[str, str]) -> dict[Setting, list[str]]:
    """The names of the defects, by how the judge and the server are started for them."""
    options = needed_options()
    found: dict[Setting, list[str]] = {}
    for name, requirement in defects.items():
        found.setdefault((*setting_of(requirement), *options[name]), []).append(name)
    return found


def groups(defects: dict[str, str], together: int) -> list[Task]:
    """The defects in groups: of one setting, of different requirements, far apart in the list."""
    found: list[Task] = []
    for setting, listed in by_setting(defects).items():
        found += [((one,), setting) for one in listed if one in blocking_defects()]
        names = [one for one in listed if one not in blocking_defects()]
        number = -(-len(names) // together)
        for members in (names[start::number] for start in range(number)):
            alike = len({defects[one] for one in members}) < len(members)
            found += (
                [((one,), setting) for one in members] if alike else [(tuple(members), setting)]
            )
    return found


def sample(defects: dict[str, str], step: int) -> dict[str, str]:
    """Every ``step``-th defect of each setting, and at least one: some of each module."""
    return {name: defects[name] for names in by_setting(defects).values() for name in names[::step]}


def matrix(defects: dict[str, str], workers: int, together: int = 1) -> Iterator[Outcome]:
    """Judge the right server and every defective one, several at a time; yields what is sure."""
    _load_what_every_worker_needs()
    # A process judges once: pytest leaves traces of a run in the process it ran in.
    fork = multiprocessing.get_context("fork")
    with fork.Pool(workers, maxtasksperchild=1) as pool:
        waiting = groups(defects, together)
        settings = sorted({setting for _, setting in waiting})
        found = pool.map(_judged_with, [((), one) for one in settings], chunksize=1)
        right = {setting: verdicts for (_, setting), verdicts in found}
        while waiting:
            again: list[Task] = []
            for (names, setting), verdicts in pool.imap_unordered(_judged_with, waiting):
                chosen = {name: defects[name] for name in names}
                outcomes = outcomes_of(chosen, right[setting], verdicts)
                if len(names) == 1 or all(one.is_right and not one.blocked for one in outcomes):
                    yield from outcomes
                else:
                    middle = len(names) // 2
                    again += [(names[:middle], setting), (names[middle:], setting)]
            waiting = again


def _load_what_every_worker_needs() -> None:
    """Once, before the processes part: the checks are most of what a run has to load."""
    importlib.import_module("conformance.session")
    catalogue(PROFILES)
    for path in sorted(CHECKS.glob("**/*.py")):
        module = path.relative_to(CHECKS.parents[1]).with_suffix("")
        importlib.import_module(".".join(module.parts).removesuffix(".__init__"))


def line(one: Outcome) -> str:
    """A defect's line of the matrix, and one more for each requirement that it must not redden."""
    mark = "ok  " if one.is_right else "BAD "
    blocked = f"  ({one.blocked} blocked)" if one.blocked else ""
    told = f"{mark} {one.defect:<52} {one.verdict:<10} {one.requirement}{blocked}"
    return "\n".join([told, *(f"       also red: {other}" for other in one.others)])


def score(outcomes: Sequence[Outcome]) -> str:
    """The last line of the matrix."""
    found = sum(1 for one in outcomes if one.verdict in RED)
    exact = sum(1 for one in outcomes if one.is_right)
    requirements = len({one.requirement for one in outcomes})
    return (
        f"{len(outcomes)} defects of {requirements} requirements: "
        f"{found} found, {exact} by exactly the requirement they break"
    )


def main() -> int:
    """Print the matrix; the exit status is 1 when a defect was missed or misread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="these defects only")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=1, help="every Nth defect of a kind only")
    parser.add_argument(
        "--together", type=int, default=6, help="so many defects in one server (default: 6)"
    )
    given = parser.parse_args()
    defects = listed_defects()
    unknown = [one for one in given.only if one not in defects]
    if unknown:
        parser.error(f"no defect is called {unknown[0]!r}")
    chosen = {one: defects[one] for one in given.only} or sample(defects, given.sample)
    outcomes = []
    for one in matrix(chosen, given.workers, given.together):
        sys.stdout.write(line(one) + "\n")
        outcomes.append(one)
    sys.stdout.write(score(outcomes) + "\n")
    return 0 if all(one.is_right for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
