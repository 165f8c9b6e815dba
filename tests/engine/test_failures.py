"""An `up` that AWS does not let finish, and the next one."""

from __future__ import annotations

import json

import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

BOTO_ATTEMPTS = 5
"""Of one call (botocore's legacy mode)."""


@pytest.fixture
def stack(new_stack, local):
    made = new_stack()
    yield made
    local.faults.clear()
    made.destroy()


def test_what_was_created_in_part_is_kept_and_repaired(stack, local):
    local.faults.add(
        "server-error", service="ec2", operation="ModifyVpcAttribute", times=BOTO_ATTEMPTS
    )
    failed = stack.up(check=False)
    assert failed.code != 0
    assert "ModifyVpcAttribute" in failed.diagnostics
    (vpc,) = [each for each in stack.resources() if each["type"] == "aws:ec2/vpc:Vpc"]
    assert "ModifyVpcAttribute" in vpc["initErrors"][0]

    repaired = stack.up()

    assert ("update", f"Vpc {stack.name}-vpc") in repaired.changes
    assert stack.outputs()["network"]["vpcId"] == vpc["id"]
    ec2 = client_of(local, "ec2")
    answer = ec2.describe_vpc_attribute(VpcId=vpc["id"], Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"]["Value"]
    assert set(stack.up().counts()) == {"same"}


def test_a_config_that_is_wrong_changes_nothing(stack):
    stack.block("computeEnvironments")["default"]["maxVcpus"] = "lots"
    refused = stack.up(check=False)
    assert refused.code != 0
    assert "'lots' is not a whole number" in refused.output
    assert "Traceback" not in refused.output
    assert [each["type"] for each in stack.resources()] == ["pulumi:pulumi:Stack"]
    stack.block("computeEnvironments")["default"]["maxVcpus"] = 8


def test_nothing_secret_is_in_the_state_in_clear(stack):
    stack.up()
    exported = stack.pulumi("stack", "export").output
    parameter = next(
        each for each in stack.resources() if each["type"] == "aws:ssm/parameter:Parameter"
    )
    # pulumi-aws takes every parameter's value for a secret.
    assert "ciphertext" in parameter["inputs"]["value"]
    assert "ciphertext" in parameter["outputs"]["value"]
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"):
        assert stack.environ[name] not in exported


SECRET = "hunter2-kept-from-everybody"


def test_a_secret_of_the_config_is_refused_with_its_key_and_is_nowhere_in_clear(stack):
    path = stack.folder / f"Pulumi.{stack.name}.yaml"
    key = "batch-platform:jobDefinitions.hello.environment.TOKEN"
    shown = []
    for arguments in (
        ("config", "set", "--secret", "--path", key, SECRET),
        ("config", "set", "--secret", "aws:token", SECRET),  # of the provider, so it may be one
    ):
        shown.append(stack.pulumi(*arguments).output)
        stack.text = path.read_text()
    assert stack.text.count("secure") == 2

    refused = stack.up(check=False)
    previewed = stack.pulumi("preview", check=False)

    for each in (refused, previewed):
        assert each.code != 0
        assert f"{key}: the value is encrypted" in each.diagnostics
        assert "name it under `secrets` of the job definition" in each.diagnostics
        assert "aws:token" not in each.diagnostics
    line = next(n for n, text in enumerate(stack.text.splitlines(), 1) if "TOKEN" in text)
    assert f"{path.name}:{line}: " in refused.diagnostics
    assert [each["type"] for each in stack.resources()] == ["pulumi:pulumi:Stack"]
    shown += [refused.output, previewed.output, stack.pulumi("stack", "export").output]
    shown += [json.dumps(stack.events())]
    shown += [each.read_text() for each in stack.folder.rglob("*.yaml")]
    assert [text for text in shown if SECRET in text] == []
    stack.text = ""
