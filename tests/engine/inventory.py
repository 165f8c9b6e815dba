"""What AWS has of one environment, asked of every service, whatever any state says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3

from infra.plan import ENVIRONMENT_TAG


class Inventory:
    """Looks at one account and region."""

    def __init__(self, local: Any) -> None:
        self._local = local

    def of(self, environment: str) -> dict[str, list[str]]:
        """Return ids or names by Pulumi's short type, those alone that there are."""
        found: dict[str, list[str]] = {}
        for look in (self._network, self._iam, self._batch, self._named):
            for kind, name in look(environment):
                found.setdefault(kind, []).append(name)
        return {kind: sorted(names) for kind, names in found.items()}

    def _client(self, service: str) -> Any:
        return boto3.client(service, **self._local.client_arguments)

    def _network(self, environment: str) -> Iterator[tuple[str, str]]:
        ec2 = self._client("ec2")
        ours = [{"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [environment]}]
        for kind, operation, key, identifier in (
            ("Vpc", "describe_vpcs", "Vpcs", "VpcId"),
            ("Subnet", "describe_subnets", "Subnets", "SubnetId"),
            (
                "LaunchTemplate",
                "describe_launch_templates",
                "LaunchTemplates",
                "LaunchTemplateId",
            ),
            (
                "InternetGateway",
                "describe_internet_gateways",
                "InternetGateways",
                "InternetGatewayId",
            ),
        ):
            for each in getattr(ec2, operation)(Filters=ours)[key]:
                yield kind, each[identifier]
        for table in ec2.describe_route_tables(Filters=ours)["RouteTables"]:
            yield "RouteTable", table["RouteTableId"]
            for route in table["Routes"]:
                if route.get("GatewayId") != "local":
                    yield "Route", f"{table['RouteTableId']} {route['DestinationCidrBlock']}"
            for each in table["Associations"]:
                yield "RouteTableAssociation", each["RouteTableAssociationId"]
        for group in ec2.describe_security_groups(Filters=ours)["SecurityGroups"]:
            own = group["GroupName"] == "default"  # of the VPC
            yield "DefaultSecurityGroup" if own else "SecurityGroup", group["GroupId"]
            only = [{"Name": "group-id", "Values": [group["GroupId"]]}]
            for rule in ec2.describe_security_group_rules(Filters=only)["SecurityGroupRules"]:
                yield "SecurityGroupEgressRule", rule["SecurityGroupRuleId"]

    def _iam(self, environment: str) -> Iterator[tuple[str, str]]:
        iam = self._client("iam")
        for name in (each["RoleName"] for each in _all(iam, "list_roles", "Roles")):
            if not name.startswith(f"{environment}-"):
                continue
            yield "Role", name
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                yield "RolePolicy", f"{name}:{policy}"
            for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                yield "RolePolicyAttachment", f"{name} {each['PolicyArn']}"
        for profile in _all(iam, "list_instance_profiles", "InstanceProfiles"):
            if profile["InstanceProfileName"].startswith(f"{environment}-"):
                yield "InstanceProfile", profile["InstanceProfileName"]

    def _batch(self, environment: str) -> Iterator[tuple[str, str]]:
        batch = self._client("batch")
        described = {
            "ComputeEnvironment": _all(
                batch, "describe_compute_environments", "computeEnvironments"
            ),
            "JobQueue": _all(batch, "describe_job_queues", "jobQueues"),
            "JobDefinition": _all(
                batch, "describe_job_definitions", "jobDefinitions", status="ACTIVE"
            ),
        }
        for kind, found in described.items():
            for each in found:
                if each.get("tags", {}).get(ENVIRONMENT_TAG) == environment:
                    yield kind, each[f"{kind[0].lower()}{kind[1:]}Name"]

    def _named(self, environment: str) -> Iterator[tuple[str, str]]:
        group = f"/aws/batch/job/{environment}"
        found = self._client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        for each in found:
            yield "LogGroup", each["logGroupName"]
        for each in self._client("ssm").get_parameters(Names=[f"/batch/{environment}"])[
            "Parameters"
        ]:
            yield "Parameter", each["Name"]


def _all(client: Any, operation: str, key: str, **arguments: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]
