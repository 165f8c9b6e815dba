"""Single rules of security groups.

terraform-provider-aws: internal/service/ec2/vpc_security_group_ingress_rule.go, …_egress_rule.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import (
    REGIONAL,
    Description,
    Properties,
    changes,
    present,
    unless_gone,
)
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

Direction = Literal["ingress", "egress"]

SOURCES = {
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}
ANY_PORT = -1
_CHANGEABLE = frozenset({"description", "fromPort", "ipProtocol", "toPort", *SOURCES})
_describe = Describe(
    "ec2",
    "describe_security_group_rules",
    by="SecurityGroupRuleIds",
    under="SecurityGroupRules",
)


def _state(_: Clients, rule: Description) -> Properties:
    group = rule.get("ReferencedGroupInfo") or {}
    ports = {"fromPort": rule.get("FromPort"), "toPort": rule.get("ToPort")}
    # To ICMP it means every type, which a program says; to all protocols, what it does not say.
    unsaid = (None,) if str(rule["IpProtocol"]).startswith("icmp") else (None, ANY_PORT)
    return {
        **present({"referencedSecurityGroupId": group.get("GroupId")}),
        **{key: port for key, port in ports.items() if port not in unsaid},
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    if changes(state, inputs, *_CHANGEABLE):
        _modify(clients, identifier, inputs)


def _describe_other_ends(clients: Clients, identifier: str, inputs: Properties) -> None:
    """Write the description again: moto keeps that of a CIDR alone."""
    if "description" in inputs and not {"cidrIpv4", "cidrIpv6"} & inputs.keys():
        _modify(clients, identifier, inputs)


def _modify(clients: Clients, identifier: str, inputs: Properties) -> None:
    rule = {
        "IpProtocol": inputs["ipProtocol"],
        "FromPort": inputs.get("fromPort", ANY_PORT),
        "ToPort": inputs.get("toPort", ANY_PORT),
        "Description": inputs.get("description", ""),
        **{name: inputs[key] for key, name in SOURCES.items() if key in inputs},
    }
    clients("ec2").modify_security_group_rules(
        GroupId=inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": identifier, "SecurityGroupRule": rule}],
    )


def replaces(old: Properties, new: Properties) -> list[str]:
    """Another kind of source or destination is another rule (ModifyPlan)."""
    before = [key for key in SOURCES if old.get(key)]
    after = [key for key in SOURCES if new.get(key)]
    return [] if before == after else [*before, *after]


def _permission(inputs: Properties) -> dict[str, Any]:
    described = present({"Description": inputs.get("description")})
    permission: dict[str, Any] = {"IpProtocol": inputs["ipProtocol"]}
    if "fromPort" in inputs:
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    if "cidrIpv4" in inputs:
        permission["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"], **described}]
    if "cidrIpv6" in inputs:
        permission["Ipv6Ranges"] = [{"CidrIpv6": inputs["cidrIpv6"], **described}]
    if "prefixListId" in inputs:
        permission["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **described}]
    if "referencedSecurityGroupId" in inputs:
        group = {"GroupId": inputs["referencedSecurityGroupId"], **described}
        permission["UserIdGroupPairs"] = [group]
    return permission


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.at_most_one(inputs, *SOURCES)
    for port in ("fromPort", "toPort"):
        yield from checks.between(inputs, port, ANY_PORT, 65535)


def _rule_type(direction: Direction, arguments: type) -> ResourceType:
    def create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
        authorize = getattr(clients("ec2"), f"authorize_security_group_{direction}")
        group, permission = inputs["securityGroupId"], _permission(inputs)
        answer = authorize(GroupId=group, IpPermissions=[permission], **tagged)
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def delete(clients: Clients, identifier: str, state: Properties) -> None:
        revoke = getattr(clients("ec2"), f"revoke_security_group_{direction}")
        if _describe(clients, identifier) is not None:
            unless_gone(revoke, GroupId=state["securityGroupId"], SecurityGroupRuleIds=[identifier])

    return ResourceType(
        arguments=arguments,
        creation=create,
        completion=_describe_other_ends,
        description=_describe,
        names={
            "cidrIpv4": "CidrIpv4",
            "cidrIpv6": "CidrIpv6",
            "description": "Description",
            "ipProtocol": "IpProtocol",
            "prefixListId": "PrefixListId",
            "securityGroupId": "GroupId",
            "securityGroupRuleId": "SecurityGroupRuleId",
        },
        arn="ec2:security-group-rule",
        state=_state,
        change=_change,
        tagging=Ec2Tagging(kind="security-group-rule"),
        deletion=delete,
        replace_on=frozenset({"securityGroupId"}),
        replaces=replaces,
        update_on=_CHANGEABLE,
        computed=REGIONAL,
        refusals=_refusals,
    )


SECURITY_GROUP_INGRESS_RULE = _rule_type("ingress", aws.vpc.SecurityGroupIngressRuleArgs)
SECURITY_GROUP_EGRESS_RULE = _rule_type("egress", aws.vpc.SecurityGroupEgressRuleArgs)
