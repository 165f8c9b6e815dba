"""What the ECS agent tells a container of itself and its task. Pure.

Source: ECS developer guide, "Task metadata endpoint version 4" and its examples, and the answers'
types in the agent's own source (github.com/aws/amazon-ecs-agent, `ecs-agent/tmds/handlers`).
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localaws.batch.containers import containers_of, size_of
from localaws.batch.models import Attempt, ContainerRun, Job

LOCAL_ADDRESS = "127.0.0.1"
"""Of every network interface of a task: it has the host's network."""


@dataclass(frozen=True)
class Where:
    """What a compute environment's subnets say of where its tasks run."""

    availability_zone: str
    """E.g. ``us-east-1a``."""
    vpc_id: str | None


def container_metadata(job: Job, attempt: Attempt, name: str) -> dict[str, Any]:
    """Return the answer of the container's own path.

    Args:
        job: that runs.
        attempt: the task.
        name: of the container.
    """
    container = dict(containers_of(job))[name]
    size = size_of(job, container)
    docker_id = docker_id_of(attempt, name)
    family, revision = job.definition.name, str(job.definition.revision)
    driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
    found: dict[str, Any] = {
        "DockerId": docker_id,
        "Name": name,
        "DockerName": f"ecs-{family}-{revision}-{name}-{docker_id[:20]}",
        "Image": container["image"],
        "ImageID": "",
        "Labels": {
            "com.amazonaws.ecs.cluster": _cluster(attempt),
            "com.amazonaws.ecs.container-name": name,
            "com.amazonaws.ecs.task-arn": attempt.task_arn,
            "com.amazonaws.ecs.task-definition-family": family,
            "com.amazonaws.ecs.task-definition-version": revision,
        },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": max(2, size.vcpus * 1024), "Memory": size.memory},
        "Type": "NORMAL",
        "LogDriver": driver,
        "LogOptions": _log_options(job, attempt, name, driver),
        "ContainerARN": _container_arn(attempt, name),
        "Networks": [_network(job, attempt)],
    }
    if attempt.started_at is not None:
        found["CreatedAt"] = found["StartedAt"] = _timestamp(attempt.started_at)
    return found


def task_metadata(
    job: Job, attempt: Attempt, where: Where, *, with_tags: bool = False
) -> dict[str, Any]:
    """Return the answer of the path ``/task``, or of ``/taskWithTags``.

    Args:
        job: that runs.
        attempt: the task.
        where: the task runs.
        with_tags: whether the task's tags are asked for; a job that does not propagate its tags
            has none (API: SubmitJob.propagateTags).
    """
    on_fargate = attempt.instance is None
    is_running = attempt.started_at is not None
    found: dict[str, Any] = {
        "Cluster": _cluster(attempt),
        "TaskARN": attempt.task_arn,
        "Family": job.definition.name,
        "Revision": str(job.definition.revision),
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING" if is_running else "PENDING",
        "AvailabilityZone": where.availability_zone,
        "LaunchType": "FARGATE" if on_fargate else "EC2",
        "Containers": [container_metadata(job, attempt, name) for name, _ in containers_of(job)],
        "FaultInjectionEnabled": False,
    }
    if on_fargate:
        found["Limits"] = {"CPU": job.vcpus, "Memory": job.memory}
    elif where.vpc_id is not None:
        found["VPCID"] = where.vpc_id
    if attempt.started_at is not None:
        found["PullStartedAt"] = found["PullStoppedAt"] = _timestamp(attempt.started_at)
    if with_tags:
        found["TaskTags"] = dict(job.tags) if job.propagate_tags else {}
        if not on_fargate:
            found["ContainerInstanceTags"] = dict(
                attempt.compute_environment.compute_resources.get("tags", {})
            )
    return found


def docker_id_of(attempt: Attempt, name: str) -> str:
    """Return the id of a container: 64 digits as Docker has, on Fargate as Fargate has.

    It is made up of the task's: a job that is a process has no other.
    """
    digest = hashlib.sha256(f"{attempt.task_id}/{name}".encode()).hexdigest()
    if attempt.instance is not None:
        return digest
    return f"{attempt.task_id}-{int(digest[:8], 16):010d}"


def _cluster(attempt: Attempt) -> str:
    """Return what the agent names the cluster: by its name, on Fargate by its ARN."""
    arn = attempt.compute_environment.ecs_cluster_arn
    return arn if attempt.instance is None else arn.rpartition("/")[2]


def _container_arn(attempt: Attempt, name: str) -> str:
    unique = uuid.uuid5(uuid.UUID(attempt.task_id), name)
    return f"{attempt.task_arn.replace(':task/', ':container/')}/{unique}"


def _log_options(job: Job, attempt: Attempt, name: str, driver: str) -> dict[str, str]:
    container = dict(containers_of(job))[name]
    options: dict[str, str] = dict(container.get("logConfiguration", {}).get("options", {}))
    if driver != "awslogs":
        return options
    options.pop("awslogs-stream-prefix", None)
    runs: dict[str, Attempt | ContainerRun] = {each.name: each for each in attempt.containers}
    written = runs.get(name, attempt)
    _, region = attempt.compute_environment.account_and_region
    return {
        "awslogs-region": region,
        **options,
        "awslogs-group": written.log_group,
        "awslogs-stream": written.log_stream,
    }


def _network(job: Job, attempt: Attempt) -> dict[str, Any]:
    """Return a task's network: an interface of its own on Fargate and of nodes (mode awsvpc)."""
    if attempt.instance is None or job.node_index is not None:
        return {"NetworkMode": "awsvpc", "IPv4Addresses": [LOCAL_ADDRESS], "AttachmentIndex": 0}
    return {"NetworkMode": "host", "IPv4Addresses": [""]}


def _timestamp(epoch_milliseconds: int) -> str:
    when = datetime.fromtimestamp(epoch_milliseconds / 1000, UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
