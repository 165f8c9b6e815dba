"""Commands that run beside a task, each with a terminal of its own, as ECS Exec runs them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

READ_BYTES = 65536
# A session leader gets its terminal by asking for it, then becomes the command.
_LEADER = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
try:
    os.execvp(sys.argv[1], sys.argv[1:])
except OSError as fault:
    sys.exit(f"{sys.argv[1]}: {fault.strerror}")
"""


class Terminal(Protocol):
    """A command that runs at a terminal; any thread may use it."""

    def read(self, seconds: float) -> bytes | None:
        """Return what was written: empty after so many seconds, ``None`` once all is over."""

    def write(self, data: bytes) -> None:
        """Type; what is typed after the end is lost."""

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the terminal."""

    def close(self) -> None:
        """End the command and whatever it started in its session."""


class SharedTerminal(ABC):
    """A terminal that one thread may close while others read or write.

    Its descriptor is given back when the last of them is done: its number would otherwise be that
    of another file, which they would go on to read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._is_open = True

    @abstractmethod
    def _end(self) -> None:
        """End what runs, so that whoever reads sees it."""

    @abstractmethod
    def _release(self) -> None:
        """Give the descriptor back."""

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[bool]:
        """Keep the descriptor; tell whether it is open."""
        with self._lock:
            is_open = self._is_open
            self._users += is_open
        try:
            yield is_open
        finally:
            with self._lock:
                self._users -= is_open
                is_last = is_open and not self._is_open and not self._users
            if is_last:
                self._release()

    def close(self) -> None:
        """See :class:`Terminal`."""
        with self._lock:
            was_open, self._is_open = self._is_open, False
            is_unused = not self._users
        if was_open:
            self._end()
            if is_unused:
                self._release()


class ProcessTerminal(SharedTerminal):
    """A process of this machine at a pseudo-terminal."""

    def __init__(
        self,
        command: Sequence[str],
        directory: str,
        environ: Mapping[str, str],
        on_close: Callable[[int], None],
    ) -> None:
        """Begin to run.

        Args:
            command: to run.
            directory: to run it in.
            environ: its variables.
            on_close: hears of its process group when nothing of it runs any more.

        Raises:
            OSError, ValueError: no process can be started so.
        """
        super().__init__()
        self._on_close = on_close
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - running it is the purpose
                [sys.executable, "-I", "-S", "-c", _LEADER, *command],
                cwd=directory,
                env=dict(environ),
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    def read(self, seconds: float) -> bytes | None:
        """See :class:`Terminal`."""
        with self._in_use() as is_open:
            if not is_open:
                return None
            ready, _, _ = select.select([self._master], [], [], seconds)
            try:
                written = os.read(self._master, READ_BYTES) if ready else b""
            except BlockingIOError:  # another has read it
                return b""
            except OSError:  # Linux: EIO, once no process has the terminal
                return None
            return None if ready and not written else written

    def write(self, data: bytes) -> None:
        """See :class:`Terminal`."""
        with self._in_use() as is_open:
            while is_open and data and self._is_open:
                # A command that does not read what is typed holds up who types, and nobody else.
                select.select([], [self._master], [], 1)
                try:
                    data = data[os.write(self._master, data) :]
                except BlockingIOError:
                    continue
                except OSError:
                    return

    def resize(self, rows: int, columns: int) -> None:
        """See :class:`Terminal`."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        with self._in_use() as is_open, contextlib.suppress(OSError):
            if is_open:
                fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._on_close(self.process.pid)

    def _release(self) -> None:
        os.close(self._master)
