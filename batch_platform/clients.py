"""boto3 clients for the few things that Pulumi has no resource for.

They must speak to the account that the default ``aws`` provider speaks to, whose settings they
therefore take: region, profile, key, roles to assume. All else (other credentials, endpoints) comes
from the environment, for both. Whoever asks for a client says which account it is to be.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

_ASSUME_ROLE = {
    "externalId": "ExternalId",
    "policy": "Policy",
    "sourceIdentity": "SourceIdentity",
    "transitiveTagKeys": "TransitiveTagKeys",
}
"""Names of the provider, and of the STS API."""


class AccountError(Exception):
    """The credentials are of another account than the stack's resources."""


@functools.cache
def client(service: str, region: str, account_id: str) -> Any:
    """Return a client of ``service``, e.g. ``batch``, with the provider settings of the config.

    Raises:
        AccountError: it would be of another account than ``account_id``.
    """
    session = session_of(pulumi.Config("aws").get, region)
    require_account(session, account_id)
    return session.client(service)


def session_of(provider: Callable[[str], str | None], region: str) -> Any:
    """Return a session with the identity of an ``aws`` provider.

    Args:
        provider: returns a setting by pulumi-aws's name; one that is no text as JSON.
        region: e.g. ``ap-northeast-1``.
    """
    session = _session(
        profile_name=provider("profile"),
        aws_access_key_id=provider("accessKey"),
        aws_secret_access_key=provider("secretKey"),
        aws_session_token=provider("token"),
        region_name=region,
    )
    for role in json.loads(provider("assumeRoles") or "[]"):  # each with the one before
        session = _assumed(session, role, region)
    return session


def _session(**settings: Any) -> Any:
    import boto3  # noqa: PLC0415  # takes a fifth of a second, and most updates need no client

    return boto3.Session(**settings)


def require_account(session: Any, account_id: str) -> None:
    """Refuse a session of another account.

    Raises:
        AccountError: names both, and what to do.
    """
    found = session.client("sts").get_caller_identity()["Account"]
    if found != account_id:
        raise AccountError(
            f"the credentials that boto3 finds here are of account {found}, and this stack is in "
            f"{account_id}. Name those of the stack by `aws:profile` or `aws:assumeRoles` in the "
            "stack file, or in the environment (AWS_PROFILE, AWS_ROLE_ARN, ...)"
        )


def _assumed(session: Any, role: Mapping[str, Any], region: str) -> Any:
    arguments = {api: role[name] for name, api in _ASSUME_ROLE.items() if role.get(name)}
    if role.get("policyArns"):
        arguments["PolicyArns"] = [{"arn": arn} for arn in role["policyArns"]]
    if role.get("tags"):
        arguments["Tags"] = [{"Key": key, "Value": value} for key, value in role["tags"].items()]
    credentials = session.client("sts").assume_role(
        RoleArn=role["roleArn"],
        RoleSessionName=role.get("sessionName") or "batch-platform",
        **arguments,
    )["Credentials"]
    return _session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=region,
    )
