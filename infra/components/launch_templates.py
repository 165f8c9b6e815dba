"""The launch template of an EC2 or SPOT environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from infra.compute_environments.user_data import encoded

if TYPE_CHECKING:
    from infra.plan import Plan
    from infra.settings.ec2_capacity import Ec2Capacity
    from infra.settings.launch_templates import RootVolume

HOP_LIMIT = 1
"""An answer of the metadata service gets to the network of the instance, where jobs of one node are
as well, and not into a network of its own, where those of several nodes are."""


def make_launch_template(
    plan: Plan, key: str, environment: Ec2Capacity, *, parent: pulumi.Resource
) -> aws.ec2.LaunchTemplate:
    """Make the launch template of the environment ``key``; it has no AMI and no instance type.

    Those are the compute environment's (AWS Batch user guide, "Launch template support": instance
    types, roles and subnets of a template are ignored).
    """
    return aws.ec2.LaunchTemplate(
        plan.name(key),
        # CT.EC2.PR.10: no detailed monitoring, as nothing here reads metrics of instances.
        description=f"Container instances of AWS Batch ({plan.name(key)})",
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=HOP_LIMIT,
        ),
        block_device_mappings=[root_device(environment.launch_template.root_volume)],
        user_data=encoded(environment.launch_template),
        # Those of the instances are the compute environment's.
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(
                resource_type="volume", tags=plan.tagged(key)
            )
        ],
        tags=plan.tagged(key),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def resolved(
    template: aws.ec2.LaunchTemplate,
) -> aws.batch.ComputeEnvironmentComputeResourcesLaunchTemplateArgs:
    """Name the newest version by its number.

    AWS Batch reads ``$Latest`` and ``$Default`` again only in an infrastructure update, which
    another text of the version makes: a number changes with the template, and ``$Latest`` never.
    """
    return aws.batch.ComputeEnvironmentComputeResourcesLaunchTemplateArgs(
        launch_template_id=template.id,
        version=template.latest_version.apply(lambda number: str(int(number))),
    )


def root_device(volume: RootVolume) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    """Return the root volume; always encrypted, and deleted with its instance."""
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=volume.device_name,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            # The provider has these two as text, since they may be left to the AMI.
            encrypted="true",
            delete_on_termination="true",
            volume_type=volume.volume_type,
            volume_size=volume.volume_size,
            iops=volume.iops,
            throughput=volume.throughput,
            kms_key_id=volume.kms_key_id,
        ),
    )
