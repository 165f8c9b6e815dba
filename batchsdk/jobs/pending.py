"""Callbacks of jobs that have not ended when the program ends: it waits for them, and says so.

``concurrent.futures`` does the same for what runs in its pools.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchsdk.session import Session

_log = logging.getLogger(__name__)

_MOST_TOLD = 10


class PendingCallbacks:
    """Of this process. Any thread may use it."""

    def __init__(self) -> None:
        """Have none."""
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._jobs: dict[object, tuple[str, str]] = {}
        """Token -> job id, and the command line that reaches its stack."""

    def add(self, session: Session, job_id: str) -> object:
        """Take a callback; return what :meth:`remove` takes."""
        if self._process != os.getpid():
            self._start_afresh()  # after a fork: the parent waits for its own
        token = object()
        with self._changed:
            self._jobs[token] = (job_id, session.command)
        return token

    def remove(self, token: object) -> None:
        """Forget a callback that was called."""
        with self._changed:
            self._jobs.pop(token, None)
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait for all, at the end of the program."""
        if self._process != os.getpid() or not self._jobs:
            return
        _log.warning("the program has ended, and waits for callbacks: %s", self._told())
        try:
            with self._changed:
                while self._jobs:
                    self._changed.wait(timeout=1)
        except KeyboardInterrupt:
            _log.warning("callbacks that were not called, as their jobs go on: %s", self._told())

    def _told(self) -> str:
        jobs: Sequence[tuple[str, str]] = list(self._jobs.values())
        ids = [job_id for job_id, _ in jobs][:_MOST_TOLD]
        more = f" and {len(jobs) - len(ids)} more" if len(jobs) > len(ids) else ""
        command = jobs[0][1] if jobs else "batchsdk"
        return f"{' '.join(ids)}{more}. To wait for them: {command} wait {' '.join(ids)}"


pending = PendingCallbacks()
atexit.register(pending.wait)
