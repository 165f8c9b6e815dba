"""The client of one stack's AWS Batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Unpack

from batchsdk import names
from batchsdk.contract import StackOutputs
from batchsdk.diagnosis import QueueDiagnosis, diagnose_queues
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.insight import usage
from batchsdk.insight.activity import Activity
from batchsdk.insight.prices import PriceTable
from batchsdk.insight.usage import UsageReport
from batchsdk.jobs import waiting
from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.job import Job
from batchsdk.jobs.listing import jobs_in_queues
from batchsdk.jobs.waiting import Outcome
from batchsdk.jobs.watcher import Polling
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.dependencies import Dependency, HasId
from batchsdk.submit.keywords import takes
from batchsdk.submit.many import CONCURRENCY, send_many, send_one
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.submission import (
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
    from pathlib import Path

    from batchsdk.report.model import Report
    from batchsdk.runs.interrupts import OnInterrupt
    from batchsdk.runs.ledger import Ledger
    from batchsdk.runs.listing import RunSummary
    from batchsdk.runs.run import Run
    from batchsdk.workflow.builder import Workflow
    from batchsdk.workflow.planning import Plan
    from batchsdk.workflow.run import WorkflowRun


class Batch:
    """AWS Batch as one stack deployed it. Made by ``connect``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def outputs(self) -> StackOutputs:
        """The stack's outputs."""
        return self._session.outputs

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

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Check a submission and build its request, without sending it.

        AWS is asked (DescribeJobDefinitions) only for a definition that the outputs do not
        describe, and only after all other checks.

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
        jobs: Iterable[Job],
        timeout: float | None = None,
        *,
        check: bool = True,
        polling: Polling | None = None,
    ) -> list[Outcome]:
        """Wait until all jobs have ended; one watcher asks for 100 of them a call.

        Args:
            jobs: any number.
            timeout: seconds; ``None`` waits for as long as it takes.
            check: raise if a job did not succeed.
            polling: how often to look.

        Returns:
            How each ended, in the order of ``jobs``.

        Raises:
            JobsFailedError: a job FAILED or is lost, and ``check`` is true.
            WaitTimeoutError: not all have ended in time. They go on.
            ServiceError: AWS refused a call or did not answer.
        """
        wanted = list(jobs)
        ended = {each.job.id: each for each in self.as_completed(wanted, timeout, polling=polling)}
        found = [ended[job.id] for job in wanted]
        if check:
            waiting.check(found)
        return found

    def as_completed(
        self,
        jobs: Iterable[Job],
        timeout: float | None = None,
        *,
        polling: Polling | None = None,
    ) -> Iterator[Outcome]:
        """Yield how each job ended, as they end, each once; failures are yielded, not raised.

        Raises:
            WaitTimeoutError: not all have ended in time. They go on.
            ServiceError: AWS refused a call or did not answer.
        """
        return waiting.as_completed(self._session, list(jobs), timeout, polling)

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
            on_submitted: called with the place in ``submissions`` and the job, as each is
                accepted, in this thread.

        Returns:
            The jobs, in the order of ``submissions``.

        Raises:
            InvalidSubmissionError: rules are broken, and nothing was sent; ``problems`` has those
                of the first 20 submissions that break any.
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
        concurrency: int = CONCURRENCY,
        **fields: Unpack[SweepFields],
    ) -> Sweep:
        """Run a job for each point, as array jobs of up to 10,000 children.

        Args:
            job_definition: as for :meth:`submit`.
            over: values by name, for every combination of them (the last name changes fastest);
                or one mapping for each job.
            as_separate_jobs: submit a job for each point instead of arrays.
            through: how a child finds its values. ``shell``: the command is run by ``sh``, which
                puts them in the place of ``Ref::name`` and into the environment. ``task``: the
                program asks ``batchsdk.task()``. ``auto``: the shell if the command has
                ``Ref::`` of a name in ``over``, or is a shell's with ``$name``.
            storage: ``s3://bucket/prefix`` for tables that are too large for a request; else the
                stack's, if it has one.
            after: as ``depends_on`` of :meth:`submit`.
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
            **fields,
        )
        return send_sweep(self._session, prepared, concurrency)

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
        )

    def attach_sweep(self, prepared: PreparedSweep, job_ids: Sequence[str]) -> Sweep:
        """Return a sweep that was submitted before, e.g. by a process that has ended.

        Args:
            prepared: made by :meth:`prepare_sweep` with the arguments of then.
            job_ids: of ``Sweep.jobs``, in their order. AWS is not asked.

        Raises:
            InvalidArgumentError: the sweep has another number of jobs.
        """
        return attach_sweep(self._session, prepared, job_ids)

    def run(
        self,
        name: str,
        *,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
        grace: float = 30.0,
        must_exist: bool = False,
        new: bool = False,
    ) -> Run:
        """Open a run: jobs under keys, each submitted once, recorded in a ledger.

        The first time it begins; later it goes on with what the ledger has: what SUCCEEDED is
        not done again. Opening calls nothing of AWS Batch. Before the first submission to a queue
        the jobs of the run in it are listed: those that the ledger does not know, because it is
        new, cut or an old copy, are taken over instead of submitted again, and a warning is logged.

        Args:
            name: of the run, at most 200 characters; one in this environment and ledger.
            ledger: a file, ``s3://bucket/prefix``, or a ledger that serves no other run at the
                time and that the caller closes; else BATCHSDK_LEDGER, or the one in the user's
                data directory.
            on_interrupt: what Ctrl-C in ``with batch.run(…)`` does to the jobs: ``ask``,
                ``detach`` (they go on) or ``cancel``.
            grace: seconds after which a job that no list shows is taken not to exist, when the
                answer to its submission was lost.
            must_exist: do not begin a new one.
            new: begin the run anew: every key is submitted again, whatever became of its job. Jobs
                of before go on, and the ledger forgets them.

        Raises:
            InvalidArgumentError: the name or the ledger's address breaks a rule, there is no
                such run and there must be, or ``new`` and ``must_exist`` are both given.
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
        )

    def runs(self, *, ledger: Ledger | str | Path | None = None) -> list[RunSummary]:
        """Return the runs of this environment that a ledger has, oldest first; asks AWS nothing.

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

        A run goes if nothing has happened in it for ``days``, and none of its jobs goes on (Batch
        is asked about those whose end was not seen). Opened again, its name begins a new run,
        which submits everything: keep runs for as long as their program may be started again.

        Args:
            days: more than 0.
            ledger: as for :meth:`run`.
            dry_run: only tell which.

        Returns:
            The runs that were, or would be, removed, oldest first.

        Raises:
            InvalidArgumentError: ``days`` is not more than 0.
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
    ) -> Workflow:
        """Begin to build a workflow: steps that come after one another. Sends nothing.

        Args:
            name: at most 40 letters, digits, ``-`` and ``_``.
            parameters: defaults of what ``${parameters.NAME}`` stands for in the steps; ``None``
                for one that each run must give.
            barrier: job definition of jobs that only wait, for a step that comes after more than
                20 jobs; else the one whose key is ``barrier``, if the stack has it.
            storage: ``s3://bucket/prefix`` under which each step has a place for its values; else
                the stack's, if it has one.
        """
        from batchsdk.workflow.builder import Workflow  # noqa: PLC0415  # sqlite3 comes with it

        return Workflow(
            self._session, name, parameters=parameters, barrier=barrier, storage=storage
        )

    def load_workflow(self, path: str | Path) -> Workflow:
        """Read a workflow from a YAML file; it is checked when it is used. Sends nothing.

        Raises:
            InvalidWorkflowError: it cannot be read, or is no YAML.
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

        Waiting for it also submits the steps whose turn a client has to decide.

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
        """Tell what :meth:`resume` would have left to do; submits nothing.

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
        """Do again what did not succeed in a run of a workflow, as ``Workflow.resume`` does.

        The workflow is taken as it was; to change it, resume it from its program or file.

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

    def list_jobs(
        self,
        queue: str | None = None,
        *,
        status: JobStatus | str | Collection[JobStatus | str] | None = None,
        name: str | None = None,
    ) -> Iterator[JobSummary]:
        """Yield jobs, lazily, each once.

        Args:
            queue: key, name or ARN; ``None`` is every queue of the stack.
            status: one or several; ``None`` is all seven.
            name: only jobs of this name, in any case; may end in ``*``.

        Raises:
            InvalidArgumentError: there is no such queue or status.
            ServiceError: AWS refused a call or did not answer.
        """
        queues = queue_identifiers(self._session.outputs, queue)
        return jobs_in_queues(
            self._session.transport, queues, statuses=_statuses(status), name=name
        )

    def activity(self, *, hours: float = 24) -> Activity:
        """Return a way to look, again and again, at what goes on in the queues; asks nothing yet.

        Args:
            hours: jobs that were created longer ago are left out.
        """
        queues = {key: queue.name for key, queue in self._session.outputs.job_queues.items()}
        return Activity(self._session, queues, timedelta(hours=hours))

    def report(self, *jobs: str) -> Report:
        """Ask AWS about jobs, for a page about them: ``batch.report("nightly").write("run.html")``.

        Args:
            jobs: ids of jobs, and names of runs: a run ``nightly`` has the jobs ``nightly`` and
                ``nightly-…``. The jobs that they wait for, and children of arrays, come with them.

        Raises:
            InvalidArgumentError: no job is named, or there is none of such a name.
            JobLostError: Batch does not know a job.
            ServiceError: AWS refused a call or did not answer.
        """
        from batchsdk.report.gather import gather  # noqa: PLC0415  # few programs need it

        return gather(self._session, jobs)

    def diagnose(self, queue: str | None = None) -> list[QueueDiagnosis]:
        """Tell what is wrong with queues, their compute environments and the jobs at their heads.

        Args:
            queue: key, name or ARN; ``None`` is every queue of the stack.

        Raises:
            InvalidArgumentError: there is no such queue.
            ServiceError: AWS did not answer at all. What the caller may not ask is in
                ``unchecked`` of the result instead.
        """
        return diagnose_queues(self._session, queue_identifiers(self._session.outputs, queue))

    def usage(
        self,
        jobs: Iterable[HasId | str] | None = None,
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
            by: what a row is: ``job``, ``name``, ``queue`` or ``tag:KEY``.
            prices: a price table (see :mod:`batchsdk.insight.prices`), to estimate the costs.

        Raises:
            InvalidArgumentError: no such queue or grouping, or the table breaks a rule.
            ServiceError: AWS refused a call or did not answer.
        """
        table = PriceTable.load(prices, self._session.outputs) if prices is not None else None
        if jobs is None:
            jobs = (each.job_id for each in self.list_jobs(queue, name=name))
        ids = (each if isinstance(each, str) else each.id for each in jobs)
        return usage.report(self._session, ids, by=by, prices=table)


def _statuses(given: JobStatus | str | Collection[JobStatus | str] | None) -> list[JobStatus]:
    if given is None:
        return list(JobStatus)
    many = [given] if isinstance(given, str) else given
    unknown = [each for each in many if each not in list(JobStatus)]
    if unknown:
        raise InvalidArgumentError(
            Problem(
                "status",
                unknown[0],
                "not a job status",
                names.suggestion(str(unknown[0]), map(str, JobStatus)),
            )
        )
    return [JobStatus(each) for each in many]
