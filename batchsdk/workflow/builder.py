"""Building a workflow in Python."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from batchsdk.arguments import as_items, typed_methods
from batchsdk.errors import Problem
from batchsdk.submit.dependencies import Dependency, HasId, as_dependencies
from batchsdk.submit.escalation import OnFailure, rules_of
from batchsdk.submit.field_types import type_problems
from batchsdk.submit.keywords import takes
from batchsdk.submit.submission import AlikeFields, StepFields, submission_of
from batchsdk.sweeps.plan import Through
from batchsdk.sweeps.points import Over, shape_problems
from batchsdk.workflow import running
from batchsdk.workflow.digest import topics_of
from batchsdk.workflow.source import Source, prepare
from batchsdk.workflow.steps import Condition, Step, WorkflowDefinition

if TYPE_CHECKING:
    from batchsdk.runs.interrupts import OnInterrupt
    from batchsdk.runs.ledger import Ledger
    from batchsdk.session import Session
    from batchsdk.workflow.planning import Plan
    from batchsdk.workflow.run import WorkflowRun
    from batchsdk.workflow.stepfunctions.exporting import StateMachine


Steps = HasId | str | Dependency | Sequence[HasId | str | Dependency]
"""One step or several, themselves or by name; of arrays also ``n_to_n(step)`` and
``SEQUENTIAL``."""


@typed_methods
class Workflow:
    """A workflow that is being built. Made by ``Batch.workflow``.

    ::

        with batch.workflow("nightly") as wf:
            extract = wf.submit("extract")
            parts = wf.sweep("transform", over={"day": days}, after=[extract])
            wf.submit("load", after=[parts])
        wf.run().wait()

    Nothing is sent before :meth:`run`. As a context manager it checks the workflow at the end of
    the block, so that errors appear where the workflow is written.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        *,
        parameters: Mapping[str, str | None] | None = None,
        barrier: str | None = None,
        storage: str | None = None,
        on_failure: OnFailure | None = None,
        on_end: str | Sequence[str] = (),
        cache: bool = False,
    ) -> None:
        self._session = session
        self._name = name
        self._parameters = dict(parameters or {})
        self._barrier = barrier
        self._storage = storage
        self._on_failure = rules_of(on_failure)
        self._on_end = topics_of(on_end)
        self._cache = cache
        self._steps: list[Step] = []
        self._problems: list[Problem] = []
        """Arguments that are not of their type."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _fault: BaseException | None,
        _traceback: types.TracebackType | None,
    ) -> None:
        if kind is None:
            self.check()

    @property
    def definition(self) -> WorkflowDefinition:
        """What has been built so far, as data."""
        return WorkflowDefinition(
            name=self._name,
            steps=tuple(self._steps),
            parameters=self._parameters,
            barrier=self._barrier,
            storage=self._storage,
            on_failure=self._on_failure,
            on_end=self._on_end,
            cache=self._cache,
        )

    @takes(StepFields)
    def submit(
        self,
        job_definition: str,
        *,
        name: str | None = None,
        after: Steps = (),
        after_any: Steps = (),
        when: Condition | Sequence[Condition] = (),
        on_failure: OnFailure | None = None,
        cache: bool | None = None,
        cache_inputs: str | Sequence[str] = (),
        cache_outputs: str | Sequence[str] = (),
        **fields: Unpack[StepFields],
    ) -> Step:
        """Add a step that is one job, or with ``array_size`` one array job.

        Args:
            job_definition: as ``Batch.submit`` takes it.
            name: of the step, unique in the workflow; else the job definition's.
            after: steps that must succeed first; what ``depends_on`` of ``Batch.submit`` takes,
                with steps in place of jobs.
            after_any: steps that must end first, with any status.
            when: conditions on how other steps ended; if one does not hold, this step is skipped.
            on_failure: kind of failure -> :class:`batchsdk.Escalate`: how the step differs when the
                run is resumed after it FAILED; in the place of the workflow's.
            cache: take the result of an earlier run, where job definition, what the step asks for,
                the steps before it and ``cache_inputs`` are the same; by default the workflow's.
            cache_inputs: ``s3://bucket/prefix`` of objects that the step reads; another object
                there, by its ETag, means another result.
            cache_outputs: ``s3://bucket/prefix`` of objects that the step writes; where they are
                gone the step runs again.
            **fields: other fields of :class:`batchsdk.Submission`; texts may hold placeholders such
                as ``${parameters.day}``.

        Returns:
            The step, for ``after`` and its like.
        """
        return self._add(
            job_definition,
            name=name,
            after=after,
            after_any=after_any,
            when=when,
            fields=fields,
            on_failure=on_failure,
            cached={"cache": cache, "cache_inputs": cache_inputs, "cache_outputs": cache_outputs},
        )

    @takes(AlikeFields, explains=("array_size",))
    def sweep(
        self,
        job_definition: str,
        *,
        over: Over,
        name: str | None = None,
        as_separate_jobs: bool = False,
        through: Through = "auto",
        after: Steps = (),
        after_any: Steps = (),
        when: Condition | Sequence[Condition] = (),
        on_failure: OnFailure | None = None,
        cache: bool | None = None,
        cache_inputs: str | Sequence[str] = (),
        cache_outputs: str | Sequence[str] = (),
        **fields: Unpack[AlikeFields],
    ) -> Step:
        """Add a step that is one job definition over many parameters, as ``Batch.sweep`` does it.

        Args:
            job_definition: as ``Batch.sweep`` takes it.
            over: values by name, for every combination of them; or one mapping for each job.
            as_separate_jobs: a job for each point instead of array jobs.
            through: how a child finds its values, as for ``Batch.sweep``.
            name: as for :meth:`submit`.
            after: as for :meth:`submit`.
            after_any: as for :meth:`submit`.
            when: as for :meth:`submit`.
            on_failure: as for :meth:`submit`; one request serves all points that failed.
            cache: as for :meth:`submit`; of a sweep that has changed in its points alone, the new
                ones run, unless another step reads values from its prefix.
            cache_inputs: as for :meth:`submit`.
            cache_outputs: as for :meth:`submit`.
            **fields: as for :meth:`submit`, the same for every job.
        """
        return self._add(
            job_definition,
            name=name,
            after=after,
            after_any=after_any,
            when=when,
            fields=fields,
            on_failure=on_failure,
            cached={"cache": cache, "cache_inputs": cache_inputs, "cache_outputs": cache_outputs},
            over=over,
            as_separate_jobs=as_separate_jobs,
            through=through,
        )

    def check(self) -> None:
        """Check everything that can be known before anything is sent.

        Raises:
            InvalidWorkflowError: rules are broken; ``problems`` has all of them.
            ServiceError: AWS refused to describe a job definition.
        """
        prepare(self._session, self._source, None, run=self._name)

    def plan(
        self,
        parameters: Mapping[str, str] | None = None,
        *,
        ledger: Ledger | str | Path | None = None,
        cache: bool | None = None,
    ) -> Plan:
        """Return what :meth:`run` would submit, in order, and how each edge is kept; sends nothing.

        Args:
            parameters: values for the run; without them, missing values are not an error, and no
                results of earlier runs are looked for.
            ledger: as for :meth:`run`; read only where steps are cached.
            cache: as for :meth:`run`.

        Raises:
            As for :meth:`check`; LedgerError: the ledger cannot be read.
        """
        return running.plan(self._session, self._source, parameters, ledger=ledger, cache=cache)

    def to_stepfunctions(self, *, every: int = 60) -> StateMachine:
        """Return the state machine of AWS Step Functions that runs the workflow without a client.

        It submits what :meth:`run` would, keeps every edge and condition, and gives each step the
        same status. The input of an execution has the workflow's parameters; its name is the run's.

        Args:
            every: seconds between two looks at the jobs, 1 to 86,400.

        Raises:
            InvalidArgumentError: ``every`` is out of bounds.
            InvalidWorkflowError: rules are broken, or something cannot be done by a state machine;
                ``problems`` has all of them.
            ServiceError: AWS refused to describe a job definition.
        """
        from batchsdk.workflow.stepfunctions.exporting import export  # noqa: PLC0415

        return export(self._session, self._source, every=every)

    def run(
        self,
        name: str | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
        new: bool = False,
        cache: bool | None = None,
    ) -> WorkflowRun:
        """Submit every step whose start Batch can decide.

        Args:
            name: of the run. A name that is already in the ledger continues that run, as
                :meth:`resume` does. By default a new run, named after the workflow and the time.
            parameters: values for this run.
            ledger: as for ``Batch.run``.
            on_interrupt: what Ctrl-C does to the jobs while the run is waited for, as for
                ``Batch.run``.
            new: begin the run of that name anew, whatever became of its jobs: as for
                ``Batch.run``.
            cache: ``True`` caches every step that does not say otherwise; ``False`` takes no result
                of an earlier run. A run that goes on, or is begun anew, takes none either.

        Returns:
            The run. Its ``wait`` also submits the steps that only the client can decide about.

        Raises:
            InvalidWorkflowError: rules are broken; nothing was sent.
            SubmissionUnknownError, ServiceError: AWS refused a request or could not be reached;
                submitted jobs go on, and ``resume`` submits the rest.
            LedgerError: the ledger cannot be opened, read or written.
        """
        return running.start(
            self._session,
            self._source,
            name=name,
            parameters=parameters or {},
            ledger=ledger,
            on_interrupt=on_interrupt,
            new=new,
            cache=cache,
        )

    def resume(
        self,
        name: str | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
    ) -> WorkflowRun:
        """Run again what did not succeed in an earlier run of this workflow.

        Steps that succeeded do not run again, unless the step has changed since or comes after
        one that runs again; of a sweep, only the points that failed run. Running jobs are left
        alone.

        Args:
            name: of the run; by default the newest run of this workflow.
            parameters: replace the run's parameters.
            ledger: as for :meth:`run`.
            on_interrupt: as for :meth:`run`.

        Raises:
            InvalidArgumentError: the ledger has no such run.
            InvalidWorkflowError, SubmissionUnknownError, ServiceError, LedgerError: as for
                :meth:`run`.
        """
        return running.resume(
            self._session,
            self._source,
            name=name,
            parameters=parameters,
            ledger=ledger,
            on_interrupt=on_interrupt,
        )

    @property
    def _source(self) -> Source:
        return Source(definition=self.definition, problems=tuple(self._problems))

    def _add(
        self,
        job_definition: str,
        *,
        name: str | None,
        after: Steps,
        after_any: Steps,
        when: Condition | Sequence[Condition],
        fields: Mapping[str, object],
        on_failure: OnFailure | None,
        cached: Mapping[str, Any],
        **sweep: Any,
    ) -> Step:
        rules = None if on_failure is None else rules_of(on_failure)
        before = as_dependencies(after)
        problems, submission = type_problems(submission_of(job_definition, fields))
        conditions = (when,) if isinstance(when, Condition) else as_items(when)
        if not isinstance(conditions, list | tuple) or not all(map(_is_condition, conditions)):
            rule, fix = "must be conditions", "give batchsdk.succeeded(step) or its like"
            problems.append(Problem("when", when, rule, fix))
            conditions = ()
        step = Step(
            name=name or submission.job_definition or f"step-{len(self._steps) + 1}",
            submission=submission,
            after=tuple(each.job_id or "" for each in before if each.type is None),
            n_to_n=tuple(each.job_id or "" for each in before if each.type == "N_TO_N"),
            sequential=any(each.type == "SEQUENTIAL" for each in before),
            after_any=tuple(each.job_id or "" for each in as_dependencies(after_any)),
            when=tuple(conditions),
            on_failure=rules,
            cache=cached["cache"],
            cache_inputs=_texts(cached["cache_inputs"]),
            cache_outputs=_texts(cached["cache_outputs"]),
            **sweep,
        )
        if sweep and (wrong := list(shape_problems(step.over))):
            problems += wrong
            step = dataclasses.replace(step, over=None)
        self._steps.append(step)
        self._problems += [each.within(f"steps.{step.name}") for each in problems]
        return step


def _texts(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _is_condition(given: object) -> bool:
    return isinstance(given, Condition)
