"""Elastic IP addresses (terraform-provider-aws: internal/service/ec2/ec2_eip.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Allocate an address."""
    allocated = clients("ec2").allocate_address(
        Domain=inputs.get("domain", "vpc"), **tags.ec2_specification("elastic-ip", inputs)
    )
    identifier: str = allocated["AllocationId"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe an address; what it is associated with moves without it, and is not shown."""
    describe = clients("ec2").describe_addresses
    address = first(unless_gone(describe, AllocationIds=[identifier]), "Addresses")
    if address is None:
        return None
    return {
        "id": identifier,
        "allocationId": identifier,
        "arn": clients.arn("ec2", f"elastic-ip/{identifier}"),
        "domain": address["Domain"],
        "publicIp": address["PublicIp"],
        "region": clients.region,
        **tags.properties(address.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the tags."""
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Release the address."""
    unless_gone(clients("ec2").release_address, AllocationId=identifier)


def _domains(inputs: Properties) -> Iterator[Refusal]:
    return checks.one_of(inputs, "domain", ["vpc"])


EIP = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.EipArgs,
    replace_on=frozenset({"domain"}),
    computed=REGIONAL | {"domain"},
    check=checks.carrying("domain", "tags", check=_domains),
)
