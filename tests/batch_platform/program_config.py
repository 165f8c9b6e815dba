"""The text of a small stack file for runs of the program."""

from __future__ import annotations

from tests.batch_platform.recorded_run import Answer

ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/busybox"
"""A private image of the config's region."""

EVERYTHING_OUT = {"isEgress": True, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}
BETWEEN_NODES = {"isEgress": False, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}
TO_ITSELF = {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-1"}
BESIDE_SUBNETS: list[Answer] = [
    ("getVpc", {"id": "vpc-1"}, {"enableDnsSupport": True, "enableDnsHostnames": True}),
    ("getSecurityGroup", {}, {"vpcId": "vpc-1"}),
    ("getSecurityGroupRules", {}, {"ids": ["sgr-1", "sgr-2", "sgr-3", "sgr-4"]}),
    ("getSecurityGroupRule", {"securityGroupRuleId": "sgr-1"}, EVERYTHING_OUT),
    ("getSecurityGroupRule", {"securityGroupRuleId": "sgr-2"}, BETWEEN_NODES),
    ("getSecurityGroupRule", {"securityGroupRuleId": "sgr-3"}, TO_ITSELF | {"isEgress": False}),
    ("getSecurityGroupRule", {"securityGroupRuleId": "sgr-4"}, TO_ITSELF | {"isEgress": True}),
]
"""What is looked up of an existing network that works, beside its subnets."""

SUBNET = {
    "vpcId": "vpc-1",
    "mapPublicIpOnLaunch": True,
    "availabilityZone": "ap-northeast-1a",
}
IN_OWN_VPC = [f"sg-{number}" for number in (6, 7, 8)]
"""Security groups that others made in the stack's VPC, vpc-own."""

NETWORK_OF_ANOTHER: list[Answer] = [
    ("getBucket", {}, {"bucketRegion": "ap-northeast-1"}),
    *(("getSecurityGroup", {"id": each}, {"vpcId": "vpc-own"}) for each in IN_OWN_VPC),
    ("getSubnet", {}, SUBNET),
    ("getRouteTable", {}, {"routes": [{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}]}),
    *BESIDE_SUBNETS,
]
"""The VPC vpc-1 of mode ``existing``, from where all can be reached; and a bucket."""


def config(network: str, *, image: str = "busybox", more: str = "") -> str:
    return f"""\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments:
    default: {{type: EC2}}
  batch-platform:jobQueues:
    default: {{computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
    hello: {{image: "{image}", memory: 100}}
{more}"""
