"""Placement groups (terraform-provider-aws: internal/service/ec2/ec2_placement_group.go)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties, present
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

SENT = {"partitionCount": "PartitionCount", "spreadLevel": "SpreadLevel", "strategy": "Strategy"}
MOST_PARTITIONS = 7


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a placement group; its name is the provider's id."""
    sent = present({name: inputs.get(key) for key, name in SENT.items()})
    clients("ec2").create_placement_group(GroupName=inputs["name"], **sent, **tagged)
    return str(inputs["name"])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "strategy", ["cluster", "partition", "spread"])
    yield from checks.between(inputs, "partitionCount", 0, MOST_PARTITIONS)


PLACEMENT_GROUP = ResourceType(
    arguments=aws.ec2.PlacementGroupArgs,
    creation=_create,
    description=Describe(
        "ec2",
        "describe_placement_groups",
        by="GroupNames",
        under="PlacementGroups",
        gone=("deleted", "deleting"),
    ),
    names={"name": "GroupName", "placementGroupId": "GroupId", "arn": "GroupArn", **SENT},
    tagging=Ec2Tagging(kind="placement-group", by="placementGroupId"),
    deletion=Delete("ec2", "delete_placement_group", by="GroupName"),
    replace_on=frozenset({"name", *SENT}),
    computed=REGIONAL | {"name", "partitionCount", "spreadLevel"},
    autonamed=True,
    refusals=_refusals,
)
