"""``--queue`` of the verbs that look at the jobs of every queue, or of one."""

from __future__ import annotations

import click

from batchsdk.cli.completion import complete_queue

queue_option = click.option(
    "-q",
    "--queue",
    shell_complete=complete_queue,
    help="Key, name or ARN.  [default: every queue of the stack]",
)
