"""Flow logs of a VPC (terraform-provider-aws: internal/service/ec2/vpc_flow_log.go)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

CLOUDWATCH = "cloud-watch-logs"
INTERVAL_SECONDS = 600
NAMES = {
    "iamRoleArn": "DeliverLogsPermissionArn",
    "logDestination": "LogDestination",
    "logDestinationType": "LogDestinationType",
    "logFormat": "LogFormat",
    "maxAggregationInterval": "MaxAggregationInterval",
    "trafficType": "TrafficType",
}
"""Inputs to their names in CreateFlowLogs and DescribeFlowLogs."""


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a flow log of a VPC.

    Raises:
        ValueError: EC2 has not made it; with its reason.
    """
    created = clients("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[inputs["vpcId"]],
        **{name: inputs[key] for key, name in NAMES.items() if key in inputs},
        **tagged,
    )
    for refused in created.get("Unsuccessful", ()):
        error = refused["Error"]
        raise ValueError(f"creating Flow Log ({inputs['vpcId']}): {error['Message']}")
    return str(created["FlowLogIds"][0])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "trafficType", ["ACCEPT", "ALL", "REJECT"])
    yield from checks.one_of(inputs, "logDestinationType", [CLOUDWATCH])
    if inputs.get("maxAggregationInterval", INTERVAL_SECONDS) not in {60, INTERVAL_SECONDS}:
        yield Refusal("maxAggregationInterval", "expected maxAggregationInterval in [60 600]")


FLOW_LOG = ResourceType(
    arguments=aws.ec2.FlowLogArgs,
    creation=_create,
    description=Describe("ec2", "describe_flow_logs", by="FlowLogIds", under="FlowLogs"),
    names={"vpcId": "ResourceId", **NAMES},
    arn="ec2:vpc-flow-log",
    tagging=Ec2Tagging(kind="vpc-flow-log"),
    # What the flow log has recorded stays.
    deletion=Delete("ec2", "delete_flow_logs", by="FlowLogIds", many=True),
    replace_on=frozenset({"vpcId", *NAMES}),
    computed=REGIONAL | {"logDestination", "logFormat"},
    defaults={"logDestinationType": CLOUDWATCH, "maxAggregationInterval": INTERVAL_SECONDS},
    refusals=_refusals,
)
