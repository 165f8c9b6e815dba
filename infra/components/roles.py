"""IAM roles, and the policy attachments that must outlive whatever uses the roles.

Deleting an attachment before a compute environment leaves that environment stuck in DELETING:
AWS Batch has no more right to take its instances down. So every user of a role depends on the
attachments, and not on the role alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from infra.iam import policies
from infra.job_definitions import permissions

if TYPE_CHECKING:
    from infra.plan import Plan
    from infra.settings.job_definitions import JobDefinition
    from infra.settings.roles import PolicyHolder


@dataclass(frozen=True)
class RolesArgs:
    """Input of :class:`Roles`."""

    plan: Plan


class Roles(pulumi.ComponentResource):
    """The roles that the config needs.

    Attributes:
        execution, job: always there.
        instance, instance_profile: only where an environment is of EC2 or SPOT.
        service: None means the service-linked role.
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
        self.for_environments: list[pulumi.Resource] = []
        self.for_jobs: list[pulumi.Resource] = []
        self.for_flow_logs: list[pulumi.Resource] = []
        self.for_definitions: dict[str, list[pulumi.Resource]] = {}
        self.execution = self._execution_role()
        self.job = self._job_role()
        self.of_definitions = {
            key: self._definition_role(key, definition)
            for key, definition in self._plan.settings.job_definitions.items()
            if definition.has_own_job_role
        }
        self.instance = self._instance_role()
        self.instance_profile = self._instance_profile()
        self.service = self._service_role()
        self.spot_fleet = self._spot_fleet_role()
        self.flow_logs = self._flow_logs_role()
        self.register_outputs({"execution": self.execution.arn, "job": self.job.arn})

    def _execution_role(self) -> aws.iam.Role:
        plan = self._plan
        role = self._role("execution", self._tasks_trust(), "Pulls images and writes logs of jobs")
        reads = [permissions.agent_reads(each) for each in plan.settings.job_definitions.values()]
        keys = plan.settings.roles.execution_role.kms
        document = policies.execution(
            plan.partition,
            plan.settings.region,
            plan.account_id,
            plan.log_group_name,
            [image for images, _, _ in reads for image in images],
            reads=[
                *permissions.secrets(
                    plan.partition,
                    plan.settings.region,
                    plan.account_id,
                    [reference for _, references, _ in reads for reference in references],
                    [name for _, _, credentials in reads for name in credentials],
                ),
                *permissions.keys(keys, plan.settings.region, ("secretsmanager", "ssm")),
            ],
        )
        policy = aws.iam.RolePolicy(
            plan.name("execution"),
            role=role.name,
            policy=_json(document),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.for_jobs.append(policy)
        self.for_jobs += self._further("execution", role, plan.settings.roles.execution_role)
        return role

    def _job_role(self) -> aws.iam.Role:
        role = self._role("job", self._tasks_trust(), "Assumed by the code of jobs")
        self.for_jobs += self._further("job", role, self._plan.settings.roles.job_role)
        return role

    def _definition_role(self, key: str, definition: JobDefinition) -> aws.iam.Role:
        plan, what = self._plan, f"job-{key}"
        role = self._role(what, self._tasks_trust(), f"Assumed by the code of {key} alone")
        document = permissions.job_role(
            definition, plan.partition, plan.settings.region, plan.account_id
        )
        needed: list[pulumi.Resource] = []
        if document is not None:
            policy = aws.iam.RolePolicy(
                plan.name(what),
                role=role.name,
                policy=_json(document),
                opts=pulumi.ResourceOptions(parent=self),
            )
            needed.append(policy)
        if definition.permissions is not None:
            needed += self._further(what, role, definition.permissions)
        self.for_definitions[key] = needed
        return role

    def _instance_role(self) -> aws.iam.Role | None:
        if not self._plan.settings.has_instances:
            return None
        trust = policies.trust("ec2.amazonaws.com")
        role = self._role("instance", trust, "Container instances of AWS Batch")
        self.for_environments.append(self._managed("instance", role, policies.INSTANCE_POLICY))
        return role

    def _instance_profile(self) -> aws.iam.InstanceProfile | None:
        if self.instance is None:
            return None
        return aws.iam.InstanceProfile(
            self._plan.iam_name("instance"),
            path=self._plan.settings.roles.path,
            role=self.instance.name,
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.for_environments)),
        )

    def _service_role(self) -> aws.iam.Role | None:
        plan = self._plan
        if plan.settings.roles.service_role == "linked":
            return None
        trust = policies.service_trust(
            plan.partition, plan.settings.region, plan.account_id, plan.environment
        )
        role = self._role("service", trust, "AWS Batch on behalf of the compute environments")
        self.for_environments.append(self._managed("service", role, policies.SERVICE_POLICY))
        return role

    def _spot_fleet_role(self) -> aws.iam.Role | None:
        environments = self._plan.settings.compute_environments.values()
        if not any(environment.needs_spot_fleet_role for environment in environments):
            return None
        trust = policies.trust("spotfleet.amazonaws.com")
        role = self._role("spot-fleet", trust, "Spot fleets of AWS Batch")
        self.for_environments.append(self._managed("spot-fleet", role, policies.SPOT_FLEET_POLICY))
        return role

    def _flow_logs_role(self) -> aws.iam.Role | None:
        plan = self._plan
        if plan.flow_logs is None:
            return None
        where = (plan.partition, plan.settings.region, plan.account_id)
        role = self._role("flow-logs", policies.flow_logs_trust(*where), "Flow logs of the VPC")
        policy = aws.iam.RolePolicy(
            plan.name("flow-logs"),
            role=role.name,
            policy=_json(policies.flow_logs(*where, plan.flow_log_group_name)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.for_flow_logs.append(policy)
        return role

    def _tasks_trust(self) -> policies.Document:
        plan = self._plan
        return policies.tasks_trust(plan.partition, plan.settings.region, plan.account_id)

    def _role(self, what: str, trust: policies.Document, description: str) -> aws.iam.Role:
        return aws.iam.Role(
            self._plan.iam_name(what),
            path=self._plan.settings.roles.path,
            permissions_boundary=self._plan.settings.roles.permissions_boundary,
            assume_role_policy=_json(trust),
            description=f"{description} ({self._plan.environment})",
            tags=self._plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _managed(self, what: str, role: aws.iam.Role, policy: str) -> pulumi.Resource:
        return self._attachment(
            what, role, policies.managed_policy_arn(self._plan.partition, policy)
        )

    def _further(
        self, what: str, role: aws.iam.Role, holder: PolicyHolder
    ) -> list[pulumi.Resource]:
        """Attach the policies that the config adds."""
        return [
            self._attachment(f"{what}-{arn.partition(':iam::')[2]}", role, arn)
            for arn in holder.managed_policy_arns
        ]

    def _attachment(self, what: str, role: aws.iam.Role, policy_arn: str) -> pulumi.Resource:
        attachment: pulumi.Resource = aws.iam.RolePolicyAttachment(
            self._plan.name(what),
            role=role.name,
            policy_arn=policy_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return attachment


def _json(document: policies.Document) -> str:
    return json.dumps(document, sort_keys=True)
