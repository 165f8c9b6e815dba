"""The part of the client that looks at what there is, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from batchsdk import names, usage
from batchsdk.activity import Activity
from batchsdk.dependencies import HasId
from batchsdk.detail import JobSummary
from batchsdk.diagnosis import QueueDiagnosis, diagnose_queue
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.listing import jobs_in_queues
from batchsdk.prices import PriceTable
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.targets import queue_identifiers
from batchsdk.usage import UsageReport

if TYPE_CHECKING:
    from pathlib import Path

    from batchsdk.report.model import Report


class Views:
    """What ``Batch`` tells of queues and jobs."""

    _session: Session

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
        queues = queue_identifiers(self._session.outputs, queue)
        return [diagnose_queue(self._session, each) for each in queues]

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
