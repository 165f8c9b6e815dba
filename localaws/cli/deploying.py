"""`deploy`: the Pulumi program on the local AWS without its engine."""

from __future__ import annotations

import json
from pathlib import Path

import click

from localaws.cli.running import require_loopback, running
from localaws.credentials.connection import Connection


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
    "--resources",
    "resources_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write what was created to this file, as JSON.",
)
def deploy(stack: str, project: Path, resources_file: Path | None) -> None:
    """Run the Pulumi program on the local AWS and print the stack's outputs as JSON.

    Replaces `pulumi up` where there is no Pulumi engine; the local AWS must be empty.
    """
    from batch_platform.settings import SettingsError  # noqa: PLC0415 - pulumi takes a while to import
    from localaws.embedded import DeployedResource, DeploymentError  # noqa: PLC0415
    from localaws.embedded import deploy as deploy_embedded  # noqa: PLC0415

    connection = Connection.from_environ() or running()
    require_loopback(connection, "deploy")

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
