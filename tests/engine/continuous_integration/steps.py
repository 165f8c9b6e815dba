"""Commands whose processes end with them, as on a machine of CI, which ends with its job."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    """Run a command, and end what it has left; return its exit code and what it printed.

    An engine leaves the language host of a policy pack, which would keep a pipe open.
    """
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=200)
        finally:
            _end_session(process.pid)
        output.seek(0)
        return code, output.read()


def _end_session(leader: int) -> None:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(int(process.name)) == leader:
                os.kill(int(process.name), signal.SIGKILL)
