"""The Pulumi program in a process that is forked from one that has imported the SDK already.

The engine's language host starts ``python3 pulumi-language-python-exec …`` for each run of the
program, and to import pulumi-aws takes most of that. Here a ``python3`` that comes first on its
PATH has the same script run, with the same arguments, variables, folder and output, by a fork of
this module. What does not change either is what is installed, which the host asks pip before each
run: it is asked once. ``python3 -m localaws deploy …`` is forked in the same way.

The tests that kill an engine, those of ``localaws run``, those of ``make`` and those of the README
start Python as a user does.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from tests.models_of_aws import read_once

PROJECT = Path(__file__).parents[1]
SERVICES = ("batch", "ec2", "events", "iam", "logs", "sns", "sqs", "ssm", "sts")
"""Those of which a deployment makes clients: their models are read before the first fork."""
RUNNER = "pulumi-language-python-exec"
PYTHON = f"""\
#!{sys.executable} -IS
import json, os, socket, sys

here, real, arguments = os.path.dirname(__file__), {sys.executable!r}, sys.argv[1:]
if arguments[:3] == ["-m", "pip", "list"]:
    with open(os.path.join(here, "installed.json")) as installed:
        print(installed.read(), end="")
    sys.exit()
if arguments[:3] == ["-m", "localaws", "deploy"]:
    arguments = [{str(PROJECT / "localaws" / "__main__.py")!r}, *arguments[2:]]
elif not (arguments and arguments[0].endswith({RUNNER!r})):
    os.execv(real, [real, *arguments])
request = os.path.join(here, str(os.getpid()))
with open(request, "x") as written:
    json.dump([arguments, dict(os.environ), os.getcwd()], written)
with socket.socket(socket.AF_UNIX) as server:
    server.connect(os.path.join(here, "socket"))
    socket.send_fds(server, [request.encode()], [1, 2])
    sys.exit(int(server.recv(16) or 1))
"""


@contextmanager
def forked_programs(folder: Path) -> Iterator[str]:
    """Yield a PATH whose ``python3`` forks programs from one process."""
    python = folder / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    asked = ["-m", "pip", "list", "-v", "--format", "json"]
    installed = subprocess.run([sys.executable, *asked], capture_output=True, check=True).stdout
    (folder / "installed.json").write_bytes(installed)
    with subprocess.Popen(
        [sys.executable, "-m", __name__, folder / "socket"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield os.pathsep.join((str(folder), os.environ["PATH"]))
        finally:
            server.terminate()


class Program(socketserver.BaseRequestHandler):
    """One run of the program, in a process of its own."""

    def handle(self) -> None:
        request, outputs, _, _ = socket.recv_fds(self.request, 1000, 2)
        arguments, environ, folder = json.loads(Path(request.decode()).read_text())
        for number, descriptor in enumerate(outputs, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(folder)
        sys.argv = arguments
        gc.disable()  # it ends before it has made much
        threading.Thread(target=self._die_with_the_one_that_asked, daemon=True).start()
        try:
            runpy.run_path(arguments[0], run_name="__main__")
        except SystemExit as end:
            code = int(end.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        self.request.sendall(str(code).encode())

    def _die_with_the_one_that_asked(self) -> None:
        if self.request.recv(1) == b"":
            os.kill(os.getpid(), signal.SIGKILL)


class Programs(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Forks for each run that is asked for."""

    request_queue_size = 16


def main(path: str) -> None:
    """Serve until this process is ended."""
    from tests.batch_platform.recorded_program import import_what_is_slow  # noqa: PLC0415 - here alone

    importlib.import_module("localaws.cli")
    importlib.import_module("localaws.embedded")
    read_once()
    for service in SERVICES:
        boto3.client(service, region_name="us-east-1")
    import_what_is_slow()
    with Programs(path, Program) as server:
        print("ready", flush=True)  # noqa: T201 - to the process that has started this one
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
