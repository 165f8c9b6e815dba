"""What an executor gets to run: an attempt of a job as one task. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch import multinode
from localaws.batch.executors import Mount, Task
from localaws.batch.models import Attempt, Job


def tasks_of(job: Job, attempt: Attempt, environment: Mapping[str, str]) -> dict[str, Task]:
    """Return what runs of an attempt: a task for each of its containers, by the container's name.

    The id of one container is the attempt's; several have their place behind it.
    """
    if not job.containers:
        return {"default": _task(job, attempt, environment, job.container, attempt.task_id)}
    return {
        container["name"]: _task(
            job, attempt, environment, container, f"{attempt.task_id}-{number}"
        )
        for number, container in enumerate(job.containers)
    }


def _task(
    job: Job,
    attempt: Attempt,
    environment: Mapping[str, str],
    container: Mapping[str, Any],
    task_id: str,
) -> Task:
    """Return the task of a container.

    Args:
        job: as it was submitted.
        attempt: that begins.
        environment: what a job needs to call the local AWS.
        container: of the job.
        task_id: for the executor.
    """
    needs = {each["type"]: each["value"] for each in container.get("resourceRequirements", ())}
    return Task(
        task_id=task_id,
        job_id=job.id,
        image=container["image"],
        command=tuple(container.get("command", ())),
        environment={
            **environment,
            **{each["name"]: each.get("value", "") for each in container.get("environment", ())},
            **batch_environment(job, attempt),
        },
        vcpus=float(needs["VCPU"]) if job.containers else job.vcpus,
        memory=int(needs["MEMORY"]) if job.containers else job.memory,
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
