"""Build the wheel, install it into an empty environment in an empty folder, and judge with it.

``python tests/system/wheel.py FOLDER``; exits 1 when something is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def top_level_names(wheel: Path) -> set[str]:
    """The packages in the wheel, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}
    return {name for name in names if not name.endswith(".dist-info")}


def main(folder: Path) -> int:
    """Build, install and run; prints what went wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(CHECKOUT)],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    names = top_level_names(wheel)
    if names != {"conformance", "emulator", "reference_server"}:
        sys.stderr.write(f"the wheel has {sorted(names)} at its top\n")
        return 1
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    constraints = CHECKOUT / "constraints.txt"
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "-c", str(constraints), str(wheel)], check=True
    )
    empty = folder / "empty"
    empty.mkdir()
    run = [str(python), "-m", "pytest", "--target", "reference", "-q"]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    status = subprocess.run(run, cwd=empty, env=environment, check=False).returncode
    reports = sorted(path.name for path in (empty / "scimproof-report").glob("*"))
    wanted = ["junit.xml", "report.html", "results.jsonl"]
    if status or [name for name in wanted if name not in reports]:
        sys.stderr.write(f"exit status {status}, files {reports}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
