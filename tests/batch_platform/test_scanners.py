"""Independent scanners over what every environment makes.

`checkov`, `parliament`, `cfn-lint`, `cfn-guard` with the rules of AWS Control Tower, `cdk-nag`.
"""

from __future__ import annotations

import copy
import json
import subprocess
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import example_environments as examples
from tests.batch_platform.cloudformation_judges import ask_cdk_nag, ask_cfn_guard, ask_cfn_lint
from tests.batch_platform.cloudformation_template import template
from tests.batch_platform.recorded_run import Registered, RunProgram
from tests.batch_platform.terraform_plan import TYPES, plan, with_real_arns
from tests.tool_environment import tool_environment

CHECKOV, PARLIAMENT = "3.3.30", "1.6.4"
HERE = Path(__file__).parent / "scanners"
ROOT = Path(__file__).parents[2]
TEXTS = {name: examples.text(name) for name in examples.NAMES} | {
    name: (ROOT / f"Pulumi.{name}.yaml").read_text() for name in ("dev", "local")
}
BROKEN = "broken"
"""Name of the environment that is prod-isolated with faults, which the scanners must find."""
POLICIES = ("policy", "assumeRolePolicy")
NO_IAM_POLICY = {"aws:ecr/lifecyclePolicy:LifecyclePolicy"}
"""Types whose ``policy`` says how long something is kept."""

pytestmark = [pytest.mark.scanners, pytest.mark.timeout(900)]  # installing them is in it


@dataclass
class Scanned:
    """What the scanners said.

    Attributes:
        passed: how many checks of checkov each type of resource passed.
        kept: how many environments keep each rule of Control Tower.
        found: for each environment, check and type of resource: the resources.
    """

    passed: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    found: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=dict)

    def add(self, environment: str, check: str, kind: str, resource: str) -> None:
        """Take note of a finding."""
        self.found.setdefault(environment, {}).setdefault((check, kind), set()).add(resource)

    def everywhere(self) -> dict[tuple[str, str], set[str]]:
        """Return the findings in the real environments."""
        merged: dict[tuple[str, str], set[str]] = {}
        for environment, found in self.found.items():
            for key, resources in found.items() if environment != BROKEN else ():
                merged.setdefault(key, set()).update(resources)
        return merged


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with both scanners; made once."""
    return tool_environment(
        f"scanners-checkov-{CHECKOV}-parliament-{PARLIAMENT}",
        # parliament imports pkg_resources, which later ones do not have.
        [f"checkov=={CHECKOV}", f"parliament=={PARLIAMENT}", "setuptools<81"],
    )


@pytest.fixture(scope="module")
def done() -> list[Scanned]:
    """What has been scanned: once for all tests of this module."""
    return []


@pytest.fixture
def scanned(run_program: RunProgram, python: Path, tmp_path: Path, done: list[Scanned]) -> Scanned:
    """What the scanners say of every environment."""
    if not done:
        recorded = {}
        for name, text in TEXTS.items():
            run = run_program(text, stack=name, answers=examples.NETWORK)
            assert run.refused == []
            recorded[name] = run.resources
        recorded[BROKEN] = broken(recorded["prod-isolated"])
        result = Scanned()
        ask_checkov(python, recorded, tmp_path / "plans", result)
        ask_parliament(python, recorded, result)
        ask_about_templates(recorded, tmp_path / "templates", result)
        done.append(result)
    return done[0]


def broken(resources: list[Registered]) -> list[Registered]:
    """Return the resources with a fault in each of a few."""
    resources = copy.deepcopy(resources)
    first: dict[str, dict[str, Any]] = {}
    for each in resources:
        first.setdefault(each.typ.rpartition(":")[2], each.inputs)
    first["LaunchTemplate"]["metadataOptions"] = {"httpTokens": "optional"}
    for name in ("kmsMasterKeyId", "sqsManagedSseEnabled"):
        first["Queue"].pop(name, None)
    first["SecurityGroupIngressRule"] |= {"cidrIpv4": "0.0.0.0/0", "fromPort": 22, "toPort": 22}
    container = json.loads(first["JobDefinition"]["containerProperties"]) | {"privileged": True}
    first["JobDefinition"]["containerProperties"] = json.dumps(container)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    first["RolePolicy"]["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    trust = json.loads(first["Role"]["assumeRolePolicy"])
    trust["Statement"][0]["Action"] = "sts:AssumeRoles"
    first["Role"]["assumeRolePolicy"] = json.dumps(trust)
    return resources


def ask_checkov(
    python: Path, recorded: dict[str, list[Registered]], folder: Path, result: Scanned
) -> None:
    folder.mkdir()
    for name, resources in recorded.items():
        (folder / f"{name}.json").write_text(json.dumps(plan(resources)))
    answer = subprocess.run(
        [
            python.with_name("checkov"),
            *("--directory", folder, "--framework", "terraform_plan"),
            *("--output", "json", "--compact", "--skip-download"),
        ],
        capture_output=True,
        text=True,
        check=False,  # 1 where something is found
    )
    assert answer.stdout.startswith("{"), answer.stderr[-2000:]
    report = json.loads(answer.stdout)
    assert report["summary"]["parsing_errors"] == 0
    for check in report["results"]["passed_checks"]:
        result.passed[check["resource"].partition(".")[0]] += 1
    for check in report["results"]["failed_checks"]:
        kind = check["resource"].partition(".")[0]
        result.add(Path(check["file_path"]).stem, check["check_id"], kind, check["resource"])


def ask_parliament(python: Path, recorded: dict[str, list[Registered]], result: Scanned) -> None:
    asked, kinds = [], {}
    for environment, resources in recorded.items():
        for each in resources:
            for key in POLICIES:
                if key in each.inputs and each.typ not in NO_IAM_POLICY:
                    name = f"{environment} {each.urn}"
                    kinds[name] = TYPES[each.typ]
                    document = json.loads(with_real_arns(each.inputs[key]))
                    kind = kinds[name] if key == "policy" else key
                    asked.append({"name": name, "kind": kind, "document": document})
    answer = subprocess.run(
        [python, "-W", "ignore", HERE / "policy_findings.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    for finding in json.loads(answer.stdout):
        environment, _, urn = finding["name"].partition(" ")
        result.add(environment, finding["issue"], kinds[finding["name"]], urn)


def ask_about_templates(
    recorded: dict[str, list[Registered]], folder: Path, result: Scanned
) -> None:
    folder.mkdir()
    for name, resources in recorded.items():
        (folder / f"{name}.json").write_text(json.dumps(template(resources), indent=1))
    ask_cfn_lint(folder, result.add)
    ask_cdk_nag(folder, result.add)
    ask_cfn_guard(folder, result.add, lambda rule: result.kept.update([rule]))


def justified() -> dict[tuple[str, str], dict[str, str]]:
    """What stays as it is, by check and type of resource."""
    table = tomllib.loads((HERE / "justified.toml").read_text())
    return {(check, kind): entry for check, kinds in table.items() for kind, entry in kinds.items()}


def test_nothing_is_found_that_is_not_justified(scanned: Scanned) -> None:
    found = scanned.everywhere()
    assert {key: found[key] for key in found.keys() - justified().keys()} == {}


def test_what_is_justified_is_still_found(scanned: Scanned) -> None:
    assert justified().keys() - scanned.everywhere().keys() == set()


@pytest.mark.parametrize(("check", "kind"), sorted(justified()))
def test_a_justification_is_named_beside_its_resource(check: str, kind: str) -> None:
    entry = justified()[check, kind]
    lines = (ROOT / entry["file"]).read_text().splitlines()
    assert [line for line in lines if "#" in line and check in line.partition("#")[2]]
    assert len(entry["reason"]) > 40


def test_checkov_looked_at_the_resources(scanned: Scanned) -> None:
    looked_at = {kind for kind, number in scanned.passed.items() if number > 0}
    assert looked_at >= {
        "aws_batch_job_definition",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_eip",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_launch_template",
        "aws_route",
        "aws_route_table",
        "aws_security_group",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "aws_ssm_parameter",
        "aws_subnet",
        "aws_vpc",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    }


def test_control_tower_looked_at_the_resources(scanned: Scanned) -> None:
    assert scanned.kept.keys() >= {
        "cloudwatch_alarm_action_check",
        "ec2_launch_template_encrypted_volumes_check",
        "ec2_launch_template_imdsv2_check",
        "ec2_launch_template_token_hop_limit_check",
        "iam_managed_policy_no_statements_with_admin_access_check",
        "sqs_queue_encrypted_check",
        "subnet_auto_assign_public_ip_disabled_check",
    }


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        ("CKV_AWS_79", "aws_launch_template"),  # IMDSv1
        ("CKV_AWS_27", "aws_sqs_queue"),  # not encrypted
        ("CKV_AWS_24", "aws_vpc_security_group_ingress_rule"),  # SSH from everywhere
        ("CKV_AWS_210", "aws_batch_job_definition"),  # privileged
        ("CKV_AWS_62", "aws_iam_role_policy"),  # all on all
        ("PRIVILEGE_ESCALATION", "aws_iam_role_policy"),
        ("UNKNOWN_ACTION", "aws_iam_role"),
        ("AwsSolutions-EC23", "AWS::EC2::SecurityGroupIngress"),  # SSH from everywhere
        ("AwsSolutions-IAM5 Action", "AWS::IAM::Policy"),  # all actions
    ],
)
def test_the_scanners_find_what_is_broken(scanned: Scanned, check: str, kind: str) -> None:
    assert (check, kind) in scanned.found[BROKEN]
    assert (check, kind) not in scanned.everywhere()
