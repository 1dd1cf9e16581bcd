"""``scimproof URL``, and what is done with results afterwards: report, diff, clean.

``scimproof URL`` is ``pytest --target URL`` without the pytest settings of the
folder it is called in; it is there for ``uvx`` and for CI.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from conformance import __version__, coverage
from conformance.cleaning import Cleaner
from conformance.coverage import CoverageError
from conformance.created import Journal
from conformance.report.html import ViewsError, write_views
from conformance.report.results import Results, ResultsError, read
from conformance.rows import printable
from conformance.target import TargetError, target_from
from conformance.verdict import Verdict
from conformance.wire import NoAnswer, Wire

INTERRUPTED = 2
USAGE = 4
UNREACHABLE = 10

_COMMANDS = ("report", "diff", "clean", "coverage")

#: Settings of pytest that are nobody's.
_SETTINGS = Path(__file__).parent / "scimproof.ini"

#: From best to worst; a step to the right is a change for the worse.
_ORDER = (
    Verdict.CONFORMS,
    Verdict.NOT_APPLICABLE,
    Verdict.UNTESTED,
    Verdict.DECLINES,
    Verdict.DEVIATES,
    Verdict.BLOCKED,
    Verdict.BROKEN,
    Verdict.VIOLATES,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] not in {*_COMMANDS, "-h", "--help", "--version"}:
        return _judge(given)
    options = _parser().parse_args(given)
    try:
        return int(options.command(options))
    except (ResultsError, ViewsError, TargetError, CoverageError) as problem:
        return _complain(str(problem), USAGE)
    except OSError as problem:
        return _complain(f"{problem.filename or ''}: {problem.strerror or problem}", USAGE)
    except NoAnswer as silence:
        return _complain(str(silence), UNREACHABLE)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)


def _judge(given: list[str]) -> int:
    """``pytest --target URL``; the settings of the tests in this folder stay out of it."""
    import pytest  # noqa: PLC0415  the other commands do without

    if given[0].startswith("-"):
        if not any(one.partition("=")[0] in {"--target", "--target-file"} for one in given):
            return _complain("name what to judge: scimproof URL, or --target-file FILE", USAGE)
    else:
        given = ["--target", *given]
    if not any(one == "-c" or one.partition("=")[0] == "--config-file" for one in given):
        given = [*given, "-c", str(_SETTINGS), "--rootdir", str(Path.cwd())]
    return int(pytest.main(given))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line; 2 would mean that the run was interrupted."""
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="scimproof",
        usage="scimproof URL [options] | report RESULTS | diff OLD NEW | clean --target URL | "
        "coverage",
        description="Judge a SCIM 2.0 endpoint.  scimproof URL is pytest --target URL; "
        "pytest --help lists the options under 'judging a SCIM 2.0 endpoint'.",
    )
    parser.add_argument("--version", action="version", version=f"scimproof {__version__}")
    commands = parser.add_subparsers(
        prog="scimproof", required=True, metavar="URL | report | diff | clean | coverage"
    )

    report = commands.add_parser("report", help="make report.html and junit.xml again")
    report.add_argument("results", type=Path, help="a results.jsonl")
    report.add_argument("--report-dir", type=Path, help="where to (default: beside the results)")
    report.set_defaults(command=_report)

    diff = commands.add_parser("diff", help="what changed between two runs; exit 1 if worse")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.add_argument("--allow-cut-off", action="store_true", help="compare cut-off runs too")
    diff.set_defaults(command=_diff)

    clean = commands.add_parser("clean", help="delete what a killed run left in the target")
    clean.add_argument("--target", metavar="URL", help="may also stand in the target file")
    clean.add_argument("--token", help="bearer token; better in $SCIM_TOKEN")
    clean.add_argument("--auth", metavar="basic:USER")
    clean.add_argument("--header", action="append", default=[], metavar="'N: V'")
    clean.add_argument("--target-file", metavar="FILE.toml")
    clean.add_argument("--report-dir", type=Path, help="where created.jsonl is")
    clean.set_defaults(command=_clean)

    covered = commands.add_parser("coverage", help="what the judge covers; exit 1 if not all")
    covered.add_argument("--json", action="store_true", help="print JSON, one line per row")
    covered.set_defaults(command=_coverage)
    return parser


# report -------------------------------------------------------------------------------


def _report(options: argparse.Namespace) -> int:
    read(options.results)
    folder = options.report_dir or options.results.parent
    folder.mkdir(parents=True, exist_ok=True)
    for path in write_views(options.results, folder):
        print(path)
    return 0


# diff ---------------------------------------------------------------------------------


def _diff(options: argparse.Namespace) -> int:
    old, new = read(options.old), read(options.new)
    for results in (old, new):
        if results.is_cut_off and not options.allow_cut_off:
            raise ResultsError(
                f"{results.path} is of a run that was cut off; --allow-cut-off compares it anyway"
            )
    if old.run.catalogue_sha256 != new.run.catalogue_sha256:
        print("note: the catalogues differ, so requirements may have come, gone or changed")
    if old.run.target != new.run.target:
        print("note: the runs judged different targets")
    before, after = _verdicts(old), _verdicts(new)
    worse = 0
    for requirement in sorted(before.keys() | after.keys()):
        was, now = before.get(requirement), after.get(requirement)
        if was == now:
            continue
        grows_worse = bool(was and now and _ORDER.index(now) > _ORDER.index(was))
        worse += grows_worse
        mark = "worse" if grows_worse else "     "
        print(f"{mark}  {printable(requirement)}: {was or 'not there'} -> {now or 'not there'}")
    print(f"{worse} got worse")
    return 1 if worse else 0


def _verdicts(results: Results) -> dict[str, Verdict]:
    return {one.requirement: one.verdict for one in results.verdicts()}


# coverage -----------------------------------------------------------------------------


def _coverage(options: argparse.Namespace) -> int:
    found = coverage.lines()
    if options.json:
        print("\n".join(json.dumps(asdict(one)) for one in found))
    else:
        print(coverage.text(found))
    left = coverage.unchecked()
    for identifier in left:
        print(f"{identifier} has neither a check nor a reason", file=sys.stderr)
    return 1 if left else 0


# clean --------------------------------------------------------------------------------


def _clean(options: argparse.Namespace) -> int:
    if not (options.target or options.target_file):
        raise TargetError("name the target by --target URL or --target-file FILE")
    target = target_from(
        url=options.target or "file",
        token=options.token,
        auth=options.auth,
        headers=options.header,
        target_file=options.target_file,
        environ=os.environ,
    )
    journal = Journal((options.report_dir or _usual_folder()) / "created.jsonl", target.url)
    if not journal.remaining():
        print(f"nothing is left: {journal.path} lists no resource in {target.url}")
        return 0
    wire = Wire(target)
    try:
        cleaned = Cleaner(target, wire, journal).clean()
    finally:
        wire.close()
    print(
        f"{cleaned.deleted} deleted, {cleaned.never_made} never made or already gone, "
        f"{len(cleaned.left)} left"
    )
    for one, why in cleaned.left:
        name = one.url or f"{one.endpoint} with {one.attribute} {one.value}"
        print(f"  {printable(name)}: {why}")
    return 1 if cleaned.left else 0


def _usual_folder() -> Path:
    beside = Path.cwd() / "reports"
    return beside if (beside / "created.jsonl").exists() else Path.cwd() / "scimproof-report"


def _complain(problem: str, status: int) -> int:
    sys.stderr.write(f"scimproof: {printable(problem)}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
