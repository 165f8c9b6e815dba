"""The roles of a running task, and whose credentials its containers have."""

from __future__ import annotations

from typing import Any, NamedTuple

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from localaws.batch.models import Attempt, ComputeEnvironment, Job

TASKS_SERVICE, INSTANCES_SERVICE = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"


class TaskRole(NamedTuple):
    """A role, and what a session of it is called.

    Attributes:
        arn: of the role.
        session_name: the task's id, or the instance's.
        service: that assumes it.
    """

    arn: str
    session_name: str
    service: str


def role_of_containers(job: Job, attempt: Attempt) -> TaskRole | None:
    """Return the role whose credentials the containers of an attempt get.

    Without a job role a container on an instance has the instance's role, as by its metadata
    service on AWS; on Fargate it has none.
    """
    given = _given(job, "jobRoleArn", "taskRoleArn")
    if given:
        return TaskRole(_role_arn(job, given), attempt.task_id, TASKS_SERVICE)
    return role_of_instance(attempt)


def role_of_agent(job: Job, attempt: Attempt) -> TaskRole | None:
    """Return the role with which the ECS agent pulls images, reads secrets and writes logs.

    It is the execution role; without one, that of the instance (ECS developer guide, "Amazon ECS
    task execution IAM role").
    """
    given = _given(job, "executionRoleArn", "executionRoleArn")
    if given:
        return TaskRole(_role_arn(job, given), attempt.task_id, TASKS_SERVICE)
    return role_of_instance(attempt)


def role_of_instance(attempt: Attempt) -> TaskRole | None:
    """Return the role of the instance that an attempt runs on; ``None`` on Fargate."""
    if attempt.instance is None:
        return None
    environment = attempt.compute_environment
    account_id, region = environment.account_and_region
    profile = _profile_name(environment, attempt.instance.id)
    profiles = list(iam_backends[account_id][get_partition(region)].instance_profiles.values())
    found: Any = next((each for each in profiles if each.name == profile), None)
    if found is None or not found.roles:
        return None
    return TaskRole(found.roles[0].arn, attempt.instance.id, INSTANCES_SERVICE)


def _profile_name(environment: ComputeEnvironment, instance_id: str) -> str:
    """Return the name of the profile of an instance, by its environment, EC2 or its group."""
    place = environment.account_and_region
    given = (
        str(environment.compute_resources.get("instanceRole", ""))
        or _profile_by_ec2(*place, instance_id)
        or _profile_by_group(*place, instance_id)
    )
    return given.rpartition("/")[2]


def _profile_by_ec2(account_id: str, region: str, instance_id: str) -> str:
    associations = ec2_backends[account_id][region].iam_instance_profile_associations
    found = (
        str(each.iam_instance_profile.arn)
        for each in list(associations.values())
        if each.instance.id == instance_id
    )
    return next(found, "")


def _profile_by_group(account_id: str, region: str, instance_id: str) -> str:
    """Return the profile of a group's launch template, which moto leaves out of its instances."""
    for group in list(autoscaling_backends[account_id][region].autoscaling_groups.values()):
        if all(each.instance.id != instance_id for each in group.instance_states):
            continue
        if group.ec2_launch_template is None:
            return (
                str(group.launch_config.iam_instance_profile or "") if group.launch_config else ""
            )
        version = group.ec2_launch_template.get_version(group.launch_template_version)
        profile = version.data.get("IamInstanceProfile") or {}
        return str(profile.get("Arn") or profile.get("Name") or "")
    return ""


def _given(job: Job, of_container: str, of_task: str) -> str:
    return str(job.container.get(of_container) or (job.task or {}).get(of_task) or "")


def _role_arn(job: Job, given: str) -> str:
    """Return the ARN of a role that a definition may name by its name alone."""
    if given.startswith("arn:"):
        return given
    _, partition, _, _, account_id, _ = job.arn.split(":", 5)
    return f"arn:{partition}:iam::{account_id}:role/{given}"
