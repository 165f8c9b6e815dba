"""``batchsdk completion``, and what is completed: keys of the stack's queues and definitions.

Only an outputs file is read for it. The other two ways to a stack (the Pulumi CLI, SSM) take
seconds, and a key stroke must not.
"""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class

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
    """Print the script that completes commands, options, and (with an outputs file) keys in SHELL.

    Keys of job definitions and queues are completed when --outputs or BATCHSDK_OUTPUTS names the
    file of the stack's outputs.
    """
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  # the three above come with click
    click.echo(made(context.find_root().command, {}, "batchsdk", _VARIABLE).source())


def complete_definition(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Click callback: the keys of job definitions that begin with ``incomplete``."""
    outputs = _outputs(context)
    keys = outputs.job_definitions if outputs else ()
    return [key for key in keys if key.startswith(incomplete)]


def complete_queue(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Click callback: the keys of job queues that begin with ``incomplete``."""
    outputs = _outputs(context)
    keys = outputs.job_queues if outputs else ()
    return [key for key in keys if key.startswith(incomplete)]


def _outputs(context: click.Context) -> StackOutputs | None:
    path = context.find_root().params.get("outputs") or os.environ.get("BATCHSDK_OUTPUTS")
    try:
        return stack_outputs.from_file(path) if path else None
    except BatchSdkError:
        return None  # nobody reads an error while typing
