"""What DescribeJobs and ListJobs say about a job, as frozen values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from batchsdk.failure_kinds import Failure, classify
from batchsdk.states import JobStatus

_STOPPED = frozenset({137, 143})
"""Exit codes of SIGKILL and SIGTERM, which ECS sends to the others when an essential one ends."""


_SEVERAL = 2
T = TypeVar("T")


def container_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container; of a job described by ecsProperties, the essential one that decides."""
    if raw.get("container"):
        return raw["container"]  # type: ignore[no-any-return]  # a plain mapping of the API
    containers = task_containers(raw, "ecsProperties")
    essential = [each for each in containers if each.get("essential", True)]
    return deciding(essential, failed=raw["status"] == JobStatus.FAILED)


def deciding(containers: Sequence[Mapping[str, Any]], *, failed: bool) -> Mapping[str, Any]:
    """Return what most likely ended the task: AWS does not tell which container was the first."""
    if len(containers) == 1:
        return containers[0]

    def rank(container: Mapping[str, Any]) -> int:
        code = container.get("exitCode")
        if code is None:
            return 3
        if (code != 0) != failed:
            return 2
        return int(code in _STOPPED and "OutOfMemory" not in (container.get("reason") or ""))

    return min(containers, key=rank, default={})


def task_containers(owner: Mapping[str, Any], key: str | None) -> Sequence[Mapping[str, Any]]:
    """Return the containers below ``key`` of a job, or of an attempt itself."""
    properties = (owner.get(key) or {}) if key else owner
    tasks = properties.get("taskProperties")
    return [each for task in tasks for each in task.get("containers") or ()] if tasks else ()


DEFAULT_LOG_GROUP = "/aws/batch/job"
"""Where Batch writes when the job definition names no group (user guide: CloudWatch Logs)."""


def moment(milliseconds: int | None) -> datetime | None:
    """Turn an API timestamp (epoch, milliseconds) into an aware one; 0 and ``None`` into None."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


@dataclass(frozen=True, kw_only=True)
class JobAttempt:
    """One attempt to run the job (API: AttemptDetail)."""

    number: int
    """From 1."""
    started_at: datetime | None
    stopped_at: datetime | None
    status_reason: str | None
    exit_code: int | None
    reason: str | None
    """The container's reason, e.g. ``OutOfMemoryError: …``."""
    log_streams: tuple[str, ...]
    """One per container; empty if none ever started."""
    task_arn: str | None = None
    """Of the ECS task; ``None`` on EKS, and before there is one."""
    container_instance_arn: str | None = None
    """What of the ECS cluster it ran on; ``None`` on Fargate, too."""

    @property
    def failure(self) -> Failure | None:
        """Why the attempt failed; ``None`` if it did not, or has not ended."""
        if self.stopped_at is None or self.exit_code == 0:
            return None
        return classify(
            status_reason=self.status_reason, reason=self.reason, exit_code=self.exit_code
        )


@dataclass(frozen=True, kw_only=True)
class ArrayProperties:
    """The array side of a job (API: ArrayPropertiesDetail)."""

    size: int | None
    """Number of children; on the parent."""
    index: int | None
    """Which child this is, from 0; on children."""
    status_summary: Mapping[str, int]
    """Status -> number of children; on the parent."""


@dataclass(frozen=True, kw_only=True)
class JobDetail:
    """One job at one moment (API: JobDetail)."""

    job_id: str
    name: str
    arn: str | None
    status: JobStatus
    status_reason: str | None
    queue: str
    """ARN or name of the queue."""
    definition: str
    """ARN of the job definition, with the revision that was taken."""
    created_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    attempts: tuple[JobAttempt, ...]
    command: tuple[str, ...]
    """The container's command; ``Ref::`` placeholders are replaced."""
    parameters: Mapping[str, str]
    vcpus: float | None
    memory: int | None
    """MiB."""
    gpus: int | None
    exit_code: int | None
    reason: str | None
    """The container's reason, e.g. ``OutOfMemoryError: …``."""
    log_driver: str
    log_group: str
    log_stream: str | None
    """The newest attempt's log stream; ``None`` until it runs."""
    depends_on: tuple[str, ...]
    """Ids of the jobs that this one waits for."""
    array: ArrayProperties | None
    is_cancelled: bool
    is_terminated: bool
    tags: Mapping[str, str]
    raw: Mapping[str, Any] = field(repr=False, compare=False)
    """The whole answer from AWS, for everything else."""

    @classmethod
    def from_response(cls, raw: Mapping[str, Any]) -> Self:
        """Read one entry of DescribeJobs; whatever is missing there is ``None`` or empty here."""
        container = container_of(raw)
        logging = container.get("logConfiguration") or {}
        requirements = requirements_of(container)
        return _frozen(
            cls,
            job_id=raw["jobId"],
            name=raw.get("jobName", ""),
            arn=raw.get("jobArn"),
            status=JobStatus(raw["status"]),
            status_reason=raw.get("statusReason"),
            queue=raw.get("jobQueue", ""),
            definition=raw.get("jobDefinition", ""),
            created_at=moment(raw.get("createdAt")),
            started_at=moment(raw.get("startedAt")),
            stopped_at=moment(raw.get("stoppedAt")),
            attempts=_attempts(raw),
            command=tuple(container.get("command") or ()),
            parameters=dict(raw.get("parameters") or {}),
            vcpus=requirements.get("VCPU"),
            memory=_whole(requirements.get("MEMORY")),
            gpus=_whole(requirements.get("GPU")),
            exit_code=container.get("exitCode"),
            reason=container.get("reason"),
            log_driver=logging.get("logDriver") or "awslogs",
            log_group=(logging.get("options") or {}).get("awslogs-group") or DEFAULT_LOG_GROUP,
            log_stream=container.get("logStreamName"),
            depends_on=tuple(
                each["jobId"] for each in raw.get("dependsOn") or () if each.get("jobId")
            ),
            array=_array(raw.get("arrayProperties")),
            is_cancelled=bool(raw.get("isCancelled")),
            is_terminated=bool(raw.get("isTerminated")),
            tags=dict(raw.get("tags") or {}),
            raw=raw,
        )

    @property
    def full_reason(self) -> str:
        """The job's and the container's reason in one line."""
        reasons = dict.fromkeys(each for each in (self.status_reason, self.reason) if each)
        return "; ".join(reasons) or "no reason given"

    @property
    def failure(self) -> Failure | None:
        """Why the job failed; ``None`` unless it is FAILED."""
        if self.status is not JobStatus.FAILED:
            return None
        last = self.attempts[-1] if self.attempts else None
        return classify(
            status_reason=self.status_reason or (last.status_reason if last else None),
            reason=self.reason or (last.reason if last else None),
            exit_code=self.exit_code
            if self.exit_code is not None or last is None
            else last.exit_code,
            stop_requested=self.is_cancelled or self.is_terminated,
        )

    @property
    def failed_count(self) -> int:
        """How many of an array's children are FAILED; of a job that is no array, 1 or 0."""
        if self.is_array_parent and self.array is not None:
            return self.array.status_summary.get(JobStatus.FAILED, 0)
        return int(self.status is JobStatus.FAILED)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables of the container, as far as the definition and the submission set them."""
        listed = container_of(self.raw).get("environment") or ()
        return {each["name"]: each.get("value", "") for each in listed if "name" in each}

    @property
    def log_streams(self) -> tuple[str, ...]:
        """Every log stream of the job, oldest attempt first."""
        streams = [stream for attempt in self.attempts for stream in attempt.log_streams]
        streams += _streams([container_of(self.raw), *task_containers(self.raw, "ecsProperties")])
        return tuple(dict.fromkeys(streams))

    @property
    def containers_of_streams(self) -> Mapping[str, Mapping[str, Any]]:
        """Log stream -> its container (API: TaskContainerDetails), of a job of several containers.

        Streams of attempts before the last are among them.
        """
        known = {each.get("name"): each for each in task_containers(self.raw, "ecsProperties")}
        if len(known) < _SEVERAL:
            return {}
        attempts = self.raw.get("attempts") or ()
        found = [each for attempt in attempts for each in task_containers(attempt, None)]
        return {
            each["logStreamName"]: known.get(each.get("name"), each)
            for each in [*found, *known.values()]
            if each.get("logStreamName")
        }

    @property
    def log_region(self) -> str | None:
        """Where its log group is; ``None``: in the job's own region."""
        logging = container_of(self.raw).get("logConfiguration") or {}
        region: str | None = (logging.get("options") or {}).get("awslogs-region")
        return region

    @property
    def node_count(self) -> int | None:
        """How many nodes a multi-node parallel job has; ``None`` of other jobs, and of a node."""
        count: int | None = (self.raw.get("nodeProperties") or {}).get("numNodes")
        return None if self.is_node else count

    @property
    def is_node(self) -> bool:
        """It is one node of a multi-node parallel job."""
        return "#" in self.job_id

    @property
    def is_main_node(self) -> bool:
        """It is the node that decides over its multi-node parallel job."""
        return bool((self.raw.get("nodeDetails") or {}).get("isMainNode"))

    @property
    def is_array_parent(self) -> bool:
        """The job is an array: its children do the work."""
        return self.array is not None and self.array.size is not None and self.array.index is None


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """One job in a list (API: JobSummary)."""

    job_id: str
    name: str
    status: JobStatus
    status_reason: str | None
    exit_code: int | None
    created_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    array_size: int | None
    array_index: int | None
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_response(cls, raw: Mapping[str, Any]) -> Self:
        """Read one entry of ListJobs."""
        array = raw.get("arrayProperties") or {}
        return cls(
            job_id=raw["jobId"],
            name=raw.get("jobName", ""),
            status=JobStatus(raw["status"]),
            status_reason=raw.get("statusReason"),
            exit_code=(raw.get("container") or {}).get("exitCode"),
            created_at=moment(raw.get("createdAt")),
            started_at=moment(raw.get("startedAt")),
            stopped_at=moment(raw.get("stoppedAt")),
            array_size=array.get("size"),
            array_index=array.get("index"),
            raw=raw,
        )

    @property
    def failure(self) -> Failure:
        """Why it failed, if it is FAILED, as far as a list tells."""
        return classify(
            status_reason=self.status_reason,
            reason=(self.raw.get("container") or {}).get("reason"),
            exit_code=self.exit_code,
        )


def _frozen(kind: type[T], **values: Any) -> T:
    """Make a frozen value of all its fields, of which a client reads thousands.

    The ``__init__`` of a frozen dataclass sets field by field, which takes ten times as long.
    """
    made = object.__new__(kind)
    vars(made).update(values)
    return made


def _streams(containers: Sequence[Mapping[str, Any]]) -> list[str]:
    return [each["logStreamName"] for each in containers if each.get("logStreamName")]


def _attempts(raw: Mapping[str, Any]) -> tuple[JobAttempt, ...]:
    task = task_containers(raw, "ecsProperties")
    secondary = {each.get("name") for each in task if not each.get("essential", True)}
    found = raw.get("attempts") or ()
    good = len(found) if raw["status"] == JobStatus.SUCCEEDED else None
    return tuple(
        _attempt(number, each, secondary, failed=number != good)
        for number, each in enumerate(found, 1)
    )


def _attempt(
    number: int, raw: Mapping[str, Any], secondary: Collection[str | None], *, failed: bool
) -> JobAttempt:
    containers = [raw.get("container") or {}, *task_containers(raw, None)]
    arns = task_arns(raw, raw.get("taskProperties"))
    essential = [each for each in containers if "name" not in each or each["name"] not in secondary]
    ran = deciding(essential, failed=failed)
    return _frozen(
        JobAttempt,
        number=number,
        started_at=moment(raw.get("startedAt")),
        stopped_at=moment(raw.get("stoppedAt")),
        status_reason=raw.get("statusReason"),
        exit_code=ran.get("exitCode"),
        reason=ran.get("reason"),
        log_streams=tuple(_streams(containers)),
        task_arn=arns.get("taskArn"),
        container_instance_arn=arns.get("containerInstanceArn"),
    )


def task_arns(
    owner: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]] | None
) -> Mapping[str, Any]:
    """Return what has the ``taskArn`` of a job or an attempt: its container, or its one task."""
    return owner.get("container") or (tasks[0] if tasks else {})


def requirements_of(container: Mapping[str, Any]) -> dict[str, float]:
    """Return what a container asks for by type: ``VCPU``, ``MEMORY`` in MiB, ``GPU``."""
    listed = container.get("resourceRequirements") or ()
    found = {each["type"]: float(each["value"]) for each in listed}
    for kind, deprecated in (("VCPU", "vcpus"), ("MEMORY", "memory")):
        if container.get(deprecated):
            found.setdefault(kind, float(container[deprecated]))
    return found


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _array(raw: Mapping[str, Any] | None) -> ArrayProperties | None:
    if not raw:
        return None
    return ArrayProperties(
        size=raw.get("size"),
        index=raw.get("index"),
        status_summary=dict(raw.get("statusSummary") or {}),
    )
