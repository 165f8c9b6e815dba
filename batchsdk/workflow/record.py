"""What the ledger keeps of a run of a workflow, so that any client can go on with it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from batchsdk.errors import LedgerError
from batchsdk.submit import escalation
from batchsdk.submit.escalation import History
from batchsdk.workflow import document
from batchsdk.workflow.planning import Plan, PlannedJob
from batchsdk.workflow.steps import WorkflowDefinition

_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Generation:
    """Which time it is that a step is done, in this run."""

    number: int = 1
    indices: tuple[int, ...] | None = None
    """Of a sweep: the points that are done this time; ``None`` is all. The first time, the others
    are taken from earlier runs."""
    history: History = ()
    """How the jobs of the step failed the times before."""


@dataclass(frozen=True, kw_only=True)
class CachedResult:
    """Where the result of a step is from that was not run, as nothing had changed."""

    run: str
    """Name of the run in which it ran."""
    job_ids: tuple[str, ...]
    """Its jobs there."""


@dataclass(frozen=True, kw_only=True)
class CachedPoints:
    """Points of a sweep that were not run, as their results are of an earlier run."""

    run: str
    """Name of the run in which they ran."""
    job_ids: tuple[str, ...]
    """Their jobs there: arrays, of which other children may have FAILED, or single jobs."""
    indices: tuple[int, ...]
    """Their places in the sweep as it is now, from 0, ascending."""


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What a result of a step depends on, for later runs."""

    key: str
    """SHA-256 of all of it, in hexadecimal: nothing can be read out of it."""
    jobs: tuple[str, ...] = ()
    """Keys in the ledger of the jobs whose success makes it; none of a cached result."""
    alike: str | None = None
    """Of a sweep: SHA-256 of all of it but the points."""
    sizes: tuple[int, ...] = ()
    """Of a sweep: how many points each of ``jobs`` has; together those that ran in this run."""


@dataclass(frozen=True, kw_only=True)
class WorkflowRecord:
    """A run of a workflow, apart from its jobs."""

    definition: WorkflowDefinition
    parameters: Mapping[str, str]
    """Value of every parameter."""
    begun_at: datetime
    """When the run was begun, or last resumed."""
    generations: Mapping[str, Generation] = field(default_factory=dict)
    """Of the steps that were done again, or of which only some points are done."""
    results: Mapping[str, StepResult] = field(default_factory=dict)
    """Of the steps whose results later runs may take."""
    cached: Mapping[str, CachedResult] = field(default_factory=dict)
    """Of the steps whose results were taken from earlier runs."""
    cached_points: Mapping[str, tuple[CachedPoints, ...]] = field(default_factory=dict)
    """Of the sweeps of which some or all points were taken from earlier runs."""

    @property
    def taken(self) -> frozenset[str]:
        """The steps of which nothing runs, as all of it was taken from earlier runs."""
        by_points = {step for step in self.cached_points if self.generation(step).indices is None}
        return frozenset(self.cached.keys() | by_points)

    def generation(self, step: str) -> Generation:
        """Return which time it is for a step."""
        return self.generations.get(step, Generation())

    def ledger_keys(self, plan: Plan) -> dict[str, str]:
        """Return the key in the ledger of each job of a plan.

        Done again, a step has other keys; and so have the barriers that wait for it.
        """
        found: dict[str, str] = {}
        for job in plan.jobs:
            found[job.key] = self._ledger_key(job, found)
        return found

    def _ledger_key(self, job: PlannedJob, found: Mapping[str, str]) -> str:
        if job.step is None:
            members = "\n".join(found[key] for key, _ in job.depends_on)
            return f"barrier-{hashlib.sha256(members.encode()).hexdigest()[:12]}"
        number = self.generation(job.step).number
        return job.key if number == 1 else f"{job.key}~{number}"

    def to_text(self) -> str:
        """Return it as JSON."""
        generations = {
            step: {
                "number": each.number,
                "indices": each.indices,
                "failures": escalation.to_text(each.history),
            }
            for step, each in self.generations.items()
        }
        whole = {
            "version": _VERSION,
            "definition": document.to_mapping(self.definition),
            "parameters": dict(self.parameters),
            "begun_at": self.begun_at.isoformat(),
            "generations": generations,
            "results": {
                step: {
                    "key": each.key,
                    "jobs": each.jobs,
                    "alike": each.alike,
                    "sizes": each.sizes,
                }
                for step, each in self.results.items()
            },
            "cached": {
                step: {"run": each.run, "jobIds": each.job_ids}
                for step, each in self.cached.items()
            },
            "cachedPoints": {
                step: [
                    {"run": each.run, "jobIds": each.job_ids, "indices": each.indices}
                    for each in many
                ]
                for step, many in self.cached_points.items()
            },
        }
        return json.dumps(whole)

    @classmethod
    def from_text(cls, text: str, run: str) -> Self:
        """Read what :meth:`to_text` gave.

        Raises:
            LedgerError: it is of a later version, or damaged.
        """
        try:
            whole: Mapping[str, Any] = json.loads(text)
            version = whole["version"]
            definition, problems = document.from_mapping(whole["definition"])
            generations = {
                step: Generation(
                    number=each["number"],
                    indices=None if each["indices"] is None else tuple(each["indices"]),
                    history=escalation.history_in(each.get("failures")),
                )
                for step, each in whole["generations"].items()
            }
            results = {
                step: StepResult(
                    key=each["key"],
                    jobs=tuple(each["jobs"]),
                    alike=each.get("alike"),
                    sizes=tuple(each.get("sizes", ())),
                )
                for step, each in whole.get("results", {}).items()
            }
            cached = {
                step: CachedResult(run=each["run"], job_ids=tuple(each["jobIds"]))
                for step, each in whole.get("cached", {}).items()
            }
            cached_points = {
                step: tuple(
                    CachedPoints(
                        run=each["run"],
                        job_ids=tuple(each["jobIds"]),
                        indices=tuple(each["indices"]),
                    )
                    for each in many
                )
                for step, many in whole.get("cachedPoints", {}).items()
            }
            parameters = dict(whole["parameters"])
            begun_at = datetime.fromisoformat(whole["begun_at"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise LedgerError(f"run {run!r}: its workflow cannot be read: {fault!r}") from fault
        if version != _VERSION or problems:
            raise LedgerError(
                f"run {run!r}: its workflow is of version {version}, this batchsdk knows "
                f"{_VERSION}" + "".join(f"; {each}" for each in problems[:1]),
                hint="Install the batchsdk that made it.",
            )
        return cls(
            definition=definition,
            parameters=parameters,
            begun_at=begun_at,
            generations=generations,
            results=results,
            cached=cached,
            cached_points=cached_points,
        )
