"""pytest's hooks: options, selection, judging.  The only file that knows pytest's insides.

The plugin is loaded in every pytest run of its environment, so it is inert,
and imports nothing of weight, until ``--target`` is given.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

    from conformance.run import Run, Settings
    from conformance.target import Target

CHECKS = Path(__file__).parent / "checks"

#: Where fixtures find the run.
RUN: pytest.StashKey[Run] = pytest.StashKey()

#: The exit status of a target that can't be judged: not reachable, or not SCIM.
UNREACHABLE = 10

#: How many new objects the garbage collector lets pass; what a check leaves is far less.
GARBAGE = 20_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """The command line of the judge; CI jobs depend on it."""
    group = parser.getgroup("scimproof", "judging a SCIM 2.0 endpoint")
    group.addoption(
        "--target",
        metavar="URL|reference",
        help="the base URL of the endpoint to judge, such as https://example.com/scim/v2; "
        "'reference' starts the reference server on a free port",
    )
    group.addoption("--token", metavar="T", help="bearer token; better in $SCIM_TOKEN")
    group.addoption(
        "--auth",
        metavar="basic:USER",
        help="HTTP Basic; the password is read from $SCIM_PASSWORD, or is the token",
    )
    group.addoption(
        "--header",
        metavar="'N: V'",
        action="append",
        default=[],
        help="send this header with every request; may be given several times",
    )
    group.addoption(
        "--target-file", metavar="FILE.toml", help="everything about a target in one file"
    )
    group.addoption(
        "--profile",
        metavar="NAMES",
        default="rfc,okta",
        help="the catalogues to judge by, separated by commas: rfc, okta, kantega "
        "(default: rfc,okta)",
    )
    group.addoption(
        "--report-dir",
        metavar="DIR",
        help="where results.jsonl, report.html and junit.xml go "
        "(default: reports/ in a checkout of scimproof, ./scimproof-report/ elsewhere)",
    )
    group.addoption(
        "--waivers", metavar="FILE.toml", help="known failures, with reason, link and expiry"
    )
    group.addoption(
        "--fail-on",
        choices=("must", "should"),
        default="must",
        help="the weakest level whose failure makes the exit status 1 (default: must)",
    )
    group.addoption("--read-only", action="store_true", help="send nothing that changes the target")
    group.addoption(
        "--seed", type=int, default=0, metavar="N", help="decides the names in what is sent"
    )
    group.addoption(
        "--max-requests", type=int, metavar="N", help="send no more than N requests (per worker)"
    )
    group.addoption(
        "--reference-option",
        action="append",
        default=[],
        metavar="OPTION",
        help="with --target reference: an option of the reference server, "
        "such as --reference-option=--without=patch",
    )
    group.addoption(
        "--no-views",
        action="store_true",
        help="write results.jsonl only; `scimproof report` makes the views of it later",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Let a bare ``pytest --target URL`` mean "run the checks"."""
    known = early_config.known_args_namespace
    if (known.target or known.target_file) and not known.file_or_dir:
        args.append(str(CHECKS))
        # Or pytest would now run the conftest.py of a product's own tests.
        known.file_or_dir.append(str(CHECKS))


def pytest_configure(config: pytest.Config) -> None:
    """Wake up when there is a target to judge."""
    config.addinivalue_line("markers", "requirement(id): the requirement that a check tests")
    config.addinivalue_line("markers", "needs_attribute(path, schema): attributes a check writes")
    for level in ("must", "should", "may"):
        config.addinivalue_line("markers", f"{level}: the level of the requirement is {level}")
    if not (config.getoption("target") or config.getoption("target_file")):
        return
    spare_the_garbage_collector(config)
    from conformance import session  # noqa: PLC0415  inert without --target

    told = getattr(config, "workerinput", None)
    if told is not None:
        session.register_worker(config, told)
        return
    session.register_controller(config, settings_of(config))


def spare_the_garbage_collector(config: pytest.Config) -> None:
    """Let it look less often: a sixth of a run was its search through checks and evidence."""
    config.add_cleanup(partial(gc.set_threshold, *gc.get_threshold()))
    gc.set_threshold(GARBAGE)


def settings_of(config: pytest.Config) -> Settings:
    """What the command line asks of the run.  Raises UsageError for what it can't mean."""
    from conformance.requirements import UnknownProfileError, catalogue  # noqa: PLC0415
    from conformance.run import Settings  # noqa: PLC0415

    profiles = tuple(dict.fromkeys(config.getoption("profile").replace(" ", "").split(",")))
    try:
        catalogue(profiles)
    except UnknownProfileError as unknown:
        raise pytest.UsageError(f"--profile: {unknown}") from None
    limit = config.getoption("max_requests")
    if limit is not None and limit < 1:
        raise pytest.UsageError(f"--max-requests {limit}: give a number of 1 or more")
    return Settings(
        report_dir=str(report_dir_of(config)),
        profiles=profiles,
        fail_on=config.getoption("fail_on"),
        read_only=config.getoption("read_only"),
        seed=config.getoption("seed"),
        max_requests=limit,
    )


def report_dir_of(config: pytest.Config) -> Path:
    """``--report-dir``, or ``reports/`` in a checkout, or ``./scimproof-report/``."""
    given = config.getoption("report_dir")
    if given:
        return Path(given).absolute()
    checkout = CHECKS.parent.parent
    here = config.invocation_params.dir
    in_checkout = (checkout / "reference_server").is_dir() and (checkout / "reports").is_dir()
    if in_checkout and here.is_relative_to(checkout):
        return checkout / "reports"
    return here / "scimproof-report"


def keep_ground(config: pytest.Config) -> None:
    """Let the workers of ``-n`` have the root and the settings that this process has.

    pytest takes every existing path on the command line for one to run, even
    the value of an option of ours, and looks for its settings there.  The
    report folder may exist by the time the workers start.
    """
    told = config.invocation_params
    settings = config.inipath or CHECKS.parent / "scimproof.ini"
    config.invocation_params = pytest.Config.InvocationParams(
        args=(*told.args, f"--rootdir={config.rootpath}", f"--config-file={settings}"),
        plugins=told.plugins,
        dir=told.dir,
    )


def target_of(config: pytest.Config, url: str, token: str | None) -> Target:
    """The target that the command line, the environment and the target file describe."""
    from conformance.target import TargetError, target_from  # noqa: PLC0415

    try:
        return target_from(
            url=url,
            token=token or config.getoption("token"),
            auth=config.getoption("auth"),
            headers=config.getoption("header"),
            target_file=config.getoption("target_file"),
            environ=os.environ,
        )
    except TargetError as problem:
        raise pytest.UsageError(str(problem)) from None


# Collection ---------------------------------------------------------------------------


class Selection:
    """Gives every check its requirement, its level as a marker, and its profile."""

    def __init__(self, profiles: tuple[str, ...]) -> None:
        from conformance.requirements import PROFILES, catalogue  # noqa: PLC0415

        self.chosen = catalogue(profiles)
        self.known = catalogue(PROFILES)
        self._left_out = {CHECKS / one for one in PROFILES if one not in profiles}

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Do not load the checks of a profile that is not asked for."""
        return True if collection_path in self._left_out else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Mark the checks with their levels, and leave out the profiles not asked for."""
        left_out = []
        for item in list(items):
            requirement = self.requirement_of(item)
            item.add_marker(self.known[requirement].level.lower())
            if requirement not in self.chosen:
                left_out.append(item)
                items.remove(item)
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def requirement_of(self, item: pytest.Item) -> str:
        """The requirement that a check names.  Raises UsageError when it names none."""
        marks = list(item.iter_markers("requirement"))
        if len(marks) != 1:
            raise pytest.UsageError(
                f"{item.nodeid}: a check names exactly one requirement, this one names {len(marks)}"
            )
        identifier = str(marks[0].args[0])
        if identifier not in self.known:
            raise pytest.UsageError(f"{item.nodeid}: no catalogue has {identifier!r}")
        return identifier


class RowCounter:
    """Counts the rows of each requirement, once pytest has deselected what it deselects."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count what is left."""
        for item in items:
            marker = item.get_closest_marker("requirement")
            if marker is not None:
                identifier = str(marker.args[0])
                self.rows[identifier] = self.rows.get(identifier, 0) + 1


def check_of(item: pytest.Item) -> str:
    """How results name a check, wherever pytest was started."""
    try:
        module = f"conformance/checks/{item.path.relative_to(CHECKS).as_posix()}"
    except ValueError:
        return item.nodeid
    return "::".join([module, *item.nodeid.split("::")[1:]])


# Judging ------------------------------------------------------------------------------


class Judging:
    """Runs in the process that runs the checks; attaches the verdict to pytest's report."""

    def __init__(self, run: Run, selection: Selection, counter: RowCounter) -> None:
        self.run = run
        self.selection = selection
        self.counter = counter

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Take what is there now, and lives as long as the run, from the garbage collector."""
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check whose condition the target denies; block one it is silent about."""
        from conformance.verdict import Unmet  # noqa: PLC0415

        self.run.recorder.start()
        requirement = self.selection.known[self.selection.requirement_of(item)]
        answer = self.run.features.applies(requirement.condition)
        if answer.holds is False:
            pytest.skip(answer.reason)
        if answer.holds is None:
            raise Unmet(answer.blamed, answer.reason)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the outcome of a phase into a verdict, where the phase decides one."""
        from conformance import rows  # noqa: PLC0415

        report = yield
        error = None if call.excinfo is None else call.excinfo.value
        if isinstance(error, pytest.exit.Exception | KeyboardInterrupt):
            return report
        if error is None and call.when != "call":
            return report
        identifier = self.selection.requirement_of(item)
        row = rows.row_of(
            self.selection.known[identifier],
            str(call.when),
            error,
            exchanges=self.run.recorder.current,
            seconds=call.duration,
            check=check_of(item),
        )
        row["rows"] = self.counter.rows.get(identifier, 1)
        rows.attach(report, row, fail_on=self.run.settings.fail_on)
        return report


class Settling:
    """Has patience where the target's reads see a write later; registered only for those."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: SubRequest
    ) -> Generator[None, object, object]:
        """Set a fixture up, and again while it may have looked too early."""
        from conformance.settling import EARLY, Patience  # noqa: PLC0415

        with Patience(self.run) as patience:
            try:
                return (yield)
            except EARLY as problem:
                # In pytest's own way, which keeps the outcome; it has no public name.
                from _pytest.fixtures import pytest_fixture_setup as set_up  # noqa: PLC0415

                return patience.again(problem, lambda: set_up(fixturedef, request))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Make a check, and again while it may have looked too early."""
        from conformance.settling import patiently_made  # noqa: PLC0415

        names = pyfuncitem._fixtureinfo.argnames  # noqa: SLF001  as pytest itself does
        given = {name: pyfuncitem.funcargs[name] for name in names}
        patiently_made(self.run, lambda: pyfuncitem.obj(**given))
        return True


def judging(run: Run, selection: Selection, counter: RowCounter) -> list[object]:
    """The plugins of the process that runs the checks."""
    patient = [Settling(run)] if run.target.settle else []
    return [Judging(run, selection, counter), *patient]
