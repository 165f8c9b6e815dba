"""A workflow as it is given, checked against its own rules, those of AWS Batch and the stack."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.session import Session
from batchsdk.submit.preparation import Preparation
from batchsdk.workflow import checks, digest
from batchsdk.workflow.errors import InvalidWorkflowError
from batchsdk.workflow.jobs import Rendering, StepJob
from batchsdk.workflow.planned_jobs import PreparedWorkflow
from batchsdk.workflow.record import WorkflowRecord
from batchsdk.workflow.steps import WorkflowDefinition

Located = Callable[[Problem], Problem]
"""Puts the place in a file to a problem."""


def _line(problem: Problem) -> int:
    line = problem.location.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _as_it_is(problem: Problem) -> Problem:
    return problem


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
    """A workflow as it is given, and where its faults are shown."""

    definition: WorkflowDefinition
    problems: tuple[Problem, ...] = ()
    """Faults that reading it has found."""
    located: Located = _as_it_is

    def refuse(self, problems: list[Problem]) -> None:
        """Raise if there are problems.

        Raises:
            InvalidWorkflowError: with all of them.
        """
        found = sorted([*self.problems, *map(self.located, problems)], key=_line)
        if found:
            raise InvalidWorkflowError(self.definition.name, found)


def prepare(
    session: Session,
    source: Source,
    parameters: Mapping[str, str] | None,
    *,
    run: str,
    record: WorkflowRecord | None = None,
) -> PreparedWorkflow:
    """Check a workflow and make the submissions of all its jobs.

    Args:
        session: the way to AWS; asked only for definitions that the outputs do not describe.
        source: the workflow.
        parameters: values for this run; ``None`` only checks, and misses none.
        run: the run's name.
        record: with what is done again; else everything is done for the first time.

    Raises:
        InvalidWorkflowError: rules are broken; ``problems`` has all of them.
        ServiceError: AWS refused to describe a job definition.
    """
    definition, outputs = source.definition, session.outputs
    has_storage = bool(definition.storage or outputs.storage)
    problems = list(checks.problems(definition, has_storage=has_storage))
    if record is None:  # a run that goes on is not held up by a topic that has gone
        problems += digest.topic_problems(definition.on_end, outputs.trouble_topic_arn)
    if parameters is not None:
        problems += checks.run_problems(definition, parameters)
    rendering = Rendering(
        definition=definition,
        outputs=outputs,
        run=run,
        parameters=all_parameters(definition, parameters or {}),
        origins={step: each.run for step, each in record.cached.items()} if record else {},
    )
    record = record or WorkflowRecord(
        definition=definition, parameters=rendering.parameters, begun_at=session.clock.now()
    )
    preparation = Preparation(session)
    jobs: dict[str, list[StepJob]] = {}
    for step in definition.steps:
        try:
            jobs[step.name] = rendering.jobs(step, preparation, record.generation(step.name))
        except InvalidSubmissionError as error:
            problems += [each.within(f"steps.{step.name}") for each in error.problems]
    barrier = rendering.barrier()
    if barrier is not None:
        try:
            preparation.prepare(barrier)
        except InvalidSubmissionError as error:
            problems += [each.within("barrier") for each in error.problems]
    source.refuse(problems)
    return PreparedWorkflow(record=record, jobs=jobs, barrier=barrier)


def all_parameters(definition: WorkflowDefinition, given: Mapping[str, str]) -> dict[str, str]:
    """Return a value for every parameter; what has none stands for itself, to be checked."""
    return {
        name: given.get(name, default if default is not None else f"${{parameters.{name}}}")
        for name, default in definition.parameters.items()
    }
