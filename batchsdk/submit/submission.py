"""One submission: what the caller wants, and the SubmitJob request that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypedDict

from batchsdk import limits
from batchsdk.arguments import as_seconds
from batchsdk.submit.dependencies import Dependency, HasId, as_dependencies, several
from batchsdk.submit.fields import ABOUT, About, at_least, declared_by, explained
from batchsdk.submit.overrides import (
    COMMAND,
    ENVIRONMENT,
    GPUS,
    MEMORY,
    VCPUS,
    Override,
    as_overrides,
)
from batchsdk.submit.retry import Retry


def _quantities(resources: Mapping[str, int]) -> list[dict[str, str | int]]:
    return [
        {"consumableResource": name, "quantity": quantity} for name, quantity in resources.items()
    ]


@explained
@dataclass(frozen=True, kw_only=True)
class Submission:
    """A job to submit. Only ``job_definition`` is required."""

    job_definition: str = field(
        metadata={
            ABOUT: About(
                text="The key of a job definition in the stack's config, or its name (both take "
                "the newest ACTIVE revision), ``name:revision`` or ARN",
                decides_result=True,
            )
        }
    )
    name: str | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Name of the job",
                limits=f"1 to {limits.JOB_NAME_LENGTH} letters, digits, '-' and '_', of which the "
                "first is a letter or a digit",
                otherwise="a unique one",
                api="jobName",
            )
        },
    )
    queue: str | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="The key of a job queue in the stack's config, or its name or ARN",
                otherwise="the only one, or 'default'",
                options=("-q", "--queue"),
                api="jobQueue",
            )
        },
    )
    parameters: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Values of the Ref:: placeholders in the command",
                otherwise="the definition's",
                options=("-p", "--parameter"),
                decides_result=True,
            )
        },
    )
    command: Sequence[str] | None = field(default=None, metadata={ABOUT: COMMAND})
    environment: Mapping[str, str] = field(default_factory=dict, metadata={ABOUT: ENVIRONMENT})
    vcpus: float | None = field(default=None, metadata={ABOUT: VCPUS})
    memory: int | str | None = field(default=None, metadata={ABOUT: MEMORY})
    gpus: int | None = field(default=None, metadata={ABOUT: GPUS})
    containers: Mapping[str, Override] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="What is changed of containers of a definition with several, by their names; "
                "command, environment and sizes alone are those of the main container, the first "
                "essential one",
                otherwise="nothing",
                options=("--container",),
                metavar="NAME:FIELD=VALUE",
                api="ecsPropertiesOverride.taskProperties",
                take=as_overrides,
                decides_result=True,
            )
        },
    )
    nodes: Mapping[str, Override] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="What is changed of nodes of a multi-node parallel job, by their numbers, "
                "such as ``0``, ``1:3`` or ``2:``; command, environment and sizes alone are those "
                "of the main node",
                limits="of ranges within one another the narrower holds",
                otherwise="nothing",
                options=("--node",),
                metavar="NODES:FIELD=VALUE",
                api="nodeOverrides.nodePropertyOverrides",
                take=as_overrides,
                decides_result=True,
            )
        },
    )
    num_nodes: int | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Number of nodes of a multi-node parallel job",
                bounds=limits.NODES,
                limits="the definition needs a range without an end, such as ``1:``",
                otherwise="the definition's",
                metavar="N",
                api="nodeOverrides.numNodes",
                decides_result=True,
            )
        },
    )
    consumable_resources: Mapping[str, int] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Units that the job needs of consumable resources, by their names or ARNs: "
                "the quantities take the place of the definition's, or are added to them",
                limits=f"At most {limits.CONSUMABLE_RESOURCES}, of each 1 or more; not for "
                "multi-node parallel jobs",
                otherwise="the definition's",
                options=("--consumable-resource",),
                metavar="NAME=QUANTITY",
                api="consumableResourcePropertiesOverride.consumableResourceList",
                to_api=_quantities,
            )
        },
    )
    inputs: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Folders of the main container that are filled before its command, each from "
                "below a prefix of S3: ``{'/tmp/in': 's3://bucket/prefix'}``; the image needs "
                "``sh``, and ``aws`` or ``curl``",
                limits="absolute folders, none within another; ``$NAME`` in a prefix is a variable "
                "of the job; not for multi-node parallel jobs",
                otherwise="none",
                options=("--stage-in",),
                metavar="FOLDER=S3_URI",
                api="containerOverrides",
                decides_result=True,
            )
        },
    )
    outputs: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Folders of the main container that are copied below a prefix of S3 after its "
                "command has succeeded: ``{'/tmp/out': 's3://bucket/prefix'}``",
                limits="as inputs",
                otherwise="none",
                options=("--stage-out",),
                metavar="FOLDER=S3_URI",
                api="containerOverrides",
                decides_result=True,
            )
        },
    )
    depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency] = field(
        default=(),
        metadata={
            ABOUT: About(
                text="Jobs, or ids of jobs, that must succeed first; for an array also "
                "``SEQUENTIAL`` and ``n_to_n(job)``",
                limits=f"at most {limits.DEPENDENCIES}",
                otherwise="none",
                options=(),
                api="dependsOn",
                to_api=lambda jobs: [each.to_request() for each in as_dependencies(jobs)],
                take=several,
            )
        },
    )
    array_size: int | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Number of children of an array job, each of which finds its index in "
                "AWS_BATCH_JOB_ARRAY_INDEX",
                bounds=limits.ARRAY_SIZE,
                otherwise="one job, without children",
                fix="leave it out to run one job, or split the work into several arrays",
                metavar="N",
                api="arrayProperties.size",
                decides_result=True,
            )
        },
    )
    retry: Retry | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="How often, and after which ends of an attempt, the job is retried",
                limits=f"{limits.RETRY_ATTEMPTS_MIN} to {limits.RETRY_ATTEMPTS_MAX} attempts, at "
                f"most {limits.RETRY_RULES} rules",
                otherwise="the definition's strategy",
                options=(),
                api="retryStrategy",
                to_api=Retry.to_request,
                take=Retry.of,
            )
        },
    )
    timeout: int | str | timedelta | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Longest run time of an attempt",
                unit="seconds",
                with_unit="1h",
                bounds=at_least(limits.TIMEOUT_SECONDS),
                otherwise="the definition's",
                fix=f"give {limits.TIMEOUT_SECONDS} or more, or limit the time inside the job",
                api="timeout.attemptDurationSeconds",
                take=as_seconds,
            )
        },
    )
    tags: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Tags of the job",
                limits=f"at most {limits.TAGS}; keys of 1 to {limits.TAG_KEY_LENGTH} characters "
                f"that do not begin with aws:, values of at most {limits.TAG_VALUE_LENGTH}",
                otherwise="none",
                options=("--tag",),
                metavar="KEY=VALUE",
            )
        },
    )
    propagate_tags: bool | None = field(
        default=None,
        metadata={ABOUT: About(text="Copy the tags to the ECS task", otherwise="the definition's")},
    )
    share_identifier: str | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Share that the job counts towards; required in a queue with a fair-share "
                "policy",
                limits=f"1 to {limits.SHARE_IDENTIFIER_LENGTH} letters and digits",
                otherwise="none",
            )
        },
    )
    scheduling_priority: int | None = field(
        default=None,
        metadata={
            ABOUT: About(
                text="Priority among the jobs of the share; a higher one goes first",
                bounds=limits.SCHEDULING_PRIORITY,
                otherwise="the definition's",
                api="schedulingPriorityOverride",
            )
        },
    )

    def __post_init__(self) -> None:
        """Take every field in its own type, and what is iterable once."""
        own = vars(self)
        for name, each in JOB_FIELDS.items():
            given = own[name]
            is_empty = type(given) is dict and not given
            is_default = is_empty if each.is_mapping else given is each.default
            if not is_default and (taken := each.taken(given)) is not given:
                object.__setattr__(self, name, taken)

    def overrides(self) -> dict[str, Any]:
        """Return the API's ``ContainerOverrides`` of the main container: what is overridden."""
        request: dict[str, Any] = {}
        for each in _OF_CONTAINER:
            each.put(request, getattr(self, each.name))
        overrides: dict[str, Any] = request.get("containerOverrides", {})
        return overrides

    def given(self) -> dict[str, Any]:
        """Return what the fields stand for in a SubmitJob request, as for a single container.

        What :attr:`containers` and :attr:`nodes` become depends on the definition: see
        :mod:`batchsdk.submit.tasks`; :attr:`inputs` and :attr:`outputs` are in the command then.
        """
        request: dict[str, Any] = {}
        for name, each in JOB_FIELDS.items():
            if name not in ("containers", "nodes", "inputs", "outputs"):
                each.put(request, getattr(self, name))
        return request


JOB_FIELDS = declared_by(Submission)
"""The fields of a submission, by name."""
_OF_CONTAINER = [each for each in JOB_FIELDS.values() if each.api.startswith("containerOverrides.")]

# The keywords that functions take, for type checkers, which cannot read them from the dataclass.
# A test holds them to it: names and types are the same, but a mapping may be None, for none.


class FunctionFields(TypedDict, total=False):
    """The fields that all jobs of functions have alike."""

    queue: str | None
    environment: Mapping[str, str] | None
    vcpus: float | None
    memory: int | str | None
    gpus: int | None
    containers: Mapping[str, Override] | None
    nodes: Mapping[str, Override] | None
    num_nodes: int | None
    consumable_resources: Mapping[str, int] | None
    inputs: Mapping[str, str] | None
    outputs: Mapping[str, str] | None
    retry: Retry | None
    timeout: int | str | timedelta | None
    tags: Mapping[str, str] | None
    propagate_tags: bool | None
    share_identifier: str | None
    scheduling_priority: int | None


class AlikeFields(FunctionFields, total=False):
    """The fields that all jobs of a sweep in a workflow have alike."""

    parameters: Mapping[str, str] | None
    command: Sequence[str] | None


class SweepFields(AlikeFields, total=False):
    """The fields that all jobs of a sweep have alike."""

    name: str | None


class StepFields(AlikeFields, total=False):
    """The fields of a job that is a step of a workflow."""

    array_size: int | None


class RunFields(StepFields, total=False):
    """The fields of a job of a run, which names its jobs itself."""

    depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency]


class SubmitFields(RunFields, SweepFields, total=False):
    """All fields but ``job_definition``."""


def submission_of(job_definition: str, fields: Mapping[str, object]) -> Submission:
    """Return the submission that keywords describe: those of one of the classes above."""
    given: dict[str, Any] = dict(fields)
    return Submission(job_definition=job_definition, **given)


@dataclass(frozen=True, kw_only=True)
class PreparedSubmission:
    """A submission that passed every check."""

    request: Mapping[str, Any]
    """The SubmitJob request, JSON-ready."""
    job_ids: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    """Ids of the jobs that came of it, of each time that it was sent."""
    wanted: Submission | None = field(default=None, repr=False, compare=False)
    """What it was made of."""

    @property
    def job_name(self) -> str:
        """The job's name."""
        return str(self.request["jobName"])
