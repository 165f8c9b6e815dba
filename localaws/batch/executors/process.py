"""Runs tasks as processes of this machine, each in its own directory and process group.

For machines without a container engine: the command runs with the user's own programs and rights,
the image and its root filesystem are not used, and memory and vCPUs are not limited.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from localaws.batch.executors import Listener, Task, watcher
from localaws.batch.executors.terminals import ProcessTerminal, Terminal
from localaws.system.process_identity import identity, is_gone
from localaws.system.process_usage import usage_of_group

logger = logging.getLogger(__name__)

DIRECTORY_PREFIX = "localaws-job-"
"""Of a job's directory; the identity of the server's process and a random part follow."""
POLL_SECONDS = 0.02
"""How soon an exit is seen when a grandchild keeps the output pipe open."""
READ_BYTES = 65536
FINAL_READS = 256
"""Limit of what is read after the end: a child that got away may write for ever."""
MAX_LINE_BYTES = 256 * 1024
"""A line without an end is passed on in pieces of this size."""


@dataclass(eq=False)
class _Running:
    task: Task
    listener: Listener
    process: subprocess.Popen[bytes]
    directory: tempfile.TemporaryDirectory[str]
    pending: bytes = b""
    kill_at: float | None = None
    output_open: bool = field(default=True)
    terminals: list[ProcessTerminal] = field(default_factory=list)

    @property
    def output(self) -> BinaryIO:
        assert self.process.stdout is not None  # noqa: S101 - Popen was given stdout=PIPE
        return self.process.stdout  # type: ignore[return-value]


class ProcessExecutor:
    """One thread reads the output of all tasks and sees them end."""

    name = "process"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_receiver, self._wake_sender = os.pipe()
        self._selector.register(self._wake_receiver, selectors.EVENT_READ, None)
        self._closing = False
        self._told_of_limits = False
        self._directory_prefix = f"{DIRECTORY_PREFIX}{quote(str(identity(os.getpid())), safe='')}-"
        _sweep()
        # A job must not outlive a server that was killed: the watcher sees the pipe close.
        self._watcher = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", "-S", watcher.__file__],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server
        )
        self._thread = threading.Thread(target=self._loop, name="process-executor", daemon=True)
        self._thread.start()

    def start(self, task: Task, listener: Listener) -> None:
        """See :class:`Executor`."""
        self._tell_of_limits(task)
        if not task.command:
            listener.exited(
                task.task_id,
                None,
                "CannotStartContainerError: the process executor has no image to take a command "
                "from; give the job definition a command or use the container executor",
            )
            return
        directory = tempfile.TemporaryDirectory(
            prefix=self._directory_prefix,
            ignore_cleanup_errors=True,  # the job may have done anything to it
        )
        try:
            process = subprocess.Popen(  # noqa: S603 - running the job's command is the purpose
                list(task.command),
                cwd=directory.name,
                env=dict(task.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:  # ValueError: a NUL, or a `=` in a variable's name
            directory.cleanup()
            listener.exited(
                task.task_id, None, f"CannotStartContainerError: {task.command[0]!r}: {error}"
            )
            return
        self._tell_watcher(f"+{process.pid} {directory.name}")
        listener.started(task.task_id)
        with self._lock:
            self._running[task.task_id] = _Running(task, listener, process, directory)
        self._wake()

    def stop(self, task_id: str, timeout: float) -> None:
        """See :class:`Executor`."""
        with self._lock:
            running = self._running.get(task_id)
            if running is not None:
                running.kill_at = time.monotonic() + timeout
                # As in a container, where process 1 gets it: the command passes it on, or not.
                running.process.terminate()
        self._wake()

    def stats(self, task_id: str) -> Mapping[str, Any] | None:
        """See :class:`Executor`."""
        with self._lock:
            running = self._running.get(task_id)
        return usage_of_group(running.process.pid) if running is not None else None

    def open_terminal(self, task_id: str, command: Sequence[str]) -> Terminal | None:
        """See :class:`Executor`: in the job's directory, with its variables."""
        with self._lock:
            running = self._running.get(task_id)
            if running is None:
                return None
            directory = running.directory.name
            made = ProcessTerminal(
                command,
                directory,
                running.task.environment,
                on_close=lambda group: self._tell_watcher(f"-{group}"),
            )
            running.terminals.append(made)
        self._tell_watcher(f"+{made.process.pid} {directory}")
        return made

    def close(self) -> None:
        """See :class:`Executor`."""
        with self._lock:
            self._closing = True
            for running in self._running.values():
                _kill_group(running.process)
        self._wake()
        self._thread.join()
        for running in self._running.values():
            _close_terminals(running)
            running.process.wait()
            running.output.close()
            running.directory.cleanup()
            self._tell_watcher(f"-{running.process.pid}")
        assert self._watcher.stdin is not None  # noqa: S101 - Popen was given stdin=PIPE
        self._watcher.stdin.close()
        self._watcher.wait()
        self._selector.close()
        os.close(self._wake_receiver)
        os.close(self._wake_sender)

    def _tell_of_limits(self, task: Task) -> None:
        if not self._told_of_limits:
            self._told_of_limits = True
            logger.warning(
                "process executor: jobs run as processes of this machine; the image (%s), its "
                "root filesystem, and memory and vCPU limits are not used",
                task.image,
            )

    def _tell_watcher(self, line: str) -> None:
        assert self._watcher.stdin is not None  # noqa: S101 - Popen was given stdin=PIPE
        with contextlib.suppress(BrokenPipeError):  # somebody killed it: jobs run all the same
            os.write(self._watcher.stdin.fileno(), f"{line}\n".encode())

    def _wake(self) -> None:
        os.write(self._wake_sender, b"x")

    def _loop(self) -> None:
        known: set[str] = set()
        while not self._closing:
            with self._lock:
                running = dict(self._running)
            for task_id in running.keys() - known:
                output = running[task_id].output
                os.set_blocking(output.fileno(), False)
                self._selector.register(output, selectors.EVENT_READ, running[task_id])
            known = set(running)
            for key, _ in self._selector.select(POLL_SECONDS if running else None):
                if key.data is None:
                    os.read(self._wake_receiver, READ_BYTES)
                else:
                    self._read(key.data)
            for each in running.values():
                self._reap(each)

    def _read(self, running: _Running) -> bool:
        """Pass on what the task has written; return whether there was anything."""
        if not running.output_open:
            return False
        try:
            chunk = os.read(running.output.fileno(), READ_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            running.output_open = False
            self._selector.unregister(running.output)
            return False
        *lines, running.pending = (running.pending + chunk).split(b"\n")
        if len(running.pending) >= MAX_LINE_BYTES:
            lines, running.pending = [*lines, running.pending], b""
        self._report(running, lines)
        return True

    @staticmethod
    def _report(running: _Running, lines: list[bytes]) -> None:
        if lines:
            now = time.time_ns() // 1_000_000
            text = [(now, line.decode(errors="replace").rstrip("\r")) for line in lines]
            running.listener.output(running.task.task_id, text)

    def _reap(self, running: _Running) -> None:
        """Report the task's end, once its process is gone and its output is read."""
        if running.kill_at is not None and time.monotonic() >= running.kill_at:
            _kill_group(running.process)
        exit_code = running.process.poll()
        if exit_code is None:
            return
        _kill_group(running.process)  # children that it left behind
        for _ in range(FINAL_READS):
            if not self._read(running):
                break
        if running.pending:
            self._report(running, [running.pending])
        if running.output_open:
            self._selector.unregister(running.output)
        running.output.close()
        with self._lock:
            del self._running[running.task.task_id]
        _close_terminals(running)
        running.directory.cleanup()
        self._tell_watcher(f"-{running.process.pid}")
        # A shell and Docker report death by signal N as 128 + N.
        code = exit_code if exit_code >= 0 else 128 - exit_code
        running.listener.exited(running.task.task_id, code, None)


def _close_terminals(running: _Running) -> None:
    """End what runs beside a task that is over, as the end of a container does."""
    for each in running.terminals:
        each.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _sweep() -> None:
    """Remove the directories of jobs whose server is gone."""
    for directory in Path(tempfile.gettempdir()).glob(f"{DIRECTORY_PREFIX}*-*"):
        owner = directory.name.removeprefix(DIRECTORY_PREFIX).rpartition("-")[0]
        if is_gone(unquote(owner)):
            shutil.rmtree(directory, ignore_errors=True)
