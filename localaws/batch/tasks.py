"""What an executor gets to run: an attempt of a job as one task. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch import multinode
from localaws.batch.containers import containers_of, size_of
from localaws.batch.executors import Mount, Task
from localaws.batch.models import Attempt, Job
from localaws.batch.task_endpoints import TaskEndpoints


def container_ids(job: Job, attempt: Attempt) -> dict[str, str]:
    """Return what the executor calls each container of an attempt, by the container's name.

    The id of one container is the attempt's; several have their place behind it.
    """
    names = [name for name, _ in containers_of(job)]
    if not job.containers:
        return {names[0]: attempt.task_id}
    return {name: f"{attempt.task_id}-{number}" for number, name in enumerate(names)}


def tasks_of(
    job: Job,
    attempt: Attempt,
    environment: Mapping[str, str],
    endpoints: TaskEndpoints,
    *,
    has_role: bool,
) -> dict[str, Task]:
    """Return what runs of an attempt: a task for each of its containers, by the container's name.

    Args:
        job: as it was submitted.
        attempt: that begins.
        environment: variables that a job has unless it sets them itself.
        endpoints: where each container reaches the ECS agent.
        has_role: whether the agent has credentials for the containers.
    """
    ids = container_ids(job, attempt)
    return {
        name: _task(
            job,
            attempt,
            container,
            ids[name],
            {
                **environment,
                **(endpoints.credentials(ids[name]) if has_role else {}),
                **_own_environment(container),
                **endpoints.variables(attempt, ids[name], size_of(job, container).gpus),
                **batch_environment(job, attempt),
            },
        )
        for name, container in containers_of(job)
    }


def _own_environment(container: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in container.get("environment", ())}


def _task(
    job: Job,
    attempt: Attempt,
    container: Mapping[str, Any],
    task_id: str,
    environment: Mapping[str, str],
) -> Task:
    size = size_of(job, container)
    return Task(
        task_id=task_id,
        job_id=job.id,
        image=container["image"],
        command=tuple(container.get("command", ())),
        environment=environment,
        vcpus=size.vcpus,
        memory=size.memory,
        user=container.get("user"),
        privileged=container.get("privileged", False),
        readonly_root=container.get("readonlyRootFilesystem", False),
        mounts=_mounts(container, on_fargate=attempt.instance is None),
        tmpfs=_tmpfs(container),
        labels={"localaws.batch.job": job.id},
    )


def batch_environment(job: Job, attempt: Attempt) -> dict[str, str]:
    """Return the variables that Batch sets (user guide: Job environment variables)."""
    environment = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(len(job.attempts)),
        "AWS_BATCH_CE_NAME": attempt.compute_environment.name,
        "AWS_BATCH_JQ_NAME": job.queue.name,
    }
    if job.index is not None:
        environment["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        assert job.parent is not None  # noqa: S101 - of which it is the child of that index
        environment["AWS_BATCH_JOB_ARRAY_SIZE"] = str(job.parent.array_size)
    return environment | multinode.environment(job)


def _mounts(container: Mapping[str, Any], *, on_fargate: bool) -> tuple[Mount, ...]:
    """Return the mount points; directories of the host and EFS are empty ones of the task too.

    On Fargate a volume is root's with 0755 unless the image declares it (ECS developer guide, bind
    mounts); on an instance Docker copies what the image has there.
    """
    return tuple(
        Mount(mount["containerPath"], mount.get("readOnly", False), keeps_image=not on_fargate)
        for mount in container.get("mountPoints", ())
    )


def _tmpfs(container: Mapping[str, Any]) -> dict[str, str]:
    given = container.get("linuxParameters", {}).get("tmpfs", ())
    return {
        each["containerPath"]: ",".join((*each.get("mountOptions", ()), f"size={each['size']}m"))
        for each in given
    }
