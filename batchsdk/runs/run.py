"""A run: jobs under keys, each submitted once, whatever happens to the client.

::

    with batch.run("nightly-2026-01-31") as run:
        extract = run.submit("extract", "extract")
        for day in days:
            run.submit(f"transform-{day}", "transform", parameters={"Day": day},
                       depends_on=[extract])
        run.wait()

Executed again, after a crash or a failure, it submits what is missing or FAILED and nothing else.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
import weakref
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from types import TracebackType
from typing import Any, Self, Unpack

from batchsdk.arguments import typed_methods
from batchsdk.errors import JobLostError, JobsFailedError, RunConflictError
from batchsdk.jobs import waiting
from batchsdk.jobs.awaiting import AsyncStartWatch, ends, off_loop
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.job import Job
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.watcher import Polling
from batchsdk.runs.cancellation import Cancellation
from batchsdk.runs.entries import RunEntries
from batchsdk.runs.escalating import RunEscalation
from batchsdk.runs.interrupts import OnInterrupt, handle_interrupt, sigterm_as_interrupt
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord
from batchsdk.runs.submission import Prepare, Submitter, digest_of, prepare_by_key, prepare_one
from batchsdk.session import Session
from batchsdk.submit.escalation import Rules
from batchsdk.submit.keywords import takes
from batchsdk.submit.many import CONCURRENCY, check_concurrency
from batchsdk.submit.submission import PreparedSubmission, RunFields, Submission


@typed_methods
class Run:
    """Jobs under keys, recorded in a ledger. Made by ``Batch.run``; any thread may use it."""

    def __init__(
        self,
        session: Session,
        prepare: Prepare,
        ledger: Ledger,
        record: RunRecord,
        *,
        on_interrupt: OnInterrupt = "ask",
        grace: float = 30.0,
        ledger_option: str = "",
        rules: Rules | None = None,
        let_go: Callable[[], None],
    ) -> None:
        """Use ``Batch.run``."""
        self._session = session
        self._prepare = prepare
        self._ledger = ledger
        self._ledger_option = ledger_option
        self._on_interrupt: OnInterrupt = on_interrupt
        self._escalation = RunEscalation(session, rules or {})
        submitter = Submitter(
            session=session,
            ledger=ledger,
            run=record,
            grace=grace,
            other_queues=self._escalation.queues,
        )
        self._submitter = submitter
        self._known = RunEntries(session, ledger, lambda: submitter.run)
        self._signals = contextlib.ExitStack()
        self._settled: set[str] = set()
        """Keys that this object has made sure of."""
        session.watcher.observe(self._known.note)
        self._finalizer = weakref.finalize(self._known, let_go)

    def __repr__(self) -> str:
        return f"Run({self.name!r}, ledger={self._ledger.location!r})"

    @property
    def _record(self) -> RunRecord:
        return self._submitter.run

    @property
    def name(self) -> str:
        """The run's name, of which there is one in the environment and ledger."""
        return self._record.name

    @property
    def id(self) -> str:
        """Hexadecimal digits that follow from account, region, environment and the run's name.

        Part of the names of its jobs. Eight digits; eight more if the run was begun anew.
        """
        return self._record.id

    @property
    def job_name_prefix(self) -> str:
        """What the names of its jobs start with, and no other job's."""
        return self._submitter.prefix

    @property
    def ledger(self) -> Ledger:
        """Where it is recorded."""
        return self._ledger

    @property
    def on_interrupt(self) -> OnInterrupt:
        """What Ctrl-C does to the jobs."""
        return self._on_interrupt

    @property
    def cancelled_at(self) -> datetime | None:
        """When the run was last cancelled, by any client."""
        return self._ledger.cancelled_at(self._record)

    @property
    def document(self) -> str | None:
        """The text that the ledger keeps with the run, such as its workflow."""
        return self._ledger.document(self._record)

    def write_document(self, text: str) -> None:
        """Have the ledger keep a text with the run, in the place of the one that it has."""
        self._ledger.write_document(self._record, text)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Key -> what the ledger says of its newest attempt, as far as this object knows."""
        return self._known.by_key

    @property
    def jobs(self) -> Mapping[str, Job]:
        """Key -> job, of every key that has one."""
        return {key: self._job(each) for key, each in self.entries.items() if each.job_id}

    @takes(RunFields, explains=("name",))
    def submit(self, key: str, what: Submission | str, /, **fields: Unpack[RunFields]) -> Job:
        """Submit a job under a key, once.

        Args:
            key: any text; what it stands for never changes within the run.
            what: a :class:`Submission` without a name, or its ``job_definition``.
            **fields: with a ``job_definition``, the other fields of the submission.

        Returns:
            The job: a new one if the key has none, or if its job is known to have FAILED, when
            the run was opened or since (the next attempt); else the one that the ledger has.

        Raises:
            InvalidSubmissionError: rules are broken; nothing was sent.
            RunConflictError: the key stands for another request.
            RunCancelledError: the run was cancelled meanwhile.
            RunForgottenError: the ledger has lost the run, and so has the service.
            SubmissionUnknownError: answers were lost several times, and no job shows up.
            ServiceError: AWS refused the request or could not be reached; there is no job.
            LedgerError: the ledger cannot be read or written.
        """
        return self._submit(key, self._escalation.check(prepare_one(self._prepare, what, fields)))

    @takes(RunFields, explains=("name",))
    async def submit_async(
        self, key: str, what: Submission | str, /, **fields: Unpack[RunFields]
    ) -> Job:
        """Do in asyncio what :meth:`submit` does, without blocking the event loop.

        Args:
            key: as for :meth:`submit`.
            what: as for :meth:`submit`.
            **fields: as for :meth:`submit`.

        Raises:
            BatchSdkError: as :meth:`submit`.
        """
        return await off_loop(self.submit, key, what, **fields)

    def submit_many(
        self, submissions: Mapping[str, Submission], *, concurrency: int = CONCURRENCY
    ) -> dict[str, Job]:
        """Submit many jobs at a time, by key, each as :meth:`submit` does.

        All are checked before the first is sent. After an error those that are not under way are
        not sent: executed again, the run goes on from there.

        Raises:
            InvalidSubmissionError: rules are broken, and nothing was sent; ``problems`` has those
                of the first 20 submissions that break any.
            InvalidArgumentError: ``concurrency`` is not 1 to 64.
            BatchSdkError: the first error of a submission, as of :meth:`submit`.
        """
        check_concurrency(concurrency)
        prepared = prepare_by_key(self._prepare, submissions)
        for key, each in prepared.items():
            self._escalation.check(each, key)
        self._known.refresh_once()
        pool = ThreadPoolExecutor(concurrency, thread_name_prefix="batchsdk-submit")
        try:
            futures = {key: pool.submit(self._submit, key, each) for key, each in prepared.items()}
            for future in as_completed(futures.values()):
                future.result()
        finally:
            pool.shutdown(cancel_futures=True)
        return {key: future.result() for key, future in futures.items()}

    def tell_durations(self) -> None:
        """Tell the watcher, once, how long the ledger says that jobs took: it looks by that.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        self._known.tell_durations()

    def attach(self) -> dict[str, Job]:
        """Find every job of the run again, after a crash or from another client.

        Looks up the jobs whose answers were lost, and asks how all of them are. Submits nothing.

        Returns:
            Key -> job; a key whose submission left no job is absent.

        Raises:
            SubmissionUnknownError, ServiceError: AWS cannot be asked.
        """
        self._known.read()
        unknown = [each for each in self.entries.values() if each.state is EntryState.INTENDED]
        if unknown:
            with ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="batchsdk-attach") as pool:
                for entry in pool.map(self._submitter.settle, unknown):
                    self._known.take(entry)
        self._known.refresh()
        return dict(self.jobs)

    def wait(
        self,
        timeout: float | None = None,
        *,
        check: bool = True,
        polling: Polling | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> dict[str, Entry]:
        """Wait until every job of the run has ended.

        Args:
            timeout: seconds; ``None`` waits for as long as it takes.
            check: raise if a job did not succeed.
            polling: how often to look.
            on_stuck: called in this thread with the diagnosis of a job that does not start: at once
                when AWS Batch says that it blocks its queue, else after five minutes RUNNABLE; once
                for each queue and reason. By default the diagnosis is logged as a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.

        Returns:
            Key -> its entry, SUCCEEDED or FAILED.

        Raises:
            JobsFailedError: a job FAILED or is lost, and ``check`` is true.
            WaitTimeoutError: not all jobs have ended in time. The jobs go on.
            RunnableTimeoutError: a job was RUNNABLE for ``runnable_timeout`` seconds, and has been
                cancelled.
            ServiceError: AWS refused a call or did not answer.
        """
        self.tell_durations()
        open_jobs = [
            self._job(each)
            for each in self.entries.values()
            if each.job_id and not each.state.is_terminal
        ]
        lost = {}
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        for outcome in waiting.as_completed(
            self._session, open_jobs, timeout, polling, start=start, back=self.attach_command
        ):
            if outcome.detail is not None:
                self._known.note(outcome.detail)
            else:
                lost[outcome.job.id] = str(outcome.error)
        return self._ended(lost, check=check)

    def __await__(self) -> Generator[Any, None, dict[str, Entry]]:
        """Wait in asyncio, as :meth:`wait` does: ``entries = await run``.

        Raises:
            JobsFailedError, ServiceError: as :meth:`wait`.
        """
        return self._awaited().__await__()

    async def _awaited(self) -> dict[str, Entry]:
        known = self.entries.values()
        left = [each.job_id for each in known if each.job_id and not each.state.is_terminal]
        lost = {}
        start = AsyncStartWatch(self._session)
        async with contextlib.aclosing(ends(self._session, left, start)) as news:
            async for job_id, last in news:
                if isinstance(last, JobDetail):
                    await off_loop(self._known.note, last)
                elif isinstance(last, JobLostError):
                    lost[job_id] = str(last)
                else:
                    raise last
        return await off_loop(self._ended, lost, check=True)

    def _ended(self, lost: Mapping[str, str], *, check: bool) -> dict[str, Entry]:
        found = self.entries
        if check:
            failed = [each for each in found.values() if each.state is EntryState.FAILED]
            reasons = self._known.reasons(failed) | dict(lost)
            if reasons:
                raise JobsFailedError(reasons, count=len(found))
        return dict(found)

    def cancel(self, reason: str = "the run was cancelled") -> dict[str, Entry]:
        """Stop every job of the run, and return when a list of them shows none that goes on.

        Jobs that have not started are cancelled, the others terminated: a container has 30
        seconds to end. Other clients that have the run open submit no more to it.

        Returns:
            Key -> its entry.

        Raises:
            ServiceError: AWS refused a call, or did not answer for long.
        """
        self._ledger.mark_cancelled(self._record, self._session.clock.now())
        Cancellation(session=self._session, submitter=self._submitter, reason=reason).until_empty()
        self._known.read()
        self._known.refresh()
        return dict(self.entries)

    @property
    def attach_command(self) -> str:
        """What to type to follow the run again."""
        return self.command_to("attach")

    def command_to(self, verb: str) -> str:
        """Return what to type to do something with the run, e.g. ``resume``."""
        return f"{self._session.command} {verb} {shlex.quote(self.name)}{self._ledger_option}"

    def close(self) -> None:
        """Let go of the ledger, unless it is the caller's. Jobs go on."""
        if self._finalizer.alive:
            self._session.watcher.stop_observing(self._known.note)
            self._finalizer()

    def __enter__(self) -> Self:
        """Have SIGTERM interrupt the run as Ctrl-C does, in the main thread."""
        self._signals.enter_context(sigterm_as_interrupt())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the run; after Ctrl-C or SIGTERM first do what ``on_interrupt`` says."""
        try:
            if kind is not None and issubclass(kind, KeyboardInterrupt):
                handle_interrupt(self, self._on_interrupt, sys.stderr, kind)
        finally:
            self.close()
            self._signals.__exit__(kind, fault, trace)

    def _submit(self, key: str, prepared: PreparedSubmission) -> Job:
        self._known.refresh_once()
        keys = self._known.keys_of_jobs if "dependsOn" in prepared.request else {}
        known = self._known.of_key(key) if key in self._settled else None
        if known is None or known.state is EntryState.FAILED:
            known = self._submitter.submit(
                key, prepared.request, keys, lambda entry: self._escalation.after(prepared, entry)
            )
            self._known.take(known)
            self._settled.add(key)
        elif not known.stands_for(digest_of(prepared.request, keys)):
            raise RunConflictError(self.name, key, known.state)
        return self._job(known)

    def _job(self, entry: Entry) -> Job:
        return Job(self._session, entry.job_id or "", entry.job_name)
