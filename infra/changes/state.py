"""What is there, from the stack's state (`pulumi stack export`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.changes import launch_templates
from infra.changes.snapshot import (
    Facts,
    Snapshot,
    Subnet,
    document_facts,
    fairshare_facts,
    is_fargate,
    of_vpc,
    own_role,
    pinned,
)
from infra.job_definitions.containers import DOCUMENT_KEYS
from infra.settings.job_queues import FAIR_SHARE, FIFO

STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class _Resource:
    """One resource of the state."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    id: str
    replacement_trigger: Any

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> _Resource:
        name = str(raw["urn"]).rpartition("::")[2]
        return cls(
            raw["type"],
            name,
            raw.get("inputs") or {},
            raw.get("outputs") or {},
            raw.get("id", ""),
            raw.get("replacementTrigger"),
        )


class StackState:
    """The resources of a deployment, by type."""

    def __init__(self, deployment: Mapping[str, Any], environment: str) -> None:
        # `delete` marks what an interrupted run still has to delete.
        raw = [one for one in deployment.get("resources") or () if not one.get("delete")]
        self._resources = [_Resource.of(one) for one in raw]
        urns = [str(one["urn"]) for one in raw]
        self.environment = urns[0].split(":")[2] if urns else environment

    def every(self, kind: str) -> dict[str, _Resource]:
        """Return the resources of a type by their names, without the stack's in front."""
        prefix = f"{self.environment}-"
        return {one.name.removeprefix(prefix): one for one in self._resources if one.type == kind}

    @property
    def region(self) -> str | None:
        """Region in the stack's outputs; None before the first complete update."""
        outputs = next((one.outputs for one in self._resources if one.type == STACK), {})
        return outputs.get("region")


def of_state(deployment: Mapping[str, Any], described: str, environment: str) -> Snapshot:
    """Return the snapshot of an exported deployment.

    Args:
        deployment: what the export has under its key ``deployment``.
        described: where it was read.
        environment: name of the stack if the state is empty and does not tell it.
    """
    state = StackState(deployment, environment)
    environments = state.every("aws:batch/computeEnvironment:ComputeEnvironment")
    templates = state.every("aws:ec2/launchTemplate:LaunchTemplate")
    stashes = state.every("pulumi:index:Stash")
    subnets = {
        one.id: Subnet(name, one.inputs["cidrBlock"], one.inputs.get("availabilityZone"))
        for name, one in state.every("aws:ec2/subnet:Subnet").items()
    }
    vpcs = {one.id: one.inputs["cidrBlock"] for one in state.every("aws:ec2/vpc:Vpc").values()}
    groups = {
        one.id: of_vpc(vpcs.get(one.inputs.get("vpcId", ""), "another VPC"))
        for one in state.every("aws:ec2/securityGroup:SecurityGroup").values()
    }
    roles = _roles(state, "aws:iam/role:Role")
    profiles = _roles(state, "aws:iam/instanceProfile:InstanceProfile")
    policies = state.every("aws:batch/schedulingPolicy:SchedulingPolicy")
    keys = {one.outputs.get("arn"): key for key, one in environments.items()}
    return Snapshot(
        described=described,
        environment=state.environment,
        region=state.region,
        compute_environments={
            key: _environment(
                one, stashes.get(f"{key}-image"), subnets, groups, {**roles, **profiles}
            )
            | _launch_template(one, templates.get(key))
            for key, one in environments.items()
        },
        job_queues={
            key: _queue(one, policies.get(key), keys)
            for key, one in state.every("aws:batch/jobQueue:JobQueue").items()
        },
        job_definitions={
            key: _definition(one, roles)
            for key, one in state.every("aws:batch/jobDefinition:JobDefinition").items()
        },
        images={key: image for key, one in environments.items() if (image := _image(one))},
    )


def _environment(
    one: _Resource,
    stash: _Resource | None,
    subnets: Mapping[str, Subnet],
    groups: Mapping[str, str],
    roles: Mapping[Any, str],
) -> dict[str, Any]:
    resources = one.inputs.get("computeResources") or {}
    configurations = resources.get("ec2Configurations") or [{}]
    fleet_role = resources.get("spotIamFleetRole")
    instance_role = resources.get("instanceRole")
    shared = {
        "serviceRole": "custom" if _is_custom(one.inputs.get("serviceRole")) else "linked",
        "type": resources.get("type"),
        "maxVcpus": resources.get("maxVcpus"),
        "subnets": _sorted([subnets.get(each, each) for each in resources.get("subnets") or ()]),
        "securityGroups": _one_or_all(
            [groups.get(each, each) for each in resources.get("securityGroupIds") or ()]
        ),
    }
    if is_fargate(shared):
        return shared
    return {
        **shared,
        "allocationStrategy": resources.get("allocationStrategy"),
        "instanceTypes": tuple(sorted(resources.get("instanceTypes") or ())),
        "minVcpus": resources.get("minVcpus", 0),
        "bidPercentage": resources.get("bidPercentage"),
        "spotIamFleetRole": roles.get(fleet_role, fleet_role),
        "instanceRole": roles.get(instance_role, instance_role),
        "placementGroup": resources.get("placementGroup"),
        "ec2KeyPair": resources.get("ec2KeyPair"),
        "updatePolicy": _own(one.inputs.get("updatePolicy")),
        "imageType": configurations[0].get("imageType"),
        "image": _image_fact(one, stash),
        "tags": resources.get("tags"),
    }


def _launch_template(one: _Resource, template: _Resource | None) -> dict[str, Any]:
    if is_fargate(one.inputs.get("computeResources") or {}):
        return {}
    return launch_templates.of_state(template.inputs if template else None)


def _own(block: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a block of inputs without the marks of the provider; None where there is none."""
    return {key: value for key, value in block.items() if key[:2] != "__"} if block else None


def _roles(state: StackState, kind: str) -> dict[Any, str]:
    """Return what stands for roles (or instance profiles), by their ARNs."""
    component = next(iter(state.every("batch-platform:index:Roles").values()), None)
    prefix = component.outputs.get("namePrefix", "") if component else ""
    before = f"{prefix}{state.environment}-" if prefix else ""
    return {
        one.outputs.get("arn"): own_role(
            name.removeprefix(before), one.inputs.get("path", "/"), prefix
        )
        for name, one in state.every(kind).items()
    }


def _is_custom(service_role: str | None) -> bool:
    return bool(service_role) and "/aws-service-role/" not in str(service_role)


def _image(one: _Resource) -> str | None:
    resources = one.inputs.get("computeResources") or {}
    configurations = resources.get("ec2Configurations") or [{}]
    image: str | None = configurations[0].get("imageIdOverride")
    return image


def _image_fact(one: _Resource, stash: _Resource | None) -> str:
    if stash is not None and isinstance(stash.replacement_trigger, Sequence):
        return pinned(*stash.replacement_trigger)
    return _image(one) or "AWS Batch's own choice"


def _sorted(values: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=str))


def _one_or_all(groups: list[str]) -> Any:
    """Return the one security group that the stack makes, or all ids of an existing network."""
    return groups[0] if groups and not groups[0].startswith("sg-") else _sorted(groups)


def _queue(one: _Resource, policy: _Resource | None, keys: Mapping[Any, str]) -> Facts:
    order = sorted(one.inputs.get("computeEnvironmentOrders") or (), key=lambda each: each["order"])
    arns = [each["computeEnvironment"] for each in order]
    return {
        "priority": one.inputs.get("priority"),
        "state": one.inputs.get("state", "ENABLED"),
        "computeEnvironments": tuple(keys.get(arn, arn) for arn in arns),
        "schedulingMode": FAIR_SHARE if one.inputs.get("schedulingPolicyArn") else FIFO,
        "fairsharePolicy": _fairshare_policy(policy),
        "jobStateTimeLimitActions": tuple(
            {key: value for key, value in action.items() if not key.startswith("__")}
            for action in one.inputs.get("jobStateTimeLimitActions") or ()
        ),
        "tags": one.inputs.get("tags"),
    }


def _fairshare_policy(one: _Resource | None) -> Facts | None:
    if one is None:
        return None
    policy = one.inputs.get("fairSharePolicy") or {}
    return fairshare_facts(
        policy.get("shareDecaySeconds", 0),
        policy.get("computeReservation", 0),
        {
            share["shareIdentifier"]: share.get("weightFactor", 1.0)
            for share in policy.get("shareDistributions") or ()
        },
    )


def _definition(one: _Resource, roles: Mapping[Any, str]) -> Facts:
    retry = one.inputs.get("retryStrategy") or {}
    key = next((each for each in DOCUMENT_KEYS if each in one.inputs), DOCUMENT_KEYS[0])
    facts = document_facts(key, json.loads(one.inputs.get(key, "{}")))
    return {
        **{name: _with_roles(fact, roles) for name, fact in facts.items()},
        "platform": (one.inputs.get("platformCapabilities") or ["EC2"])[0],
        "parameters": one.inputs.get("parameters"),
        "retryStrategy.attempts": retry.get("attempts"),
        "retryStrategy.evaluateOnExit": tuple(
            _own(rule) for rule in retry.get("evaluateOnExits") or ()
        ),
        "timeout": (one.inputs.get("timeout") or {}).get("attemptDurationSeconds"),
        "propagateTags": one.inputs.get("propagateTags", False),
        "schedulingPriority": one.inputs.get("schedulingPriority"),
        "tags": one.inputs.get("tags"),
    }


def _with_roles(fact: Any, roles: Mapping[Any, str]) -> Any:
    """Put what stands for the stack's roles in the place of their ARNs, however deep."""
    if isinstance(fact, dict):
        return {key: _with_roles(value, roles) for key, value in fact.items()}
    if isinstance(fact, list):
        return [_with_roles(item, roles) for item in fact]
    return roles.get(fact, fact) if isinstance(fact, str) else fact
