"""One submission: what the caller wants, and the SubmitJob request that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchsdk import references
from batchsdk.dependencies import Dependency, HasId, as_dependencies
from batchsdk.retry import Retry
from batchsdk.targets import Definition


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a caller wants to run. ``Batch.submit`` describes each field."""

    job_definition: str
    name: str | None = None
    queue: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    vcpus: float | None = None
    memory: int | None = None
    gpus: int | None = None
    depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency] = ()
    array_size: int | None = None
    retry: Retry | None = None
    timeout: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    propagate_tags: bool | None = None
    share_identifier: str | None = None
    scheduling_priority: int | None = None

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


@dataclass(frozen=True, kw_only=True)
class PreparedSubmission:
    """A submission that passed every check."""

    request: Mapping[str, Any]
    """The SubmitJob request, JSON-ready."""

    @property
    def job_name(self) -> str:
        """The job's name."""
        return str(self.request["jobName"])
