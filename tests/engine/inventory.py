"""What AWS has of one environment, asked of every service, whatever any state says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        for kind, name in (*self._network(environment), *self._others(environment)):
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
            yield "SecurityGroup", group["GroupId"]
            only = [{"Name": "group-id", "Values": [group["GroupId"]]}]
            for rule in ec2.describe_security_group_rules(Filters=only)["SecurityGroupRules"]:
                yield "SecurityGroupEgressRule", rule["SecurityGroupRuleId"]

    def _others(self, environment: str) -> Iterator[tuple[str, str]]:
        iam, batch = self._client("iam"), self._client("batch")
        for role in iam.list_roles()["Roles"]:
            name = role["RoleName"]
            if not name.startswith(f"{environment}-"):
                continue
            yield "Role", name
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                yield "RolePolicy", f"{name}:{policy}"
            for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                yield "RolePolicyAttachment", f"{name} {each['PolicyArn']}"
        for profile in iam.list_instance_profiles()["InstanceProfiles"]:
            if profile["InstanceProfileName"].startswith(f"{environment}-"):
                yield "InstanceProfile", profile["InstanceProfileName"]
        for each in batch.describe_compute_environments()["computeEnvironments"]:
            if _is_of(environment, each):
                yield "ComputeEnvironment", each["computeEnvironmentName"]
        for each in batch.describe_job_queues()["jobQueues"]:
            if _is_of(environment, each):
                yield "JobQueue", each["jobQueueName"]
        for each in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]:
            if _is_of(environment, each):
                yield "JobDefinition", each["jobDefinitionName"]
        for each in self._client("logs").describe_log_groups()["logGroups"]:
            if each["logGroupName"] == f"/aws/batch/job/{environment}":
                yield "LogGroup", each["logGroupName"]
        for each in self._client("ssm").describe_parameters()["Parameters"]:
            if each["Name"] == f"/batch/{environment}":
                yield "Parameter", each["Name"]


def _is_of(environment: str, described: Mapping[str, Any]) -> bool:
    return described.get("tags", {}).get(ENVIRONMENT_TAG) == environment
