"""A site on the local AWS: network, roles and Batch that work, for a test to break one thing."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import batchsdk
from batchsdk import contract
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk.fakes import stack_outputs
from tests.conftest import MANAGED, wait_valid

SERVICE_POLICY = "AWSBatchServiceRole"
INSTANCE_POLICY = "AmazonEC2ContainerServiceforEC2Role"


@dataclass
class Site:
    """One VPC with a public subnet, one compute environment, one queue on it."""

    local: LocalAws
    environment: str = ""
    environments: list[str] = field(default_factory=list)
    queue: str = ""
    unique: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def client(self, service: str) -> Any:
        return client_of(self.local, service)

    def __post_init__(self) -> None:
        self.batch, self.ec2, self.iam = map(self.client, ("batch", "ec2", "iam"))
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.add_subnet("10.0.0.0/24")
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.table = self.ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [self.vpc]}]
        )["RouteTables"][0]["RouteTableId"]
        self.ec2.create_route(
            RouteTableId=self.table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
        )
        self.security_group = self.ec2.create_security_group(
            GroupName=f"group-{self.unique}", Description="of a test", VpcId=self.vpc
        )["GroupId"]
        self.role("instance", INSTANCE_POLICY)
        self.profile = self.iam.create_instance_profile(
            InstanceProfileName=f"profile-{self.unique}"
        )["InstanceProfile"]["Arn"]
        self.iam.add_role_to_instance_profile(
            InstanceProfileName=f"profile-{self.unique}", RoleName=f"instance-{self.unique}"
        )

    def add_subnet(self, cidr: str, zone: str = "us-east-1a") -> str:
        subnet: str = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone)[
            "Subnet"
        ]["SubnetId"]
        self.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        return subnet

    def role(self, kind: str, *policies: str) -> str:
        name = f"{kind}-{self.unique}"
        services = ["batch.amazonaws.com", "ec2.amazonaws.com", "spotfleet.amazonaws.com"]
        allow = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
        trust = {"Version": "2012-10-17", "Statement": [allow]}
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))[
            "Role"
        ]["Arn"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED + policy)
        return arn

    def deploy(self, *, service_role: str | None = None, **resources: Any) -> batchsdk.Batch:
        """Make the compute environment and its queue, and connect to them as to a stack."""
        self.environment = f"environment-{self.unique}"
        more = {"serviceRole": service_role} if service_role else {}
        self.batch.create_compute_environment(
            computeEnvironmentName=self.environment,
            type="MANAGED",
            computeResources={
                "type": "EC2",
                "allocationStrategy": "BEST_FIT_PROGRESSIVE",
                "minvCpus": 0,
                "maxvCpus": 256,
                "instanceTypes": ["c4.large"],
                "subnets": [self.subnet],
                "securityGroupIds": [self.security_group],
                "instanceRole": self.profile,
            }
            | resources,
            **more,
        )
        names = [self.environment]
        wait_valid(
            lambda: self.batch.describe_compute_environments(computeEnvironments=names)[
                "computeEnvironments"
            ]
        )
        self.queue = self.add_queue("queue", priority=1)
        return self.connect()

    def add_queue(self, kind: str, *, priority: int, **more: Any) -> str:
        name = f"{kind}-{self.unique}"
        self.batch.create_job_queue(
            jobQueueName=name,
            priority=priority,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": self.environment}],
            **more,
        )
        wait_valid(lambda: self.batch.describe_job_queues(jobQueues=[name])["jobQueues"])
        return name

    @property
    def described(self) -> dict[str, Any]:
        """The compute environment, as AWS describes it."""
        answer = self.batch.describe_compute_environments(computeEnvironments=[self.environment])
        found: dict[str, Any] = answer["computeEnvironments"][0]
        return found

    def connect(self) -> batchsdk.Batch:
        """Connect to the site as to a stack whose config has the key ``default`` for all."""
        definition = self.batch.register_job_definition(
            jobDefinitionName=f"wait-{self.unique}",
            type="container",
            containerProperties={
                "image": "busybox",
                "command": ["sleep", "3600"],
                "vcpus": 1,
                "memory": 100,
            },
        )
        queue = self.batch.describe_job_queues(jobQueues=[self.queue])["jobQueues"][0]
        outputs = stack_outputs(
            compute_environments={
                "default": contract.ComputeEnvironment(
                    name=self.environment,
                    arn=self.described["computeEnvironmentArn"],
                    type="EC2",
                    max_vcpus=256,
                )
            },
            job_queues={
                "default": contract.JobQueue(
                    name=self.queue,
                    arn=queue["jobQueueArn"],
                    priority=1,
                    compute_environments=("default",),
                    scheduling_policy_arn=queue.get("schedulingPolicyArn"),
                )
            },
            job_definitions={
                "wait": contract.JobDefinition(
                    name=definition["jobDefinitionName"],
                    arn=definition["jobDefinitionArn"],
                    revision=1,
                )
            },
        )
        return batchsdk.connect(outputs=outputs.to_mapping())
