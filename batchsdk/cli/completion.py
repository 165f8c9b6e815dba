"""``batchsdk completion``, and what is completed: queues and job definitions.

Of a stack, their keys are read from an outputs file. The other two ways to a stack (the Pulumi CLI,
SSM) take seconds, and a key stroke must not. Where no stack is named, AWS Batch is asked for names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import click
from click.shell_completion import get_completion_class

from batchsdk.aws import listed_names
from batchsdk.aws.access import Access
from batchsdk.cli.settings import examples
from batchsdk.connection import outputs as stack_outputs
from batchsdk.contract import StackOutputs
from batchsdk.errors import BatchSdkError

_VARIABLE = "_BATCHSDK_COMPLETE"
"""Click looks at it: ``bash_complete`` asks for completions instead of running a command."""

_EXAMPLES = examples(
    'eval "$(batchsdk completion bash)"    # in ~/.bashrc; zsh the same in ~/.zshrc',
    "batchsdk completion fish > ~/.config/fish/completions/batchsdk.fish",
)


@click.command(epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, queues and job definitions in SHELL.

    Their keys are completed when --outputs or BATCHSDK_OUTPUTS names the file of the stack's
    outputs. Without a stack, AWS Batch is asked for their names, for two seconds at most.
    """
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  # the three above come with click
    click.echo(made(context.find_root().command, {}, "batchsdk", _VARIABLE).source())


def complete_definition(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Click callback: the keys or names of job definitions that begin with ``incomplete``."""
    outputs = _outputs(context)
    keys = outputs.job_definitions if outputs else _asked(context, listed_names.definition_names)
    return [key for key in keys if key.startswith(incomplete)]


def complete_queue(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Click callback: the keys or names of job queues that begin with ``incomplete``."""
    outputs = _outputs(context)
    keys = outputs.job_queues if outputs else _asked(context, listed_names.queue_names)
    return [key for key in keys if key.startswith(incomplete)]


def _outputs(context: click.Context) -> StackOutputs | None:
    path = context.find_root().params.get("outputs") or os.environ.get("BATCHSDK_OUTPUTS")
    try:
        return stack_outputs.from_file(path) if path else None
    except BatchSdkError:
        return None  # nobody reads an error while typing


def _asked(
    context: click.Context, names: Callable[[Access, str | None], list[str]]
) -> Sequence[str]:
    """Return what AWS Batch has, unless a stack is named, whose keys are others."""
    given = context.find_root().params
    if any(given.get(way) or os.environ.get(f"BATCHSDK_{way.upper()}") for way in _STACKS):
        return ()
    try:
        access = Access(**{name: given.get(name) for name in _ACCESS})
    except BatchSdkError:
        return ()
    return names(access, given.get("region"))


_STACKS = ("stack", "outputs", "ssm")
_ACCESS = ("profile", "role_arn", "external_id", "role_session_name")
