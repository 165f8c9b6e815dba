"""The AWS CLI on PATH: whether it knows ``AWS_ENDPOINT_URL``, or would call AWS itself."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from localaws.credentials.connection import connection_file
from localaws.system.private_files import check_folder, open_private, write_private

FIRST_THAT_KNOWS = {1: (1, 29, 0), 2: (2, 13, 0)}
"""By major version: the first AWS CLI that reads ``AWS_ENDPOINT_URL`` (their changelogs)."""
SECONDS = 10
"""After which a program that tells no version is left alone."""


def complaint(path: str | None = None) -> str | None:
    """Say so if the AWS CLI is too old to know ``AWS_ENDPOINT_URL``.

    It takes a second to ask it, so what a program said is kept beside the server's connection.

    Args:
        path: where to look for it; ``None``: on PATH.
    """
    program = shutil.which("aws", path=path)
    if program is None:
        return None
    found = re.search(r"aws-cli/(\d+)\.(\d+)\.(\d+)", _kept(program) or _asked(program))
    if found is None:
        return None
    version = tuple(int(number) for number in found.groups())
    needed = FIRST_THAT_KNOWS.get(version[0], version)
    if version >= needed:
        return None
    return (
        f"{program} is AWS CLI {'.'.join(found.groups())}, which does not know AWS_ENDPOINT_URL "
        f"and calls AWS itself: use {'.'.join(map(str, needed))} or newer, or give each command "
        '--endpoint-url "$AWS_ENDPOINT_URL"'
    )


def _kept(program: str) -> str | None:
    """Return what this very program said before; None if that is not known."""
    with contextlib.suppress(OSError, ValueError):
        check_folder(_file().parent)
        with os.fdopen(open_private(_file(), os.O_RDONLY)) as file:
            known = json.load(file)
        if isinstance(known, Mapping) and known.get("program") == _identity(program):
            return str(known.get("said"))
    return None


def _asked(program: str) -> str:
    try:
        answer = subprocess.run(  # noqa: S603  # the user's own
            [program, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = answer.stdout + answer.stderr  # version 1 on Python 2 wrote it to stderr
    with contextlib.suppress(OSError):
        check_folder(_file().parent)
        write_private(_file(), json.dumps({"program": _identity(program), "said": said[:200]}))
    return said


def _file() -> Path:
    return connection_file().with_name("aws-cli.json")


def _identity(program: str) -> list[str | int]:
    """Return what changes when another version is installed, or chosen by a shim of pyenv."""
    found = Path(program).stat()
    return [program, found.st_mtime_ns, found.st_size, os.environ.get("PYENV_VERSION", "")]
