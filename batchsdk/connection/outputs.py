"""Where the stack's outputs are read from: the Pulumi CLI, a file, or text from elsewhere."""

from __future__ import annotations

import json
import reprlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchsdk.contract import ContractError, StackOutputs
from batchsdk.errors import ConnectionSettingsError, StackOutputsError

OTHER_WAYS = (
    "Other ways: outputs='outputs.json' (made by `pulumi stack output --json > outputs.json`), "
    "ssm='/parameter/name', or one of the environment variables BATCHSDK_OUTPUTS, BATCHSDK_SSM."
)
_PULUMI_SECONDS = 120
_LARGEST = 4 * 2**20
"""Characters; a thousand job definitions have half as many."""


def parse(outputs: Mapping[str, Any], source: str) -> StackOutputs:
    """Check and type what was read.

    Args:
        outputs: the plain mapping.
        source: where it is from, for the error.

    Raises:
        StackOutputsError: it is not a batch-platform stack's outputs, or of an unknown version.
    """
    try:
        return StackOutputs.from_mapping(outputs)
    except ContractError as fault:
        raise StackOutputsError(fault, source) from fault


def from_text(text: str, source: str) -> StackOutputs:
    """Read JSON text.

    Raises:
        ConnectionSettingsError: it is not a JSON object.
        StackOutputsError: it is not a batch-platform stack's outputs.
    """
    if len(text) > _LARGEST:
        raise ConnectionSettingsError(
            f"{source}: {len(text)} characters, and no stack's outputs have more than {_LARGEST}",
            hint=OTHER_WAYS,
        )
    try:
        value = json.loads(text)
    except ValueError as fault:
        raise ConnectionSettingsError(f"{source}: not JSON: {fault}") from fault
    except RecursionError as fault:
        raise ConnectionSettingsError(f"{source}: nested too deeply for stack outputs") from fault
    if not isinstance(value, dict):
        raise ConnectionSettingsError(f"{source}: not a JSON object: {reprlib.repr(value)}")
    return parse(value, source)


def from_file(path: str | Path) -> StackOutputs:
    """Read a file that holds what ``pulumi stack output --json`` printed.

    Raises:
        ConnectionSettingsError: the file cannot be read, or is not a JSON object.
        StackOutputsError: it is not a batch-platform stack's outputs.
    """
    try:
        with Path(path).open("rb") as file:  # a device or a pipe may have no end
            text = file.read(_LARGEST + 1).decode("utf-8")
    except (OSError, ValueError) as fault:  # no file, no UTF-8, or a NUL in the name
        raise ConnectionSettingsError(
            f"outputs file {str(path)!r}: {fault}",
            hint="Make it in the project's folder: pulumi stack output --json > outputs.json",
        ) from fault
    return from_text(text, f"outputs file {str(path)!r}")


def from_pulumi(stack: str, project: str | Path | None) -> StackOutputs:
    """Ask the Pulumi CLI.

    Args:
        stack: name of the stack, e.g. ``dev``.
        project: folder of Pulumi.yaml; ``None`` is the current one.

    Raises:
        ConnectionSettingsError: there is no CLI on PATH, or it does not know the stack.
        StackOutputsError: the stack is not a batch-platform one.
    """
    program = shutil.which("pulumi")
    if program is None:
        raise ConnectionSettingsError(
            f"stack {stack!r}: there is no pulumi on PATH to ask for its outputs", hint=OTHER_WAYS
        )
    folder = Path(project) if project is not None else Path()
    if not folder.is_dir():
        raise ConnectionSettingsError(
            f"stack {stack!r}: the project folder {str(folder)!r} does not exist", hint=OTHER_WAYS
        )
    command = [program, "stack", "output", "--json", "--non-interactive", "--stack", stack]
    try:
        done = subprocess.run(  # noqa: S603  # no shell; stack is one argument, after its option
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PULUMI_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as fault:
        raise ConnectionSettingsError(f"stack {stack!r}: {fault}", hint=OTHER_WAYS) from fault
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise ConnectionSettingsError(
            f"stack {stack!r} in {str(folder.resolve())!r}: pulumi says: {said}",
            hint=f"Run it in the project's folder, or give project='…'. {OTHER_WAYS}",
        )
    return from_text(done.stdout, f"stack {stack!r}")
