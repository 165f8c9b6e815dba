"""A group whose commands are imported when they are run, so that none pays for the others."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem

from batchsdk.names import suggestion


@dataclass(frozen=True)
class Verb:
    """Where one command lives, and what the list of commands says of it."""

    module: str
    """Its module, which has the command under the name of ``attribute``."""
    attribute: str
    summary: str
    """One line, shown without importing the module."""


class LazyGroup(click.Group):
    """A group that knows its commands by name alone.

    As click's documentation has it ("Lazily loading subcommands"), with the summaries kept here,
    so that not even ``--help`` imports them all.
    """

    def __init__(self, *arguments: Any, verbs: Mapping[str, Verb], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own
        """Return the names, in the order in which they were given."""
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        verb = self._verbs.get(cmd_name)
        if verb is None:
            return None
        command = getattr(importlib.import_module(verb.module), verb.attribute)
        assert isinstance(command, click.Command)  # noqa: S101  # a fault of the table
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant.

        Raises:
            click.UsageError: there is none of that name; the nearest one is named.
        """
        given = args[0]
        if given not in self._verbs and not given.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(
                f"no such command {given!r}; {suggestion(given, self._verbs)}", ctx=ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in self._verbs.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, or an option of the group."""
        names = [
            CompletionItem(name, help=verb.summary)
            for name, verb in self._verbs.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]
