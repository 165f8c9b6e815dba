"""Who can reach the instances: nobody."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import PolicyResource, ResourceValidationArgs

from batch_platform.policy.instances import COMPUTE_ENVIRONMENT
from batch_platform.policy.rule import Properties, known, resource_rule, stack_rule

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
VPC = "aws:ec2/vpc:Vpc"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"

EVERYWHERE = {"0.0.0.0/0", "::/0"}


@resource_rule(
    "no-ingress-from-everywhere",
    [SECURITY_GROUP, INGRESS_RULE, GROUP_RULE],
    fix="name the security group, or the smallest block, that needs access",
)
def no_ingress_from_everywhere(args: ResourceValidationArgs) -> Iterator[str]:
    """No security group lets in every address."""
    for rule in _ingress(args.resource_type, args.props):
        for block in EVERYWHERE.intersection(_blocks(rule)):
            yield f"{block} is let in"


@stack_rule(
    "no-way-in",
    fix="remove the rule; pass data to a job through a queue or a bucket",
)
def no_way_in(resources: list[PolicyResource]) -> Iterator[tuple[PolicyResource, str]]:
    """Nothing but they themselves may open a connection to the instances of a compute environment.

    The nodes of a multi-node job are in the instances' group.
    """
    groups = {
        group.urn
        for environment in resources
        if environment.resource_type == COMPUTE_ENVIRONMENT
        for group in environment.property_dependencies.get("computeResources", ())
        if group.resource_type == SECURITY_GROUP
    }
    for each in resources:
        if each.resource_type == SECURITY_GROUP:
            entered = {each.urn} if known(each.props, "ingress") else set()
        elif each.resource_type in {INGRESS_RULE, GROUP_RULE}:
            if each.resource_type == GROUP_RULE and each.props.get("type") != "ingress":
                continue
            named = each.property_dependencies.get("securityGroupId", ())
            entered = {group.urn for group in named}
            if entered == _senders(each):
                continue
        else:
            continue
        if entered & groups:
            yield each, f"{each.name} lets traffic in to a compute environment's security group"


@stack_rule(
    "default-group-closed",
    fix="register an aws.ec2.DefaultSecurityGroup of the VPC, without ingress and egress",
)
def default_group_closed(resources: list[PolicyResource]) -> Iterator[tuple[PolicyResource, str]]:
    """A VPC's default security group, used where no group is named, has no rules."""
    closed = set()
    for each in resources:
        if each.resource_type == DEFAULT_GROUP:
            if known(each.props, "ingress") or known(each.props, "egress"):
                yield each, f"{each.name} has rules"
            closed |= {vpc.urn for vpc in each.property_dependencies.get("vpcId", ())}
    for each in resources:
        if each.resource_type == VPC and each.urn not in closed:
            yield each, f"{each.name} leaves the rules of its default security group as they are"


def _senders(rule: PolicyResource) -> set[str]:
    """Return the groups that a rule lets in; none where it lets in addresses."""
    if rule.resource_type == GROUP_RULE:
        if rule.props.get("self"):
            return {group.urn for group in rule.property_dependencies.get("securityGroupId", ())}
        return {group.urn for group in rule.property_dependencies.get("sourceSecurityGroupId", ())}
    named = rule.property_dependencies.get("referencedSecurityGroupId", ())
    return {group.urn for group in named}


def _ingress(resource_type: str, props: Properties) -> Iterator[Properties]:
    if resource_type == SECURITY_GROUP:
        yield from props.get("ingress") or ()
    elif resource_type == INGRESS_RULE or props.get("type") == "ingress":
        yield props


def _blocks(rule: Properties) -> Iterator[str]:
    for key in ("cidrIpv4", "cidrIpv6"):
        if key in rule:
            yield rule[key]
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from rule.get(key) or ()
