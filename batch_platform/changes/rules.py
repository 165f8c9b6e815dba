"""The one table of rules that decide how an edit reaches AWS, each with its source.

Sources: UG is the AWS Batch user guide, API its API reference, TF terraform-provider-aws 6.x
(``internal/service/batch``), which pulumi-aws 7 bridges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from batch_platform.compute_environments.updates import LINKED
from batch_platform.settings.update_policy import UPDATABLE_STRATEGIES

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
QUEUE = "aws:batch/jobQueue:JobQueue"
DEFINITION = "aws:batch/jobDefinition:JobDefinition"
GROUP = "aws:autoscaling/group:Group"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"

GROUP_BLOCK = "autoScalingGroup"
"""Where the Auto Scaling group of an UNMANAGED environment is among that environment's inputs."""

IDENTITY = "batch_platform/compute_environments/updates.py identity"

Inputs = Mapping[str, Any]
"""Inputs of a resource by their names in pulumi-aws; nothing where there is no resource."""
Path = tuple[str | int, ...]
"""Where a property is in the inputs: names, and places in lists."""
Condition = Callable[[Inputs, Inputs], bool]
"""On the inputs before and after an edit."""


class Action(Enum):
    """What happens to one resource, from the least to the most."""

    UNCHANGED = "unchanged"
    ADD = "add"
    UPDATE = "update in place"
    SCALING = "scaling update"
    REVISION = "new revision"
    INFRASTRUCTURE = "infrastructure update"
    REPLACE = "replace"
    REMOVE = "remove"

    @property
    def severity(self) -> int:
        """Position among the actions: of several edits the most severe decides."""
        return list(Action).index(self)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Why an edit has its action.

    Attributes:
        paths: the properties that it is about, with all that is in them; none is every property.
        when: on what else it depends.
    """

    name: str
    action: Action
    reason: str
    source: str
    paths: tuple[str, ...] = ()
    when: Condition = lambda _old, _new: True

    def covers(self, path: Path) -> bool:
        """Tell whether the rule is about the property at ``path``."""
        name = ".".join(part for part in path if isinstance(part, str))
        return not self.paths or any(f"{name}.".startswith(f"{own}.") for own in self.paths)


def rule_of(kind: str, path: Path, old: Inputs, new: Inputs) -> Rule:
    """Return the rule for the edit of one property.

    Args:
        kind: Pulumi type token of the resource, a key of :data:`TABLE`.
        path: of the property.
        old: inputs of the resource before the edit.
        new: inputs after it.
    """
    return next(rule for rule in TABLE[kind] if rule.covers(path) and rule.when(old, new))


def is_fargate(environment: Inputs) -> bool:
    """Tell whether the inputs are of a Fargate compute environment."""
    return str(_capacity(environment, "type")).startswith("FARGATE")


def _capacity(environment: Inputs, key: str) -> Any:
    return (environment.get("computeResources") or {}).get(key)


def _has_custom_role(environment: Inputs) -> bool:
    return bool(environment.get("serviceRole", LINKED) != LINKED)


def _has_fixed_strategy(environment: Inputs) -> bool:
    return _capacity(environment, "allocationStrategy") not in {None, *UPDATABLE_STRATEGIES}


def _is_fixed(environment: Inputs) -> bool:
    return _has_custom_role(environment) or _has_fixed_strategy(environment)


def _has_template(environment: Inputs) -> bool:
    return bool(_capacity(environment, "launchTemplate"))


def _has_groups(environment: Inputs) -> bool:
    return bool(_capacity(environment, "securityGroupIds"))


def _number_of_retry_rules(definition: Inputs) -> int:
    return len((definition.get("retryStrategy") or {}).get("evaluateOnExits") or ())


def _has_time_limits(queue: Inputs) -> bool:
    return bool(queue.get("jobStateTimeLimitActions"))


def _differs(fact: Callable[[Inputs], Any]) -> Condition:
    return lambda old, new: fact(old) != fact(new)


def _either(fact: Callable[[Inputs], bool]) -> Condition:
    return lambda old, new: fact(old) or fact(new)


def _changes_to_or_from_fargate(old: Inputs, new: Inputs) -> bool:
    kinds = {_capacity(each, "type") for each in (old, new)}
    return len(kinds) > 1 and any(map(is_fargate, (old, new)))


def _changes_tags_of_instances(old: Inputs, new: Inputs) -> bool:
    tags = [_capacity(each, "tags") for each in (old, new)]
    return tags[0] != tags[1] and not any(map(_is_fixed, (old, new)))


OF_ENVIRONMENTS = (
    Rule(
        name="group-size",
        action=Action.UPDATE,
        reason=(
            "the Auto Scaling group launches what it lacks, and terminates what is beyond maxSize"
        ),
        source="EC2 Auto Scaling API UpdateAutoScalingGroup",
        paths=(
            f"{GROUP_BLOCK}.minSize",
            f"{GROUP_BLOCK}.maxSize",
            f"{GROUP_BLOCK}.desiredCapacity",
        ),
    ),
    Rule(
        name="group-instances",
        action=Action.UPDATE,
        reason=(
            "it counts for instances that the Auto Scaling group launches from now on; those that "
            "run stay as they are"
        ),
        source="EC2 Auto Scaling API UpdateAutoScalingGroup; TF autoscaling_group.go: no refresh",
        paths=(GROUP_BLOCK,),
    ),
    Rule(
        name="fargate-type",
        action=Action.REPLACE,
        reason=(
            "AWS Batch cannot change FARGATE to FARGATE_SPOT or back, nor either of them to "
            "instances"
        ),
        source=f"UG, Updating compute environments: Fargate; {IDENTITY}",
        when=_changes_to_or_from_fargate,
    ),
    Rule(
        name="managed",
        action=Action.REPLACE,
        reason="a managed environment cannot become unmanaged, or the reverse",
        source="TF compute_environment.go type ForceNew",
        paths=("type",),
    ),
    Rule(
        name="scaling",
        action=Action.SCALING,
        reason="vCPU limits change in place, and no instance is replaced",
        source="UG, Updating compute environments: scaling updates",
        paths=("computeResources.minVcpus", "computeResources.maxVcpus"),
    ),
    Rule(
        name="environment-state",
        action=Action.UPDATE,
        reason=(
            "the state changes in place: a DISABLED environment starts no further jobs, those that "
            "run go on, and the instances of minVcpus stay"
        ),
        source="API UpdateComputeEnvironment state",
        paths=("state",),
    ),
    Rule(
        name="role-kind",
        action=Action.REPLACE,
        reason="AWS Batch refuses to change between the service-linked and a custom role",
        source=f"API UpdateComputeEnvironment serviceRole; {IDENTITY}",
        paths=("serviceRole",),
        when=_differs(_has_custom_role),
    ),
    Rule(
        name="fleet-role",
        action=Action.REPLACE,
        reason="a spot fleet role can be set or removed only at creation",
        source="TF compute_environment.go spot_iam_fleet_role ForceNew",
        paths=("computeResources.spotIamFleetRole",),
    ),
    Rule(
        name="placement-group",
        action=Action.REPLACE,
        reason="the provider changes a placement group only by replacing the environment",
        source="TF compute_environment.go placement_group ForceNew",
        paths=("computeResources.placementGroup",),
    ),
    Rule(
        name="launch-template",
        action=Action.REPLACE,
        reason="the provider adds a launch template only to a new environment",
        source="TF compute_environment.go launch_template ForceNew",
        paths=("computeResources.launchTemplate",),
        when=_differs(_has_template),
    ),
    Rule(
        name="efa",
        action=Action.REPLACE,
        reason=(
            "AWS Batch takes security groups of the environment or network interfaces of its "
            "launch template, and never both"
        ),
        source=f"CreateComputeEnvironment's refusal (aws-cdk#21577); {IDENTITY}",
        paths=("computeResources.securityGroupIds",),
        when=_differs(_has_groups),
    ),
    Rule(
        name="update-policy",
        action=Action.UPDATE,
        reason=(
            "it says what the next infrastructure update does to running jobs, and affects none now"
        ),
        source="API UpdateComputeEnvironment updatePolicy",
        paths=("updatePolicy",),
    ),
    Rule(
        name="fargate-network",
        action=Action.UPDATE,
        reason=("on Fargate subnets and security groups change in place, with any service role"),
        source=(
            "UG, Updating compute environments: Fargate; TF compute_environment.go isFargateType"
        ),
        paths=("computeResources",),
        when=lambda _old, new: is_fargate(new),
    ),
    Rule(
        name="fixed-type",
        action=Action.REPLACE,
        reason="without infrastructure updates EC2 cannot become SPOT, or the reverse",
        source=f"API UpdateComputeEnvironment computeResources.type; {IDENTITY}",
        paths=("computeResources.type",),
        when=_either(_is_fixed),
    ),
    Rule(
        name="custom-role",
        action=Action.REPLACE,
        reason="a custom service role allows no infrastructure update",
        source="TF compute_environment.go isServiceLinkedRoleDiff",
        paths=("computeResources",),
        when=_either(_has_custom_role),
    ),
    Rule(
        name="strategy",
        action=Action.REPLACE,
        reason="the allocation strategy, before or after, allows no infrastructure update",
        source="TF compute_environment.go isUpdatableAllocationStrategyDiff",
        paths=("computeResources",),
        when=_either(_has_fixed_strategy),
    ),
    Rule(
        name="instance-tags",
        action=Action.INFRASTRUCTURE,
        reason="the instances have the tags too, so a change is an infrastructure update",
        source="UG, infrastructure updates: computeResources.tags",
        paths=(
            "tags",
            "computeResources.tags",
            "computeResources.launchTemplate.version.tagSpecifications",
        ),
        when=_changes_tags_of_instances,
    ),
    Rule(
        name="infrastructure",
        action=Action.INFRASTRUCTURE,
        reason="with the service-linked role and this allocation strategy it changes in place",
        source=(
            "UG, infrastructure updates; TF compute_environment.go isUpdatableComputeEnvironment"
        ),
        paths=("computeResources",),
    ),
    Rule(
        name="environment-updated",
        action=Action.UPDATE,
        reason="it changes in place, and no instance is touched",
        source="API UpdateComputeEnvironment, TagResource",
    ),
)

OF_QUEUES = (
    Rule(
        name="queue-mode",
        action=Action.REPLACE,
        reason="a queue cannot change between first in, first out and fair share",
        source="API UpdateJobQueue schedulingPolicyArn: can be replaced, not added or removed",
        paths=("schedulingMode",),
    ),
    Rule(
        name="queue-limits",
        action=Action.REPLACE,
        reason=(
            "the provider cannot remove the last time limit of a queue, so a queue with time "
            "limits and one without are two queues"
        ),
        source="settings/job_queues.py identity; TF job_queue.go resourceJobQueueUpdate",
        paths=("jobStateTimeLimitActions",),
        when=_differs(_has_time_limits),
    ),
    Rule(
        name="queue-shares",
        action=Action.UPDATE,
        reason="the queue's scheduling policy changes in place, for waiting jobs too",
        source="API UpdateSchedulingPolicy",
        paths=("fairsharePolicy",),
    ),
    Rule(
        name="queue-updated",
        action=Action.UPDATE,
        reason="a job queue changes in place, and its jobs stay",
        source="API UpdateJobQueue",
    ),
)

OF_DEFINITIONS = (
    Rule(
        name="retry-rules",
        action=Action.REPLACE,
        reason="the provider changes the number of retry rules only by replacing the definition",
        source="TF job_definition.go evaluate_on_exit ForceNew",
        paths=("retryStrategy.evaluateOnExits",),
        when=_differs(_number_of_retry_rules),
    ),
    Rule(
        name="definition-tags",
        action=Action.UPDATE,
        reason="tags alone register no revision",
        source="TF job_definition.go resourceJobDefinitionUpdate: HasChangesExcept(tags)",
        paths=("tags",),
    ),
    Rule(
        name="older-revisions",
        action=Action.UPDATE,
        reason="it concerns older revisions only, and registers no new one",
        source="TF job_definition.go deregister_on_new_revision",
        paths=("deregisterOnNewRevision",),
    ),
    Rule(
        name="revision",
        action=Action.REVISION,
        reason="registers one revision; the previous keepRevisions revisions stay ACTIVE",
        source="TF job_definition.go resourceJobDefinitionUpdate, deregister_on_new_revision=false",
    ),
)

OF_WHOLE_RESOURCES = (
    Rule(
        name="environment-added",
        action=Action.ADD,
        reason="the key is new",
        source="API CreateComputeEnvironment",
    ),
    Rule(
        name="environment-removed",
        action=Action.REMOVE,
        reason="the key was removed; no queue may name the environment at its deletion, so the "
        "queues change first",
        source="API DeleteComputeEnvironment",
    ),
    Rule(
        name="queue-added",
        action=Action.ADD,
        reason="the key is new",
        source="API CreateJobQueue",
    ),
    Rule(
        name="queue-removed",
        action=Action.REMOVE,
        reason="the key was removed; AWS Batch ends every job in the queue",
        source="API DeleteJobQueue",
    ),
    Rule(
        name="queue-repointed",
        action=Action.UPDATE,
        reason="the queue is pointed at the new environment before the old one goes",
        source="API UpdateJobQueue computeEnvironmentOrder",
    ),
    Rule(
        name="definition-added",
        action=Action.ADD,
        reason="the key is new",
        source="API RegisterJobDefinition",
    ),
    Rule(
        name="definition-removed",
        action=Action.REMOVE,
        reason="the key was removed; every ACTIVE revision of the name is deregistered",
        source="TF job_definition.go resourceJobDefinitionDelete",
    ),
    Rule(
        name="region",
        action=Action.REPLACE,
        reason="resources cannot move to another region",
        source="pulumi-aws 7: region is replace-on-change for every resource",
    ),
    Rule(
        name="replacement-trigger",
        action=Action.REPLACE,
        reason="the program replaces the resource whenever this changes",
        source="batch_platform/components: replacement_trigger",
    ),
)

TABLE = {ENVIRONMENT: OF_ENVIRONMENTS, QUEUE: OF_QUEUES, DEFINITION: OF_DEFINITIONS}
"""Rules by type of resource. The first that covers a property decides; the last covers all."""

RULES = {rule.name: rule for rules in (OF_WHOLE_RESOURCES, *TABLE.values()) for rule in rules}
"""Every rule by its name."""

REPLACED_BY = {
    VPC: ("cidrBlock",),
    SUBNET: ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/securityGroup:SecurityGroup": ("description", "vpcId"),
    "aws:ec2/placementGroup:PlacementGroup": ("strategy", "partitionCount"),
    "aws:iam/role:Role": ("path",),
    "aws:iam/instanceProfile:InstanceProfile": ("path",),
}
"""Inputs that make a new resource of what compute environments and job definitions name.

TF ``internal/service/ec2`` and ``iam``: ForceNew.
"""
NO_VERSION = frozenset({"tags"})
"""Inputs of a launch template that make no new version of it (TF ec2_launch_template.go)."""

COMPUTED = (
    ("updatePolicy",),
    ("computeResources", "desiredVcpus"),
    ("computeResources", "ec2Configurations"),
)
"""Inputs of a compute environment that stay as they are where the program gives none (TF)."""
UNORDERED = ("instanceTypes", "securityGroupIds", "subnets")
"""Lists of a compute environment whose order means nothing (TF: TypeSet)."""
