"""Whether a job fits in the compute environments of its queue at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.contract import LargestInstance
from batchsdk.contract.capacity import (
    InstanceType,
    Misfit,
    Requirement,
    as_registered,
    may_overshoot,
    misfit,
    name_patterns,
)
from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Unchecked, Verdict
from batchsdk.errors import ServiceError
from batchsdk.jobs.detail import JobDetail
from batchsdk.limits import DESCRIBE_JOBS

_CAUSES = {"maxvCpus": Cause.MAX_VCPUS, "instanceTypes": Cause.NO_TYPE_FITS}
_KEYS = {"maxvCpus": "maxVcpus", "instanceTypes": "instanceTypes"}


def check(case: Case) -> Iterator[Finding]:
    """Find environments that can never hold the job."""
    if case.job is None:
        return
    wanted = _requirements(case, case.job)
    for environment in case.environments:
        instances = instance_types(case, environment)
        for each in wanted:
            found = misfit(
                each,
                max_vcpus=environment.max_vcpus,
                instances=instances,
                may_overshoot=may_overshoot(
                    str(environment.resources.get("type")),
                    environment.resources.get("allocationStrategy", "BEST_FIT"),
                ),
            )
            if found is not None:
                yield _finding(case, environment, found, each, instances)
                break


def instance_types(case: Case, environment: Environment) -> list[InstanceType]:
    """Return every type that an environment may launch; none if EC2 does not say."""
    given = environment.resources.get("instanceTypes")
    if not given:
        return []
    try:
        answers = case.session.transport.describe_instance_types(name_patterns(given))
    except ServiceError as fault:  # EC2 may be closed to the caller: the other causes still count
        note = Unchecked.of(f"the instance types of {environment.name}", fault)
        if note not in case.unchecked:
            case.unchecked.append(note)
        return []
    return as_registered(
        map(InstanceType.from_response, answers),
        image_type=_image_type(environment),
        own_image=_has_own_image(case, environment),
        threads_per_core=_threads_per_core(case, environment, answers),
    )


def _threads_per_core(
    case: Case, environment: Environment, answers: Sequence[Mapping[str, Any]]
) -> int | None:
    """Return 1 where the stack's outputs have half the vCPUs of the one type of an environment.

    The launch template that says so is not the caller's to read.
    """
    largest = _outputs_of(case, environment)
    if largest is None or len(answers) != 1:
        return None
    only = InstanceType.from_response(answers[0])
    return 1 if only.cores and largest.vcpus == only.cores else None


def _outputs_of(case: Case, environment: Environment) -> LargestInstance | None:
    """Return what the stack's outputs say of the instances of an environment."""
    outputs = case.session.stack_outputs
    for known in outputs.compute_environments.values() if outputs is not None else ():
        if known.arn == environment.arn:
            return known.largest_instance
    return None


def _image_type(environment: Environment) -> str | None:
    """Return the image type of all instances; None where AWS Batch chooses, or there are two."""
    images = environment.resources.get("ec2Configuration") or []
    return str(images[0]["imageType"]) if len(images) == 1 else None


def _has_own_image(case: Case, environment: Environment) -> bool:
    """Tell whether the AMI may have drivers that the image type does not tell of.

    The stack pins AWS's own AMIs by their ids too; its outputs say what they register.
    """
    if environment.resources.get("imageId"):
        return True
    images = environment.resources.get("ec2Configuration") or []
    if (largest := _outputs_of(case, environment)) is not None:
        return bool(largest.gpus)
    return any(each.get("imageIdOverride") for each in images)


def requirement_of(detail: JobDetail) -> Requirement:
    """Return what a job asks for; what it does not say counts as nothing."""
    return Requirement(vcpus=detail.vcpus or 0, memory=detail.memory or 0, gpus=detail.gpus or 0)


def _requirements(case: Case, job: JobDetail) -> list[Requirement]:
    """Return what must fit on an instance each: the job, or its nodes."""
    if job.node_count is None:
        return [requirement_of(job)]
    ids = [f"{job.job_id}#{index}" for index in range(min(job.node_count, DESCRIBE_JOBS))]
    nodes = [requirement_of(each) for each in case.session.describe(ids)]
    return list(dict.fromkeys(nodes))


def _finding(
    case: Case,
    environment: Environment,
    found: Misfit,
    wanted: Requirement,
    instances: list[InstanceType],
) -> Finding:
    key = case.environment_key(environment, _KEYS[found.setting])
    cause, what = _CAUSES[found.setting], f"change {found.setting} ({key})"
    if wanted.gpus and instances and not any(each.gpus for each in instances):
        cause = Cause.NO_GPU_TYPES
        image = case.environment_key(environment, "imageType")
        what = f"allow types with GPUs, e.g. g5 ({key}), with imageType ECS_AL2023_NVIDIA ({image})"
    definition = case.job.definition if case.job else ""
    asked = config_keys.definition_key(
        case.session.stack_outputs, definition, "memory" if "memory" in found.evidence else "vcpus"
    )
    return Finding(
        evidence=f"in compute environment {environment.name}: {found.evidence}",
        fix=f"Submit it again asking for less (or change {asked}), or {what}.",
        cause=cause,
        verdict=Verdict.WILL_NEVER_FIT,
        environment=environment.name,
    )
