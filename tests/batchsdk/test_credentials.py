"""Whose credentials the calls of AWS are made with."""

from __future__ import annotations

import json
import os
import pickle
import re
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import boto3
import pytest

import batchsdk
from batchsdk import ConnectionSettingsError, CredentialsError
from tests.batchsdk import forked_command_line
from tests.batchsdk.fakes import job, stack_outputs
from tests.batchsdk.wire import Server, answer

OUTPUTS = stack_outputs().to_mapping()
ROLE = "arn:aws:iam::123456789012:role/submitter"


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have profiles, and no other settings of this machine; nobody asks instance metadata."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    profiles = tmp_path / "config"
    profiles.write_text(
        "[profile staging]\naws_access_key_id = STAGING\naws_secret_access_key = s\n"
        f"[profile chained]\nrole_arn = {ROLE}\ncredential_source = Environment\n"
        "region = eu-west-3\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return profiles


@pytest.fixture(autouse=True)
def default_session() -> Iterator[None]:
    """Leave the default session of boto3 as it was."""
    before = boto3.DEFAULT_SESSION
    boto3.DEFAULT_SESSION = None
    yield
    boto3.DEFAULT_SESSION = before


class Aws:
    """Answers as STS and Batch do, and writes down whose key signed what."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.signed: list[tuple[str, str]] = []
        """Service and key of each request."""
        self.regions: list[str] = []
        self.lifetime = timedelta(hours=1)
        server.answers = [self]

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        scope = re.search(
            r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", handler.headers["Authorization"]
        )
        assert scope is not None
        key, region, service = scope.groups()
        self.signed.append((service, key))
        self.regions.append(region)
        text = json.dumps({"jobs": [job("RUNNING")], "jobSummaryList": []})
        if service == "sts":
            count = sum(each == "sts" for each, _ in self.signed)
            until = (datetime.now(UTC) + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = ASSUMED.format(key=f"ROLE{count}", until=until)
        elif service == "ssm":
            text = json.dumps({"Parameter": {"Value": json.dumps(OUTPUTS)}})
        answer(200, text)(handler)

    def keys_of(self, batch: batchsdk.Batch) -> list[tuple[str, str]]:
        """Make a call; return the services and keys of all requests that it took."""
        before = len(self.signed)
        assert batch.job("job-1").status == "RUNNING"
        return self.signed[before:]


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>{until}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


@pytest.fixture
def aws(server: Server) -> Aws:
    return Aws(server)


def connect(**more: Any) -> batchsdk.Batch:
    return batchsdk.connect(outputs=OUTPUTS, **more)


def test_a_session_of_boto3_is_used_as_it_is(aws):
    session = boto3.Session(aws_access_key_id="MINE", aws_secret_access_key="s")
    assert aws.keys_of(connect(session=session)) == [("batch", "MINE")]
    assert aws.regions == ["us-east-1"], "the stack's"


def test_the_default_session_of_boto3_is_honoured(aws):
    boto3.setup_default_session(aws_access_key_id="DEFAULT", aws_secret_access_key="s")
    assert aws.keys_of(connect()) == [("batch", "DEFAULT")]
    assert aws.keys_of(connect(profile="staging")) == [("batch", "STAGING")]


def test_a_default_session_that_boto3_made_by_itself_does_not_keep_old_keys(aws, monkeypatch):
    boto3.client("batch", region_name="us-east-1").describe_jobs(jobs=["job-1"])
    assert boto3.DEFAULT_SESSION is not None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NEW")
    assert aws.keys_of(connect()) == [("batch", "NEW")]


def test_a_profile_goes_before_the_keys_of_the_environment(aws):
    assert aws.keys_of(connect()) == [("batch", "key")]
    assert aws.keys_of(connect(profile="staging")) == [("batch", "STAGING")]


def test_an_unknown_profile_is_told(aws):
    with pytest.raises(CredentialsError, match="absent"):
        connect(profile="absent").job("job-1").describe()
    assert aws.signed == []


def test_environ_stands_for_the_environment_in_credentials_region_and_endpoint(
    aws, configuration, monkeypatch
):
    endpoint = {"AWS_ENDPOINT_URL": aws.server.url, "AWS_CONFIG_FILE": str(configuration)}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    keys = {"AWS_ACCESS_KEY_ID": "GIVEN", "AWS_SECRET_ACCESS_KEY": "s"}
    assert aws.keys_of(connect(environ={**endpoint, **keys})) == [("batch", "GIVEN")]
    profile = {**endpoint, "AWS_PROFILE": "staging"}
    assert aws.keys_of(connect(environ=profile)) == [("batch", "STAGING")]
    chained = {**endpoint, **keys, "AWS_PROFILE": "chained"}
    # As botocore does it: the keys of the environment go before AWS_PROFILE, not before profile=.
    assert aws.keys_of(connect(environ=chained)) == [("batch", "GIVEN")]
    found = aws.keys_of(connect(environ={**endpoint, **keys}, profile="chained"))
    assert found == [("sts", "GIVEN"), ("batch", "ROLE1")]


def test_without_credentials_in_environ_those_of_the_process_are_not_used(aws):
    environ = {"AWS_ENDPOINT_URL": aws.server.url, "AWS_EC2_METADATA_DISABLED": "true"}
    environ["AWS_SHARED_CREDENTIALS_FILE"] = environ["AWS_CONFIG_FILE"] = "absent"
    with pytest.raises(CredentialsError):
        connect(environ=environ).job("job-1").describe()
    assert aws.signed == []


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({"AWS_PROFILE": "chained"}, "eu-west-3"),
    ],
)
def test_the_region_is_read_from_both_variables(aws, monkeypatch, environ, region):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    batchsdk.connect(ssm="/batch/dev")
    given = {**os.environ, **environ}
    for name in environ:
        monkeypatch.delenv(name)
    batchsdk.connect(ssm="/batch/dev", environ=given)
    assert aws.regions == [region, region]


def test_a_role_is_assumed_and_its_credentials_are_renewed(aws):
    aws.lifetime = timedelta(minutes=5)  # botocore renews what is left for less than 15
    batch = connect(role_arn=ROLE, external_id="the-id", role_session_name="nightly")
    first = aws.keys_of(batch)
    assert first[:2] == [("sts", "key"), ("batch", "ROLE1")]
    asked = dict(urllib.parse.parse_qsl(aws.server.bodies[0].decode()))
    assert asked["RoleArn"] == ROLE
    assert (asked["ExternalId"], asked["RoleSessionName"]) == ("the-id", "nightly")
    assert aws.keys_of(batch) == [("sts", "key"), ("batch", "ROLE2")]


def test_a_role_is_assumed_once_while_its_credentials_last(aws):
    batch = connect(role_arn=ROLE, profile="staging")
    assert aws.keys_of(batch) == [("sts", "STAGING"), ("batch", "ROLE1")]
    assert aws.keys_of(batch) == [("batch", "ROLE1")]


def test_a_given_session_and_a_given_environ_may_assume_a_role(aws):
    session = boto3.Session(aws_access_key_id="MINE", aws_secret_access_key="s")
    assert aws.keys_of(connect(session=session, role_arn=ROLE))[0] == ("sts", "MINE")
    environ = {**os.environ, "AWS_ACCESS_KEY_ID": "GIVEN"}
    assert aws.keys_of(connect(environ=environ, role_arn=ROLE))[0] == ("sts", "GIVEN")


def test_a_connection_by_profile_or_role_is_pickled_and_one_with_credentials_is_not(aws):
    batch = connect(profile="staging", role_arn=ROLE)
    again = pickle.loads(pickle.dumps(batch.job("job-1")))
    assert again.status == "RUNNING"
    assert aws.signed == [("sts", "STAGING"), ("batch", "ROLE1")]
    session = boto3.Session(aws_access_key_id="MINE", aws_secret_access_key="s")
    for given in ({"session": session}, {"environ": {"AWS_PROFILE": "staging"}}):
        with pytest.raises(TypeError, match="name credentials by profile= or role_arn="):
            pickle.dumps(connect(**given).job("job-1"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"session": "dev"}, "must be a boto3.Session, not of type str"),
        ({"session": boto3.Session(), "profile": "dev"}, "both given"),
        ({"role_arn": "submitter"}, "must be the ARN of a role"),
        ({"external_id": "x"}, "no role to assume"),
        ({"role_session_name": "x"}, "no role to assume"),
        ({"role_arn": ROLE, "external_id": "x"}, "external_id = 'x': must have 2 to 1224"),
        ({"role_arn": ROLE, "external_id": "a b"}, "must have 2 to 1224 letters, digits"),
        ({"role_arn": ROLE, "role_session_name": "a:b"}, "must have 2 to 64 letters, digits"),
        ({"role_arn": ROLE, "role_session_name": "x" * 65}, "must have 2 to 64"),
    ],
)
def test_what_contradicts_itself_is_refused(given, said):
    with pytest.raises(ConnectionSettingsError, match=said):
        connect(**given)


def test_the_command_line_takes_a_profile_and_a_role_with_what_its_trust_policy_asks_for(
    aws, tmp_path
):
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(OUTPUTS))
    role = ["--role-arn", ROLE, "--external-id", "the-id", "--role-session-name", "nightly"]
    where = ["--outputs", str(outputs), "--profile", "staging", *role]
    done = forked_command_line.run([*where, "list", "--json"], dict(os.environ), tmp_path)
    assert aws.signed[:2] == [("sts", "STAGING"), ("batch", "ROLE1")], done.stderr
    asked = dict(urllib.parse.parse_qsl(aws.server.bodies[0].decode()))
    assert (asked["ExternalId"], asked["RoleSessionName"]) == ("the-id", "nightly")
    batch = batchsdk.connect(
        outputs=outputs,
        profile="staging",
        role_arn=ROLE,
        external_id="the-id",
        role_session_name="nightly",
    )
    assert batch.command == " ".join(["batchsdk", *where])
    refused = forked_command_line.run(
        ["--outputs", str(outputs), "--external-id", "the-id", "list"], dict(os.environ), tmp_path
    )
    assert refused.returncode == 2
    assert "--external-id is given, and there is no role to assume" in refused.stderr
    assert "--role-arn" in refused.stderr


def test_environ_stands_for_the_environment_in_batchsdks_own_settings_too(tmp_path):
    environ = {"BATCHSDK_LEDGER": str(tmp_path / "ledger"), "BATCHSDK_CALLS_PER_SECOND": "7"}
    batch = connect(environ=environ)
    for each in (batch, pickle.loads(pickle.dumps(batch))):
        with each.run("nightly") as run:
            assert run.ledger.location == environ["BATCHSDK_LEDGER"]
            assert run.attach_command == "batchsdk attach nightly"
