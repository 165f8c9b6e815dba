"""``batchsdk submit``."""

from __future__ import annotations

from typing import Any

import click

import batchsdk
from batchsdk.cli.completion import complete_definition
from batchsdk.cli.job_options import job_options, take_retry
from batchsdk.cli.numbers import SECONDS
from batchsdk.cli.render import Renderer
from batchsdk.cli.settings import (
    Settings,
    dry_run_option,
    examples,
    output_options,
    pass_settings,
)
from batchsdk.cli.stuck import runnable_timeout_option
from batchsdk.cli.watch import watch

_EXAMPLES = examples(
    "batchsdk submit hello -p Target='Hello, Tokyo!' --memory 100 --wait",
    "batchsdk submit hello --follow -- sh -c 'date; sleep 5; date'",
    "batchsdk submit hello -d JOB_ID -d OTHER_ID --retry-spot 3",
    "batchsdk submit hello --array-size 100 --dry-run",
    "batchsdk submit etl --container loader:memory=512 --container loader:env=LEVEL=debug",
    "batchsdk submit mpi --num-nodes 4 --node 1::memory=2048 --dry-run",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_definition", shell_complete=complete_definition)
@click.argument("command", nargs=-1)
@job_options()
@click.option("--sequential", is_flag=True, help="Array children run one after the other.")
@click.option(
    "--n-to-n", metavar="JOB_ID", multiple=True, help="Child i waits for child i of that array."
)
@click.option("--wait", is_flag=True, help="Wait until the job ends; exit 1 if it fails.")
@click.option(
    "--wait-timeout",
    type=SECONDS,
    metavar="SECONDS",
    help="Stop waiting after that.",
)
@runnable_timeout_option
@click.option("--follow", is_flag=True, help="Wait, and print the log as it comes.")
@dry_run_option
@output_options
@pass_settings
def submit(settings: Settings, /, **given: Any) -> None:
    """Submit a job of JOB_DEFINITION: its key in the stack's config, name, name:revision or ARN.

    COMMAND, after --, replaces the definition's command.
    """
    wait, follow, dry_run = (given.pop(option) for option in ("wait", "follow", "dry_run"))
    timeout, runnable_timeout = given.pop("wait_timeout"), given.pop("runnable_timeout")
    if timeout is not None and follow:
        raise click.UsageError("--wait-timeout goes with --wait, not with --follow")
    if runnable_timeout is not None and not (wait or follow or timeout is not None):
        raise click.UsageError("--runnable-timeout goes with --wait or --follow")
    batch = settings.connect()
    size = given["array_size"]
    prepared = batch.prepare(_submission(given))
    renderer = settings.renderer
    if dry_run:
        renderer.json(prepared.request)
        return
    job = batch.send(prepared)
    if wait or follow or timeout is not None:
        renderer.progress(f"submitted {job.name} ({job.id})")
        watch(
            batch,
            job,
            renderer,
            follow=follow,
            timeout=timeout,
            runnable_timeout=runnable_timeout,
            size=size,
        )
    else:
        _report(renderer, job)


def _report(renderer: Renderer, job: batchsdk.Job) -> None:
    if renderer.as_json:
        renderer.json({"jobId": job.id, "jobName": job.name})
    elif renderer.as_csv:
        renderer.table(("JOB ID", "JOB NAME"), [(job.id, job.name)])
    else:
        renderer.line(job.id)
        renderer.progress(f"submitted {job.name}")


def _submission(given: dict[str, Any]) -> batchsdk.Submission:
    depends_on = [
        *given.pop("depends_on"),
        *(batchsdk.n_to_n(job_id) for job_id in given.pop("n_to_n")),
        *([batchsdk.SEQUENTIAL] if given.pop("sequential") else []),
    ]
    return batchsdk.Submission(
        command=given.pop("command") or None,
        depends_on=depends_on,
        retry=take_retry(given),
        **given,
    )
