"""`env` and `credentials`: what other tools need to reach the server that runs."""

from __future__ import annotations

import dataclasses
import json
import shlex

import click

from localaws.cli.running import ask, running
from localaws.credentials.connection import ACCOUNT_ID, Connection

account_option = click.option(
    "--account", default=ACCOUNT_ID, show_default=True, help="Account of the key: 12 digits."
)


@click.command()
@account_option
def env(account: str) -> None:
    """Print the variables that point boto3, the AWS CLI and Pulumi at the running local AWS."""
    for name, value in _connection(account).environ.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@click.command()
@account_option
def credentials(account: str) -> None:
    """Print an access key in the form of the AWS setting `credential_process`.

    \b
    ~/.aws/config:
      [profile local]
      endpoint_url = http://127.0.0.1:4566
      region = us-east-1
      credential_process = python -m localaws credentials
    """  # noqa: D301
    connection = _connection(account)
    click.echo(
        json.dumps(
            {
                "Version": 1,
                "AccessKeyId": connection.access_key_id,
                "SecretAccessKey": connection.secret_access_key,
            }
        )
    )


def _connection(account: str) -> Connection:
    key = ask("POST", "account-key", {"account": account})
    return dataclasses.replace(
        running(), access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
