"""The command line of the local AWS, `python -m localaws`: a file for each group of verbs."""

from __future__ import annotations

import click

from batch_platform.program.extras import name_extra
from batchsdk import __version__
from localaws.cli.connecting import credentials, env
from localaws.cli.deploying import deploy
from localaws.cli.faults import faults
from localaws.cli.lifecycle import reset, start, stop
from localaws.cli.run import run
from localaws.cli.schedules import schedules
from localaws.cli.watching import logs, status

EXTRAS = {"deploy": "local,pulumi", "run": "local,pulumi"}
"""What each verb needs, other than ``local`` alone: these two run the program, or its engine."""


class Verbs(click.Group):
    """The verbs; where an extra is not installed, the error names it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb of the context."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            verb = ctx.invoked_subcommand or ""
            named = name_extra(missing, f"localaws {verb}", EXTRAS.get(verb, "local"))
            if named is missing:
                raise
            raise click.ClickException(str(named)) from None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="localaws")
def main() -> None:
    """AWS on this machine, for development and tests.

    \b
    python -m localaws start --detach
    eval "$(python -m localaws env)"
    python -m localaws deploy --stack local                # without the Pulumi engine
    python -m localaws run --stack local -- pulumi up      # with it
    batchsdk --ssm /batch/local submit hello --memory 100 --follow
    aws batch describe-job-queues
    python -m localaws stop
    """  # noqa: D301 - \b is click's mark for text that it must not wrap


for command in (start, stop, status, reset, logs, env, credentials, deploy, run, faults,
                schedules):  # fmt: skip
    main.add_command(command)
