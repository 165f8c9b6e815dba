"""Security groups and VPC endpoints (aws:ec2, aws:vpc)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from localaws.resources.clients import Clients
from localaws.resources.network import tag_specification


def create_security_group(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Create a security group without the rule that EC2 adds (as the real provider does)."""
    ec2 = clients("ec2")
    group = ec2.create_security_group(
        GroupName=inputs["name"],
        Description=inputs.get("description", "Managed by Pulumi"),
        VpcId=inputs["vpcId"],
        **tag_specification("security-group", inputs),
    )
    everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    with contextlib.suppress(ClientError):  # no such rule: then there is nothing to take away
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=everywhere)
    return group["GroupId"], {"arn": group.get("SecurityGroupArn", "")}


def create_ingress_rule(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Add one rule for incoming traffic."""
    answer = clients("ec2").authorize_security_group_ingress(
        GroupId=inputs["securityGroupId"], IpPermissions=[_permission(inputs)]
    )
    return _rule_id(answer, inputs), {}


def create_egress_rule(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Add one rule for outgoing traffic."""
    answer = clients("ec2").authorize_security_group_egress(
        GroupId=inputs["securityGroupId"], IpPermissions=[_permission(inputs)]
    )
    return _rule_id(answer, inputs), {}


def create_vpc_endpoint(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create an interface or gateway endpoint."""
    ec2 = clients("ec2")
    names = {
        "privateDnsEnabled": "PrivateDnsEnabled",
        "routeTableIds": "RouteTableIds",
        "securityGroupIds": "SecurityGroupIds",
        "subnetIds": "SubnetIds",
        "policy": "PolicyDocument",
    }
    endpoint = ec2.create_vpc_endpoint(
        VpcId=inputs["vpcId"],
        ServiceName=inputs["serviceName"],
        VpcEndpointType=inputs["vpcEndpointType"],
        **{names[key]: inputs[key] for key in names if key in inputs},
        **tag_specification("vpc-endpoint", inputs),
    )["VpcEndpoint"]
    outputs: dict[str, Any] = {"state": endpoint.get("State", "available")}
    if inputs["vpcEndpointType"] == "Gateway":
        outputs["prefixListId"] = _prefix_list(clients, inputs["serviceName"])
    return endpoint["VpcEndpointId"], outputs


def _prefix_list(clients: Clients, service_name: str) -> str:
    lists = clients("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service_name]}]
    )["PrefixLists"]
    if not lists:
        raise LookupError(f"no prefix list for {service_name} in {clients.region}")
    return str(lists[0]["PrefixListId"])


def _permission(inputs: Mapping[str, Any]) -> dict[str, Any]:
    description = {"Description": inputs["description"]} if "description" in inputs else {}
    permission: dict[str, Any] = {"IpProtocol": inputs["ipProtocol"]}
    if "fromPort" in inputs:
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    if "cidrIpv4" in inputs:
        permission["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"], **description}]
    if "prefixListId" in inputs:
        permission["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **description}]
    if "referencedSecurityGroupId" in inputs:
        group = {"GroupId": inputs["referencedSecurityGroupId"], **description}
        permission["UserIdGroupPairs"] = [group]
    return permission


def _rule_id(answer: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    rules = answer.get("SecurityGroupRules") or [{}]
    return str(rules[0].get("SecurityGroupRuleId", f"sgr-of-{inputs['securityGroupId']}"))
