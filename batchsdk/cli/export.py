"""``batchsdk export``."""

from __future__ import annotations

import json

import click

from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk export pipeline.yaml --to stepfunctions -o pipeline.asl.json",
    "batchsdk export pipeline.yaml --to stepfunctions --role-policy",
    "batchsdk export pipeline.yaml --to stepfunctions --every 300",
)


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False))
@click.option(
    "--to",
    type=click.Choice(["stepfunctions"]),
    required=True,
    expose_value=False,  # there is no other
    help="What to write: a state machine of AWS Step Functions.",
)
@click.option(
    "-o",
    "--file",
    "path",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    default="-",
    show_default=True,
    help="Where to write it; - is standard output.",
)
@click.option(
    "--every",
    type=click.IntRange(1, 86_400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How often an execution looks at its jobs.",
)
@click.option(
    "--role-policy",
    is_flag=True,
    help="Write the IAM policy of the state machine's role instead.",
)
@output_options
@pass_settings
def export(settings: Settings, /, *, file: str, path: str, every: int, role_policy: bool) -> None:
    """Write the workflow in FILE as a state machine, which runs it without a client.

    It submits the jobs that `batchsdk run` would, and gives each step the same status. What a state
    machine cannot do is refused by its name. Nothing is sent but questions about job definitions.
    """
    made = settings.connect().load_workflow(file).to_stepfunctions(every=every)
    text = json.dumps(made.role_policy, indent=2) if role_policy else made.to_json()
    try:
        with click.open_file(path, "w", encoding="utf-8") as target:
            target.write(text + "\n")
    except OSError as fault:
        raise click.FileError(path, hint=str(fault.strerror)) from fault
    if not role_policy:
        hours = made.longest.total_seconds() / 3600
        settings.renderer.progress(
            f"an execution can go on for {hours:.1f} hours at most, then its history is full: a "
            "larger --every makes it longer"
        )
