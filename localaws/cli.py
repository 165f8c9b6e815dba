"""The command line of the local AWS: `python -m localaws start|env|credentials|deploy`."""

from __future__ import annotations

import json
import logging
import shlex
import signal
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from localaws.credentials import Connection, connection_file
from localaws.door import is_loopback

SHUTDOWN_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """AWS on this machine, for development and tests.

    \b
    Terminal 1:  python -m localaws start
    Terminal 2:  eval "$(python -m localaws env)"
                 python -m localaws deploy --stack local
                 batchsdk --ssm /batch/local submit hello --memory 100 --follow
                 aws batch describe-job-queues
    """  # noqa: D301 - \b is click's mark for text that it must not wrap


@main.command()
@click.option("--port", default=4566, show_default=True, help="TCP port on 127.0.0.1; 0: any.")
@click.option("--region", default="us-east-1", show_default=True, help="Default region of clients.")
@click.option(
    "--executor",
    type=click.Choice(["auto", "process", "container"]),
    default="auto",
    show_default=True,
    help="What runs jobs. auto: containers where a container engine answers, else processes.",
)
@click.option(
    "--stop-timeout",
    default=30.0,
    show_default=True,
    help="Seconds between SIGTERM and SIGKILL for a job that is stopped.",
)
def start(port: int, region: str, executor: Any, stop_timeout: float) -> None:
    """Run the local AWS until Ctrl-C.

    Everything it holds is in memory: it starts empty, and is gone when it stops.
    """
    from localaws.server import LocalAws  # moto takes a while: not for --help  # noqa: PLC0415

    logging.basicConfig(format="localaws: %(message)s")
    path = connection_file()
    try:
        local = LocalAws(executor=executor, port=port, region=region, stop_timeout=stop_timeout)
    except (OSError, RuntimeError) as error:
        raise click.ClickException(f"cannot start on port {port}: {error}") from error
    stopped = threading.Event()
    for number in SHUTDOWN_SIGNALS:
        signal.signal(number, lambda *_: stopped.set())
    with local:
        try:
            local.connection.save(path)
        except OSError as error:
            raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
        try:
            click.echo(f"local AWS at {local.endpoint_url}, jobs run by: {local.executor}")
            click.echo('in another terminal: eval "$(python -m localaws env)"; Ctrl-C stops it')
            stopped.wait()
        finally:
            local.connection.forget(path)
    click.echo("stopped")


@main.command()
def env() -> None:
    """Print the variables that point boto3, the AWS CLI and Pulumi at the running local AWS."""
    for name, value in _running().environ.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@main.command()
def credentials() -> None:
    """Print the access key as the AWS setting `credential_process` wants it.

    \b
    ~/.aws/config:
      [profile local]
      endpoint_url = http://127.0.0.1:4566
      region = us-east-1
      credential_process = python -m localaws credentials
    """  # noqa: D301
    connection = _running()
    click.echo(
        json.dumps(
            {
                "Version": 1,
                "AccessKeyId": connection.access_key_id,
                "SecretAccessKey": connection.secret_access_key,
            }
        )
    )


@main.command()
@click.option("--stack", default="local", show_default=True, help="Reads Pulumi.<stack>.yaml.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder of the Pulumi program.",
)
@click.option(
    "--resources",
    "resources_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write what was created to this file, as JSON.",
)
def deploy(stack: str, project: Path, resources_file: Path | None) -> None:
    """Run the Pulumi program on the local AWS and print the stack's outputs as JSON.

    Takes the place of `pulumi up` where there is no Pulumi engine; for an empty local AWS.
    """
    from infra.settings import SettingsError  # noqa: PLC0415 - pulumi takes a while to import
    from localaws.embedded import DeployedResource, DeploymentError  # noqa: PLC0415
    from localaws.embedded import deploy as deploy_embedded  # noqa: PLC0415

    connection = Connection.from_environ() or _running()
    if not is_loopback(urlsplit(connection.endpoint_url).hostname or ""):
        raise click.ClickException(
            f"AWS_ENDPOINT_URL is {connection.endpoint_url}, which is not on this machine: "
            "deploy is for the local AWS alone"
        )

    def report(resource: DeployedResource) -> None:
        click.echo(f" +  {resource.type} {resource.name}", err=True)

    try:
        deployment = deploy_embedded(
            connection, stack=stack, project=project.resolve(), on_resource=report
        )
    except (SettingsError, DeploymentError) as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(1) from None
    if resources_file is not None:
        resources_file.write_text(json.dumps([each._asdict() for each in deployment.resources]))
    click.echo(json.dumps(deployment.outputs, indent=2))


def _running() -> Connection:
    """Read the file that `start` keeps while it runs."""
    try:
        return Connection.load(connection_file())
    except FileNotFoundError:
        raise click.ClickException(
            "no local AWS is running: start one with `python -m localaws start`"
        ) from None
