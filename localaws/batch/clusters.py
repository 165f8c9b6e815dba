"""The ECS cluster that every compute environment has, in moto's ECS, and its instances."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.ecs.models import ContainerInstance, ecs_backends

from localaws.batch import placement
from localaws.batch.ec2_facts import where_it_runs
from localaws.batch.fleet import Instance
from localaws.batch.models import ComputeEnvironment
from localaws.batch.registered_instances import DRIVERS
from localaws.batch.state import BatchState

_OF_FLEET = "localaws_fleet"
"""Attribute of the instances that are here because a managed environment has launched them."""


def create_cluster(account_id: str, region: str, name: str) -> str:
    """Make an empty cluster; return its ARN."""
    arn: str = ecs_backends[account_id][region].create_cluster(name).arn
    return arn


def delete_cluster(account_id: str, region: str, arn: str) -> None:
    """Make the cluster INACTIVE, as ECS keeps deleted ones for a while."""
    backend, name = ecs_backends[account_id][region], arn.rsplit("/", 1)[-1]
    if name in backend.clusters:
        backend.delete_cluster(name)


def register_instances(state: BatchState) -> None:
    """Have ECS know the instances of managed environments that run, and forget those that do not.

    The instances of UNMANAGED environments registered when they joined; one that a caller
    registered (ECS: RegisterContainerInstance) stays.
    """
    backend = ecs_backends[state.account_id][state.region]
    for environment in state.compute_environments.values():
        name = environment.ecs_cluster_arn.rpartition("/")[2]
        if placement.is_unmanaged(environment) or name not in backend.clusters:
            continue
        known = backend.container_instances.setdefault(name, {})
        running = {
            each.arn.rpartition("/")[2]: each for each in environment.fleet.instances.values()
        }
        for gone in known.keys() - running.keys():
            if hasattr(known[gone], _OF_FLEET):
                del known[gone]
        for instance_id, instance in running.items():
            if instance_id not in known:
                known[instance_id] = _registered(backend, environment, name, instance)
            known[instance_id].running_tasks_count = instance.jobs
        backend.clusters[name].registered_container_instances_count = len(known)


def _registered(
    backend: Any, environment: ComputeEnvironment, cluster: str, instance: Instance
) -> ContainerInstance:
    """Return an instance as moto keeps one, whose EC2 does not have it."""
    made: ContainerInstance = object.__new__(ContainerInstance)
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": instance.size.vcpus * 1024},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": instance.size.memory},
    ]
    attributes = {
        "ecs.availability-zone": where_it_runs(environment).availability_zone,
        "ecs.instance-type": instance.size.name,
        "ecs.os-type": "linux",
        **dict.fromkeys(DRIVERS, ""),
    }
    vars(made).update(
        ec2_instance_id=instance.id,
        agent_connected=True,
        status="ACTIVE",
        registered_resources=resources,
        remaining_resources=resources,
        running_tasks_count=0,
        version_info={"agentVersion": "1.90.0", "dockerVersion": "DockerVersion: 25.0.6"},
        attributes=attributes,
        registered_at=utcnow(),
        region_name=backend.region_name,
        id=instance.arn.rpartition("/")[2],
        cluster_name=cluster,
        _account_id=backend.account_id,
        _backend=backend,
        **{_OF_FLEET: True},
    )
    return made
