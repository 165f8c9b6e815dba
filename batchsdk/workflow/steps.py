"""What a workflow is made of, as frozen values. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from batchsdk.arguments import typed
from batchsdk.submit.escalation import Rules
from batchsdk.submit.submission import Submission
from batchsdk.sweeps.plan import Through
from batchsdk.sweeps.points import TakenOver, take_over


class StepStatus(enum.StrEnum):
    """Status of a step in a run."""

    WAITING = "WAITING"
    """Not submitted yet: the client has to decide when, or whether, to submit it."""
    SUBMITTED = "SUBMITTED"
    """Its jobs exist and have not all ended."""
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UPSTREAM_FAILED = "UPSTREAM_FAILED"
    """The step never ran, because a step before it did not succeed."""
    SKIPPED = "SKIPPED"
    """The step never ran, because its condition does not hold, or a step before it was SKIPPED."""

    @property
    def has_ended(self) -> bool:
        """The step has ended; its status is final in this run."""
        return self not in (StepStatus.WAITING, StepStatus.SUBMITTED)

    @property
    def is_failure(self) -> bool:
        """The step should have succeeded and did not."""
        return self in (StepStatus.FAILED, StepStatus.UPSTREAM_FAILED)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition on how another step ended. Made by ``succeeded``, ``failed``, ``exit_code``."""

    step: str
    status: StepStatus | None = None
    """``SUCCEEDED`` or ``FAILED``; ``FAILED`` includes UPSTREAM_FAILED."""
    exit_codes: tuple[int, ...] = ()
    """Instead of a status: the single job ended with one of these exit codes."""

    def __str__(self) -> str:
        if self.status is not None:
            return f"{self.step} is {self.status}"
        return f"exit code of {self.step} is {' or '.join(map(str, self.exit_codes))}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: a job, an array job, or a sweep."""

    name: str
    """Unique in the workflow; 1-40 letters, digits, ``-`` and ``_``."""
    submission: Submission
    """What to run. Its ``name`` and ``depends_on`` are not used."""
    over: TakenOver | None = None
    """The points of a sweep; ``None`` for other steps."""
    as_separate_jobs: bool = False
    """For a sweep: submit a job for each point, not array jobs."""
    through: Through = "auto"
    """For a sweep: how a child finds its values; see ``Batch.sweep``."""
    after: tuple[str, ...] = ()
    """Steps that must succeed first."""
    n_to_n: tuple[str, ...] = ()
    """Arrays of the same size: child i waits for the success of their child i."""
    sequential: bool = False
    """The children of this array run one after the other."""
    after_any: tuple[str, ...] = ()
    """Steps that must end first, with any status."""
    when: tuple[Condition, ...] = ()
    """Conditions that must all hold once their steps have ended; otherwise the step is SKIPPED."""
    on_failure: Rules | None = None
    """How the step differs when it is done again after it FAILED; ``None``: the workflow's."""
    cache: bool | None = None
    """Whether the result of an earlier run is taken where nothing has changed; ``None``: as the
    workflow says."""
    cache_inputs: tuple[str, ...] = ()
    """``s3://`` prefixes of objects that the step reads: others have other results."""
    cache_outputs: tuple[str, ...] = ()
    """``s3://`` prefixes under which the step writes: if one is empty the step runs again."""

    def __post_init__(self) -> None:
        """Read the points once, in plain texts."""
        if self.over is not None:
            object.__setattr__(self, "over", take_over(self.over))

    @property
    def id(self) -> str:
        """The name: so that ``batchsdk.n_to_n(step)`` takes a step as it takes a job."""
        return self.name

    @property
    def needs_success_of(self) -> tuple[str, ...]:
        """The steps that must succeed first."""
        return tuple(dict.fromkeys((*self.after, *self.n_to_n)))

    @property
    def needs_end_of(self) -> tuple[str, ...]:
        """The steps that must only end first: Batch has no such dependency, so the client waits."""
        return tuple(dict.fromkeys((*self.after_any, *(each.step for each in self.when))))

    @property
    def before(self) -> tuple[str, ...]:
        """Every step that this one comes after, directly."""
        return tuple(dict.fromkeys((*self.needs_success_of, *self.needs_end_of)))


@dataclass(frozen=True, kw_only=True)
class WorkflowDefinition:
    """A whole workflow, as data: what the builder and a file both make."""

    name: str
    """At most 40 letters, digits, ``-`` and ``_``."""
    steps: tuple[Step, ...]
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    """Defaults of what ``${parameters.NAME}`` stands for; ``None`` must be given for each run."""
    barrier: str | None = None
    """Key of a job definition that does nothing, for steps that come after more than 20 jobs."""
    storage: str | None = None
    """``s3://bucket/prefix`` under which steps pass values on; else the stack's own, if any."""
    on_failure: Rules = field(default_factory=dict)
    """By kind of failure, how a step differs when it is done again."""
    on_end: tuple[str, ...] = ()
    """SNS topics that are told how a run ended: ARNs, or ``trouble`` for the stack's own."""
    cache: bool = False
    """Whether steps that do not say so themselves are cached."""

    def caches(self, step: Step) -> bool:
        """Tell whether the result of an earlier run may be taken for a step.

        A condition on another step is not part of what a result depends on.
        """
        return self.cache and not step.when if step.cache is None else step.cache

    def rules_of(self, step: Step) -> Rules:
        """Return how a step differs when it is done again after a failure."""
        return self.on_failure if step.on_failure is None else step.on_failure

    @property
    def graph(self) -> dict[str, tuple[str, ...]]:
        """Each step, and the steps that it comes after; of two with one name, those of both."""
        found: dict[str, tuple[str, ...]] = {}
        for step in self.steps:
            found[step.name] = (*found.get(step.name, ()), *step.before)
        return found

    def step(self, name: str) -> Step:
        """Return a step by its name.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


@typed
def succeeded(step: Step | str) -> Condition:
    """Hold if ``step`` succeeded."""
    return Condition(step=_name(step), status=StepStatus.SUCCEEDED)


@typed
def failed(step: Step | str) -> Condition:
    """Hold if ``step`` failed, or never ran because a step before it failed."""
    return Condition(step=_name(step), status=StepStatus.FAILED)


@typed
def exit_code(step: Step | str, *codes: int) -> Condition:
    """Hold if the last attempt of the single job of ``step`` ended with one of ``codes``."""
    return Condition(step=_name(step), exit_codes=codes)


def _name(step: Step | str) -> str:
    return step if isinstance(step, str) else step.name
