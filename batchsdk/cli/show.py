"""``batchsdk show``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import click

import batchsdk
from batchsdk.cli.each import each_job
from batchsdk.cli.render import Renderer, plain
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_STARTED = {batchsdk.JobStatus.STARTING, batchsdk.JobStatus.RUNNING}


_EXAMPLES = examples(
    "batchsdk show JOB_ID",
    "batchsdk show JOB_ID --json | jq -r .status",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@output_options
@pass_settings
def show(settings: Settings, job_ids: tuple[str, ...]) -> None:
    """Show one or more jobs; for a job that does not run yet, also why.

    With --json one job is an object, and several are a list.
    """
    batch = settings.connect()
    renderer = settings.renderer
    results: list[Any] = []
    records: list[Mapping[str, object]] = []

    def act(job: batchsdk.Job) -> None:
        detail = job.describe()
        waits = not detail.status.is_terminal and detail.status not in _STARTED
        diagnosis = job.diagnose() if waits else None
        results.append(
            {**plain(detail), "failure": plain(detail.failure), "diagnosis": plain(diagnosis)}
        )
        records.append(_record(detail))
        if not (renderer.as_json or renderer.as_csv):
            _write(renderer, records[-1], detail, diagnosis, first=len(records) == 1)

    code = each_job(batch, job_ids, act, as_json=settings.as_json)
    if renderer.as_json and results:
        renderer.json(results[0] if len(job_ids) == 1 else results)
    elif renderer.as_csv and records:
        renderer.records(records)
    if code:
        raise click.exceptions.Exit(code)


def _write(
    renderer: Renderer,
    record: Mapping[str, object],
    detail: batchsdk.JobDetail,
    diagnosis: batchsdk.Diagnosis | None,
    *,
    first: bool,
) -> None:
    if not first:
        renderer.line("")
    renderer.records([record])
    if len(detail.attempts) > 1:
        for attempt in detail.attempts:
            reason = attempt.status_reason or ""
            renderer.line(f"attempt {attempt.number}: exit code {attempt.exit_code}; {reason}")
    if diagnosis is not None:
        renderer.line("")
        renderer.line(diagnosis.text)


def _record(detail: batchsdk.JobDetail) -> Mapping[str, object]:
    array = detail.array
    return {
        "job": detail.job_id,
        "name": detail.name,
        "status": detail.status,
        "reason": detail.full_reason if detail.status_reason or detail.reason else None,
        "failure": detail.failure.kind.words if detail.failure else None,
        "exit code": detail.exit_code,
        "queue": detail.queue.rpartition("/")[2],
        "definition": detail.definition.rpartition("/")[2],
        "command": shlex.join(detail.command),
        "vcpus": None if detail.vcpus is None else f"{detail.vcpus:g}",
        "memory": None if detail.memory is None else f"{detail.memory} MiB",
        "gpus": detail.gpus,
        "waits for": tuple(detail.depends_on),
        "children": ", ".join(
            f"{count} {status}" for status, count in array.status_summary.items() if count
        )
        if array
        else None,
        "created": detail.created_at,
        "started": detail.started_at,
        "stopped": detail.stopped_at,
        "log group": detail.log_group if detail.log_streams else None,
        "log streams": tuple(detail.log_streams),
    }
