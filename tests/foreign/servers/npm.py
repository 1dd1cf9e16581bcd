"""Installs a Node application with what it takes from npm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def node_with(folder: Path, application: Path, *options: str) -> Path:
    """``application`` copied into ``folder``, its packages beside it; returns ``folder``."""
    shutil.copytree(application, folder, dirs_exist_ok=True)
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent", *options],
        cwd=folder,
        check=True,
    )
    return folder
