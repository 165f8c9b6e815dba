"""The ECS cluster that every compute environment has, in moto's ECS."""

from __future__ import annotations

from moto.ecs.models import ecs_backends


def create_cluster(account_id: str, region: str, name: str) -> str:
    """Make an empty cluster; return its ARN."""
    arn: str = ecs_backends[account_id][region].create_cluster(name).arn
    return arn


def delete_cluster(account_id: str, region: str, arn: str) -> None:
    """Make the cluster INACTIVE, as ECS keeps deleted ones for a while."""
    backend, name = ecs_backends[account_id][region], arn.rsplit("/", 1)[-1]
    if name in backend.clusters:
        backend.delete_cluster(name)
