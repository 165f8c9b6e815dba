"""Tools that are too large, or too particular, for this project's own environment."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.clients.environments import CACHE, UnavailableError, made_once, python_with
from tests.conftest import refuse


def tool_environment(name: str, wanted: Sequence[str]) -> Path:
    """Return the interpreter of an environment, made once for all clones of this user.

    Args:
        name: of its folder, with the versions of the tools; if empty, made of what is wanted.
        wanted: requirements, as pip takes them.
    """
    try:
        return python_with(wanted, name)
    except UnavailableError as error:
        refuse(f"{', '.join(wanted)} {error}")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar archive, without what would write outside of the folder where Python can tell.

    Python 3.11.0 to 3.11.3 have no filters.
    """
    with tarfile.open(archive) as packed:
        if hasattr(tarfile, "data_filter"):
            packed.extractall(folder, filter="data")
        else:
            packed.extractall(folder)


def node_packages(name: str, lock: Path) -> Path:
    """Return a folder with the packages of npm that a folder locks, got once for all clones.

    Args:
        name: beginning of the folder's name.
        lock: folder with ``package.json`` and ``package-lock.json``.
    """
    files = [lock / each for each in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12]
    folder = CACHE / f"{name}-{digest}"
    with made_once(folder) as missing:
        if missing:
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
    return folder
