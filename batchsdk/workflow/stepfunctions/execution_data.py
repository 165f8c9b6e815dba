"""The data of an execution: where it has what, as paths. Pure.

::

    parameters   values of the workflow's parameters
    texts        literals of payload templates: see input_values
    jobs         job -> {"id": …}
    steps        step -> "SUBMITTED"; one that the loop decides about begins as "WAITING", and may
                 become "SKIPPED" or "UPSTREAM_FAILED"
    look         what DescribeJobs answered last
    now          job -> {"succeeded": …, "failed": …}, true once it has been true, as Batch forgets
                 jobs; and "code3" where a condition asks for exit code 3
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batchsdk.workflow.planning import Plan, PlannedJob
from batchsdk.workflow.steps import Step, StepStatus, WorkflowDefinition

FLAGS = ("succeeded", "failed")
"""What is noted of each job."""


def parameter_paths(names: Iterable[str]) -> dict[str, str]:
    """Return where the execution has the value of each parameter of a workflow."""
    return {name: f"$.parameters.{_plain('p', n, name)}" for n, name in enumerate(names)}


def last_of(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition(".")[2]


class ExecutionData:
    """The jobs and steps of a planned workflow, and their places."""

    def __init__(self, definition: WorkflowDefinition, plan: Plan) -> None:
        """Take a workflow, and its plan as of a run that begins."""
        keys = [job.key for job in plan.jobs]
        self.job = {key: f"$.jobs.{_plain('j', n, key)}" for n, key in enumerate(keys)}
        """Key of a job in the plan -> the path of its id's owner."""
        self.now = {key: f"$.now.{_plain('j', n, key)}" for n, key in enumerate(keys)}
        """Key of a job in the plan -> the path of its flags."""
        by_name = {step.name: step for step in definition.steps}
        self.jobs_of: dict[str, list[PlannedJob]] = {}
        """Step -> its jobs, in the order of their submission; so are the steps."""
        for job in plan.jobs:
            if job.step is not None:
                self.jobs_of.setdefault(job.step, []).append(job)
        self.steps = [by_name[name] for name in self.jobs_of]
        names = enumerate(self.jobs_of)
        self.step = {name: f"$.steps.{_plain('s', n, name)}" for n, name in names}
        """Step -> the path of what was decided about it."""
        self.deferred = [step for step in self.steps if step.name in plan.deferred]
        """The steps that the loop decides about."""
        self.codes = _codes(definition.steps)
        """Step -> the exit codes that conditions ask for."""

    def is_deferred(self, step: str) -> bool:
        """Tell whether the loop decides about a step."""
        return any(each.name == step for each in self.deferred)

    def id_of(self, key: str) -> str:
        """Return the path of a job's id."""
        return f"{self.job[key]}.id"

    def at_first(self, plan: Plan) -> dict[str, Any]:
        """Return ``jobs``, ``steps``, ``look`` and ``now`` as an execution begins with them."""
        return {
            # Ids that no job has: what is not submitted, Batch does not know.
            "jobs": {
                last_of(self.job[job.key]): {"id": f"none-{n}"} for n, job in enumerate(plan.jobs)
            },
            "steps": {
                last_of(path): str(
                    StepStatus.WAITING if self.is_deferred(name) else StepStatus.SUBMITTED
                )
                for name, path in self.step.items()
            },
            "look": {},
            "now": {
                last_of(self.now[job.key]): dict.fromkeys(
                    [*FLAGS, *(f"code{code}" for code in self.codes.get(job.step or "", ()))], False
                )
                for job in plan.jobs
            },
        }


def _plain(letter: str, number: int, name: str) -> str:
    """Return a name that no path has to quote, and no other name gives."""
    return f"{letter}{number}_{re.sub('[^A-Za-z0-9]', '_', name)}"


def _codes(steps: Iterable[Step]) -> Mapping[str, list[int]]:
    found: dict[str, set[int]] = {}
    for step in steps:
        for condition in step.when:
            if condition.exit_codes:
                found.setdefault(condition.step, set()).update(condition.exit_codes)
    return {step: sorted(codes) for step, codes in found.items()}
