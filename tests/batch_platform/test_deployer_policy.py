"""The policy of who deploys, as ``batch-platform deployer-policy`` prints it; see tests/engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from batch_platform.iam.deployer import LONGEST_INLINE_POLICY
from tests import example_environments as examples

Printed = dict[str, dict[str, Any]]


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str]) -> Any:
    """Print the policy of an example; return its statements by their ids."""

    def printed(name: str, *options: str, folder: Path = examples.FOLDER) -> Printed:
        command = ["deployer-policy", "--stack", name, "--directory", str(folder), *options]
        assert main(command) == 0
        document = json.loads(capsys.readouterr().out)
        length = len(json.dumps(document, separators=(",", ":")))
        assert length < LONGEST_INLINE_POLICY
        return {each["Sid"]: each for each in document["Statement"]}

    return printed


@pytest.mark.parametrize("name", examples.NAMES)
def test_what_has_a_name_is_limited_to_those_of_the_stack(policy: Any, name: str) -> None:
    statements = policy(name, "--account-id", "123456789012")
    for sid, statement in statements.items():
        if statement["Resource"] == ["*"]:
            changes = [each for each in statement["Action"] if ":Describe" not in each]
            limited = "aws:RequestedRegion" in str(statement.get("Condition"))
            assert limited or changes in ([], ["tag:GetResources"]), sid
        else:
            own = (f"/{name}", f":{name}-", f"-{name}", ":*", "/aws/service/", "aws-service-role")
            given = "123456789012" if sid == "PassRoles" else name
            assert all(any(one in arn for one in (*own, given)) for arn in statement["Resource"])


def test_a_boundary_of_the_config_is_on_every_role_that_it_may_create(policy: Any) -> None:
    condition = policy("prod-isolated")["CreateRoles"]["Condition"]
    arn = "arn:aws:iam::123456789012:policy/batch-boundary"
    assert condition == {"StringEquals": {"iam:PermissionsBoundary": arn}}
    assert "Condition" not in policy("fargate")["CreateRoles"]


def test_roles_of_others_that_the_config_names_may_be_passed(policy: Any, tmp_path: Path) -> None:
    role = "arn:aws:iam::123456789012:role/of-another-team"
    text = examples.text("fargate") + f"  batch-platform:roles: {{jobRoleArn: '{role}'}}\n"
    (tmp_path / "Pulumi.a.yaml").write_text(text)
    assert role in policy("a", folder=tmp_path)["PassRoles"]["Resource"]


def test_instances_are_run_by_who_makes_an_auto_scaling_group_alone(
    policy: Any, tmp_path: Path
) -> None:
    unmanaged = "{type: UNMANAGED, autoScalingGroup: {instanceTypes: [c5.large], maxSize: 2}}"
    (tmp_path / "Pulumi.a.yaml").write_text(
        "config:\n"
        "  aws:region: us-east-1\n"
        "  batch-platform:network: {mode: public}\n"
        f"  batch-platform:computeEnvironments: {{own: {unmanaged}}}\n"
        "  batch-platform:jobQueues: {default: {computeEnvironments: [own]}}\n"
        "  batch-platform:jobDefinitions: {hello: {image: busybox, memory: 64}}\n"
    )
    assert policy("a", folder=tmp_path)["RunInstances"]["Action"] == ["ec2:RunInstances"]
    assert "RunInstances" not in policy("gpu")


def test_an_account_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["deployer-policy", "--stack", "gpu", "--directory", str(examples.FOLDER)]
    assert main([*command, "--account-id", "12"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "--account-id: '12' is no account; fix: write its twelve digits\n"
