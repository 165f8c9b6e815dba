"""``batchsdk exec``."""

from __future__ import annotations

import click

from batchsdk.cli.settings import Settings, examples, pass_settings

_EXAMPLES = examples(
    "batchsdk exec JOB_ID -- sh",
    "batchsdk exec JOB_ID -- cat /proc/1/status",
    "batchsdk exec JOB_ID --container sidecar -- sh -c 'ls -l /scratch'",
)


@click.command("exec", short_help="Run a command in a job that runs.", epilog=_EXAMPLES)
@click.argument("job_id")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--container", metavar="NAME", help="Of a job of several containers: which one.")
@pass_settings
def exec_(settings: Settings, job_id: str, command: tuple[str, ...], container: str | None) -> None:
    """Run COMMAND in the container of a job that is RUNNING, at this terminal.

    The job definition must have containerProperties: {enableExecuteCommand: true}, and AWS's
    session-manager-plugin must be installed. JOB_ID may be a child ("ID:0") or a node ("ID#0"). The
    command is root, whoever the job is, and has the rights of the job's role.

    Exit code: that of the plugin, 0 if the session ended well. AWS does not tell that of COMMAND.
    """
    code = settings.connect().exec(job_id, list(command), container=container)
    raise click.exceptions.Exit(code)
