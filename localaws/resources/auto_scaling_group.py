"""Auto Scaling groups (terraform-provider-aws: internal/service/autoscaling/group.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients, settle
from localaws.resources.reading import REGIONAL, Description, Properties, changes, first, present
from localaws.resources.resource_type import Refusal, ResourceType

SIZES = {"minSize": "MinSize", "maxSize": "MaxSize", "desiredCapacity": "DesiredCapacity"}


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Create a group; its id is its name."""
    clients("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=inputs["name"],
        Tags=[_tag(inputs["name"], each) for each in inputs.get("tags") or ()],
        **_sent(inputs),
    )
    return str(inputs["name"])


def _describe(clients: Clients, identifier: str) -> Description | None:
    found = clients("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[identifier])
    return first(found, "AutoScalingGroups")


def _state(_: Clients, group: Description) -> Properties:
    subnets = group.get("VPCZoneIdentifier") or ""
    mixed = group.get("MixedInstancesPolicy") or {}
    # A group has one of the two; moto goes on showing the other.
    template = {} if mixed else group.get("LaunchTemplate") or {}
    found = {
        "vpcZoneIdentifiers": subnets.split(",") if subnets else None,
        "launchTemplate": present(
            {"id": template.get("LaunchTemplateId"), "version": template.get("Version")}
        ),
        "mixedInstancesPolicy": _small(mixed),
        "tags": [
            {
                "key": each["Key"],
                "value": each["Value"],
                "propagateAtLaunch": each["PropagateAtLaunch"],
            }
            for each in group.get("Tags", ())
        ],
    }
    return {key: value for key, value in found.items() if value}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change a group in place; instances that run keep what they were launched with."""
    scaling = clients("autoscaling")
    if changes(state, inputs, *SIZES, "vpcZoneIdentifiers", "launchTemplate") or changes(
        state, inputs, "mixedInstancesPolicy"
    ):
        scaling.update_auto_scaling_group(AutoScalingGroupName=identifier, **_sent(inputs))
    if not unchanged("tags", state.get("tags"), inputs.get("tags")):
        before, after = state.get("tags") or (), inputs.get("tags") or ()
        kept = {each["key"] for each in after}
        gone = [_tag(identifier, each) for each in before if each["key"] not in kept]
        if gone:
            scaling.delete_tags(Tags=gone)
        if after:
            scaling.create_or_update_tags(Tags=[_tag(identifier, each) for each in after])


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Scale in to nothing, wait, delete (group.go resourceGroupDelete: drainGroup)."""
    scaling = clients("autoscaling")
    if _describe(clients, identifier) is None:
        return
    scaling.update_auto_scaling_group(
        AutoScalingGroupName=identifier, MinSize=0, MaxSize=0, DesiredCapacity=0
    )

    def is_empty() -> bool:
        return not (_describe(clients, identifier) or {}).get("Instances")

    settle(f"instances of Auto Scaling group {identifier}", is_empty)
    scaling.delete_auto_scaling_group(AutoScalingGroupName=identifier)
    settle(f"Auto Scaling group {identifier}", lambda: _describe(clients, identifier) is None)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare tags and subnets, which have no order (TF: TypeSet), without it."""
    if key not in {"tags", "vpcZoneIdentifiers"}:
        return False
    return sorted(map(repr, map(_ordered, old or ()))) == sorted(
        map(repr, map(_ordered, new or ()))
    )


def _ordered(value: Any) -> Any:
    return sorted(value.items()) if isinstance(value, Mapping) else value


def _sent(inputs: Properties) -> dict[str, Any]:
    template = inputs.get("launchTemplate") or {}
    named = {"LaunchTemplateId": template.get("id"), "LaunchTemplateName": template.get("name")}
    sizes = {name: inputs[key] for key, name in SIZES.items() if inputs.get(key) is not None}
    optional = {
        "VPCZoneIdentifier": ",".join(inputs.get("vpcZoneIdentifiers") or ()),
        "LaunchTemplate": present({**named, "Version": template.get("version")}),
        "MixedInstancesPolicy": _capital(inputs.get("mixedInstancesPolicy") or {}),
    }
    return sizes | present(optional)


def _tag(group: str, tag: Properties) -> dict[str, Any]:
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": tag["key"],
        "Value": tag["value"],
        "PropagateAtLaunch": tag["propagateAtLaunch"],
    }


def _capital(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name[:1].upper() + name[1:]: _capital(inner) for name, inner in value.items()}
    return [_capital(each) for each in value] if isinstance(value, list) else value


def _small(value: Any) -> Any:
    """Return the inputs of a policy; a template is named by its id alone."""
    if isinstance(value, Mapping):
        return {
            name[:1].lower() + name[1:]: _small(inner)
            for name, inner in value.items()
            if name != "LaunchTemplateName" and inner not in (None, "", [], {})
        }
    return [_small(each) for each in value] if isinstance(value, list) else value


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.between(inputs, "minSize", 0, 10_000)


AUTO_SCALING_GROUP = ResourceType(
    arguments=aws.autoscaling.GroupArgs,
    creation=_create,
    description=_describe,
    names={"arn": "AutoScalingGroupARN", "name": "AutoScalingGroupName", **SIZES},
    state=_state,
    change=_change,
    deletion=_delete,
    replace_on=frozenset({"name", "namePrefix"}),
    not_carried=frozenset({"namePrefix"}),
    update_on=frozenset(
        {*SIZES, "launchTemplate", "mixedInstancesPolicy", "tags", "vpcZoneIdentifiers"}
    ),
    computed=REGIONAL | {"desiredCapacity", "name"},
    unchanged=unchanged,
    autonamed=True,
    refusals=_refusals,
)
