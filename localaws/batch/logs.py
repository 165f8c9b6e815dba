"""Where a job's output goes in CloudWatch Logs, and how it gets there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from moto.logs.models import logs_backends

from localaws.batch.models import Attempt, Job

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


def log_destination(
    job: Job, task_id: str, container: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """Return the log group and stream of an attempt, or of one of its several containers.

    The stream is ``<prefix>/default/<ECS task id>``; the prefix is ``awslogs-stream-prefix`` or the
    first 200 characters of the definition's name (user guide: Use the awslogs log driver). Of
    several containers each has its name in the place of ``default``.
    """
    options = log_options(container or job.container)
    group = options.get("awslogs-group", DEFAULT_LOG_GROUP)
    prefix = options.get("awslogs-stream-prefix", job.definition.name[:200])
    name = container["name"] if container else "default"
    return group, f"{prefix}/{name}/{task_id}"


def open_streams(sink: LogSink, job: Job, attempt: Attempt) -> None:
    """Make the stream of an attempt, or that of each of its containers.

    Raises:
        LogGroupMissingError: see :meth:`LogSink.open`.
    """
    for container, run in zip(job.containers, attempt.containers, strict=True):
        sink.open(run.log_group, run.log_stream, create_group=creates_group(container))
    if not attempt.containers:
        create = creates_group(job.container)
        sink.open(attempt.log_group, attempt.log_stream, create_group=create)


def creates_group(container: Mapping[str, Any]) -> bool:
    """Whether the log driver may make the group: Batch's own one, or when told to."""
    options = log_options(container)
    if "awslogs-group" not in options or options["awslogs-group"] == DEFAULT_LOG_GROUP:
        return True
    return options.get("awslogs-create-group", "false").lower() == "true"
