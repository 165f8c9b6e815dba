"""The commands of Pulumi that a recovery runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from batch_platform.recovery import file_backend
from batch_platform.recovery.state_file import is_at_rest

PROJECT = "batch-platform"
"""Name of the project in Pulumi.yaml."""


class EngineError(Exception):
    """Pulumi is not there, or refused a command."""


@dataclass(frozen=True)
class Engine:
    """Pulumi for one stack.

    Attributes:
        stack: its name.
        directory: folder of Pulumi.yaml.
    """

    stack: str
    directory: Path

    def export(self) -> str:
        """Return the state, its secrets as the backend encrypted them.

        Raises:
            EngineError: there is no such stack.
        """
        return self._run("stack", "export")

    def refresh(self, urns: Iterable[str]) -> None:
        """Have the engine read these resources again; it holds the stack's lock meanwhile.

        Pulumi writes into the stack file that it is given, and this needs none of it: it gets an
        empty one, and takes provider settings and secrets manager from the state.

        Raises:
            EngineError: an update holds the lock, or a resource cannot be read.
        """
        targets = [argument for urn in urns for argument in ("--target", urn)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"Pulumi.{self.stack}.yaml")
            file.write_text("config: {}\n")
            self._run("refresh", "--yes", "--skip-preview", "--config-file", str(file), *targets)

    def forget_pending(self, exported: str) -> None:
        """Write an exported state back, which drops its pending operations (Pulumi's own rule).

        ``pulumi refresh --import-pending-creates`` would drop them too, and what they made with
        them: up to 3.259 nothing reads the "importing" operations that it writes.

        Raises:
            EngineError: an update holds the lock.
        """
        self._run("stack", "import", given=exported)

    def is_at_rest(self) -> bool:
        """Return whether files alone show that no update was cut off: see :mod:`.state_file`."""
        backend = file_backend.folder_of(os.environ)
        return backend is not None and is_at_rest(backend, PROJECT, self.stack)

    def release_dead_lock(self) -> bool:
        """Release the stack if only dead processes of this machine lock it.

        A killed engine leaves its lock in a backend of files. Other backends' locks run out, or
        are released by ``pulumi cancel``.
        """
        folder = file_backend.folder_of(os.environ)
        if folder is None:
            return False
        locks = file_backend.locks_of(folder, PROJECT, self.stack)
        if not all(map(file_backend.is_dead, locks)):
            return False
        file_backend.remove_torn_attributes(folder, PROJECT, self.stack)
        if not locks:
            return False
        self._run("cancel", self.stack, "--yes", names_stack=True)
        return True

    def _run(self, *arguments: str, given: str | None = None, names_stack: bool = False) -> str:
        program = shutil.which("pulumi")
        if program is None:
            raise EngineError("no command pulumi on PATH: `make pulumi` installs it")
        stack = () if names_stack else ("--stack", self.stack)
        answer = subprocess.run(  # noqa: S603 - Pulumi itself
            [program, *arguments, *stack, "--non-interactive", "--color=never"],
            cwd=self.directory,
            env={**os.environ, "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true"},
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            told = answer.stderr.strip() or answer.stdout.strip()
            raise EngineError(f"pulumi {' '.join(arguments[:2])}: {told}")
        return answer.stdout
