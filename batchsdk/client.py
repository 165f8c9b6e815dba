"""The client of one stack's AWS Batch, or of a queue alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from batchsdk.arguments import typed_methods
from batchsdk.contract import StackOutputs
from batchsdk.diagnosis import QueueDiagnosis, diagnose_queues
from batchsdk.errors import ConnectionSettingsError, InvalidArgumentError, Problem
from batchsdk.insight import kept_prices, usage
from batchsdk.insight.activity import Activity
from batchsdk.insight.price_list import PriceList
from batchsdk.insight.usage import UsageReport
from batchsdk.jobs import exec_session, waiting
from batchsdk.jobs.awaiting import AsyncStartWatch, off_loop
from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.job import Job
from batchsdk.jobs.listing import jobs_in_queues, statuses_of
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.waiting import Outcome
from batchsdk.jobs.watcher import Polling
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.dependencies import Dependency, HasId, Jobs, ids_of, several
from batchsdk.submit.escalation import OnFailure
from batchsdk.submit.keywords import takes
from batchsdk.submit.many import CONCURRENCY, send_many, send_one
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.submission import (
    FunctionFields,
    PreparedSubmission,
    Submission,
    SubmitFields,
    SweepFields,
    submission_of,
)
from batchsdk.submit.targets import queue_identifiers
from batchsdk.sweeps.plan import Through
from batchsdk.sweeps.points import Over
from batchsdk.sweeps.sweep import PreparedSweep, Sweep, attach_sweep, prepare_sweep, send_sweep

if TYPE_CHECKING:
    from types import ModuleType

    from batchsdk.functions.decorating import Decorator
    from batchsdk.functions.dispatching import CallCounts
    from batchsdk.functions.executor import FunctionExecutor
    from batchsdk.insight.report.model import Report
    from batchsdk.runs.interrupts import OnInterrupt
    from batchsdk.runs.ledger import Ledger
    from batchsdk.runs.listing import RunSummary
    from batchsdk.runs.run import Run
    from batchsdk.workflow.builder import Workflow
    from batchsdk.workflow.planning import Plan
    from batchsdk.workflow.run import WorkflowRun


_MOST_HOURS = 876_000
"""A hundred years."""


@typed_methods
class Batch:
    """The client of the AWS Batch resources of one stack. Made by ``connect``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def outputs(self) -> StackOutputs:
        """The stack's outputs.

        Raises:
            ConnectionSettingsError: the connection is to a queue alone.
        """
        if self._session.stack_outputs is None:
            raise ConnectionSettingsError(
                f"connected to the queue {self._session.queue!r} alone, which has no stack's "
                "outputs",
                hint="Name a stack: connect('dev'), outputs= or ssm= (--stack, --outputs, --ssm).",
            )
        return self._session.stack_outputs

    @property
    def queues(self) -> Mapping[str, str]:
        """The names of the job queues by their keys; of a connection to one queue, that queue."""
        return self._session.queues

    @property
    def command(self) -> str:
        """The command line that reaches the same stack, e.g. ``batchsdk --stack dev``."""
        return self._session.command

    @takes(SubmitFields)
    def submit(self, job_definition: str, **fields: Unpack[SubmitFields]) -> Job:
        """Submit one job, or one array of jobs (API: SubmitJob).

        Everything that can be checked is checked before anything is sent.

        Args:
            job_definition: its key in the stack's config, or its name (both take the newest ACTIVE
                revision), ``name:revision`` or ARN.
            **fields: the other fields of :class:`Submission`.

        Returns:
            The job. It has been accepted, not started.

        Raises:
            InvalidSubmissionError: rules are broken; ``problems`` has all of them.
            SubmissionUnknownError: the answer was lost; the job may exist.
            ServiceError: AWS refused the request or could not be reached; there is no job.
            TypeError: there is no such keyword; the message names the nearest one.
        """
        return self.send(self.prepare(submission_of(job_definition, fields)))

    @takes(SubmitFields)
    async def submit_async(self, job_definition: str, **fields: Unpack[SubmitFields]) -> Job:
        """Do in asyncio what :meth:`submit` does, without blocking the event loop.

        A coroutine that is cancelled may leave a job behind: its request may be under way.

        Args:
            job_definition: as for :meth:`submit`.
            **fields: as for :meth:`submit`.

        Raises:
            InvalidSubmissionError, SubmissionUnknownError, ServiceError: as :meth:`submit`.
        """
        return await off_loop(self.submit, job_definition, **fields)

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Check a submission and build its request, without sending it.

        AWS is asked only for a queue or a definition that the outputs do not describe, once, and
        only after all other checks.

        Raises:
            InvalidSubmissionError: rules are broken; ``problems`` has all of them.
            ServiceError: AWS refused to describe the definition.
        """
        return Preparation(self._session).prepare(wanted)

    def send(self, prepared: PreparedSubmission) -> Job:
        """Send what :meth:`prepare` built. Sending it twice makes two jobs.

        Raises:
            SubmissionUnknownError: the answer was lost; the job may exist.
            ServiceError: AWS refused the request or could not be reached; there is no job.
        """
        return send_one(self._session, prepared)

    def job(self, job_id: str) -> Job:
        """Return a job by its id; does not ask AWS."""
        return Job(self._session, job_id)

    def wait(
        self,
        jobs: Jobs,
        timeout: float | None = None,
        *,
        check: bool = True,
        polling: Polling | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> list[Outcome]:
        """Wait until all jobs have ended; one watcher describes 100 of them per call.

        Args:
            jobs: any number, or their ids; a sweep or a run stands for all its jobs.
            timeout: seconds; ``None`` waits without a limit.
            check: raise if a job did not succeed.
            polling: how often to look.
            on_stuck: called in this thread with the diagnosis of a job that does not start: at once
                when AWS Batch says that it blocks its queue, else after five minutes RUNNABLE; once
                for each queue and reason. By default the diagnosis is logged as a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.

        Returns:
            How each ended, in the order of ``jobs``.

        Raises:
            JobsFailedError: a job FAILED or is lost, and ``check`` is true.
            WaitTimeoutError: not all jobs have ended in time. The jobs go on.
            RunnableTimeoutError: a job was RUNNABLE for ``runnable_timeout`` seconds, and has been
                cancelled.
            InvalidArgumentError: one of ``jobs`` is neither a job nor an id.
            ServiceError: AWS refused a call or did not answer.
        """
        wanted = self._jobs(jobs)
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        outcomes = waiting.as_completed(self._session, wanted, timeout, polling, start=start)
        ended = {each.job.id: each for each in outcomes}
        found = [ended[job.id] for job in wanted]
        if check:
            waiting.check(found)
        return found

    async def wait_async(
        self,
        jobs: Jobs,
        *,
        check: bool = True,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> list[Outcome]:
        """Do in asyncio what :meth:`wait` does, without blocking the event loop.

        ``asyncio.timeout`` limits the time. One job is awaited by ``await job``, and so are a run,
        a sweep and the run of a workflow.

        Args:
            jobs: as for :meth:`wait`.
            check: raise if a job did not succeed.
            on_stuck: as for :meth:`wait`; called in the thread of the event loop.
            runnable_timeout: as for :meth:`wait`.

        Raises:
            JobsFailedError, RunnableTimeoutError, InvalidArgumentError, ServiceError: as
                :meth:`wait`.
        """
        start = AsyncStartWatch(self._session, on_stuck, runnable_timeout)
        wanted = await off_loop(self._jobs, jobs)
        outcomes = await waiting.outcomes_of(self._session, wanted, start)
        if check:
            waiting.check(outcomes)
        return outcomes

    def as_completed(
        self,
        jobs: Jobs,
        timeout: float | None = None,
        *,
        polling: Polling | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> Iterator[Outcome]:
        """Yield how each job ended, as they end, each once; failures are yielded, not raised.

        Args:
            jobs: as for :meth:`wait`.
            timeout: seconds; ``None`` waits without a limit.
            polling: how often to look.
            on_stuck: as for :meth:`wait`.
            runnable_timeout: as for :meth:`wait`.

        Raises:
            InvalidArgumentError: one of ``jobs`` is neither a job nor an id.
            WaitTimeoutError: not all jobs have ended in time. The jobs go on.
            RunnableTimeoutError: as for :meth:`wait`.
            ServiceError: AWS refused a call or did not answer.
        """
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        return waiting.as_completed(self._session, self._jobs(jobs), timeout, polling, start=start)

    def unknown_jobs(self, jobs: Jobs) -> list[str]:
        """Return the ids of those jobs that Batch does not know (any more).

        A job that was submitted a moment ago may not be known yet, so that it looks for three
        seconds; :meth:`wait` bears that for as long as the grace of ``Polling``.

        Args:
            jobs: as for :meth:`wait`.

        Raises:
            InvalidArgumentError: one of ``jobs`` is neither a job nor an id.
            ServiceError: AWS refused a call or did not answer.
        """
        return waiting.unknown_of(self._session, ids_of(several(jobs)))

    def _jobs(self, given: object) -> list[Job]:
        many = several(given)
        return [
            each if isinstance(each, Job) else Job(self._session, job_id)
            for each, job_id in zip(many, ids_of(many), strict=True)
        ]

    def submit_many(
        self,
        submissions: Iterable[Submission],
        *,
        concurrency: int = CONCURRENCY,
        on_submitted: Callable[[int, Job], None] | None = None,
    ) -> list[Job]:
        """Submit many jobs, several at a time, as fast as the account's limit allows.

        All are checked before the first is sent.

        Args:
            submissions: what to run.
            concurrency: how many may be under way at a time, 1 to 64.
            on_submitted: called in this thread with the index in ``submissions`` and the job, as
                each job is accepted.

        Returns:
            The jobs, in the order of ``submissions``.

        Raises:
            InvalidSubmissionError: rules are broken, and nothing was sent; ``problems`` has the
                problems of the first 20 faulty submissions.
            SubmitManyError: some were not accepted; ``jobs`` has those that were.
        """
        prepared = Preparation(self._session).prepare_all(submissions)
        return send_many(self._session, prepared, concurrency, on_submitted)

    @takes(SweepFields)
    def sweep(
        self,
        job_definition: str,
        *,
        over: Over,
        as_separate_jobs: bool = False,
        through: Through = "auto",
        storage: str | None = None,
        after: HasId | str | Dependency | Sequence[HasId | str | Dependency] = (),
        on_failure: OnFailure | None = None,
        concurrency: int = CONCURRENCY,
        **fields: Unpack[SweepFields],
    ) -> Sweep:
        """Run a job for each point, as array jobs of up to 10,000 children.

        Args:
            job_definition: as for :meth:`submit`.
            over: values by name, for every combination of them (the last name changes fastest); or
                one mapping for each job.
            as_separate_jobs: submit a job for each point instead of arrays.
            through: how a child finds its values. ``shell``: the command is run by ``sh``, which
                puts the values in the place of ``Ref::name`` and into the environment. ``task``:
                the program calls ``batchsdk.task()``. ``auto``: ``shell`` if the command has
                ``Ref::`` with a name in ``over``, or is a shell command with ``$name``; otherwise
                ``task``.
            storage: ``s3://bucket/prefix`` for tables that are too large for a request; by default
                the stack's, if it has one.
            after: as ``depends_on`` of :meth:`submit`.
            on_failure: kind of failure -> :class:`Escalate`: how the request of
                ``Sweep.rerun_failed`` differs.
            concurrency: how many requests may be under way at a time.
            **fields: other fields of :class:`Submission`, the same for every job.

        Raises:
            InvalidSubmissionError: rules are broken, and nothing was sent.
            SubmitManyError: of several jobs, some were not accepted; ``jobs`` has those that were.
            SubmissionUnknownError, ServiceError: as for :meth:`submit`; or the table could not be
                stored.
        """
        prepared = self.prepare_sweep(
            job_definition,
            over=over,
            as_separate_jobs=as_separate_jobs,
            through=through,
            storage=storage,
            after=after,
            on_failure=on_failure,
            **fields,
        )
        return send_sweep(self._session, prepared, concurrency)

    @takes(SweepFields)
    async def sweep_async(
        self,
        job_definition: str,
        *,
        over: Over,
        as_separate_jobs: bool = False,
        through: Through = "auto",
        storage: str | None = None,
        after: HasId | str | Dependency | Sequence[HasId | str | Dependency] = (),
        on_failure: OnFailure | None = None,
        concurrency: int = CONCURRENCY,
        **fields: Unpack[SweepFields],
    ) -> Sweep:
        """Do in asyncio what :meth:`sweep` does, without blocking the event loop.

        The arguments and errors are those of :meth:`sweep`; ``await sweep`` waits for its jobs. A
        coroutine that is cancelled may leave jobs behind: their requests may be under way.
        """
        return await off_loop(
            self.sweep,
            job_definition,
            over=over,
            as_separate_jobs=as_separate_jobs,
            through=through,
            storage=storage,
            after=after,
            on_failure=on_failure,
            concurrency=concurrency,
            **fields,
        )

    @takes(SweepFields)
    def prepare_sweep(
        self,
        job_definition: str,
        *,
        over: Over,
        as_separate_jobs: bool = False,
        through: Through = "auto",
        storage: str | None = None,
        after: HasId | str | Dependency | Sequence[HasId | str | Dependency] = (),
        on_failure: OnFailure | None = None,
        **fields: Unpack[SweepFields],
    ) -> PreparedSweep:
        """Check a sweep and build its requests, without sending or storing anything.

        The arguments and errors are those of :meth:`sweep`.
        """
        return prepare_sweep(
            self._session,
            submission_of(job_definition, {**fields, "depends_on": after}),
            over,
            as_separate_jobs=as_separate_jobs,
            through=through,
            storage=storage,
            on_failure=on_failure,
        )

    def attach_sweep(
        self, prepared: PreparedSweep, job_ids: HasId | str | Iterable[HasId | str]
    ) -> Sweep:
        """Return a sweep that was submitted before, e.g. by a process that has ended.

        Args:
            prepared: made by :meth:`prepare_sweep` with the original arguments.
            job_ids: ids of ``Sweep.jobs``, in their order. AWS is not called.

        Raises:
            InvalidArgumentError: the sweep has another number of jobs.
        """
        return attach_sweep(self._session, prepared, ids_of(several(job_ids), "job_ids"))

    @takes(FunctionFields)
    def executor(
        self,
        job_definition: str,
        *,
        name: str | None = None,
        storage: str | None = None,
        python: str | Sequence[str] = "python",
        ship: ModuleType | str | Sequence[ModuleType | str] = (),
        ignore_versions: Sequence[str] = (),
        on_failure: OnFailure | None = None,
        on_progress: Callable[[CallCounts], None] | None = None,
        **fields: Unpack[FunctionFields],
    ) -> FunctionExecutor:
        """Return an executor of ``concurrent.futures`` that calls Python functions in jobs.

        ``with batch.executor("python", memory="2GiB") as pool: list(pool.map(fn, items))`` is one
        array of jobs. The image needs cloudpickle and batchsdk, and the same minor version of
        Python as here.

        Args:
            job_definition: as for :meth:`submit`. Its command is replaced.
            name: what the names of the jobs begin with; by default the definition's.
            storage: ``s3://bucket/prefix`` for functions, arguments and results; by default the
                stack's, if it has one.
            python: the interpreter in the image, or a command of several words.
            ship: modules and packages, or their names, whose code is sent with the functions; other
                modules are only named, and the image must have them.
            ignore_versions: distributions that may be of another version in the image than here.
            on_failure: kind of failure -> :class:`Escalate`: a call whose job failed so is
                submitted again by itself, as long as the rules give the next job something else.
            on_progress: called in a thread of the executor with the counts of its calls, whenever
                they have changed.
            **fields: other fields of :class:`Submission`, the same for every job.

        Raises:
            InvalidSubmissionError: rules are broken, or there is no storage; nothing was sent.
            InvalidArgumentError: another argument breaks a rule.
            UsageError: cloudpickle is not installed: ``pip install 'batchsdk[functions]'``.
            ServiceError: AWS refused to describe the definition.
        """
        from batchsdk.functions.executor import FunctionExecutor  # noqa: PLC0415  # few need it

        return FunctionExecutor(
            self._session,
            submission_of(job_definition, {**fields, "name": name}),
            storage=storage,
            python=python,
            ship=ship,
            ignore_versions=ignore_versions,
            on_failure=on_failure,
            on_progress=on_progress,
        )

    @takes(FunctionFields)
    def function(
        self,
        job_definition: str,
        *,
        name: str | None = None,
        storage: str | None = None,
        python: str | Sequence[str] = "python",
        ship: ModuleType | str | Sequence[ModuleType | str] = (),
        ignore_versions: Sequence[str] = (),
        on_failure: OnFailure | None = None,
        on_progress: Callable[[CallCounts], None] | None = None,
        **fields: Unpack[FunctionFields],
    ) -> Decorator:
        """Return a decorator of functions that may be called in jobs.

        After ``@batch.function("python", memory="2GiB")``, ``fn(x)`` calls the function here as
        before, ``fn.submit(x)`` and ``fn.map(items)`` in jobs. Nothing is checked or sent before
        the first of these. The arguments and errors are those of :meth:`executor`.
        """
        from batchsdk.functions.decorating import Decorator  # noqa: PLC0415

        return Decorator(
            lambda: self.executor(
                job_definition,
                name=name,
                storage=storage,
                python=python,
                ship=ship,
                ignore_versions=ignore_versions,
                on_failure=on_failure,
                on_progress=on_progress,
                **fields,
            )
        )

    def run(
        self,
        name: str,
        *,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
        grace: float = 30.0,
        must_exist: bool = False,
        new: bool = False,
        on_failure: OnFailure | None = None,
    ) -> Run:
        """Open a run: jobs under keys, each submitted once, recorded in a ledger.

        The first call begins the run; later calls continue it from the ledger, and jobs that
        SUCCEEDED do not run again. Opening makes no call to AWS Batch.
        Before the first submission to a queue, the jobs of the run in that queue are listed: jobs
        that the ledger does not know, because it is new, cut or an old copy, are taken over
        instead of submitted again, and a warning is logged.

        Args:
            name: of the run, at most 200 characters; unique in this environment and ledger.
            ledger: a file, ``s3://bucket/prefix``, ``stack`` for the one below the stack's storage,
                or a ledger object that serves no other run at the same time and that the caller
                closes. By default BATCHSDK_LEDGER; without it the stack's, where the stack has
                storage, and the one in the user's data directory where it has none or the run began
                there.
            on_interrupt: what Ctrl-C in ``with batch.run(…)`` does to the jobs: ``ask``, ``detach``
                (they go on) or ``cancel``.
            grace: seconds after which a job whose submission's answer was lost, and which no list
                shows, is assumed not to exist.
            must_exist: raise if the run does not exist, instead of beginning it.
            new: begin the run anew: every key is submitted again, whatever became of its job. The
                earlier jobs go on, and the ledger forgets them.
            on_failure: kind of failure -> :class:`Escalate`: how the next attempt at a key, made
                when it is submitted again after its job FAILED, differs from what is declared.

        Raises:
            InvalidArgumentError: the name, the ledger's address or ``on_failure`` breaks a rule,
                the run does not exist and ``must_exist`` is true, or ``new`` and ``must_exist`` are
                both given.
            LedgerError: the ledger cannot be opened.
        """
        from batchsdk.runs.opening import open_run  # noqa: PLC0415  # sqlite3 only for those who use it

        return open_run(
            self._session,
            Preparation(self._session).prepare,
            name,
            ledger=ledger,
            on_interrupt=on_interrupt,
            grace=grace,
            must_exist=must_exist,
            new=new,
            on_failure=on_failure,
        )

    def runs(self, *, ledger: Ledger | str | Path | None = None) -> list[RunSummary]:
        """Return the runs of this environment in a ledger, oldest first; no call of AWS Batch.

        Args:
            ledger: as for :meth:`run`.

        Raises:
            LedgerError: the ledger cannot be opened or read.
        """
        from batchsdk.runs.listing import list_runs  # noqa: PLC0415

        return list_runs(self._session, ledger)

    def prune_runs(
        self, days: float, *, ledger: Ledger | str | Path | None = None, dry_run: bool = False
    ) -> list[RunSummary]:
        """Remove old runs of this environment from a ledger; their jobs are left alone.

        A run is removed if nothing has happened in it for ``days`` and all its jobs have ended
        (Batch is asked about jobs whose end was not seen). Opening a removed name again begins
        a new run, which submits everything: keep runs for as long as their program may be
        started again.

        Args:
            days: more than 0.
            ledger: as for :meth:`run`.
            dry_run: only return the runs that would be removed.

        Returns:
            The runs that were, or would be, removed, oldest first.

        Raises:
            InvalidArgumentError: ``days`` is not more than 0, or more than 36,500.
            ServiceError: AWS refused a call or did not answer.
            LedgerError: the ledger cannot be opened, read or written.
        """
        from batchsdk.runs.listing import prune_runs  # noqa: PLC0415

        return prune_runs(self._session, ledger, days, dry_run=dry_run)

    def workflow(
        self,
        name: str,
        *,
        parameters: Mapping[str, str | None] | None = None,
        barrier: str | None = None,
        storage: str | None = None,
        on_failure: OnFailure | None = None,
        on_end: str | Sequence[str] = (),
        cache: bool = False,
    ) -> Workflow:
        """Begin to build a workflow: steps that depend on one another. Sends nothing.

        Args:
            name: at most 40 letters, digits, ``-`` and ``_``.
            parameters: defaults of what ``${parameters.NAME}`` stands for in the steps; ``None``
                for one that each run must give.
            barrier: job definition of jobs that only wait, for a step that comes after more than 20
                jobs; by default the one with the key ``barrier``, if the stack has it.
            storage: ``s3://bucket/prefix`` under which each step stores its values; by default the
                stack's, if it has one.
            on_failure: kind of failure -> :class:`Escalate`: how a step that FAILED differs when
                the run is resumed; for every step that has no ``on_failure`` of its own.
            on_end: SNS topics that the client tells how a run ended: ARNs of standard topics, or
                ``trouble`` for the stack's own.
            cache: take results of earlier runs where nothing has changed; for every step that has
                no ``cache`` of its own, and no condition.
        """
        from batchsdk.workflow.builder import Workflow  # noqa: PLC0415  # sqlite3 comes with it

        return Workflow(
            self._session,
            name,
            parameters=parameters,
            barrier=barrier,
            storage=storage,
            on_failure=on_failure,
            on_end=on_end,
            cache=cache,
        )

    def load_workflow(self, path: str | Path) -> Workflow:
        """Read a workflow from a YAML file; it is checked when it is used. Sends nothing.

        Raises:
            InvalidWorkflowError: the file cannot be read, or is not YAML.
            UsageError: PyYAML is not installed: ``pip install 'batchsdk[yaml]'``.
        """
        from batchsdk.workflow.loading import FileWorkflow  # noqa: PLC0415
        from batchsdk.workflow.yaml_file import read_workflow_file  # noqa: PLC0415

        return FileWorkflow(self._session, read_workflow_file(path))

    def attach(
        self,
        name: str,
        *,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
    ) -> WorkflowRun:
        """Find a run of a workflow again, after a crash or from another client; submits nothing.

        Waiting for the run also submits the steps that only a client can start.

        Args:
            name: of the run.
            ledger: as for :meth:`run`.
            on_interrupt: as for :meth:`run`.

        Raises:
            InvalidArgumentError: the ledger has no such run of a workflow.
            SubmissionUnknownError, ServiceError: AWS cannot be asked.
            LedgerError: the ledger cannot be opened or read.
        """
        from batchsdk.workflow import running  # noqa: PLC0415

        return running.attach(self._session, name, ledger=ledger, on_interrupt=on_interrupt)

    def plan_resume(self, name: str, *, ledger: Ledger | str | Path | None = None) -> Plan:
        """Return what :meth:`resume` would do; submits nothing.

        Raises:
            As for :meth:`attach`.
        """
        from batchsdk.workflow import running  # noqa: PLC0415

        return running.plan_resume(self._session, name, ledger=ledger)

    def resume(
        self,
        name: str,
        *,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
    ) -> WorkflowRun:
        """Run again what did not succeed in a run of a workflow, as ``Workflow.resume`` does.

        The run keeps its original workflow; to change it, resume from its program or file.

        Args:
            name: of the run.
            ledger: as for :meth:`run`.
            on_interrupt: as for :meth:`run`.

        Raises:
            As for :meth:`attach`.
        """
        from batchsdk.workflow import running  # noqa: PLC0415

        return running.resume(
            self._session,
            None,
            name=name,
            parameters=None,
            ledger=ledger,
            on_interrupt=on_interrupt,
        )

    def exec(
        self, job: HasId | str, command: Sequence[str], *, container: str | None = None
    ) -> int:
        """Run a command in the container of a job that is RUNNING, at this process's terminal.

        By ECS Exec, which the job definition must turn on (``enableExecuteCommand``), and AWS's
        ``session-manager-plugin``, which must be installed. The command is root's, with the
        rights of the job's role; it ends with the job.

        Args:
            job: a job or its id: of an array a child, of several nodes a node.
            command: word by word, such as ``["sh"]``.
            container: name of one of several containers.

        Returns:
            The exit code of the plugin: AWS does not tell that of the command.

        Raises:
            UsageError: the plugin is not installed, or no command can run in that job.
            JobLostError: Batch does not know the job.
            ServiceError: AWS refused a call or did not answer; RequestRefusedError, code
                ``TargetNotConnectedException``: the agent of ECS Exec in the container is not
                connected: the job's role, the network or a read-only root does not let it.
        """
        exec_session.check_plugin(self._session)
        (job_id,) = ids_of(several(job))
        return exec_session.open_session(self._session, job_id, command, container).show()

    def list_jobs(
        self,
        queue: str | None = None,
        *,
        status: JobStatus | str | Iterable[JobStatus | str] | None = None,
        name: str | None = None,
    ) -> Iterator[JobSummary]:
        """Yield jobs lazily, each once.

        Args:
            queue: key, name or ARN; ``None`` is every queue of the stack.
            status: one or several; ``None`` is all seven.
            name: only jobs of this name, in any case; may end in ``*``.

        Raises:
            InvalidArgumentError: there is no such queue or status.
            ServiceError: AWS refused a call or did not answer.
        """
        queues = queue_identifiers(self._session, queue)
        return jobs_in_queues(
            self._session.transport, queues, statuses=statuses_of(status), name=name
        )

    def activity(self, *, hours: float = 24) -> Activity:
        """Return an object that shows the activity of the queues; makes no call yet.

        Args:
            hours: jobs that were created longer ago are left out; at most 876,000.

        Raises:
            InvalidArgumentError: ``hours`` is below 0, too many or no number.
        """
        if not 0 <= hours <= _MOST_HOURS:
            rule = f"must be 0 to {_MOST_HOURS} hours"
            raise InvalidArgumentError(Problem("hours", hours, rule, "name a time"))
        return Activity(self._session, self._session.queues, timedelta(hours=hours))

    def report(
        self,
        *jobs: HasId | str,
        ledger: Ledger | str | Path | None = None,
        prices: str | Path | None = None,
    ) -> Report:
        """Ask AWS about jobs, for a page about them: ``batch.report("nightly").write("run.html")``.

        Args:
            jobs: jobs, ids of jobs, and names of runs: a run ``nightly`` has the jobs ``nightly``
                and ``nightly-…``; of one that the ledger knows, its own jobs and, of a workflow,
                every step. The report includes the jobs that they wait for, and children of arrays.
            ledger: as for :meth:`run`. One that cannot be read is noted at the end of the page.
            prices: as for :meth:`usage`, whose estimate is on the page.

        Raises:
            InvalidArgumentError: no job is named, or the price table breaks a rule; or nothing
                that is named is known, and no job has such a name.
            JobLostError: nothing that is named is known, and Batch does not know the job.
            ServiceError: AWS refused a call or did not answer.
        """
        from batchsdk.insight.report.gather import gather  # noqa: PLC0415  # few programs need it

        pricing = kept_prices.pricing(self._session, prices)
        return gather(self._session, ids_of(jobs), ledger=ledger, pricing=pricing)

    def diagnose(self, queue: str | None = None) -> list[QueueDiagnosis]:
        """Examine queues, their compute environments and the jobs at their heads.

        Args:
            queue: key, name or ARN; ``None`` is every queue of the stack.

        Raises:
            InvalidArgumentError: there is no such queue.
            ServiceError: AWS did not answer at all. Checks without permission are listed in
                ``unchecked`` of the result instead.
        """
        return diagnose_queues(self._session, queue_identifiers(self._session, queue))

    def usage(
        self,
        jobs: Jobs | None = None,
        *,
        name: str | None = None,
        queue: str | None = None,
        by: str = "job",
        prices: str | Path | None = None,
    ) -> UsageReport:
        """Count vCPU-hours, GiB-hours, GPU-hours and waiting time.

        Args:
            jobs: jobs or ids; ``None`` takes those that ``name`` and ``queue`` select.
            name: jobs of this name, in any case; may end in ``*``, e.g. ``nightly-*`` for a run.
            queue: key, name or ARN; ``None`` is every queue of the stack.
            by: what a row is: ``job``, ``name``, ``definition``, ``queue``, ``run``, ``step`` (of a
                run: its keys, or the steps of its workflow) or ``tag:KEY``.
            prices: a price table (see :mod:`batchsdk.insight.prices`), to estimate the costs; by
                default the prices that :meth:`update_prices` kept for the region, if it did.

        Raises:
            InvalidArgumentError: no such queue or grouping, one of ``jobs`` is neither a job nor
                an id, or the table breaks a rule.
            ServiceError: AWS refused a call or did not answer.
        """
        pricing = kept_prices.pricing(self._session, prices)
        if jobs is None:
            jobs = (each.job_id for each in self.list_jobs(queue, name=name))
        return usage.report(self._session, ids_of(several(jobs)), by=by, prices=pricing)

    def update_prices(self) -> PriceList:
        """Ask AWS for the prices of the stack's region, and keep them in the user's folder.

        On-Demand prices of EC2 and prices of Fargate from the Price List API, Spot prices of this
        moment from EC2: about ten calls. :meth:`usage` and :meth:`report` estimate costs by them.

        Raises:
            UsageError: the partition of the region has no Price List API, or the user's folder
                cannot be written.
            ServiceError: AWS refused a call, did not answer, or has no prices for the region.
        """
        return kept_prices.update(self._session)

    def prices(self) -> PriceList | None:
        """Return the prices that :meth:`update_prices` kept for the stack's region, if it did.

        Raises:
            InvalidArgumentError: the file was written by something else.
        """
        return kept_prices.kept(self._session)
