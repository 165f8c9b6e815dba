"""An Airflow operator for a job of a batch-platform stack: thin, as batchsdk does the work.

Copy it into a project that has Airflow; it is not part of batchsdk, which does not need Airflow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import BaseOperator

import batchsdk


class BatchJobOperator(BaseOperator):
    """Runs one job, waits for it, and gives its id to the tasks downstream.

    The job belongs to a run of batchsdk that is named after the Airflow run. So a task that is
    tried again, on another worker too if ``ledger`` is an S3 address, finds the job that the first
    try submitted; and a job that failed is submitted again.

    Args:
        job_definition: its key in the stack's config.
        connection: arguments of ``batchsdk.connect``, e.g. ``{"ssm": "/batch/dev"}``.
        parameters: values of the command's ``Ref::`` placeholders; templated.
        ledger: where the run is recorded: a file or ``s3://bucket/prefix``.
        submission: further fields of ``batchsdk.Submission``, e.g. ``{"memory": 512}``.
    """

    template_fields: Sequence[str] = ("parameters", "submission")

    def __init__(
        self,
        *,
        job_definition: str,
        connection: Mapping[str, str],
        parameters: Mapping[str, str] | None = None,
        ledger: str | None = None,
        submission: Mapping[str, Any] | None = None,
        **of_airflow: Any,
    ) -> None:
        super().__init__(**of_airflow)
        self.job_definition = job_definition
        self.connection = dict(connection)
        self.parameters = dict(parameters or {})
        self.ledger = ledger
        self.submission = dict(submission or {})

    def execute(self, context: Mapping[str, Any]) -> str:
        """Run the job; its id becomes the task's result."""
        batch = batchsdk.connect(**self.connection)
        name = f"{context['dag'].dag_id}-{context['run_id']}"
        # Airflow ends a task by a signal: on_kill decides about the job, not Ctrl-C.
        with batch.run(name, ledger=self.ledger, on_interrupt="detach") as run:
            self._job = run.submit(
                self.task_id, self.job_definition, parameters=self.parameters, **self.submission
            )
            self.log.info("job %s", self._job.id)
            try:
                self._job.wait()
            finally:
                for event in self._job.logs():
                    self.log.info("%s", event.message)
        return self._job.id

    def on_kill(self) -> None:
        """Stop the job when the task is killed."""
        job = getattr(self, "_job", None)
        if job is not None:
            job.terminate("the Airflow task was killed")
