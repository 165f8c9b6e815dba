"""The program's resources by Terraform and the real ``hashicorp/aws``, on the local AWS.

Nobody here wrote this judge: what it applies, plans and destroys is what the program registers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from batch_platform.iam.deployer import deployer, given_roles
from batch_platform.plan import assumed_plan
from batch_platform.settings import read_stack_file, validate_stack_file
from tests import example_environments as examples
from tests.batch_platform.real_provider.server import a_server, environ_of
from tests.batch_platform.real_provider.terraform import Terraform, actions
from tests.batch_platform.real_provider.terraform_configuration import configuration, together
from tests.localaws.principals import Principals
from tests.localaws.real_server import Server

ROOT = Path(__file__).parents[3]
FILES = {
    "dev": ROOT / "Pulumi.dev.yaml",
    "dual-stack": ROOT / "Pulumi.dev.yaml",
    "fargate": examples.FOLDER / "Pulumi.fargate.yaml",
    "prod-isolated": examples.FOLDER / "Pulumi.prod-isolated.yaml",
}
REGION = "ap-northeast-1"
EDITED = "dev"
NETWORKS: dict[str, dict[str, Any]] = {
    "dual-stack": {
        "mode": "nat",
        "ipv6": True,
        "secondaryCidrs": ["100.64.0.0/20"],
        "egress": [
            {"protocol": "icmp", "cidr": "10.9.0.0/16"},
            {"protocol": "all", "cidrIpv6": "2001:db8::/32"},
        ],
    }
}
"""Networks that no example has, in the place of another environment's."""
ENVIRONMENT = "aws_batch_compute_environment.dev-default"
SUFFIX = "5d6e7f8"
"""Of the replacement's name: the engine makes one up, Terraform is given one."""

pytestmark = [pytest.mark.real_provider, pytest.mark.timeout(1800)]


@dataclass
class Life:
    """What Terraform did with all environments.

    Attributes:
        second_plan: after the first apply.
        edit: the plan of an edited config of one of them.
        third_plan: after its apply.
        left: the state's resources after the destroy.
        used: the actions of IAM that all of it needed.
        granted: the actions of the deployers' policies, which were all that Terraform had.
    """

    second_plan: dict[str, Any]
    edit: dict[str, list[str]]
    third_plan: dict[str, Any]
    left: set[str]
    used: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)


def edited(config: dict[str, Any]) -> dict[str, Any]:
    """Return blocks in which a queue and a log group change in place, an environment does not."""
    environments = config["batch-platform:computeEnvironments"]
    environments["default"] |= {"allocationStrategy": "BEST_FIT", "instanceTypes": ["c5.large"]}
    queues = config["batch-platform:jobQueues"]
    queues["default"]["priority"] = 20
    return {
        "batch-platform:computeEnvironments": environments,
        "batch-platform:jobQueues": queues,
        "batch-platform:logGroup": {"retentionInDays": 180},
    }


def live(terraform: Terraform, first: dict[str, Any], second: dict[str, Any]) -> Life:
    terraform.configure(first)
    terraform.apply()
    second_plan = terraform.plan()
    terraform.configure(second)
    edit = actions(terraform.plan(refresh=False))
    terraform.apply_plan()
    third_plan = terraform.plan()
    terraform.destroy()
    return Life(second_plan, edit, third_plan, terraform.addresses())


@pytest.fixture(scope="module")
def done() -> list[Life]:
    """The life, once for all tests of this module."""
    return []


@pytest.fixture
def life(run_program: Callable[..., Any], tmp_path_factory: Any, done: list[Life]) -> Life:
    """The life of all environments in one configuration: a start of the provider takes seconds."""
    if done:
        return done[0]
    configurations: dict[str, list[dict[str, Any]]] = {}
    for name, file in FILES.items():
        config = {key: json_of(text) for key, text in read_stack_file(file).pulumi_config().items()}
        assert config["aws:region"] == REGION  # another would need a provider of its own
        other = {"batch-platform:network": NETWORKS[name]} if name in NETWORKS else None
        given = {"answers": examples.NETWORK, "overrides": other}
        runs = [run_program(file.read_text(), stack=name, **given)]
        if name == EDITED:
            runs.append(run_program(file.read_text(), stack=name, overrides=edited(config)))
        assert [run.refused for run in runs] == [[]] * len(runs)
        configurations[name] = [
            configuration(run.resources, REGION, {ENVIRONMENT: SUFFIX} if number else {})
            for number, run in enumerate(runs)
        ]
    first = together(each[0] for each in configurations.values())
    second = together(each[-1] for each in configurations.values())
    # The names of the examples are their own, so the server is too.
    with a_server(tmp_path_factory.mktemp("home"), "--enforce-iam") as server:
        policies = [policy_of(name, file) for name, file in FILES.items()]
        environ = {**environ_of(server), **a_deployer(server, policies)}
        made = live(Terraform.at(tmp_path_factory.mktemp("all"), environ), first, second)
        log = (server.home / "server.log").read_text()
        made.used = set(re.findall(r":assumed-role/\S+ is allowed (\S+),", log))
    made.granted = {
        action
        for policy in policies
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    done.append(made)
    return made


def policy_of(name: str, file: Path) -> dict[str, Any]:
    """Return what lets its holder deploy an example."""
    stack_file = replace(read_stack_file(file), stack=name)
    plan = assumed_plan(validate_stack_file(stack_file))
    return dict(deployer(plan, given=given_roles(stack_file.values)))


def a_deployer(server: Server, policies: list[dict[str, Any]]) -> dict[str, str]:
    """Make a role with policies, and return the environment variables of its session."""
    principals = Principals(server)
    role = principals.role()
    for number, policy in enumerate(policies):
        principals.root("iam").put_role_policy(
            RoleName=role.rpartition("/")[2],
            PolicyName=f"deploys-{number}",
            PolicyDocument=json.dumps(policy),
        )
    return principals.session(role).environ


def json_of(text: str) -> Any:
    """Return a value of the config: blocks are JSON, the region is a text."""
    return json.loads(text) if text.startswith(("{", "[")) else text


def test_the_second_plan_is_empty(life: Life) -> None:
    assert life.second_plan == {}


def test_a_destroy_leaves_nothing(life: Life) -> None:
    assert life.left == set()


def test_an_edit_is_made_in_place_or_by_replacement(life: Life) -> None:
    assert life.edit == {
        ENVIRONMENT: ["create", "delete"],  # in this order
        f"terraform_data.{ENVIRONMENT.replace('.', '-')}": ["update"],  # the program's trigger
        "aws_batch_job_queue.dev-default": ["update"],
        "aws_cloudwatch_log_group.dev-jobs": ["update"],
        "aws_ssm_parameter.dev-outputs": ["update"],
    }
    assert life.third_plan == {}


NOT_OF_THIS_LIFE = {
    "an edit of tags": {
        "batch:ListTagsForResource",
        "batch:UntagResource",
        "cloudwatch:UntagResource",
        "ec2:DeleteTags",
        "ecr:TagResource",
        "ecr:UntagResource",
        "events:UntagResource",
        "iam:UntagInstanceProfile",
        "iam:UntagPolicy",
        "iam:UntagRole",
        "logs:UntagResource",
        "scheduler:TagResource",
        "scheduler:UntagResource",
        "sns:UntagResource",
        "sqs:UntagQueue",
        "ssm:RemoveTagsFromResource",
    },
    "another edit in place": {
        "ec2:AssociateSubnetCidrBlock",
        "ec2:CreateLaunchTemplateVersion",
        "ec2:DisassociateSubnetCidrBlock",
        "ec2:ModifyLaunchTemplate",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReplaceRoute",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
        "logs:AssociateKmsKey",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "scheduler:UpdateSchedule",
    },
    "what no environment of it has": {
        "batch:CreateSchedulingPolicy",
        "batch:DeleteSchedulingPolicy",
        "batch:DescribeSchedulingPolicies",
        "batch:UpdateSchedulingPolicy",
        "ec2:CreatePlacementGroup",
        "ec2:DeletePlacementGroup",
        "ec2:DescribePlacementGroups",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
    },
    "the program's questions before it registers anything": {
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVpcEndpointServices",
        "tag:GetResources",
    },
    "an address that its gateway still has when it is released": {"ec2:DisassociateAddress"},
    "the service-linked role is there": {"iam:CreateServiceLinkedRole"},
    "later versions of the provider": {
        "ec2:DescribeTags",
        "s3:ListTagsForResource",
        "s3:TagResource",
        "s3:UntagResource",
    },
    "recovery, which looks whether a bucket is empty": {"s3:ListBucketVersions"},
}
"""Why an action is granted that this life did not need; tests/engine/test_deployer.py has more."""


def test_who_deploys_needs_every_action_that_its_policy_grants(life: Life) -> None:
    assert life.granted - life.used <= set().union(*NOT_OF_THIS_LIFE.values())
