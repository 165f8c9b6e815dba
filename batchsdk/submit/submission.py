"""One submission: what the caller wants, and the SubmitJob request that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from batchsdk.submit import references
from batchsdk.submit.dependencies import Dependency, HasId, as_dependencies
from batchsdk.submit.retry import Retry
from batchsdk.submit.targets import Definition


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a caller wants to run. Only ``job_definition`` must be given."""

    job_definition: str
    """Its key in the stack's config, or its name (both take the newest ACTIVE revision),
    ``name:revision``, or ARN."""
    name: str | None = None
    """At most 128 letters, digits, ``-`` and ``_``; else a unique one is made up."""
    queue: str | None = None
    """Its key in the stack's config, name or ARN; else the only one, or ``default``."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Values of the command's ``Ref::`` placeholders."""
    command: Sequence[str] | None = None
    """Instead of the definition's command."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the definition's variables; names that start with AWS_BATCH belong to Batch."""
    vcpus: float | None = None
    """Instead of the definition's."""
    memory: int | None = None
    """MiB, instead of the definition's."""
    gpus: int | None = None
    """Instead of the definition's."""
    depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency] = ()
    """At most 20 Jobs or job ids that must succeed first; for arrays also ``SEQUENTIAL`` and
    ``n_to_n(job)``."""
    array_size: int | None = None
    """2 to 10,000 children; each finds its index in AWS_BATCH_JOB_ARRAY_INDEX."""
    retry: Retry | None = None
    """Instead of the definition's strategy."""
    timeout: int | None = None
    """Seconds that an attempt may run, at least 60."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """At most 50."""
    propagate_tags: bool | None = None
    """Put the tags on the ECS task too."""
    share_identifier: str | None = None
    """Share of a queue with a fair-share policy."""
    scheduling_priority: int | None = None
    """0 to 9999, within the share; higher goes first."""

    def overrides(self) -> dict[str, Any]:
        """Return the API's ``containerOverrides``, with only what is overridden."""
        overrides: dict[str, Any] = {}
        if self.command is not None:
            overrides["command"] = list(self.command)
        if self.environment:
            overrides["environment"] = [
                {"name": name, "value": value} for name, value in self.environment.items()
            ]
        # The deprecated vcpus and memory fields cannot override a definition that uses
        # resourceRequirements (API: ContainerOverrides), so they are never sent.
        requirements = [
            {"type": kind, "value": f"{value:g}" if isinstance(value, float) else str(value)}
            for kind, value in (("VCPU", self.vcpus), ("MEMORY", self.memory), ("GPU", self.gpus))
            if value is not None
        ]
        if requirements:
            overrides["resourceRequirements"] = requirements
        return overrides

    def rendered_overrides(self, definition: Definition) -> dict[str, Any]:
        """Return the overrides as Batch hands them to ECS: placeholders replaced."""
        values = {**definition.parameters, **self.parameters}
        commands = definition.commands if self.command is None else (tuple(self.command),)
        overrides = self.overrides()
        if commands:
            overrides["command"] = references.render(
                max(commands, key=lambda each: len("".join(each))), values
            )
        return overrides

    def to_request(self, *, name: str, queue: str, job_definition: str) -> dict[str, Any]:
        """Return the SubmitJob request, with only what is given."""
        optional: dict[str, Any] = {
            "parameters": dict(self.parameters),
            "containerOverrides": self.overrides(),
            "dependsOn": [each.to_request() for each in as_dependencies(self.depends_on)],
            "tags": dict(self.tags),
        }
        request: dict[str, Any] = {
            "jobName": name,
            "jobQueue": queue,
            "jobDefinition": job_definition,
            **{key: value for key, value in optional.items() if value},
        }
        if self.array_size is not None:
            request["arrayProperties"] = {"size": self.array_size}
        if self.retry is not None:
            request["retryStrategy"] = self.retry.to_request()
        if self.timeout is not None:
            request["timeout"] = {"attemptDurationSeconds": self.timeout}
        if self.propagate_tags is not None:
            request["propagateTags"] = self.propagate_tags
        if self.share_identifier is not None:
            request["shareIdentifier"] = self.share_identifier
        if self.scheduling_priority is not None:
            request["schedulingPriorityOverride"] = self.scheduling_priority
        return request


class SweepFields(TypedDict, total=False):
    """The fields of a :class:`Submission` that all jobs of a sweep have alike."""

    name: str | None
    queue: str | None
    parameters: Mapping[str, str]
    command: Sequence[str] | None
    environment: Mapping[str, str]
    vcpus: float | None
    memory: int | None
    gpus: int | None
    retry: Retry | None
    timeout: int | None
    tags: Mapping[str, str]
    propagate_tags: bool | None
    share_identifier: str | None
    scheduling_priority: int | None


@dataclass(frozen=True, kw_only=True)
class PreparedSubmission:
    """A submission that passed every check."""

    request: Mapping[str, Any]
    """The SubmitJob request, JSON-ready."""

    @property
    def job_name(self) -> str:
        """The job's name."""
        return str(self.request["jobName"])
