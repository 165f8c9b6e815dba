"""A stack file on the local AWS, by the Pulumi program without its engine."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

STACK_FILE = re.compile(r"Pulumi\.(.+)\.yaml")
PROJECT = "name: batch-platform\nruntime: python\n"
STEP = re.compile(r" [+~-]  ")
"""Begins a line about one resource."""
SECONDS = 600
"""After which a deployment counts as hung."""


class StackError(Exception):
    """The stack was not deployed."""


def deploy_stack(path: Path, empty: Path, *, environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Deploy a stack file to the local AWS; return the outputs.

    Pulumi's run time keeps global state, so the deployment has a process of its own. The program
    is that of the stack file's folder, where it has ``Pulumi.yaml`` and ``__main__.py``; else it is
    ``batch_platform`` alone.

    Args:
        path: ``Pulumi.<stack>.yaml``.
        empty: a folder for the program of a stack file that has none.
        environ: variables that lead to the local AWS.

    Raises:
        StackError: there is no such file, Pulumi is not installed, the config is not valid, or the
            local AWS refused a resource.
    """
    found = STACK_FILE.fullmatch(path.name)
    if found is None:
        raise StackError(f"{path.name!r} is no name of a stack file; write Pulumi.<stack>.yaml")
    if not path.is_file():
        raise StackError(
            f"{path} does not exist; a relative path begins at pytest's root folder (rootdir)"
        )
    missing = [name for name in ("pulumi", "pulumi_aws") if not _is_installed(name)]
    if missing:
        raise StackError(
            f"{' and '.join(missing)} cannot be imported: pip install 'batchsdk[local,pulumi]'; or "
            "use batch_queue, which needs no Pulumi"
        )
    project = path.parent
    if not all((project / name).is_file() for name in ("Pulumi.yaml", "__main__.py")):
        project = empty
        shutil.copy(path, project)
        (project / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
        program = files("batch_platform.program") / "template" / "main.py.txt"
        (project / "__main__.py").write_text(program.read_text("utf-8"), encoding="utf-8")
    command = ["-m", "localaws", "deploy", "--stack", found[1], "--project", str(project)]
    done = subprocess.run(  # noqa: S603 - this Python, and a folder of the user's
        [sys.executable, *command],
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if not STEP.match(line)]
        raise StackError("\n".join(told))
    outputs: Mapping[str, Any] = json.loads(done.stdout)
    return outputs


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # somebody has put None, or a fake, into sys.modules
        return False
