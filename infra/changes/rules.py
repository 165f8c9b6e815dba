"""The rules that decide how an edit reaches AWS, each with its source.

Sources: UG is the AWS Batch user guide, API its API reference, TF terraform-provider-aws 6.x
(``internal/service/batch``), which pulumi-aws 7 bridges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
    """Why an edit has its action."""

    name: str
    action: Action
    reason: str
    source: str


SCALING = Rule(
    name="scaling",
    action=Action.SCALING,
    reason="vCPU limits change in place, and no instance is replaced",
    source="UG, Updating compute environments: scaling updates",
)
INFRASTRUCTURE = Rule(
    name="infrastructure",
    action=Action.INFRASTRUCTURE,
    reason="with the service-linked role and this allocation strategy it changes in place",
    source="UG, infrastructure updates; TF compute_environment.go isUpdatableComputeEnvironment",
)
INSTANCE_TAGS = Rule(
    name="instance-tags",
    action=Action.INFRASTRUCTURE,
    reason="tags are on the instances too, so it is an infrastructure update",
    source="UG, infrastructure updates: computeResources.tags",
)
CUSTOM_ROLE = Rule(
    name="custom-role",
    action=Action.REPLACE,
    reason="a custom service role allows no infrastructure update",
    source="TF compute_environment.go isServiceLinkedRoleDiff",
)
STRATEGY = Rule(
    name="strategy",
    action=Action.REPLACE,
    reason="the allocation strategy, before or after, allows no infrastructure update",
    source="TF compute_environment.go isUpdatableAllocationStrategyDiff",
)
ROLE_KIND = Rule(
    name="role-kind",
    action=Action.REPLACE,
    reason="AWS Batch refuses to change between the service-linked and a custom role",
    source="API UpdateComputeEnvironment serviceRole; updates.py identity",
)
FLEET_ROLE = Rule(
    name="fleet-role",
    action=Action.REPLACE,
    reason="a spot fleet role is given or taken only at creation",
    source="TF compute_environment.go spot_iam_fleet_role ForceNew",
)
FIXED_TYPE = Rule(
    name="fixed-type",
    action=Action.REPLACE,
    reason="without infrastructure updates EC2 and SPOT cannot be exchanged",
    source="API UpdateComputeEnvironment computeResources.type; updates.py identity",
)
UPDATE_POLICY = Rule(
    name="update-policy",
    action=Action.UPDATE,
    reason="it tells what the next infrastructure update does to running jobs, and touches none",
    source="API UpdateComputeEnvironment updatePolicy",
)
LAUNCH_TEMPLATE = Rule(
    name="launch-template",
    action=Action.REPLACE,
    reason="the provider adds a launch template only to a new environment",
    source="TF compute_environment.go launch_template ForceNew",
)
PLACEMENT_GROUP = Rule(
    name="placement-group",
    action=Action.REPLACE,
    reason="the provider changes a placement group only by a new environment",
    source="TF compute_environment.go placement_group ForceNew",
)
FARGATE_TYPE = Rule(
    name="fargate-type",
    action=Action.REPLACE,
    reason="AWS Batch changes neither FARGATE and FARGATE_SPOT into each other, nor into instances",
    source="UG, Updating compute environments: Fargate; updates.py identity",
)
FARGATE_NETWORK = Rule(
    name="fargate-network",
    action=Action.UPDATE,
    reason="Fargate takes other subnets and security groups in place, whatever the service role",
    source="UG, Updating compute environments: Fargate; TF compute_environment.go isFargateType",
)
ENVIRONMENT_ADDED = Rule(
    name="environment-added",
    action=Action.ADD,
    reason="the key is new",
    source="API CreateComputeEnvironment",
)
ENVIRONMENT_REMOVED = Rule(
    name="environment-removed",
    action=Action.REMOVE,
    reason="the key is gone; no queue may name it any more, so the queues change first",
    source="API DeleteComputeEnvironment",
)
QUEUE_UPDATED = Rule(
    name="queue-updated",
    action=Action.UPDATE,
    reason="a job queue changes in place, and its jobs stay",
    source="API UpdateJobQueue",
)
QUEUE_REPOINTED = Rule(
    name="queue-repointed",
    action=Action.UPDATE,
    reason="the queue is pointed at the new environment before the old one goes",
    source="API UpdateJobQueue computeEnvironmentOrder",
)
QUEUE_MODE = Rule(
    name="queue-mode",
    action=Action.REPLACE,
    reason="a queue cannot change between first in, first out and fair share",
    source="API UpdateJobQueue schedulingPolicyArn: can be replaced, not added or removed",
)
QUEUE_SHARES = Rule(
    name="queue-shares",
    action=Action.UPDATE,
    reason="the queue's scheduling policy changes in place, also for jobs that wait",
    source="API UpdateSchedulingPolicy",
)
QUEUE_ADDED = Rule(
    name="queue-added", action=Action.ADD, reason="the key is new", source="API CreateJobQueue"
)
QUEUE_REMOVED = Rule(
    name="queue-removed",
    action=Action.REMOVE,
    reason="the key is gone; AWS Batch ends every job that is in the queue",
    source="API DeleteJobQueue",
)
REVISION = Rule(
    name="revision",
    action=Action.REVISION,
    reason="registers one revision; keepRevisions older ones stay ACTIVE for who names them",
    source="TF job_definition.go resourceJobDefinitionUpdate, deregister_on_new_revision=false",
)
DEFINITION_TAGS = Rule(
    name="definition-tags",
    action=Action.UPDATE,
    reason="tags alone register no revision",
    source="TF job_definition.go resourceJobDefinitionUpdate: HasChangesExcept(tags)",
)
DEFINITION_ADDED = Rule(
    name="definition-added",
    action=Action.ADD,
    reason="the key is new",
    source="API RegisterJobDefinition",
)
DEFINITION_REMOVED = Rule(
    name="definition-removed",
    action=Action.REMOVE,
    reason="the key is gone; every ACTIVE revision of the name is deregistered",
    source="TF job_definition.go resourceJobDefinitionDelete",
)
REGION = Rule(
    name="region",
    action=Action.REPLACE,
    reason="resources cannot move to another region",
    source="pulumi-aws 7: region is replace-on-change for every resource",
)

RULES = {
    rule.name: rule
    for rule in (
        *(SCALING, INFRASTRUCTURE, INSTANCE_TAGS, CUSTOM_ROLE, STRATEGY, ROLE_KIND, FLEET_ROLE),
        *(
            UPDATE_POLICY,
            PLACEMENT_GROUP,
            LAUNCH_TEMPLATE,
            FARGATE_TYPE,
            FARGATE_NETWORK,
            FIXED_TYPE,
            ENVIRONMENT_ADDED,
            ENVIRONMENT_REMOVED,
            QUEUE_UPDATED,
            QUEUE_REPOINTED,
        ),
        *(QUEUE_MODE, QUEUE_SHARES, QUEUE_ADDED, QUEUE_REMOVED),
        *(REVISION, DEFINITION_TAGS, DEFINITION_ADDED),
        *(DEFINITION_REMOVED, REGION),
    )
}
"""Every rule by its name."""
