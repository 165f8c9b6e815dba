"""What AWS has of one environment, asked of every service, whatever any state says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from batch_platform.plan import ENVIRONMENT_TAG
from batch_platform.recovery.events import DEFAULT_POLICY
from tests.aws_clients import client_of


class Inventory:
    """Looks at one account and region."""

    def __init__(self, local: Any) -> None:
        self._local = local

    def of(self, environment: str) -> dict[str, list[str]]:
        """Return ids or names by Pulumi's short type, those alone that there are."""
        found: dict[str, list[str]] = {}
        looks = (self._network, self._ways_out, self._iam, self._batch, self._named)
        looks += (self._queues, self._topics, self._watching)
        for look in looks:
            for kind, name in look(environment):
                found.setdefault(kind, []).append(name)
        return {kind: sorted(names) for kind, names in found.items()}

    def _client(self, service: str) -> Any:
        return client_of(self._local, service)

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
                # The route of a gateway endpoint is the endpoint's own.
                if route.get("GatewayId") != "local" and "DestinationCidrBlock" in route:
                    yield "Route", f"{table['RouteTableId']} {route['DestinationCidrBlock']}"
            for each in table["Associations"]:
                yield "RouteTableAssociation", each["RouteTableAssociationId"]
        for group in ec2.describe_security_groups(Filters=ours)["SecurityGroups"]:
            own = group["GroupName"] == "default"  # of the VPC
            yield "DefaultSecurityGroup" if own else "SecurityGroup", group["GroupId"]
            only = [{"Name": "group-id", "Values": [group["GroupId"]]}]
            for rule in ec2.describe_security_group_rules(Filters=only)["SecurityGroupRules"]:
                way = "Egress" if rule["IsEgress"] else "Ingress"
                yield f"SecurityGroup{way}Rule", rule["SecurityGroupRuleId"]

    def _ways_out(self, environment: str) -> Iterator[tuple[str, str]]:
        ec2 = self._client("ec2")
        ours = [{"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [environment]}]
        for each in ec2.describe_addresses(Filters=ours)["Addresses"]:
            yield "Eip", each["AllocationId"]
        for each in ec2.describe_flow_logs(Filter=ours)["FlowLogs"]:
            yield "FlowLog", each["FlowLogId"]
        for each in ec2.describe_nat_gateways(Filter=ours)["NatGateways"]:
            # moto filters NAT gateways by other things than tags.
            of_this = {"Key": ENVIRONMENT_TAG, "Value": environment} in each.get("Tags", [])
            if of_this and each["State"] != "deleted":
                yield "NatGateway", each["NatGatewayId"]
        for each in ec2.describe_vpc_endpoints(Filters=ours)["VpcEndpoints"]:
            if each["State"] != "deleted":
                yield "VpcEndpoint", each["VpcEndpointId"]

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
        for policy in _all(iam, "list_policies", "Policies", Scope="Local"):
            if policy["PolicyName"].startswith(f"{environment}-"):
                yield "Policy", policy["PolicyName"]
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

        for each in _all(batch, "list_scheduling_policies", "schedulingPolicies"):
            if each["arn"].rpartition("/")[2].startswith(f"{environment}-"):
                yield "SchedulingPolicy", each["arn"]

    def _named(self, environment: str) -> Iterator[tuple[str, str]]:
        for each in _all(self._client("logs"), "describe_log_groups", "logGroups"):
            if environment in each["logGroupName"].split("/"):
                yield "LogGroup", each["logGroupName"]
        for each in self._client("ssm").get_parameters(Names=[f"/batch/{environment}"])[
            "Parameters"
        ]:
            yield "Parameter", each["Name"]

    def _queues(self, environment: str) -> Iterator[tuple[str, str]]:
        prefix = f"{environment}-"
        events, sqs = self._client("events"), self._client("sqs")
        for rule in _all(events, "list_rules", "Rules", NamePrefix=prefix):
            yield "EventRule", rule["Name"]
            for each in _all(events, "list_targets_by_rule", "Targets", Rule=rule["Name"]):
                yield "EventTarget", f"{rule['Name']} {each['Id']}"
        for page in sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix):
            for url in page.get("QueueUrls", []):
                yield "Queue", url
                answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
                if answer.get("Attributes", {}).get("Policy"):
                    yield "QueuePolicy", url

    def _topics(self, environment: str) -> Iterator[tuple[str, str]]:
        prefix, sns = f"{environment}-", self._client("sns")
        for arn in (each["TopicArn"] for each in _all(sns, "list_topics", "Topics")):
            if not arn.rpartition(":")[2].startswith(prefix):
                continue
            yield "Topic", arn
            policy = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
            if json.loads(policy).get("Id") != DEFAULT_POLICY:
                yield "TopicPolicy", arn
        for each in _all(sns, "list_subscriptions", "Subscriptions"):
            if each["TopicArn"].rpartition(":")[2].startswith(prefix):
                yield "TopicSubscription", each["SubscriptionArn"]

    def _watching(self, environment: str) -> Iterator[tuple[str, str]]:
        prefix, cloudwatch = f"{environment}-", self._client("cloudwatch")
        for each in _all(cloudwatch, "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix):
            yield "MetricAlarm", each["AlarmName"]
        for each in _all(cloudwatch, "list_dashboards", "DashboardEntries"):
            if environment in each["DashboardName"]:
                yield "Dashboard", each["DashboardName"]


def _all(client: Any, operation: str, key: str, **arguments: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]
