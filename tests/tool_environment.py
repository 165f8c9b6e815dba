"""Tools that are too large, or too particular, for this project's own environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import refuse

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "batch-platform"


def tool_environment(name: str, wanted: Sequence[str]) -> Path:
    """Return the interpreter of an environment, made once for all clones of this user.

    Args:
        name: of its folder, with the versions of the tools.
        wanted: requirements, as pip takes them.
    """
    folder = CACHE / f"{name}-python{sys.version_info[0]}.{sys.version_info[1]}"
    program = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        uv = [sys.executable, "-m", "uv"]
        for command in (
            [*uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            [*uv, "pip", "install", "--quiet", "--python", str(program), *wanted],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                refuse(f"{name} cannot be installed: {done.stderr[-500:]}")
        (folder / "complete").touch()
    return program


def node_packages(name: str, lock: Path) -> Path:
    """Return a folder with the packages of npm that a folder locks, got once for all clones.

    Args:
        name: beginning of the folder's name.
        lock: folder with ``package.json`` and ``package-lock.json``.
    """
    files = [lock / each for each in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12]
    folder = CACHE / f"{name}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for each in files:
            shutil.copy(each, folder)
        done = subprocess.run(
            ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            refuse(f"{name} cannot be had by npm: {done.stderr[-500:]}")
        (folder / "complete").touch()
    return folder
