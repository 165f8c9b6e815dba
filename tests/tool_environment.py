"""Python environments of tools that are too large, or too particular, for this project's own."""

from __future__ import annotations

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
