"""The example environments: their stack files, and the network that one of them wants to find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "examples" / "environments"
EXISTING_VPC = "existing-vpc"
NAMES = sorted(path.name.split(".")[1] for path in FOLDER.glob("Pulumi.*.yaml"))
"""Names of the stacks, e.g. ``gpu``."""

IDENTIFIER = r"(?:vpc|subnet|sg)-0123456789abcdef\d"
"""Of what exists in the existing VPC, in the order VPC, subnets, security group."""

NETWORK: list[tuple[str, dict[str, Any], dict[str, Any] | str]] = [
    (
        "getSubnet",
        {"id": f"subnet-0123456789abcdef{number}"},
        {
            "vpcId": "vpc-0123456789abcdef0",
            "mapPublicIpOnLaunch": False,
            "availabilityZone": f"ap-northeast-1{zone}",
        },
    )
    for number, zone in enumerate("ac")
] + [
    (
        "getRouteTable",
        {},
        {"routes": [{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1", "gatewayId": ""}]},
    ),
    ("getVpc", {}, {"enableDnsSupport": True, "enableDnsHostnames": True}),
    ("getSecurityGroup", {}, {"vpcId": "vpc-0123456789abcdef0"}),
    ("getSecurityGroupRules", {}, {"ids": ["sgr-1"]}),
    ("getSecurityGroupRule", {}, {"isEgress": True, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}),
]
"""What recorded runs answer where the existing VPC is looked up."""


def text(name: str) -> str:
    """Return the stack file of an example."""
    return (FOLDER / f"Pulumi.{name}.yaml").read_text()
