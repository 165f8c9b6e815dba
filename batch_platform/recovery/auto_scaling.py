"""Auto Scaling groups whose creation was cut off: their instances go on, and cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours


def _described(aws: Aws, name: str) -> Mapping[str, Any] | None:
    answer = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return next(iter(answer["AutoScalingGroups"]), None)


def _find(aws: Aws, inputs: Properties) -> Iterator[Found]:
    name = inputs["name"]
    if found := _described(aws, name):
        yield Found(name) if aws.owns(found["Tags"]) else not_ours(aws, name)


def _delete(aws: Aws, name: str, _: Properties) -> None:
    """Delete the group with its instances, which were there for jobs of this stack alone."""
    aws.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    aws.wait(f"{name} deleted", lambda: _described(aws, name) is None)


AUTO_SCALING_GROUP = OrphanType(find=_find, delete=_delete, key=("name",))
