"""``batchsdk usage``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.prices import prices_option
from batchsdk.cli.queue_option import queue_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.insight import usage as usage_report

_EXAMPLES = examples(
    "batchsdk usage JOB_ID",
    "batchsdk usage --name 'nightly-*' --by name",
    "batchsdk usage --name 'nightly-*' --by step",
    "batchsdk usage --by tag:team --prices prices.toml",
)


def complete_group(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Click callback: the groups that begin with ``incomplete``."""
    return [each for each in (*usage_report.GROUPS, "tag:") if each.startswith(incomplete)]


@click.command(short_help="Count vCPU-hours and waiting time.", epilog=_EXAMPLES)
@click.argument("job_ids", metavar="[JOB_ID]...", nargs=-1)
@click.option("-n", "--name", help="Jobs of this name, e.g. of a run; may end in *.")
@queue_option
@click.option(
    "--by",
    default="job",
    show_default=True,
    metavar="GROUP",
    shell_complete=complete_group,
    help=f"A row for each {', '.join(usage_report.GROUPS)} or tag:KEY.",
)
@prices_option
@output_options
@pass_settings
def usage(
    settings: Settings,
    /,
    *,
    job_ids: tuple[str, ...],
    name: str | None,
    queue: str | None,
    by: str,
    prices: str | None,
) -> None:
    """Count what jobs used, in all attempts, children and nodes.

    --by run and --by step tell the jobs of runs by their names; a step's repetitions and the
    several jobs of one step are one row. WAITED is the time from submission in which no attempt
    ran. ESTIMATE is of the part of an instance, or of Fargate, that the jobs asked for, by the
    prices that "batchsdk prices update" keeps, or by those of --prices.

    Without JOB_IDs: all jobs that Batch still knows, or those of --name and --queue.
    """
    if job_ids and (name or queue):
        raise click.UsageError("give JOB_IDs or --name and --queue, not both")
    report = settings.connect().usage(job_ids or None, name=name, queue=queue, by=by, prices=prices)
    renderer = settings.renderer
    if settings.as_json:
        renderer.json(report)
        return
    total = batchsdk.UsageRow(group="total", usage=report.total, estimate=report.estimate)
    columns = [by.upper(), "JOBS", "ATTEMPTS", "VCPU-H", "GIB-H", "GPU-H", "RAN", "WAITED"]
    if report.estimate is not None:
        columns.append("ESTIMATE")
    renderer.table(
        columns,
        [_row(each, with_money=report.estimate is not None) for each in (*report.rows, total)],
        folded=() if by == "job" else (by.upper(),),
        dropped=("GPU-H", "ATTEMPTS", "GIB-H", "RAN"),
    )
    if report.estimate is not None:
        renderer.progress(f"Costs: {report.estimate.text}. This is not a bill.")
        for each in report.estimate.remarks:
            renderer.progress(each)
    if report.total.unknown:
        renderer.progress(
            f"{report.total.unknown} job(s) ran with resources that Batch does not report: their "
            f"hours are not counted."
        )


def _row(row: batchsdk.UsageRow, *, with_money: bool) -> list[object]:
    used = row.usage
    cells: list[object] = [
        row.group,
        used.jobs,
        used.attempts,
        f"{used.vcpu_hours:.4f}",
        f"{used.gib_hours:.4f}",
        f"{used.gpu_hours:.4f}",
        f"{used.run_seconds:.0f} s",
        f"{used.wait_seconds:.0f} s",
    ]
    if with_money:
        estimate = row.estimate
        cells.append(estimate.short if estimate else "")
    return cells
