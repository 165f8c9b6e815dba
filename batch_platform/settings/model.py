"""The whole config of one environment, and which block is of which type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from batch_platform.settings.block import EntryKey
from batch_platform.settings.compute_environments import ComputeEnvironment
from batch_platform.settings.consumers import Consumers
from batch_platform.settings.container_instances import ContainerInstances
from batch_platform.settings.errors import Problem, SettingsError
from batch_platform.settings.image_digests import ImageDigests
from batch_platform.settings.images import Image, ImageName
from batch_platform.settings.job_defaults import JobDefaults
from batch_platform.settings.job_definitions import JobDefinition
from batch_platform.settings.job_queues import JobQueue
from batch_platform.settings.monitoring import Monitoring
from batch_platform.settings.network import Network
from batch_platform.settings.observability import JobEvents
from batch_platform.settings.roles import LogGroup, Outputs, Replacement, Roles
from batch_platform.settings.scheduled_workflows import WorkflowFile
from batch_platform.settings.schedules import Schedule
from batch_platform.settings.source import Source
from batch_platform.settings.storage import Storage
from batch_platform.settings.tags import Tags
from batch_platform.settings.triggers import Trigger


@dataclass(frozen=True)
class Settings:
    """One environment, valid as a whole.

    Attributes:
        environment: name of the Pulumi stack, e.g. ``dev``.
        region: AWS region, e.g. ``ap-northeast-1``.
        network: where instances and tasks run, and how they reach ECS; ``mode`` decides the keys.
        compute_environments: where jobs run, by keys of your choice; ``type`` decides the keys.
        job_queues: where jobs are submitted to, by keys of your choice.
        job_definitions: what jobs run, by keys of your choice; none in a stack without them.
        images: images of your own that jobs run in, by names of your choice; a job definition
            names one as its ``image``.
        schedules: jobs that EventBridge Scheduler submits, by keys of your choice.
        triggers: jobs that are submitted for objects in S3, by keys of your choice.
        job_defaults: for every container of every definition that does not say it itself.
        roles: the stack's IAM roles.
        log_group: where job definitions without a log configuration of their own write.
        consumers: what is made for those who use the stack.
        job_events: an SQS queue that is fed with the changes of jobs.
        storage: a bucket in S3 for values between steps, tables of long sweeps and the ledger of
            runs.
        monitoring: who is told of trouble, with alarms and a dashboard.
        outputs: how the contract leaves the stack, beside the stack's outputs.
        replacement: what ``pulumi up`` does when compute environments are replaced or removed.
        tags: on every resource that can have them; at most 45, no name that begins with ``aws:``.
        image_digests: what ``batch-platform images push`` wrote beside the stack file.
        workflows: the workflow files that schedules name, by the keys of the schedules.
        source: the values in force and the stack file, to say where something was written.
    """

    environment: str
    region: str
    network: Network
    compute_environments: Mapping[str, ComputeEnvironment]
    job_queues: Mapping[str, JobQueue]
    job_definitions: Mapping[str, JobDefinition] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    job_defaults: JobDefaults = field(default_factory=JobDefaults)
    roles: Roles = field(default_factory=Roles)
    log_group: LogGroup = field(default_factory=LogGroup)
    consumers: Consumers = field(default_factory=Consumers)
    job_events: JobEvents = field(default_factory=JobEvents)
    storage: Storage = field(default_factory=Storage)
    monitoring: Monitoring = field(default_factory=Monitoring)
    outputs: Outputs = field(default_factory=Outputs)
    replacement: Replacement = field(default_factory=Replacement)
    tags: Mapping[str, str] = field(default_factory=dict)
    image_digests: ImageDigests = field(default_factory=ImageDigests)
    workflows: Mapping[str, WorkflowFile] = field(default_factory=dict)
    source: Source = field(default_factory=lambda: Source({}, None), repr=False, compare=False)

    @property
    def has_instances(self) -> bool:
        """Whether the stack launches instances, by AWS Batch or by an Auto Scaling group."""
        return bool(self.instances)

    @property
    def instances(self) -> Mapping[str, ContainerInstances]:
        """What instances the compute environments have, by their keys; none on Fargate."""
        found = {
            key: getattr(each, "auto_scaling_group", each)
            for key, each in self.compute_environments.items()
        }
        return {key: each for key, each in found.items() if isinstance(each, ContainerInstances)}

    @property
    def has_multi_node(self) -> bool:
        """Whether any job definition runs on several nodes."""
        return any(each.node_properties is not None for each in self.job_definitions.values())

    @property
    def has_adapters(self) -> bool:
        """Whether instances of any compute environment have Elastic Fabric Adapters."""
        return any(each.launch_template.efa is not None for each in self.instances.values())

    @property
    def mounts_file_systems(self) -> bool:
        """Whether instances of any compute environment mount EFS, or a job does."""
        return any(each.launch_template.efs_mounts for each in self.instances.values()) or any(
            each.mounts_file_systems for each in self.job_definitions.values()
        )

    @property
    def starts_jobs(self) -> bool:
        """Whether AWS submits any job by itself."""
        return bool(self.schedules or self.triggers)

    @property
    def workflow_runners(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the definitions whose jobs run workflows, with the keys of their schedules."""
        runners: dict[str, tuple[str, ...]] = {}
        for key in self.workflows:
            definition = self.schedules[key].job_definition
            runners[definition] = (*runners.get(definition, ()), key)
        return runners

    @property
    def own_job_roles(self) -> frozenset[str]:
        """Keys of the definitions whose jobs have a role of their own."""
        own = (key for key, each in self.job_definitions.items() if each.has_own_job_role)
        return frozenset({*own, *self.workflow_runners})

    def refused(self, problems: Collection[Problem]) -> SettingsError:
        """Return the error for what only AWS could tell, with the lines of the stack file."""
        return SettingsError(self.source.sentences(problems))


BLOCKS: Mapping[str, Any] = {
    "network": Network,
    "jobDefaults": JobDefaults,
    "roles": Roles,
    "logGroup": LogGroup,
    "consumers": Consumers,
    "jobEvents": JobEvents,
    "storage": Storage,
    "monitoring": Monitoring,
    "outputs": Outputs,
    "replacement": Replacement,
    "tags": Tags,
}
"""Config key (without the namespace) to the type of the block."""

ENTRIES: Mapping[str, Any] = {
    "computeEnvironments": ComputeEnvironment,
    "jobQueues": JobQueue,
    "jobDefinitions": JobDefinition,
    "images": Image,
    "schedules": Schedule,
    "triggers": Trigger,
}
"""The same for blocks whose keys the user chooses: the type of one entry."""

ENTRY_KEYS: Mapping[str, Any] = {**dict.fromkeys(ENTRIES, EntryKey), "images": ImageName}
"""The types of those keys."""

REQUIRED = {
    "network": "add e.g. `batch-platform:network: {mode: public}`",
    "computeEnvironments": "add e.g. `batch-platform:computeEnvironments: {default: {type: EC2}}`",
    "jobQueues": "add e.g. `batch-platform:jobQueues: {default: {computeEnvironments: [default]}}`",
}
"""Blocks that an environment cannot do without, and how to add them."""
