"""`python -m localaws env`: what a shell that takes it in calls, whatever it had before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.credentials import EnvProvider

from localaws.credentials.foreign_settings import (
    ENDPOINT_SETTINGS,
    OF_OTHER_CREDENTIALS,
    OF_OTHER_ENDPOINTS,
)

LEAD_NOWHERE = {
    *("AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DATA_PATH"),
    *("AWS_CSM_CLIENT_ID", "AWS_CSM_ENABLED", "AWS_CSM_HOST", "AWS_CSM_PORT"),
    *("AWS_DEFAULTS_MODE", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS", "AWS_SDK_UA_APP_ID"),
    *("AWS_DISABLE_HOST_PREFIX_INJECTION", "AWS_ENDPOINT_DISCOVERY_ENABLED"),
    *("AWS_DISABLE_REQUEST_COMPRESSION", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES"),
    *("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"),
    *("AWS_EC2_METADATA_V1_DISABLED", "AWS_IMDS_USE_IPV6", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
    *("AWS_METADATA_SERVICE_TIMEOUT", "AWS_STS_REGIONAL_ENDPOINTS"),
    *("BOTOCORE_TCP_KEEPALIVE", "BOTO_CONFIG"),
    *("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS"),
    *("AWS_S3_USE_ARN_REGION", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"),
    *("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"),  # set by `env`
}
"""Variables that choose no address where ``AWS_ENDPOINT_URL`` is set, and no credentials."""
ELSEWHERE = "http://192.0.2.1:9"
"""An address of nobody (RFC 5737)."""
IDENTITY = """
import boto3
print(boto3.client("sts").get_caller_identity()["Account"])
print(boto3.client("s3").meta.endpoint_url)
"""
CONFIG = f"""
[default]
region = eu-west-1
endpoint_url = {ELSEWHERE}
services = mine
ignore_configured_endpoint_urls = true
use_fips_endpoint = true
use_dualstack_endpoint = true

[services mine]
s3 =
  endpoint_url = {ELSEWHERE}
"""


@pytest.fixture
def server(local, tmp_path):
    """Return the environment of a command that finds the local AWS as `start` leaves it."""
    home = tmp_path / "home"
    local.connection.save(home / "connection.json")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {**inherited, "LOCALAWS_HOME": str(home)}


def shell(environ, script):
    """Run a script behind what `env` prints; return what it printed, and stderr."""
    done = subprocess.run(
        ["sh", "-ec", f'eval "$({sys.executable} -m localaws env)"\n{script}'],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def cli(folder, text):
    """Make a program `aws` that tells its version as the AWS CLI does; return its folder."""
    program = folder / "aws"
    program.write_text(f"#!/bin/sh\necho '{text}'\n")
    program.chmod(0o755)
    return str(folder)


def test_nothing_that_a_shell_had_leads_past_the_local_aws(server, local, tmp_path):
    (tmp_path / "config").write_text(CONFIG)
    before = {
        **dict.fromkeys(OF_OTHER_CREDENTIALS | OF_OTHER_ENDPOINTS, "2001-01-01T00:00:00Z"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL_S3": ELSEWHERE,
        "AWS_ENDPOINT_URL_STS": ELSEWHERE,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "HTTP_PROXY": ELSEWHERE,
        "http_proxy": ELSEWHERE,
        "NO_PROXY": "example.com",
    }
    program = tmp_path / "identity.py"
    program.write_text(IDENTITY)
    ask = f'{sys.executable} "{program}"; echo "$NO_PROXY"; env'
    account, endpoint, no_proxy, *left = shell(server | before, ask)[0].splitlines()

    assert account == "123456789012"
    assert endpoint == local.endpoint_url
    assert no_proxy == "example.com,127.0.0.1"
    names = {line.partition("=")[0] for line in left}
    unset = OF_OTHER_CREDENTIALS | OF_OTHER_ENDPOINTS | {"AWS_ENDPOINT_URL_S3"}
    assert not names & unset


def test_every_variable_of_botocore_is_known():
    """What a newer botocore reads besides is to be unset, or listed here."""
    of_settings = {
        name
        for _, names, _, _ in BOTOCORE_DEFAUT_SESSION_VARIABLES.values()
        for name in ([names] if isinstance(names, str) else names or [])
    }
    of_keys = {EnvProvider.EXPIRY_TIME, EnvProvider.ACCOUNT_ID, *EnvProvider.TOKENS}
    known = OF_OTHER_CREDENTIALS | OF_OTHER_ENDPOINTS | ENDPOINT_SETTINGS.keys() | LEAD_NOWHERE
    assert of_settings | of_keys <= known


def test_run_leaves_out_what_env_unsets(server):
    before = {"AWS_ENDPOINT_URL_STS": ELSEWHERE, "AWS_CREDENTIAL_EXPIRATION": "2001-01-01"}
    done = subprocess.run(
        [sys.executable, "-m", "localaws", "run", "--", sys.executable, "-c", IDENTITY],
        env={**server, **before},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.splitlines()[:1] == ["123456789012"], done.stderr


@pytest.mark.parametrize(
    ("version", "needed"),
    [
        ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12", "2.13.0"),
        ("aws-cli/1.28.9 Python/3.9.2 Linux/5.10.0 botocore/1.30.9", "1.29.0"),
        ("aws-cli/2.13.0 Python/3.11.4 Linux/6.1.0 exe/x86_64.debian.12", None),
        ("aws-cli/1.29.0 Python/3.11.4 Linux/6.1.0 botocore/1.31.0", None),
        ("another program", None),
    ],
)
def test_an_aws_cli_that_knows_no_endpoint_url_is_told_of(server, tmp_path, version, needed):
    path = f"{cli(tmp_path, version)}{os.pathsep}{server['PATH']}"
    printed, told = shell({**server, "PATH": path}, "echo $AWS_ENDPOINT_URL")

    assert printed.startswith("http://127.0.0.1:")
    assert (f"use {needed} or newer" in told) is (needed is not None)
    assert (str(tmp_path / "aws") in told) is (needed is not None)


def test_an_aws_cli_is_asked_for_its_version_once(server, tmp_path):
    asked = tmp_path / "asked"
    folder = cli(tmp_path, "aws-cli/2.9.19 Python/3.11.2")
    program = tmp_path / "aws"
    program.write_text(f"#!/bin/sh\necho once more >> {asked}\necho aws-cli/2.9.19 x\n")
    variables = {**server, "PATH": f"{folder}{os.pathsep}{server['PATH']}"}
    for _ in range(3):
        assert "use 2.13.0 or newer" in shell(variables, ":")[1]
    assert asked.read_text().count("once more") == 1

    program.write_text("#!/bin/sh\necho aws-cli/2.13.1 x\n")  # upgraded
    assert shell(variables, ":")[1] == ""


def test_without_an_aws_cli_nothing_is_told(server, tmp_path):
    (tmp_path / "sh").symlink_to("/bin/sh")
    assert shell({**server, "PATH": str(tmp_path)}, ":") == ("", "")
