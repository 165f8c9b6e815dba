"""The command line of the local AWS, `python -m localaws`: a file for each group of verbs."""

from __future__ import annotations

import click

from localaws.cli.connecting import credentials, env
from localaws.cli.deploying import deploy
from localaws.cli.faults import faults
from localaws.cli.lifecycle import reset, start, stop
from localaws.cli.run import run
from localaws.cli.watching import logs, status


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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


for command in (start, stop, status, reset, logs, env, credentials, deploy, run, faults):
    main.add_command(command)
