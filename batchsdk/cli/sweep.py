"""``batchsdk sweep``."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import IO, Any

import click

import batchsdk
from batchsdk.arguments import given_twice
from batchsdk.cli.completion import complete_definition
from batchsdk.cli.job_options import job_options, take_retry
from batchsdk.cli.numbers import SECONDS
from batchsdk.cli.progress import progress_bar, wait_showing_children
from batchsdk.cli.render import Renderer
from batchsdk.cli.settings import (
    Settings,
    dry_run_option,
    examples,
    output_options,
    pairs,
    pass_settings,
)
from batchsdk.cli.stuck import StuckJobs, runnable_timeout_option

_EXAMPLES = examples(
    "batchsdk sweep train --over day=2026-01-01,2026-01-02 --over model=a,b",
    "batchsdk sweep train --points points.csv --wait --output csv",
    "batchsdk sweep train --over day=2026-01-01,2026-01-02 --dry-run",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_definition", shell_complete=complete_definition)
@click.argument("command", nargs=-1)
@click.option(
    "--over",
    metavar="NAME=VALUE,VALUE…",
    multiple=True,
    callback=pairs,
    help="Values of one parameter; repeatable: a job for every combination.",
)
@click.option(
    "--points",
    type=click.File(encoding="utf-8-sig"),  # spreadsheets begin a file with a mark
    metavar="FILE",
    help="CSV with a header of names and a line for each job; - is standard input.",
)
@job_options(without=("array_size",))
@click.option(
    "--through",
    type=click.Choice(["auto", "shell", "task"]),
    default="auto",
    show_default=True,
    help="How a job finds its values: by sh, or batchsdk.task().",
)
@click.option("--storage", metavar="URI", help="s3://bucket/prefix for tables that are too large.")
@click.option("--separate-jobs", is_flag=True, help="A job for each point instead of arrays.")
@click.option("--wait", is_flag=True, help="Wait until all jobs end; exit 1 if one fails.")
@click.option(
    "--wait-timeout",
    type=SECONDS,
    metavar="SECONDS",
    help="Stop waiting after that.",
)
@runnable_timeout_option
@dry_run_option
@output_options
@pass_settings
def sweep(settings: Settings, /, **given: Any) -> None:
    """Run JOB_DEFINITION for every combination of values, as array jobs of up to 10,000 children.

    COMMAND, after --, replaces the definition's command.
    """
    wait, dry_run, timeout = (given.pop(option) for option in ("wait", "dry_run", "wait_timeout"))
    runnable_timeout = given.pop("runnable_timeout")
    over = _points(given.pop("over"), given.pop("points"))
    batch = settings.connect()
    arguments: dict[str, Any] = {
        "over": over,
        "as_separate_jobs": given.pop("separate_jobs"),
        "after": given.pop("depends_on"),
        "command": given.pop("command") or None,
        "retry": take_retry(given),
        **given,
    }
    renderer = settings.renderer
    if dry_run:
        prepared = batch.prepare_sweep(**arguments)
        renderer.json(
            {
                "requests": [each.request for each in prepared.submissions],
                "objects": [each.uri for each in prepared.tables],
            }
        )
        return
    submitted = batch.sweep(**arguments)
    if wait or timeout is not None:
        renderer.progress(_submitted(submitted))
        _wait(batch, submitted, renderer, timeout, runnable_timeout)
    else:
        _report(submitted, renderer)


def _points(
    over: Mapping[str, str], file: IO[str] | None
) -> Mapping[str, Sequence[str]] | Sequence[Mapping[str, str]]:
    if bool(over) == (file is not None):
        raise click.UsageError("give either --over or --points")
    if file is None:
        return {name: values.split(",") for name, values in over.items()}
    rows = csv.DictReader(file, strict=True)
    points: list[Mapping[str, str]] = []
    try:
        twice = given_twice([(name, None) for name in rows.fieldnames or ()])
        if twice is not None:
            raise click.UsageError(f"--points: the header has {twice!r} twice")
        for row in rows:
            if None in row or None in row.values():
                raise click.UsageError(
                    f"--points: line {rows.line_num} does not have as many values as there are "
                    f"names"
                )
            points.append(row)
    except csv.Error as fault:
        raise click.UsageError(f"--points: line {rows.line_num}: {fault}") from fault
    return points


def _report(submitted: batchsdk.Sweep, renderer: Renderer) -> None:
    if renderer.as_json:
        jobs = [{"jobId": job.id, "jobName": job.name} for job in submitted.jobs]
        renderer.json({"points": len(submitted), "jobs": jobs})
    elif renderer.as_csv:
        renderer.table(("JOB ID", "JOB NAME"), [(job.id, job.name) for job in submitted.jobs])
    else:
        for job in submitted.jobs:
            renderer.line(job.id)
        renderer.progress(_submitted(submitted))


def _submitted(submitted: batchsdk.Sweep) -> str:
    jobs = len(submitted.jobs)
    text = f"submitted {len(submitted)} points in {jobs} job{'s' * (jobs > 1)}"
    if submitted.found_by == "task":
        text += "; the program finds its values with batchsdk.task()"
    return text


def _wait(
    batch: batchsdk.Batch,
    submitted: batchsdk.Sweep,
    renderer: Renderer,
    timeout: float | None,
    runnable_timeout: float | None,
) -> None:
    stuck = StuckJobs(renderer)

    def wait() -> object:
        return submitted.wait(timeout, on_stuck=stuck, runnable_timeout=runnable_timeout)

    try:
        with progress_bar(len(submitted), renderer) as bar:
            wait_showing_children(wait, submitted.jobs, bar)
    except KeyboardInterrupt:
        ids = " ".join(job.id for job in submitted.jobs)
        stuck.stop(
            f"no longer waiting; the jobs go on. To wait again: {batch.command} wait {ids}. "
            f"To stop them: {batch.command} terminate {ids}"
        )
        raise
    except batchsdk.SweepFailedError:
        _results(submitted, renderer)
        raise
    _results(submitted, renderer)


def _results(submitted: batchsdk.Sweep, renderer: Renderer) -> None:
    results = submitted.results()
    if renderer.as_json:
        renderer.json(results)
        return
    names = list(results[0].parameters)
    renderer.table(
        ("INDEX", *names, "STATUS", "EXIT", "JOB ID", "REASON"),
        [
            (
                each.index,
                *(each.parameters[name] for name in names),
                each.status,
                each.exit_code,
                each.job_id,
                each.reason,
            )
            for each in results
        ],
        folded=(*names, "REASON"),
        dropped=("REASON", "EXIT"),
    )
