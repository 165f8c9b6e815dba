"""`env` and `credentials`: what other tools need to reach the server that runs."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex

import click

from localaws.cli.running import ask, running
from localaws.credentials import aws_cli
from localaws.credentials.connection import ACCOUNT_ID, Connection
from localaws.credentials.foreign_settings import around_proxies, foreign

account_option = click.option(
    "--account", default=ACCOUNT_ID, show_default=True, help="Account of the key: 12 digits."
)


@click.command()
@account_option
def env(account: str) -> None:
    """Print the variables that point boto3, the AWS CLI and Pulumi at the running local AWS.

    Variables that would lead past it (a profile, a session token, the endpoint of one service)
    are unset, and an HTTP proxy is kept out. An AWS CLI that is too old to know AWS_ENDPOINT_URL
    is told of on stderr.
    """
    connection = _connection(account)
    for name in foreign(os.environ):
        click.echo(f"unset {name}")
    for name, value in {**connection.environ, **around_proxies(connection.endpoint_url)}.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    if (complaint := aws_cli.complaint()) is not None:
        click.echo(f"warning: {complaint}", err=True)


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
