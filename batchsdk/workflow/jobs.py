"""From a step to the submissions of its jobs, all checked. Sends nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from batchsdk import limits
from batchsdk.contract import StackOutputs
from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.submit.escalation import Escalation
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.retry import Retry
from batchsdk.submit.submission import Submission
from batchsdk.submit.tasks import with_variables
from batchsdk.sweeps.plan import StoredTable, SweepPlan
from batchsdk.sweeps.points import Points
from batchsdk.workflow import placeholders, values
from batchsdk.workflow.planning import Part
from batchsdk.workflow.record import Generation
from batchsdk.workflow.steps import Step, WorkflowDefinition

BARRIER = "barrier"
"""Key of the job definition for barriers, where the workflow does not name another."""
_BARRIER_ATTEMPTS = 3
"""A barrier does nothing, so that trying again is always right."""


@dataclass(frozen=True, kw_only=True)
class StepJob:
    """One job of a step, as far as it is known before its dependencies have ids."""

    submission: Submission
    part: Part
    table: StoredTable | None = None
    """To be stored before the job is submitted."""
    is_wrapped: bool = False
    """The script of a shell that finds a sweep's values is around the step's command."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What the texts of a workflow stand for in one run."""

    definition: WorkflowDefinition
    outputs: StackOutputs
    run: str
    """Its name."""
    parameters: Mapping[str, str]
    """Value of every parameter."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Step -> the earlier run that its cached result is of."""

    @property
    def storage(self) -> str | None:
        """Where values go."""
        return self.definition.storage or self.outputs.storage

    def step(self, step: Step) -> Step:
        """Return a step with its placeholders replaced."""
        known = {placeholders.parameter(name): value for name, value in self.parameters.items()}
        known[placeholders.RUN_NAME] = self.run
        if self.storage is not None:
            for each in self.definition.steps:
                origin = self.origins.get(each.name, self.run)
                prefix = values.prefix_of(self.storage, origin, each.name)
                known[placeholders.prefix(each.name)] = prefix
        return placeholders.render_step(step, known)

    def jobs(self, step: Step, preparation: Preparation, generation: Generation) -> list[StepJob]:
        """Return the jobs of a step.

        Args:
            step: as the workflow has it.
            preparation: checks the submissions.
            generation: which time it is, and how the times before failed.

        Raises:
            InvalidSubmissionError: rules are broken; ``problems`` has them all, with the fields of
                the step.
            ServiceError: AWS refused to describe a job definition.
        """
        rendered = self.step(step)
        environment = values.environment_of(
            step.name, step.before, run=self.run, storage=self.storage, origins=self.origins
        )
        wanted = rendered.submission
        missing = {
            name: each for name, each in environment.items() if name not in wanted.environment
        }
        definition = preparation.definition_of(wanted)
        if definition is not None:
            wanted = with_variables(wanted, definition, missing)
        found = self._of(rendered, wanted, preparation, generation.indices)
        _check(found, preparation)
        rules = self.definition.rules_of(step)
        if not rules:
            return found
        escalation = Escalation(preparation, rules)
        # Without the table: of the jobs after a failure it is another one.
        first = dataclasses.replace(
            found[0].submission, environment=wanted.environment, nodes=wanted.nodes
        )
        escalation.check(first)
        if not generation.history:
            return found
        changed = escalation.next(first, generation.history)
        changes = {
            name: getattr(changed, name) for name in ("queue", "memory", "timeout", "environment")
        }
        wanted = dataclasses.replace(wanted, **changes)
        found = self._of(rendered, wanted, preparation, generation.indices)
        _check(found, preparation)
        return found

    def _of(
        self,
        step: Step,
        wanted: Submission,
        preparation: Preparation,
        indices: Sequence[int] | None,
    ) -> list[StepJob]:
        if step.over is not None:
            return self._sweep(step, wanted, preparation, indices)
        part = Part(size=wanted.array_size, indices=tuple(range(wanted.array_size or 1)))
        return [StepJob(submission=wanted, part=part)]

    def barrier(self) -> Submission | None:
        """Return the job that only waits; ``None`` if there is no job definition for it."""
        key = self.definition.barrier
        if key is None and BARRIER in self.outputs.job_definitions:
            key = BARRIER
        if key is None:
            return None
        return Submission(
            job_definition=key,
            environment={values.RUN: self.run},
            retry=Retry(_BARRIER_ATTEMPTS),
        )

    def _sweep(
        self,
        step: Step,
        wanted: Submission,
        preparation: Preparation,
        indices: Sequence[int] | None,
    ) -> list[StepJob]:
        if step.over is None:
            raise AssertionError(step.name)
        points = Points.over(step.over)
        size = min(len(points), limits.ARRAY_SIZE_MAX)
        is_array = size > 1 and not step.as_separate_jobs
        alike = dataclasses.replace(wanted, array_size=size if is_array else None)
        queue, definition = preparation.targets(alike)
        plan = SweepPlan(
            wanted=wanted,
            name=step.name,
            queue=queue,
            definition=definition,
            points=points,
            through=step.through,
            storage=self.storage,
            region=self.outputs.region,
            as_separate_jobs=step.as_separate_jobs,
        )
        return [
            StepJob(
                submission=dataclasses.replace(part.submission, name=None),
                part=Part(size=part.submission.array_size, indices=part.indices),
                table=part.table,
                is_wrapped=part.submission.command != wanted.command,
            )
            for part in plan.parts(indices)
        ]


def _check(jobs: Sequence[StepJob], preparation: Preparation) -> None:
    """Check the submissions of a step; what several of them break is told once."""
    problems: dict[str, Problem] = {}
    for job in jobs:
        try:
            preparation.prepare(job.submission)
        except InvalidSubmissionError as error:
            for each in error.problems:
                problems.setdefault(str(each), each)
    if problems:
        raise InvalidSubmissionError(list(problems.values()))
