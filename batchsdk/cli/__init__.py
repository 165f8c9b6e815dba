"""The command line: ``batchsdk submit|list|show|logs|cancel|terminate``.

A file per verb. Each turns its options into calls of the library and hands the results to
:mod:`batchsdk.cli.render`; there is no logic of AWS Batch in here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from batchsdk import __version__
from batchsdk.cli import reporting
from batchsdk.cli.cancel import cancel
from batchsdk.cli.list_jobs import list_jobs
from batchsdk.cli.logs import logs
from batchsdk.cli.settings import Settings, examples, json_option, pass_settings
from batchsdk.cli.show import show
from batchsdk.cli.submit import submit
from batchsdk.cli.terminate import terminate
from batchsdk.errors import BatchSdkError, UsageError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


_EXAMPLES = examples(
    "batchsdk --stack dev submit hello -p Target='Hello, Tokyo!' --follow",
    "export BATCHSDK_OUTPUTS=outputs.json",
    "batchsdk list --status RUNNABLE",
    "batchsdk show JOB_ID",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
)
@click.option("--stack", metavar="NAME", help="Pulumi stack, e.g. dev [env: BATCHSDK_STACK].")
@click.option(
    "--outputs", metavar="FILE", help="Its outputs as a JSON file [env: BATCHSDK_OUTPUTS]."
)
@click.option("--ssm", metavar="NAME", help="SSM parameter that has them [env: BATCHSDK_SSM].")
@click.option(
    "--project",
    metavar="DIR",
    envvar="BATCHSDK_PROJECT",
    help="Folder of Pulumi.yaml, for --stack.",
)
@click.option("--region", metavar="REGION", help="AWS region, instead of the stack's.")
@json_option
@click.version_option(__version__, prog_name="batchsdk")
@pass_settings
def command_line(settings: Settings, /, **where: str | None) -> None:
    """Submit, follow and understand AWS Batch jobs.

    Exactly one of --stack, --outputs and --ssm, or its environment variable, says where.

    Exit codes: 0 done, 1 the job failed or AWS refused, 2 wrong input, 130 interrupted.
    """
    for option, value in where.items():
        setattr(settings, option, value)


for command in (submit, list_jobs, show, logs, cancel, terminate):
    command_line.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Args:
        arguments: instead of those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(given))


def _run(arguments: list[str]) -> int:
    as_json = reporting.wants_json(arguments)
    try:
        command_line.main(args=arguments, prog_name="batchsdk", standalone_mode=False)
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as fault:
        reporting.report_usage(fault, as_json=as_json)
        return fault.exit_code
    except BatchSdkError as fault:
        reporting.report(fault, as_json=as_json)
        return 2 if isinstance(fault, UsageError) else 1
    except Exception as fault:
        if os.environ.get("BATCHSDK_TRACEBACK"):
            raise
        reporting.report_unexpected(fault, as_json=as_json)
        return 1
    return 0
