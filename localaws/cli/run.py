"""`run`: any command, with the engine, boto3 and the AWS CLI pointed at the local AWS."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from localaws.cli.running import reached
from localaws.control.deployed_stacks import DeployedStacks
from localaws.credentials import aws_cli
from localaws.credentials.connection import Connection

if TYPE_CHECKING:
    from localaws.persistence.pulumi_state import PulumiState

OF_ANOTHER_BACKEND = "PULUMI_CONFIG_PASSPHRASE"
"""A variable of Pulumi that would take precedence over the local one."""
TAKE_CONFIG_FILE = ("destroy", "import", "preview", "refresh", "up", "watch")
"""Commands of Pulumi that have the option ``--config-file``."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--stack",
    help="Stack to select, created if it is new. Pulumi uses a copy of this folder's "
    "Pulumi.<stack>.yaml: the file stays unchanged.",
)
@click.option(
    "--first",
    metavar="COMMAND",
    help="Run first, in the same environment; if it fails, COMMAND is not run.",
)
@click.option(
    "--trust-local-users",
    is_flag=True,
    help="Where the system does not say which user opens a connection (all but Linux), and others "
    "are logged in: serve the engine all the same. They can then use its provider.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    *, stack: str | None, first: str | None, trust_local_users: bool, command: tuple[str, ...]
) -> None:
    """Run COMMAND against the local AWS, and exit with its exit code.

    The real Pulumi engine uses the local AWS's `aws` provider. Its state is kept by the local
    AWS: lost when the local AWS stops or is reset, or kept in its --persist folder.

    \b
    python -m localaws run --stack local -- pulumi up
    python -m localaws run --stack local -- pulumi stack output --json
    python -m localaws run -- aws batch describe-job-queues
    """  # noqa: D301
    # Pulumi, gRPC and PyYAML: the other verbs, which import this module too, need none of them.
    from localaws.persistence.pulumi_state import PulumiState  # noqa: PLC0415
    from localaws.provider import ProviderServer  # noqa: PLC0415

    connection, status = reached("run")
    state = PulumiState(Path(status["pulumiState"]))
    try:
        of_the_state = state.environ
        server = ProviderServer(connection, trust_local_users=trust_local_users)
    except (OSError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    with server as provider:
        environ = connection.applied_to(os.environ)
        environ.pop(OF_ANOTHER_BACKEND, None)
        environ |= {**of_the_state, **provider.environ}
        # Pulumi's language host takes the first Python on PATH: the one that has the program's
        # packages.
        environ["PATH"] = os.pathsep.join(
            (str(Path(sys.executable).parent), environ.get("PATH", os.defpath))
        )
        if stack is not None:
            environ["PULUMI_STACK"] = stack
            command = _with_config_file(command, _prepare(connection, state, stack, environ))
        is_cli = Path(command[0]).name == "aws"
        if is_cli and (complaint := aws_cli.complaint(environ["PATH"])) is not None:
            click.echo(f"warning: {complaint}", err=True)
        with _keeping(Path(f"Pulumi.{stack}.yaml")):
            code = _run(tuple(shlex.split(first)), environ) if first is not None else 0
            code = code or _run(command, environ)
    _leave(code)


def _leave(code: int) -> NoReturn:
    """Exit now: Python takes a second to take apart pulumi-aws, which an engine made it import."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _deployed_without_the_engine(connection: Connection, project: str) -> set[str]:
    """Return the stacks of a project, of any account, that `deploy` has deployed."""
    keys = (key.split("/") for key in DeployedStacks(connection).names())
    return {stack for _, name, stack in keys if name == project}


def _prepare(
    connection: Connection, state: PulumiState, stack: str, environ: dict[str, str]
) -> Path:
    """Make the stack if it is new; return the copy of its file."""
    from localaws.persistence.pulumi_state import project_name  # noqa: PLC0415 - as in run

    project = Path.cwd()
    try:
        stack_file = state.copy_stack_file(project, stack)
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{error.filename} does not exist: run this in the folder of the Pulumi project, and "
            f"name a stack that has a Pulumi.<stack>.yaml"
        ) from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if stack in _deployed_without_the_engine(connection, project_name(project)):
        raise click.ClickException(
            f"`deploy` has deployed the stack {stack} to this local AWS, so the Pulumi engine does "
            f"not know its resources. Go on with it: `python -m localaws deploy --stack {stack}`, "
            "or begin anew: `python -m localaws reset`"
        )
    if not state.has_stack(project, stack):
        answer = subprocess.run(  # noqa: S603 - Pulumi itself
            [_found("pulumi", environ), "stack", "init", stack, "--no-select"],
            cwd=stack_file.parent,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise click.ClickException(f"pulumi stack init {stack}: {answer.stderr.strip()}")
    return stack_file


@contextlib.contextmanager
def _keeping(stack_file: Path) -> Iterator[None]:
    """Put the file back if Pulumi takes it away with its stack (`stack rm`, `destroy --remove`)."""
    text = stack_file.read_bytes() if stack_file.exists() else None
    try:
        yield
    finally:
        if text is not None and not stack_file.exists():
            stack_file.write_bytes(text)


def _with_config_file(command: tuple[str, ...], stack_file: Path) -> tuple[str, ...]:
    is_pulumi = Path(command[0]).name == "pulumi" and len(command) > 1
    if is_pulumi and command[1] in TAKE_CONFIG_FILE and "--config-file" not in command:
        return (*command[:2], "--config-file", str(stack_file), *command[2:])
    return command


def _found(program: str, environ: dict[str, str]) -> str:
    found = shutil.which(program, path=environ["PATH"])
    if found is None:
        hint = ": `make pulumi` installs it" if program == "pulumi" else ""
        raise click.ClickException(f"there is no command {program} on PATH{hint}")
    return found


def _run(command: tuple[str, ...], environ: dict[str, str]) -> int:
    """Run the command; return its exit code, 128 and the number if a signal ended it."""
    child = subprocess.Popen([_found(command[0], environ), *command[1:]], env=environ)  # noqa: S603

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    # A Ctrl-C reaches the whole foreground: the child has it, and must be able to finish.
    handlers: dict[int, Any] = {
        signal.SIGINT: signal.SIG_IGN,
        signal.SIGTERM: forward,
        signal.SIGHUP: forward,
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    code = child.wait()
    for number, handler in before.items():
        signal.signal(number, handler)  # what is ignored here, the next child would ignore too
    return code if code >= 0 else 128 - code
