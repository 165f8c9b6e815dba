"""Whether a job fits in the compute environments of its queue at all."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.capacity import InstanceType, Misfit, Requirement, misfit, name_patterns
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
                may_overshoot=_may_overshoot(environment),
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
    return [InstanceType.from_response(each) for each in answers]


def _requirements(case: Case, job: JobDetail) -> list[Requirement]:
    """Return what must fit on an instance each: the job, or its nodes."""
    if job.node_count is None:
        return [Requirement.of(job)]
    ids = [f"{job.job_id}#{index}" for index in range(min(job.node_count, DESCRIBE_JOBS))]
    nodes = [Requirement.of(each) for each in case.session.describe(ids)]
    return list(dict.fromkeys(nodes))


def _may_overshoot(environment: Environment) -> bool:
    """Tell whether the last instance may exceed ``maxvCpus`` (API: ComputeResource)."""
    resources = environment.resources
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    return bool(strategy != "BEST_FIT" or resources.get("type") != "EC2")


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
        case.session.outputs, definition, "memory" if "memory" in found.evidence else "vcpus"
    )
    return Finding(
        evidence=f"in compute environment {environment.name}: {found.evidence}",
        fix=f"Submit it again asking for less (or change {asked}), or {what}.",
        cause=cause,
        verdict=Verdict.WILL_NEVER_FIT,
        environment=environment.name,
    )
