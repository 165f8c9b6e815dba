"""Python programs in processes that are forked from one that has imported what they need already.

To import pulumi-aws, moto or boto3 takes most of the time of a command of this project, and is the
same each time. So a folder that comes first on the PATH has a ``python3``, and the commands of this
project, each of which hands over its arguments, variables, folder, input and outputs to a fork of
this module, and ends with its exit code. What runs there is the script that would run otherwise.

What does not change either is what is installed, which Pulumi's language host asks pip before each
run of a program: it is asked once.

The tests that kill an engine or a server start Python as a user does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import boto3

from tests.models_of_aws import read_once

PROJECT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent
COMMANDS = ("aws", "batch-platform", "batchsdk", "localaws", "pip", "pytest")
"""What is forked, beside the modules of this project and Pulumi's runner of a program."""
SERVICES = ("batch", "ec2", "events", "iam", "logs", "sns", "sqs", "ssm", "sts")
"""Those whose models are read before the first fork: of a deployment, and of batchsdk."""
RUNNER = "pulumi-language-python-exec"
COMMAND = f"""\
#!{sys.executable} -IS
import json, os, signal, socket, sys

signal.signal(signal.SIGINT, signal.SIG_DFL)  # the program ends with this one
here, real = os.path.dirname(os.path.abspath(__file__)), {sys.executable!r}
name, arguments = os.path.basename(__file__), sys.argv[1:]
if arguments[:3] == ["-m", "pip", "list"]:
    with open(os.path.join(here, "installed.json")) as installed:
        print(installed.read(), end="")
    sys.exit()
if arguments[:1] == ["-u"]:  # what a policy pack is started with, and it prints a line alone
    del arguments[0]
if name in {COMMANDS!r}:
    arguments = [os.path.join({str(SCRIPTS)!r}, name), *arguments]
elif not (
    arguments[:1] == ["-m"] and arguments[1] in ("batchsdk", "batch_platform", "localaws")
    or arguments and arguments[0].endswith(({RUNNER!r}, ".py", "/policy"))
):
    os.execv(real, [real, *arguments])
request = os.path.join(here, str(os.getpid()))
with open(request, "w") as written:
    json.dump([arguments, dict(os.environ), os.getcwd()], written)
with socket.socket(socket.AF_UNIX) as server:
    server.connect(os.path.join(here, "socket"))
    socket.send_fds(server, [request.encode()], [0, 1, 2])
    sys.exit(int(server.recv(16) or 1))
"""


@contextmanager
def forked_python(folder: Path, modules: Sequence[str] = ()) -> Iterator[str]:
    """Yield a PATH whose programs in Python are forked from one process.

    Args:
        folder: for the commands; an empty one.
        modules: imported before the first fork, beside the Pulumi program and its SDK.
    """
    for name in ("python", "python3", *COMMANDS):
        (folder / name).write_text(COMMAND)
        (folder / name).chmod(0o755)
    asked = ["-m", "pip", "list", "-v", "--format", "json"]
    installed = subprocess.run([sys.executable, *asked], capture_output=True, check=True).stdout
    (folder / "installed.json").write_bytes(installed)
    with subprocess.Popen(
        [sys.executable, "-m", __name__, folder, *modules],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield os.pathsep.join((str(folder), str(SCRIPTS), os.environ["PATH"]))
        finally:
            server.terminate()


class Program(socketserver.BaseRequestHandler):
    """One run of a program, in a process of its own."""

    def handle(self) -> None:
        request, streams, _, _ = socket.recv_fds(self.request, 1000, 3)
        arguments, environ, folder = json.loads(Path(request.decode()).read_text())
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(folder)
        own, leave = os.getpid(), os._exit

        def tell_and_leave(code: int) -> None:
            if os.getpid() == own:  # and not a process that the program has forked
                self.request.sendall(str(code).encode())
            leave(code)

        os._exit = tell_and_leave  # type: ignore[assignment]
        threading.Thread(target=self._end_with_the_one_that_asked, daemon=True).start()
        _run(arguments)

    def _end_with_the_one_that_asked(self) -> None:
        if self.request.recv(1) == b"":
            os.kill(os.getpid(), signal.SIGKILL)


def _run(arguments: list[str]) -> None:
    """Do what Python does with its arguments, and end this process."""
    code: object = 1
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            sys.path.insert(0, str(Path.cwd()))
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            program = Path(arguments[0])
            sys.path.insert(0, str(program if program.is_dir() else program.parent.resolve()))
            runpy.run_path(arguments[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)  # noqa: T201 - as Python does
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


class Programs(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Forks for each run that is asked for."""

    request_queue_size = 16


def main(folder: str, *modules: str) -> None:
    """Serve until this process is ended."""
    from tests.batch_platform.recorded_program import import_what_is_slow  # noqa: PLC0415 - here alone

    for module in ("localaws.cli", "localaws.embedded", *modules):
        importlib.import_module(module)
    read_once()
    for service in SERVICES:
        boto3.client(service, region_name="us-east-1")
    import_what_is_slow()
    sys.executable = str(Path(folder, "python3"))  # what a program starts is forked as well
    with Programs(str(Path(folder, "socket")), Program) as server:
        print("ready", flush=True)  # noqa: T201 - to the process that has started this one
        gc.collect()
        gc.freeze()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
