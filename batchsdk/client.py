"""The client of one stack's AWS Batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from batchsdk import checks, names, usage
from batchsdk.activity import Activity
from batchsdk.contract import StackOutputs
from batchsdk.delivery import deliver
from batchsdk.dependencies import Dependency, HasId
from batchsdk.detail import JobSummary
from batchsdk.diagnosis import QueueDiagnosis, diagnose_queue
from batchsdk.errors import InvalidArgumentError, InvalidSubmissionError, Problem
from batchsdk.job import Job
from batchsdk.listing import jobs_in_queues
from batchsdk.prices import PriceTable
from batchsdk.resource_checks import pair_problems
from batchsdk.retry import Retry
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submission import PreparedSubmission, Submission
from batchsdk.targets import Definition, Queue, find_definition, find_queue, read_definition
from batchsdk.usage import UsageReport

if TYPE_CHECKING:
    from batchsdk.report.model import Report


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

    def submit(
        self,
        job_definition: str,
        *,
        name: str | None = None,
        queue: str | None = None,
        parameters: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        vcpus: float | None = None,
        memory: int | None = None,
        gpus: int | None = None,
        depends_on: HasId | str | Dependency | Sequence[HasId | str | Dependency] = (),
        array_size: int | None = None,
        retry: Retry | None = None,
        timeout: int | None = None,
        tags: Mapping[str, str] | None = None,
        propagate_tags: bool | None = None,
        share_identifier: str | None = None,
        scheduling_priority: int | None = None,
    ) -> Job:
        """Submit one job, or one array of jobs (API: SubmitJob).

        Everything that can be checked is checked before anything is sent. The arguments are the
        fields of :class:`Submission`, which says what each takes.

        Returns:
            The job. It has been accepted, not started.

        Raises:
            InvalidSubmissionError: rules are broken; ``problems`` has all of them.
            SubmissionUnknownError: the answer was lost; the job may exist.
            ServiceError: AWS refused the request or could not be reached; there is no job.
        """
        wanted = Submission(
            job_definition=job_definition,
            name=name,
            queue=queue,
            parameters=parameters or {},
            command=command,
            environment=environment or {},
            vcpus=vcpus,
            memory=memory,
            gpus=gpus,
            depends_on=depends_on,
            array_size=array_size,
            retry=retry,
            timeout=timeout,
            tags=tags or {},
            propagate_tags=propagate_tags,
            share_identifier=share_identifier,
            scheduling_priority=scheduling_priority,
        )
        return self.send(self.prepare(wanted))

    def prepare(self, wanted: Submission) -> PreparedSubmission:
        """Check a submission and build its request, without sending it.

        AWS is asked (DescribeJobDefinitions) only for a definition that the outputs do not
        describe, and only after all other checks.

        Raises:
            InvalidSubmissionError: rules are broken; ``problems`` has all of them.
            ServiceError: AWS refused to describe the definition.
        """
        queue = find_queue(self.outputs, wanted.queue)
        definition = find_definition(self.outputs, wanted.job_definition)
        problems = [each for each in (queue, definition) if isinstance(each, Problem)]
        problems += checks.own_problems(wanted, queue if isinstance(queue, Queue) else None)
        if isinstance(definition, Definition) and definition.is_known:
            problems += checks.reference_problems(wanted, definition)
        if problems or isinstance(queue, Problem) or isinstance(definition, Problem):
            raise InvalidSubmissionError(problems)
        if not definition.is_known:
            definition = self._read(wanted, definition)
        problems += pair_problems(wanted, queue, definition)
        request = wanted.to_request(
            name=wanted.name or self._unique_name(definition),
            queue=queue.identifier,
            job_definition=definition.identifier,
        )
        problems += checks.size_problems(wanted, definition, request)
        if problems:
            raise InvalidSubmissionError(problems)
        return PreparedSubmission(request=request)

    def send(self, prepared: PreparedSubmission) -> Job:
        """Send what :meth:`prepare` built. Sending it twice makes two jobs.

        Raises:
            SubmissionUnknownError: the answer was lost; the job may exist.
            ServiceError: AWS refused the request or could not be reached; there is no job.
        """
        job_id = deliver(
            self._session.transport,
            prepared.request,
            clock=self._session.clock,
            randomness=self._session.randomness,
            command=self._session.command,
        )
        return Job(self._session, job_id, prepared.job_name)

    def job(self, job_id: str) -> Job:
        """Return a job by its id; does not ask AWS."""
        return Job(self._session, job_id)

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
        return jobs_in_queues(
            self._session.transport, self._queues(queue), statuses=_statuses(status), name=name
        )

    def activity(self, *, hours: float = 24) -> Activity:
        """Return a way to look, again and again, at what goes on in the queues; asks nothing yet.

        Args:
            hours: jobs that were created longer ago are left out.
        """
        queues = {key: queue.name for key, queue in self.outputs.job_queues.items()}
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
        return [diagnose_queue(self._session, each) for each in self._queues(queue)]

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
            prices: a price table (see :mod:`batchsdk.prices`), for an estimate of the costs.

        Raises:
            InvalidArgumentError: no such queue or grouping, or the table breaks a rule.
            ServiceError: AWS refused a call or did not answer.
        """
        table = PriceTable.load(prices, self.outputs) if prices is not None else None
        if jobs is None:
            ids = (each.job_id for each in self.list_jobs(queue, name=name))
        else:
            ids = (each if isinstance(each, str) else each.id for each in jobs)
        return usage.report(self._session, ids, by=by, prices=table)

    def _queues(self, queue: str | None) -> list[str]:
        if queue is None:
            return [each.name for each in self.outputs.job_queues.values()]
        found = find_queue(self.outputs, queue)
        if isinstance(found, Problem):
            raise InvalidArgumentError(found)
        return [found.identifier]

    def _read(self, wanted: Submission, definition: Definition) -> Definition:
        read = read_definition(self._session.transport, definition)
        if isinstance(read, Problem):
            raise InvalidSubmissionError([read])
        problems = list(checks.reference_problems(wanted, read))
        if problems:
            raise InvalidSubmissionError(problems)
        return read

    def _unique_name(self, definition: Definition) -> str:
        return names.unique_job_name(
            definition.label, self._session.clock.now(), self._session.randomness
        )


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
