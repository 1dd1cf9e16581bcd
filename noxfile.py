"""Every gate, as a session: what CI runs is what a developer runs.  ``nox -l`` lists them."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lint", "types", "architecture", "wheel"]

_PYTHON = "python"


def _install(session: nox.Session) -> None:
    """The project as a developer has it: editable, with the tools, at the pinned versions."""
    session.install("-c", "constraints.txt", "-e", ".", "--group", "dev")


@nox.session
def tests(session: nox.Session) -> None:
    """Our own tests."""
    _install(session)
    session.run("pytest", *session.posargs)


@nox.session
def random_order(session: nox.Session) -> None:
    """Our own tests in random order, on all cores."""
    _install(session)
    session.run("pytest", "-p", "randomly", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format; ``ruff check --fix . && ruff format .`` mends most of it."""
    _install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly, tests included."""
    _install(session)
    session.run("mypy")


@nox.session
def architecture(session: nox.Session) -> None:
    """The judge, the actor and the measure do not import each other."""
    _install(session)
    session.run("lint-imports")


@nox.session
def wheel(session: nox.Session) -> None:
    """The built wheel, in an empty environment and an empty folder, judges the reference."""
    session.install("-c", "constraints.txt", "build", "hatchling")
    target = session.create_tmp()
    session.run(_PYTHON, "tests/system/wheel.py", target)


@nox.session
def defects(session: nox.Session) -> None:
    """Every defect is found by the requirement it breaks, and by no other."""
    _install(session)
    session.run(_PYTHON, "tests/system/defects_matrix.py", *session.posargs)


@nox.session
def variants(session: nox.Session) -> None:
    """Every legal reading of the texts is left in peace."""
    _install(session)
    session.run(_PYTHON, "tests/system/variants_matrix.py", *session.posargs)


@nox.session
def foreign(session: nox.Session) -> None:
    """Judge SCIM servers that others wrote; needs Node.js for one of them."""
    _install(session)
    session.run(_PYTHON, "-m", "tests.foreign.judge", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Let other suites judge the reference server."""
    _install(session)
    session.run(_PYTHON, "-m", "tests.foreign.peers", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Ratios, measured side by side."""
    _install(session)
    session.run(_PYTHON, "benchmarks/reference_server.py", *session.posargs)
    session.run(_PYTHON, "-m", "benchmarks.emulator")
    session.run(_PYTHON, "-m", "benchmarks.suite")
