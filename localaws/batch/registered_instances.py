"""Container instances of UNMANAGED environments: EC2 instances that joined their ECS cluster.

AWS Batch launches none for such an environment. An instance joins the cluster that ECS_CLUSTER
names (user guide: Unmanaged compute environments). Here an instance of moto's EC2 joins as soon as
it runs, whoever launched it: an Auto Scaling group, or RunInstances.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends

from localaws.batch import placement
from localaws.batch.models import ComputeEnvironment, ResourceStatus
from localaws.batch.state import BatchState

LOOK_SECONDS = 0.5
"""Between two looks at EC2 while there is an UNMANAGED environment."""

CLUSTER = re.compile(rb"ECS_CLUSTER=[\"']?([\w:/-]+)")
"""Its name, or its ARN."""


DRIVERS = [
    f"com.amazonaws.ecs.capability.logging-driver.{driver}" for driver in ("awslogs", "json-file")
]
"""Attributes with which the agent of an ECS-optimized AMI registers (ECS guide)."""


def unmanaged(state: BatchState) -> list[ComputeEnvironment]:
    """Return the UNMANAGED environments that are not being deleted."""
    return [
        each
        for each in state.compute_environments.values()
        if placement.is_unmanaged(each) and each.status is not ResourceStatus.DELETING
    ]


def look(state: BatchState) -> list[str]:
    """Bring clusters and fleets up to date with the instances that run.

    Returns:
        Ids of the tasks whose instances are gone.
    """
    environments = unmanaged(state)
    if not environments:
        return []
    joining: dict[str, dict[str, str]] = {}
    for instance in _running(state):
        joining.setdefault(_cluster_of(instance), {})[instance.id] = instance.instance_type
    lost: list[str] = []
    for environment in environments:
        cluster = environment.ecs_cluster_arn.rpartition("/")[2]
        lost += _join(state, environment, cluster, joining.get(cluster, {}))
    return lost


def _join(
    state: BatchState, environment: ComputeEnvironment, cluster: str, running: dict[str, str]
) -> Iterator[str]:
    """Register what is new, forget what is gone, and yield the tasks that were on it."""
    ecs = ecs_backends[state.account_id][state.region]
    known = {each.id: each for each in environment.fleet.instances.values()}
    for instance_id, instance_type in running.items():
        sizes = placement.instance_sizes((instance_type,))
        if instance_id not in known and sizes:
            registered = ecs.register_container_instance(cluster, instance_id)
            registered.attributes |= dict.fromkeys(DRIVERS, "")
            # Whether its image has the driver of GPUs is not known here.
            size = dataclasses.replace(sizes[0], gpus=0)
            environment.fleet.join(instance_id, registered.container_instance_arn, size)
    for instance_id, instance in known.items():
        if instance_id not in running:
            yield from (
                task_id
                for task_id, (_, attempt) in state.running.items()
                if attempt.instance is instance
            )
            environment.fleet.leave(instance)
            ecs.deregister_container_instance(cluster, instance.arn, force=True)


def _running(state: BatchState) -> Iterator[Any]:
    backend = ec2_backends[state.account_id][state.region]
    for reservation in list(backend.reservations.values()):
        for instance in list(reservation.instances):
            if instance._state.name == "running" and instance.user_data:  # moto's
                yield instance


def _cluster_of(instance: Any) -> str:
    """Return the name of the cluster that the user data of an instance names, or nothing."""
    try:
        text = base64.b64decode(str(instance.user_data), validate=True)
    except binascii.Error:
        return ""
    message = message_from_bytes(text)
    parts = [each.get_payload(decode=True) for each in message.walk()]
    found = CLUSTER.search(b"\n".join([text, *(each for each in parts if isinstance(each, bytes))]))
    return found[1].decode().rpartition("/")[2] if found else ""
