"""What the program asks AWS before it registers any resource, so that a refusal creates nothing."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from batch_platform.compute_environments import given_templates
from batch_platform.compute_environments.images import recommended_image_parameter
from batch_platform.compute_environments.quotas import COMPUTE_ENVIRONMENT, JOB_QUEUE, beyond
from batch_platform.compute_environments.snapshots import unusable_snapshots
from batch_platform.compute_environments.states import made_disabled
from batch_platform.instances.offered import offered_types
from batch_platform.job_definitions.own_images import definitions_with_images
from batch_platform.network.adapters import adapters_apart
from batch_platform.network.addresses import addresses, too_few
from batch_platform.network.existing import facts_of
from batch_platform.network.facts import NetworkFacts, needs_of, zones_of
from batch_platform.network.groups import unusable_groups
from batch_platform.network.multi_node import nodes_apart
from batch_platform.network.offers import offers_of, zones_in_use
from batch_platform.network.reachability import unreachable
from batch_platform.plan import ENVIRONMENT_TAG, Account
from batch_platform.provider_answers import found
from batch_platform.settings import Problem, Settings
from batch_platform.settings.network import ExistingNetwork
from batch_platform.storage.existing import unusable_bucket


def look_up(settings: Settings) -> Account:
    """Return the account, its zones and AMIs, and refuse an existing network that could not work.

    Raises:
        SettingsError: instances in the existing network could not reach ECS, pull images or write
            logs; or an id, a snapshot or a bucket does not exist, or a group is in another VPC, or
            the bucket in another region; or the region
            has no AMI of a wanted kind, not an instance type or endpoint service, or no room for
            the compute environments or queues; or an environment that is not there yet is DISABLED;
            or a launch template does not exist or cannot be used.
    """
    _refuse_by_what_is_there(settings)
    if unusable := [*unusable_snapshots(settings), *unusable_bucket(settings)]:
        raise settings.refused(unusable)
    account_id = str(aws.get_caller_identity().account_id)
    versions, said = given_templates.versions(settings)
    for warning in said:
        pulumi.log.warn(warning)
    network = settings.network
    if not isinstance(network, ExistingNetwork):
        if unusable := list(unusable_groups(settings, network)):
            raise settings.refused(unusable)
        _warn_of_few_addresses(settings, addresses(settings))
        # Local zones and Wavelength zones want an opt-in, and Batch does not run in all of them.
        zones = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        )
        return Account(
            account_id=account_id,
            zones=tuple(zones.names),
            images=_newest_images(settings),
            instance_types=offered_types(settings),
            offers=offers_of(settings),
            zones_in_use=zones_in_use(settings)
            if isinstance(network.availability_zones, int)
            else (),
            template_versions=versions,
        )
    facts = facts_of(settings, network)
    definitions = definitions_with_images(settings, account_id)
    jobs = {key: needs_of(definition) for key, definition in definitions.items()}
    refused = list(
        unreachable(network, facts, jobs, settings.region, instances=settings.has_instances)
    )
    if settings.has_multi_node:
        refused += nodes_apart(network, facts)
    if settings.has_adapters:
        refused += adapters_apart(settings, network, facts)
    if refused:
        if network.reachability == "checked":
            raise settings.refused(refused)
        for problem in refused:
            pulumi.log.warn(problem.describe())
    _tell_zones(network, facts)
    sizes = [subnet.addresses for subnet in facts.subnets]
    _warn_of_few_addresses(settings, sum(sizes) if all(sizes) else None)
    return Account(
        account_id=account_id,
        zones=tuple(zones_of(facts)),
        images=_newest_images(settings),
        instance_types=offered_types(settings),
        offers=offers_of(settings),
        template_versions=versions,
    )


def _tell_zones(network: ExistingNetwork, facts: NetworkFacts) -> None:
    zones = zones_of(facts)
    if zones:
        pulumi.log.info(f"{network.vpc_id}: jobs run in {', '.join(zones)}")
    if len(zones) == 1:
        pulumi.log.warn(
            f"{network.vpc_id}: every subnet is in {zones[0]}, so jobs stop when that zone "
            f"fails, and Spot capacity comes from one zone; add subnets of another zone to "
            f"network.subnetIds"
        )


def _warn_of_few_addresses(settings: Settings, have: int | None) -> None:
    if warning := too_few(settings, have):
        pulumi.log.warn(warning)


def _refuse_by_what_is_there(settings: Settings) -> None:
    """Refuse what the account has no room for, and what cannot be made as it is asked for.

    Who may not look (tag:GetResources) goes on.
    """
    kinds = [f"batch:{COMPUTE_ENVIRONMENT}", f"batch:{JOB_QUEUE}"]
    try:
        answer = aws.resourcegroupstaggingapi.get_resources(resource_type_filters=kinds)
    except Exception as error:
        if "AccessDenied" in str(error):
            return
        raise
    tagged = {one.resource_arn: one.tags or {} for one in answer.resource_tag_mapping_lists}
    refused = [
        *beyond(settings, tagged, ENVIRONMENT_TAG),
        *made_disabled(settings, tagged, ENVIRONMENT_TAG),
    ]
    if refused:
        raise settings.refused(refused)


def _newest_images(settings: Settings) -> dict[str, str]:
    """Return the newest recommended AMI of each compute environment that does not fix its own."""
    wanted = {
        key: recommended_image_parameter(instances)
        for key, instances in settings.instances.items()
        if instances.image_id_override is None
    }
    newest = {name: _parameter(name) for name in {*wanted.values()}}
    missing = [
        Problem(
            ("batch-platform:computeEnvironments", key),
            f"the public SSM parameter {name} is not in {settings.region}",
            "write the AMI to use, `imageIdOverride: ami-…`",
        )
        for key, name in wanted.items()
        if newest[name] is None
    ]
    if missing:
        raise settings.refused(missing)
    return {key: str(newest[name]) for key, name in wanted.items()}


def _parameter(name: str) -> str | None:
    parameter = found(lambda: aws.ssm.get_parameter(name=name))
    # `value` is marked as a secret whatever the type; this one is set where it is none.
    return None if parameter is None else str(parameter.insecure_value)
