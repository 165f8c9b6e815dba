"""The part of the client that opens runs and workflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from batchsdk.preparation import Preparation
from batchsdk.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from batchsdk.interrupts import OnInterrupt
    from batchsdk.ledger import Ledger
    from batchsdk.run import Run
    from batchsdk.run_listing import RunSummary
    from batchsdk.workflow.builder import Workflow
    from batchsdk.workflow.planning import Plan
    from batchsdk.workflow.run import WorkflowRun


class Runs:
    """What ``Batch`` does with runs and workflows."""

    _session: Session

    def run(
        self,
        name: str,
        *,
        ledger: Ledger | str | Path | None = None,
        on_interrupt: OnInterrupt = "ask",
        grace: float = 30.0,
        must_exist: bool = False,
    ) -> Run:
        """Open a run: jobs under keys, each submitted once, recorded in a ledger.

        The first time it begins; later it goes on with what the ledger has: what SUCCEEDED is
        not done again. Opening calls nothing of AWS Batch.

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

        Raises:
            InvalidArgumentError: the name or the ledger's address breaks a rule, or there is no
                such run and there must be.
            LedgerError: the ledger cannot be opened.
        """
        from batchsdk.runs import open_run  # noqa: PLC0415  # sqlite3 only for those who use it

        return open_run(
            self._session,
            Preparation(self._session).prepare,
            name,
            ledger=ledger,
            on_interrupt=on_interrupt,
            grace=grace,
            must_exist=must_exist,
        )

    def runs(self, *, ledger: Ledger | str | Path | None = None) -> list[RunSummary]:
        """Return the runs of this environment that a ledger has, oldest first; asks AWS nothing.

        Args:
            ledger: as for :meth:`run`.

        Raises:
            LedgerError: the ledger cannot be opened or read.
        """
        from batchsdk.run_listing import list_runs  # noqa: PLC0415

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
        from batchsdk.run_pruning import prune_runs  # noqa: PLC0415

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
