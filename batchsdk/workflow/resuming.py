"""Which steps of a run are done again when it is resumed. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from batchsdk.submit.escalation import Failures
from batchsdk.submit.submission import JOB_FIELDS
from batchsdk.workflow import document, graph
from batchsdk.workflow.record import Generation, WorkflowRecord
from batchsdk.workflow.steps import Step, StepStatus

SUCH_AS_BEFORE = (
    *(each.camel_case for each in JOB_FIELDS.values() if each.about.decides_result),
    "over",
    "through",
)
"""What a step's result depends on: a longer timeout or more memory does not make it another."""


def resumed(
    before: WorkflowRecord,
    now: WorkflowRecord,
    statuses: Mapping[str, StepStatus],
    failed_points: Mapping[str, tuple[int, ...]],
    failures: Mapping[str, Failures],
    *,
    unsent: Collection[str],
) -> WorkflowRecord:
    """Return the record with which a run goes on.

    What succeeded stays as it is, unless the step has changed or a step that it comes after is
    done again. What goes on is left alone. Everything else is done (again).

    Args:
        before: as the ledger has it.
        now: the workflow as it is wanted now.
        statuses: what has become of each step of ``before``.
        failed_points: of sweeps that FAILED, the points that did not succeed.
        failures: of steps that FAILED, how.
        unsent: steps of which no job was submitted.
    """
    again: set[str] = set()
    other_results: set[str] = set()
    """Steps that were not done yet, and are to be done otherwise, or after other steps."""
    anew: set[str] = set()
    """Sweeps whose points that were done no longer count."""

    def partly(step: Step, other: str) -> bool:
        # Child by child, what succeeded came after what succeeded.
        last = generations.get(other, Generation())
        return other in step.n_to_n and other in again and last.indices is not None

    generations: dict[str, Generation] = {}
    old_steps = {step.name: step for step in before.definition.steps}
    new_steps = {step.name: step for step in now.definition.steps}
    for name in graph.topological_order(now.definition.graph):
        step = new_steps[name]
        last = before.generation(name)
        status = statuses.get(name, StepStatus.WAITING)
        old = old_steps.get(name)
        changed = old is not None and _result_of(old, before) != _result_of(step, now)
        others = again | other_results
        follows = any(each in others and not partly(step, each) for each in step.before)
        must_be_redone = status.is_failure or changed or follows
        if status in (StepStatus.WAITING, StepStatus.SUBMITTED) or not must_be_redone:
            if must_be_redone and name in unsent:
                other_results.add(name)
            if must_be_redone and (changed or name in unsent):
                last = dataclasses.replace(last, indices=None)
                anew.add(name)
            if last != Generation():
                generations[name] = last
            continue
        again.add(name)
        only_failed = status is StepStatus.FAILED and not changed and not follows
        if not only_failed or name not in failed_points:
            anew.add(name)
        generations[name] = Generation(
            number=last.number + 1,
            indices=failed_points.get(name) if only_failed else None,
            history=(*last.history, failures[name]) if name in failures else last.history,
        )
    kept = new_steps.keys() - again
    return dataclasses.replace(
        now,
        generations=generations,
        results={
            step: each for step, each in before.results.items() if step in kept - other_results
        },
        cached={step: each for step, each in before.cached.items() if step in kept},
        cached_points={
            step: each
            for step, each in before.cached_points.items()
            if step in new_steps.keys() - anew
        },
    )


def _result_of(step: Step, record: WorkflowRecord) -> Any:
    plain = document.step_to_mapping(step)
    relevant = {key: plain.get(key) for key in SUCH_AS_BEFORE}
    used = {
        name: value
        for name, value in record.parameters.items()
        if f"{{parameters.{name}}}" in str(relevant)
    }
    return relevant, used
