"""Where a job's output goes in CloudWatch Logs, and how it gets there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from moto.logs.models import logs_backends

from localaws.batch.models import Job

DEFAULT_LOG_GROUP = "/aws/batch/job"
MAX_EVENT_BYTES = 1024 * 1024
"""Size limit of one log event (API: PutLogEvents); a longer line is cut there."""


class LogGroupMissingError(Exception):
    """The awslogs driver was told of a log group that does not exist."""


class LogSink(Protocol):
    """Takes the output of jobs; the engine calls it from one thread."""

    def open(self, group: str, stream: str, *, create_group: bool) -> None:
        """Make the stream, and the group if ``create_group``.

        Raises:
            LogGroupMissingError: no such group, and it was not to be made.
        """

    def write(self, group: str, stream: str, lines: list[tuple[int, str]]) -> None:
        """Append ``(epoch milliseconds, text)`` lines in the order given."""


class CloudWatchLogs:
    """The log sink over moto's CloudWatch Logs of one account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._backend = logs_backends[account_id][region]

    def open(self, group: str, stream: str, *, create_group: bool) -> None:
        """See :class:`LogSink`."""
        if group not in self._backend.groups:
            if not create_group:
                raise LogGroupMissingError(group)
            self._backend.create_log_group(group, {})
        self._backend.create_log_stream(group, stream)

    def write(self, group: str, stream: str, lines: list[tuple[int, str]]) -> None:
        """See :class:`LogSink`."""
        found = self._backend.groups.get(group)
        if found is None or stream not in found.streams:
            return  # deleted while the job ran: as on AWS, the output is gone
        events: list[dict[str, Any]] = [
            {"timestamp": when, "message": text[:MAX_EVENT_BYTES]} for when, text in lines
        ]
        self._backend.put_log_events(group, stream, events)


def log_options(container: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the awslogs options of a container's ``logConfiguration``."""
    options: Mapping[str, str] = container.get("logConfiguration", {}).get("options", {})
    return options


def log_destination(job: Job, task_id: str) -> tuple[str, str]:
    """Return the log group and stream of an attempt.

    The stream is ``<prefix>/default/<ECS task id>``; the prefix is ``awslogs-stream-prefix`` or the
    first 200 characters of the definition's name (user guide: Use the awslogs log driver).
    """
    options = log_options(job.container)
    group = options.get("awslogs-group", DEFAULT_LOG_GROUP)
    prefix = options.get("awslogs-stream-prefix", job.definition.name[:200])
    return group, f"{prefix}/default/{task_id}"


def creates_group(job: Job) -> bool:
    """Whether the log driver may make the group: Batch's own one, or when told to."""
    options = log_options(job.container)
    if "awslogs-group" not in options or options["awslogs-group"] == DEFAULT_LOG_GROUP:
        return True
    return options.get("awslogs-create-group", "false").lower() == "true"
