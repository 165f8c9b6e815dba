"""Whose account the program's own boto3 clients speak to."""

from __future__ import annotations

import json

import boto3
import pytest

from batch_platform.clients import AccountError, require_account, session_of

OTHER = "210987654321"
REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def environ(local, monkeypatch):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def role(local):
    """A role of another account, that this one may assume."""
    other = local.connection_for(OTHER)
    iam = boto3.client(
        "iam",
        endpoint_url=other.endpoint_url,
        aws_access_key_id=other.access_key_id,
        aws_secret_access_key=other.secret_access_key,
    )
    arn = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    yield arn
    iam.delete_role(RoleName="deployer")


def account_of(session):
    return session.client("sts").get_caller_identity()["Account"]


def test_without_settings_it_is_the_environment(local):
    session = session_of({}.get, REGION)
    assert session.region_name == REGION
    assert account_of(session) == account_of(boto3.Session())


def test_roles_are_assumed_as_the_provider_does(role):
    settings = {
        "assumeRoles": json.dumps([{"roleArn": role, "externalId": "xyz", "tags": {"a": "b"}}])
    }
    session = session_of(settings.get, REGION)
    assert account_of(session) == OTHER
    require_account(session, OTHER)


def test_a_key_in_the_config_comes_before_the_environment(local):
    other = local.connection_for(OTHER)
    settings = {"accessKey": other.access_key_id, "secretKey": other.secret_access_key}
    assert account_of(session_of(settings.get, REGION)) == OTHER


def test_a_profile_is_taken(local, monkeypatch, tmp_path):
    other = local.connection_for(OTHER)
    (tmp_path / "config").write_text(
        f"[profile far]\naws_access_key_id = {other.access_key_id}\n"
        f"aws_secret_access_key = {other.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert account_of(session_of({"profile": "far"}.get, REGION)) == OTHER


def test_another_account_is_refused_with_both_and_the_fix():
    session = session_of({}.get, REGION)
    with pytest.raises(AccountError, match=rf"{account_of(session)}.*{OTHER}.*aws:profile"):
        require_account(session, OTHER)
