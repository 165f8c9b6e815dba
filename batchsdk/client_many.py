"""The part of the client that submits many jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Unpack

from batchsdk.dependencies import Dependency, HasId
from batchsdk.job import Job
from batchsdk.preparation import Preparation
from batchsdk.session import Session
from batchsdk.submission import Submission, SweepFields
from batchsdk.submit_many import CONCURRENCY, send_many
from batchsdk.sweep import PreparedSweep, Sweep, attach_sweep, prepare_sweep, send_sweep
from batchsdk.sweep_plan import Through
from batchsdk.sweep_points import Over


class ManyJobs:
    """What ``Batch`` does with many jobs at once."""

    _session: Session

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
            **fields: more fields of :class:`Submission`, the same for every job.

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
            Submission(job_definition=job_definition, depends_on=after, **fields),
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
