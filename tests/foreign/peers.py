"""Let other suites judge the reference server: ``python -m tests.foreign.peers [--cache DIR]``.

Zero errors, or each error is a mistake of the peer that ``peer_mistakes.toml``
explains with the section of the RFC.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.foreign.servers.starting import python_with

HERE = Path(__file__).parent
TOKEN = "peer-token-0123"


def main() -> int:
    """Run both peers; 1 when one of them has an error that is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(".nox/peers"))
    cache = parser.parse_args().cache.absolute()
    problems = []
    with reference_server() as url:
        problems += [f"scim2-cli: {one}" for one in scim2_cli(cache, url)]
        problems += [f"scim-sanity: {one}" for one in scim_sanity(cache, url)]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{len(problems)} errors that are not explained\n")
    return 1 if problems else 0


@contextmanager
def reference_server() -> Iterator[str]:
    """The reference server on a free port."""
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--json", "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline() if process.stdout else "{}"
        try:
            yield str(json.loads(line)["url"])
        finally:
            process.terminate()


def scim2_cli(cache: Path, url: str) -> list[str]:
    """The errors of ``scim2 test`` that nothing explains."""
    found = judgements_of_scim2_cli(cache, url)
    bad = [one for one in found if re.match(r"(ERROR|CRITICAL|DEVIATION)", one)]
    return [one for one in bad if not explained("scim2-cli", one)]


def judgements_of_scim2_cli(cache: Path, url: str) -> list[str]:
    """Everything that ``scim2 test`` says of a target; exits when it does not run."""
    programs = python_with(cache / "scim2-cli", "scim2-cli==0.6.0")
    header = f"Authorization: Bearer {TOKEN}"
    done = subprocess.run(
        [str(programs / "scim2"), "-u", url, "-h", header, "test"],
        capture_output=True,
        text=True,
        check=False,
    )
    blocks = re.split(r"\n(?=[A-Z_]+ \S+\n)", done.stdout)
    if len(blocks) < 20:
        sys.exit(f"scim2-cli did not run: {(done.stderr or done.stdout)[-300:]}")
    return [one.strip() for one in blocks]


def scim_sanity(cache: Path, url: str) -> list[str]:
    """The failures of ``scim-sanity probe`` that nothing explains."""
    found = judgements_of_scim_sanity(cache, url)
    bad = [one for one in found if re.search(r"\[(FAIL|ERROR)\]", one)]
    return [one for one in bad if not explained("scim-sanity", one)]


def judgements_of_scim_sanity(cache: Path, url: str) -> list[str]:
    """Everything that ``scim-sanity probe`` says of a target; exits when it does not run."""
    programs = python_with(cache / "scim-sanity", "scim-sanity==0.7.4")
    done = subprocess.run(
        [str(programs / "scim-sanity"), "probe", url, "--token", TOKEN, "--i-accept-side-effects"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [one.strip() for one in done.stdout.splitlines() if re.search(r"\[[A-Z]+\]", one)]
    if not found:
        sys.exit(f"scim-sanity did not run: {(done.stderr or done.stdout)[-300:]}")
    return found


def explained(peer: str, error: str) -> bool:
    """Whether the list of mistakes has this error."""
    known = tomllib.loads((HERE / "peer_mistakes.toml").read_text("utf-8"))
    return any(re.search(one["error"], error, re.DOTALL) for one in known.get(peer, []))


if __name__ == "__main__":
    sys.exit(main())
