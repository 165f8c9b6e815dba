"""Flow logs of a VPC (terraform-provider-aws: internal/service/ec2/vpc_flow_log.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

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


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a flow log of a VPC.

    Raises:
        ValueError: EC2 has not made it; with its reason.
    """
    created = clients("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[inputs["vpcId"]],
        **{name: inputs[key] for key, name in NAMES.items() if key in inputs},
        **tags.ec2_specification("vpc-flow-log", inputs),
    )
    for refused in created.get("Unsuccessful", ()):
        error = refused["Error"]
        raise ValueError(f"creating Flow Log ({inputs['vpcId']}): {error['Message']}")
    identifier: str = created["FlowLogIds"][0]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a flow log."""
    describe = clients("ec2").describe_flow_logs
    log = first(unless_gone(describe, FlowLogIds=[identifier]), "FlowLogs")
    if log is None:
        return None
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"vpc-flow-log/{identifier}"),
        "region": clients.region,
        "vpcId": log["ResourceId"],
        **present({key: log.get(name) for key, name in NAMES.items()}),
        **tags.properties(log.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the tags."""
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a flow log; what it has recorded stays."""
    if read(clients, identifier) is not None:
        clients("ec2").delete_flow_logs(FlowLogIds=[identifier])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "trafficType", ["ACCEPT", "ALL", "REJECT"])
    yield from checks.one_of(inputs, "logDestinationType", [CLOUDWATCH])
    if inputs.get("maxAggregationInterval", INTERVAL_SECONDS) not in {60, INTERVAL_SECONDS}:
        yield Refusal("maxAggregationInterval", "expected maxAggregationInterval in [60 600]")


FLOW_LOG = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.FlowLogArgs,
    replace_on=frozenset({"vpcId", *NAMES}),
    computed=REGIONAL | {"logDestination", "logFormat"},
    defaults={"logDestinationType": CLOUDWATCH, "maxAggregationInterval": INTERVAL_SECONDS},
    check=checks.carrying("tags", "vpcId", *NAMES, check=_refusals),
)
