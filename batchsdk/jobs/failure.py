"""The error that stands for a failed job, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from batchsdk.contract import StackOutputs
from batchsdk.errors import JobFailedError, LogsUnavailableError, ServiceError
from batchsdk.failure_kinds import FailedChild, FailureKind, classify
from batchsdk.jobs.detail import JobDetail, container_of
from batchsdk.jobs.listing import failed_children_of
from batchsdk.logs import reading
from batchsdk.session import Session

FAILED_CHILDREN_SHOWN = 10
_LOG_TAIL_LINES = 10
_CHILDREN_ASKED = 100
"""Failed children of an array whose attempts are counted: as many as one call describes."""
_KILLED = 137
"""Exit code of a process that was killed, most often for its memory."""

_UNWRITABLE = ("read-only file system", "no usable temporary directory")
"""What the C library (EROFS) and Python's tempfile say where the root is read-only."""

_NO_METADATA = ("169.254.169.254", "no ec2 imds role found", "unable to locate credentials")
"""What the SDKs of AWS say where neither a role of the job nor the instance metadata answers."""

_STEPS: Mapping[FailureKind, str] = {
    FailureKind.OUT_OF_MEMORY: "Submit it again with more memory than {memory} MiB (--memory). "
    "{logs}",
    FailureKind.SPOT_RECLAIM: "Its capacity was taken away: submit it with --retry-spot. {logs}",
    FailureKind.IMAGE_PULL: "The image could not be pulled: check its name, and the network "
    "route to its registry. {more}",
    FailureKind.START: "The container could not be started: fix what the reason names. {more}",
    FailureKind.TIMEOUT: "Submit it again with a longer --timeout. {logs}",
    FailureKind.DEPENDENCY: "A job that it waited for failed. See which: {command} show {wanted}",
    FailureKind.CHILDREN: "Children failed. Read their logs: {logs_command}",
    FailureKind.CANCELLED: "It was stopped on request. {more}",
    FailureKind.PLACEMENT: "It never ran. See what blocks its queue: {command} doctor",
    FailureKind.REFUSED: "Make its command, environment and tags smaller. {more}",
}


def next_step(detail: JobDetail, command: str) -> str:
    """Return what to do or type next about a FAILED job.

    Args:
        detail: the job.
        command: the command line that reaches its stack, e.g. ``batchsdk --stack dev``.
    """
    kind = detail.failure.kind if detail.failure else FailureKind.UNKNOWN
    if kind is FailureKind.APPLICATION and detail.exit_code == _KILLED:
        kind = FailureKind.OUT_OF_MEMORY
    if detail.is_array_parent and kind in (FailureKind.APPLICATION, FailureKind.UNKNOWN):
        kind = FailureKind.CHILDREN
    logs_command = f"{command} logs {detail.job_id}"
    logs, more = f"Read its log: {logs_command}", f"See more: {command} show {detail.job_id}"
    if kind not in _STEPS:
        return logs if detail.log_streams else more
    return _STEPS[kind].format(
        command=command,
        logs=logs,
        logs_command=logs_command,
        more=more,
        memory=detail.memory,
        wanted=" ".join(detail.depends_on) or detail.job_id,
    )


def failures_of(session: Session, detail: JobDetail) -> dict[FailureKind, int]:
    """Return how a FAILED job failed: kind -> number of attempts, of an array in its worst child.

    Of an array, the kind of each failure is that of the last attempt of a failed child; how many
    attempts failed is asked of the first 100 failed children.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    if not detail.is_array_parent:
        return own_failures(detail)
    found: dict[FailureKind, int] = {}
    children = list(failed_children_of(session.transport, detail.job_id))
    for child in children:
        found[child.failure.kind] = 1
    for each in session.describe([child.job_id for child in children[:_CHILDREN_ASKED]]):
        for kind, count in own_failures(each).items():
            found[kind] = max(count, found.get(kind, 0))
    return found


def own_failures(detail: JobDetail) -> dict[FailureKind, int]:
    """Return how a job that is no array failed: kind -> number of its attempts."""
    kinds = Counter(each.failure.kind for each in detail.attempts if each.failure is not None)
    if detail.failure is not None:
        kinds[detail.failure.kind] = max(1, kinds[detail.failure.kind])
    return dict(kinds)


def failed(session: Session, detail: JobDetail) -> JobFailedError:
    """Return (not raise) the error that stands for a FAILED job.

    What AWS does not tell of its log or its children is left out: nothing may hide that the job
    failed.
    """
    found = detail.failure or classify(
        status_reason=detail.status_reason, reason=detail.reason, exit_code=detail.exit_code
    )
    children: list[JobDetail] = []
    if detail.is_array_parent:
        try:
            children = _first_failed_children(session, detail)
        except ServiceError:
            children = []
    log_tail = _log_tail(session, children[0] if children else detail)
    hint = next_step(detail, session.command)
    if container_of(detail.raw).get("readonlyRootFilesystem") and _says(log_tail, _UNWRITABLE):
        hint = _way_to_write(session.stack_outputs, detail)
    elif _says(log_tail, _NO_METADATA):
        hint = _way_to_credentials(session.stack_outputs, detail)
    count = detail.failed_count if detail.is_array_parent else 0
    return JobFailedError(
        detail.job_id,
        name=detail.name,
        reason=detail.full_reason,
        exit_code=detail.exit_code,
        log_tail=log_tail,
        hint=hint,
        kind=found.kind,
        failed_children=[_failed_child(each) for each in children],
        failed_children_count=max(count, len(children)),
    )


def _way_to_write(outputs: StackOutputs | None, detail: JobDetail) -> str:
    # Imported here: that package needs this module.
    from batchsdk.diagnosis.config_keys import definition_key  # noqa: PLC0415

    volumes = definition_key(outputs, detail.definition, "volumes")
    return (
        "Its root file system is read-only: write to /tmp, mount a volume where it writes "
        f"({volumes}), or say `readonlyRootFilesystem: false` there."
    )


def _way_to_credentials(outputs: StackOutputs | None, detail: JobDetail) -> str:
    # Imported here: that package needs this module.
    from batchsdk.diagnosis.config_keys import definition_key  # noqa: PLC0415

    permissions = definition_key(outputs, detail.definition, "permissions")
    return (
        "The instance metadata did not answer it (launchTemplate.blockImds, or a job of several "
        f"nodes): what it may do, its own role says ({permissions}); its region is in "
        "AWS_REGION and AWS_DEFAULT_REGION, if you set these in its environment (boto3 reads the "
        "latter)."
    )


def _says(lines: Sequence[str], texts: Sequence[str]) -> bool:
    return any(text in line.lower() for line in lines for text in texts)


def _first_failed_children(session: Session, parent: JobDetail) -> list[JobDetail]:
    """Describe the first failed children, by index, of those that ListJobs names first."""
    listed = islice(failed_children_of(session.transport, parent.job_id), 1000)
    first = sorted(listed, key=lambda each: each.array_index or 0)[:FAILED_CHILDREN_SHOWN]
    details = session.describe([each.job_id for each in first])
    return sorted(details, key=lambda each: (each.array.index or 0) if each.array else 0)


def _failed_child(detail: JobDetail) -> FailedChild:
    return FailedChild(
        job_id=detail.job_id,
        index=detail.array.index if detail.array else None,
        failure=detail.failure
        or classify(
            status_reason=detail.status_reason, reason=detail.reason, exit_code=detail.exit_code
        ),
        exit_code=detail.exit_code,
    )


def _log_tail(session: Session, detail: JobDetail) -> list[str]:
    try:
        return reading.tail(session, detail, lines=_LOG_TAIL_LINES)
    except (ServiceError, LogsUnavailableError):
        return []  # what the log says must never hide that the job failed
