"""`deploy`: the Pulumi program on the local AWS without its engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from localaws.cli.running import reached
from localaws.control.deployed_stacks import DeployedStacks
from localaws.credentials.connection import Connection

if TYPE_CHECKING:
    from localaws.embedded import Deployment
    from localaws.embedded.registrations import Entry
    from localaws.embedded.steps import Action

SIGNS = {"create": "+", "update": "~", "delete": "-"}
"""As `pulumi up` shows them; what is unchanged has no line."""
WORDS = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


@click.command()
@click.option("--stack", default="local", show_default=True, help="Reads Pulumi.<stack>.yaml.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder of the Pulumi program.",
)
@click.option(
    "--output",
    "output_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the outputs to this file instead of printing them: only when the deployment is "
    "complete, so that a failure leaves the file as it was.",
)
@click.option(
    "--recreate",
    is_flag=True,
    help="Delete and create again what cannot be changed in place, and all that depends on it. "
    "Jobs in the queues among them are lost.",
)
@click.option(
    "--resources",
    "resources_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the resources that the stack has to this file, as JSON.",
)
def deploy(
    *,
    stack: str,
    project: Path,
    output_file: Path | None,
    recreate: bool,
    resources_file: Path | None,
) -> None:
    """Bring the local AWS to what the Pulumi program declares; print the outputs as JSON.

    Replaces `pulumi up` where there is no Pulumi engine. The next run makes the edits of the stack
    file: in place where AWS can, creations and deletions. An edit that needs a new resource is
    refused, before anything is changed, unless --recreate is given. After a failure or Ctrl-C, the
    next run goes on from there.
    """
    from batch_platform.settings import SettingsError  # noqa: PLC0415 - pulumi takes a while to import
    from localaws.embedded import DeploymentError  # noqa: PLC0415
    from localaws.embedded import deploy as deploy_embedded  # noqa: PLC0415

    connection, status = reached("deploy")
    _require_no_engine(Path(status["pulumiState"]), project, stack)
    _point_at(connection)

    def report(action: Action, entry: Entry) -> None:
        if action in SIGNS:
            click.echo(f" {SIGNS[action]}  {entry.title}", err=True)

    try:
        deployment = deploy_embedded(
            connection,
            DeployedStacks(connection),
            stack=stack,
            project=project.resolve(),
            recreate=recreate,
            on_step=report,
        )
    except (SettingsError, DeploymentError) as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"{stack}: {_summary(deployment)}", err=True)
    outputs = json.dumps(deployment.outputs, indent=2)
    if resources_file is not None:
        _write(resources_file, json.dumps([each._asdict() for each in deployment.resources]))
    if output_file is not None:
        _write(output_file, f"{outputs}\n")
    else:
        click.echo(outputs)


def _require_no_engine(states: Path, project: Path, stack: str) -> None:
    """Refuse a stack that the Pulumi engine has deployed here: its state would no longer be true.

    Raises:
        click.ClickException: the stack is the engine's, or the folder has no Pulumi project.
    """
    from localaws.persistence.pulumi_state import PulumiState  # noqa: PLC0415 - imports PyYAML

    try:
        is_engines = PulumiState(states).has_resources(project, stack)
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{error.filename} does not exist: run this in the folder of the Pulumi project, or "
            "name that folder by --project"
        ) from error
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if is_engines:
        raise click.ClickException(
            f"the Pulumi engine has deployed the stack {stack} to this local AWS. Go on with it: "
            f"`python -m localaws run --stack {stack} -- pulumi up` (`make up STACK={stack}`), or "
            "begin anew: `python -m localaws reset`"
        )


def _point_at(connection: Connection) -> None:
    """Have the clients that the program makes itself reach the local AWS, and nothing else."""
    environ = connection.applied_to(os.environ)
    for name in set(os.environ) - set(environ):
        del os.environ[name]
    os.environ.update(environ)


def _summary(deployment: Deployment) -> str:
    counts = {str(action): count for action, count in deployment.counts.items()}
    told = [f"{counts[action]} {word}" for action, word in WORDS.items() if action in counts]
    return ", ".join(told) or "no resources"


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
