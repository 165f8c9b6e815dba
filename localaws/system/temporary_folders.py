"""Folders in the system's temporary folder that end with the process that made them.

The process holds a lock (flock(2)) on its folder, and the lock ends with the process, however that
ends: so the next process knows which folders were left behind by one that was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

NEW_SECONDS = 60.0
"""A folder this young may not be locked yet."""


class TemporaryFolder:
    """A folder that only this user may enter, as long as this process."""

    def __init__(self, kind: str) -> None:
        """Make a folder, and remove those of its kind that killed processes left.

        Args:
            kind: begins the folder's name, e.g. ``localaws-pulumi-``.

        Raises:
            OSError: it cannot be made.
        """
        sweep(kind)
        self.path = Path(tempfile.mkdtemp(prefix=kind))
        self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep(kind: str) -> None:
    """Remove this user's folders of that kind whose processes are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{kind}*"):
        with contextlib.suppress(OSError):  # another process sweeps it, or uses it
            _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and time.time() - found.st_mtime > NEW_SECONDS:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
