"""What moto's EC2 knows of what compute environments name: AMIs and subnets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moto.ec2.models import ec2_backends

from localaws.batch import placement
from localaws.batch.models import ComputeEnvironment
from localaws.batch.task_metadata import Where


def image_fault(environment: ComputeEnvironment) -> str | None:
    """Return EC2's words where an AMI of the user's own does not boot the instance types.

    AWS Batch takes such an environment and turns it INVALID (EC2's text: RunInstances and
    CreateAutoScalingGroup). An AMI that EC2 here does not know fits.
    """
    resources = environment.compute_resources
    wanted = placement.architectures(tuple(resources.get("instanceTypes", ())))
    account_id, region = environment.account_and_region
    known = ec2_backends[account_id][region].amis
    for image_id in _images(resources):
        image = known.get(image_id)
        if image is not None and wanted and image.architecture not in wanted:
            return (
                "CLIENT_ERROR - You must use a valid fully-formed launch template. The "
                f"architecture '{min(wanted)}' of the specified instance type does not match the "
                f"architecture '{image.architecture}' of the specified AMI. Specify an instance "
                "type and an AMI that have matching architectures, and try again."
            )
    return None


def _images(resources: Mapping[str, Any]) -> list[str]:
    """Return the AMIs that a request names; one for each image type, or the deprecated one."""
    named = [each.get("imageIdOverride") for each in resources.get("ec2Configuration", ())]
    return [each for each in [*named, resources.get("imageId")] if each]


def vpcs_of(account_id: str, region: str, subnet_ids: list[str]) -> set[str]:
    """Return the VPCs of subnets, as far as EC2 here knows them."""
    return {subnet.vpc_id for subnet in _subnets(account_id, region, subnet_ids)}


def where_it_runs(environment: ComputeEnvironment) -> Where:
    """Return the zone and VPC of an environment's first subnet that EC2 here knows.

    Without one, the first zone of the region.
    """
    account_id, region = environment.account_and_region
    named: list[str] = environment.compute_resources.get("subnets", [])
    known = {subnet.id: subnet for subnet in _subnets(account_id, region, named)}
    first = next((known[name] for name in named if name in known), None)
    if first is None:
        return Where(f"{region}a", None)
    return Where(first.availability_zone, first.vpc_id)


def _subnets(account_id: str, region: str, subnet_ids: Sequence[str]) -> Iterator[Any]:
    for zone in ec2_backends[account_id][region].subnets.values():
        for subnet in zone.values():
            if subnet.id in subnet_ids:
                yield subnet
