"""``batchsdk wait``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.each import each_job
from batchsdk.cli.numbers import SECONDS
from batchsdk.cli.progress import progress_bar
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.cli.stuck import StuckJobs, runnable_timeout_option
from batchsdk.jobs import waiting

_EXAMPLES = examples(
    "batchsdk wait JOB_ID && echo done",
    "batchsdk wait JOB_ID OTHER_ID --timeout 3600",
    "batchsdk list --name 'nightly-*' --output csv | tail -n +2 | cut -d, -f1 | "
    "xargs batchsdk wait",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="SECONDS",
    help="Stop waiting after that: exit 124.",
)
@runnable_timeout_option
@output_options
@pass_settings
def wait(
    settings: Settings,
    job_ids: tuple[str, ...],
    timeout: float | None,
    runnable_timeout: float | None,
) -> None:
    """Wait until all jobs have ended; exit 1 if one did not succeed.

    One call describes 100 jobs. Ids that Batch does not know are told of at once (if they could be
    new, after three seconds), and not waited for: exit 5.
    """
    batch = settings.connect()
    renderer = settings.renderer
    unknown = batch.unknown_jobs(job_ids)
    code = each_job(batch, unknown, batchsdk.Job.describe, as_json=settings.as_json)
    jobs = [job_id for job_id in dict.fromkeys(job_ids) if job_id not in unknown]
    ended: list[batchsdk.Outcome] = []
    failed = 0
    stuck = StuckJobs(renderer)
    try:
        with progress_bar(len(jobs), renderer) as bar:
            outcomes = batch.as_completed(
                jobs, timeout, on_stuck=stuck, runnable_timeout=runnable_timeout
            )
            for outcome in outcomes:
                ended.append(outcome)
                failed += not outcome.succeeded
                bar.update(len(ended), failed)
    except KeyboardInterrupt:
        over = {each.job.id for each in ended}
        left = [job_id for job_id in jobs if job_id not in over]
        again = waiting.wait_command(batch.command, left)
        stuck.stop(f"no longer waiting; the jobs go on. To wait again: {again}")
        raise
    finally:
        if renderer.as_json:
            renderer.json([each.detail for each in ended if each.detail is not None])
        elif ended:
            renderer.table(
                ("JOB ID", "NAME", "STATUS", "EXIT", "REASON"),
                [_row(each) for each in ended],
                folded=("NAME", "REASON"),
                dropped=("REASON", "EXIT"),
            )
    waiting.check(ended)
    if code:
        raise click.exceptions.Exit(code)


def _row(outcome: batchsdk.Outcome) -> tuple[object, ...]:
    detail = outcome.detail
    if detail is None:
        return outcome.job.id, None, "UNKNOWN", None, str(outcome.error)
    return detail.job_id, detail.name, detail.status, detail.exit_code, detail.full_reason
