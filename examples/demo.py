"""`make demo`: the whole job scenario on the local AWS, in one process that leaves nothing behind.

Deploys the `local` stack with the real Pulumi program, then does with batchsdk what the article
"driving AWS Batch from the AWS CLI" does: a job that never fits, overrides, parameters,
dependencies, and stopping a job that others wait for.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.console import Console
from rich.table import Table

import batchsdk
from batchsdk import Batch, Job, JobFailedError, JobStatus

if TYPE_CHECKING:
    from localaws import LocalAws
    from localaws.embedded import Deployment

PROJECT = Path(__file__).resolve().parent.parent
STACK = "local"
STOP_TIMEOUT_SECONDS = 3
"""Between SIGTERM and SIGKILL; AWS gives 30, the demo is in a hurry."""
LONG_WAIT, SHORT_WAIT = "3600", "2"
"""Seconds."""

WIDTH_WITHOUT_TERMINAL = 160

console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)


class ScenarioError(Exception):
    """A step did not come out as it must."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--executor",
    type=click.Choice(["auto", "process", "container"]),
    default="auto",
    show_default=True,
    help="What runs the jobs. auto: containers if an engine answers and the image can be had.",
)
def main(executor: str) -> None:
    """Deploy the local stack and run the whole job scenario."""
    stop_on_signals()
    started = time.monotonic()
    try:
        with local_aws(executor) as outputs:
            summary = run_scenario(batchsdk.connect(outputs=outputs))
    except KeyboardInterrupt:
        console.print("\ninterrupted; everything that was started is stopped")
        sys.exit(130)
    except (ScenarioError, batchsdk.BatchSdkError) as error:
        console.print(f"[red]failed:[/] {error}")
        sys.exit(1)
    console.print()
    console.print(summary)
    seconds = time.monotonic() - started
    console.print(
        f"\n[bold green]All 6 steps came out as in the articles[/], in {seconds:.0f} s. "
        "Everything that was started is stopped."
    )


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals() -> None:
    """Stop as cleanly on SIGTERM and a closed terminal as on Ctrl-C."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def ignore_signals() -> None:
    """Let nothing interrupt the cleaning up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def local_aws(executor: str) -> Iterator[dict[str, object]]:
    """Start a local AWS, deploy the stack to it, and yield the stack's outputs."""
    # Imported here: moto and Pulumi take seconds, and --help needs neither.
    with console.status("loading Pulumi and the local AWS ..."):
        from batch_platform.settings import SettingsError  # noqa: PLC0415
        from localaws import LocalAws, embedded  # noqa: PLC0415

    try:
        chosen = choose_executor(executor)
        with LocalAws(
            executor=chosen, stop_timeout=STOP_TIMEOUT_SECONDS, enforce_iam=True
        ) as local:
            console.print(
                f"local AWS at {local.endpoint_url}; jobs run as: {chosen}; IAM is enforced"
            )
            try:
                yield deployed(local)
            finally:
                ignore_signals()
    except (SettingsError, embedded.DeploymentError) as error:
        raise ScenarioError(str(error)) from error


def deployed(local: LocalAws) -> dict[str, object]:
    """Deploy the stack, and return its outputs."""
    from localaws import embedded  # noqa: PLC0415  # takes seconds

    os.environ.update(local.environ)  # all that boto3 needs to talk to it, not to AWS
    step(1, "Deploy the stack from Pulumi.local.yaml")
    with console.status("evaluating the Pulumi program ..."):
        deployment = embedded.deploy(local.connection, stack=STACK, project=PROJECT)
    show_deployment(deployment)
    return dict(deployment.outputs)


def show_deployment(deployment: Deployment) -> None:
    """Print what was built, and the stack's outputs."""
    table = Table("type", "name", "id", title=f"{len(deployment.resources)} resources")
    for resource in sorted(deployment.resources):
        package, module, kind = resource.type.split(":")
        shown = f"{package}:{module.partition('/')[0]}:{kind}"  # as `pulumi up` shows types
        table.add_row(shown, resource.name, resource.id)
    console.print(table)
    console.print("outputs, the contract with other services:")
    console.print_json(json.dumps(deployment.outputs))


def choose_executor(wanted: str) -> Literal["process", "container"]:
    """Settle what `auto` means here: containers need an engine and the image."""
    from batch_platform.settings import read_stack_file  # noqa: PLC0415
    from localaws.batch.executors.container import (  # noqa: PLC0415
        engine_answers,
        why_not_runnable,
    )

    if wanted == "process" or (wanted == "auto" and not engine_answers()):
        return "process"
    config = read_stack_file(PROJECT / f"Pulumi.{STACK}.yaml").pulumi_config()
    definitions = json.loads(config.get("batch-platform:jobDefinitions", "{}"))
    images = {definition.get("image") for definition in definitions.values()} - {None}
    with console.status(f"looking for {', '.join(sorted(images))} ..."):
        problems = [why_not_runnable(image, timeout=20) for image in sorted(images)]
    problem = next(filter(None, problems), None)
    if problem is None:
        return "container"
    if wanted == "container":
        raise ScenarioError(problem)
    console.print(f"{problem}\njobs run as processes of this machine instead", soft_wrap=True)
    return "process"


def run_scenario(batch: Batch) -> Table:
    """Run steps 2 to 6; return a table of every job and what became of it."""
    jobs = [
        *too_large(batch),
        *smaller(batch),
        *with_parameters(batch),
        *terminated_pair(batch),
        *finished_pair(batch),
    ]
    table = Table("job", "what it was", "status", "exit code", "reason", title="Summary")
    for purpose, job in jobs:
        detail = job.describe()
        colour = "green" if detail.status is JobStatus.SUCCEEDED else "red"
        exit_code = "" if detail.exit_code is None else str(detail.exit_code)
        table.add_row(
            job.name, purpose, f"[{colour}]{detail.status}[/]", exit_code, detail.status_reason
        )
    return table


def too_large(batch: Batch) -> list[tuple[str, Job]]:
    """Submit a job that asks for 5000 MiB, find out why it does not start, and cancel it."""
    step(2, "A job that asks for 5000 MiB, where no instance has that much")
    job = batch.submit("hello")
    until(job, JobStatus.RUNNABLE)
    console.print(f"[cyan]batchsdk show {job.id}[/]\n{job.diagnose().text}")
    console.print(job.cancel("Due to lack of memory.").message)
    expect_failure(job, "Due to lack of memory.")
    return [("asks for too much memory", job)]


def smaller(batch: Batch) -> list[tuple[str, Job]]:
    """Run the same with its memory overridden."""
    step(3, "The same job with 100 MiB")
    job = batch.submit("hello", memory=100)
    job.wait(on_change=show_status)
    return [("memory overridden", job)]


def with_parameters(batch: Batch) -> list[tuple[str, Job]]:
    """Give the command another parameter and read it back from the log."""
    step(4, 'Parameters: Target="Hello, Tokyo!"')
    job = batch.submit("hello", memory=100, parameters={"Target": "Hello, Tokyo!"})
    command = list(job.wait(on_change=show_status).command)
    console.print(f"the command that ran: {command}")
    expect(command == ["echo", "Hello, Tokyo!"], f"the command is {command}")
    events = list(job.logs())
    for event in events:
        console.print(f"log: {event.time:%Y/%m/%d %H:%M:%S}  {event.message}")
    expect([each.message for each in events] == ["Hello, Tokyo!"], f"the log is {events}")
    return [("another parameter", job)]


def submit_pair(batch: Batch, wait_time: str) -> tuple[Job, Job]:
    """Submit a job that sleeps and one that depends on it."""
    sleeper = batch.submit(
        "hello",
        memory=100,
        command=["sleep", "Ref::WaitTime"],
        parameters={"WaitTime": wait_time},
    )
    dependent = batch.submit("hello", memory=100, depends_on=sleeper)
    return sleeper, dependent


def terminated_pair(batch: Batch) -> list[tuple[str, Job]]:
    """End a long job that another waits for."""
    step(5, "A job of an hour, and one that depends on it; terminate the first")
    sleeper, dependent = submit_pair(batch, LONG_WAIT)
    until(sleeper, JobStatus.RUNNING)
    console.print(f"the first is RUNNING, the second {until(dependent, JobStatus.PENDING)}")
    console.print(sleeper.terminate("Forced to fail.").message)
    expect_failure(sleeper, "Forced to fail.")
    expect_failure(dependent, "Dependent Job failed")
    return [("terminated", sleeper), ("its dependent", dependent)]


def finished_pair(batch: Batch) -> list[tuple[str, Job]]:
    """Let the same pair run to its end."""
    step(6, f"The same pair with {SHORT_WAIT} seconds")
    sleeper, dependent = submit_pair(batch, SHORT_WAIT)
    first, second = sleeper.wait(on_change=show_status), dependent.wait(on_change=show_status)
    in_order = bool(
        first.stopped_at and second.started_at and first.stopped_at <= second.started_at
    )
    expect(in_order, f"{second.started_at} is before {first.stopped_at}")
    console.print("the second started after the first had ended")
    return [("short", sleeper), ("its dependent", dependent)]


def step(number: int, title: str) -> None:
    """Print the heading of a step."""
    console.print(f"\n[bold]{number}. {title}[/]")


def show_status(detail: batchsdk.JobDetail) -> None:
    """Print a job's new status."""
    console.print(f"  {detail.name} is {detail.status}")


def until(job: Job, status: JobStatus) -> JobStatus:
    """Wait until the job is in ``status``."""
    while (now := job.status) is not status:
        expect(not now.is_terminal, f"job {job.id} is {now}, it should be {status}")
        time.sleep(0.1)
    return now


def expect(condition: bool, complaint: str) -> None:
    """Stop the demo if something is not as it must be."""
    if not condition:
        raise ScenarioError(complaint)


def expect_failure(job: Job, reason: str) -> None:
    """Wait for the job to fail for ``reason``."""
    try:
        job.wait()
    except JobFailedError as error:
        expect(error.reason == reason, f"job {job.id} failed for {error.reason!r}, not {reason!r}")
        console.print(f"  {job.name} is FAILED: {reason}")
    else:
        raise ScenarioError(f"job {job.id} SUCCEEDED, it should have failed: {reason}")


if __name__ == "__main__":
    main()
