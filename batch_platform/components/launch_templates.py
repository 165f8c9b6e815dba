"""The launch template of an EC2 or SPOT environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from batch_platform.compute_environments.user_data import encoded
from batch_platform.settings.volumes import DataVolume

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batch_platform.plan import Plan
    from batch_platform.settings.ec2_capacity import Ec2Capacity
    from batch_platform.settings.launch_templates import LaunchTemplate
    from batch_platform.settings.placement import CapacityReservation
    from batch_platform.settings.volumes import RootVolume

HOP_LIMIT = 1
"""An answer of the metadata service gets to the network of the instance, where jobs of one node are
as well, and not into a network of its own, where those of several nodes are."""


def make_launch_template(
    plan: Plan,
    key: str,
    environment: Ec2Capacity,
    security_group_ids: Sequence[pulumi.Input[str]],
    *,
    parent: pulumi.Resource,
) -> aws.ec2.LaunchTemplate:
    """Make the launch template of the environment ``key``; it has no AMI and no instance type.

    Those are the compute environment's (AWS Batch user guide, "Launch template support": instance
    types, roles and subnets of a template are ignored).
    """
    given = environment.launch_template
    return aws.ec2.LaunchTemplate(
        plan.name(key),
        # CT.EC2.PR.10: no detailed monitoring, as nothing here reads metrics of instances.
        description=f"Container instances of AWS Batch ({plan.name(key)})",
        cpu_options=_one_thread_per_core(plan, key, environment),
        network_interfaces=_adapters(given.efa or 0, security_group_ids),
        user_data=encoded(given),
        **of_all_instances(given, plan.tagged(key)),
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


def _one_thread_per_core(
    plan: Plan, key: str, environment: Ec2Capacity
) -> aws.ec2.LaunchTemplateCpuOptionsArgs | None:
    """Return the CPU options: EC2 wants the number of cores as well, and all of them are kept.

    ``batch_platform/instances/launching.py`` has seen to it that there is one instance type.
    """
    if environment.launch_template.threads_per_core is None:
        return None
    (instance_type,) = plan.instance_types[key]
    return aws.ec2.LaunchTemplateCpuOptionsArgs(core_count=instance_type.cores, threads_per_core=1)


def _adapters(
    count: int, security_group_ids: Sequence[pulumi.Input[str]]
) -> list[aws.ec2.LaunchTemplateNetworkInterfaceArgs] | None:
    """Return the EFA interfaces: the instance's own one, and one without address on each card.

    The layout is that of AWS's own example of AWS Batch (aws-samples, "Capacity Block for ML with
    AWS Batch"). Subnets are the compute environment's.
    """
    # CT.EC2.PR.9: EC2 refuses associatePublicIpAddress where there are several interfaces.
    return [
        aws.ec2.LaunchTemplateNetworkInterfaceArgs(
            network_card_index=card,
            device_index=min(card, 1),
            interface_type="efa-only" if card else "efa",
            security_groups=security_group_ids,
            delete_on_termination="true",
        )
        for card in range(count)
    ] or None


class OfAllInstances(TypedDict):
    """Arguments of a launch template."""

    metadata_options: aws.ec2.LaunchTemplateMetadataOptionsArgs
    block_device_mappings: list[aws.ec2.LaunchTemplateBlockDeviceMappingArgs]
    placement: aws.ec2.LaunchTemplatePlacementArgs | None
    tag_specifications: list[aws.ec2.LaunchTemplateTagSpecificationArgs]
    tags: Mapping[str, str]
    capacity_reservation_specification: NotRequired[
        aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs
    ]
    instance_market_options: NotRequired[aws.ec2.LaunchTemplateInstanceMarketOptionsArgs]


def of_all_instances(given: LaunchTemplate, tags: Mapping[str, str]) -> OfAllInstances:
    """Return what a launch template has whoever launches by it, AWS Batch or an Auto Scaling group.

    Args:
        given: what the config says of it.
        tags: of the template and its volumes. Those of instances are the environment's or the
            group's.
    """
    return {
        "metadata_options": aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=HOP_LIMIT,
        ),
        "block_device_mappings": [
            _block_device(given.root_volume),
            *map(_block_device, given.data_volumes),
        ],
        # Without a word of the config it is the VPC's.
        "placement": (
            aws.ec2.LaunchTemplatePlacementArgs(tenancy=given.tenancy) if given.tenancy else None
        ),
        "tag_specifications": [
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type="volume", tags=tags)
        ],
        "tags": tags,
        **_reserved(given.capacity_reservation),
    }


class _Reserved(TypedDict):
    capacity_reservation_specification: NotRequired[
        aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs
    ]
    instance_market_options: NotRequired[aws.ec2.LaunchTemplateInstanceMarketOptionsArgs]


def _reserved(wanted: CapacityReservation | None) -> _Reserved:
    """Return what the launch template says of reserved capacity.

    The user guide of AWS Batch says that a template's market is ignored, as AWS Batch controls
    Spot; AWS's example of a Capacity Block gives it, since EC2 launches in none without.
    """
    if wanted is None:
        return {}
    specification = aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
        capacity_reservation_preference=wanted.preference
    )
    if wanted.is_targeted:
        target = (
            aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
                capacity_reservation_id=wanted.id,
                capacity_reservation_resource_group_arn=wanted.resource_group_arn,
            )
        )
        specification = aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
            capacity_reservation_target=target
        )
    found: _Reserved = {"capacity_reservation_specification": specification}
    if wanted.market_type:
        found["instance_market_options"] = aws.ec2.LaunchTemplateInstanceMarketOptionsArgs(
            market_type=wanted.market_type
        )
    return found


def _block_device(volume: RootVolume | DataVolume) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    """Return the mapping of a volume.

    "If you are creating a volume from a snapshot, you can't specify an encryption value" (EC2 API,
    LaunchTemplateEbsBlockDeviceRequest): it has the snapshot's, which the look-up has seen.
    """
    snapshot = volume.snapshot_id if isinstance(volume, DataVolume) else None
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=volume.device_name,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            # The provider has these two as text, since they may be left to the AMI.
            encrypted=None if snapshot else "true",
            delete_on_termination="true",
            volume_type=volume.volume_type,
            volume_size=volume.volume_size,
            iops=volume.iops,
            throughput=volume.throughput,
            kms_key_id=volume.kms_key_id,
            snapshot_id=snapshot,
        ),
    )
