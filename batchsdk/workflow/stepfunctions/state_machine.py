"""The state machine of a planned workflow: it does what a client of the run does. Pure.

1. It reads the execution's input: the workflow's parameters.
2. It submits every job whose start Batch can decide, with the same ``dependsOn`` as a run has.
3. In a loop it asks Batch how the jobs are, and submits, or skips, the steps that only a client can
   decide about, as :mod:`batchsdk.workflow.progress` does.
4. When every step has ended, it tells the status of each, and fails if one did not succeed.

Why not a state for each step with ``batch:submitJob.sync``: such a state gives no job id before the
job has ended, so that no other job could name it in ``dependsOn``. Arrays could not go child by
child, and states that wait for one another can only be nested (``Parallel``), not form a graph:
steps would wait for steps that they do not come after. That integration also takes only some of the
members of SubmitJob.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk.workflow.planning import EdgeKind, Plan, PlannedJob
from batchsdk.workflow.stepfunctions.execution_data import (
    FLAGS,
    ExecutionData,
    last_of,
    parameter_paths,
)
from batchsdk.workflow.stepfunctions.input_values import DYNAMIC, InputValues
from batchsdk.workflow.stepfunctions.states import (
    Condition,
    State,
    all_of,
    any_of,
    array,
    choice,
    contains,
    either,
    is_a_string,
    is_text,
    is_true,
    none_of,
    passing,
)
from batchsdk.workflow.stepfunctions.step_conditions import StepConditions
from batchsdk.workflow.steps import Step, StepStatus, WorkflowDefinition

EXECUTION = "$$.Execution.Name"
"""Where a state finds the execution's name."""
_JUDGE = "What is next?"
_WAIT = "Wait"
_LARGEST_ANSWER = 200_000
"""Bytes of an answer of DescribeJobs that are counted on: a task's result may have 256 KiB."""
_OF_ONE_JOB = 12_000
"""Bytes that DescribeJobs says of a job beside what its request says, attempts included."""
# An error that the API's model does not name, such as that of too many requests: nothing was done.
# After others a job may exist, and another request would make a second one.
_REFUSED = {
    "ErrorEquals": ["Batch.BatchException"],
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxAttempts": 6,
}
_UNANSWERED = {"ErrorEquals": ["States.TaskFailed"], "BackoffRate": 1.5, "MaxAttempts": 10}


@dataclass(frozen=True, kw_only=True)
class Requests:
    """The requests of a plan, with stand-ins in the place of what is not known yet."""

    by_job: Mapping[str, Mapping[str, Any]]
    """Key of a job in the plan -> SubmitJob request, without a name and dependencies."""
    values: InputValues


def state_machine(
    definition: WorkflowDefinition,
    plan: Plan,
    requests: Requests,
    *,
    every: int,
    partition: str,
) -> dict[str, Any]:
    """Return a state machine as JSON-ready data of the Amazon States Language.

    Args:
        definition: the workflow.
        plan: its jobs, as of a run that begins.
        requests: the request of each job.
        every: seconds between two looks at the jobs.
        partition: of the ARNs, e.g. ``aws``.
    """
    states = _Writer(definition, plan, requests, every, partition).states()
    return {
        "Comment": f"Workflow {definition.name}, as batchsdk runs it",
        "StartAt": next(iter(states)),
        "States": states,
    }


class _Writer:
    """Writes the states, in the order in which an execution comes to them."""

    def __init__(
        self,
        definition: WorkflowDefinition,
        plan: Plan,
        requests: Requests,
        every: int,
        partition: str,
    ) -> None:
        self._definition = definition
        self._plan = plan
        self._requests = requests
        self._every = every
        self._batch = f"arn:{partition}:states:::aws-sdk:batch"
        self._data = ExecutionData(definition, plan)
        self._step = StepConditions(self._data)
        self._barriers = {job.key: job for job in plan.jobs if job.step is None}
        self._states: dict[str, State] = {}

    def states(self) -> dict[str, State]:
        at_start = [job for job in self._plan.jobs if not self._is_deferred(job)]
        self._read_input(_submission_name(at_start[0]) if at_start else _WAIT)
        self._submit(at_start, _WAIT)
        self._look()
        rules = {step.name: list(self._rules(step)) for step in self._data.deferred}
        ended = all_of([self._step.has_ended(step.name) for step in self._data.steps])
        all_rules = [rule for each in rules.values() for rule in each]
        self._states[_JUDGE] = choice([*all_rules, (ended, "Sum up")], _WAIT)
        for step in self._data.deferred:
            self._decide(step, {to for _, to in rules[step.name]})
        self._tell()
        return self._states

    def _is_deferred(self, job: PlannedJob) -> bool:
        if job.step is not None:
            return self._data.is_deferred(job.step)
        members = dict(job.depends_on)  # of a barrier
        return any(self._is_deferred(each) for each in self._plan.jobs if each.key in members)

    def _read_input(self, begin: str) -> None:
        parameters = self._definition.parameters
        given = {name: f"$.all['{name}']" for name in parameters}
        defaults = {name: each for name, each in parameters.items() if each is not None}
        # Two entries that no parameter can have: what `.*` gives is an array with any interpreter.
        defaults |= {"(1)": "", "(2)": ""}
        paths = parameter_paths(parameters)
        self._states["Take the input"] = passing(
            {"given.$": "$", "defaults": defaults}, "Put in the defaults"
        )
        self._states["Put in the defaults"] = passing(
            {"all.$": "States.JsonMerge($.defaults, $.given, false)"}, "List the values"
        )
        self._states["List the values"] = passing(
            {"all.$": "$.all", "values.$": "$.all.*"}, "Check the parameters"
        )
        has_others = {"Variable": f"$.values[{len({*parameters, *defaults})}]", "IsPresent": True}
        right = all_of([none_of(has_others), *map(is_a_string, given.values())])
        self._states["Check the parameters"] = choice([(right, "Begin")], "Wrong input")
        self._states["Wrong input"] = {
            "Type": "Fail",
            "Error": "WrongInput",
            "Cause": _input_rule(parameters),
        }
        values = {last_of(paths[name]) + DYNAMIC: path for name, path in given.items()}
        self._states["Begin"] = passing(
            {
                "parameters": values,
                "texts": self._requests.values.texts,
                **self._data.at_first(self._plan),
            },
            begin,
        )

    def _submit(self, jobs: Sequence[PlannedJob], to: str, *, of: str = "") -> None:
        """Write the states that submit jobs, one after the other."""
        names = [_submission_name(job, of) for job in jobs]
        for name, job, after in zip(names, jobs, [*names[1:], to], strict=True):
            self._states[name] = self._submission(job, after)

    def _submission(self, job: PlannedJob, to: str) -> State:
        request = self._requests.values.template(self._requests.by_job[job.key])
        depends_on: list[dict[str, str]] = [
            {f"JobId{DYNAMIC}": self._data.id_of(key), **({"Type": kind} if kind else {})}
            for key, kind in job.depends_on
        ]
        if job.sequential:
            depends_on.append({"Type": "SEQUENTIAL"})
        if depends_on:
            request["DependsOn"] = depends_on
        suffix = re.sub("[^A-Za-z0-9_-]", "-", job.key)
        name = {f"JobName{DYNAMIC}": f"States.Format('{{}}-{suffix}', {EXECUTION})"}
        return {
            "Type": "Task",
            "Resource": f"{self._batch}:submitJob",
            "Parameters": name | request,
            "ResultSelector": {"id.$": "$.JobId"},
            "ResultPath": self._data.job[job.key],
            "Retry": [_REFUSED],
            "Next": to,
        }

    def _look(self) -> None:
        chunks = list(self._chunks())
        names = ["Describe the jobs", *(f"Describe jobs, part {n + 2}" for n in range(len(chunks)))]
        take = "Take what has ended"
        self._states[_WAIT] = {"Type": "Wait", "Seconds": self._every, "Next": names[0]}
        ends: dict[str, dict[str, str]] = {}
        for number, jobs in enumerate(chunks):
            look = f"$.look.c{number}"
            to = take if number + 1 == len(chunks) else names[number + 1]
            self._states[names[number]] = self._description(jobs, look, to)
            ends |= {last_of(self._data.now[job.key]): self._ends(job, look) for job in jobs}
        self._states[take] = passing(ends, _JUDGE, result="$.now")

    def _chunks(self) -> Iterator[list[PlannedJob]]:
        """Yield the jobs that are described together: the answer has to fit into a task's result.

        A job whose exit code is asked for is described alone.
        """
        together: list[PlannedJob] = []
        size = 0
        for job in self._plan.jobs:
            if job.step in self._data.codes:
                yield [job]
                continue
            own = _OF_ONE_JOB + 2 * len(json.dumps(self._requests.by_job[job.key]))
            if together and size + own > _LARGEST_ANSWER:
                yield together
                together, size = [], 0
            together.append(job)
            size += own
        if together:
            yield together

    def _description(self, jobs: Sequence[PlannedJob], look: str, to: str) -> State:
        found = {
            "succeeded.$": "$.Jobs[?(@.Status == 'SUCCEEDED')].JobId",
            "failed.$": "$.Jobs[?(@.Status == 'FAILED')].JobId",
        }
        if jobs[0].step in self._data.codes:
            found["codes.$"] = "$.Jobs[*].Container.ExitCode"
        return {
            "Type": "Task",
            "Resource": f"{self._batch}:describeJobs",
            "Parameters": {"Jobs.$": array([self._data.id_of(job.key) for job in jobs])},
            "ResultSelector": found,
            "ResultPath": look,
            "Retry": [_UNANSWERED | {"IntervalSeconds": self._every}],
            "Next": to,
        }

    def _ends(self, job: PlannedJob, look: str) -> dict[str, str]:
        """Return the template of a job's flags: what was true, or is by the last look."""
        now, job_id = self._data.now[job.key], self._data.id_of(job.key)
        made = {
            f"{flag}{DYNAMIC}": either([f"{now}.{flag}", contains(f"{look}.{flag}", job_id)])
            for flag in FLAGS
        }
        for code in self._data.codes.get(job.step or "", ()):
            # The exit code of a job that goes on is that of an attempt that is retried.
            made[f"code{code}{DYNAMIC}"] = contains(f"{look}.codes", str(code))
        return made

    def _rules(self, step: Step) -> Iterator[tuple[Condition, str]]:
        """Yield what may become of a step that is WAITING; the first rule that holds decides."""
        name, before = step.name, step.needs_success_of
        is_known = [self._step.is_waiting(name), *map(self._step.has_ended, step.needs_end_of)]
        if step.when:
            holds = all_of([self._step.holds(each) for each in step.when])
            yield all_of([*is_known, none_of(holds)]), f"Skip {name}"
        if before:
            all_ended = [*is_known, *map(self._step.has_ended, before)]
            failed = any_of([self._step.has_failed(each) for each in before])
            yield all_of([*all_ended, failed]), f"{name} cannot run"
            deferred = [each for each in before if self._data.is_deferred(each)]
            if skipped := [self._step.is_skipped(each) for each in deferred]:
                yield all_of([*all_ended, any_of(skipped)]), f"Skip {name}"
        waits = {
            edge.before
            for edge in self._plan.edges
            if edge.after == name and edge.kind is EdgeKind.CLIENT
        }
        can_go = [
            self._step.has_succeeded(each) if each in waits else self._step.can_be_depended_on(each)
            for each in before
        ]
        first = _submission_name(self._to_submit(step)[0], name)
        yield all_of([*is_known, *can_go]), first

    def _to_submit(self, step: Step) -> list[PlannedJob]:
        """Return the jobs that are submitted for a step: its own after the barriers they need."""
        found: dict[str, PlannedJob] = {}

        def take(job: PlannedJob) -> None:
            for key, _ in job.depends_on:
                if key in self._barriers and self._is_deferred(self._barriers[key]):
                    take(self._barriers[key])
            found[job.key] = job

        for job in self._data.jobs_of[step.name]:
            take(job)
        return list(found.values())

    def _decide(self, step: Step, targets: set[str]) -> None:
        """Write the states of what may become of a step."""
        name, path = step.name, self._data.step[step.name]
        noted = {
            f"Skip {name}": StepStatus.SKIPPED,
            f"{name} cannot run": StepStatus.UPSTREAM_FAILED,
            f"{name} is submitted": StepStatus.SUBMITTED,
        }
        self._submit(self._to_submit(step), f"{name} is submitted", of=name)
        for state, status in noted.items():
            if state in targets or status is StepStatus.SUBMITTED:
                self._states[state] = _noting(path, status)

    def _tell(self) -> None:
        """Write the states that give each step its status, and end the execution."""
        self._states["Sum up"] = passing(
            {"steps": [self._sum(step) for step in self._data.steps]}, "Status of each step"
        )
        self._states["Status of each step"] = {
            "Type": "Map",
            "ItemsPath": "$.steps",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": next(iter(_STATUS_OF_ONE)),
                "States": _STATUS_OF_ONE,
            },
            "ResultPath": "$.steps",
            "Next": "Look for failures",
        }
        failures = [
            contains("$.steps[*].status", f"'{each}'")
            for each in (StepStatus.FAILED, StepStatus.UPSTREAM_FAILED)
        ]
        self._states["Look for failures"] = passing(
            {"any.$": either(failures)}, "Did every step succeed?", result="$.failed"
        )
        self._states["Did every step succeed?"] = choice(
            [(is_true("$.failed.any"), "Failed")], "Succeeded"
        )
        self._states["Failed"] = {
            "Type": "Fail",
            "Error": "WorkflowFailed",
            "CausePath": "States.JsonToString($.steps)",
        }
        self._states["Succeeded"] = {"Type": "Succeed", "InputPath": "$.steps"}

    def _sum(self, step: Step) -> dict[str, Any]:
        own = [job.key for job in self._data.jobs_of[step.name]]
        before = [job.key for name in step.after for job in self._data.jobs_of[name]]
        return {
            "step": step.name,
            f"decided{DYNAMIC}": self._data.step[step.name],
            f"jobIds{DYNAMIC}": array([self._data.id_of(key) for key in own]),
            f"failed{DYNAMIC}": self._one_failed(own),
            # Batch fails a job whose dependency failed: that is no failure of its own.
            f"upstreamFailed{DYNAMIC}": self._one_failed(before),
        }

    def _one_failed(self, keys: Sequence[str]) -> str:
        return either([f"{self._data.now[key]}.failed" for key in keys] or ["false"])


def _submission_name(job: PlannedJob, of: str = "") -> str:
    # A barrier may be needed by several steps, of which any may be first.
    return f"Submit {job.key} for {of}" if of and job.step is None else f"Submit {job.key}"


def _input_rule(parameters: Mapping[str, str | None]) -> str:
    if not parameters:
        return "The workflow has no parameters: the input must be {}."
    needed = [name for name, default in parameters.items() if default is None]
    without = f" Without a default: {', '.join(needed)}." if needed else ""
    return (
        "The input must be an object with the workflow's parameters as strings, and nothing else. "
        f"Parameters: {', '.join(parameters)}.{without}"
    )


def _noting(path: str, status: StepStatus) -> State:
    return {"Type": "Pass", "Result": str(status), "ResultPath": path, "Next": _JUDGE}


def _status(status: str | None) -> State:
    """Return the state that gives a step a status; ``None`` is for one that was not submitted."""
    told: dict[str, Any] = {"status": status, "jobIds.$": "$.jobIds"}
    if status is None:
        told = {"status.$": "$.decided", "jobIds": []}
    return {"Type": "Pass", "Parameters": {"step.$": "$.step", **told}, "End": True}


_STATUS_OF_ONE: dict[str, State] = {
    "How did it end?": choice(
        [
            (none_of(is_text("$.decided", StepStatus.SUBMITTED)), "It was not submitted"),
            (all_of([is_true("$.failed"), is_true("$.upstreamFailed")]), "It did not run"),
            (is_true("$.failed"), "It failed"),
        ],
        "It succeeded",
    ),
    "It was not submitted": _status(None),
    "It did not run": _status(StepStatus.UPSTREAM_FAILED),
    "It failed": _status(StepStatus.FAILED),
    "It succeeded": _status(StepStatus.SUCCEEDED),
}
