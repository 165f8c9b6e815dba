"""Asks AWS in which Availability Zones instance types and endpoint services are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_aws as aws

from batch_platform.instances.offered import is_of
from batch_platform.network.zones import Offers
from batch_platform.partitions import service_name
from batch_platform.provider_answers import found, is_denied, unless_denied
from batch_platform.settings import Problem
from batch_platform.settings.network import MOST_ZONES, EndpointsNetwork, PublicNetwork
from batch_platform.settings.tags import ENVIRONMENT_TAG
from batchsdk.contract.capacity import name_patterns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from batch_platform.settings import Settings


def offers_of(settings: Settings) -> Offers:
    """Return in which zones of the region what the config asks for is.

    What AWS does not say is left out: an identity without ec2:DescribeInstanceTypeOfferings or
    ec2:DescribeVpcEndpointServices goes on without.

    Raises:
        SettingsError: the region has not one of the endpoint services.
    """
    return Offers(services=_services(settings), instance_types=_instance_types(settings))


def zones_in_use(settings: Settings) -> list[str]:
    """Return the zones of the subnets that the stack has for its instances, in their order."""
    kind = "public" if isinstance(settings.network, PublicNetwork) else "private"
    names = [f"{settings.environment}-{kind}-{number}" for number in range(1, MOST_ZONES + 1)]
    filters = [
        aws.ec2.GetSubnetsFilterArgs(name=f"tag:{ENVIRONMENT_TAG}", values=[settings.environment]),
        aws.ec2.GetSubnetsFilterArgs(name="tag:Name", values=names),
    ]
    answer = unless_denied(lambda: aws.ec2.get_subnets(filters=filters))
    if answer is None:
        return []
    subnets = [aws.ec2.get_subnet(id=identifier) for identifier in answer.ids]
    zones = {each.tags["Name"]: str(each.availability_zone) for each in subnets}
    return [zones[name] for name in names if name in zones]


def _services(settings: Settings) -> Mapping[str, Collection[str]]:
    network = settings.network
    if not isinstance(network, EndpointsNetwork):
        return {}
    zones: dict[str, Collection[str]] = {}
    problems = []
    for index, endpoint in enumerate(network.endpoints):
        name = service_name(settings.region, endpoint)
        try:
            service = _service(name)
        except Exception as error:
            if is_denied(error):
                return {}
            raise
        if service is None:
            problems.append(
                Problem(
                    ("batch-platform:network", "endpoints", index),
                    f"{settings.region} has no endpoint service {name}",
                    "leave it out, or correct it (aws ec2 describe-vpc-endpoint-services)",
                )
            )
        elif service.availability_zones:  # in GovCloud AWS may give the name alone
            zones[name] = service.availability_zones
    if problems:
        raise settings.refused(problems)
    return zones


def _service(name: str) -> Any:
    return found(
        lambda: aws.ec2.get_vpc_endpoint_service(service_name=name, service_type="Interface")
    )


def _instance_types(settings: Settings) -> Mapping[str, Mapping[str, Collection[str]]]:
    wanted = {key: instances.instance_types for key, instances in settings.instances.items()}
    given = list(dict.fromkeys(name for names in wanted.values() for name in names))
    if not given:
        return {}
    patterns = aws.ec2.GetInstanceTypeOfferingsFilterArgs(
        name="instance-type", values=name_patterns(given)
    )
    answer = unless_denied(
        lambda: aws.ec2.get_instance_type_offerings(
            filters=[patterns], location_type="availability-zone"
        )
    )
    if answer is None:
        return {}
    offered = list(zip(answer.instance_types, answer.locations, strict=True))
    zones = {name: {zone for each, zone in offered if is_of(each, name)} for name in given}
    # That the region has none of a type has been told before; here nothing is known of it.
    known = {key: [name for name in names if zones[name]] for key, names in wanted.items()}
    return {key: {name: zones[name] for name in names} for key, names in known.items() if names}
