"""How each Pulumi resource type and function that the program uses is carried out by boto3.

The names and shapes are those of pulumi-aws 7. :mod:`localaws.embedded` calls these handlers; a
gRPC provider for the real engine can call the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from localaws.resources import batch, ec2, functions, iam, logs, network, ssm
from localaws.resources.clients import Clients

Properties = Mapping[str, Any]
Create = Callable[[Clients, Properties], tuple[str, dict[str, Any]]]
"""Creates a resource from its inputs; returns its id and the outputs that are not inputs."""
Call = Callable[[Clients, Properties], dict[str, Any]]


class ResourceType(NamedTuple):
    """What the provider must know of a resource type."""

    create: Create
    autonamed: bool
    """Whether ``name`` is made up from the logical name where the program gives none."""


RESOURCE_TYPES: Mapping[str, ResourceType] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": ResourceType(
        batch.create_compute_environment, autonamed=True
    ),
    "aws:batch/jobDefinition:JobDefinition": ResourceType(
        batch.create_job_definition, autonamed=True
    ),
    "aws:batch/jobQueue:JobQueue": ResourceType(batch.create_job_queue, autonamed=True),
    "aws:cloudwatch/logGroup:LogGroup": ResourceType(logs.create_log_group, autonamed=True),
    "aws:ec2/eip:Eip": ResourceType(network.create_eip, autonamed=False),
    "aws:ec2/internetGateway:InternetGateway": ResourceType(
        network.create_internet_gateway, autonamed=False
    ),
    "aws:ec2/natGateway:NatGateway": ResourceType(network.create_nat_gateway, autonamed=False),
    "aws:ec2/route:Route": ResourceType(network.create_route, autonamed=False),
    "aws:ec2/routeTable:RouteTable": ResourceType(network.create_route_table, autonamed=False),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ResourceType(
        network.create_route_table_association, autonamed=False
    ),
    "aws:ec2/securityGroup:SecurityGroup": ResourceType(ec2.create_security_group, autonamed=True),
    "aws:ec2/subnet:Subnet": ResourceType(network.create_subnet, autonamed=False),
    "aws:ec2/vpc:Vpc": ResourceType(network.create_vpc, autonamed=False),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ResourceType(ec2.create_vpc_endpoint, autonamed=False),
    "aws:iam/instanceProfile:InstanceProfile": ResourceType(
        iam.create_instance_profile, autonamed=True
    ),
    "aws:iam/role:Role": ResourceType(iam.create_role, autonamed=True),
    "aws:iam/rolePolicy:RolePolicy": ResourceType(iam.create_role_policy, autonamed=True),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ResourceType(
        iam.create_role_policy_attachment, autonamed=False
    ),
    "aws:ssm/parameter:Parameter": ResourceType(ssm.create_parameter, autonamed=True),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ResourceType(
        ec2.create_egress_rule, autonamed=False
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ResourceType(
        ec2.create_ingress_rule, autonamed=False
    ),
}

FUNCTIONS: Mapping[str, Call] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": functions.get_availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": functions.get_caller_identity,
    "aws:ec2/getRouteTable:getRouteTable": functions.get_route_table,
    "aws:ec2/getSubnet:getSubnet": functions.get_subnet,
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": functions.get_vpc_endpoint,
    "aws:ssm/getParameter:getParameter": functions.get_parameter,
}
