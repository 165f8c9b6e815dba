"""``batchsdk list``."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

import batchsdk
from batchsdk.cli.queue_option import queue_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.names import suggestion
from batchsdk.states import JobStatus

_EXAMPLES = examples(
    "batchsdk list",
    "batchsdk list --status RUNNING,STARTING",
    "batchsdk list --name 'hello-*' --json | jq -r '.[].jobId'",
    "batchsdk list --limit 20    # the newest of them",
)


class Statuses(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """Statuses of jobs, with commas between them, in any case."""

    name = "status"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[JobStatus, ...]:
        """Read ``RUNNING,STARTING``.

        Raises:
            click.BadParameter: one of them is not a status.
        """
        names = [each.strip().upper() for each in str(value).split(",")]
        for name in names:
            if name not in list(JobStatus):
                known = suggestion(name, map(str, JobStatus))
                self.fail(f"{name[:80]!r} is not a job status; {known}", param, ctx)
        return tuple(map(JobStatus, names))

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's own
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Complete the last of the statuses."""
        before, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{status}")
            for status in JobStatus
            if status.startswith(last.upper())
        ]


@click.command("list", epilog=_EXAMPLES)
@queue_option
@click.option(
    "-s",
    "--status",
    "statuses",
    multiple=True,
    type=Statuses(),
    metavar="STATUS,…",
    help=f"Only jobs with these statuses; repeatable: {', '.join(JobStatus)}.  [default: all]",
)
@click.option("-n", "--name", help="Only jobs with this name; may end in *.")
@click.option("--limit", type=click.IntRange(min=1, max=10**9), help="Only the newest N jobs.")
@output_options
@pass_settings
def list_jobs(
    settings: Settings,
    queue: str | None,
    statuses: tuple[tuple[JobStatus, ...], ...],
    name: str | None,
    limit: int | None,
) -> None:
    """List jobs of every status and queue, the newest first.

    On a terminal, ids are always whole: where there is no room, the reason, the times and the exit
    code are left out. --output csv and --json have all.
    """
    wanted = tuple(dict.fromkeys(itertools.chain.from_iterable(statuses))) or tuple(JobStatus)
    found = _newest(settings.connect(), queue, wanted, name, limit)
    if settings.as_json:
        settings.renderer.json(found)
        return
    settings.renderer.table(
        ("JOB ID", "NAME", "STATUS", "CREATED", "STOPPED", "EXIT", "REASON"),
        [
            (
                job.job_id,
                job.name,
                job.status,
                job.created_at,
                job.stopped_at,
                job.exit_code,
                job.status_reason,
            )
            for job in found
        ],
        folded=("NAME", "REASON"),
        dropped=("REASON", "STOPPED", "EXIT", "CREATED"),
    )


def _newest(
    batch: batchsdk.Batch,
    queue: str | None,
    statuses: Sequence[JobStatus],
    name: str | None,
    limit: int | None,
) -> list[batchsdk.JobSummary]:
    if limit is None:
        found = list(batch.list_jobs(queue, status=statuses, name=name))
    else:
        # Each list is newest first (API: ListJobs), so that none has to be read further.
        queues = [queue] if queue is not None else list(batch.queues)
        parts = [statuses] if name is not None else [[status] for status in statuses]
        lists = (
            itertools.islice(batch.list_jobs(each, status=part, name=name), limit)
            for each in queues
            for part in parts
        )
        found = list({job.job_id: job for job in itertools.chain.from_iterable(lists)}.values())
    return sorted(found, key=_created, reverse=True)[:limit]


def _created(job: batchsdk.JobSummary) -> float:
    return job.created_at.timestamp() if job.created_at else 0.0
