"""What ``cancel`` and ``terminate`` have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

import batchsdk
from batchsdk.cli.each import each_job
from batchsdk.cli.render import Renderer
from batchsdk.cli.settings import Settings
from batchsdk.jobs.stopping import check_reason


def stop(
    settings: Settings,
    job_ids: Sequence[str],
    request: Callable[[batchsdk.Job, str], batchsdk.StopResult],
    *,
    reason: str,
    dry_run: bool,
) -> None:
    """Ask AWS to stop each job and write what that did, even if it cannot be done to all of them.

    Raises:
        click.exceptions.Exit: some job could not be stopped; its error has been written.
        BatchSdkError: an error that is not about one job.
    """
    batch = settings.connect()
    renderer = settings.renderer
    check_reason(reason)
    if dry_run:
        requests = [{"jobId": job_id, "reason": reason} for job_id in job_ids]
        renderer.json(requests[0] if len(requests) == 1 else requests)
        return
    results: list[batchsdk.StopResult] = []

    def act(job: batchsdk.Job) -> None:
        results.append(request(job, reason))
        if not (renderer.as_json or renderer.as_csv):
            renderer.line(results[-1].message)

    try:
        code = each_job(batch, job_ids, act, as_json=settings.as_json)
    finally:
        _write(renderer, results, of_many=len(job_ids) > 1)
    if code:
        raise click.exceptions.Exit(code)


def _write(renderer: Renderer, results: Sequence[batchsdk.StopResult], *, of_many: bool) -> None:
    if renderer.as_json and (results or of_many):
        renderer.json(results if of_many else results[0])
    elif renderer.as_csv:
        rows = [(each.job_id, each.effect, each.status, each.message) for each in results]
        renderer.table(("JOB ID", "EFFECT", "STATUS", "MESSAGE"), rows)
