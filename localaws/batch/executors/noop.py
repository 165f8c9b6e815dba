"""Runs nothing: every task starts and succeeds at once. For benchmarks of everything around it."""

from __future__ import annotations

from collections.abc import Sequence

from localaws.batch.executors import Listener, Task


class NoopExecutor:
    """Reports the end of each task before :meth:`start` returns."""

    name = "noop"

    def start(self, task: Task, listener: Listener) -> None:
        """See :class:`Executor`."""
        listener.started(task.task_id)
        listener.exited(task.task_id, 0, None)

    def stop(self, task_id: str, timeout: float) -> None:
        """See :class:`Executor`: there is never anything to stop."""

    def stats(self, task_id: str) -> None:
        """See :class:`Executor`: nothing runs."""

    def open_terminal(self, task_id: str, command: Sequence[str]) -> None:
        """See :class:`Executor`: nothing runs."""

    def close(self) -> None:
        """See :class:`Executor`: there is never anything left."""
