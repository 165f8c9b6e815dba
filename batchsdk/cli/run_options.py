"""Options of the verbs about runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from batchsdk.cli.numbers import SECONDS
from batchsdk.cli.run_watch import Following
from batchsdk.cli.stuck import runnable_timeout_option

ledger_option = click.option(
    "--ledger",
    metavar="FILE|s3://…|stack",
    envvar="BATCHSDK_LEDGER",
    help="Ledger that records the runs; `stack` is the one in the stack's storage.  [default: that "
    "one, or the user's own where the stack has no storage or the run began there]",
)


def follow_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of waiting for a run; the command gets them as ``following``."""

    @functools.wraps(command)
    def with_following(*arguments: Any, **options: Any) -> Any:
        following = Following(
            wait=options.pop("wait"),
            timeout=options.pop("wait_timeout"),
            runnable_timeout=options.pop("runnable_timeout"),
            on_interrupt=options.pop("on_interrupt"),
        )
        return command(*arguments, following=following, **options)

    for option in (
        click.option(
            "--on-interrupt",
            type=click.Choice(["ask", "detach", "cancel"]),
            default="ask",
            show_default=True,
            help="What Ctrl-C and SIGTERM do to the jobs.",
        ),
        runnable_timeout_option,
        click.option(
            "--wait-timeout",
            type=SECONDS,
            metavar="SECONDS",
            help="Stop waiting after that.",
        ),
        click.option("--wait/--no-wait", default=True, help="Wait until every step has ended."),
    ):
        with_following = option(with_following)
    return with_following
