"""Runs command lines in processes of their own, and tells what each used of time and memory.

They are forked from a process that has imported the command line once: `python -m
tests.fuzz.measured ROOM` answers each line of its standard input, a JSON object, with another.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS = 5
MIB = 2**20
MEMORY = 300 * MIB
"""Bytes that may be resident, interpreter and libraries included."""
ROOMS = {"batch_platform": "batch_platform.__main__", "batchsdk": "batchsdk.cli"}


@dataclass(frozen=True)
class Answer:
    """How a command line ended."""

    code: int
    """As of a shell: 128 and the signal's number if one ended it."""
    output: str
    errors: str
    cpu: float
    """Seconds of user and system."""
    memory: int
    """The most bytes that were resident."""


class Commands:
    """The process that command lines are forked from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(
        self, arguments: Sequence[str], directory: Path, environ: Mapping[str, str] | None = None
    ) -> Answer:
        """Run a command line in a directory to its end."""
        request = {"arguments": arguments, "directory": str(directory), "environ": environ or {}}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Answer(**json.loads(self._process.stdout.readline()))


@contextmanager
def commands(room: str, root: Path) -> Iterator[Commands]:
    """Start the process of one of :data:`ROOMS`, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz.measured", room],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Commands(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve(room: str) -> None:
    module = importlib.import_module(ROOMS[room])
    if room == "batchsdk":
        context = module.command_line.make_context("batchsdk", ["--help"], resilient_parsing=True)
        for verb in module.command_line.list_commands(context):
            module.command_line.get_command(context, verb)
        importlib.import_module("batchsdk.client")
        importlib.import_module("batchsdk.workflow.yaml_file")
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(module.main, json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(main, request):
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder, "stdout"), Path(folder, "stderr")
        child = os.fork()
        if child == 0:
            _run(main, request, output, errors)
        _, status, usage = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return {
            "code": code if code >= 0 else 128 - code,
            "output": output.read_text(errors="replace"),
            "errors": errors.read_text(errors="replace"),
            "cpu": usage.ru_utime + usage.ru_stime,
            "memory": usage.ru_maxrss * 1024,
        }


def _run(main, request, output, errors):
    os.chdir(request["directory"])
    os.environ.update(request["environ"])
    for path, number in ((os.devnull, 0), (output, 1), (errors, 2)):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
        os.close(descriptor)
    # A safety net far above what is allowed, lest the machine suffers.
    resource.setrlimit(resource.RLIMIT_CPU, (4 * CPU_SECONDS, 5 * CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + 8 * MEMORY,) * 2)
    code = 70
    try:
        code = main(request["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    _serve(sys.argv[1])
