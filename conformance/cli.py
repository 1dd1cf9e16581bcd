"""``scimproof URL``, and what is done with results afterwards: report, diff, clean.

``scimproof URL`` is ``pytest --target URL`` and adds nothing; it is there for
``uvx`` and for CI.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance import __version__
from conformance.created import Journal, Leftover
from conformance.report.html import ViewsError, write_views
from conformance.report.results import Results, ResultsError, read
from conformance.requirements import PROFILES, catalogue
from conformance.rows import printable
from conformance.target import Target, TargetError, target_from
from conformance.verdict import Verdict
from conformance.wire import NoAnswer, Wire

USAGE = 4
UNREACHABLE = 10

_COMMANDS = ("report", "diff", "clean")

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
    if given and given[0] not in _COMMANDS and not given[0].startswith("-"):
        return _judge(given)
    options = _parser().parse_args(given)
    try:
        return int(options.command(options))
    except (ResultsError, ViewsError, TargetError) as problem:
        return _complain(problem, USAGE)
    except NoAnswer as silence:
        return _complain(silence, UNREACHABLE)


def _judge(given: list[str]) -> int:
    import pytest  # noqa: PLC0415  the other commands do without

    return int(pytest.main(["--target", *given]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scimproof",
        description="Judge a SCIM 2.0 endpoint: scimproof URL [options of pytest and the judge].",
    )
    parser.add_argument("--version", action="version", version=f"scimproof {__version__}")
    commands = parser.add_subparsers(required=True, metavar="report | diff | clean")

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
    clean.add_argument("--target", required=True, metavar="URL")
    clean.add_argument("--token", help="bearer token; better in $SCIM_TOKEN")
    clean.add_argument("--auth", metavar="basic:USER")
    clean.add_argument("--header", action="append", default=[], metavar="'N: V'")
    clean.add_argument("--target-file", metavar="FILE.toml")
    clean.add_argument("--report-dir", type=Path, help="where created.jsonl is")
    clean.set_defaults(command=_clean)
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
    if old.run.get("catalogue_sha256") != new.run.get("catalogue_sha256"):
        print("note: the catalogues differ, so requirements may have come, gone or changed")
    before, after = _verdicts(old), _verdicts(new)
    worse = 0
    for requirement in sorted(before.keys() | after.keys()):
        was, now = before.get(requirement), after.get(requirement)
        if was == now:
            continue
        grows_worse = _ORDER.index(now) > _ORDER.index(was) if was and now else False
        worse += grows_worse
        mark = "worse" if grows_worse else "     "
        print(f"{mark}  {requirement}: {was or 'not there'} -> {now or 'not there'}")
    print(f"{worse} got worse")
    return 1 if worse else 0


def _verdicts(results: Results) -> dict[str, Verdict]:
    known = catalogue(PROFILES)
    return {
        one["requirement"]: Verdict(one["verdict"])
        for one in results.verdicts()
        if one["requirement"] in known
    }


# clean --------------------------------------------------------------------------------


def _clean(options: argparse.Namespace) -> int:
    target = target_from(
        url=options.target,
        token=options.token,
        auth=options.auth,
        headers=options.header,
        target_file=options.target_file,
        environ=os.environ,
    )
    folder = options.report_dir or _usual_folder()
    journal = Journal(folder / "created.jsonl", target.url)
    remaining = journal.remaining()
    if not remaining:
        print(f"nothing is left: {journal.path} lists no resource in {target.url}")
        return 0
    wire = Wire(target)
    try:
        left = [one for one in remaining if not _deleted(one, target, wire, journal)]
    finally:
        wire.close()
    print(f"{len(remaining) - len(left)} resources deleted, {len(left)} left")
    for one in left:
        print(f"  {printable(one.url or f'{one.endpoint} {one.attribute} {one.value}')}")
    if not left:
        journal.forget_if_empty()
    return 1 if left else 0


def _usual_folder() -> Path:
    beside = Path.cwd() / "reports"
    return beside if (beside / "created.jsonl").exists() else Path.cwd() / "scimproof-report"


def _deleted(leftover: Leftover, target: Target, wire: Wire, journal: Journal) -> bool:
    """Delete one resource; what never got an address is looked up by its unique name."""
    from conformance.lookup import address_of  # noqa: PLC0415  needed for interrupted creates only

    url = leftover.url or address_of(leftover, target, wire)
    if url is None:
        return True
    answer = wire.send("DELETE", url, list(target.headers), None)
    gone = 200 <= answer.status < 300 or answer.status == 404
    if gone:
        journal.deleted(url)
    return gone


def _complain(problem: Exception, status: int) -> int:
    sys.stderr.write(f"scimproof: {printable(str(problem))}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
