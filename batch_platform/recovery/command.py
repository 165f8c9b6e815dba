"""``batch-platform recover --stack dev``: after an update was killed, before the next one.

It finds what the killed update has left in AWS and the state does not know, deletes it, and makes
the engine forget the operations that were cut off. Without such operations it does nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch_platform.recovery.engine import Engine, EngineError
from batch_platform.recovery.interrupted import State, StateError, read_state
from batchsdk.printable import printable

if TYPE_CHECKING:
    from batch_platform.recovery.orphan_type import Aws

STDIN = "-"


def add_parser(commands: Any) -> None:
    """Add the verb to the subcommands of ``batch-platform``."""
    parser = commands.add_parser(
        "recover", help="after a killed update: delete what it left", description=__doc__
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the verb alone; see :func:`run`."""
    parser = argparse.ArgumentParser(prog="python -m batch_platform.recovery", description=__doc__)
    _add_arguments(parser)
    return run(parser.parse_args(arguments))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", required=True, help="name of the stack, e.g. dev")
    parser.add_argument("--directory", type=Path, default=Path(), help="folder of Pulumi.yaml")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="only inspect what `pulumi stack export` wrote (- reads stdin); changes nothing",
    )


def run(chosen: argparse.Namespace) -> int:
    """Recover.

    Returns:
        0 when nothing is left to recover; 1 when something is, which stderr then says.
    """
    engine = Engine(chosen.stack, chosen.directory)
    if chosen.state is None and engine.is_at_rest():
        return 0
    try:
        if chosen.state is None and engine.release_dead_lock():
            sys.stdout.write(f"{chosen.stack}: the lock of an engine that was killed is released\n")
        state = read_state(_exported(chosen.state, engine))
        if not state.pending:
            return 0
        return _recover(state, engine, is_only_look=chosen.state is not None, yes=chosen.yes)
    except (EngineError, StateError, OSError) as error:
        return _refuse(error)


def _recover(state: State, engine: Engine, *, is_only_look: bool, yes: bool) -> int:
    # Only now what takes a second to import: Pulumi and boto3.
    from batch_platform.clients import AccountError  # noqa: PLC0415
    from batch_platform.recovery.orphans import OrphanError  # noqa: PLC0415
    from batch_platform.recovery.recover import look_until_settled, recover  # noqa: PLC0415

    aws = _aws(state)
    try:
        recovery = look_until_settled(aws, state, on_wait=_say_waiting)
        sys.stdout.write(printable(f"{state.environment}: an update was cut off\n"))
        sys.stdout.writelines(printable(f"  {line}\n") for line in recovery.lines())
        sys.stdout.flush()
        if is_only_look:
            return 0
        if not (yes or _agreed()):
            sys.stderr.write("nothing was changed; --yes continues without asking\n")
            return 1
        recover(recovery, aws, engine)
    except (AccountError, OrphanError) as error:
        return _refuse(error)
    sys.stdout.write(
        f"{state.environment}: recovered, {len(recovery.doomed)} deleted; now `pulumi up` or "
        "`pulumi destroy`\n"
    )
    return 0


def _exported(source: str | None, engine: Engine) -> str:
    if source is None:
        return engine.export()
    return sys.stdin.read() if source == STDIN else Path(source).read_text(encoding="utf-8")


def _aws(state: State) -> Aws:
    """Return the AWS that the state's own ``aws`` provider spoke to."""
    import functools  # noqa: PLC0415

    from batch_platform.clients import require_account, session_of  # noqa: PLC0415
    from batch_platform.recovery.orphan_type import Aws  # noqa: PLC0415
    from batch_platform.recovery.recover import wait_until  # noqa: PLC0415

    @functools.cache
    def session() -> Any:
        region = state.provider("region")
        if region is None:
            raise StateError("the state has no aws provider with a region")
        made = session_of(state.provider, region)
        if state.account_id is not None:
            require_account(made, state.account_id)
        return made

    @functools.cache
    def of(service: str) -> Any:
        return session().client(service)

    return Aws(state.environment, of, wait_until)


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Continue? [y/N] ").strip().lower() in {"y", "yes"}


def _say_waiting() -> None:
    sys.stderr.write("waiting for requests that the killed update may have left in flight\n")
    sys.stderr.flush()


def _refuse(error: Exception) -> int:
    sys.stderr.write(printable(f"{error}\n"))
    return 1
