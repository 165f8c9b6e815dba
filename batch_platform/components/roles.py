"""IAM roles, and the policy attachments that must outlive whatever uses the roles.

Deleting an attachment before a compute environment leaves that environment stuck in DELETING:
AWS Batch has no more right to take its instances down. So every user of a role depends on the
attachments, and not on the role alone.

A role that the config names by its ARN is another team's: nothing is made or attached.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.iam import agents, consumers, policies
from batch_platform.job_definitions import permissions
from batch_platform.partitions import ec2_principal
from batch_platform.settings.container_options import to_api
from batch_platform.settings.unmanaged import UnmanagedEnvironment
from batch_platform.storage import access

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batch_platform.plan import Plan
    from batch_platform.settings.job_definitions import JobDefinition


@dataclass(frozen=True)
class GivenRole:
    """A role that another team made.

    Attributes:
        arn: as the config has it.
    """

    arn: str

    @property
    def name(self) -> str:
        """Its name, without the path."""
        return self.arn.rpartition("/")[2]


AnyRole = aws.iam.Role | GivenRole


@dataclass(frozen=True)
class RolesArgs:
    """Input of :class:`Roles`."""

    plan: Plan


class Roles(pulumi.ComponentResource):
    """The roles that the config needs, made here or named by it.

    Attributes:
        execution, job: always there.
        instance: only where an environment is of EC2 or SPOT; None for another team's profile,
            whose role has no name here.
        instance_profile_arn: likewise, and of another team's profile too.
        service: None means the service-linked role.
        service_of_unmanaged: that of unmanaged environments, which take no service-linked one;
            None where there are none.
        spot_fleet: only where a Spot environment uses it.
        flow_logs: only where the traffic in the VPC is recorded.
        for_environments: what compute environments must depend on.
        for_jobs: what job definitions must depend on.
        for_flow_logs: what a flow log must depend on.
        of_definitions: the own job roles of definitions, by key.
        for_definitions: what those definitions must depend on as well, by key.
    """

    def __init__(
        self, name: str, args: RolesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Roles", name, None, opts)
        self._plan = args.plan
        self._where = policies.Place(
            args.plan.partition, args.plan.settings.region, args.plan.account_id
        )
        self.for_environments: list[pulumi.Resource] = []
        self.for_jobs: list[pulumi.Resource] = []
        self.for_flow_logs: list[pulumi.Resource] = []
        self.for_definitions: dict[str, list[pulumi.Resource]] = {}
        self._own_policies = consumers.policy_arns(args.plan)
        self._waiting: list[tuple[str, aws.iam.Role, str]] = []
        self.execution = self._execution_role()
        self.job = self._job_role()
        self.of_definitions = {
            key: self._definition_role(key, definition)
            for key, definition in self._plan.settings.job_definitions.items()
            if key in self._plan.settings.own_job_roles
        }
        self.instance = self._instance_role()
        self.instance_profile_arn = self._instance_profile()
        self.service = self._service_role()
        self.service_of_unmanaged = self._service_role_of_unmanaged()
        self.spot_fleet = self._spot_fleet_role()
        self.flow_logs = self._flow_logs_role()
        self.register_outputs({"execution": self.execution.arn, "job": self.job.arn})

    def _execution_role(self) -> AnyRole:
        plan, wanted = self._plan, self._plan.settings.roles
        if wanted.execution_role_arn is not None:
            return GivenRole(wanted.execution_role_arn)
        role = self._role("execution", self._tasks_trust(), "Pulls images and writes logs of jobs")
        self.for_jobs.append(self._inline("execution", role, agents.execution(plan)))
        further = wanted.execution_role.managed_policy_arns
        self.for_jobs += self._further("execution", role, further)
        return role

    def _job_role(self) -> AnyRole:
        wanted = self._plan.settings.roles
        if wanted.job_role_arn is not None:
            return GivenRole(wanted.job_role_arn)
        role = self._role("job", self._tasks_trust(), "Assumed by the code of jobs")
        if statements := access.of_jobs(self._plan.storage):
            document = {"Version": "2012-10-17", "Statement": statements}
            self.for_jobs.append(self._inline("job", role, document))
        self.for_jobs += self._further("job", role, wanted.job_role.managed_policy_arns)
        return role

    def _definition_role(self, key: str, definition: JobDefinition) -> aws.iam.Role:
        plan, what = self._plan, f"job-{key}"
        role = self._role(what, self._tasks_trust(), f"Assumed by the code of {key} alone")
        document = permissions.job_role(
            definition,
            plan.partition,
            plan.settings.region,
            plan.account_id,
            hardening=to_api(plan.settings.job_defaults),
            storage=access.of_jobs(plan.storage),
        )
        needed = [] if document is None else [self._inline(what, role, document)]
        if definition.permissions is not None:
            needed += self._further(what, role, definition.permissions.managed_policy_arns)
        self.for_definitions[key] = needed
        return role

    def _instance_role(self) -> aws.iam.Role | None:
        plan, wanted = self._plan, self._plan.settings.roles
        if not plan.settings.has_instances or wanted.instance_profile_arn is not None:
            return None
        trust = policies.trust(ec2_principal(plan.settings.region))
        role = self._role("instance", trust, "Container instances of AWS Batch")
        self.for_environments.append(self._inline("instance", role, agents.instance(plan)))
        named = [self._managed_arn(each) for each in wanted.instance_role.managed_policies]
        self.for_environments += self._further("instance", role, named)
        return role

    def _instance_profile(self) -> pulumi.Input[str] | None:
        if self.instance is None:
            given = self._plan.settings.roles.instance_profile_arn
            return given if self._plan.settings.has_instances else None
        profile = aws.iam.InstanceProfile(
            self._plan.iam_name("instance"),
            path=self._plan.settings.roles.path,
            role=self.instance.name,
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.for_environments)),
        )
        return profile.arn

    def _service_role(self) -> AnyRole | None:
        wanted = self._plan.settings.roles
        if wanted.service_role_arn is not None:
            return GivenRole(wanted.service_role_arn)
        return None if wanted.service_role == "linked" else self._made_service_role()

    def _service_role_of_unmanaged(self) -> AnyRole | None:
        """Return a role of their own (API CreateComputeEnvironment, serviceRole)."""
        environments = self._plan.settings.compute_environments.values()
        if not any(isinstance(each, UnmanagedEnvironment) for each in environments):
            return None
        return self.service or self._made_service_role()

    def _made_service_role(self) -> aws.iam.Role:
        plan = self._plan
        trust = policies.service_trust(
            plan.partition, plan.settings.region, plan.account_id, plan.environment
        )
        role = self._role("service", trust, "AWS Batch on behalf of the compute environments")
        self.for_environments.append(self._managed("service", role, policies.SERVICE_POLICY))
        tags = policies.service_tags(self._where, plan.environment)
        self.for_environments.append(self._inline("service", role, tags))
        return role

    def _spot_fleet_role(self) -> AnyRole | None:
        environments = self._plan.settings.compute_environments.values()
        if not any(environment.needs_spot_fleet_role for environment in environments):
            return None
        given = self._plan.settings.roles.spot_fleet_role_arn
        if given is not None:
            return GivenRole(given)
        trust = policies.trust("spotfleet.amazonaws.com")
        role = self._role("spot-fleet", trust, "Spot fleets of AWS Batch")
        self.for_environments.append(self._managed("spot-fleet", role, policies.SPOT_FLEET_POLICY))
        return role

    def _flow_logs_role(self) -> AnyRole | None:
        plan = self._plan
        if plan.flow_logs is None:
            return None
        if plan.settings.roles.flow_logs_role_arn is not None:
            return GivenRole(plan.settings.roles.flow_logs_role_arn)
        where = (plan.partition, plan.settings.region, plan.account_id)
        role = self._role("flow-logs", policies.flow_logs_trust(*where), "Flow logs of the VPC")
        document = policies.flow_logs(*where, plan.flow_log_group_name)
        self.for_flow_logs.append(self._inline("flow-logs", role, document))
        return role

    def _tasks_trust(self) -> policies.Document:
        plan = self._plan
        return policies.tasks_trust(plan.partition, plan.settings.region, plan.account_id)

    def _role(self, what: str, trust: policies.Document, description: str) -> aws.iam.Role:
        return made_role(self, self._plan, what, _json(trust), description)

    def _inline(
        self, what: str, role: aws.iam.Role, document: policies.Document
    ) -> pulumi.Resource:
        return inline_policy(self, self._plan, what, role, _json(document))

    def _managed(self, what: str, role: aws.iam.Role, policy: str) -> pulumi.Resource:
        return self._attachment(what, role, self._managed_arn(policy))

    def _managed_arn(self, policy: str) -> str:
        if policy.startswith("arn:"):
            return policy
        return policies.managed_policy_arn(self._plan.partition, policy)

    def _further(self, what: str, role: aws.iam.Role, arns: Iterable[str]) -> list[pulumi.Resource]:
        """Attach the policies that the config adds; the stack's own wait until they are made."""
        made: list[pulumi.Resource] = []
        for arn in arns:
            name = f"{what}-{arn.partition(':iam::')[2]}"
            if arn in self._own_policies:
                self._waiting.append((name, role, arn))
            else:
                made.append(self._attachment(name, role, arn))
        return made

    def attach(self, own: Mapping[str, aws.iam.Policy]) -> None:
        """Attach the stack's own policies to the roles for which the config names them.

        Args:
            own: the policies of the stack's consumers, by ARN.
        """
        for name, role, arn in self._waiting:
            self._attachment(name, role, own[arn].arn)

    def _attachment(
        self, what: str, role: aws.iam.Role, policy_arn: pulumi.Input[str]
    ) -> pulumi.Resource:
        attachment: pulumi.Resource = aws.iam.RolePolicyAttachment(
            self._plan.name(what),
            role=role.name,
            policy_arn=policy_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return attachment


def made_role(
    parent: pulumi.Resource,
    plan: Plan,
    what: str,
    trust: pulumi.Input[str],
    description: str,
) -> aws.iam.Role:
    """Make a role with the path, the boundary and the prefix that the config has for roles.

    Args:
        parent: the component that has the role.
        plan: of the stack.
        what: last part of its name.
        trust: who may assume it, as JSON.
        description: what it is for, without the stack's name.
    """
    return aws.iam.Role(
        plan.iam_name(what),
        path=plan.settings.roles.path,
        permissions_boundary=plan.settings.roles.permissions_boundary,
        assume_role_policy=trust,
        description=f"{description} ({plan.environment})",
        tags=plan.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def inline_policy(
    parent: pulumi.Resource,
    plan: Plan,
    what: str,
    role: aws.iam.Role,
    document: pulumi.Input[str],
) -> pulumi.Resource:
    """Give a role a policy of its own; what uses the role depends on the policy too.

    Args:
        parent: the component that has the policy.
        plan: of the stack.
        what: last part of its name.
        role: whose policy.
        document: what it allows, as JSON.
    """
    policy: pulumi.Resource = aws.iam.RolePolicy(
        plan.name(what), role=role.name, policy=document, opts=pulumi.ResourceOptions(parent=parent)
    )
    return policy


def _json(document: policies.Document) -> str:
    return json.dumps(document, sort_keys=True)
