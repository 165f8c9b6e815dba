"""`start`, `stop` and `reset`."""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localaws.cli.running import ask, find_running, log_file
from localaws.credentials.connection import connection_file
from localaws.credentials.foreign_settings import foreign
from localaws.system.private_files import open_private, private_folder

if TYPE_CHECKING:
    from localaws.server import LocalAws

SHUTDOWN_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05


@click.command()
@click.option("--port", default=4566, show_default=True, help="TCP port on 127.0.0.1; 0: any.")
@click.option("--region", default="us-east-1", show_default=True, help="Default region of clients.")
@click.option(
    "--executor",
    type=click.Choice(["auto", "process", "container", "noop"]),
    default="auto",
    show_default=True,
    help="What runs jobs. auto: containers where a container engine answers, else processes; "
    "noop: nothing, every job succeeds at once.",
)
@click.option(
    "--stop-timeout",
    default=30.0,
    show_default=True,
    help="Seconds between SIGTERM and SIGKILL for a job that is stopped.",
)
@click.option(
    "--persist",
    "data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps everything over a restart; without it, each start is empty.",
)
@click.option(
    "--realistic",
    is_flag=True,
    help="Let states last as on AWS (seconds each), instead of as short as possible.",
)
@click.option(
    "--reachability/--no-reachability",
    default=True,
    show_default=True,
    help="Whether instances register, and images are pulled, only where the routes, endpoints and "
    "security groups of their VPC let them. The default VPC always does.",
)
@click.option(
    "--role-checks/--no-role-checks",
    default=True,
    show_default=True,
    help="Whether a compute environment turns INVALID whose roles are not there, or do not let "
    "Batch do what it must.",
)
@click.option(
    "--enforce-iam/--no-enforce-iam",
    default=False,
    show_default=True,
    help="Whether every call, and what the ECS agent does for jobs, needs the permissions that it "
    "needs on AWS. The key that `env` prints is the account's own and may do everything.",
)
@click.option("--detach", is_flag=True, help="Run in the background; return when it is healthy.")
def start(
    *,
    port: int,
    region: str,
    executor: Any,
    stop_timeout: float,
    data: Path | None,
    realistic: bool,
    reachability: bool,
    role_checks: bool,
    enforce_iam: bool,
    detach: bool,
) -> None:
    """Run the local AWS until Ctrl-C or `stop`."""
    if (found := find_running()) is not None:
        raise click.ClickException(
            f"a local AWS runs at {found.endpoint_url}: stop it, or set LOCALAWS_HOME to run two"
        )
    if importlib.util.find_spec("moto") is None:  # in this process, not in the log of another
        raise ModuleNotFoundError("No module named 'moto'", name="moto")
    if detach:
        _start_in_background([each for each in sys.argv[1:] if each != "--detach"])
        return
    _read_models_once()
    for name in foreign(os.environ):  # moto makes sessions of boto3, which a profile may not let
        del os.environ[name]
    # Imported here: moto takes a while, and --help needs none of it.
    from localaws.server import LocalAws, StateDelays  # noqa: PLC0415

    _write_log()
    try:
        local = LocalAws(
            executor=executor,
            port=port,
            region=region,
            stop_timeout=stop_timeout,
            delays=StateDelays.realistic() if realistic else StateDelays(),
            data=data,
            reachability=reachability,
            role_checks=role_checks,
            enforce_iam=enforce_iam,
        )
    except (OSError, RuntimeError) as error:
        raise click.ClickException(f"cannot start on port {port}: {error}") from error
    _serve(local)


def _read_models_once() -> None:
    """Let all boto3 sessions of this process share botocore's loader of models.

    moto makes a session for each service, and without this each reads all regions of AWS again.
    The clients of one session share a loader as well, so nothing changes what was read.
    """
    import botocore.session  # noqa: PLC0415  # --help needs none of it

    botocore.session.create_loader = functools.cache(botocore.session.create_loader)


@click.command()
def stop() -> None:
    """Stop the running local AWS and its jobs; return when both have ended."""
    if find_running() is None:
        connection_file().unlink(missing_ok=True)  # of a server that was killed
        click.echo("no local AWS is running")
        return
    process_id = ask("GET", "status")["processId"]
    ask("POST", "stop")
    if not _until(lambda: not connection_file().exists(), STOP_SECONDS):
        raise click.ClickException(
            f"process {process_id} has not stopped after {STOP_SECONDS:g} s; see {log_file()}"
        )
    click.echo("stopped")


@click.command()
def reset() -> None:
    """Empty the running local AWS: resources, jobs, logs and faults of every account."""
    ask("POST", "reset")
    click.echo("empty")


def _serve(local: LocalAws) -> None:
    stopped = threading.Event()
    local.control.on_stop = stopped.set
    for number in SHUTDOWN_SIGNALS:
        signal.signal(number, lambda *_: stopped.set())
    path = connection_file()
    try:
        local.start()
    except (OSError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    try:
        try:
            local.connection.save(path)
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error}") from error
        click.echo(f"local AWS at {local.endpoint_url}, jobs run by: {local.executor}")
        click.echo('in another terminal: eval "$(python -m localaws env)"; Ctrl-C stops it')
        stopped.wait()
    finally:
        local.stop()
        local.connection.forget(path)  # last: `stop` waits for it
    click.echo("stopped")


def _start_in_background(arguments: list[str]) -> None:
    path = log_file()
    with os.fdopen(_open_log(os.O_TRUNC), "wb") as log:
        server = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "localaws", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if not _until(lambda: find_running() is not None or server.poll() is not None, START_SECONDS):
        server.kill()
        raise click.ClickException(f"not healthy after {START_SECONDS:g} s; see {path}")
    if server.poll() is not None:
        raise click.ClickException(f"the server ended:\n{path.read_text().strip()}")
    found = ask("GET", "status")
    click.echo(f"local AWS at {found['endpointUrl']}, jobs run by: {found['executor']}")
    click.echo('eval "$(python -m localaws env)" points tools at it; `stop` stops it')


def _open_log(flag: int) -> int:
    path = log_file()
    try:
        private_folder(path.parent)
        return open_private(path, os.O_WRONLY | os.O_CREAT | flag)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error}") from error


def _write_log() -> None:
    """Log to the file that `logs` shows, and warnings to the terminal if that is another."""
    path = log_file()
    terminal = logging.StreamHandler()
    terminal.setFormatter(logging.Formatter("localaws: %(message)s"))
    terminal.setLevel(logging.WARNING)
    detached = path.exists() and os.path.samestat(path.stat(), os.fstat(sys.stderr.fileno()))
    log = os.fdopen(_open_log(os.O_APPEND if detached else os.O_TRUNC), "w", encoding="utf-8")
    file = logging.StreamHandler(log)
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handlers: list[logging.Handler] = [file] if detached else [terminal, file]
    logging.basicConfig(handlers=handlers)
    logging.getLogger("localaws").setLevel(logging.INFO)


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for ``condition``; return whether it came true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
