"""Options that all verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

import batchsdk
from batchsdk.cli.render import Output, Renderer


@dataclass
class Settings:
    """What the options before the verb say; click fills it in as it parses."""

    stack: str | None = None
    outputs: str | None = None
    ssm: str | None = None
    queue: str | None = None
    project: str | None = None
    region: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    role_session_name: str | None = None
    output: Output | None = None

    def connect(self) -> batchsdk.Batch:
        """Connect to the stack, or to a queue alone.

        The verb's own ``--queue`` chooses among the stack's; where no stack is named, it is the
        queue to connect to.

        Raises:
            BatchSdkError: as ``batchsdk.connect``.
        """
        # Imported here, as the rest of the command line is: a verb without a call needs no boto3.
        from batchsdk.connection.connecting import names_a_target  # noqa: PLC0415

        queue = self.queue
        if not (self.stack or self.outputs or self.ssm or queue or names_a_target(os.environ)):
            context = click.get_current_context(silent=True)
            queue = context.params.get("queue") if context else None
        return batchsdk.connect(
            self.stack,
            outputs=self.outputs,
            ssm=self.ssm,
            queue=queue,
            project=self.project,
            region=self.region,
            profile=self.profile,
            role_arn=self.role_arn,
            external_id=self.external_id,
            role_session_name=self.role_session_name,
        )

    @property
    def as_json(self) -> bool:
        """Results, and errors, are JSON."""
        return self.output is Output.JSON

    @property
    def renderer(self) -> Renderer:
        """The way to write results."""
        return Renderer(self.output)


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _set_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Settings).output = Output.JSON


def _set_output(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Settings).output = Output(value)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--output`` and ``--json``; they may stand before or after the verb."""
    command = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_set_json,
        help="The same as --output json.",
    )(command)
    return click.option(
        "--output",
        type=click.Choice([str(each) for each in Output]),
        expose_value=False,
        callback=_set_output,
        help="How to write results; with json, errors too.  "
        "[default: a table on a terminal, plain text in a pipe]",
    )(command)


dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Check, print the request, send nothing."
)


def pairs(
    _context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Click callback: turn ``NAME=VALUE`` options into a dict.

    Raises:
        click.BadParameter: no ``=``, no name, or a name twice.
    """
    result: dict[str, str] = {}
    for given in values:
        name, equals, value = given.partition("=")
        if not equals or not name:
            # Not the text itself: of a variable it may be the value alone, and a secret.
            fault = f"a text of {len(given)} characters is not NAME=VALUE"
            raise click.BadParameter(fault, param=parameter)
        if name in result:
            raise click.BadParameter(f"{name!r} is given twice", param=parameter)
        result[name] = value
    return result


def whole_pairs(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    """Click callback: turn ``NAME=NUMBER`` options into a dict.

    Raises:
        click.BadParameter: a value is no whole number, or :func:`pairs`.
    """
    found = pairs(context, parameter, values)
    for name, value in found.items():
        if not (value.isascii() and value.isdecimal()):
            raise click.BadParameter(f"{name}={value}: must be a whole number", param=parameter)
    return {name: int(value) for name, value in found.items()}


def examples(*lines: str) -> str:
    """Return the end of a ``--help`` text: examples, a line each, as they stand."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
