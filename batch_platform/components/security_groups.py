"""Security groups of a network that the stack makes: nothing in, and as little out as works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.settings.egress import EVERYWHERE, EVERYWHERE_IPV6, HTTPS, NFS
from batch_platform.settings.network import EndpointsNetwork

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings.egress import EgressRule
    from batch_platform.settings.network import MadeNetwork


class SecurityGroups:
    """The instances' group, the endpoints' group in mode ``endpoints``, and their rules.

    Rules are resources of their own: the two groups name each other, and inline rules would be a
    circle.

    Attributes:
        instances: no way in; out by TCP 443, by the config's further rules, and by TCP 2049
            within the VPC where an environment mounts EFS. Where jobs have several nodes, those
            are in it, and it is open to itself, as it is for Elastic Fabric Adapters.
        endpoints: TCP 443 from the instances alone; only in mode ``endpoints``.
        rules: what must exist before an instance can reach anything.
    """

    def __init__(
        self,
        plan: Plan,
        network: MadeNetwork,
        vpc_id: pulumi.Input[str],
        *,
        parent: pulumi.Resource,
    ) -> None:
        self._plan, self._vpc_id, self._parent = plan, vpc_id, parent
        self.rules: list[pulumi.Resource] = []
        self._close_default_group()
        self.instances = self._group("instances", "Container instances: no way in")
        for cidr in network.cidrs if plan.settings.mounts_file_systems else ():
            what = "efs" if cidr == network.cidr else f"efs-{cidr}"
            self._egress(what, "NFS to EFS in the VPC", ports=(NFS, NFS), cidr_ipv4=cidr)
        if plan.settings.has_multi_node or plan.settings.has_adapters:
            self._between_nodes()
        if isinstance(network, EndpointsNetwork):
            self.endpoints = self._group("endpoints", "VPC endpoints: HTTPS from the instances")
            self._between_instances_and_endpoints()
        else:
            self._egress("https", "HTTPS to AWS and to registries", cidr_ipv4=EVERYWHERE)
        if network.has_ipv6:
            what = "HTTPS to AWS and to registries, by IPv6"
            self._egress("https-ipv6", what, cidr_ipv6=EVERYWHERE_IPV6)
        for rule in network.egress:
            self._further_egress(rule)

    def let_reach_endpoints(self, s3_prefix_list_id: pulumi.Input[str]) -> None:
        """Let the instances out to S3, whose gateway endpoint has addresses and no group."""
        self._egress("s3", "HTTPS to S3, for image layers", prefix_list_id=s3_prefix_list_id)

    def _further_egress(self, rule: EgressRule) -> None:
        """Let out what the config says; all types of ICMP are type -1 and code -1 in EC2."""
        every = (-1, -1) if rule.protocol == "icmp" else None
        protocols = {"all": "-1", "icmp": "icmpv6" if rule.cidr_ipv6 else "icmp"}
        ports = "".join(f"-{port}" for port in rule.ports or ())
        self._egress(
            f"{rule.protocol}{ports}-{rule.target}",
            rule.description,
            protocol=protocols.get(rule.protocol, rule.protocol),
            ports=rule.ports or every,
            cidr_ipv4=rule.cidr,
            cidr_ipv6=rule.cidr_ipv6,
            referenced_security_group_id=rule.security_group_id,
        )

    def _close_default_group(self) -> None:
        """Take the rules of the VPC's own group away: what is put in no group is put in it."""
        aws.ec2.DefaultSecurityGroup(
            self._plan.name("vpc-default"),
            vpc_id=self._vpc_id,
            tags=self._plan.tagged("vpc-default"),
            opts=pulumi.ResourceOptions(parent=self._parent),
        )

    def _between_nodes(self) -> None:
        """Let the nodes of a job reach one another, on whatever ports they choose."""
        for direction, rule_type in (
            ("in", aws.vpc.SecurityGroupIngressRule),
            ("out", aws.vpc.SecurityGroupEgressRule),
        ):
            rule = rule_type(
                self._plan.name(f"instances-nodes-{direction}"),
                security_group_id=self.instances.id,
                ip_protocol="-1",
                referenced_security_group_id=self.instances.id,
                description="Nodes of a multi-node job among themselves",
                tags=self._plan.tags,
                opts=pulumi.ResourceOptions(parent=self._parent),
            )
            self.rules.append(rule)

    def _between_instances_and_endpoints(self) -> None:
        self._egress(
            "endpoints",
            "HTTPS to the VPC endpoints",
            referenced_security_group_id=self.endpoints.id,
        )
        ingress = aws.vpc.SecurityGroupIngressRule(
            self._plan.name("endpoints-https"),
            security_group_id=self.endpoints.id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            referenced_security_group_id=self.instances.id,
            description="HTTPS from the container instances",
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self._parent),
        )
        self.rules.append(ingress)

    def _group(self, what: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self._plan.name(what),
            vpc_id=self._vpc_id,
            description=description,
            tags=self._plan.tagged(what),
            opts=pulumi.ResourceOptions(parent=self._parent),
        )

    def _egress(
        self,
        what: str,
        description: str,
        *,
        protocol: str = "tcp",
        ports: tuple[int, int] | None = (HTTPS, HTTPS),
        **target: pulumi.Input[str] | None,
    ) -> None:
        first, last = ports or (None, None)
        rule = aws.vpc.SecurityGroupEgressRule(
            self._plan.name(f"instances-{what}"),
            security_group_id=self.instances.id,
            ip_protocol=protocol,
            from_port=first,
            to_port=last,
            description=description,
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self._parent),
            **target,
        )
        self.rules.append(rule)
