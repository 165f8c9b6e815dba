"""The command line: ``batchsdk VERB …``.

A file per verb, imported when it is run. Each turns its options into calls of the library and hands
the results to :mod:`batchsdk.cli.render`; there is no logic of AWS Batch in here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from batchsdk import __version__
from batchsdk.cli import reporting
from batchsdk.cli.exit_codes import MEANINGS, ExitCode
from batchsdk.cli.lazy import LazyGroup, Verb
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.errors import BatchSdkError
from batchsdk.runs.interrupts import Terminated, sigterm_as_interrupt

_VERBS = {
    "submit": Verb("batchsdk.cli.submit", "submit", "Submit a job."),
    "sweep": Verb("batchsdk.cli.sweep", "sweep", "Run a job for every combination of values."),
    "list": Verb("batchsdk.cli.list_jobs", "list_jobs", "List jobs."),
    "show": Verb("batchsdk.cli.show", "show", "Show a job, and why it is not running."),
    "logs": Verb("batchsdk.cli.logs", "logs", "Print a job's log."),
    "exec": Verb("batchsdk.cli.exec", "exec_", "Run a command in a job that runs."),
    "doctor": Verb("batchsdk.cli.doctor", "doctor", "Find out why jobs do not run."),
    "usage": Verb("batchsdk.cli.usage", "usage", "Count vCPU-hours and waiting time."),
    "prices": Verb("batchsdk.cli.prices", "prices", "Show or renew the prices of AWS."),
    "wait": Verb("batchsdk.cli.wait", "wait", "Wait until jobs have ended."),
    "cancel": Verb("batchsdk.cli.cancel", "cancel", "Cancel jobs that have not started."),
    "terminate": Verb("batchsdk.cli.terminate", "terminate", "Stop jobs, running or not."),
    "run": Verb("batchsdk.cli.run", "run", "Run a workflow."),
    "runs": Verb("batchsdk.cli.runs", "runs", "List runs."),
    "attach": Verb("batchsdk.cli.attach", "attach", "Follow a run again, or cancel it."),
    "resume": Verb("batchsdk.cli.resume", "resume", "Run again what failed in a run."),
    "export": Verb("batchsdk.cli.export", "export", "Write a workflow as a state machine."),
    "top": Verb("batchsdk.cli.top", "top", "Watch queues and jobs live."),
    "report": Verb("batchsdk.cli.report", "report", "Write an HTML report: timeline, failures."),
    "completion": Verb("batchsdk.cli.completion", "completion", "Print a shell's completion."),
}

_EXAMPLES = examples(
    "batchsdk --stack dev submit hello -p Target='Hello, Tokyo!' --follow",
    "export BATCHSDK_OUTPUTS=outputs.json",
    "batchsdk list --status RUNNABLE",
    "batchsdk --queue my-queue submit my-definition --follow",
    "batchsdk show JOB_ID",
)
_EXIT_CODES = "\n".join(
    ["\b", "Exit codes:", *(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items())]
)


def _complete_queue(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    from batchsdk.cli.completion import complete_queue  # noqa: PLC0415  # imported as the verbs are

    return complete_queue(context, parameter, incomplete)


@click.group(
    cls=LazyGroup,
    verbs=_VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"{_EXAMPLES}\n\n{_EXIT_CODES}",
)
@click.option("--stack", metavar="NAME", help="Pulumi stack, e.g. dev [env: BATCHSDK_STACK].")
@click.option(
    "--outputs", metavar="FILE", help="JSON file with the stack's outputs [env: BATCHSDK_OUTPUTS]."
)
@click.option("--ssm", metavar="NAME", help="SSM parameter with the outputs [env: BATCHSDK_SSM].")
@click.option(
    "--queue",
    metavar="NAME",
    shell_complete=_complete_queue,
    help="Any job queue, by name or ARN, without a stack [env: BATCHSDK_QUEUE].",
)
@click.option(
    "--project",
    metavar="DIR",
    envvar="BATCHSDK_PROJECT",
    help="Folder of Pulumi.yaml, for --stack.",
)
@click.option(
    "--region", metavar="REGION", help="AWS region, instead of the stack's or the default one."
)
@click.option("--profile", metavar="NAME", help="AWS profile, instead of AWS_PROFILE.")
@click.option("--role-arn", metavar="ARN", help="Role to assume for every call of AWS.")
@click.option(
    "--external-id", metavar="ID", help="What the role's trust policy asks for, with --role-arn."
)
@click.option(
    "--role-session-name",
    metavar="NAME",
    help="Name of the role's session in CloudTrail, with --role-arn.  [default: batchsdk]",
)
@output_options
@click.version_option(__version__, prog_name="batchsdk")
@pass_settings
def command_line(settings: Settings, /, **where: str | None) -> None:
    """Submit, follow and understand AWS Batch jobs.

    Name the stack with exactly one of --stack, --outputs and --ssm, or its environment variable;
    or, for a queue that no stack made, --queue alone.
    """
    for option, value in where.items():
        setattr(settings, option, value)


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
        with sigterm_as_interrupt():
            ended = command_line.main(args=arguments, prog_name="batchsdk", standalone_mode=False)
    except Terminated:
        return ExitCode.TERMINATED
    except click.Abort as fault:
        is_sigterm = isinstance(fault.__cause__, Terminated)
        return ExitCode.TERMINATED if is_sigterm else ExitCode.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as fault:
        # Neither a result nor a mistake of one word: as click and the AWS CLI have it, 2.
        click.echo(fault.format_message(), err=True)
        return ExitCode.WRONG_INPUT
    except click.ClickException as fault:
        reporting.report_usage(fault, as_json=as_json)
        return ExitCode.WRONG_INPUT
    except BatchSdkError as fault:
        reporting.report(fault, as_json=as_json)
        return ExitCode.of(fault)
    except Exception as fault:
        if os.environ.get("BATCHSDK_TRACEBACK"):
            raise
        reporting.report_unexpected(fault, as_json=as_json)
        return ExitCode.FAULT
    return (
        ended if isinstance(ended, int) else ExitCode.DONE
    )  # the code of an Exit, as click has it
