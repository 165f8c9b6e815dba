"""The compute environments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.components.auto_scaling_groups import GroupArgs, make_auto_scaling_group
from batch_platform.components.launch_templates import make_launch_template, resolved
from batch_platform.compute_environments.images import pin
from batch_platform.compute_environments.updates import identity
from batch_platform.settings.compute_environments import (
    Ec2Environment,
    FargateEnvironment,
    SpotEnvironment,
)
from batch_platform.settings.unmanaged import UnmanagedEnvironment

if TYPE_CHECKING:
    from batch_platform.components.network import Network
    from batch_platform.components.roles import Roles
    from batch_platform.plan import Plan
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batch_platform.settings.container_instances import ContainerInstances


@dataclass(frozen=True)
class ComputeEnvironmentsArgs:
    """Input of :class:`ComputeEnvironments`."""

    plan: Plan
    network: Network
    roles: Roles


class ComputeEnvironments(pulumi.ComponentResource):
    """The compute environments, by their keys in the config.

    None has a name of our own: with the engine's, a replacement is created and the queue pointed
    at it before the old one goes, which AWS Batch would refuse while a queue names it.

    Attributes:
        by_key: the resources.
    """

    def __init__(
        self,
        name: str,
        args: ComputeEnvironmentsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("batch-platform:index:ComputeEnvironments", name, None, opts)
        self._args = args
        environments = args.plan.settings.compute_environments
        self.by_key = {key: self._environment(key, env) for key, env in environments.items()}
        self.register_outputs({"arns": {key: env.arn for key, env in self.by_key.items()}})

    def _environment(
        self, key: str, environment: ComputeEnvironment
    ) -> aws.batch.ComputeEnvironment:
        plan, roles = self._args.plan, self._args.roles
        unmanaged = isinstance(environment, UnmanagedEnvironment)
        # Left out, AWS Batch uses its service-linked role, and then most edits are in place.
        role = roles.service_of_unmanaged if unmanaged else roles.service
        made = aws.batch.ComputeEnvironment(
            plan.name(key),
            type="UNMANAGED" if unmanaged else "MANAGED",
            state=environment.state,
            service_role=role.arn if role else None,
            compute_resources=self._resources(key, environment),
            update_policy=_update_policy(environment),
            tags=plan.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*roles.for_environments, *self._args.network.ready],
                replacement_trigger=list(identity(plan.settings.roles, environment)),
            ),
        )
        if isinstance(environment, UnmanagedEnvironment) and environment.auto_scaling_group:
            make_auto_scaling_group(
                GroupArgs(
                    plan=plan,
                    key=key,
                    wanted=environment.auto_scaling_group,
                    environment=made,
                    image=self._image(key, environment.auto_scaling_group),
                    network=self._args.network,
                    roles=roles,
                ),
                parent=self,
            )
        return made

    def _resources(
        self, key: str, environment: ComputeEnvironment
    ) -> aws.batch.ComputeEnvironmentComputeResourcesArgs | None:
        if isinstance(environment, UnmanagedEnvironment):
            return None
        if isinstance(environment, FargateEnvironment):
            return self._fargate(environment)
        return self._instances(key, environment)

    def _image(self, key: str, environment: ContainerInstances) -> pulumi.Input[str]:
        """Return the AMI: the config's, or the newest one of the day on which it was pinned.

        A stash keeps its first value until it is replaced, so a newer AMI changes nothing by
        itself. ``ignore_changes`` on the environment would not do: a replacement ignores it.
        """
        if environment.image_id_override is not None:
            return environment.image_id_override
        stash = pulumi.Stash(
            self._args.plan.name(f"{key}-image"),
            input=self._args.plan.images[key],
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=["input"], replacement_trigger=list(pin(environment))
            ),
        )
        return stash.output

    def _placement_group(
        self, key: str, environment: Ec2Environment | SpotEnvironment
    ) -> pulumi.Input[str] | None:
        """Return the name of the placement group: a new one, another team's, or none."""
        wanted = environment.placement
        if wanted is None:
            return environment.placement_group
        made = aws.ec2.PlacementGroup(
            self._args.plan.name(key),
            strategy=wanted.strategy,
            partition_count=wanted.partition_count,
            tags=self._args.plan.tagged(key),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return made.id  # which is its name (TF ec2_placement_group.go)

    def _launch_template(
        self, key: str, environment: Ec2Environment | SpotEnvironment
    ) -> aws.batch.ComputeEnvironmentComputeResourcesLaunchTemplateArgs:
        given = environment.launch_template
        if not given.is_given:
            groups = self._args.network.security_group_ids
            made = make_launch_template(self._args.plan, key, environment, groups, parent=self)
            return resolved(made)
        return aws.batch.ComputeEnvironmentComputeResourcesLaunchTemplateArgs(
            launch_template_id=given.launch_template_id,
            launch_template_name=given.launch_template_name,
            version=self._args.plan.template_versions[key],
        )

    def _fargate(
        self, environment: FargateEnvironment
    ) -> aws.batch.ComputeEnvironmentComputeResourcesArgs:
        """Return the ComputeResource of Fargate, which has no tags either."""
        network = self._args.network
        return aws.batch.ComputeEnvironmentComputeResourcesArgs(
            type=environment.type,
            max_vcpus=environment.max_vcpus,
            subnets=network.subnet_ids,
            security_group_ids=network.security_group_ids,
        )

    def _instances(
        self, key: str, environment: Ec2Environment | SpotEnvironment
    ) -> aws.batch.ComputeEnvironmentComputeResourcesArgs:
        """Return the ComputeResource; desiredVcpus is never in it, since Batch moves it."""
        plan, network, roles = self._args.plan, self._args.network, self._args.roles
        spot = environment if isinstance(environment, SpotEnvironment) else None
        fleet_role = roles.spot_fleet if environment.needs_spot_fleet_role else None
        return aws.batch.ComputeEnvironmentComputeResourcesArgs(
            type=environment.type,
            allocation_strategy=environment.allocation_strategy,
            min_vcpus=environment.min_vcpus,
            max_vcpus=environment.max_vcpus,
            instance_types=list(environment.instance_types),
            instance_role=roles.instance_profile_arn,
            subnets=(
                network.subnets_of_first_zone if environment.in_one_zone else network.subnet_ids
            ),
            # "Either compute environment Security Groups or Network Interfaces in Launch template
            # are exclusively allowed" (AWS Batch, CreateComputeEnvironment; aws-cdk#21577).
            security_group_ids=(
                None if environment.launch_template.efa else network.security_group_ids
            ),
            ec2_configurations=[
                aws.batch.ComputeEnvironmentComputeResourcesEc2ConfigurationArgs(
                    image_type=environment.image_family,
                    image_id_override=self._image(key, environment),
                )
            ],
            launch_template=self._launch_template(key, environment),
            placement_group=self._placement_group(key, environment),
            ec2_key_pair=environment.ec2_key_pair,
            bid_percentage=spot.bid_percentage if spot else None,
            spot_iam_fleet_role=fleet_role.arn if fleet_role else None,
            tags=plan.tagged(key),
        )


def _update_policy(
    environment: ComputeEnvironment,
) -> aws.batch.ComputeEnvironmentUpdatePolicyArgs | None:
    """Return what the config says; never one where AWS Batch launches no instances."""
    policy = getattr(environment, "update_policy", None)
    if policy is None:
        return None
    return aws.batch.ComputeEnvironmentUpdatePolicyArgs(
        terminate_jobs_on_update=policy.terminate_jobs_on_update,
        job_execution_timeout_minutes=policy.job_execution_timeout_minutes,
    )
