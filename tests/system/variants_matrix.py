"""Every legal variant of the reference server against the whole judge: is it left in peace?

``python tests/system/variants_matrix.py [--only NAME …] [--workers N] [--sample N] [--together N]``
prints the table and exits 1 when a variant is red.  Several variants that do not meet are
judged in one run; a run that is red is repeated for each of them alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.system.defects_matrix import Verdicts, judged

#: What no right server may get, however it reads the text.
RED = {"violates", "blocked", "broken"}
#: What it may get where a variant says so.
WEAKER = {"deviates", "declines"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A variant as the reference server lists it."""

    name: str
    of: str
    deviates: frozenset[str]
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the judge said of the reference server in some variants."""

    variants: tuple[Listed, ...]
    #: Requirements that are red, or weaker than any of the variants allows, with the verdict.
    unfair: tuple[tuple[str, str], ...]
    #: Requirements that are weaker, as a variant says.
    weaker: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Nothing is red."""
        return not self.unfair


def listed_variants() -> dict[str, Listed]:
    """Every variant of the reference server, by its name."""
    command = [sys.executable, "-m", "reference_server", "--list-variants", "--json"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in text.splitlines()]
    return {
        one["name"]: Listed(
            one["name"], one["of"], frozenset(one["deviates"]), tuple(one["profiles"])
        )
        for one in found
    }


def _judged_in(task: tuple[tuple[str, ...], tuple[str, ...]]) -> Verdicts:
    names, profiles = task
    options = [word for name in names for word in ("--variant", name)]
    return judged(options, (f"--profile={','.join(profiles)}",))


def outcome(variants: Sequence[Listed], right: Verdicts, found: Verdicts) -> Outcome:
    """Compare the verdicts on a variant with those on the server as it is."""
    allowed = frozenset[str]().union(*(one.deviates for one in variants))
    weaker = {
        name
        for name, verdict in found.items()
        if verdict in WEAKER and right.get(name) not in WEAKER
    }
    unfair = {name: verdict for name, verdict in found.items() if verdict in RED}
    unfair |= {name: found[name] for name in weaker - allowed}
    # A run that did not come to its end judged nothing.
    if not found:
        unfair["no verdict at all"] = "broken"
    return Outcome(tuple(variants), tuple(sorted(unfair.items())), tuple(sorted(weaker & allowed)))


def groups(variants: Sequence[Listed], together: int) -> list[tuple[Listed, ...]]:
    """The variants in groups: of one profile, and no two of the same choice."""
    found: list[list[Listed]] = []
    for one in variants:
        fitting = (
            group
            for group in found
            if len(group) < together
            and group[0].profiles == one.profiles
            and one.of not in {other.of for other in group}
        )
        group = next(fitting, None)
        if group is None:
            found.append([one])
        else:
            group.append(one)
    return [tuple(group) for group in found]


def matrix(variants: Sequence[Listed], workers: int, together: int = 1) -> list[Outcome]:
    """Judge the server as it is and in every variant, several at a time."""
    import conformance.session  # noqa: F401  what every worker needs is loaded once

    profiles = sorted({one.profiles for one in variants})
    # A process judges once: pytest leaves traces of a run in the process it ran in.
    fork = multiprocessing.get_context("fork")
    with fork.Pool(workers, maxtasksperchild=1) as pool:

        def judge(grouped: Sequence[tuple[Listed, ...]]) -> list[Verdicts]:
            tasks = [(tuple(one.name for one in group), group[0].profiles) for group in grouped]
            return pool.map(_judged_in, tasks, chunksize=1)

        right = dict(
            zip(profiles, pool.map(_judged_in, [((), one) for one in profiles]), strict=True)
        )

        reds = {name for found in right.values() for name in found if found[name] in RED}
        if reds:
            raise SystemExit(f"the server as it is is red already: {', '.join(sorted(reds))}")

        def outcomes(grouped: Sequence[tuple[Listed, ...]]) -> list[Outcome]:
            return [
                outcome(group, right[group[0].profiles], verdicts)
                for group, verdicts in zip(grouped, judge(grouped), strict=True)
            ]

        first = outcomes(groups(variants, together))
        again = [one for one in first if not one.is_right and len(one.variants) > 1]
        alone = outcomes([(single,) for one in again for single in one.variants])
    return [one for one in first if one not in again] + alone


def table(outcomes: Sequence[Outcome]) -> str:
    """The matrix as text, one line per variant, and the score."""
    lines = []
    for one in outcomes:
        mark = "ok  " if one.is_right else "BAD "
        for single in one.variants:
            seen = [name for name in one.weaker if name in single.deviates]
            kind = "deviates" if seen else "allowed to deviate" if single.deviates else "green"
            lines.append(f"{mark} {single.name:<52} {single.of:<24} {kind}")
        lines += [f"       {verdict}: {name}" for name, verdict in one.unfair]
    total = sum(len(one.variants) for one in outcomes)
    good = sum(len(one.variants) for one in outcomes if one.is_right)
    choices = len({single.of for one in outcomes for single in one.variants})
    lines.append(f"{total} variants of {choices} choices: {good} judged fairly")
    return "\n".join(lines)


def main() -> int:
    """Print the matrix; the exit status is 1 when a variant was red."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="these variants only")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=1, help="every Nth variant only")
    parser.add_argument("--together", type=int, default=1, help="so many variants in one run")
    given = parser.parse_args()
    known = listed_variants()
    unknown = [one for one in given.only if one not in known]
    if unknown:
        parser.error(f"no variant is called {unknown[0]!r}")
    names = given.only or list(known)[:: given.sample]
    outcomes = matrix([known[one] for one in names], given.workers, given.together)
    sys.stdout.write(table(outcomes) + "\n")
    return 0 if all(one.is_right for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
