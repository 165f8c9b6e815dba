"""The provider as any Pulumi program meets it, through `localaws run`."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import boto3
import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

PROJECT = Path(__file__).parent.parent.parent
PROGRAM = """\
import pulumi_aws as aws

{statements}
"""


class Program:
    """A Pulumi program of a few lines, in a folder of its own."""

    def __init__(self, local, folder):
        self.folder = folder
        self.environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **local.environ}
        # Found by name: `localaws run` must bring Python's own folder of programs.
        self.environ["PYTHONPATH"] = str(PROJECT)
        (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        self.stack = f"s{uuid.uuid4().hex[:6]}"
        self.stack_file = folder / f"Pulumi.{self.stack}.yaml"
        self.stack_file.write_text("config:\n  aws:region: us-east-1\n")

    def run(self, *command):
        """Run a command by `localaws run` on this program's stack."""
        return subprocess.run(
            [sys.executable, "-m", "localaws", "run", "--stack", self.stack, "--", *command],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def up(self, *statements):
        """Write the program and update."""
        (self.folder / "__main__.py").write_text(PROGRAM.format(statements="\n".join(statements)))
        return self.run("pulumi", "up", "--yes", "--skip-preview", "--color=never")


@pytest.fixture
def program(local, tmp_path):
    return Program(local, tmp_path)


def test_a_refusal_names_the_property_and_nothing_is_made(program, local):
    logs = client_of(local, "logs")
    refused = program.up(
        f"aws.cloudwatch.LogGroup('wrong', name='{program.stack}', retention_in_days=2)"
    )
    assert refused.returncode != 0
    assert "aws:cloudwatch/logGroup:LogGroup resource 'wrong'" in refused.stdout
    assert "retentionInDays" in refused.stdout
    assert logs.describe_log_groups(logGroupNamePrefix=program.stack)["logGroups"] == []


def test_a_type_that_is_not_carried_is_refused_by_name(program):
    refused = program.up("aws.kinesis.Stream('stream', shard_count=1)")
    assert refused.returncode != 0
    assert "does not support the resource type aws:kinesis/stream:Stream" in refused.stdout


def test_names_are_made_up_and_imports_are_adopted(program, local):
    logs = client_of(local, "logs")
    name = f"{program.stack}-before-pulumi"
    logs.create_log_group(logGroupName=name, tags={"team": "data"})
    logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    (program.folder / "__main__.py").write_text("")
    imported = program.run(
        *("pulumi", "import", "aws:cloudwatch/logGroup:LogGroup", "kept", name),
        *("--yes", "--generate-code=false", "--protect=false", "--color=never"),
    )
    assert imported.returncode == 0, imported.stdout + imported.stderr

    adopted = program.up(
        f"aws.cloudwatch.LogGroup('kept', name='{name}', retention_in_days=7,"
        " tags={'team': 'data'})",
        f"aws.cloudwatch.LogGroup('{program.stack}-auto')",
    )

    assert adopted.returncode == 0, adopted.stdout
    exported = json.loads(program.run("pulumi", "stack", "export").stdout)
    groups = {
        each["urn"].rpartition("::")[2]: each["id"]
        for each in exported["deployment"]["resources"]
        if each["type"] == "aws:cloudwatch/logGroup:LogGroup"
    }
    assert groups["kept"] == name
    made_up = groups[f"{program.stack}-auto"]
    assert made_up.startswith(f"{program.stack}-auto-")
    assert len(made_up) == len(f"{program.stack}-auto-") + 7
    # Adopted as it was, so that only the other one was created.
    assert "+ 1 created" in adopted.stdout
    assert "updated" not in adopted.stdout


def test_a_program_has_a_provider_for_each_region(program, local):
    made = program.up(
        "far = aws.Provider('far', region='eu-west-1')",
        f"aws.cloudwatch.LogGroup('near', name='{program.stack}')",
        "import pulumi",
        f"aws.cloudwatch.LogGroup('far', name='{program.stack}', retention_in_days=7,"
        " opts=pulumi.ResourceOptions(provider=far))",
    )
    assert made.returncode == 0, made.stdout
    retention = {}
    for region in ("us-east-1", "eu-west-1"):
        logs = boto3.client("logs", **{**local.client_arguments, "region_name": region})
        (group,) = logs.describe_log_groups(logGroupNamePrefix=program.stack)["logGroups"]
        retention[region] = group.get("retentionInDays")
    assert retention == {"us-east-1": None, "eu-west-1": 7}
    destroyed = program.run("pulumi", "destroy", "--yes", "--skip-preview", "--remove")
    assert destroyed.returncode == 0, destroyed.stdout
    for region in retention:
        logs = boto3.client("logs", **{**local.client_arguments, "region_name": region})
        assert logs.describe_log_groups(logGroupNamePrefix=program.stack)["logGroups"] == []
    # The stack went, its file did not; and it can be made again.
    assert "aws:region" in program.stack_file.read_text()
    assert program.up().returncode == 0


def test_the_stack_file_stays_as_it_is_and_the_exit_code_is_the_commands(program):
    before = program.stack_file.read_text()
    assert program.up().returncode == 0
    assert program.stack_file.read_text() == before
    failed = program.run("sh", "-c", "exit 7")
    assert failed.returncode == 7
    missing = program.run("no-such-command")
    assert missing.returncode == 1
    assert "there is no command no-such-command" in missing.stderr
