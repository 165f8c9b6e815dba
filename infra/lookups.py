"""What the program asks AWS before it registers any resource, so that a refusal creates nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi_aws as aws

from infra.containers import image_of
from infra.images import recommended_image_parameter
from infra.plan import ENVIRONMENT_TAG, Account, service_name
from infra.quotas import COMPUTE_ENVIRONMENT, JOB_QUEUE, beyond
from infra.reachability import EVERY_ENDPOINT, SubnetFacts, unreachable
from infra.settings import Problem, Settings
from infra.settings.ec2_capacity import Ec2Capacity
from infra.settings.network import ExistingNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUTE_TARGETS = (
    "gateway_id",
    "nat_gateway_id",
    "transit_gateway_id",
    "network_interface_id",
    "instance_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
    "egress_only_gateway_id",
    "local_gateway_id",
    "carrier_gateway_id",
)


def look_up(settings: Settings) -> Account:
    """Return the account, its zones and AMIs, and refuse an existing network that could not work.

    Raises:
        SettingsError: instances in the existing network could not reach ECS, pull images or write
            logs; or one of its ids does not exist; or the region has no AMI of a wanted kind, or
            no room for the compute environments or queues.
    """
    _refuse_beyond_quotas(settings)
    account_id = str(aws.get_caller_identity().account_id)
    network = settings.network
    if not isinstance(network, ExistingNetwork):
        # Local zones and Wavelength zones want an opt-in, and Batch does not run in all of them.
        zones = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        )
        return Account(
            account_id=account_id, zones=tuple(zones.names), images=_newest_images(settings)
        )
    problems = unreachable(
        network,
        [_subnet_facts(settings, index, name) for index, name in enumerate(network.subnet_ids)],
        _endpoints(network.vpc_id, settings.region),
        {key: image_of(definition) for key, definition in settings.job_definitions.items()},
        settings.region,
        instances=settings.has_instances,
    )
    if refused := list(problems):
        raise settings.refused(refused)
    return Account(account_id=account_id, images=_newest_images(settings))


def _refuse_beyond_quotas(settings: Settings) -> None:
    """Refuse what the account has no room for; who may not look (tag:GetResources) goes on."""
    kinds = [f"batch:{COMPUTE_ENVIRONMENT}", f"batch:{JOB_QUEUE}"]
    try:
        found = aws.resourcegroupstaggingapi.get_resources(resource_type_filters=kinds)
    except Exception as error:
        if "AccessDenied" in str(error):
            return
        raise
    tagged = {one.resource_arn: one.tags or {} for one in found.resource_tag_mapping_lists}
    if refused := list(beyond(settings, tagged, ENVIRONMENT_TAG)):
        raise settings.refused(refused)


def _newest_images(settings: Settings) -> dict[str, str]:
    """Return the newest recommended AMI of each compute environment that does not fix its own."""
    wanted = {
        key: recommended_image_parameter(environment)
        for key, environment in settings.compute_environments.items()
        if isinstance(environment, Ec2Capacity) and environment.image_id_override is None
    }
    found = {name: _parameter(name) for name in {*wanted.values()}}
    missing = [
        Problem(
            ("batch-platform:computeEnvironments", key),
            f"the public SSM parameter {name} is not in {settings.region}",
            "write the AMI to use, `imageIdOverride: ami-…`",
        )
        for key, name in wanted.items()
        if found[name] is None
    ]
    if missing:
        raise settings.refused(missing)
    return {key: str(found[name]) for key, name in wanted.items()}


def _parameter(name: str) -> str | None:
    parameter = _found(lambda: aws.ssm.get_parameter(name=name))
    # `value` is marked as a secret whatever the type; this one is set where it is none.
    return None if parameter is None else str(parameter.insecure_value)


def _subnet_facts(settings: Settings, index: int, subnet_id: str) -> SubnetFacts:
    subnet = _found(lambda: aws.ec2.get_subnet(id=subnet_id))
    if subnet is None:
        path = ("batch-platform:network", "subnetIds", index)
        fix = "name a subnet of this account and region"
        raise settings.refused([Problem(path, f"{subnet_id} does not exist", fix)])
    table = _found(lambda: aws.ec2.get_route_table(subnet_id=subnet_id))
    if table is None:  # then the VPC's main route table counts
        main = [{"name": "association.main", "values": ["true"]}]
        table = _found(lambda: aws.ec2.get_route_table(vpc_id=subnet.vpc_id, filters=main))
    routes = [
        {name: getattr(route, name, None) for name in ("cidr_block", *_ROUTE_TARGETS)}
        for route in (table.routes if table else ())
    ]
    return SubnetFacts(subnet.vpc_id, bool(subnet.map_public_ip_on_launch), routes)


def _endpoints(vpc_id: str, region: str) -> set[str]:
    """Return those of the needed endpoints that the VPC has and that are available."""
    return {name for name in EVERY_ENDPOINT if _has_endpoint(vpc_id, service_name(region, name))}


def _has_endpoint(vpc_id: str, service: str) -> bool:
    try:
        found = _found(
            lambda: aws.ec2.get_vpc_endpoint(vpc_id=vpc_id, service_name=service, state="available")
        )
    except Exception as error:
        if "multiple" in str(error):  # several will do
            return True
        raise
    return found is not None


def _found(invoke: Callable[[], Any]) -> Any:
    """Return what ``invoke`` finds, or None where the provider says that there is none."""
    try:
        return invoke()
    except Exception as error:
        # The SDK raises a bare Exception with the provider's text.
        if any(words in str(error) for words in ("no matching", "NotFound", "couldn't find")):
            return None
        raise
