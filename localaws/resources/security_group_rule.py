"""Single rules of security groups.

terraform-provider-aws: internal/service/ec2/vpc_security_group_ingress_rule.go, …_egress_rule.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]
Direction = Literal["ingress", "egress"]

SOURCES = {
    "cidrIpv4": "CidrIpv4",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}
ANY_PORT = -1
_CHANGEABLE = ("description", "fromPort", "ipProtocol", "toPort", *SOURCES)


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a rule."""
    describe = clients("ec2").describe_security_group_rules
    answer = unless_gone(describe, SecurityGroupRuleIds=[identifier])
    rule = first(answer, "SecurityGroupRules")
    if rule is None:
        return None
    group = rule.get("ReferencedGroupInfo") or {}
    ports = {"fromPort": rule.get("FromPort"), "toPort": rule.get("ToPort")}
    optional = {
        "cidrIpv4": rule.get("CidrIpv4"),
        "description": rule.get("Description"),
        "prefixListId": rule.get("PrefixListId"),
        "referencedSecurityGroupId": group.get("GroupId"),
    }
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"security-group-rule/{identifier}"),
        "ipProtocol": rule["IpProtocol"],
        "region": clients.region,
        "securityGroupId": rule["GroupId"],
        "securityGroupRuleId": identifier,
        **present(optional),
        **{key: port for key, port in ports.items() if port not in (None, ANY_PORT)},
        **tags.properties(rule.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the rule."""
    if changes(state, inputs, *_CHANGEABLE):
        _modify(clients, identifier, inputs)
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


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
    if "prefixListId" in inputs:
        permission["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **described}]
    if "referencedSecurityGroupId" in inputs:
        group = {"GroupId": inputs["referencedSecurityGroupId"], **described}
        permission["UserIdGroupPairs"] = [group]
    return permission


def _one_source(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.at_most_one(inputs, *SOURCES)
    for port in ("fromPort", "toPort"):
        yield from checks.between(inputs, port, ANY_PORT, 65535)


def _rule_type(direction: Direction, arguments: type) -> ResourceType:
    def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
        """Add one rule."""
        authorize = getattr(clients("ec2"), f"authorize_security_group_{direction}")
        answer = authorize(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
            **tags.ec2_specification("security-group-rule", inputs),
        )
        identifier: str = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        with finishing(identifier):
            if "description" in inputs and "cidrIpv4" not in inputs:
                _modify(clients, identifier, inputs)  # moto drops it but for that of a CIDR
            return identifier, beside(inputs, read(clients, identifier))

    def delete(clients: Clients, identifier: str, state: Properties) -> None:
        """Take the rule away."""
        revoke = getattr(clients("ec2"), f"revoke_security_group_{direction}")
        if read(clients, identifier) is not None:
            unless_gone(revoke, GroupId=state["securityGroupId"], SecurityGroupRuleIds=[identifier])

    return ResourceType(
        create=create,
        read=read,
        update=update,
        delete=delete,
        arguments=arguments,
        replace_on=frozenset({"securityGroupId"}),
        replaces=replaces,
        computed=REGIONAL,
        check=checks.carrying("securityGroupId", "tags", *_CHANGEABLE, check=_one_source),
    )


SECURITY_GROUP_INGRESS_RULE = _rule_type("ingress", aws.vpc.SecurityGroupIngressRuleArgs)
SECURITY_GROUP_EGRESS_RULE = _rule_type("egress", aws.vpc.SecurityGroupEgressRuleArgs)
