"""The client of one stack's AWS Batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from batchsdk import outcomes
from batchsdk.client_many import ManyJobs
from batchsdk.client_runs import Runs
from batchsdk.client_views import Views
from batchsdk.contract import StackOutputs
from batchsdk.dependencies import Dependency, HasId
from batchsdk.job import Job
from batchsdk.outcomes import Outcome
from batchsdk.preparation import Preparation
from batchsdk.retry import Retry
from batchsdk.session import Session
from batchsdk.submission import PreparedSubmission, Submission
from batchsdk.submit_many import send_one
from batchsdk.waiting import Polling

if TYPE_CHECKING:
    pass


class Batch(ManyJobs, Runs, Views):
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
            outcomes.check(found)
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
        return outcomes.as_completed(self._session, list(jobs), timeout, polling)
