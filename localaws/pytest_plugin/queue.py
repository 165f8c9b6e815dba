"""A queue with its compute environment and job definitions, made by boto3 as a stack would be.

What is wanted is written and checked as in a stack file; the network is the default VPC's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from batch_platform.iam import agents, policies
from batch_platform.job_definitions import permissions
from batch_platform.job_definitions.containers import document, document_key
from batch_platform.job_definitions.defaults import defaults
from batch_platform.outputs import stack_outputs
from batch_platform.plan import Account, Plan, make_plan
from batch_platform.settings import SettingsError, StackFile, validate_stack_file
from batch_platform.settings.compute_environments import Ec2Environment, SpotEnvironment
from batch_platform.settings.container_options import to_api
from batch_platform.settings.job_definitions import JobDefinition
from batch_platform.settings.retry_strategies import RetryStrategy
from batch_platform.workable import refuse_unworkable

Clients = Callable[[str], Any]
"""Makes a client of boto3 for a service."""

KEY = "default"
"""Of the compute environment and of the queue."""
MANAGED = ("EC2", "SPOT", "FARGATE", "FARGATE_SPOT")
INSTANCE_TYPES = ("m5",)
SECONDS_UNTIL_VALID = 60


@dataclass(frozen=True)
class Wanted:
    """What to make; every value is checked by the rules of stack files.

    Attributes:
        definitions: job definitions by their keys, as under ``jobDefinitions`` in a stack file.
        name: of the stack that this stands for; names in AWS begin with it.
        type: of the compute environment: EC2, SPOT, FARGATE or FARGATE_SPOT.
        instance_types: types or families; None for m5, and for Fargate, which has none.
        max_vcpus: vCPUs that the compute environment may have.
        priority: of the queue.
        region: AWS region.
    """

    definitions: Mapping[str, Mapping[str, Any]]
    name: str
    type: str
    instance_types: Sequence[str] | None
    max_vcpus: int
    priority: int
    region: str


@dataclass(frozen=True)
class _Network:
    """The default VPC."""

    account_id: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


def make_queue(clients: Clients, wanted: Wanted) -> Mapping[str, Any]:
    """Make the queue and all that it needs; return what would be the outputs of its stack.

    Args:
        clients: of the local AWS.
        wanted: what to make.

    Raises:
        SettingsError: it is not valid, or could not work; nothing was made.
    """
    network = _default_network(clients("ec2"))
    plan = _plan(wanted, network)
    _refuse_second(clients("batch"), plan)
    return _Making(clients, plan, network).outputs()


def _default_network(ec2: Any) -> _Network:
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    subnets = ec2.describe_subnets(Filters=default)["Subnets"]
    vpc_id = subnets[0]["VpcId"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
    groups = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    return _Network(
        account_id=subnets[0]["OwnerId"],
        vpc_id=vpc_id,
        subnet_ids=tuple(each["SubnetId"] for each in subnets),
        security_group_ids=tuple(each["GroupId"] for each in groups),
    )


def _plan(wanted: Wanted, network: _Network) -> Plan:
    if wanted.type not in MANAGED:
        fix = "choose one of them, or deploy a stack file with batch_stack"
        fault = f"type={wanted.type!r}: batch_queue makes {', '.join(MANAGED)}; fix: {fix}"
        raise SettingsError([fault])
    environment: dict[str, Any] = {"type": wanted.type, "maxVcpus": wanted.max_vcpus}
    if wanted.instance_types is not None:
        environment["instanceTypes"] = list(wanted.instance_types)
    elif wanted.type in ("EC2", "SPOT"):
        environment["instanceTypes"] = list(INSTANCE_TYPES)
    values = {
        "aws:region": wanted.region,
        "batch-platform:network": {
            "mode": "existing",
            "vpcId": network.vpc_id,
            "subnetIds": network.subnet_ids,
            "securityGroupIds": network.security_group_ids,
        },
        "batch-platform:computeEnvironments": {KEY: environment},
        "batch-platform:jobQueues": {
            KEY: {"priority": wanted.priority, "computeEnvironments": [KEY]}
        },
        "batch-platform:jobDefinitions": wanted.definitions,
    }
    try:
        plain = json.loads(json.dumps(values))
    except (TypeError, ValueError) as error:
        fix = "write texts, numbers, lists and mappings, as a YAML file could have them"
        raise SettingsError([f"definitions: {error}; fix: {fix}"]) from error
    stack_file = StackFile(path=Path("definitions"), stack=wanted.name, values=plain, lines={})
    plan = make_plan(validate_stack_file(stack_file), Account(network.account_id))
    refuse_unworkable(plan)
    return plan


def _refuse_second(batch: Any, plan: Plan) -> None:
    name = plan.name(KEY)
    if batch.describe_job_queues(jobQueues=[name])["jobQueues"]:
        raise SettingsError(
            [f"name={plan.environment!r}: the queue {name} exists; fix: give each queue its name="]
        )


class _Making:
    """Makes what a plan has, in the order in which each needs the other."""

    def __init__(self, clients: Clients, plan: Plan, network: _Network) -> None:
        self._clients = clients
        self._plan = plan
        self._network = network
        self._batch = clients("batch")

    def outputs(self) -> Mapping[str, Any]:
        """Make everything; return the outputs by the keys of the contract."""
        plan = self._plan
        roles = self._roles()
        group = self._log_group()
        environment = self._environment(roles.instance_profile_arn)
        made: Any = SimpleNamespace(
            plan=plan,
            network=self._network,
            roles=roles,
            environments=SimpleNamespace(by_key={KEY: environment}),
            queues=SimpleNamespace(by_key={KEY: self._queue(environment)}, policies={}),
            definitions=SimpleNamespace(
                by_key={
                    key: self._definition(key, definition, roles, group)
                    for key, definition in plan.settings.job_definitions.items()
                }
            ),
            observability=SimpleNamespace(
                log_group=group, retention_in_days=plan.settings.log_group.retention_in_days
            ),
            consumers=SimpleNamespace(submitters={}, observers=None, named={}),
            monitoring=SimpleNamespace(topic=None),
            job_events=SimpleNamespace(queue=None),
            storage=None,
        )
        mapping = stack_outputs(made).to_mapping()
        self._clients("ssm").put_parameter(
            Name=plan.parameter_name, Value=json.dumps(mapping), Type="String"
        )
        return mapping

    def _roles(self) -> SimpleNamespace:
        plan = self._plan
        where = (plan.partition, plan.settings.region, plan.account_id)
        of_tasks = policies.tasks_trust(*where)
        instance = profile_arn = None
        if plan.settings.has_instances:
            of_ec2 = policies.trust("ec2.amazonaws.com")
            instance = self._role("instance", of_ec2, agents.instance(plan))
            profile_arn = self._instance_profile(instance.name)
        own = {
            key: self._role(
                f"job-{key}",
                of_tasks,
                permissions.job_role(
                    definition, *where, hardening=to_api(plan.settings.job_defaults)
                ),
            )
            for key, definition in plan.settings.job_definitions.items()
            if definition.has_own_job_role
        }
        return SimpleNamespace(
            execution=self._role("execution", of_tasks, agents.execution(plan)),
            job=self._role("job", of_tasks, None),
            of_definitions=own,
            instance=instance,
            instance_profile_arn=profile_arn,
            service=None,
            spot_fleet=None,
        )

    def _role(
        self, what: str, trust: policies.Document, allowed: policies.Document | None
    ) -> SimpleNamespace:
        iam, name = self._clients("iam"), self._plan.iam_name(what)
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        if allowed is not None:
            iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(allowed))
        return SimpleNamespace(name=name, arn=made["Role"]["Arn"])

    def _instance_profile(self, role_name: str) -> str:
        iam = self._clients("iam")
        made = iam.create_instance_profile(InstanceProfileName=role_name)
        iam.add_role_to_instance_profile(InstanceProfileName=role_name, RoleName=role_name)
        return str(made["InstanceProfile"]["Arn"])

    def _log_group(self) -> SimpleNamespace:
        plan, name = self._plan, self._plan.log_group_name
        self._clients("logs").create_log_group(logGroupName=name)
        where = policies.Place(plan.partition, plan.settings.region, plan.account_id)
        return SimpleNamespace(name=name, arn=where.arn("logs", f"log-group:{name}"))

    def _environment(self, instance_profile_arn: str | None) -> SimpleNamespace:
        name = self._plan.name(KEY)
        environment = self._plan.settings.compute_environments[KEY]
        resources: dict[str, Any] = {
            "type": environment.type,
            "subnets": list(self._network.subnet_ids),
            "securityGroupIds": list(self._network.security_group_ids),
            "maxvCpus": getattr(environment, "max_vcpus", None),
        }
        if isinstance(environment, Ec2Environment | SpotEnvironment):
            resources |= {
                "allocationStrategy": environment.allocation_strategy,
                "minvCpus": environment.min_vcpus,
                "instanceTypes": list(environment.instance_types),
                "instanceRole": instance_profile_arn,
            }
        made = self._batch.create_compute_environment(
            computeEnvironmentName=name, type="MANAGED", computeResources=resources
        )
        arn = made["computeEnvironmentArn"]
        found = self._valid("compute_environments", "computeEnvironments", arn)
        return SimpleNamespace(name=name, arn=arn, ecs_cluster_arn=found.get("ecsClusterArn"))

    def _queue(self, environment: SimpleNamespace) -> SimpleNamespace:
        name = self._plan.name(KEY)
        made = self._batch.create_job_queue(
            jobQueueName=name,
            priority=self._plan.settings.job_queues[KEY].priority,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment.arn}],
        )
        self._valid("job_queues", "jobQueues", made["jobQueueArn"])
        return SimpleNamespace(name=name, arn=made["jobQueueArn"])

    def _valid(self, kind: str, key: str, arn: str) -> dict[str, Any]:
        """Wait until it is VALID; return how it is described."""
        deadline = time.monotonic() + SECONDS_UNTIL_VALID
        while True:
            (found,) = getattr(self._batch, f"describe_{kind}")(**{key: [arn]})[key]
            if found["status"] == "VALID":
                return dict(found)
            if found["status"] == "INVALID" or time.monotonic() > deadline:
                reason = found.get("statusReason")
                raise SettingsError([f"{arn} is {found['status']}: {reason}"])
            time.sleep(0.01)

    def _definition(
        self, key: str, definition: JobDefinition, roles: SimpleNamespace, group: SimpleNamespace
    ) -> SimpleNamespace:
        name = self._plan.name(key)
        given = defaults(
            self._plan,
            key,
            log_group=group.name,
            execution_role=roles.execution.arn,
            job_role=roles.of_definitions.get(key, roles.job).arn,
        )
        request = {
            "type": "multinode" if definition.node_properties else "container",
            "platformCapabilities": [definition.platform],
            "parameters": dict(definition.parameters),
            "retryStrategy": _retry_strategy(definition.strategy),
            "timeout": to_api(definition.timeout) if definition.timeout else None,
            "propagateTags": definition.propagate_tags,
            "schedulingPriority": definition.scheduling_priority,
            "tags": {**self._plan.tags, **definition.tags},
            document_key(definition): document(definition, given),
        }
        made = self._batch.register_job_definition(
            jobDefinitionName=name,
            **{name: value for name, value in request.items() if value is not None},
        )
        return SimpleNamespace(name=name, arn=made["jobDefinitionArn"], revision=made["revision"])


def _retry_strategy(strategy: RetryStrategy | None) -> dict[str, Any]:
    return {"attempts": 1} if strategy is None else to_api(strategy)
