"""``batchsdk doctor``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.each import each_job
from batchsdk.cli.exit_codes import ExitCode
from batchsdk.cli.queue_option import queue_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk doctor",
    "batchsdk doctor --queue default",
    "batchsdk doctor JOB_ID --json | jq -r .verdict",
)


@click.command(short_help="Find out why jobs do not run.", epilog=_EXAMPLES)
@click.argument("job_ids", metavar="[JOB_ID]...", nargs=-1)
@queue_option
@output_options
@pass_settings
def doctor(settings: Settings, job_ids: tuple[str, ...], queue: str | None) -> None:
    """Find out why jobs are not running, or what is wrong with queues and compute environments.

    Checks that your permissions do not allow are named; the others are still made.

    Exit code 0: no problem found, though a job may wait its turn. 1: a problem found. 5: Batch
    does not know one of the jobs; the others are still examined.
    """
    if job_ids and queue is not None:
        raise click.UsageError("give JOB_IDs or --queue, not both")
    batch = settings.connect()
    found: list[batchsdk.Diagnosis | batchsdk.QueueDiagnosis] = []
    code = ExitCode.DONE
    if len(job_ids) == 1:
        found.append(batch.job(job_ids[0]).diagnose())
    elif job_ids:
        code = each_job(
            batch, job_ids, lambda job: found.append(job.diagnose()), as_json=settings.as_json
        )
    else:
        found += batch.diagnose(queue)
    renderer = settings.renderer
    if settings.as_json:
        renderer.json(found[0] if len(job_ids) == 1 or queue is not None else found)
    else:
        for number, each in enumerate(found):
            if number:
                renderer.line("")
            title = f"job {each.job_id}, " if isinstance(each, batchsdk.Diagnosis) else ""
            renderer.line(f"{title}{each.text}")
    if any(map(_is_wrong, found)):
        code = code or ExitCode.JOB_FAILED
    if code:
        raise click.exceptions.Exit(code)


def _is_wrong(found: batchsdk.Diagnosis | batchsdk.QueueDiagnosis) -> bool:
    if isinstance(found, batchsdk.Diagnosis):
        return found.verdict.is_problem
    return not found.is_healthy
