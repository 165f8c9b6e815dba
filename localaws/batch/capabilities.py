"""What a job wants of an environment besides room: its kind, system, processor and log drivers.

Where an environment has not what a job wants, AWS Batch takes the job all the same and never
starts it there (user guide: Multi-node parallel jobs, Jobs stuck in RUNNABLE; API:
RuntimePlatform, LogConfiguration).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.ec2.models import ec2_backends

from localaws.batch.models import ComputeEnvironment, Job

LOG_DRIVERS = frozenset({"awsfirelens", "awslogs", "fluentd", "json-file", "syslog"})
"""What the agent of an ECS-optimized AMI registers (amazon-ecs-init, ECS_AVAILABLE_LOGGING_DRIVERS;
FireLens is a capability of its own)."""
_CONFIGURED = re.compile(r"ECS_AVAILABLE_LOGGING_DRIVERS=[^\[\n]*\[([^\]\n]*)\]")
_ARCHITECTURES = {"X86_64": "x86_64", "ARM64": "arm64"}
"""API: RuntimePlatform.cpuArchitecture to EC2's name."""


def can_run(environment: ComputeEnvironment, job: Job, architecture: str | None) -> bool:
    """Whether the environment is of the kind that the job is for, however much room it has.

    Args:
        environment: that may run the job.
        job: of one node or of several.
        architecture: of the environment's instances; None of Fargate and of UNMANAGED ones.
    """
    kind = str(environment.compute_resources.get("type", ""))
    if job.nodes and (environment.type == "UNMANAGED" or kind != "EC2"):
        return False
    runtime = _runtime(job)
    is_windows = str(runtime.get("operatingSystemFamily", "")).startswith("WINDOWS")
    if is_windows and kind != "FARGATE":
        return False
    wanted = _ARCHITECTURES.get(runtime.get("cpuArchitecture", ""))
    if architecture is not None and wanted is not None and wanted != architecture:
        return False
    if kind not in ("EC2", "SPOT"):
        return True
    drivers = set(_drivers(job)) - LOG_DRIVERS
    return not drivers or _registers(environment, drivers)


def _runtime(job: Job) -> Mapping[str, Any]:
    """Return the ``runtimePlatform`` of the job's container or task."""
    found: Mapping[str, Any] = {**job.container, **(job.task or {})}.get("runtimePlatform", {})
    return found


def _drivers(job: Job) -> Iterator[str]:
    for each in job.nodes or [job]:
        for container in each.containers or [each.container]:
            yield container.get("logConfiguration", {}).get("logDriver", "awslogs")


def _registers(environment: ComputeEnvironment, drivers: set[str]) -> bool:
    """Whether the agent of the environment's instances has the log drivers.

    That of an AMI of the user's own has those that its maker gave it, which nobody here knows.
    """
    resources = environment.compute_resources
    images = resources.get("ec2Configuration", ())
    if "imageId" in resources or any("imageIdOverride" in image for image in images):
        return True
    found = _CONFIGURED.findall(_user_data(environment))
    return bool(found) and drivers <= set(re.findall(r"[a-z]+(?:-[a-z]+)*", found[-1]))


def _user_data(environment: ComputeEnvironment) -> str:
    """Return the user data of the environment's launch template, as far as there is one."""
    named = environment.compute_resources.get("launchTemplate", {})
    account_id, region = environment.account_and_region
    templates = ec2_backends[account_id][region].launch_templates
    for template in templates.values():
        if template.id == named.get("launchTemplateId") or (
            template.name == named.get("launchTemplateName")
        ):
            version = template.get_version(named.get("version") or "$Default")
            return _decoded(str(version.data.get("UserData") or ""))
    return ""


def _decoded(user_data: str) -> str:
    try:
        return base64.b64decode(user_data, validate=True).decode(errors="replace")
    except binascii.Error:
        return user_data
