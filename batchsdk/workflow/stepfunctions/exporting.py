"""From a workflow to its state machine: all checks of a run, and what a state machine cannot do."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.session import Session
from batchsdk.submit.dependencies import Dependency
from batchsdk.submit.preparation import Preparation
from batchsdk.workflow import document, placeholders
from batchsdk.workflow.planned_jobs import PreparedWorkflow
from batchsdk.workflow.planning import Plan, PlannedJob
from batchsdk.workflow.source import Source, prepare
from batchsdk.workflow.stepfunctions.execution_data import parameter_paths
from batchsdk.workflow.stepfunctions.history import longest
from batchsdk.workflow.stepfunctions.input_values import DYNAMIC, InputValues
from batchsdk.workflow.stepfunctions.role import role_policy
from batchsdk.workflow.stepfunctions.state_machine import EXECUTION, Requests, state_machine
from batchsdk.workflow.steps import Step, WorkflowDefinition

EVERY = range(1, 86_401)
"""Seconds between two looks that may be asked for."""
USUALLY_EVERY = 60
_LARGEST_DEFINITION = 1_000_000
"""Bytes of a state machine's definition (quotas of Step Functions: 1 MB for each request)."""
_LARGEST_DATA = 128_000
"""Bytes of the data that an execution begins with: half of what a state may pass on (256 KiB)."""
_TAKE_VALUES = ("command", "containers", "environment", "nodes", "parameters", "tags")
"""Fields of a step that may hold what is known only when an execution begins."""


@dataclass(frozen=True, kw_only=True)
class StateMachine:
    """A workflow as a state machine of AWS Step Functions. Made by ``to_stepfunctions``."""

    definition: Mapping[str, Any] = field(repr=False)
    """JSON-ready data of the Amazon States Language; CreateStateMachine takes it as JSON text, for
    the type STANDARD."""
    role_policy: Mapping[str, Any] = field(repr=False)
    """IAM policy of the role of the state machine: what its executions call."""
    longest: timedelta
    """How long an execution can go on at most, before its history is full."""

    def to_json(self) -> str:
        """Return the definition as text."""
        return json.dumps(self.definition, indent=2)


def export(session: Session, source: Source, *, every: int) -> StateMachine:
    """Make the state machine of a workflow; see ``Workflow.to_stepfunctions``."""
    if every not in EVERY:
        rule = f"must be a whole number of seconds, {EVERY.start} to {EVERY.stop - 1}"
        raise InvalidArgumentError(Problem("every", every, rule, f"give {USUALLY_EVERY}"))
    definition = source.definition
    if refused := [*_refused(definition)]:
        located = tuple(map(source.located, refused))
        whole = dataclasses.replace(source, problems=(*source.problems, *located))
        prepare(session, whole, None, run=definition.name)
    paths = parameter_paths(definition.parameters)
    unlike = json.dumps(document.to_mapping(definition))
    values = InputValues({**paths, placeholders.RUN_NAME: EXECUTION}, unlike)
    given = {name: values.stand_ins[name] for name in paths}
    prepared = prepare(session, source, given, run=values.stand_ins[placeholders.RUN_NAME])
    plan = prepared.plan()
    preparation = Preparation(session)
    source.refuse([*_refused_jobs(prepared, preparation)])
    by_job = {job.key: _request(prepared, preparation, job) for job in plan.jobs}
    source.refuse([*_refused_keys(plan, by_job)])
    made = state_machine(
        definition,
        plan,
        Requests(by_job=by_job, values=values),
        every=every,
        partition=_partition(session),
    )
    source.refuse([*_too_large(made)])
    return StateMachine(
        definition=made,
        role_policy=role_policy(by_job.values(), session.outputs, _partition(session)),
        longest=longest(made, every),
    )


def _partition(session: Session) -> str:
    return next(iter(session.outputs.job_queues.values())).arn.split(":")[1]


def _request(
    prepared: PreparedWorkflow, preparation: Preparation, job: PlannedJob
) -> dict[str, Any]:
    """Return the request of a job as a run would send it, but for its name and dependencies."""
    wanted = prepared.barrier if job.step is None else prepared.jobs[job.step][job.part].submission
    if wanted is None:
        raise AssertionError(job.key)
    before = [Dependency(job_id=key, type=kind) for key, kind in job.depends_on]
    if job.sequential:
        before.append(Dependency(type="SEQUENTIAL"))
    request = preparation.prepare(dataclasses.replace(wanted, depends_on=before)).request
    return {name: each for name, each in request.items() if name not in ("jobName", "dependsOn")}


def _refused(definition: WorkflowDefinition) -> Iterator[Problem]:
    """Yield what a state machine cannot do, as far as the workflow itself tells it."""
    if definition.on_failure:
        yield _escalation("on_failure", definition.on_failure)
    if definition.on_end:
        yield Problem(
            "on_end",
            ", ".join(definition.on_end),
            "the client tells how a run ended, and an execution of a state machine has none",
            "take it out, and let a rule of EventBridge tell of executions",
        )
    if definition.cache:
        yield _cached("cache")
    for step in definition.steps:
        if step.cache:
            yield _cached(f"steps.{step.name}.cache")
        if step.on_failure:
            yield _escalation(f"steps.{step.name}.on_failure", step.on_failure)
        for name, text in placeholders.texts(step):
            used = placeholders.referenced(text)
            if used and not name.startswith(_TAKE_VALUES):
                yield _fixed(f"steps.{step.name}.{name}", used[0])


def _cached(name: str) -> Problem:
    rule = "takes results of earlier runs out of the ledger, which an execution does not read"
    return Problem(name, True, rule, "take it out, or run the workflow by batchsdk")


def _escalation(name: str, rules: Collection[Any]) -> Problem:
    return Problem(
        name,
        ", ".join(map(str, rules)),
        "says how a step differs when its run is resumed, and an execution of a state machine is "
        "not resumed",
        "take it out, or run the workflow by batchsdk",
    )


def _fixed(name: str, placeholder: str) -> Problem:
    return Problem(
        name,
        None,
        f"${{{placeholder}}} is known when an execution begins, and this is decided when the "
        "workflow is exported",
        "write the value itself",
    )


def _refused_jobs(prepared: PreparedWorkflow, preparation: Preparation) -> Iterator[Problem]:
    """Yield what a state machine cannot do, as far as the jobs tell it."""
    asked_for_code = {
        each.step: step.name
        for step in prepared.record.definition.steps
        for each in step.when
        if each.exit_codes
    }
    for step in prepared.record.definition.steps:
        jobs = prepared.jobs[step.name]
        name = f"steps.{step.name}"
        if any(job.table is not None for job in jobs):
            yield Problem(
                f"{name}.over",
                None,
                "the table of this sweep is too long for a request: a run stores it in S3, which a "
                "state machine does not",
                "give fewer points or shorter values, or as_separate_jobs=True",
            )
        if any(job.is_wrapped for job in jobs):
            yield from _quoted(step)
        found = preparation.definition_of(jobs[0].submission)
        is_plain = found is None or not (found.is_multi_node or found.is_multi_container)
        if step.name in asked_for_code and not is_plain:
            yield Problem(
                f"steps.{asked_for_code[step.name]}.when.{step.name}",
                None,
                "asks for the exit code of a job of several containers or nodes, which "
                "DescribeJobs does not tell at one place",
                "ask whether it FAILED or SUCCEEDED",
            )


def _quoted(step: Step) -> Iterator[Problem]:
    """Yield a problem for a command that becomes a part of a shell's script, with other quotes."""
    used = [
        name for text in step.submission.command or () for name in placeholders.referenced(text)
    ]
    if used:
        yield Problem(
            f"steps.{step.name}.command",
            None,
            f"${{{used[0]}}} would be quoted for the shell that finds this sweep's values, before "
            "its value is known",
            'read the values by batchsdk.task() (through="task"), or pass it in environment',
        )


def _refused_keys(plan: Plan, by_job: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for job in plan.jobs:
        for member in ("parameters", "tags"):
            for key in by_job[job.key].get(member, ()):
                if key.endswith(DYNAMIC):
                    rule = f"a key that ends in {DYNAMIC} means a path in a state machine"
                    yield Problem(f"steps.{job.step}.{member}", key, rule, "rename it")


def _too_large(made: Mapping[str, Any]) -> Iterator[Problem]:
    size = len(json.dumps(made, indent=2).encode())
    if size > _LARGEST_DEFINITION:
        rule = f"a state machine may have {_LARGEST_DEFINITION:,} bytes"
        yield Problem("steps", f"{size:,} bytes", rule, "make it several workflows")
    data = len(json.dumps(made["States"]["Begin"]["Parameters"]).encode())
    if data > _LARGEST_DATA:
        rule = f"an execution may begin with {_LARGEST_DATA:,} bytes of data"
        fix = "shorten the texts that have placeholders, or make it several workflows"
        yield Problem("steps", f"{data:,} bytes", rule, fix)
