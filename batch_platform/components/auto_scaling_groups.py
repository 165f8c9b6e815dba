"""The Auto Scaling group of an UNMANAGED environment, whose instances join its ECS cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.components.launch_templates import of_all_instances
from batch_platform.compute_environments.user_data import encoded

if TYPE_CHECKING:
    from batch_platform.components.network import Network
    from batch_platform.components.roles import Roles
    from batch_platform.plan import Plan
    from batch_platform.settings.unmanaged import AutoScalingGroup


@dataclass(frozen=True)
class GroupArgs:
    """What a group is made of.

    Attributes:
        key: of the compute environment.
        wanted: what the config says of the group.
        environment: whose cluster the instances join.
        image: the AMI.
    """

    plan: Plan
    key: str
    wanted: AutoScalingGroup
    environment: aws.batch.ComputeEnvironment
    image: pulumi.Input[str]
    network: Network
    roles: Roles


def make_auto_scaling_group(args: GroupArgs, *, parent: pulumi.Resource) -> None:
    """Make the group and its launch template.

    An instance keeps the cluster that it was launched with, so another compute environment makes
    another group; any other edit counts for instances that are launched after it.
    """
    plan, wanted = args.plan, args.wanted
    template = _launch_template(args, parent=parent)
    named = aws.autoscaling.GroupLaunchTemplateArgs(
        id=template.id, version=template.latest_version.apply(lambda number: str(int(number)))
    )
    several = len(wanted.instance_types) > 1
    aws.autoscaling.Group(
        plan.name(args.key),
        min_size=wanted.min_size,
        max_size=wanted.max_size,
        desired_capacity=wanted.desired_capacity,
        vpc_zone_identifiers=args.network.subnet_ids,
        launch_template=None if several else named,
        mixed_instances_policy=_any_of(wanted, template) if several else None,
        tags=[
            aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
            for key, value in sorted(plan.tagged(args.key).items())  # a list, unlike other tags
        ],
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[*args.roles.for_environments, *args.network.ready],
            replacement_trigger=args.environment.arn,
        ),
    )


def _launch_template(args: GroupArgs, *, parent: pulumi.Resource) -> aws.ec2.LaunchTemplate:
    plan, wanted = args.plan, args.wanted
    given = wanted.launch_template
    return aws.ec2.LaunchTemplate(
        plan.name(args.key),
        description=f"Container instances of an unmanaged environment ({plan.name(args.key)})",
        image_id=args.image,
        instance_type=wanted.instance_types[0],
        key_name=wanted.ec2_key_pair,
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(
            arn=args.roles.instance_profile_arn
        ),
        vpc_security_group_ids=args.network.security_group_ids,
        user_data=args.environment.ecs_cluster_arn.apply(
            lambda arn: encoded(given, cluster=arn.rpartition("/")[2])
        ),
        **of_all_instances(given, plan.tagged(args.key)),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _any_of(
    wanted: AutoScalingGroup, template: aws.ec2.LaunchTemplate
) -> aws.autoscaling.GroupMixedInstancesPolicyArgs:
    """Name the instance types, the first that there is capacity for goes first."""
    return aws.autoscaling.GroupMixedInstancesPolicyArgs(
        instances_distribution=aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs(
            on_demand_allocation_strategy="prioritized",
            on_demand_percentage_above_base_capacity=100,
        ),
        launch_template=aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs(
            launch_template_specification=(
                aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs(
                    launch_template_id=template.id,
                    version=template.latest_version.apply(lambda number: str(int(number))),
                )
            ),
            overrides=[
                aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs(
                    instance_type=each
                )
                for each in wanted.instance_types
            ],
        ),
    )
